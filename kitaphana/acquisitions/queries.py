"""What is asked of acquisitions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from kitaphana.acquisitions.enums import UNBOUND, OrderState
from kitaphana.acquisitions.errors import ClaimNotFound, EstimateNotFound, OrderNotFound
from kitaphana.acquisitions.models import (
    Budget,
    Claim,
    Distribution,
    Estimate,
    EstimateLine,
    Order,
    OrderLine,
    PriceSource,
    Supplier,
)
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.languages import language_name
from kitaphana.catalog.models import Record
from kitaphana.core.access import Permission, Reach
from kitaphana.core.money import ZERO, tenge
from kitaphana.fund.enums import FundType
from kitaphana.organizations.models import Organization, within

VIEW = Permission.ACQUISITIONS_VIEW

MONTHS_OF_A_PRICE = 12
"""An older price is no ground for an estimate."""
MOST_ASKED = 5000
"""Editions asked for by number; more are sought among all prices."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A budget in tenge: ``planned`` = ``committed`` + ``spent`` + ``free``; ``free`` below zero is an overrun."""

    budget: Budget
    planned: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def free(self) -> Decimal:
        """What may still be ordered for."""
        return tenge(self.planned - self.committed - self.spent)


def _sums(budgets: Collection[Budget]) -> dict[int, tuple[Decimal, Decimal]]:
    """What orders bind of each budget and what was paid; added here, as SQLite would add floats."""
    found: dict[int, tuple[Decimal, Decimal]] = {budget.pk: (ZERO, ZERO) for budget in budgets}
    rows = Order.objects.filter(budget__in=found).exclude(state__in=UNBOUND)
    for pk, state, total, delivered, paid in rows.values_list("budget_id", "state", "total", "delivered", "paid"):
        worth = delivered if state == OrderState.CLOSED else total
        found[pk] = (found[pk][0] + worth, found[pk][1] + paid)
    return found


def bound(budget: Budget) -> Decimal:
    """What orders take of a budget, paid or not: whole orders, of closed ones what came."""
    return tenge(_sums([budget])[budget.pk][0])


def free(budget: Budget) -> Decimal:
    """What may still be ordered for, tenge."""
    return tenge(budget.planned - bound(budget))


def figures(organizations: QuerySet[Any], year: int) -> list[Figures]:
    """Budgets of nodes in a year with their figures, in two statements."""
    budgets = list(
        Budget.objects.filter(organization__in=organizations, year=year)
        .select_related("organization")
        .order_by("organization__path", "source", "kind")
    )
    sums = _sums(budgets)
    return [
        Figures(budget, budget.planned, tenge(sums[budget.pk][0] - sums[budget.pk][1]), tenge(sums[budget.pk][1]))
        for budget in budgets
    ]


