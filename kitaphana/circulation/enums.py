"""Choices of circulation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HoldState(models.TextChoices):
    """The life of a hold."""

    WAITING = "WAITING", _("In the queue")
    READY = "READY", _("On the hold shelf")
    FULFILLED = "FULFILLED", _("Lent")
    CANCELLED = "CANCELLED", _("Cancelled")
    EXPIRED = "EXPIRED", _("Not collected")


HOLD_TRANSITIONS: dict[HoldState, frozenset[HoldState]] = {
    HoldState.WAITING: frozenset({HoldState.READY, HoldState.FULFILLED, HoldState.CANCELLED}),
    HoldState.READY: frozenset({HoldState.WAITING, HoldState.FULFILLED, HoldState.CANCELLED, HoldState.EXPIRED}),
    HoldState.FULFILLED: frozenset(),
    HoldState.CANCELLED: frozenset(),
    HoldState.EXPIRED: frozenset(),
}


class LoanEnd(models.TextChoices):
    """How a loan ended."""

    RETURNED = "RETURNED", _("Returned")
    REPLACED = "REPLACED", _("Lost and replaced")
    WRITTEN_OFF = "WRITTEN_OFF", _("Lost and written off")
