"""What must hold of acquisitions; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from kitaphana.acquisitions.models import Budget, DeliveryLine, Distribution, Order, OrderLine
from kitaphana.core.checks import Violation
from kitaphana.core.money import ZERO
from kitaphana.fund.models import LedgerEntry
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of acquisitions that does not hold, for one who buys or everywhere."""
    mine = Order.objects.all() if library is None else Order.objects.filter(organization=library)
    for row in (
        mine.order_by()
        .values("organization_id", "year")
        .annotate(count=Count("pk"), lowest=Min("number"), highest=Max("number"))
    ):
        if row["lowest"] != 1 or row["highest"] != row["count"]:
            yield Violation("acquisitions.numbers_have_gap", "Numbers of orders have a gap or a double.", dict(row))
    lines = OrderLine.objects.filter(order__in=mine)
    for pk in (
        lines.annotate(given=Coalesce(Sum("distribution__quantity"), 0))
        .exclude(given=F("quantity"))
        .values_list("pk", flat=True)
    ):
        yield Violation("acquisitions.distribution_differs", "A line is not distributed as ordered.", {"line": pk})
    shares = Distribution.objects.filter(line__order__in=mine)
    for pk in (
        shares.annotate(came=Coalesce(Sum("deliveries__quantity"), 0))
        .exclude(came=F("delivered"))
        .values_list("pk", flat=True)
    ):
        yield Violation("acquisitions.delivered_differs", "Deliveries do not add up.", {"distribution": pk})
    for order in mine.prefetch_related("lines__distribution", "payments"):
        total = sum((line.price * line.quantity for line in order.lines.all()), ZERO)
        came = sum(
            (line.price * part.delivered for line in order.lines.all() for part in line.distribution.all()), ZERO
        )
        paid = sum((payment.amount for payment in order.payments.all()), ZERO)
        if (total, came, paid) != (order.total, order.delivered, order.paid):
            yield Violation("acquisitions.sums_differ", "Sums of an order do not add up.", {"order": order.pk})
    acts = DeliveryLine.objects.filter(delivery__order__in=mine, act__isnull=False)
    for act in acts.order_by().values("act_id").annotate(volumes=Sum("quantity")):
        received = LedgerEntry.objects.filter(act_id=act["act_id"]).aggregate(sum=Sum("quantity"))["sum"]
        if received != act["volumes"]:
            yield Violation("acquisitions.act_differs", "An act says another number than its delivery.", dict(act))
    if acts.filter(~Q(act__library_id=F("delivery__library_id"))).exists():
        yield Violation("acquisitions.foreign_act", "A delivery was received by somebody else.", {})
    budgets = Budget.objects.all() if library is None else Budget.objects.filter(organization=library)
    for budget in budgets.prefetch_related("changes"):
        # Added here: SQLite would add floats.
        if sum((change.amount for change in budget.changes.all()), ZERO) != budget.planned:
            yield Violation(
                "acquisitions.budget_differs", "A budget is not the sum of its changes.", {"budget": budget.pk}
            )
