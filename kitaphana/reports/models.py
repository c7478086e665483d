"""Reports that people keep, with whom they share them, when they are made by themselves, and what was made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kitaphana.organizations.models import Organization
from kitaphana.people.models import User
from kitaphana.reports.enums import Every, Outcome, Sharing


class SavedReport(models.Model):
    """A definition with a name. It is always counted with the rights of whoever opens it."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    node = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    """The owner's place when it was saved: it says who «my organisation» is."""
    name = models.CharField(max_length=150)
    definition = models.JSONField()
    """``definition.Definition.as_json``; one that this program no longer understands still opens, with a message."""
    version = models.PositiveIntegerField(default=1)
    """Number of the state; a change makes the next one."""
    sharing = models.CharField(max_length=12, choices=Sharing.choices, default=Sharing.NOBODY)
    staff = models.ManyToManyField(User, related_name="+")
    """Colleagues it is shared with by name."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="saved_report_has_name")]
        indexes = [
            models.Index(fields=["owner", "name"], name="saved_report_owner"),
            models.Index(fields=["sharing", "node"], name="saved_report_sharing"),
        ]

    def __str__(self) -> str:
        return self.name


class Schedule(models.Model):
    """When a report is made by itself, in the owner's language and with the rights they have then."""

    report = models.OneToOneField(SavedReport, on_delete=models.CASCADE, related_name="schedule")
    every = models.CharField(max_length=5, choices=Every.choices)
    at = models.TimeField()
    language = models.CharField(max_length=2)
    next_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.every} {self.at}"


class Result(models.Model):
    """A workbook that was made by schedule; the last twelve are kept."""

    report = models.ForeignKey(SavedReport, on_delete=models.CASCADE, related_name="results")
    node = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    """Where it was counted: who lost the right to this place gets the file no more. Null where none was made."""
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    file = models.CharField(max_length=200, blank=True)
    """Path in the data folder's ``files``; empty where none was made."""
    rows = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "due_at"], name="report_result_once"),
            models.CheckConstraint(
                condition=Q(outcome="MADE", node__isnull=False) & ~Q(file="") | ~Q(outcome="MADE") & Q(file=""),
                name="report_result_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.due_at}"
