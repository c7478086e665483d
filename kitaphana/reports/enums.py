"""Choices of own reports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PeriodKind(models.TextChoices):
    """A period, most of them relative to the day on which the report is opened."""

    ALL = "all", _("The whole time")
    LAST_MONTH = "last_month", _("Last month")
    LAST_QUARTER = "last_quarter", _("Last quarter")
    SCHOOL_YEAR = "school_year", _("This school year")
    YEAR = "year", _("This calendar year")
    LAST_YEAR = "last_year", _("Last calendar year")
    LAST_30 = "last_30", _("The last 30 days")
    LAST_365 = "last_365", _("The last 365 days")
    OWN = "own", _("Own days")


class Order(models.TextChoices):
    """How rows are ordered."""

    LABEL = "label", pgettext_lazy("order of rows", "By name")
    VALUE = "value", pgettext_lazy("order of rows", "By the first figure, the greatest first")


class Sharing(models.TextChoices):
    """Who else may open a report, beside colleagues that are named."""

    NOBODY = "NOBODY", pgettext_lazy("sharing", "Only me and those named")
    ORGANIZATION = "ORGANIZATION", pgettext_lazy("sharing", "Everybody of my organisation")
    BELOW = "BELOW", pgettext_lazy("sharing", "My organisation and all below it")


class Every(models.TextChoices):
    """How often a report is made by itself."""

    DAY = "DAY", _("Every day")
    WEEK = "WEEK", _("Every week, on Monday")
    MONTH = "MONTH", _("Every month, on the 1st")


class Outcome(models.TextChoices):
    """What became of a scheduled run."""

    MADE = "MADE", pgettext_lazy("scheduled report", "Made")
    NO_RIGHTS = "NO_RIGHTS", _("Not made: the owner has no right to these numbers any more")
    REFUSED = "REFUSED", _("Not made: the report has to be mended")


class Action(models.TextChoices):
    """Actions of the journal."""

    SAVE = "reports.save", _("Saved an own report")
    CHANGE = "reports.change", _("Changed an own report")
    DELETE = "reports.delete", _("Deleted an own report")
    SHARE = "reports.share", _("Shared an own report")
    SCHEDULE = "reports.schedule", _("Set when an own report is made")
    EXPORT = "reports.export", _("Took an own report away as a file")
