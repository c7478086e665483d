"""How figures are written on paper in Kazakh and Russian: 12 345,50 and 05.09.2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

_NARROW = "\u00a0"


def whole(number: int) -> str:
    """A whole number in groups of three digits."""
    if get_language() == "en":
        return f"{number:,}"
    return f"{number:,}".replace(",", _NARROW)


def money(amount: Decimal) -> str:
    """An amount of tenge with the tiyn, without the currency's name."""
    text = f"{amount:,.2f}"
    if get_language() == "en":
        return text
    return text.replace(",", _NARROW).replace(".", ",")


def day(value: date | None) -> str:
    """A day as the papers write it; empty for None."""
    return value.strftime("%d.%m.%Y") if value else ""
