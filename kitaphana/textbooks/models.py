"""Own books, expected pupils, provision and the transfers it suggests."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kitaphana.curriculum.models import SetTitle
from kitaphana.fund.models import Transfer
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.models import Person
from kitaphana.textbooks.enums import SuggestionState


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
