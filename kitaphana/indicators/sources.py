"""Where each measure comes from: one statement by library and month, however many libraries.

The sums here count exactly what ``monitoring.queries.records`` lists; a test holds both against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce, ExtractYear, Round, TruncMonth

from kitaphana.circulation.enums import LoanEnd
from kitaphana.circulation.models import Loan, Renewal, StockLoan, Visit
from kitaphana.core import clock
from kitaphana.fund.enums import FundType
from kitaphana.fund.models import LedgerEntry
from kitaphana.fund.queries import IS_OPENING
from kitaphana.indicators.enums import Measure
from kitaphana.monitoring import groups
from kitaphana.monitoring.models import LibraryEvent, ReferenceAnswer
from kitaphana.people.models import Membership
from kitaphana.renewal import coverage
from kitaphana.renewal.models import Coverage
from kitaphana.textbooks.models import ProvisionTotal

Key = tuple[int, Measure, date]
"""A library, a measure, the first day of a month."""
Found = dict[Key, int]

_ONE = Count("pk")
_VOLUMES = Sum("quantity")
_TIYN = Sum(Cast(Round(F("amount") * 100), BigIntegerField()))
_CORE, _TEXTBOOK = FundType.CORE, FundType.TEXTBOOK
_PEOPLE = Sum(F("junior") + F("middle") + F("senior") + F("teacher") + F("other"))


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def months(first: date, last: date) -> list[date]:
    """First days of the months from one to another, both counted."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


def _issued(fund: FundType) -> QuerySet[Any, Any]:
    return StockLoan.objects.exclude(end=LoanEnd.UNDONE).filter(stock__fund=fund)


def _moved(side: Q) -> QuerySet[Any, Any]:
    found = LedgerEntry.objects.filter(side, fund=_CORE)
    return found.exclude(groups.IS_CONVERSION).exclude(IS_OPENING)


def _flows() -> Iterable[tuple[Measure, QuerySet[Any, Any], str, Any, int]]:
    """Measure, rows, column of the day, what is counted, its sign."""
    events = LibraryEvent.objects.filter(cancelled_at__isnull=True)
    answers = ReferenceAnswer.objects.filter(cancelled_at__isnull=True)
    received, withdrawn = _moved(groups.IS_RECEIPT), _moved(~groups.IS_RECEIPT)
    return (
        (Measure.VISITS, Visit.objects.all(), "on", _ONE, 1),
        (Measure.LOANS, Loan.objects.filter(copy__fund=_CORE), "lent_on", _ONE, 1),
        (Measure.LOANS, _issued(_CORE), "lent_on", _VOLUMES, 1),
        (Measure.TEXTBOOK_LOANS, Loan.objects.filter(copy__fund=_TEXTBOOK), "lent_on", _ONE, 1),
        (Measure.TEXTBOOK_LOANS, _issued(_TEXTBOOK), "lent_on", _VOLUMES, 1),
        (Measure.RENEWALS, Renewal.objects.all(), "on", _ONE, 1),
        (Measure.NEW_READERS, Membership.objects.all(), "registered_on", _ONE, 1),
        (Measure.EVENTS, events, "on", _ONE, 1),
        (Measure.ATTENDANCE, events, "on", _PEOPLE, 1),
        (Measure.REFERENCES, answers, "on", _VOLUMES, 1),
        (Measure.RECEIVED, received, "on", _VOLUMES, 1),
        (Measure.SPENT, received, "on", _TIYN, 1),
        (Measure.WITHDRAWN, withdrawn, "on", _VOLUMES, -1),
    )


def _levels() -> Iterable[tuple[Measure, QuerySet[Any, Any], str, Any, int]]:
    """The same for what is there: what adds to it and what takes from it."""
    ledger = LedgerEntry.objects.all()
    return (
        (Measure.READERS, Membership.objects.all(), "registered_on", _ONE, 1),
        (Measure.READERS, Membership.objects.filter(left_on__isnull=False), "left_on", _ONE, -1),
        (Measure.COPIES, ledger.filter(fund=_CORE), "on", _VOLUMES, 1),
        (Measure.TEXTBOOKS, ledger.filter(fund=_TEXTBOOK), "on", _VOLUMES, 1),
        (Measure.WORTH, ledger.filter(fund=_CORE), "on", _TIYN, 1),
        (Measure.ON_LOAN, Loan.objects.filter(copy__fund=_CORE), "lent_on", _ONE, 1),
        (Measure.ON_LOAN, Loan.objects.filter(copy__fund=_CORE, returned_on__isnull=False), "returned_on", _ONE, -1),
        (Measure.ON_LOAN, _issued(_CORE), "lent_on", _VOLUMES, 1),
        (Measure.ON_LOAN, _issued(_CORE).filter(returned_on__isnull=False), "returned_on", _VOLUMES, -1),
    )


