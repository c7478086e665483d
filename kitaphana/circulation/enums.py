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
    PAID = "PAID", _("Lost and paid for")
    UNDONE = "UNDONE", _("Issued by mistake")
    USED = "USED", _("Used up")


class Condition(models.TextChoices):
    """Condition of a textbook when it is issued and when it comes back."""

    NEW = "NEW", _("New")
    GOOD = "GOOD", _("Good")
    FAIR = "FAIR", _("Satisfactory")
    POOR = "POOR", _("Unsatisfactory")


class NextAction(models.TextChoices):
    """What the librarian does with a copy that was just taken back."""

    SHELVE = "SHELVE", _("Put it back on its shelf")
    HOLD_SHELF = "HOLD_SHELF", _("Put it on the hold shelf")


class Action(models.TextChoices):
    """Commands of circulation as the journal names them."""

    CHECK_OUT = "circulation.check_out", _("Lent a copy")
    CHECK_IN = "circulation.check_in", _("Took a copy back")
    RENEW = "circulation.renew", _("Prolonged a loan")
    PLACE_HOLD = "circulation.place_hold", _("Placed a hold")
    CANCEL_HOLD = "circulation.cancel_hold", _("Cancelled a hold")
    EXPIRE_HOLD = "circulation.expire_hold", _("Freed a hold that nobody collected")
    REPLACE_LOST = "circulation.replace_lost", _("Took another book instead of a lost one")
    WRITE_OFF_LOST = "circulation.write_off_lost", _("Wrote off a lost copy")
    ISSUE = "circulation.issue", _("Issued textbooks")
    TAKE_BACK = "circulation.take_back", _("Took textbooks back")
    UNDO_ISSUE = "circulation.undo_issue", _("Undid an issue of textbooks")
    USE_UP = "circulation.use_up", _("Wrote off used up workbooks")
    SETTLE = "circulation.settle", _("Settled a lost textbook")
    ADD_NOTE = "circulation.add_note", _("Wrote a note about a reader")
    CLOSE_NOTE = "circulation.close_note", _("Closed a note about a reader")
    SET_POLICY = "circulation.set_policy", _("Set a loan policy")
    REMOVE_POLICY = "circulation.remove_policy", _("Removed a loan policy")
    FORGET_HISTORY = "circulation.forget_history", _("Forgot a reader's history")
