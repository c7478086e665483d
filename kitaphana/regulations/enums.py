"""Subjects of rule packs and the actions of their journal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """What a pack governs."""

    FUND = "fund", _("Accounting of the fund")


class Action(models.TextChoices):
    """What the journal says was done."""

    DRAFT = "regulations.draft", _("Began a new version of rules")
    CHANGE = "regulations.change", _("Changed a draft of rules")
    DISCARD = "regulations.discard", _("Threw a draft of rules away")
    PUT_IN_FORCE = "regulations.put_in_force", _("Put rules in force")
    END = "regulations.end", _("Ended rules of one's own")
