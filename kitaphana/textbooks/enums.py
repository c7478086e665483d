"""Choices of textbooks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CellState(models.TextChoices):
    """What a person has of a title of the set."""

    HELD = "HELD", _("Issued")
    OWN = "OWN", _("Own book")
    LACKS = "LACKS", _("Not issued yet")
    NONE = "NONE", _("None on the shelf")


class Action(models.TextChoices):
    """Commands of textbooks as the journal names them."""

    MARK_OWN = "textbooks.mark_own", _("Marked a pupil's own textbook")
    CLEAR_OWN = "textbooks.clear_own", _("Removed the mark of an own textbook")
