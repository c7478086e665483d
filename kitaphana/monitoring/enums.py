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


class Action(models.TextChoices):
    """What the journal notes of monitoring."""

    EXPORT = "monitoring.export", _("Downloaded a list of the dashboard")
