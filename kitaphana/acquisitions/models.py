"""Suppliers and prices, budgets and their changes, estimates, orders, deliveries, payments. All sums are tenge."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kitaphana.acquisitions.enums import SOURCES, UNBOUND, BudgetKind, ClaimState, EstimateState, OrderState
from kitaphana.catalog.models import Record
from kitaphana.core.money import TengeField
from kitaphana.fund.enums import ReceiptSource
from kitaphana.fund.models import Act
from kitaphana.organizations.models import Organization


class Supplier(models.Model):
    """A seller that an organisation, and everyone below it, buys from."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=300)
    bin = models.CharField(max_length=12)
    contacts = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "bin"], name="acquisitions_supplier_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceSource(models.Model):
    """What a volume cost somewhere on a day. Never changed: a new price is a new row."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="+")
    price = TengeField()
    source = models.CharField(max_length=300)
    """Where the price stands: a price list with its number, a commercial offer."""
    on = models.DateField()
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(price__gt=0), name="acquisitions_price_positive")]
        indexes = [models.Index(fields=["record", "-on"], name="acquisitions_price_latest")]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.price}"


class Budget(models.Model):
    """Money of an organisation for a calendar year, by source of funds and purpose. Its row is the lock under which
    orders are placed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=20, choices=ReceiptSource.choices)
    kind = models.CharField(max_length=10, choices=BudgetKind.choices)
    planned = TengeField(default=0)
    """The sum of its changes."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "source", "kind"], name="acquisitions_budget_one"),
            models.CheckConstraint(condition=Q(planned__gte=0), name="acquisitions_budget_not_negative"),
            models.CheckConstraint(
                condition=Q(source__in=[source.value for source in SOURCES]), name="acquisitions_budget_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.source} {self.kind}"


class BudgetChange(models.Model):
    """More or less money, by a document. Only added, never changed."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="changes")
    amount = TengeField()
    """Negative: money was taken away."""
    reason = models.CharField(max_length=300)
    document = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.amount}"


class Estimate(models.Model):
    """What an organisation wants to buy in a year. A returned one is made anew as the next version."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=EstimateState.choices, default=EstimateState.DRAFT)
    version = models.PositiveSmallIntegerField(default=1)
    copied_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next_version")
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[EstimateState.APPROVED, EstimateState.RETURNED], decided_at__isnull=False)
                | Q(state__in=[EstimateState.DRAFT, EstimateState.SUBMITTED], decided_at__isnull=True),
                name="acquisitions_estimate_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EstimateLine(models.Model):
    """Volumes of one edition for one library."""

    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, related_name="lines")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    price = TengeField()
    price_source = models.ForeignKey(PriceSource, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estimate", "record", "library"], name="acquisitions_estimate_line_one"),
            models.CheckConstraint(condition=Q(quantity__gt=0, price__gte=0), name="acquisitions_estimate_line_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.quantity}"


class Order(models.Model):
    """An order to one supplier from one budget. Numbered without gaps per organisation and year."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="orders")
    estimate = models.ForeignKey(Estimate, on_delete=models.PROTECT, related_name="orders")
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=OrderState.choices, default=OrderState.DRAFT)
    total = TengeField()
    """Of its lines; fixed when it is made."""
    delivered = TengeField(default=0)
    """Worth of what was taken into the funds."""
    paid = TengeField(default=0)
    overrun = TengeField(default=0)
    """By how much it may go beyond the budget, as approved."""
    overrun_by_id = models.BigIntegerField(null=True)
    overrun_by_name = models.CharField(max_length=200, blank=True)
    overrun_at = models.DateTimeField(null=True)
    overrun_reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "number"], name="acquisitions_order_number"),
            models.CheckConstraint(
                condition=Q(delivered__gte=0, delivered__lte=F("total"), paid__gte=0, paid__lte=F("total")),
                name="acquisitions_order_sums",
            ),
            models.CheckConstraint(
                condition=Q(overrun=0, overrun_at__isnull=True)
                | (Q(overrun__gt=0, overrun_at__isnull=False) & ~Q(overrun_reason="")),
                name="acquisitions_overrun_named",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNBOUND, placed_at__isnull=True, delivered=0, paid=0)
                | (~Q(state__in=UNBOUND) & Q(placed_at__isnull=False)),
                name="acquisitions_order_placed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


class OrderLine(models.Model):
    """An edition in an order, at one price for a volume."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    price = TengeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "record", "price"], name="acquisitions_order_line_one"),
            models.CheckConstraint(condition=Q(quantity__gt=0, price__gte=0), name="acquisitions_order_line_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.quantity}"


class Distribution(models.Model):
    """How many volumes of an order's line go to a library, and how many have come."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="distribution")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    delivered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "library"], name="acquisitions_distribution_one"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, delivered__lte=F("quantity")), name="acquisitions_distribution_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.library_id}: {self.delivered} / {self.quantity}"


class Delivery(models.Model):
    """What a supplier brought to a library by one document."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=60)
    on = models.DateField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.document


class DeliveryLine(models.Model):
    """Volumes taken into the fund by ``act``; defective and missing ones were not taken and stay expected."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="deliveries")
    quantity = models.PositiveIntegerField()
    defective = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "distribution"], name="acquisitions_delivery_line_one"),
            models.CheckConstraint(
                condition=Q(quantity=0, act__isnull=True) | Q(quantity__gt=0, act__isnull=False),
                name="acquisitions_delivery_has_act",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class Claim(models.Model):
    """What is wrong with a delivery, told to the supplier. Numbered without gaps per organisation and year."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="claim")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=1000)
    answer_by = models.DateField()
    """Until when the supplier is to answer."""
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.OPEN)
    outcome = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=200)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "number"], name="acquisitions_claim_number"),
            models.CheckConstraint(
                condition=Q(state=ClaimState.OPEN, settled_at__isnull=True)
                | (~Q(state=ClaimState.OPEN) & Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="acquisitions_claim_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"


class Payment(models.Model):
    """Money paid for an order. Only added, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    amount = TengeField()
    on = models.DateField()
    document = models.CharField(max_length=100)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="acquisitions_payment_positive")]

    def __str__(self) -> str:
        return f"{self.amount}"
