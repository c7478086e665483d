"""What is noted about the records of the catalogue. All but batches is derived and may be computed anew."""

from __future__ import annotations

from django.db import models

from kitaphana.catalog.models import Record
from kitaphana.organizations.models import Organization
from kitaphana.quality.enums import BatchState, Likeness, Operation, PairState, Rule


class Flag(models.Model):
    """A rule that a record does not keep; derived from the record by the nightly and by-the-minute work."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=12, choices=Rule.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "record"], name="quality_flag_once")]


class FlagProgress(models.Model):
    """Up to which change of the catalogue the flags are; one row."""

    epoch = models.CharField(max_length=20, blank=True)
    """Name of the change sequence; another one (a restored copy): everything is looked at anew."""
    sequence = models.CharField(max_length=40, default="0")
    """The last change looked at, a whole number too large for a column of numbers."""


class Pair(models.Model):
    """Two records that may be one edition, ``first`` with the smaller id."""

    first = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    likeness = models.CharField(max_length=10, choices=Likeness.choices)
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="quality_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="quality_pair_ordered"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="quality_pair_state")]


class Batch(models.Model):
    """One change of many records: chosen by a search, seen in a preview, done in the background, taken back whole."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    query = models.CharField(max_length=400)
    """The search whose results are changed."""
    rule = models.CharField(max_length=12, choices=Rule.choices, blank=True)
    """Instead of a search: all records that do not keep a rule."""
    operation = models.CharField(max_length=12, choices=Operation.choices)
    tag = models.CharField(max_length=3)
    code = models.CharField(max_length=1, blank=True)
    find = models.CharField(max_length=300, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREVIEW)
    changed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    """Records that somebody else changed meanwhile, or that the change would spoil."""
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="quality_batch_newest")]


class BatchLine(models.Model):
    """A record that a batch has changed, with the version it made of it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="lines")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    """Version after the change; its former MARC is in the history under ``version - 1``."""
    is_undone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "record"], name="quality_batch_line_once")]
