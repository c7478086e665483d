"""Coverage: what libraries need of a published list, hold of it, and lack.

Needed of a title = pupils of its grades who learn in the list's language ÷ the entry's norm, rounded up. Held = copies
and count-based volumes of **any** edition of the same text in the same language. Nothing is stored by title: holdings
and pupils of all libraries below a node are read in a fixed number of statements and set against each other as arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Substr

from kitaphana.acquisitions import queries as purchases
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.corelist.enums import GRADES, EducationLevel, State
from kitaphana.corelist.models import CoreList, ListEntry, Version
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy, LedgerEntry, Stock
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category
from kitaphana.people.models import Membership
from kitaphana.renewal.models import Coverage
from kitaphana.renewal.planning import Cells, Ints

GUESSED_PRICE = Decimal("2500.00")
"""Tenge a copy where nobody in the country has bought any title of the list yet."""
LAST_GRADE = 12
STUDENTS: dict[str, OrganizationKind] = {
    EducationLevel.VOCATIONAL: OrganizationKind.COLLEGE,
    EducationLevel.HIGHER: OrganizationKind.UNIVERSITY,
}
"""Levels without grades: everybody who studies in such an organisation is counted."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Coverage by library (rows) and title (columns); ``prices`` in tiyn, one a title."""

    version: Version
    libraries: list[Organization]
    entries: list[ListEntry]
    pupils: Ints
    needed: Ints
    held: Ints
    prices: Ints

    @property
    def provided(self) -> Ints:
        """min(held, needed), so that a surplus never hides a shortage."""
        return np.minimum(self.held, self.needed)

    @property
    def missing(self) -> Ints:
        """What is lacking."""
        return self.needed - self.provided

    def cells(self) -> Cells:
        """What is missing, for the planner."""
        missing = self.missing
        library, title = np.nonzero(missing)
        return Cells(library, title, missing[library, title], self.needed[library, title], self.prices[title])


def published_versions() -> list[Version]:
    """The version in force of each list: one statement."""
    latest = Version.objects.filter(state=State.PUBLISHED).order_by().values("core_list").annotate(last=Max("number"))
    found = Version.objects.filter(state=State.PUBLISHED).select_related("core_list").order_by("core_list_id", "number")
    last = {row["core_list"]: row["last"] for row in latest}
    return [one for one in found if one.number == last[one.core_list_id]]


def in_force(core_list_id: int) -> Version | None:
    """The version in force of one list."""
    return next((one for one in published_versions() if one.core_list_id == core_list_id), None)


def texts(version: Version) -> QuerySet[Record, Record]:
    """Every edition that counts for a list: its own records and others of the same text."""
    own = ListEntry.objects.filter(version=version).values("record_id")
    keys = Record.objects.filter(pk__in=own).exclude(work_key="").values("work_key")
    return Record.objects.filter(Q(pk__in=own) | Q(work_key__in=keys))


def sheet(node: Organization, version: Version, day: date) -> Sheet:
    """The coverage of every library below a node (a library or a district), title by title: nine statements.

    ``day`` chooses the school year whose classes are counted.
    """
    libraries = list(
        Organization.objects.filter(path__startswith=node.path, is_library=True, is_closed=False).order_by("path")
    )
    entries = list(version.entries.order_by("position"))
    row_of = {library.pk: row for row, library in enumerate(libraries)}
    column_of = _columns(version, entries)
    pupils = _pupils(node, version.core_list, row_of, clock.school_year(day))
    needed = _needed(version.core_list, entries, pupils)
    held = np.zeros_like(needed)
    inside = {"library__path__startswith": node.path, "record__in": texts(version).values("pk")}
    copies = Copy.objects.filter(**inside, state=CopyState.IN_FUND).order_by()
    stocks = Stock.objects.filter(**inside, quantity__gt=0).order_by()
    for rows in (
        copies.values_list("library_id", "record_id").annotate(n=Count("pk")),
        stocks.values_list("library_id", "record_id").annotate(n=Sum("quantity")),
    ):
        for library_id, record_id, count in rows.iterator(10_000):
            if (row := row_of.get(library_id)) is not None:
                held[row, column_of[record_id]] += count
    return Sheet(
        version, libraries, entries, pupils.sum(axis=1), needed, held, _prices(node, version, entries, column_of, day)
    )


