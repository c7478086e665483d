"""What includes cannot do: icons of the sprite, generated covers, a fresh command id, links that sort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kitaphana.core.access import Actor, Permission
from kitaphana.core.ids import new_id

register = template.Library()

COVER_WIDTH: Final = 160
COVER_HEIGHT: Final = 236
ROOM: Final = 124
"""How wide a line of a drawn cover may be, in units of the drawing."""
SIZES: Final = (20.0, 17.0, 14.5, 12.5, 11.0)
"""Sizes of a title, tried until it stands whole."""
LEADING: Final = 1.22
ORNAMENT_TOP: Final = 188
SHADES: Final = 4
"""How many neighbouring shades a kind's colour has, so that a shelf is not a wall of one colour."""

# Widths of letters in hundredths of the type size, enough to break lines of Inter without measuring fonts.
_NARROW: Final = frozenset("ijltfr.,:;!'()[]|ІіЇї1 ")
_WIDE: Final = frozenset("mwMWШЩЖФЮшщжфюЫы@—№")


class _Hundredths(dict[str, int]):
    """The width of a letter; most have one and the same."""

    def __missing__(self, sign: str) -> int:
        return 60


_HUNDREDTHS: Final = _Hundredths({**dict.fromkeys(_WIDE, 88), **dict.fromkeys(_NARROW, 32)})


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of ``core/icons.svg``; with a ``label`` it is read aloud, without one it is decoration."""
    return _icon(static("core/icons.svg"), str(name), str(label))


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, label: str) -> SafeString:
    address = f"{sprite}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.simple_tag
def command_id() -> str:
    """A fresh id for a form: sent twice, the command is done once."""
    return str(new_id())


@register.simple_tag(takes_context=True)
def sort_address(context: template.Context, key: str, parameter: str = "sort") -> str:
    """The address of this page sorted by ``key``; asked again, the other way round (``-key``)."""
    asked = context["request"].GET.copy()
    asked[parameter] = f"-{key}" if asked.get(parameter) == key else key
    asked.pop("cursor", None)
    return f"?{asked.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_state(context: template.Context, key: str, default: str = "", parameter: str = "sort") -> str:
    """``ascending``, ``descending`` or ``none``: how the list now stands by ``key``, for ``aria-sort``."""
    now = context["request"].GET.get(parameter, default)
    return {key: "ascending", f"-{key}": "descending"}.get(now, "none")


@register.filter
def beside(columns: Sequence[object], row: Sequence[object]) -> list[tuple[object, object]]:
    """Each cell of a row with its column."""
    return list(zip(columns, row, strict=True))


@register.filter
def names(authors: object) -> str:
    """Authors as one text, whether they came as text or as a list."""
    if authors is None or isinstance(authors, str):
        return authors or ""
    return ", ".join(str(name) for name in authors) if isinstance(authors, Iterable) else str(authors)


@register.filter
def may(actor: Actor | None, permission: str) -> bool:
    """Whether the person has a permission somewhere."""
    return actor is not None and actor.may_somewhere(Permission(permission))


@register.simple_tag
def cover(record: object) -> SafeString:
    """The picture of an edition: its own (``cover_url``) or one generated from title, authors and kind.

    ``record`` is an object or a mapping with ``title`` and, when known, ``authors`` (text or a list),
    ``kind`` (a code) and ``cover_url``. The picture is decoration: the title must stand beside it as text.
    """
    title = str(_part(record, "title") or "")
    address = _part(record, "cover_url")
    if address:
        return format_html(
            '<span class="cover"><img src="{}" alt="" width="{}" height="{}" loading="lazy" decoding="async"></span>',
            address,
            COVER_WIDTH,
            COVER_HEIGHT,
        )
    return _drawn_cover(
        title, names(_part(record, "authors")), str(_part(record, "kind") or "OTHER"), static("core/ornament.svg")
    )


def _part(record: object, name: str) -> Any:
    value = record.get(name) if isinstance(record, Mapping) else getattr(record, name, None)
    return value() if callable(value) else value


def _width(text: str, size: float) -> float:
    """Roughly how wide ``text`` is at ``size``, in the units of the drawing."""
    return sum(map(_HUNDREDTHS.__getitem__, text)) * size / 100


def wrap(text: str, size: float, room: float, most: int) -> list[str]:
    """Break ``text`` into at most ``most`` lines no wider than ``room``; what does not fit ends in «…»."""
    lines: list[str] = []
    line = ""
    for whole in text.split():
        word = whole
        while _width(word, size) > room:
            if line:
                lines.append(line)
                line = ""
            keep = next(n for n in range(len(word), 0, -1) if n == 1 or _width(word[:n] + "-", size) <= room)
            lines.append(word[:keep] + "-")
            word = word[keep:]
        longer = f"{line} {word}".strip()
        if _width(longer, size) <= room:
            line = longer
        else:
            lines.append(line)
            line = word
    lines.append(line)
    if len(lines) > most:
        last = lines[most - 1].rstrip("-")
        while last and _width(last + "…", size) > room:
            last = last[:-1].rstrip()
        lines = [*lines[: most - 1], last.rstrip(" ,.:;—-") + "…"]
    return [one for one in lines if one]


@lru_cache(maxsize=1024)
def _drawn_cover(title: str, authors: str, kind: str, ornament: str) -> SafeString:
    by = wrap(authors, 10.5, ROOM, 2)
    rule = 34 if not by else 36 + 14 * len(by)
    for size in SIZES:
        most = int((ORNAMENT_TOP - 20 - rule - size) // (size * LEADING)) + 1
        lines = wrap(title, size, ROOM, most)
        if not any(line.endswith(("…", "-")) for line in lines):
            break
    leading = size * LEADING
    shade = crc32(title.encode()) % SHADES
    words = format_html_join(
        "",
        '<tspan x="20" y="{}">{}</tspan>',
        ((round(rule + 9 + size + number * leading, 1), line) for number, line in enumerate(lines)),
    )
    above = format_html_join(
        "", '<tspan x="20" y="{}">{}</tspan>', ((30 + number * 14, line) for number, line in enumerate(by))
    )
    return format_html(
        '<span class="cover">'
        '<svg class="cover-drawn cover-{} cover-shade-{}" viewBox="0 0 {} {}" aria-hidden="true">'
        '<rect class="cover-ground" width="160" height="236"/>'
        '<rect class="cover-spine" width="9" height="236"/>'
        '<path class="cover-line" d="M20 {}h28"/>'
        '<use class="cover-ornament" href="{}#ornament" x="20" y="{}" width="120" height="36"/>'
        '<text class="cover-authors" font-size="10.5">{}</text>'
        '<text class="cover-title" font-size="{}">{}</text>'
        "</svg></span>",
        kind.lower(),
        shade,
        COVER_WIDTH,
        COVER_HEIGHT,
        rule,
        ornament,
        ORNAMENT_TOP,
        above,
        round(size, 1),
        words,
    )
