"""Textbook sets and the reading list: what a class learns from and what it reads, and the editions of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kitaphana.catalog.models import Record
from kitaphana.curriculum.enums import Change, Term
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


class CurriculumWork(models.Model):
    """A literary work that pupils of a grade read, as a node of the network put it into the reading list.

    What nodes above have listed holds below as well; where a node lists the same work itself, its own line holds
    (``reading.works_of``).
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    first_year = models.PositiveSmallIntegerField()
    """Calendar year in which the first school year begins in which it is read."""
    last_year = models.PositiveSmallIntegerField(null=True, blank=True)
    """The same of the last such school year; null: until further notice."""
    grade = models.PositiveSmallIntegerField()
    """0 (preschool class) … 12."""
    language = models.CharField(max_length=3, choices=TeachingLanguage.choices)
    """Language of instruction of the classes that read it, not of the text."""
    subject = models.CharField(max_length=120)
    term = models.PositiveSmallIntegerField(choices=Term.choices, default=Term.YEAR)
    author = models.CharField(max_length=200, blank=True)
    """As people say it: «Мұхтар Әуезов». Empty: folklore."""
    title = models.CharField(max_length=300)
    is_compulsory = models.BooleanField(default=True)
    pupils_per_copy = models.PositiveSmallIntegerField(default=2)
    """How many pupils share one copy: from it follows how many the library needs."""
    note = models.CharField(max_length=300, blank=True)
    """Topic, extract, number of the lesson."""
    position = models.PositiveIntegerField(default=0)
    """Order within grade, language and term."""
    key = models.CharField(max_length=32)
    """Digest of title and author's surname, whatever their spelling (``matching.key_of``)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "grade", "language", "key", "subject", "first_year"],
                name="curriculum_work_unique",
            ),
            models.CheckConstraint(condition=Q(grade__lte=12), name="curriculum_work_grade"),
            models.CheckConstraint(condition=Q(term__lte=4), name="curriculum_work_term"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(subject=""), name="curriculum_work_named"),
            models.CheckConstraint(
                condition=Q(pupils_per_copy__gte=1, pupils_per_copy__lte=50), name="curriculum_work_norm"
            ),
            models.CheckConstraint(
                condition=Q(last_year__isnull=True) | Q(last_year__gte=F("first_year")), name="curriculum_work_years"
            ),
        ]
        indexes = [models.Index(fields=["grade", "language", "first_year"], name="curriculum_work_place")]

    if TYPE_CHECKING:
        organization_id: int

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Author and title on one line."""
        return f"{self.author}. {self.title}" if self.author else self.title

    @property
    def ages(self) -> tuple[int, int]:
        """Usual age of its readers: pupils of grade 1 are 6–7 years old."""
        return self.grade + 5, self.grade + 6

    def copies_for(self, pupils: int) -> int:
        """How many copies so many pupils need."""
        return -(-pupils // self.pupils_per_copy)


class WorkEdition(models.Model):
    """An edition in which a work can be read: the work alone, a collection with it, a translation."""

    work = models.ForeignKey(CurriculumWork, on_delete=models.CASCADE, related_name="editions")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="work_editions")
    is_manual = models.BooleanField(default=False)
    """A person added it; False: title and author agree."""
    is_left_out = models.BooleanField(default=False)
    """A person took it out: it stays so that no search brings it back."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "record"], name="work_edition_unique")]

    if TYPE_CHECKING:
        work_id: int
        record_id: int
