"""Reading plans: by year, by title, by place; what was received against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import ExtractYear, Substr

from kitaphana.core import clock
from kitaphana.core.access import Permission, Reach
from kitaphana.corelist.models import CoreList, ListEntry, Version
from kitaphana.fund.enums import ActKind
from kitaphana.fund.models import LedgerEntry
from kitaphana.organizations.models import Organization, within
from kitaphana.renewal.coverage import texts
from kitaphana.renewal.errors import PlanNotFound
from kitaphana.renewal.models import Plan, PlanPart

VIEW = Permission.FUND_VIEW
"""Whoever sees the fund sees what it lacks."""


def plan_within(pk: int, reach: Reach) -> Plan:
    """A plan of a node within reach.

    :raises PlanNotFound: there is none, or out of reach.
    """
    found = Plan.objects.select_related("node", "version__core_list", "made_by").filter(
        within(reach, "node__path"), pk=pk
    ).first()  # fmt: skip
    if found is None:
        raise PlanNotFound
    return found


def current_plan(node: Organization, core_list: CoreList) -> Plan | None:
    """The plan in force of a node, else of the nearest node above it (a district plans for its schools)."""
    steps = range(len(node.path), 0, -Organization.steplen)
    paths = [node.path[:length] for length in steps]
    plans = Plan.objects.filter(node__path__in=paths, core_list=core_list, is_current=True).select_related(
        "node", "version__core_list", "made_by"
    )
    return max(plans, key=lambda plan: len(plan.node.path), default=None)


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year of a plan beside what came of it. Money in tenge, ``budget`` None where it is not limited."""

    year: int
    budget: Decimal | None
    copies: int
    amount: Decimal
    received: int
    after: int | None
    """Coverage in whole percent after the year, if everything goes by the plan; None for years that are over."""

    @property
    def done_percent(self) -> int:
        """Received of what was planned, in whole percent, rounded down."""
        return self.received * 100 // self.copies if self.copies else 100


def _receipts(node: Organization, version: Version, years: Iterable[int]) -> QuerySet[LedgerEntry, LedgerEntry]:
    return LedgerEntry.objects.filter(
        library__path__startswith=node.path,
        record__in=texts(version).values("pk"),
        quantity__gt=0,
        on__year__in=list(years),
        act__kind=ActKind.RECEIPT,
        act__reversed_by__isnull=True,
    ).order_by()


def receipts(node: Organization, version: Version, year: int) -> list[tuple[int, Decimal, int]]:
    """What came of a list's texts in a year below a node: library id, tenge a copy, copies. One statement."""
    rows = _receipts(node, version, [year]).values_list("library_id", "price").annotate(n=Sum("quantity"))
    return list(rows)


def received_by_year(node: Organization, version: Version, years: Iterable[int]) -> dict[int, int]:
    """Copies of the list's texts that came into the funds below a node by receipts, by calendar year: one statement."""
    rows = (
        _receipts(node, version, years)
        .annotate(of_year=ExtractYear("on"))
        .values_list("of_year")
        .annotate(n=Sum("quantity"))
    )
    return dict(rows)


def years_of(plan: Plan, node: Organization) -> list[YearLine]:
    """The years of a plan, of all its libraries or of those below a node inside it: two statements."""
    parts = plan.parts.filter(library__path__startswith=node.path).order_by()
    sums = {
        row[0]: row[1:] for row in parts.values_list("year").annotate(Sum("copies"), Sum("amount"), Sum("received"))
    }
    received = received_by_year(node, plan.version, plan.years)
    is_whole = node.pk == plan.node_id
    lines, bought = [], plan.provided
    for year, budget in zip(plan.years, plan.budgets, strict=True):
        copies, amount, came = sums.get(year, (0, Decimal(0), 0))
        is_over = year < clock.day_of(plan.made_at).year
        bought += 0 if is_over else copies
        lines.append(
            YearLine(
                year=year,
                budget=Decimal(budget) if budget is not None and is_whole else None,
                copies=copies + came,
                amount=amount,
                received=received.get(year, 0),
                after=None if is_over or not is_whole else bought * 100 // plan.needed if plan.needed else 100,
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class PlanTitle:
    """A title in a year of a plan: copies for all libraries, and for each. ``price`` in tenge."""

    entry: ListEntry
    copies: int
    price: Decimal
    libraries: tuple[tuple[int, int], ...]
    """Library id and its copies, in the order of the tree."""

    @property
    def amount(self) -> Decimal:
        """Tenge."""
        return self.price * self.copies


def titles_of(plan: Plan, year: int, node: Organization) -> tuple[list[PlanTitle], dict[int, Organization]]:
    """What a year of a plan buys below a node, by title in the order of the list; the libraries by id. Two statements."""
    parts = (
        PlanPart.objects.filter(plan=plan, year=year, library__path__startswith=node.path)
        .select_related("library")
        .order_by("library__path")
    )
    copies: Counter[int] = Counter()
    prices: dict[int, str] = {}
    shares: dict[int, list[tuple[int, int]]] = {}
    libraries: dict[int, Organization] = {}
    for part in parts:
        libraries[part.library_id] = part.library
        for entry_id, count, price in part.lines:
            copies[entry_id] += count
            prices[entry_id] = price
            shares.setdefault(entry_id, []).append((part.library_id, count))
    entries = ListEntry.objects.in_bulk(list(copies)) if copies else {}
    found = [PlanTitle(entries[pk], count, Decimal(prices[pk]), tuple(shares[pk])) for pk, count in copies.items()]
    return sorted(found, key=lambda title: title.entry.position), libraries


@dataclass(frozen=True, slots=True)
class PlaceYears:
    """Plans added up below a node: copies and tenge by year."""

    place: Organization
    copies: int
    amount: Decimal
    by_year: dict[int, tuple[int, Decimal]]


def by_child(node: Organization, children: Iterable[Organization], core_list: CoreList) -> list[PlaceYears]:
    """The plans in force below a region or the country by child: one statement.

    A school's own plan does not count where its district plans for it too.
    """
    depth = len(node.path) + Organization.steplen
    rows = (
        PlanPart.objects.filter(
            plan__is_current=True, plan__core_list=core_list, plan__node__path__startswith=node.path,
            plan__node__is_library=False,
        )
        .annotate(branch=Substr("library__path", 1, depth))
        .order_by("year")
        .values_list("branch", "year")
        .annotate(Sum("copies"), Sum("amount"))
    )  # fmt: skip
    found: dict[str, dict[int, tuple[int, Decimal]]] = {}
    for branch, year, copies, amount in rows:
        found.setdefault(branch, {})[year] = (copies, amount)
    return [
        PlaceYears(
            child,
            sum(copies for copies, _amount in found[child.path].values()),
            sum((amount for _copies, amount in found[child.path].values()), Decimal(0)),
            found[child.path],
        )
        for child in children
        if child.path in found
    ]
