"""How values of indicators are written, and their small lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kitaphana.indicators.enums import Unit
from kitaphana.indicators.queries import Point

register = template.Library()
WIDTH, HEIGHT, EDGE = 96, 24, 2


@register.filter
def written(value: Decimal | int | None, unit: str = "") -> str:
    """A number in the language in force with the sign of its unit; nothing is a dash."""
    if value is None:
        return "—"
    number = Decimal(value)
    decimals = max(0, -int(number.normalize().as_tuple().exponent))
    text = number_format(number, min(decimals, 2), use_l10n=True, force_grouping=True)
    return f"{text}\u00a0{'%' if unit == Unit.PERCENT else '₸'}" if unit in (Unit.PERCENT, Unit.TENGE) else text


@register.filter
def signed(value: Decimal | None, unit: str = "") -> str:
    """A change with its sign."""
    if not value:
        return ""
    text = written(abs(value), unit)
    return f"+{text}" if value > 0 else f"−{text}"


@register.simple_tag
def sparkline(points: Sequence[Point], words: str) -> SafeString:
    """Twelve months as a small line; ``words`` say the same to those who don't see it."""
    values = [point.value for point in points]
    known = [value for value in values if value is not None]
    if len(known) < 2 or not max(known):
        return format_html('<span class="muted">{}</span>', "—")
    top, step = max(known), (WIDTH - 2 * EDGE) / (len(values) - 1)
    path = " ".join(
        f"{EDGE + step * place:.1f},{HEIGHT - EDGE - float(value / top) * (HEIGHT - 2 * EDGE):.1f}"
        for place, value in enumerate(values)
        if value is not None
    )
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<polyline points="{}"/></svg>',
        WIDTH, HEIGHT, WIDTH, HEIGHT, words, path,
    )  # fmt: skip
