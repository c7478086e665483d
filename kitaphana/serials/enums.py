"""Choices of periodicals."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Frequency(models.TextChoices):
    """How often issues come."""

    WORKDAYS = "WORKDAYS", _("Five times a week")
    THRICE_A_WEEK = "THREE_WEEK", _("Three times a week")
    TWICE_A_WEEK = "TWO_WEEK", _("Twice a week")
    WEEKLY = "WEEKLY", _("Once a week")
    FORTNIGHTLY = "FORTNIGHT", _("Every two weeks")
    TWICE_A_MONTH = "TWO_MONTH", _("Twice a month")
    MONTHLY = "MONTHLY", _("Once a month")
    EVERY_TWO_MONTHS = "TWO_MONTHS", _("Every two months")
    QUARTERLY = "QUARTERLY", _("Once a quarter")
    TWICE_A_YEAR = "TWO_YEAR", _("Twice a year")
    YEARLY = "YEARLY", _("Once a year")


class IssueState(models.TextChoices):
    """How an issue stands; follows from its row and the day."""

    EXPECTED = "EXPECTED", pgettext_lazy("issue", "Expected")
    LATE = "LATE", pgettext_lazy("issue", "Late")
    CLAIMED = "CLAIMED", pgettext_lazy("issue", "Claimed")
    PART = "PART", pgettext_lazy("issue", "Not all came")
    RECEIVED = "RECEIVED", pgettext_lazy("issue", "Came")
    CANCELLED = "CANCELLED", pgettext_lazy("issue", "Did not come out")
    BOUND = "BOUND", pgettext_lazy("issue", "Bound")