def latest_prices(
    organization: Organization, records: Collection[int], *, on: date, months: int = MONTHS_OF_A_PRICE
) -> dict[int, PriceSource]:
    """The newest known price of each edition, not older than so many months, noted by the organisation or above."""
    since = on - timedelta(days=months * 365 // 12)
    paths = [organization.path[:length] for length in range(len(organization.path), 0, -Organization.steplen)]
    rows = PriceSource.objects.filter(organization__path__in=paths, on__gte=since, on__lte=on).order_by("on", "pk")
    # A price list is short, what is asked for may be a whole list of literature: more than SQLite takes in a statement.
    if len(records) <= MOST_ASKED:
        rows = rows.filter(record__in=records)
    wanted = set(records)
    return {row.record_id: row for row in rows if row.record_id in wanted}


def unordered(estimate: Estimate) -> list[EstimateLine]:
    """Lines of an estimate that no order has yet."""
    taken = set(
        Distribution.objects.filter(line__order__estimate=estimate)
        .exclude(line__order__state=OrderState.CANCELLED)
        .values_list("line__record_id", "library_id")
    )
    lines = estimate.lines.select_related("record", "library").order_by("pk")
    return [line for line in lines if (line.record_id, line.library_id) not in taken]


def awaited(order: Order) -> QuerySet[Distribution]:
    """Parts of an order that have not come in full."""
    return Distribution.objects.filter(line__order=order, delivered__lt=F("quantity"))


# What pages show


def estimate_within(pk: int, reach: Reach) -> Estimate:
    """An estimate of an organisation within reach.

    :raises EstimateNotFound: there is none, or out of reach.
    """
    rows = Estimate.objects.select_related("organization", "copied_from")
    found = rows.filter(within(reach, "organization__path"), pk=pk).first()
    if found is None:
        raise EstimateNotFound
    return found


def _mine(reach: Reach) -> Q:
    """Orders of organisations within reach, and placed ones that bring something to a library there."""
    brings = Distribution.objects.filter(within(reach, "library__path"), line__order=OuterRef("pk"))
    return within(reach, "organization__path") | (Exists(brings) & ~Q(state__in=UNBOUND))


def order_within(pk: int, reach: Reach) -> Order:
    """An order of an organisation within reach, or a placed one that brings something to a library there.

    :raises OrderNotFound: there is none, or out of reach.
    """
    rows = Order.objects.select_related("organization", "supplier", "budget", "estimate")
    found = rows.filter(_mine(reach), pk=pk).first()
    if found is None:
        raise OrderNotFound
    return found


def claim_within(pk: int, reach: Reach) -> Claim:
    """A claim of an organisation within reach.

    :raises ClaimNotFound: there is none, or out of reach.
    """
    rows = Claim.objects.select_related("organization", "delivery__order__supplier", "delivery__library")
    found = rows.filter(within(reach, "organization__path"), pk=pk).first()
    if found is None:
        raise ClaimNotFound
    return found


@dataclass(frozen=True, slots=True)
class EstimateSums:
    """An estimate with its volumes and its worth in tenge."""

    estimate: Estimate
    volumes: int
    amount: Decimal
    is_last: bool
    """No later version was made of it."""


def estimates_of(node: Organization, year: int | None = None) -> list[EstimateSums]:
    """Estimates of a node and of everybody below it, the newest first. Two statements."""
    rows = Estimate.objects.filter(organization__path__startswith=node.path)
    if year is not None:
        rows = rows.filter(year=year)
    found = list(rows.select_related("organization", "next_version").order_by("-year", "-pk")[:500])
    volumes: dict[int, int] = {}
    amounts: dict[int, Decimal] = {}
    # Grouped by price and multiplied here: SQLite would add floats.
    lines = EstimateLine.objects.filter(estimate__in=[one.pk for one in found]).order_by()
    for pk, price, quantity in lines.values_list("estimate_id", "price").annotate(Sum("quantity")):
        volumes[pk] = volumes.get(pk, 0) + quantity
        amounts[pk] = amounts.get(pk, ZERO) + price * quantity
    return [
        EstimateSums(one, volumes.get(one.pk, 0), tenge(amounts.get(one.pk, ZERO)), not hasattr(one, "next_version"))
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A title of an estimate or an order at one price (tenge a volume), over all libraries."""

    record: Record
    price: Decimal
    quantity: int
    libraries: int
    source: PriceSource | None = None
    delivered: int = 0

    @property
    def amount(self) -> Decimal:
        """What all volumes cost, tenge."""
        return tenge(self.price * self.quantity)

    @property
    def fund(self) -> FundType:
        """The fund it goes to."""
        return FundType.TEXTBOOK if self.record.kind == RecordKind.TEXTBOOK else FundType.CORE


def _records(ids: Collection[int]) -> dict[int, Record]:
    return {record.pk: record for record in Record.objects.filter(pk__in=ids).defer("marc", "summary")}


def titles_of(estimate: Estimate, only: Collection[int] | None = None) -> list[TitleLine]:
    """Titles of an estimate in alphabetical order; ``only`` names lines by id. Three statements."""
    lines = EstimateLine.objects.filter(estimate=estimate).order_by()
    if only is not None:
        lines = lines.filter(pk__in=only)
    rows = list(
        lines.values("record_id", "price").annotate(n=Sum("quantity"), at=Count("pk"), source=Max("price_source_id"))
    )
    records = _records({row["record_id"] for row in rows})
    sources = PriceSource.objects.select_related("supplier").in_bulk([row["source"] for row in rows if row["source"]])
    found = [
        TitleLine(records[row["record_id"]], row["price"], row["n"], row["at"], sources.get(row["source"]))
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.record.sort_title, one.record.pk, one.price))


def order_titles(order: Order) -> list[TitleLine]:
    """Titles of an order in alphabetical order. Two statements."""
    rows = OrderLine.objects.filter(order=order).annotate(at=Count("distribution"), came=Sum("distribution__delivered"))
    lines = list(rows)
    records = _records({line.record_id for line in lines})
    found = [
        TitleLine(records[line.record_id], line.price, line.quantity, line.at, None, line.came or 0) for line in lines
    ]
    return sorted(found, key=lambda one: (one.record.sort_title, one.record.pk, one.price))


@dataclass(frozen=True, slots=True)
class Lot:
    """What may be bought apart from the rest: the literature of one fund in one language."""

    number: int
    fund: FundType
    language: str
    """ISO 639-2/B; empty: not known."""
    titles: list[TitleLine]

    @property
    def name(self) -> str:
        """What it holds, in the language in force."""
        return ", ".join(filter(None, (str(self.fund.label), language_name(self.language) if self.language else "")))

    @property
    def quantity(self) -> int:
        """Volumes in the lot."""
        return sum(one.quantity for one in self.titles)

    @property
    def amount(self) -> Decimal:
        """Its worth in tenge."""
        return tenge(sum((one.amount for one in self.titles), ZERO))


def lots_of(titles: Collection[TitleLine]) -> list[Lot]:
    """Titles divided into lots by fund and language, the dearest first: offers are compared within a lot."""
    groups: dict[tuple[FundType, str], list[TitleLine]] = {}
    for one in titles:
        groups.setdefault((one.fund, one.record.language), []).append(one)
    ranked = sorted(groups.items(), key=lambda item: (-sum((one.amount for one in item[1]), ZERO), item[0]))
    return [Lot(number, fund, language, lines) for number, ((fund, language), lines) in enumerate(ranked, start=1)]


def shares_of(estimate: Estimate, record_id: int | None = None) -> QuerySet[EstimateLine]:
    """Which library gets how many volumes by an estimate, of all titles or of one."""
    rows = estimate.lines.select_related("library", "record").defer("record__marc", "record__summary")
    if record_id is not None:
        rows = rows.filter(record=record_id)
    return rows.order_by("library__path", "record__sort_title", "pk")


def distribution_of(order: Order, library: Organization | None = None) -> QuerySet[Distribution]:
    """Which library gets how many volumes by an order, and how many have come."""
    rows = Distribution.objects.filter(line__order=order)
    if library is not None:
        rows = rows.filter(library=library)
    rows = rows.select_related("library", "line__record").defer("line__record__marc", "line__record__summary")
    return rows.order_by("library__path", "line__record__sort_title", "pk")


@dataclass(frozen=True, slots=True)
class LibraryShare:
    """What a library gets by an order: titles, volumes ordered and come."""

    library: Organization
    titles: int
    quantity: int
    delivered: int

    @property
    def left(self) -> int:
        """Volumes still expected."""
        return self.quantity - self.delivered


def libraries_of(order: Order) -> list[LibraryShare]:
    """The libraries of an order. Two statements."""
    rows = list(
        Distribution.objects.filter(line__order=order)
        .order_by()
        .values("library_id")
        .annotate(titles=Count("pk"), n=Sum("quantity"), came=Sum("delivered"))
    )
    libraries = Organization.objects.in_bulk([row["library_id"] for row in rows])
    found = [LibraryShare(libraries[row["library_id"]], row["titles"], row["n"], row["came"]) for row in rows]
    return sorted(found, key=lambda one: one.library.path)


def orders_of(node: Organization, reach: Reach, year: int | None = None) -> QuerySet[Order]:
    """Orders of a node and everybody below it, and those that bring something there; the newest first."""
    below = Distribution.objects.filter(library__path__startswith=node.path, line__order=OuterRef("pk"))
    rows = Order.objects.filter(_mine(reach)).filter(Q(organization__path__startswith=node.path) | Exists(below))
    if year is not None:
        rows = rows.filter(year=year)
    return rows.select_related("organization", "supplier", "budget").order_by("-year", "-pk")


@dataclass(frozen=True, slots=True)
class Expected:
    """An order that a library waits for, and how many volumes."""

    order: Order
    volumes: int


def expected_at(library: Organization) -> list[Expected]:
    """What suppliers still owe a library, the oldest order first. Two statements."""
    rows = (
        Distribution.objects.filter(
            library=library,
            delivered__lt=F("quantity"),
            line__order__state__in=[OrderState.PLACED, OrderState.PARTLY_DELIVERED],
        )
        .order_by()
        .values("line__order_id")
        .annotate(n=Sum(F("quantity") - F("delivered")))
    )
    volumes = {row["line__order_id"]: row["n"] for row in rows}
    orders = Order.objects.filter(pk__in=volumes).select_related("organization", "supplier").order_by("placed_at", "pk")
    return [Expected(order, volumes[order.pk]) for order in orders]


def suppliers_for(organization: Organization) -> QuerySet[Supplier]:
    """Suppliers of an organisation and of those above it."""
    steps = range(len(organization.path), 0, -Organization.steplen)
    paths = [organization.path[:length] for length in steps]
    return Supplier.objects.filter(organization__path__in=paths).order_by("name")


@dataclass(frozen=True, slots=True)
class Money:
    """Budgets of a place added up, in tenge."""

    place: Organization
    planned: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def free(self) -> Decimal:
        """What may still be ordered for."""
        return tenge(self.planned - self.committed - self.spent)


def money_by_child(node: Organization, children: Collection[Organization], year: int, kind: str = "") -> list[Money]:
    """Budgets below each child of a node added up; children without any are left out. Two statements."""
    rows = Organization.objects.filter(path__startswith=node.path)
    found = figures(rows, year)
    sums: dict[str, list[Decimal]] = {}
    depth = len(node.path) + Organization.steplen
    for one in found:
        if kind and one.budget.kind != kind:
            continue
        place = sums.setdefault(one.budget.organization.path[:depth], [ZERO, ZERO, ZERO])
        for column, amount in enumerate((one.planned, one.committed, one.spent)):
            place[column] += amount
    return [Money(child, *(tenge(value) for value in sums[child.path])) for child in children if child.path in sums]


def prices_for(organization: Organization, text: str = "") -> QuerySet[PriceSource]:
    """Prices noted by an organisation or those above it, the newest first; ``text`` is a part of the title."""
    paths = [organization.path[:length] for length in range(len(organization.path), 0, -Organization.steplen)]
    rows = PriceSource.objects.filter(organization__path__in=paths).select_related("record", "supplier")
    if text:
        rows = rows.filter(record__title__icontains=text)
    return rows.defer("record__marc", "record__summary").order_by("-on", "-pk")
