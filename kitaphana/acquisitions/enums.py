"""Choices of acquisitions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kitaphana.fund.enums import ReceiptSource

SOURCES = (ReceiptSource.NATIONAL_BUDGET, ReceiptSource.LOCAL_BUDGET, ReceiptSource.OWN, ReceiptSource.SPONSOR)
"""Sources of funds that something is bought for; the other ways of receipt cost nothing."""


class BudgetKind(models.TextChoices):
    """What a budget is meant for."""

    FICTION = "FICTION", _("Fiction and other books")
    TEXTBOOKS = "TEXTBOOKS", _("Textbooks")


class EstimateState(models.TextChoices):
    """Where an estimate is on its way to approval."""

    DRAFT = "DRAFT", _("Draft estimate")
    SUBMITTED = "SUBMITTED", _("Estimate awaits approval")
    APPROVED = "APPROVED", _("Estimate approved")
    RETURNED = "RETURNED", _("Estimate returned")


class OrderState(models.TextChoices):
    """How far an order to a supplier is."""

    DRAFT = "DRAFT", _("Draft order")
    PLACED = "PLACED", _("Order placed")
    PARTLY_DELIVERED = "PARTLY_DELIVERED", _("Order partly delivered")
    DELIVERED = "DELIVERED", _("Order delivered")
    CLOSED = "CLOSED", _("Order closed")
    CANCELLED = "CANCELLED", _("Order cancelled")


class ClaimState(models.TextChoices):
    """How a claim against a supplier ended."""

    OPEN = "OPEN", _("Claim open")
    REPLACED = "REPLACED", _("Replaced or delivered")
    CHEAPER = "CHEAPER", _("Price reduced")
    REFUSED = "REFUSED", _("Supplier refused")
    WITHDRAWN = "WITHDRAWN", _("Claim withdrawn")


UNBOUND = (OrderState.DRAFT, OrderState.CANCELLED)
"""Orders that were never placed: they bind no money."""
OPEN = (OrderState.PLACED, OrderState.PARTLY_DELIVERED, OrderState.DELIVERED)
"""Orders that bind the whole of their sum."""


class Action(models.TextChoices):
    """What the journal says was done."""

    SUPPLIER = "acquisitions.supplier", _("Supplier added")
    PRICE = "acquisitions.price", _("Price noted")
    BUDGET = "acquisitions.budget", _("Purchase budget changed")
    ESTIMATE = "acquisitions.estimate", _("Estimate made")
    CHANGE = "acquisitions.change", _("Draft estimate changed")
    DISCARD = "acquisitions.discard", _("Draft estimate thrown away")
    SUBMIT = "acquisitions.submit", _("Estimate submitted")
    APPROVE = "acquisitions.approve", _("Estimate was approved")
    RETURN = "acquisitions.return", _("Estimate was returned")
    ORDER = "acquisitions.order", _("Order to a supplier made")
    OVERRUN = "acquisitions.overrun", _("Order beyond the budget approved")
    PLACE = "acquisitions.place", _("Order to a supplier placed")
    DELIVER = "acquisitions.deliver", _("Delivery received")
    PAY = "acquisitions.pay", _("Payment to a supplier noted")
    CLOSE = "acquisitions.close", _("Order to a supplier closed")
    CANCEL = "acquisitions.cancel", _("Draft order to a supplier cancelled")
    CLAIM = "acquisitions.claim", _("Claim to a supplier made")
    SETTLE = "acquisitions.settle", _("Claim to a supplier ended")
