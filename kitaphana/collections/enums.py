"""Choices of lists and saved searches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Every(models.TextChoices):
    """How often somebody wants to be told."""

    NEVER = "NEVER", pgettext_lazy("how often", "Never")
    DAY = "DAY", _("Every day")
    WEEK = "WEEK", _("Every week")