def _columns(version: Version, entries: list[ListEntry]) -> dict[int, int]:
    """Record id → column of the title it counts for."""
    keys = dict(texts(version).values_list("pk", "work_key"))
    of_key: dict[str, int] = {}
    own: dict[int, int] = {}
    for column, entry in enumerate(entries):
        own[entry.record_id] = column
        of_key.setdefault(keys.get(entry.record_id, ""), column)
    # A title of the list counts for itself, were another edition of the same text a title too.
    return {record_id: own[record_id] if record_id in own else of_key[key] for record_id, key in keys.items()}


def _pupils(node: Organization, core_list: CoreList, row_of: dict[int, int], school_year: int) -> Ints:
    """Readers whom the list is for, by library and grade (column 0 where the level has no grades)."""
    found = np.zeros((len(row_of), LAST_GRADE + 1), dtype=np.int64)
    rows = Membership.objects.filter(library__path__startswith=node.path, left_on__isnull=True).order_by()
    if (kind := STUDENTS.get(core_list.level)) is not None:
        students = rows.filter(library__kind=kind, category__in=[Category.STUDENT, Category.PUPIL])
        for library_id, count in students.values_list("library_id").annotate(n=Count("pk")):
            if library_id in row_of:
                found[row_of[library_id], 0] = count
        return found
    low, high = GRADES[core_list.level]
    here = rows.filter(
        category=Category.PUPIL,
        school_class__school_year=school_year,
        school_class__grade__range=(low, high),
        school_class__language=core_list.language,
    )
    for library_id, grade, count in here.values_list("library_id", "school_class__grade").annotate(n=Count("pk")):
        if library_id in row_of and grade is not None:
            found[row_of[library_id], grade] = count
    return found


