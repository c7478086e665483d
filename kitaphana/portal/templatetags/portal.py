"""What the readers' pages need beyond the common tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kitaphana.catalog import languages
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.formats.isbn import hyphenate

register = template.Library()


@register.filter
def language_name(code: str) -> str:
    """The name of a language from its MARC code."""
    return languages.language_name(code)


@register.filter
def imprint(record: Record) -> str:
    """Publisher, year, language and kind in one line, without what is not known."""
    issued = ", ".join(str(part) for part in (record.publisher, record.year) if part)
    tongue = languages.language_name(record.language) if record.language else ""
    return " · ".join(part for part in (issued, tongue, _kind_name(record.kind)) if part)


def _kind_name(kind: str) -> str:
    # Django's get_kind_display puts all the choices together anew for each record.
    return str(RecordKind(kind).label) if kind in RecordKind else kind


@register.filter
def isbn(value: str) -> str:
    """An ISBN with its hyphens."""
    return hyphenate(value)


@register.filter
def whole(value: int) -> str:
    """A whole number with a no-break space between thousands."""
    return f"{value:,}".replace(",", "\u00a0")


@register.filter
def weekday(number: int) -> str:
    """The name of a weekday, 1 = Monday."""
    return str(WEEKDAYS[number - 1])


@register.filter
def bars(widths: list[tuple[int, int]]) -> SafeString:
    """A barcode drawn from its dark bars (start, width) in modules."""
    end = widths[-1][0] + widths[-1][1] if widths else 0
    path = "".join(f"M{start + 10} 0h{width}v40h-{width}z" for start, width in widths)
    return format_html(
        '<svg class="bars" viewBox="0 0 {} 40" preserveAspectRatio="none" aria-hidden="true"><path d="{}"/></svg>',
        end + 20,
        path,
    )


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that is itself a variable; empty where there is none."""
    return mapping.get(key, "")
