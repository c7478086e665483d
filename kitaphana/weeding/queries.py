"""What may leave the fund, and why: a fixed number of statements for any fund."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kitaphana.circulation.enums import HoldState
from kitaphana.circulation.models import Hold, Loan
from kitaphana.core.documents.figures import day as in_figures
from kitaphana.fund.enums import CopyState, WithdrawalReason
from kitaphana.fund.models import Copy, Stock, StockLot
from kitaphana.organizations.models import Organization
from kitaphana.weeding import hooks
from kitaphana.weeding.parameters import Parameters

REASONS = (
    WithdrawalReason.WORN,
    WithdrawalReason.OBSOLETE,
    WithdrawalReason.DUPLICATE,
    WithdrawalReason.PROFILE,
)
"""Reasons that figures can propose. Loss, defect and transfer are seen by people."""


def years_before(day: date, years: int) -> date:
    """The same day some years earlier (28 February for a leap day)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A copy that may leave, with the figures that say so."""

    copy: Copy
    why: list[str]
    loans: int
    last_lent_on: date | None
    is_last: bool
    """The only copy of its title left in the fund."""


def candidates(library: Organization, *, fund: str, reason: str, parameters: Parameters, today: date) -> QuerySet[Copy]:
    """Copies proposed for one reason. Lent ones and those on the hold shelf are left out: they can't go now."""
    lent = Loan.objects.filter(library=library)
    base = (
        Copy.objects.filter(library=library, fund=fund, state=CopyState.IN_FUND)
        .exclude(pk__in=lent.filter(returned_at=None).values("copy"))
        .exclude(pk__in=Hold.objects.filter(library=library, state=HoldState.READY, copy__isnull=False).values("copy"))
        .select_related("record", "received_by")
        .order_by("record__sort_title", "record_id", "inventory_number")
    )
    conditions = {
        WithdrawalReason.WORN.value: _worn,
        WithdrawalReason.OBSOLETE.value: _obsolete,
        WithdrawalReason.DUPLICATE.value: _duplicate,
        WithdrawalReason.PROFILE.value: _unused,
    }
    return base.filter(conditions[reason](library, fund, parameters, today))


def stock_candidates(library: Organization, *, fund: str, parameters: Parameters, today: date) -> QuerySet[Stock]:
    """Titles kept by count whose content is obsolete, with volumes on the shelf: textbooks past their years, editions
    that are not taught from any more."""
    condition = Q(record_id__in=list(hooks.dropped(library, today)))
    for kind, years in parameters.obsolete_kinds.items():
        condition |= Q(record__kind=kind, record__year__lt=today.year - years)
    for group, years in parameters.obsolete_years.items():
        lots = StockLot.objects.filter(stock=OuterRef("pk"), content_group=group)
        condition |= (
            Q(Exists(lots))
            & Q(record__year__lt=today.year - years)
            & ~Q(record__kind__in=list(parameters.obsolete_kinds))
        )
    return (
        Stock.objects.filter(condition, library=library, fund=fund, quantity__gt=F("issued"))
        .select_related("record")
        .order_by("record__grade", "record__sort_title", "pk")
    )


def _often(library: Organization, times: int) -> Any:
    """Ids of copies lent so often, as a query to be put into another one."""
    counted = Loan.objects.filter(library=library).order_by().values("copy").annotate(times=Count("pk"))
    return counted.filter(times__gte=times).values("copy")


