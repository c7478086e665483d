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


class SuggestionState(models.TextChoices):
    """What became of a suggested transfer."""

    SUGGESTED = "SUGGESTED", _("Suggested")
    APPROVED = "APPROVED", _("Approved: to be sent")
    SENT = "SENT", _("Sent")
    DECLINED = "DECLINED", _("Declined")


SUGGESTION_TRANSITIONS: dict[SuggestionState, frozenset[SuggestionState]] = {
    SuggestionState.SUGGESTED: frozenset({SuggestionState.APPROVED, SuggestionState.DECLINED}),
    SuggestionState.APPROVED: frozenset({SuggestionState.SENT, SuggestionState.DECLINED}),
    SuggestionState.SENT: frozenset(),
    SuggestionState.DECLINED: frozenset(),
}


class Action(models.TextChoices):
    """Commands of textbooks as the journal names them."""

    MARK_OWN = "textbooks.mark_own", _("Marked a pupil's own textbook")
    SET_INTAKE = "textbooks.set_intake", _("Set the number of expected pupils")
    SUGGEST = "textbooks.suggest", _("Had transfers of textbooks suggested")
    DECIDE = "textbooks.decide", _("Approved or declined a suggested transfer")
    SEND = "textbooks.send", _("Sent textbooks to another school")
    CLEAR_OWN = "textbooks.clear_own", _("Removed the mark of an own textbook")
