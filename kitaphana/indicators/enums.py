"""What is rolled up, and how indicators are grouped and written."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Measure(models.TextChoices):
    """A figure kept for every node and month. Money is kept in tiyn."""

    VISITS = "visits", _("Visits")
    LOANS = "loans", _("Loans without textbooks")
    TEXTBOOK_LOANS = "textbook_loans", _("Loans of textbooks")
    RENEWALS = "renewals", _("Renewals")
    NEW_READERS = "new_readers", _("New readers")
    EVENTS = "events", _("Mass events")
    ATTENDANCE = "attendance", _("People who came to events")
    REFERENCES = "references", _("References answered")
    RECEIVED = "received", _("Copies received without textbooks")
    SPENT = "spent", _("Worth of what was received without textbooks")
    WITHDRAWN = "withdrawn", _("Copies withdrawn without textbooks")
    READERS = "readers", _("Registered readers")
    COPIES = "copies", _("Copies in the fund without textbooks")
    TEXTBOOKS = "textbooks", _("Textbooks in the fund")
    WORTH = "worth", _("Worth of the fund without textbooks")
    ON_LOAN = "on_loan", _("On loan without textbooks")
    OVERDUE = "overdue", _("Overdue without textbooks")
    ACTIVE = "active", _("Readers who came in the year")
    LIST_NEEDED = "list_needed", _("Copies needed by the core lists")
    LIST_PROVIDED = "list_provided", _("Copies provided of the core lists")
    SETS_NEEDED = "sets_needed", _("Textbooks needed by the sets")
    SETS_PROVIDED = "sets_provided", _("Textbooks provided of the sets")
    LIBRARIES = "libraries", _("Libraries")


class Part(models.TextChoices):
    """Groups of indicators on the scorecard."""

    USE = "USE", pgettext_lazy("indicators", "Use")
    READERS = "READERS", pgettext_lazy("indicators", "Readers")
    FUND = "FUND", pgettext_lazy("indicators", "Fund")
    PROVISION = "PROVISION", pgettext_lazy("indicators", "Provision")
    EVENTS = "EVENTS", pgettext_lazy("indicators", "Events and references")


class Unit(models.TextChoices):
    """How a value is written."""

    NUMBER = "NUMBER", pgettext_lazy("unit", "number")
    PERCENT = "PERCENT", pgettext_lazy("unit", "per cent")
    TENGE = "TENGE", pgettext_lazy("unit", "tenge")


class Better(models.TextChoices):
    """Which way an indicator should move."""

    UP = "UP", pgettext_lazy("indicator", "the higher the better")
    DOWN = "DOWN", pgettext_lazy("indicator", "the lower the better")
    NEITHER = "NEITHER", pgettext_lazy("indicator", "neither good nor bad by itself")
