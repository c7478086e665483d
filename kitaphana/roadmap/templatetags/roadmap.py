"""How values of the roadmap are written."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

from kitaphana.roadmap import programme
from kitaphana.roadmap.enums import Unit

register = template.Library()


@register.filter
def figure(value: Decimal | int | None) -> str:
    """A number in the language in force, without needless decimals; nothing is a dash."""
    if value is None:
        return "—"
    number = Decimal(value)
    decimals = max(0, -int(number.normalize().as_tuple().exponent))
    return number_format(number, min(decimals, 2), use_l10n=True, force_grouping=True)


@register.filter
def measured(value: Decimal | int | None, unit: str) -> str:
    """A number with the sign of its unit."""
    text = figure(value)
    if value is None or unit not in (Unit.PERCENT, Unit.TENGE):
        return text
    return f"{text}\u00a0{'%' if unit == Unit.PERCENT else '₸'}"


@register.filter
def worded(note: str) -> str:
    """A note in the language in force, where it is one of the draft's own."""
    return programme.in_language(note, get_language() or "kk")
