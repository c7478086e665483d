"""Choices of the authorities."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What a heading names."""

    PERSON = "PERSON", _("Person")
    BODY = "BODY", pgettext_lazy("authority", "Organisation")
    SUBJECT = "SUBJECT", _("Subject heading")
    SERIES = "SERIES", _("Series")


class Form(models.TextChoices):
    """In which spelling a variant is."""

    KAZAKH = "KAZAKH", _("Kazakh spelling")
    RUSSIAN = "RUSSIAN", _("Russian spelling")
    LATIN = "LATIN", _("Latin spelling")
    FORMER = "FORMER", _("Former name")
    OTHER = "OTHER", _("Other form")
