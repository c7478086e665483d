"""The inventory book, the summary book, copies and labels."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund import documents, queries, spreadsheets
from kitaphana.fund.documents import LONGEST_VOLUME, SHEETS, LabelKind
from kitaphana.fund.enums import CopyState, FundType
from kitaphana.fund.models import Act
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_fund, chosen_language, chosen_number, with_library
from kitaphana.organizations.models import Organization


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def inventory_book(request: Request, library: Organization) -> HttpResponse:
    """A page of the inventory book, by fund, year of receipt and inventory number."""
    name = chosen_fund(request)
    year = chosen_number(request.GET.get("year"), lowest=1900, highest=2999)
    book = queries.inventory_book(
        library,
        name,
        from_number=chosen_number(request.GET.get("from")) or 1,
        limit=50,
        received_year=year,
    )
    volumes = [
        (first, min(first + LONGEST_VOLUME - 1, book.last_number))
        for first in range(1, book.last_number + 1, LONGEST_VOLUME)
    ]
    return render(
        request,
        "fund/inventory_book.html",
        {
            "node": library,
            "book": book,
            "fund": name,
            "funds": FundType.choices,
            "year": year,
            "years": queries.years_of(library),
            "volumes": volumes,
        },
    )


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def inventory_book_pdf(request: Request, library: Organization) -> HttpResponse:
    """A volume of the inventory book on paper: at most 5,000 lines."""
    name = chosen_fund(request)
    first = chosen_number(request.GET.get("from")) or 1
    last = min(chosen_number(request.GET.get("to")) or first + LONGEST_VOLUME - 1, first + LONGEST_VOLUME - 1)
    lines = queries.inventory_lines(library, name, first=first, last=last)
    content = documents.inventory_book_pdf(library, name, lines, language=chosen_language(request))
    return pdf_answer(content, f"inventory-{library.code}-{name.lower()}-{first}-{last}")


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def inventory_book_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """The whole inventory book as a workbook."""
    name = chosen_fund(request)
    lines = queries.inventory_lines(
        library, name, received_year=chosen_number(request.GET.get("year"), lowest=1900, highest=2999)
    )
    stream = spreadsheets.inventory_book_xlsx(library, name, lines, language=chosen_language(request))
    return xlsx_answer(stream, f"inventory-{library.code}-{name.lower()}")


def _year(request: Request) -> int:
    return chosen_number(request.GET.get("year"), lowest=1900, highest=2999) or clock.today().year


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def summary_book(request: Request, library: Organization) -> HttpResponse:
    """The summary book of a year: its three parts, or one of them."""
    name, year = chosen_fund(request), _year(request)
    book = queries.summary_book(library, name, year)
    part = request.GET.get("part", "3")
    columns = documents.summary_columns(book)
    closed_until = queries.closed_until(library)
    return render(
        request,
        "fund/summary_book.html",
        {
            "node": library,
            "book": book,
            "fund": name,
            "funds": FundType.choices,
            "year": year,
            "years": sorted({*queries.years_of(library), year}, reverse=True),
            "closed_until": closed_until if closed_until and closed_until.year >= year else None,
            "is_closed": closed_until is not None and closed_until >= date(year, 12, 31),
            "part": part if part in {"1", "2", "3"} else "3",
            "entries": book.receipts if part == "1" else book.withdrawals,
            "total": book.receipts_total if part == "1" else book.withdrawals_total,
            "columns": columns,
            "rows": [
                (title, strong, list(zip(columns, cells, strict=False)))  # a heading has no cells
                for title, strong, cells in documents.summary_rows(book)
            ],
        },
    )


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def summary_book_pdf(request: Request, library: Organization) -> HttpResponse:
    """The summary book on paper."""
    book = queries.summary_book(library, chosen_fund(request), _year(request))
    content = documents.summary_book_pdf(book, language=chosen_language(request))
    return pdf_answer(content, f"summary-{library.code}-{book.fund.lower()}-{book.year}")


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def summary_book_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """The summary book as a workbook of three sheets."""
    book = queries.summary_book(library, chosen_fund(request), _year(request))
    stream = spreadsheets.summary_book_xlsx(book, language=chosen_language(request))
    return xlsx_answer(stream, f"summary-{library.code}-{book.fund.lower()}-{book.year}")


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def copies(request: Request, library: Organization) -> HttpResponse:
    """Copies of a library: by barcode, inventory number, title, fund, state."""
    asked = request.GET
    state = asked.get("state", CopyState.IN_FUND.value)
    state = state if state in {*CopyState.values, ""} else ""
    name = asked.get("fund", "")
    name = name if name in FundType.values else ""
    found = queries.copies(
        library,
        fund=name,
        state=state,
        record_id=chosen_number(asked.get("record")),
        text=asked.get("text", "")[:100],
    )
    rows, following = paginate(found, asked.get("cursor"), 50)
    return render(
        request,
        "fund/copies.html",
        {
            "node": library,
            "copies": rows,
            "next": following,
            "fund": name,
            "funds": FundType.choices,
            "state": state,
            "states": CopyState.choices,
            "text": asked.get("text", "")[:100],
            "may_convert": request.actor.may(Permission.FUND_WRITE_OFF, library.path)
            and request.actor.may(Permission.FUND_RECEIVE, library.path),
        },
    )


def _label_choice(request: Request, library: Organization) -> dict[str, object]:
    asked = request.GET
    act_number = chosen_number(asked.get("act"))
    act = Act.objects.filter(pk=act_number, library=library).first() if act_number else None
    first, last = chosen_number(asked.get("from")), chosen_number(asked.get("to"))
    name = chosen_fund(request)
    chosen = [number for text in asked.getlist("copy")[:500] if (number := chosen_number(text)) is not None]
    found = queries.label_copies(library, act=act, copy_ids=chosen, fund=name, first=first, last=last)
    sheet = SHEETS.get(asked.get("sheet", ""), SHEETS["24"])
    kind = asked.get("kind", "")
    return {
        "act": act,
        "from": first,
        "to": last,
        "fund": name,
        "chosen": chosen,
        "copies": found,
        "sheet": sheet,
        "kind": LabelKind(kind) if kind in set(LabelKind) else LabelKind.BOTH,
        "start": chosen_number(asked.get("start"), highest=sheet.places) or 1,
    }


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def labels(request: Request, library: Organization) -> HttpResponse:
    """Choose what to print labels for, the sheet and the first free place on it."""
    choice = _label_choice(request, library)
    found = choice["copies"]
    return render(
        request,
        "fund/labels.html",
        {
            "node": library,
            **choice,
            "count": found.count(),  # type: ignore[attr-defined]  # a queryset of copies
            "preview": found[:10],  # type: ignore[index]  # a queryset of copies
            "sheets": SHEETS.values(),
            "funds": FundType.choices,
            "recent": Act.objects.filter(library=library, receipt_entry__isnull=False).order_by("-pk")[:20],
            "query": request.GET.urlencode(),
        },
    )


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def labels_pdf(request: Request, library: Organization) -> HttpResponse:
    """The sheets of labels: at most 5,000."""
    choice = _label_choice(request, library)
    content = documents.labels_pdf(
        library,
        choice["copies"][:LONGEST_VOLUME],  # type: ignore[index]  # a queryset of copies
        sheet=choice["sheet"],  # type: ignore[arg-type]  # built above
        kind=choice["kind"],  # type: ignore[arg-type]  # built above
        start=choice["start"],  # type: ignore[arg-type]  # built above
        language=chosen_language(request),
    )
    return pdf_answer(content, "labels")
