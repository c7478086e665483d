"""Loan policies: what holds for a category of readers and a fund at a library, and until when a loan lasts.

The nearest node with a row decides; of a node's rows the more particular one. Where no node has any,
``DEFAULTS``. Policies and calendars change a few times a year and are asked at every loan, so each process
keeps them for ``KEPT_SECONDS``; a change made in the same process is seen at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from kitaphana.circulation.models import LoanPolicy
from kitaphana.fund.enums import FundType
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category

KEPT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of a policy; the columns of ``LoanPolicy`` say what each means."""

    loan_days: int
    max_loans: int
    max_renewals: int
    max_holds: int = 3
    hold_shelf_days: int = 3
    blocks_when_overdue: bool = True
    due_day: str = ""
    keeps_last_copy: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms in force and where they come from."""

    terms: Terms
    category: str
    """Category the deciding row names; empty: all."""
    fund: str
    """Fund the deciding row names; empty: both."""
    organization_id: int | None = None
    """Node of the deciding row; None: the program's defaults."""
    organization_name: str = ""
    row_id: int | None = None


DEFAULTS: Final[Mapping[tuple[str, str], Terms]] = {
    (Category.PUPIL, FundType.CORE): Terms(loan_days=14, max_loans=5, max_renewals=2),
    (Category.STUDENT, FundType.CORE): Terms(loan_days=14, max_loans=5, max_renewals=2),
    (Category.TEACHER, FundType.CORE): Terms(loan_days=30, max_loans=30, max_renewals=3, max_holds=10),
    (Category.STAFF, FundType.CORE): Terms(loan_days=30, max_loans=10, max_renewals=2),
    ("", FundType.CORE): Terms(loan_days=14, max_loans=3, max_renewals=1),
    # Textbooks serve the school year; issue for the next one starts about 25 May, hence the least of 21 days.
    ("", FundType.TEXTBOOK): Terms(
        loan_days=21, max_loans=60, max_renewals=1, max_holds=0, blocks_when_overdue=False, due_day="05-25"
    ),
}
"""Terms where no node of the network has set any, by category (empty: all others) and fund."""


def terms_of(row: LoanPolicy) -> Terms:
    """The figures of a stored policy."""
    return Terms(
        loan_days=row.loan_days,
        max_loans=row.max_loans,
        max_renewals=row.max_renewals,
        max_holds=row.max_holds,
        hold_shelf_days=row.hold_shelf_days,
        blocks_when_overdue=row.blocks_when_overdue,
        due_day=row.due_day,
        keeps_last_copy=row.keeps_last_copy,
    )


def default(category: str, fund: str) -> Policy:
    """The program's own policy."""
    for key in ((category, fund), ("", fund)):
        if key in DEFAULTS:
            return Policy(DEFAULTS[key], *key)
    raise LookupError(f"no default policy for {category!r}, {fund!r}")


def resolve(rows: Iterable[LoanPolicy], category: str, fund: str) -> Policy:
    """The deciding policy out of the rows of a library's nodes (with ``organization`` loaded)."""
    fitting = [row for row in rows if row.category in ("", category) and row.fund in ("", fund)]
    if not fitting:
        return default(category, fund)
    row = max(fitting, key=lambda row: (len(row.organization.path), row.category != "", row.fund != ""))
    return Policy(terms_of(row), row.category, row.fund, row.organization_id, row.organization.name, row.pk)


_rows: dict[int, tuple[float, list[LoanPolicy]]] = {}
_calendars: dict[int, tuple[float, date, date, organizations.Calendar]] = {}


def forget() -> None:
    """Forget what the process keeps: after a change, and between tests."""
    _rows.clear()
    _calendars.clear()


def rows_of(library: Organization) -> list[LoanPolicy]:
    """The stored policies of a node and of those above it (one statement, kept for a while)."""
    now = time.monotonic()
    kept = _rows.get(library.pk)
    if kept is None or now - kept[0] > KEPT_SECONDS:
        found = LoanPolicy.objects.filter(organization__path__in=organizations.ancestor_paths(library.path))
        kept = (now, list(found.select_related("organization")))
        _rows[library.pk] = kept
    return kept[1]


def policy_for(library: Organization, category: str, fund: str) -> Policy:
    """The policy in force at a library for a category of readers and a fund."""
    return resolve(rows_of(library), category, fund)


def _calendar(library: Organization, day: date) -> organizations.Calendar:
    now = time.monotonic()
    kept = _calendars.get(library.pk)
    # Two years: a textbook's due date lies up to one ahead, and so may a run of closed days.
    if kept is None or now - kept[0] > KEPT_SECONDS or not kept[1] <= day <= kept[2] - timedelta(days=60):
        since, until = day - timedelta(days=30), day + timedelta(days=800)
        kept = (now, since, until, organizations.calendar(library, since=since, until=until))
        _calendars[library.pk] = kept
    return kept[3]


def is_open(library: Organization, day: date) -> bool:
    """Whether the library works on a day."""
    return _calendar(library, day).is_open(day)


def next_open_day(library: Organization, day: date) -> date:
    """The day itself if the library is open, else the first open day after it."""
    return _calendar(library, day).next_open_day(day)


def due_on(library: Organization, terms: Terms, on: date) -> date:
    """Until when a loan of a day lasts: never a closed day."""
    due = on + timedelta(days=terms.loan_days)
    if terms.due_day:
        month, day = (int(part) for part in terms.due_day.split("-"))
        due = next(
            candidate
            for candidate in (_day(year, month, day) for year in range(on.year, on.year + 3))
            if candidate >= due
        )
    return next_open_day(library, due)


def collect_until(library: Organization, terms: Terms, on: date) -> date:
    """Until when a copy stays on the hold shelf: never a closed day."""
    return next_open_day(library, on + timedelta(days=terms.hold_shelf_days))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # 29 February of a common year
        return date(year, month + 1, 1)


def checked(terms: Terms) -> Terms | None:
    """The terms if every figure is within its bounds, else None."""
    bounds = (
        1 <= terms.loan_days <= 400,
        0 <= terms.max_loans <= 500,
        0 <= terms.max_renewals <= 50,
        0 <= terms.max_holds <= 500,
        1 <= terms.hold_shelf_days <= 60,
    )
    if not all(bounds):
        return None
    if terms.due_day:
        try:
            month, day = (int(part) for part in terms.due_day.split("-"))
            date(2024, month, day)
        except ValueError:
            return None
        return replace(terms, due_day=f"{month:02d}-{day:02d}")
    return terms
