"""What the commands of acquisitions share."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from kitaphana.acquisitions import errors
from kitaphana.acquisitions.enums import Action
from kitaphana.core import audit
from kitaphana.core.money import ZERO, tenge

LARGEST = Decimal(1_000_000_000_000)
"""Tenge; a larger sum is a slip of the hand."""


def first_time(command_id: UUID | None, action: Action) -> int | None:
    """The id of what the same command made before."""
    first = audit.repeated(command_id)
    if first is None:
        return None
    if first.action != action:
        raise errors.CommandReused
    return first.object_id


def clean(value: str, most: int) -> str:
    """A text as it is stored: no zero bytes, single spaces, at most so many characters."""
    return " ".join(value.replace("\x00", "").split())[:most]


def amount_of(value: Decimal, *, lowest: Decimal = ZERO) -> Decimal:
    """A sum of money in tenge, rounded to the tiyn.

    :raises BadAmount: no number, below the lowest or beyond belief.
    """
    if not value.is_finite() or not lowest <= value < LARGEST:
        raise errors.BadAmount(value=value)
    return tenge(value)


def reason_of(value: str) -> str:
    """A reason as it is stored.

    :raises ReasonMissing: there is none.
    """
    if not (reason := clean(value, 300)):
        raise errors.ReasonMissing
    return reason
