"""Loans of copies and of count-based volumes, renewals, holds, visits, policies and notes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kitaphana.catalog.models import Record
from kitaphana.circulation.enums import Condition, HoldState, LoanEnd
from kitaphana.fund.enums import FundType
from kitaphana.fund.models import Copy, Stock
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.people.enums import Category
from kitaphana.people.models import Membership, Person, SchoolClass


class LoanPolicy(models.Model):
    """Days and limits at a node; the nearest node with a policy for category and fund decides.

    Empty category or fund: all of them. A more particular row beats a general one of the same node; a nearer
    node beats a farther one.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=10, choices=Category.choices, blank=True)
    fund = models.CharField(max_length=10, choices=FundType.choices, blank=True)
    loan_days = models.PositiveSmallIntegerField()
    max_loans = models.PositiveSmallIntegerField()
    max_renewals = models.PositiveSmallIntegerField()
    max_holds = models.PositiveSmallIntegerField()
    hold_shelf_days = models.PositiveSmallIntegerField()
    blocks_when_overdue = models.BooleanField(default=True)
    """Whether a reader with overdue books gets no more before returning them."""
    due_day = models.CharField(max_length=5, blank=True)
    """Day of the year as ``MM-DD`` on which everything is due (textbooks: 05-25); ``loan_days`` is then the
    least number of days a loan lasts, so that books lent in late May are due a year later. Empty: after
    ``loan_days``."""
    keeps_last_copy = models.BooleanField(default=False)
    """Whether the last copy of a title is read in the library only (model rules of Order 827)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "category", "fund"], name="loan_policy_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} {self.fund or '*'}"


class Loan(models.Model):
    """One copy lent to one person."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="loans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="loans")
    """Null once a reader who keeps no history has returned it."""
    category = models.CharField(max_length=10, choices=Category.choices)
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True, related_name="+")
    """The class at the time of lending, for statistics."""
    lent_at = models.DateTimeField()
    lent_on = models.DateField()
    due_on = models.DateField()
    renewals = models.PositiveSmallIntegerField(default=0)
    returned_at = models.DateTimeField(null=True)
    returned_on = models.DateField(null=True)
    end = models.CharField(max_length=11, choices=LoanEnd.choices, blank=True)
    override_reason = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["copy"], condition=Q(returned_at__isnull=True), name="loan_one_open_per_copy"
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("lent_at")),
                name="loan_returned_after_lent",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=False) | Q(person__isnull=False), name="loan_open_has_person"
            ),
        ]
        indexes = [
            # A reader's open loans; the overdue list; the statistics of a period.
            models.Index(fields=["person", "library"], condition=Q(returned_at__isnull=True), name="loan_open_person"),
            models.Index(fields=["library", "due_on"], condition=Q(returned_at__isnull=True), name="loan_open_due"),
            models.Index(fields=["library", "lent_on"], name="loan_lent"),
            models.Index(fields=["library", "returned_on"], name="loan_returned"),
            models.Index(fields=["person", "-lent_at"], name="loan_person"),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id}: {self.lent_on} – {self.due_on}"


class StockLoan(models.Model):
    """Volumes of a count-based stock in one person's hands.

    A pupil has one volume of a title, a teacher may have thirty: a row carries their number. When some of them come
    back the row is split, and the numbers of its parts sum up to what was issued.
    """

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="loans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="stock_loans")
    """Null once a reader who keeps no history has returned it."""
    category = models.CharField(max_length=10, choices=Category.choices)
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True, related_name="+")
    """The class at the time of issue, for statistics: the debt goes with the person."""
    quantity = models.PositiveIntegerField(default=1)
    is_returnable = models.BooleanField(default=True)
    """False: consumable, such as a workbook; nobody owes it, and it is written off when the year is over."""
    batch = models.UUIDField()
    """Shared by everything that one command issued."""
    lent_at = models.DateTimeField()
    lent_on = models.DateField()
    due_on = models.DateField()
    condition_out = models.CharField(max_length=5, choices=Condition.choices, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_on = models.DateField(null=True)
    condition_in = models.CharField(max_length=5, choices=Condition.choices, blank=True)
    end = models.CharField(max_length=11, choices=LoanEnd.choices, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_loan_quantity"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_on__isnull=True, end="")
                | Q(returned_at__isnull=False, returned_on__isnull=False) & ~Q(end=""),
                name="stock_loan_open_or_ended",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("lent_at")),
                name="stock_loan_returned_after_lent",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=False) | Q(person__isnull=False), name="stock_loan_open_has_person"
            ),
        ]
        indexes = [
            # What a person, a title, a batch has out; the debts of a library; statistics of a period.
            models.Index(fields=["person"], condition=Q(returned_at__isnull=True), name="stock_loan_open_person"),
            models.Index(fields=["stock"], condition=Q(returned_at__isnull=True), name="stock_loan_open_stock"),
            models.Index(fields=["batch"], condition=Q(returned_at__isnull=True), name="stock_loan_open_batch"),
            models.Index(
                fields=["library", "due_on"], condition=Q(returned_at__isnull=True), name="stock_loan_open_due"
            ),
            models.Index(fields=["library", "lent_on"], name="stock_loan_lent"),
            models.Index(fields=["library", "returned_on"], name="stock_loan_returned"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_id}: {self.lent_on} – {self.due_on}"


class Renewal(models.Model):
    """One prolongation of a loan."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="renewal_rows")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    on = models.DateField()
    due_before = models.DateField()
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["library", "on"], name="renewal_library")]

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.due_before} – {self.due_on}"


class Hold(models.Model):
    """A reader's claim on a title at a library."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holds")
    state = models.CharField(max_length=10, choices=HoldState.choices, default=HoldState.WAITING)
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, null=True, related_name="holds")
    """The copy on the hold shelf (READY) or lent (FULFILLED)."""
    placed_at = models.DateTimeField()
    ready_on = models.DateField(null=True)
    collect_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "record", "person"],
                condition=Q(state__in=["WAITING", "READY"]),
                name="hold_one_open_per_reader",
            ),
            models.UniqueConstraint(fields=["copy"], condition=Q(state="READY"), name="hold_one_ready_per_copy"),
            models.CheckConstraint(condition=~Q(state="READY") | Q(copy__isnull=False), name="hold_ready_has_copy"),
        ]
        indexes = [
            # The queue of a title; the hold shelf; a reader's holds.
            models.Index(fields=["library", "record", "state", "placed_at"], name="hold_queue"),
            models.Index(fields=["library", "state", "collect_until"], name="hold_shelf"),
            models.Index(fields=["person", "state"], name="hold_person"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.state}"


class Visit(models.Model):
    """A reader's day in the library: each coming on a day counts once (parameter of the diary)."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    category = models.CharField(max_length=10, choices=Category.choices)
    grade = models.PositiveSmallIntegerField(null=True)
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "on", "person"], name="visit_once_a_day")]

    def __str__(self) -> str:
        return f"{self.on}: {self.category}"


class ReaderNote(models.Model):
    """What the library must remember about a reader; shown at the desk."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=500)
    is_blocking = models.BooleanField(default=False)
    """Whether lending needs an override while the note stands."""
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text
