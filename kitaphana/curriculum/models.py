"""Textbook sets: which titles a class learns from, and which editions satisfy each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kitaphana.catalog.models import Record
from kitaphana.curriculum.enums import Change
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Profile, TeachingLanguage


class TextbookSet(models.Model):
    """The titles of one grade, language of instruction, profile and school year, as a node of the network made it.

    For a class the nearest node's set holds (``queries.set_for``): a school may have its own beside the country's.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField()
    """0 (preschool class) … 12."""
    language = models.CharField(max_length=3, choices=TeachingLanguage.choices)
    profile = models.CharField(max_length=10, choices=Profile.choices, blank=True)
    """Empty: the general programme, which also serves a profile that has no set."""
    school_year = models.PositiveSmallIntegerField()
    """Calendar year in which the school year begins."""
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    """The set that this one was copied from; changes are marked against it."""
    is_approved = models.BooleanField(default=False)
    """An approved set is closed for changes."""
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "school_year", "grade", "language", "profile"], name="textbook_set_unique"
            ),
            models.CheckConstraint(condition=Q(grade__lte=12), name="textbook_set_grade"),
            models.CheckConstraint(
                condition=Q(is_approved=False, approved_at__isnull=True)
                | Q(is_approved=True, approved_at__isnull=False),
                name="textbook_set_approved",
            ),
            models.CheckConstraint(
                condition=Q(based_on__isnull=True) | ~Q(based_on=F("id")), name="textbook_set_not_its_own_base"
            ),
        ]
        indexes = [models.Index(fields=["school_year", "grade", "language"], name="textbook_set_key")]

    if TYPE_CHECKING:
        organization_id: int
        based_on_id: int | None

    @property
    def year_end(self) -> int:
        """Calendar year in which the school year ends."""
        return self.school_year + 1


class SetTitle(models.Model):
    """A need: «Алгебра», part 1. Its editions are interchangeable: any of them satisfies it."""

    textbook_set = models.ForeignKey(TextbookSet, on_delete=models.CASCADE, related_name="titles")
    position = models.PositiveSmallIntegerField()
    """Order of the lines, from 1."""
    subject = models.CharField(max_length=120)
    part = models.CharField(max_length=40, blank=True)
    """Part or kind where a subject has several titles: «1», «жұмыс дәптері»."""
    per_pupil = models.PositiveSmallIntegerField(default=1)
    per_class_teacher = models.PositiveSmallIntegerField(default=0)
    """Copies for the teacher of each class."""
    is_returned = models.BooleanField(default=True)
    """False: consumable, such as a workbook; it is given for good."""
    change = models.CharField(max_length=8, choices=Change.choices, default=Change.SAME)
    """Against ``source``; a line that was left out stays, marked REMOVED, so that people see what became of it."""
    source = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """The line of the base set that this one was copied from."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["textbook_set", "subject", "part"], name="set_title_unique"),
            models.CheckConstraint(condition=~Q(subject=""), name="set_title_subject"),
            models.CheckConstraint(condition=Q(per_pupil__lte=20), name="set_title_per_pupil"),
            models.CheckConstraint(condition=Q(per_class_teacher__lte=20), name="set_title_per_teacher"),
        ]

    if TYPE_CHECKING:
        textbook_set_id: int
        source_id: int | None

    @property
    def name(self) -> str:
        """Subject and part as they are spoken: «Алгебра, 1»."""
        return f"{self.subject}, {self.part}" if self.part else self.subject


class SetEdition(models.Model):
    """An edition that satisfies a need."""

    title = models.ForeignKey(SetTitle, on_delete=models.CASCADE, related_name="editions")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    """Order of preference, from 1: which edition is ordered and handed out first."""
    is_electronic = models.BooleanField(default=False)
    """An electronic edition is counted apart: it lies on no shelf."""
    is_dropped = models.BooleanField(default=False)
    """No longer approved: copies that are here are still counted, but apart, and none is ordered."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["title", "record"], name="set_edition_unique")]

    if TYPE_CHECKING:
        title_id: int
        record_id: int
