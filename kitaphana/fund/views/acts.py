"""The list of acts, an act, its papers, its reversal."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund import documents, queries, spreadsheets
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, FundType, ReceiptSource, WithdrawalReason
from kitaphana.fund.models import Act
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_date, chosen_language, chosen_number, with_library
from kitaphana.organizations.models import Organization


def _among(value: str | None, choices: list[str]) -> str:
    return value if value in choices else ""


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def acts(request: Request, library: Organization) -> HttpResponse:
    """Acts of a library, newest first, with the year's figures above."""
    asked = request.GET
    today = clock.today()
    only = queries.ActFilter(
        kind=_among(asked.get("kind"), ActKind.values),
        fund=_among(asked.get("fund"), FundType.values),
        year=chosen_number(asked.get("year"), lowest=1900, highest=2999),
        source=_among(asked.get("source"), ReceiptSource.values),
        reason=_among(asked.get("reason"), WithdrawalReason.values),
        text=asked.get("text", "")[:100],
    )
    reach = request.actor.reach(Permission.FUND_VIEW)
    found = queries.acts(reach, library=library, only=only).select_related("approval", "reversed_by")
    rows, following = paginate(found, asked.get("cursor"), 50, descending=True)
    year = only.year or today.year
    return render(
        request,
        "fund/acts.html",
        {
            "node": library,
            "acts": rows,
            "next": following,
            "only": only,
            "year": year,
            "years": queries.years_of(library),
            "figures": queries.fund_figures(
                reach, library=library, fund=only.fund, first=date(year, 1, 1), last=date(year, 12, 31)
            ),
            "kinds": ActKind.choices,
            "funds": FundType.choices,
            "sources": ReceiptSource.choices,
            "reasons": WithdrawalReason.choices,
            "may_receive": request.actor.may(Permission.FUND_RECEIVE, library.path),
            "may_write_off": request.actor.may(Permission.FUND_WRITE_OFF, library.path),
        },
    )


def _register_year(request: Request) -> int:
    return chosen_number(request.GET.get("year"), lowest=1900, highest=2999) or clock.today().year


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def register_pdf(request: Request, library: Organization) -> HttpResponse:
    """The register of acts of a year on paper."""
    year = _register_year(request)
    lines = list(queries.register(library, year))
    content = documents.register_pdf(library, year, lines, language=chosen_language(request))
    return pdf_answer(content, f"acts-{library.code}-{year}")


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def register_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """The register of acts of a year as a workbook."""
    year = _register_year(request)
    lines = queries.register(library, year)
    stream = spreadsheets.register_xlsx(library, year, lines, language=chosen_language(request))
    return xlsx_answer(stream, f"acts-{library.code}-{year}")


def _act(request: Request, pk: int) -> Act:
    return queries.act_in_reach(request.actor.reach(Permission.FUND_VIEW), pk)


@page(Permission.FUND_VIEW)
def act(request: Request, pk: int) -> HttpResponse:
    """An act: its facts, lines and copies, and what can be printed."""
    return _show(request, _act(request, pk))


def _show(request: Request, found: Act, refused: DomainError | None = None) -> HttpResponse:
    content = queries.act_page(found)
    needed = Permission.FUND_RECEIVE if found.kind in {ActKind.RECEIPT, ActKind.OPENING} else Permission.FUND_WRITE_OFF
    return render(
        request,
        "fund/act.html",
        {
            "node": found.library,
            "act": found,
            "page": content,
            "copies_total": sum(line.quantity for line in content.lines),
            "amount_total": sum(line.amount for line in content.lines),
            "titles_total": len({line.record.pk for line in content.lines}),
            "source": ReceiptSource(found.source).label if found.source else "",
            "reason": WithdrawalReason(found.reason).label if found.reason else "",
            "has_labels": any(line.copies for line in content.received),
            "may_reverse": request.actor.may(needed, found.library.path)
            # A transfer is called back on its own page, where its state is seen.
            and found.kind not in {ActKind.REVERSAL, ActKind.TRANSFER}
            and content.reversed_by is None,
            "may_approve": content.waits and request.actor.may(Permission.FUND_APPROVE, found.library.path),
            "today": clock.today(),
            "typed": {"on": clock.today().isoformat(), **request.POST.dict()},
            "refused": refused,
        },
        status=refused.status if refused else 200,
    )


@page(Permission.FUND_VIEW)
@require_POST
def act_reverse(request: Request, pk: int) -> HttpResponse:
    """Reverse an act that was posted by mistake."""
    found = _act(request, pk)
    try:
        command_id = UUID(request.POST.get("command_id", ""))
    except ValueError:
        return _show(request, found)
    try:
        reversing = fund.reverse(
            actor=request.actor,
            act=found,
            on=chosen_date(request.POST.get("on")) or clock.today(),
            at=clock.now(),
            command_id=command_id,
            note=request.POST.get("note", "")[:2000],
        )
    except DomainError as refused:
        return _show(request, found, refused)
    messages.success(request, _("The act was reversed."))
    return redirect("fund:act", pk=reversing.pk)


@page(Permission.FUND_VIEW)
def act_pdf(request: Request, pk: int) -> HttpResponse:
    """The act on paper."""
    found = _act(request, pk)
    content = documents.act_pdf(queries.act_page(found), language=chosen_language(request))
    return pdf_answer(content, f"act-{found.kind.lower()}-{found.number}-{found.year}")


@page(Permission.FUND_VIEW)
def act_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """The act's lines as a workbook."""
    found = _act(request, pk)
    stream = spreadsheets.act_xlsx(queries.act_page(found), language=chosen_language(request))
    return xlsx_answer(stream, f"act-{found.kind.lower()}-{found.number}-{found.year}")
