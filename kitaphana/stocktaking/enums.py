"""Choices of stocktaking."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Occasion(models.TextChoices):
    """Why a stocktaking is held."""

    PLANNED = "PLANNED", _("Planned")
    HANDOVER = "HANDOVER", _("Change of the person responsible")
    EVENT = "EVENT", _("After theft, fire or disaster")
    CLOSING = "CLOSING", _("Closing or merging of the library")


class Outcome(models.TextChoices):
    """What a scanned book turned out to be. Whether it was scanned before is told apart (``Scan.is_double``)."""

    FOUND = "FOUND", _("Found")
    MISPLACED = "MISPLACED", _("Stands in a wrong place")
    ON_LOAN = "ON_LOAN", _("On the shelf, though lent")
    NEW = "NEW", _("Received after the start")
    WRITTEN_OFF = "WRITTEN_OFF", _("Was written off")
    FOREIGN = "FOREIGN", _("Of another library")
    UNKNOWN = "UNKNOWN", _("Unknown barcode")


SURPLUS = (Outcome.WRITTEN_OFF, Outcome.FOREIGN, Outcome.UNKNOWN)
"""What stands on the shelves and is not in the books of this library."""


class Result(models.TextChoices):
    """What became of an expected copy; fixed when the stocktaking is closed."""

    FOUND = "FOUND", _("Found")
    ON_LOAN = "ON_LOAN", _("On loan")
    RETURNED = "RETURNED", _("Returned at the desk meanwhile")
    WITHDRAWN = "WITHDRAWN", _("Left the fund meanwhile")
    MISSING = "MISSING", _("Missing")


class Action(models.TextChoices):
    """Commands of stocktaking as the journal names them."""

    START = "stocktaking.start", _("Began a stocktaking")
    CLOSE = "stocktaking.close", _("Closed a stocktaking")
    UNDO = "stocktaking.undo", _("Took a scan of the stocktaking back")
    COUNT = "stocktaking.count", _("Counted a title of the stocktaking")
