"""Choices of mailings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.organizations.enums import OrganizationKind


class LetterKind(models.TextChoices):
    """What a letter is for."""

    LETTER = "LETTER", pgettext_lazy("mail", "Letter")
    GUIDANCE = "GUIDANCE", _("Methodical guidance")
    REQUEST = "REQUEST", _("Request with an answer")


class Action(models.TextChoices):
    """What the journal says was done."""

    SEND = "mailings.send", _("Sent a letter")
    REMIND = "mailings.remind", _("Reminded of a letter")
    WITHDRAW = "mailings.withdraw", _("Withdrew a letter")
    ANSWER = "mailings.answer", _("Answered a letter")


RECIPIENT_KINDS: tuple[OrganizationKind, ...] = (
    OrganizationKind.SCHOOL,
    OrganizationKind.KINDERGARTEN,
    OrganizationKind.COLLEGE,
    OrganizationKind.UNIVERSITY,
    OrganizationKind.CENTER,
    OrganizationKind.DISTRICT,
    OrganizationKind.REGION,
)
"""Kinds of nodes that read letters; branches and rooms read those of their organisation."""

PLACES = frozenset({OrganizationKind.COUNTRY, OrganizationKind.REGION, OrganizationKind.DISTRICT})
"""Nodes that are chosen with everything below them."""