def _by_month(rows: QuerySet[Any, Any], column: str, what: Any) -> Iterable[tuple[int, date, int]]:
    counted = (
        rows.order_by()
        .annotate(of_month=TruncMonth(column))
        .values_list("library_id", "of_month")
        .annotate(n=Coalesce(what, 0))
    )
    for library_id, month, number in counted.iterator(5000):
        yield library_id, month, int(number)


def count(libraries: Collection[int], first: date, today: date) -> Found:
    """Every measure of the libraries for the months from ``first`` to the one of ``today``: a fixed number of statements."""
    here, first = Q(library__in=libraries), month_of(first)
    found: Found = defaultdict(int)
    for measure, rows, column, what, sign in _flows():
        since = Q(**{f"{column}__gte": first, f"{column}__lte": today})
        for library_id, month, number in _by_month(rows.filter(here, since), column, what):
            found[library_id, measure, month] += sign * number
    _count_levels(found, here, first, today)
    _count_now(found, here, today)
    _count_years(found, here, first, today)
    for library_id in libraries:
        found[library_id, Measure.LIBRARIES, month_of(today)] = 1
    return {key: number for key, number in found.items() if number}


def _count_levels(found: Found, here: Q, first: date, today: date) -> None:
    steps: dict[tuple[int, Measure], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for measure, rows, column, what, sign in _levels():
        before = rows.filter(here, **{f"{column}__lt": first}).order_by()
        for library_id, number in before.values_list("library_id").annotate(n=Coalesce(what, 0)):
            steps[library_id, measure][date.min] += sign * int(number)
        since = Q(**{f"{column}__gte": first, f"{column}__lte": today})
        for library_id, month, number in _by_month(rows.filter(here, since), column, what):
            steps[library_id, measure][month] += sign * number
    for (library_id, measure), changes in steps.items():
        level = changes[date.min]
        for month in months(first, today):
            level += changes[month]
            found[library_id, measure, month] = level


def _count_now(found: Found, here: Q, today: date) -> None:
    """What is known of this moment alone."""
    month = month_of(today)
    late = Q(returned_on__isnull=True, due_on__lt=today)
    for rows, what in (
        (Loan.objects.filter(late, copy__fund=_CORE), _ONE),
        (_issued(_CORE).filter(late), _VOLUMES),
    ):
        for library_id, number in rows.filter(here).order_by().values_list("library_id").annotate(n=what):
            found[library_id, Measure.OVERDUE, month] += int(number)
    versions = [version.pk for version in coverage.published_versions()]
    lists = Coverage.objects.filter(here, version__in=versions).order_by().values_list("library_id")
    for library_id, needed, provided in lists.annotate(a=Sum("needed"), b=Sum("provided")):
        found[library_id, Measure.LIST_NEEDED, month] = needed
        found[library_id, Measure.LIST_PROVIDED, month] = provided
    sets = ProvisionTotal.objects.filter(here, school_year=clock.school_year(today))
    for library_id, needed, provided in sets.values_list("library_id", "needed", "provided"):
        found[library_id, Measure.SETS_NEEDED, month] = needed
        found[library_id, Measure.SETS_PROVIDED, month] = provided


def _count_years(found: Found, here: Q, first: date, today: date) -> None:
    came = Visit.objects.filter(here, on__gte=date(first.year, 1, 1), on__lte=today, person__isnull=False).order_by()
    years = came.annotate(of_year=ExtractYear("on")).values_list("library_id", "of_year")
    for library_id, year, number in years.annotate(n=Count("person", distinct=True)):
        found[library_id, Measure.ACTIVE, date(year, 1, 1)] = number