def _worn(library: Organization, fund: str, parameters: Parameters, today: date) -> Q:
    old = Q(received_by__on__lte=years_before(today, parameters.worn_years))
    told = reduce(or_, (Q(note__icontains=word) for word in parameters.worn_words), Q(pk__in=[]))
    half = max(1, parameters.worn_loans // 2)
    return Q(pk__in=_often(library, parameters.worn_loans)) | (old & Q(pk__in=_often(library, half))) | told


def _obsolete(library: Organization, fund: str, parameters: Parameters, today: date) -> Q:
    condition = Q(record_id__in=list(hooks.dropped(library, today)))
    for kind, years in parameters.obsolete_kinds.items():
        condition |= Q(record__kind=kind, record__year__lt=today.year - years)
    for group, years in parameters.obsolete_years.items():
        condition |= Q(received_by__content_group=group, record__year__lt=today.year - years) & ~Q(
            record__kind__in=list(parameters.obsolete_kinds)
        )
    return condition


def _duplicate(library: Organization, fund: str, parameters: Parameters, today: date) -> Q:
    since = years_before(today, parameters.duplicate_years)
    used = Loan.objects.filter(Q(lent_on__gte=since) | Q(returned_at=None), library=library)
    sisters = Copy.objects.filter(library=library, fund=fund, state=CopyState.IN_FUND, record=OuterRef("record"))
    return (
        Q(received_by__on__lte=since)
        & ~Q(pk__in=used.values("copy"))
        # One stays: a copy that is used, else the newest one.
        & (Q(record__in=used.values("copy__record")) | Q(Exists(sisters.filter(pk__gt=OuterRef("pk")))))
        & Q(Exists(sisters.exclude(pk=OuterRef("pk"))))
    )


def _unused(library: Organization, fund: str, parameters: Parameters, today: date) -> Q:
    since = years_before(today, parameters.unused_years)
    used = Loan.objects.filter(Q(lent_on__gte=since) | Q(returned_at=None), library=library)
    return Q(received_by__on__lte=since, is_reference=False) & ~Q(record__in=used.values("copy__record"))


def explained(
    library: Organization, copies: list[Copy], *, reason: str, parameters: Parameters, today: date
) -> list[Proposal]:
    """Why each copy of a page is proposed, in words with the figures behind them. Four statements at most."""
    loans = {
        copy_id: (times, last)
        for copy_id, times, last in Loan.objects.filter(copy__in=[copy.pk for copy in copies])
        .order_by()
        .values_list("copy")
        .annotate(times=Count("pk"), last=Max("lent_on"))
    }
    titles = {copy.record_id for copy in copies}
    in_fund: dict[int, int] = dict(
        Copy.objects.filter(library=library, record__in=titles, state=CopyState.IN_FUND)
        .order_by()
        .values_list("record")
        .annotate(copies=Count("pk"))
    )
    since = years_before(today, parameters.duplicate_years)
    used: dict[int, int] = dict(
        Loan.objects.filter(Q(lent_on__gte=since) | Q(returned_at=None), library=library, copy__record__in=titles)
        .order_by()
        .values_list("copy__record")
        .annotate(copies=Count("copy", distinct=True))
    )
    dropped = hooks.dropped(library, today) if reason == WithdrawalReason.OBSOLETE else {}
    made = []
    for copy in copies:
        times, last = loans.get(copy.pk, (0, None))
        words = {
            WithdrawalReason.WORN.value: lambda: _why_worn(copy, times, parameters, today),  # noqa: B023 - called here
            WithdrawalReason.OBSOLETE.value: lambda: _why_obsolete(copy, parameters, today, dropped),  # noqa: B023
            WithdrawalReason.DUPLICATE.value: lambda: _why_double(copy, in_fund, used, parameters),  # noqa: B023
            WithdrawalReason.PROFILE.value: lambda: _why_unused(copy, last, parameters),  # noqa: B023
        }[reason]()
        made.append(Proposal(copy, words, times, last, in_fund.get(copy.record_id, 1) == 1))
    return made


def explained_stocks(
    library: Organization, stocks: list[Stock], *, parameters: Parameters, today: date
) -> list[tuple[Stock, str]]:
    """Why each title kept by count is proposed."""
    dropped = hooks.dropped(library, today)
    made = []
    for stock in stocks:
        words = [dropped[stock.record_id]] if stock.record_id in dropped else []
        years = parameters.obsolete_kinds.get(stock.record.kind)
        if stock.record.year is not None and (years is None or stock.record.year < today.year - years):
            words.append(
                _("Published in %(year)s: literature of this kind is looked at after %(years)s.")
                % {"year": stock.record.year, "years": _in_years(years)}
                if years is not None
                else _("Published in %(year)s.") % {"year": stock.record.year}
            )
        made.append((stock, " ".join(words)))
    return made


def _in_years(years: int) -> str:
    return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}


def _why_worn(copy: Copy, times: int, parameters: Parameters, today: date) -> list[str]:
    why = []
    if any(word in copy.note.casefold() for word in parameters.worn_words):
        why.append(_("The note says: «%(note)s».") % {"note": copy.note})
    if times >= max(1, parameters.worn_loans // 2):
        why.append(ngettext("Lent %(count)s time.", "Lent %(count)s times.", times) % {"count": times})
    age = today.year - copy.received_by.on.year
    if age >= parameters.worn_years:
        why.append(_("In the fund since %(on)s.") % {"on": in_figures(copy.received_by.on)})
    return why


def _why_obsolete(copy: Copy, parameters: Parameters, today: date, dropped: dict[int, str]) -> list[str]:
    why = [dropped[copy.record_id]] if copy.record_id in dropped else []
    years = parameters.obsolete_kinds.get(copy.record.kind)
    if years is None:
        years = parameters.obsolete_years.get(copy.received_by.content_group)
    if years is not None and copy.record.year is not None and copy.record.year < today.year - years:
        why.append(
            _("Published in %(year)s: literature of this kind is looked at after %(years)s.")
            % {"year": copy.record.year, "years": _in_years(years)}
        )
    return why


def _why_double(copy: Copy, in_fund: dict[int, int], used: dict[int, int], parameters: Parameters) -> list[str]:
    return [
        _("Copies in the fund: %(copies)s; lent in %(years)s: %(used)s.")
        % {
            "copies": in_fund.get(copy.record_id, 0),
            "used": used.get(copy.record_id, 0),
            "years": _in_years(parameters.duplicate_years),
        }
    ]


def _why_unused(copy: Copy, last: date | None, parameters: Parameters) -> list[str]:
    why = [_("Nobody took a copy of this title in %(years)s.") % {"years": _in_years(parameters.unused_years)}]
    if last is not None:
        why.append(_("This copy was lent last on %(on)s.") % {"on": in_figures(last)})
    return why
