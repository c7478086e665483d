"""Choices of campaigns."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CampaignState(models.TextChoices):
    """Whether people can give."""

    DRAFT = "DRAFT", pgettext_lazy("campaign", "In preparation")
    OPEN = "OPEN", pgettext_lazy("campaign", "Open")
    CLOSED = "CLOSED", pgettext_lazy("campaign", "Closed")


class PledgeState(models.TextChoices):
    """What became of a promise."""

    PROMISED = "PROMISED", pgettext_lazy("pledge", "Promised")
    GIVEN = "GIVEN", pgettext_lazy("pledge", "Handed over")
    CANCELLED = "CANCELLED", pgettext_lazy("pledge", "Cancelled by the donor")
    DECLINED = "DECLINED", pgettext_lazy("pledge", "Declined by the library")
    EXPIRED = "EXPIRED", pgettext_lazy("pledge", "Not brought in time")


class Donor(models.TextChoices):
    """Who gives."""

    PERSON = "PERSON", pgettext_lazy("donor", "A person")
    ORGANIZATION = "ORGANIZATION", pgettext_lazy("donor", "An organisation")


class Action(models.TextChoices):
    """What the journal says was done."""

    MAKE = "campaigns.make", _("Campaign «Give a book» made")
    CHANGE = "campaigns.change", _("Campaign «Give a book» changed")
    WISHES = "campaigns.wishes", _("Wishes of a campaign changed")
    OPEN = "campaigns.open", _("Campaign «Give a book» opened")
    CLOSE = "campaigns.close", _("Campaign «Give a book» closed")
    PLEDGE = "campaigns.pledge", _("Book promised to a library")
    CANCEL = "campaigns.cancel", _("Promise of a book cancelled")
    DECLINE = "campaigns.decline", _("Promise of a book declined")
    HAND_OVER = "campaigns.hand_over", _("Gift handed over to a library")
