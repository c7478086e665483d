"""What the templates of stocktaking can't compute themselves."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def difference(row: Any) -> int:
    """Counted less expected of a row of the counting list (negative: missing)."""
    return int(row.counted) - int(row.was_expected)
