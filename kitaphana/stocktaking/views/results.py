"""Lists of the result, the acts made of them, and the papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.money import ZERO
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import cursor_of, offset_of
from kitaphana.fund.enums import ReceiptSource
from kitaphana.fund.forms import commission_in, commission_text, price_in
from kitaphana.fund.queries.editions import isbn_in, last_price
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_date, chosen_language, chosen_number
from kitaphana.stocktaking import documents, errors, queries, services, spreadsheets
from kitaphana.stocktaking.enums import Outcome
from kitaphana.stocktaking.models import Scan, Stocktaking
from kitaphana.stocktaking.views.workplace import command_id_of, found

ROWS_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class _List:
    """A list of scans or of expected copies."""

    title: str | Promise
    rows: Callable[[Stocktaking], QuerySet[Any]]
    template: str = "stocktaking/scans.html"
    open_title: str | Promise = ""


LISTS: dict[str, _List] = {
    "left": _List(gettext_lazy("Missing"), queries.unseen, "stocktaking/left.html", gettext_lazy("Not seen yet")),
    "misplaced": _List(gettext_lazy("In a wrong place"), lambda mine: queries.scans(mine, Outcome.MISPLACED)),
    "lent": _List(gettext_lazy("On the shelf, though lent"), lambda mine: queries.scans(mine, Outcome.ON_LOAN)),
    "received": _List(gettext_lazy("Received after the start"), lambda mine: queries.scans(mine, Outcome.NEW)),
    "doubles": _List(gettext_lazy("Scanned twice"), queries.doubles),
    "surplus": _List(gettext_lazy("Surplus"), queries.surplus, "stocktaking/surplus.html"),
}


@page(Permission.FUND_VIEW)
@require_http_methods(["GET", "POST"])
def listed(request: Request, pk: int, name: str) -> HttpResponse:
    """One list of a stocktaking; what is missing is written off and what is in surplus received from here."""
    mine = found(request, pk)
    if name not in LISTS:
        raise NotFound
    if request.method == "POST" and name == "left":
        return _write_off(request, mine)
    if request.method == "POST" and name == "surplus":
        return _receive(request, mine)
    return _show(request, mine, name)


def _show(request: Request, mine: Stocktaking, name: str, refused: DomainError | None = None) -> HttpResponse:
    one = LISTS[name]
    offset = offset_of(request.GET.get("cursor"))
    all_rows = one.rows(mine)
    rows = list(all_rows[offset : offset + ROWS_A_PAGE + 1])
    is_open = mine.closed_at is None
    actor, path = request.actor, mine.library.path
    context: dict[str, Any] = {
        "node": mine.library,
        "stocktaking": mine,
        "name": queries.name_of(mine),
        "title": one.open_title if is_open and one.open_title else one.title,
        "list": name,
        "rows": rows[:ROWS_A_PAGE],
        "total": all_rows.count(),
        "next": cursor_of(offset + ROWS_A_PAGE) if len(rows) > ROWS_A_PAGE else None,
        "refused": refused,
        "today": clock.today(),
        "commission": request.POST.get("commission") or commission_text(mine.commission),
        "grounds": request.POST.get("grounds")
        or ". ".join(part for part in (queries.name_of(mine), mine.grounds) if part),
    }
    if name == "left" and not is_open:
        shown = [row.pk for row in rows]
        context["missing"] = set(queries.still_missing(mine).filter(pk__in=shown).values_list("pk", flat=True))
        context["shortages"] = list(queries.shortages(mine))
        context["may_write_off"] = actor.may(Permission.FUND_WRITE_OFF, path) and (
            actor.may(Permission.FUND_STOCKTAKE, path)
        )
    if name == "surplus":
        context["receivable"] = set(queries.receivable(mine).values_list("pk", flat=True))
        context["excesses"] = [(row, last_price(mine.library, row.stock.record)) for row in queries.excesses(mine)]
        context["sources"] = ReceiptSource.choices
        context["may_receive"] = actor.may(Permission.FUND_RECEIVE, path) and actor.may(Permission.FUND_STOCKTAKE, path)
    return render(request, one.template, context, status=refused.status if refused else 200)


def _write_off(request: Request, mine: Stocktaking) -> HttpResponse:
    def numbers(field: str) -> list[int]:
        found = (chosen_number(text) for text in request.POST.getlist(field))
        return [number for number in found if number is not None]

    line_ids = numbers("line")
    if request.POST.get("which") == "all":
        line_ids = list(queries.still_missing(mine).values_list("pk", flat=True))
    try:
        if not line_ids and not numbers("stock"):
            raise errors.NothingChosen
        written = services.write_off_missing(
            actor=request.actor,
            stocktaking=mine,
            line_ids=line_ids,
            stock_ids=numbers("stock"),
            loss=services.LossAct(
                on=chosen_date(request.POST.get("on")) or clock.today(),
                commission=commission_in(request.POST.get("commission", "")),
                grounds=request.POST.get("grounds", "")[:2000],
            ),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refused:
        return _show(request, mine, "left", refused)
    messages.success(request, _("The act is posted; the books have left the fund."))
    if written.skipped:
        messages.warning(
            request,
            _("Left out, because they turned up or are in use: %(count)s.") % {"count": written.skipped},
        )
    return redirect("fund:act", pk=written.act.pk)


def _receive(request: Request, mine: Stocktaking) -> HttpResponse:
    try:
        books = [
            services.Surplus(
                barcode=row.barcode,
                record=_edition(request, row),
                price=price_in(request.POST.get(f"price-{row.pk}")) or ZERO,
            )
            for row in queries.receivable(mine)
            if f"scan-{row.pk}" in request.POST
        ]
        titles = [
            services.TitleSurplus(
                stock_id=row.stock_id, price=price_in(request.POST.get(f"title-price-{row.stock_id}")) or ZERO
            )
            for row in queries.excesses(mine)
            if f"title-{row.stock_id}" in request.POST
        ]
        if not books and not titles:
            raise errors.NothingChosen
        act = services.receive_surplus(
            actor=request.actor,
            stocktaking=mine,
            books=books,
            titles=titles,
            source=request.POST.get("source", ""),
            on=chosen_date(request.POST.get("on")) or clock.today(),
            commission=commission_in(request.POST.get("commission", "")),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refused:
        return _show(request, mine, "surplus", refused)
    messages.success(request, _("The act is posted; the books are in the fund."))
    return redirect("fund:act", pk=act.pk)


def _edition(request: Request, row: Scan) -> Record:
    """The edition typed beside a surplus book: an ISBN or a control number; a book written off once keeps its own.

    :raises UnknownEdition: none, or several, fit.
    """
    text = request.POST.get(f"record-{row.pk}", "").strip()[:100].replace("\x00", "")
    if not text and row.copy is not None:
        return row.copy.record
    isbn = isbn_in(text)
    editions = catalog.record_by_isbn(isbn) if isbn else Record.objects.filter(control_number=text)
    fitting = list(editions[:2])
    if len(fitting) != 1:
        raise errors.UnknownEdition(text=text)
    return fitting[0]


@page(Permission.FUND_VIEW)
def result_pdf(request: Request, pk: int) -> HttpResponse:
    """The act of the result on paper."""
    mine = found(request, pk)
    return pdf_answer(documents.result_pdf(mine, language=chosen_language(request)), _file_name(mine))


@page(Permission.FUND_VIEW)
def result_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """The lists of the result as a workbook."""
    mine = found(request, pk)
    return xlsx_answer(spreadsheets.result_xlsx(mine, language=chosen_language(request)), _file_name(mine))


def _file_name(mine: Stocktaking) -> str:
    return f"stocktaking-{mine.number}-{mine.year}"
