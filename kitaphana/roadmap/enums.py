"""Choices of the roadmap."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Unit(models.TextChoices):
    """What a measure is counted in."""

    PERCENT = "PERCENT", "%"
    NUMBER = "NUMBER", pgettext_lazy("of a measure", "number")
    TENGE = "TENGE", "₸"
    POINTS = "POINTS", pgettext_lazy("of a measure", "points")


class Counting(models.TextChoices):
    """How targets and values of several years go together."""

    ADDED = "ADDED", _("yearly targets add up; the value is what has been reached so far")
    STATE = "STATE", _("target and value are the state at the end of the year")
    YEARLY = "YEARLY", _("target and value belong to the year alone")


class Light(models.TextChoices):
    """How a value stands to its target."""

    GREEN = "GREEN", _("On target")
    AMBER = "AMBER", _("Slightly behind")
    RED = "RED", _("Behind")
    NONE = "NONE", _("Not compared")

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"GREEN": "good", "AMBER": "warn", "RED": "wrong"}.get(self.value, "")

    @property
    def icon(self) -> str:
        """The icon of its badge, different for each."""
        return {"GREEN": "check-circle", "AMBER": "warning", "RED": "cross"}.get(self.value, "minus")


class Origin(models.TextChoices):
    """Where a value comes from."""

    COMPUTED = "COMPUTED", _("computed")
    ENTERED = "ENTERED", _("entered")
    NONE = "NONE", _("no value")


class Action(models.TextChoices):
    """What the journal says was done."""

    TARGET = "roadmap.target", _("Target of the roadmap set")
    ENTER = "roadmap.enter", _("Value of a measure entered")
    EVIDENCE = "roadmap.evidence", _("Evidence of a measure added")
    WITHDRAW = "roadmap.withdraw", _("Evidence of a measure withdrawn")
    RULE = "roadmap.rule", _("Rule of the traffic light changed")
    LOAD = "roadmap.load", _("Targets of the draft roadmap loaded")
