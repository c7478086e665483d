"""What the diary needs beside loans and visits (mass events, references), and kept reports."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kitaphana.monitoring.enums import EventKind, ReferenceKind, ReportKind
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.regulations.models import RulePack


class LibraryEvent(models.Model):
    """A mass event of a library and how many came to it, by group of readers."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    title = models.CharField(max_length=300)
    junior = models.PositiveIntegerField(default=0)
    middle = models.PositiveIntegerField(default=0)
    senior = models.PositiveIntegerField(default=0)
    teacher = models.PositiveIntegerField(default=0)
    other = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    """Entered by mistake: it stays, and counts no more."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(cancelled_at__gte=F("made_at")),
                name="library_event_cancelled_after_made",
            ),
        ]
        indexes = [models.Index(fields=["library", "on"], name="library_event_day")]

    def __str__(self) -> str:
        return f"{self.on}: {self.title}"

    @property
    def attendance(self) -> int:
        """Everybody who came."""
        return self.junior + self.middle + self.senior + self.teacher + self.other


class ReferenceAnswer(models.Model):
    """References of one kind answered on a day; several rows of a day are added up."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    kind = models.CharField(max_length=13, choices=ReferenceKind.choices)
    quantity = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    """Entered by mistake: it stays, and counts no more."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reference_answer_quantity"),
        ]
        indexes = [models.Index(fields=["library", "on"], name="reference_answer_day")]

    def __str__(self) -> str:
        return f"{self.on}: {self.quantity}"


class Report(models.Model):
    """A diary or an annual report that was signed and kept: the paper as it was, word for word.

    ``content`` holds the finished paper in Kazakh and in Russian, so it is printed the same whatever becomes of the
    program or of the figures. Append-only: a mended report is a new one with the next number.
    """

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=ReportKind.choices)
    number = models.PositiveIntegerField()
    """Without gaps per library, kind and year."""
    year = models.PositiveSmallIntegerField()
    """Calendar year of ``made_on``, within which reports are numbered."""
    made_on = models.DateField()
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by = models.CharField(max_length=200)
    """Who signed, as the paper names them."""
    first = models.DateField()
    last = models.DateField()
    content = models.JSONField()
    """``{"kk": paper, "ru": paper}``; see ``monitoring.papers``."""
    digest = models.CharField(max_length=64)
    """SHA-256 of ``content`` as canonical JSON, hexadecimal."""
    rule_pack = models.ForeignKey(RulePack, on_delete=models.PROTECT, related_name="+")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "kind", "year", "number"], name="report_number_unique"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="report_period"),
        ]
        indexes = [models.Index(fields=["library", "kind", "-made_at"], name="report_library")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}/{self.year}"
