"""Actions of renewal in the journal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What the journal says was done."""

    PLAN = "renewal.plan", _("Planned the renewal of the fund")
