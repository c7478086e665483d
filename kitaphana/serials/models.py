"""Subscriptions, their issues, claims, bound volumes."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models

from kitaphana.acquisitions.models import Supplier
from kitaphana.catalog.models import Record
from kitaphana.core.money import TengeField
from kitaphana.fund.models import Copy
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.serials.enums import Frequency, IssueState


class Subscription(models.Model):
    """A periodical that a library gets for a time."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="+")
    frequency = models.CharField(max_length=10, choices=Frequency.choices)
    starts_on = models.DateField()
    """The first issue is expected on it."""
    ends_on = models.DateField()
    quantity = models.PositiveSmallIntegerField(default=1)
    """Copies of each issue."""
    cost = TengeField(default=0)
    """Of the whole subscription."""
    patience = models.PositiveSmallIntegerField(default=14)
    """Days after the expected one when an issue is late."""
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="subscription_period"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="subscription_quantity"),
            models.CheckConstraint(condition=models.Q(cost__gte=0), name="subscription_cost"),
        ]
        indexes = [models.Index(fields=["library", "-ends_on"], name="subscription_library")]

    def __str__(self) -> str:
        return self.record.title


class Volume(models.Model):
    """Issues bound together."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="volumes")
    label = models.CharField(max_length=100)
    """Year and numbers as they stand on the spine: 2026, № 1–6."""
    bound_on = models.DateField()
    copy = models.OneToOneField(Copy, on_delete=models.PROTECT, null=True, related_name="+")
    """Where it was taken on the fund."""

    def __str__(self) -> str:
        return self.label


class Issue(models.Model):
    """One number of a periodical at a library."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="issues")
    year = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=20)
    """5, or 5–6 where two came as one."""
    expected_on = models.DateField()
    received = models.PositiveSmallIntegerField(default=0)
    received_on = models.DateField(null=True)
    is_cancelled = models.BooleanField(default=False)
    """It did not come out."""
    claimed_on = models.DateField(null=True)
    """Day of the last claim."""
    volume = models.ForeignKey(Volume, on_delete=models.SET_NULL, null=True, related_name="issues")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "year", "number"], name="issue_once"),
            models.CheckConstraint(
                condition=models.Q(received=0, received_on=None)
                | models.Q(received__gte=1, received_on__isnull=False, is_cancelled=False),
                name="issue_received",
            ),
            models.CheckConstraint(
                condition=models.Q(volume=None) | models.Q(received__gte=1), name="issue_bound_is_here"
            ),
        ]
        # What is expected today, and what is late.
        indexes = [models.Index(fields=["expected_on"], condition=models.Q(received=0), name="issue_expected")]
        ordering = ["expected_on", "pk"]

    def __str__(self) -> str:
        return f"{self.year}, № {self.number}"

    def state_on(self, today: date) -> IssueState:
        """How it stands on a day (``subscription`` must be at hand)."""
        if self.volume_id:
            return IssueState.BOUND
        if self.is_cancelled:
            return IssueState.CANCELLED
        if self.received >= self.subscription.quantity:
            return IssueState.RECEIVED
        if self.received:
            return IssueState.PART
        if self.claimed_on:
            return IssueState.CLAIMED
        late_after = self.expected_on + timedelta(days=self.subscription.patience)
        return IssueState.LATE if late_after < today else IssueState.EXPECTED


class Claim(models.Model):
    """A letter to the supplier about issues that did not come."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveIntegerField()
    """In the library's series of a year."""
    on = models.DateField()
    issues = models.JSONField()
    """What was missing on that day: [{"id", "name", "expected", "missing"}]; the issues may come later."""

    class Meta:
        indexes = [models.Index(fields=["subscription", "-on"], name="claim_newest")]

    def __str__(self) -> str:
        return f"{self.number}/{self.on.year}"
