"""Tables of the core: the journal, the change sequence, background jobs, number series."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One command that was carried out: who, where, what, before and after. Append-only (triggers refuse the rest).

    The unique ``command_id`` also makes commands idempotent: a repeated one is found here.
    """

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    library_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    command_id = models.UUIDField(null=True, unique=True)

    class Meta:
        indexes = [
            # The journal page: newest of a library, of an object.
            models.Index(fields=["library_id", "-id"], name="audit_library"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_object"),
        ]


class Change(models.Model):
    """Something that derived data (the search index) must follow, in the order of commits."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    transaction_id = models.BigIntegerField(default=0)

    class Meta:
        # A follower's question on PostgreSQL, asked twice a second: what came after this place?
        indexes = [models.Index(fields=["transaction_id", "id"], name="change_order")]


class JobState(models.TextChoices):
    """The life of a job: WAITING → RUNNING → DONE, FAILED or CANCELLED."""

    WAITING = "WAITING", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


class Job(models.Model):
    """Work done in the background, with its progress and its result."""

    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    is_cancel_requested = models.BooleanField(default=False)
    actor_id = models.BigIntegerField(null=True)
    library_id = models.BigIntegerField(null=True)
    run_after = models.DateTimeField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The worker's question: what is due next?
            models.Index(fields=["state", "run_after"], name="job_due"),
            # The page «Jobs»: mine, newest first.
            models.Index(fields=["actor_id", "-id"], name="job_actor"),
        ]


class NumberSeries(models.Model):
    """A gapless series (inventory numbers, act numbers): the last number given out."""

    library_id = models.BigIntegerField()
    series = models.CharField(max_length=60)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library_id", "series"], name="number_series_unique")]
