"""What libraries submit, the steps it takes, the deadlines and the consolidated reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.submissions.enums import UNDECIDED, Kind, Move, State


class Submission(models.Model):
    """An annual report or a data set as it was sent: the figures are frozen. A returned one, or one to be corrected,
    comes as a new version."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    content = models.JSONField()
    """``{code: figure}``: whole numbers, money in tenge as text, texts; a code that is absent is not known."""
    digest = models.CharField(max_length=64)
    """SHA-256 of ``content`` as canonical JSON, hexadecimal."""
    note = models.CharField(max_length=1000, blank=True)
    """What the library says of warnings."""
    since = models.DateTimeField()
    """When it came into its state."""
    sent_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "kind", "year", "version"], name="submission_version"),
            models.UniqueConstraint(
                fields=["library", "kind", "year"], condition=Q(state__in=UNDECIDED), name="submission_one_on_its_way"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DIRECTOR, State.RETURNED]) | Q(signed_at__isnull=False),
                name="submission_signed",
            ),
        ]
        indexes = [models.Index(fields=["kind", "year", "state"], name="submission_state")]

    if TYPE_CHECKING:
        library_id: int

    def __str__(self) -> str:
        return f"{self.kind} {self.year}/{self.version}"


class Step(models.Model):
    """What somebody did with a submission. Only added, never changed."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(max_length=6, choices=Move.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    """The state it led to."""
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    comment = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"{self.move} {self.at}"


class Deadline(models.Model):
    """Until when the libraries below a node submit; the nearest node above decides."""

    node = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "kind", "year"], name="submission_deadline_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.on}"


class Consolidation(models.Model):
    """The reports of everybody below a node added up and signed. Only added; a later one has the next version."""

    node = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    """``{"sums": {code: figure}, "reports": [submission id, …], "missing": number}``"""
    digest = models.CharField(max_length=64)
    comment = models.CharField(max_length=1000, blank=True)
    """Why not everybody is in it."""
    at = models.DateTimeField()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "kind", "year", "version"], name="submission_consolidation_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}/{self.version}"