def _needed(core_list: CoreList, entries: list[ListEntry], pupils: Ints) -> Ints:
    low, high = GRADES.get(core_list.level, (0, 0))
    # Pupils of grades below, so that a range of grades is one subtraction.
    below = np.concatenate((np.zeros((len(pupils), 1), dtype=np.int64), np.cumsum(pupils, axis=1)), axis=1)
    first = np.array([low if one.grade_from is None else one.grade_from for one in entries], dtype=np.int64)
    last = np.array([high if one.grade_to is None else one.grade_to for one in entries], dtype=np.int64)
    if core_list.level in STUDENTS:
        first, last = np.zeros_like(first), np.zeros_like(last)
    norm = np.array([one.norm_per_pupils for one in entries], dtype=np.int64)
    readers = below[:, last + 1] - below[:, first] if len(entries) else np.zeros((len(pupils), 0), dtype=np.int64)
    return -(-readers // norm) if len(entries) else readers


def _prices(
    node: Organization, version: Version, entries: list[ListEntry], column_of: dict[int, int], day: date
) -> Ints:
    """What a copy of each title costs: the newest price noted at the node or above it within a year, else the latest
    receipt of any of its editions, else the mean of the others."""
    latest = (
        LedgerEntry.objects.filter(record__in=texts(version).values("pk"), quantity__gt=0, price__gt=0)
        .order_by()
        .values("record_id")
        .annotate(last=Max("pk"))
    )
    rows = LedgerEntry.objects.filter(pk__in=latest.values("last")).values_list("pk", "record_id", "price")
    newest: dict[int, tuple[int, Decimal]] = {}
    for pk, record_id, price in rows:
        column = column_of[record_id]
        newest[column] = max(newest.get(column, (0, Decimal(0))), (pk, price))
    noted = purchases.latest_prices(node, [entry.record_id for entry in entries], on=day)
    listed = {column_of[record_id]: int(source.price * 100) for record_id, source in noted.items()}
    known = {column: int(price * 100) for column, (_pk, price) in newest.items()} | listed
    usual = round(sum(known.values()) / len(known)) if known else int(GUESSED_PRICE * 100)
    return np.array([known.get(column, usual) for column in range(len(entries))], dtype=np.int64)


@transaction.atomic
def count(node: Organization, *, at: datetime) -> int:
    """Make the coverage of every library below a node (a library or a district) anew; returns the number of rows.

    A fixed number of statements a list.
    """
    versions = published_versions()
    Coverage.objects.filter(library__path__startswith=node.path).delete()
    rows = []
    for version in versions:
        one = sheet(node, version, clock.day_of(at))
        provided, missing = one.provided, one.missing
        needs = one.needed > 0
        cost = missing @ one.prices
        for row, library in enumerate(one.libraries):
            if needs[row].any():
                rows.append(
                    Coverage(
                        library=library,
                        version=version,
                        titles=int(needs[row].sum()),
                        covered=int((needs[row] & (missing[row] == 0)).sum()),
                        needed=int(one.needed[row].sum()),
                        held=int(one.held[row][needs[row]].sum()),
                        provided=int(provided[row].sum()),
                        missing=int(missing[row].sum()),
                        cost=Decimal(int(cost[row])) / 100,
                        counted_at=at,
                    )
                )
    Coverage.objects.bulk_create(rows, batch_size=500)
    return len(rows)


# Reading


def editions_of(entry: ListEntry) -> QuerySet[Record, Record]:
    """The editions that count for a title."""
    key = Record.objects.filter(pk=entry.record_id).exclude(work_key="").values("work_key")
    own = Q(pk=entry.record_id) | Q(work_key__in=key)
    return Record.objects.filter(own).defer("marc", "summary").order_by("-year", "pk")


@dataclass(frozen=True, slots=True)
class Sums:
    """Coverage added up over some libraries."""

    libraries: int
    titles: int
    covered: int
    needed: int
    held: int
    provided: int
    missing: int
    cost: Decimal

    @property
    def percent(self) -> int:
        """Coverage in whole percent, rounded down; 100 where nothing is needed."""
        return self.provided * 100 // self.needed if self.needed else 100


_SUMS: dict[str, Any] = {
    name: Sum(name) for name in ("titles", "covered", "needed", "held", "provided", "missing", "cost")
}


def _sums(row: dict[str, Any]) -> Sums:
    numbers: dict[str, Any] = {name: row[name] or 0 for name in _SUMS}
    return Sums(libraries=row["libraries"] or 0, **numbers)


def sums(node: Organization, version: Version) -> Sums:
    """The coverage of everything below a node: one statement."""
    rows = Coverage.objects.filter(version=version, library__path__startswith=node.path)
    return _sums(rows.aggregate(**_SUMS, libraries=Count("pk")))


def by_child(node: Organization, children: list[Organization], version: Version) -> list[tuple[Organization, Sums]]:
    """The coverage of each child of a node: one statement however many libraries are below."""
    depth = len(node.path) + Organization.steplen
    rows = (
        Coverage.objects.filter(version=version, library__path__startswith=node.path)
        .annotate(branch=Substr("library__path", 1, depth))
        .order_by()
        .values("branch")
        .annotate(**_SUMS, libraries=Count("pk"))
    )
    found = {row["branch"]: _sums(row) for row in rows}
    return [(child, found[child.path]) for child in children if child.path in found]


@dataclass(frozen=True, slots=True)
class TitleLine:
    """One title over the libraries of a sheet; ``price`` in tenge a copy."""

    entry: ListEntry
    needed: int
    held: int
    provided: int
    missing: int
    lacking: int
    """Libraries that lack some."""
    price: Decimal

    @property
    def percent(self) -> int:
        """Coverage in whole percent, rounded down."""
        return self.provided * 100 // self.needed if self.needed else 100

    @property
    def cost(self) -> Decimal:
        """What the missing copies cost, tenge."""
        return self.price * self.missing


def by_title(one: Sheet) -> list[TitleLine]:
    """The titles of a sheet that somebody needs, in the order of the list."""
    needed, provided = one.needed.sum(axis=0), one.provided.sum(axis=0)
    held, lacking = one.held.sum(axis=0), (one.missing > 0).sum(axis=0)
    return [
        TitleLine(
            entry,
            int(needed[column]),
            int(held[column]),
            int(provided[column]),
            int(needed[column] - provided[column]),
            int(lacking[column]),
            Decimal(int(one.prices[column])) / 100,
        )
        for column, entry in enumerate(one.entries)
        if needed[column]
    ]


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One title in one library."""

    library: Organization
    pupils: int
    needed: int
    held: int
    missing: int


def by_library(one: Sheet, entry: ListEntry) -> list[LibraryLine]:
    """One title of a sheet in each library that needs it, the worst first."""
    column = next(place for place, other in enumerate(one.entries) if other.pk == entry.pk)
    lines = [
        LibraryLine(
            library,
            int(one.pupils[row]),
            int(one.needed[row, column]),
            int(one.held[row, column]),
            int(one.missing[row, column]),
        )
        for row, library in enumerate(one.libraries)
        if one.needed[row, column]
    ]
    return sorted(lines, key=lambda line: -line.missing)
