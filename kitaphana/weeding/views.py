"""The page that proposes what may leave the fund."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import cursor_of, offset_of
from kitaphana.fund.enums import FundType, WithdrawalReason
from kitaphana.fund.models import Draft, Stock
from kitaphana.fund.views.library import chosen_fund, chosen_number, with_library
from kitaphana.organizations.models import Organization
from kitaphana.weeding import parameters as figures
from kitaphana.weeding import queries, services

COPIES_A_PAGE = 100
MOST_STOCKS = 500
"""Titles kept by count on a page; a draft holds no more."""

EXPLAINED = {
    WithdrawalReason.WORN: gettext_lazy("Often lent, long in the fund, or noted as worn. Look at the books first."),
    WithdrawalReason.OBSOLETE: gettext_lazy(
        "Older than literature of its kind stays current, or not taught from any more. Keep what has historical value."
    ),
    WithdrawalReason.DUPLICATE: gettext_lazy("More copies than readers took. One copy of a title always stays."),
    WithdrawalReason.PROFILE: gettext_lazy(
        "Titles that nobody took for years. Keep what the school needs all the same."
    ),
}
FIELDS = {
    WithdrawalReason.WORN: [
        ("worn_loans", gettext_lazy("Lent at least so many times")),
        ("worn_years", gettext_lazy("Years in the fund")),
    ],
    WithdrawalReason.OBSOLETE: [],
    WithdrawalReason.DUPLICATE: [("duplicate_years", gettext_lazy("Years without need"))],
    WithdrawalReason.PROFILE: [("unused_years", gettext_lazy("Years without a loan"))],
}


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
@require_http_methods(["GET", "POST"])
def proposals(request: Request, library: Organization) -> HttpResponse:
    """Proposals for one reason with their figures; the chosen ones go into the draft of a write-off."""
    refused: DomainError | None = None
    if request.method == "POST":
        ids, stocks = (
            [pk for text in request.POST.getlist(field)[:2000] if (pk := chosen_number(text))]
            for field in ("copy", "stock")
        )
        try:
            draft = services.add_to_draft(
                actor=request.actor,
                library=library,
                fund_type=chosen_fund(request),
                reason=_reason(request).value,
                copy_ids=ids,
                stock_ids=stocks,
                at=clock.now(),
            )
        except DomainError as refusal:
            refused = refusal
        else:
            messages.success(request, _("In the draft of the write-off: %(count)s.") % {"count": _volumes(draft)})
            return redirect("fund:write_off_new")
    return _show(request, library, refused)


def _volumes(draft: Draft) -> int:
    counted: int = sum(row["quantity"] for row in draft.content["counted"])
    return len(draft.content["copies"]) + counted


def _reason(request: Request) -> WithdrawalReason:
    asked = request.GET.get("reason", "")
    return WithdrawalReason(asked) if asked in queries.REASONS else queries.REASONS[0]


def _show(request: Request, library: Organization, refused: DomainError | None) -> HttpResponse:
    today, reason, fund = clock.today(), _reason(request), chosen_fund(request)
    given = figures.typed(figures.parameters_on(today, library), request.GET)
    offset = offset_of(request.GET.get("cursor"))
    counts = {}
    for one in queries.REASONS:
        found = queries.candidates(library, fund=fund, reason=one.value, parameters=given, today=today)
        counts[one] = found.count()
    chosen = queries.candidates(library, fund=fund, reason=reason.value, parameters=given, today=today)
    copies = list(chosen[offset : offset + COPIES_A_PAGE + 1])
    stocks: list[Stock] = []
    if reason == WithdrawalReason.OBSOLETE and not offset:
        stocks = list(queries.stock_candidates(library, fund=fund, parameters=given, today=today)[:MOST_STOCKS])
    context = {
        "node": library,
        "stocks": queries.explained_stocks(library, stocks, parameters=given, today=today),
        "reason": reason,
        "explained": EXPLAINED[reason],
        "tabs": [(one.value, one.label, counts[one], one == reason) for one in queries.REASONS],
        "fund": fund,
        "funds": FundType.choices,
        "fields": [(name, label, getattr(given, name), figures.BOUNDS[name]) for name, label in FIELDS[reason]],
        "proposals": queries.explained(
            library, copies[:COPIES_A_PAGE], reason=reason.value, parameters=given, today=today
        ),
        "total": counts[reason],
        "next": cursor_of(offset + COPIES_A_PAGE) if len(copies) > COPIES_A_PAGE else None,
        "refused": refused,
        "may_write_off": request.actor.may(Permission.FUND_WRITE_OFF, library.path),
    }
    return render(request, "weeding/proposals.html", context, status=refused.status if refused else 200)
