"""What is asked of acquisitions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from kitaphana.acquisitions.enums import OrderState
from kitaphana.acquisitions.models import Budget, Distribution, Estimate, EstimateLine, Order, PriceSource
from kitaphana.core.money import ZERO, tenge
from kitaphana.organizations.models import Organization

MONTHS_OF_A_PRICE = 12
"""An older price is no ground for an estimate."""


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
    rows = Order.objects.filter(budget__in=found).exclude(state=OrderState.DRAFT)
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
    rows = (
        PriceSource.objects.filter(record__in=records, on__gte=since, on__lte=on)
        .select_related("organization")
        .order_by("on", "pk")
    )
    return {row.record_id: row for row in rows if organization.path.startswith(row.organization.path)}


def unordered(estimate: Estimate) -> list[EstimateLine]:
    """Lines of an estimate that no order has yet."""
    taken = set(
        Distribution.objects.filter(line__order__estimate=estimate).values_list("line__record_id", "library_id")
    )
    lines = estimate.lines.select_related("record", "library").order_by("pk")
    return [line for line in lines if (line.record_id, line.library_id) not in taken]


def awaited(order: Order) -> QuerySet[Distribution]:
    """Parts of an order that have not come in full."""
    return Distribution.objects.filter(line__order=order, delivered__lt=F("quantity"))
