"""Choices of the fund."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundType(models.TextChoices):
    """The two funds that are kept and counted apart."""

    CORE = "CORE", _("Core fund")
    TEXTBOOK = "TEXTBOOK", _("Textbook fund")


class ActKind(models.TextChoices):
    """What an act does."""

    RECEIPT = "RECEIPT", _("Act of receipt")
    WRITE_OFF = "WRITE_OFF", _("Act of write-off")
    REPLACEMENT = "REPLACEMENT", _("Act of replacement")
    REVERSAL = "REVERSAL", _("Reversing act")
    TRANSFER = "TRANSFER", _("Act of transfer")
    CONVERSION = "CONVERSION", _("Act of changed accounting")
    OPENING = "OPENING", _("Act of opening balance")


APPROVED_KINDS = (ActKind.WRITE_OFF, ActKind.REPLACEMENT, ActKind.TRANSFER)
"""Acts that take something out of the fund wait for the director."""


class ReceiptSource(models.TextChoices):
    """Where literature comes from (source of funds or way of receipt)."""

    NATIONAL_BUDGET = "NATIONAL_BUDGET", _("National budget")
    LOCAL_BUDGET = "LOCAL_BUDGET", _("Local budget")
    OWN = "OWN", _("School's own funds")
    SPONSOR = "SPONSOR", _("Sponsor")
    GIFT = "GIFT", _("Gift")
    EXCHANGE = "EXCHANGE", _("Book exchange")
    REPLACEMENT = "REPLACEMENT", _("Accepted instead of lost")
    TRANSFER = "TRANSFER", _("Transfer from another organisation")
    OPENING = "OPENING", _("Opening balance")


class WithdrawalReason(models.TextChoices):
    """The reasons for withdrawal; one act has one reason."""

    WORN = "WORN", _("Worn out")
    OBSOLETE = "OBSOLETE", _("Obsolete content")
    LOSS = "LOSS", _("Loss")
    DEFECT = "DEFECT", _("Defect")
    PROFILE = "PROFILE", _("Outside the profile")
    DUPLICATE = "DUPLICATE", _("Duplicate")
    TRANSFER = "TRANSFER", _("Transfer to another organisation")


class CopyState(models.TextChoices):
    """Whether a copy belongs to the fund. Who has it now is told by loans and holds, not here."""

    IN_FUND = "IN_FUND", _("In the fund")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")


class TransferState(models.TextChoices):
    """Where a transfer between two libraries is."""

    IN_TRANSIT = "IN_TRANSIT", _("In transit")
    RECEIVED = "RECEIVED", _("Received")
    REFUSED = "REFUSED", _("Refused")


class LanguageGroup(models.TextChoices):
    """Language columns of the summary book."""

    KAZAKH = "KAZAKH", _("Kazakh")
    RUSSIAN = "RUSSIAN", _("Russian")
    OTHER = "OTHER", _("Other languages")
