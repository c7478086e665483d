"""Choices of textbooks."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    MAKE_ORDER = "textbooks.make_order", _("Made a textbook order")
    CHANGE_ORDER = "textbooks.change_order", _("Changed a textbook order")
    DISCARD_ORDER = "textbooks.discard_order", _("Threw a textbook order away")
    STEP_ORDER = "textbooks.step_order", _("Took a textbook order a step further")
    CUT_ORDER = "textbooks.cut_order", _("Changed an ordered number when approving")
    CLEAR_OWN = "textbooks.clear_own", _("Removed the mark of an own textbook")


class OrderState(models.TextChoices):
    """Where a school's textbook order stands."""

    DRAFT = "DRAFT", pgettext_lazy("textbook order", "Being prepared")
    DIRECTOR = "DIRECTOR", pgettext_lazy("textbook order", "With the director")
    DISTRICT = "DISTRICT", pgettext_lazy("textbook order", "In the district")
    REGION = "REGION", pgettext_lazy("textbook order", "In the region")
    APPROVED = "APPROVED", pgettext_lazy("textbook order", "Approved")
    CLOSED = "CLOSED", pgettext_lazy("textbook order", "Arrived")


class OrderMove(models.TextChoices):
    """What can be done with an order."""

    SEND = "SEND", pgettext_lazy("textbook order", "Send to the director")
    APPROVE = "APPROVE", pgettext_lazy("textbook order", "Approve")
    RETURN = "RETURN", pgettext_lazy("textbook order", "Return")
    CLOSE = "CLOSE", pgettext_lazy("textbook order", "Close: it has arrived")


ORDER_ROUTE: Final = (OrderState.DIRECTOR, OrderState.DISTRICT, OrderState.REGION)
"""The levels that approve, from below; a school right under a region has no district."""

ORDER_TRANSITIONS: Final[dict[tuple[OrderState, OrderMove], OrderState]] = {
    (OrderState.DRAFT, OrderMove.SEND): OrderState.DIRECTOR,
    (OrderState.DIRECTOR, OrderMove.APPROVE): OrderState.DISTRICT,
    (OrderState.DIRECTOR, OrderMove.RETURN): OrderState.DRAFT,
    (OrderState.DISTRICT, OrderMove.APPROVE): OrderState.REGION,
    (OrderState.DISTRICT, OrderMove.RETURN): OrderState.DRAFT,
    (OrderState.REGION, OrderMove.APPROVE): OrderState.APPROVED,
    (OrderState.REGION, OrderMove.RETURN): OrderState.DRAFT,
    (OrderState.APPROVED, OrderMove.CLOSE): OrderState.CLOSED,
}
"""What follows; a level that a school has not is passed over."""
