"""What is counted, and what the journal says about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """A figure of the dashboard and the list of records behind it."""

    VISITS = "visits", _("Visits")
    LOANS = "loans", _("Loans")
    RETURNS = "returns", _("Returns")
    RENEWALS = "renewals", _("Renewals")
    READERS = "readers", _("Registered readers")
    NEW_READERS = "new-readers", _("New readers")
    ACTIVE = "active", _("Active readers")
    COPIES = "copies", _("Copies in the fund")
    RECEIVED = "received", _("Copies received")
    ON_LOAN = "on-loan", _("On loan now")
    OVERDUE = "overdue", _("Overdue now")
    HOLDS = "holds", _("Holds waiting")
    HOLD_SHELF = "hold-shelf", _("On the hold shelf")
    LENDINGS = "lendings", _("Loans of the diary")
    LEFT = "left", _("Readers who left")
    EVENTS = "events", _("Mass events")
    REFERENCES = "references", _("References answered")
    FUND_IN = "fund-in", _("Receipts by the books of account")
    FUND_OUT = "fund-out", _("Withdrawals by the books of account")
    FUND_AT = "fund-at", _("Entries that make up the fund")


class Part(models.TextChoices):
    """Parts of a list that counts things of several sorts."""

    COPIES = "copies", _("By inventory number")
    COUNTED = "counted", _("Kept by count")
    RENEWALS = "renewals", _("Renewals")
    CARDS = "cards", _("Kept by count")
    ENTRIES = "entries", _("Kept by count")


class Group(models.TextChoices):
    """Groups of readers of the diary."""

    JUNIOR = "junior", _("Grades 1–4")
    MIDDLE = "middle", _("Grades 5–9")
    SENIOR = "senior", _("Grades 10–11")
    TEACHER = "teacher", _("Teachers")
    OTHER = "other", _("Other readers")


class EventKind(models.TextChoices):
    """Kinds of mass events."""

    EXHIBITION = "EXHIBITION", _("Book exhibition")
    LESSON = "LESSON", _("Library lesson")
    REVIEW = "REVIEW", _("Book review or talk")
    READING = "READING", _("Reading aloud")
    MEETING = "MEETING", _("Literary meeting")
    CONTEST = "CONTEST", _("Contest or quiz")
    OTHER = "OTHER", _("Another event")


class ReferenceKind(models.TextChoices):
    """Kinds of references given to readers."""

    THEMATIC = "THEMATIC", _("Thematic reference")
    FACTUAL = "FACTUAL", _("Factual reference")
    ADDRESS = "ADDRESS", _("Is there such a book")
    CLARIFYING = "CLARIFYING", _("Clarifying reference")


class ReportKind(models.TextChoices):
    """Papers that are signed and kept."""

    DIARY = "DIARY", _("Library diary")
    ANNUAL = "ANNUAL", _("Annual report")


class Action(models.TextChoices):
    """What the journal notes of monitoring."""

    EXPORT = "monitoring.export", _("Downloaded a list of the dashboard")
    ADD_EVENT = "monitoring.add_event", _("Entered a mass event")
    CANCEL_EVENT = "monitoring.cancel_event", _("Cancelled the entry of a mass event")
    ADD_REFERENCES = "monitoring.add_references", _("Entered references answered")
    CANCEL_REFERENCES = "monitoring.cancel_references", _("Cancelled the entry of references")
    KEEP_REPORT = "monitoring.keep_report", _("Signed and kept a report")
