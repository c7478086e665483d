"""Own books, expected pupils, provision, the transfers it suggests and the orders that cover the rest."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from kitaphana.catalog.models import Record
from kitaphana.curriculum.models import SetTitle
from kitaphana.fund.models import Transfer
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.models import Person, User
from kitaphana.textbooks.enums import OrderMove, OrderState, SuggestionState


class OwnBook(models.Model):
    """A pupil learns from a book of their own: nothing is issued, and no need is counted."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.ForeignKey(SetTitle, on_delete=models.CASCADE, related_name="own_books")
    made_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "person", "title"], name="own_book_unique")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.title_id}"


class Intake(models.Model):
    """How many first-graders (or other newcomers) a school expects: nobody can be promoted into the first grade."""

    library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    grade = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=3, choices=TeachingLanguage.choices)
    pupils = models.PositiveIntegerField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "school_year", "grade", "language"], name="intake_unique"),
            models.CheckConstraint(condition=Q(pupils__lte=5000), name="intake_pupils"),
        ]

    def __str__(self) -> str:
        return f"{self.library_id} {self.school_year}: {self.pupils}"


class Provision(models.Model):
    """What a library needs of a title in a school year, and has. Derived: ``provision.count`` makes it anew.

    ``provided`` is min(available, needed), so that in sums a surplus never hides a shortage.
    """

    library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    title = models.ForeignKey(SetTitle, on_delete=models.CASCADE, related_name="+")
    pupils = models.PositiveIntegerField()
    needed = models.PositiveIntegerField()
    in_fund = models.PositiveIntegerField()
    """Volumes of any edition of the title in the fund, in hands or not."""
    worn = models.PositiveIntegerField()
    """Of these, brought back in unsatisfactory condition."""
    old = models.PositiveIntegerField()
    """Of these, of editions past their term."""
    dropped = models.PositiveIntegerField()
    """Of these, of editions that are no longer approved."""
    available = models.PositiveIntegerField()
    """Usable: in the fund less worn, old and dropped."""
    has_electronic = models.BooleanField(default=False)
    provided = models.PositiveIntegerField()
    deficit = models.PositiveIntegerField()
    surplus = models.PositiveIntegerField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "school_year", "title"], name="provision_unique"),
            models.CheckConstraint(
                condition=Q(provided=F("needed") - F("deficit")) & Q(provided=F("available") - F("surplus")),
                name="provision_adds_up",
            ),
        ]
        indexes = [
            # Shortages and surpluses of a title among the schools of a district.
            models.Index(fields=["school_year", "title"], name="provision_title"),
        ]

    def __str__(self) -> str:
        return f"{self.library_id} {self.school_year} {self.title_id}: {self.provided}/{self.needed}"


class ProvisionTotal(models.Model):
    """The sums of a library's provision in a school year: what districts, regions and the country add up."""

    library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    needed = models.PositiveIntegerField()
    provided = models.PositiveIntegerField()
    deficit = models.PositiveIntegerField()
    deficit_electronic = models.PositiveIntegerField()
    """Of the deficit, of titles that also have an electronic edition."""
    surplus = models.PositiveIntegerField()
    issued = models.PositiveIntegerField()
    """Volumes of the sets in pupils' hands, at most as many as needed: who has."""
    counted_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "school_year"], name="provision_total_unique")]
        indexes = [models.Index(fields=["school_year", "library"], name="provision_total_year")]

    def __str__(self) -> str:
        return f"{self.library_id} {self.school_year}: {self.provided}/{self.needed}"


class Suggestion(models.Model):
    """A transfer that the solver suggests between two libraries; somebody approves it, the sender sends it."""

    node = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    """The district or region whose schools are evened out."""
    school_year = models.PositiveSmallIntegerField()
    library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    """Where the surplus is."""
    to_library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    title = models.ForeignKey(SetTitle, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.SUGGESTED)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="suggestion_quantity"),
            models.CheckConstraint(condition=~Q(library=F("to_library")), name="suggestion_goes_elsewhere"),
            models.CheckConstraint(
                condition=Q(state="SENT", transfer__isnull=False) | ~Q(state="SENT") & Q(transfer__isnull=True),
                name="suggestion_state_agrees",
            ),
        ]
        indexes = [
            models.Index(fields=["node", "school_year", "state"], name="suggestion_node"),
            models.Index(fields=["library", "state"], name="suggestion_library"),
        ]

    def __str__(self) -> str:
        return f"{self.library_id} → {self.to_library_id}: {self.quantity} × {self.title_id}"


class TextbookOrder(models.Model):
    """What a school orders for a school year: approved by its director, the district and the region."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    """Of the library in the school year, from 1 without gaps."""
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.DRAFT)
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    since = models.DateTimeField()
    """When it came into its state."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "school_year", "number"], name="textbook_order_number"),
            models.UniqueConstraint(
                fields=["library", "school_year"],
                condition=~Q(state__in=["APPROVED", "CLOSED"]),
                name="textbook_order_one_under_way",
            ),
        ]
        indexes = [models.Index(fields=["school_year", "state"], name="textbook_order_state")]

    def __str__(self) -> str:
        return f"{self.library_id} {self.school_year}/{self.number}"


class TextbookOrderLine(models.Model):
    """A title of an order, with the reckoning behind it as it was when the order was made."""

    order = models.ForeignKey(TextbookOrder, on_delete=models.CASCADE, related_name="lines")
    title = models.ForeignKey(SetTitle, on_delete=models.SET_NULL, null=True, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="+")
    """The edition of first choice, where the set names one."""
    grade = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=3, choices=TeachingLanguage.choices)
    name = models.CharField(max_length=250)
    needed = models.PositiveIntegerField()
    available = models.PositiveIntegerField()
    ordered_before = models.PositiveIntegerField()
    """On its way by earlier orders of the year."""
    proposed = models.PositiveIntegerField()
    """The shortage less what is on its way."""
    has_electronic = models.BooleanField()
    quantity = models.PositiveIntegerField()
    """What the school asks for."""
    reason = models.CharField(max_length=300, blank=True)
    """Why more than the shortage is asked for."""
    district_quantity = models.PositiveIntegerField(null=True)
    region_quantity = models.PositiveIntegerField(null=True)
    """What a level made of it; null: as the level below."""
    cut_reason = models.CharField(max_length=300, blank=True)
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    """Tenge a volume at the latest receipt in the region; null: not known."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "title"], name="textbook_order_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__lte=F("proposed")) | ~Q(reason=""), name="textbook_order_more_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(district_quantity__isnull=True, region_quantity__isnull=True) | ~Q(cut_reason=""),
                name="textbook_order_cut_has_reason",
            ),
        ]

    @property
    def final(self) -> int:
        """Volumes as they stand after the levels that have decided."""
        if self.region_quantity is not None:
            return self.region_quantity
        return self.quantity if self.district_quantity is None else self.district_quantity

    @property
    def amount(self) -> Decimal | None:
        """Tenge, where the price is known."""
        return None if self.price is None else self.price * self.final


class TextbookOrderStep(models.Model):
    """Who did what with an order, and when. The database refuses to change or remove it."""

    order = models.ForeignKey(TextbookOrder, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=320)
    move = models.CharField(max_length=10, choices=OrderMove.choices)
    from_state = models.CharField(max_length=10, choices=OrderState.choices)
    to_state = models.CharField(max_length=10, choices=OrderState.choices)
    comment = models.CharField(max_length=500, blank=True)
    volumes = models.PositiveIntegerField()
    """The order's volumes at this step."""

    class Meta:
        indexes = [models.Index(fields=["order", "at"], name="textbook_order_step")]
