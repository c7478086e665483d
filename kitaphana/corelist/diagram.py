"""The route as a drawing, made of the table of transitions."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kitaphana.corelist.enums import Move, State
from kitaphana.corelist.transitions import TABLE, moves_of

WIDTH: Final = 460
LEFT: Final = 16
BOX: Final = 320
LINE: Final = 20
GAP: Final = 58
LANE: Final = 26
"""How far each way back lies outside the one before."""


def _box(state: State, top: int, lines: list[str], active: bool) -> SafeString:
    height = 34 + LINE * len(lines)
    texts = format_html_join(
        "",
        '<text class="route-work" x="{}" y="{}">{}</text>',
        ((LEFT + 14, top + 46 + LINE * number, line) for number, line in enumerate(lines)),
    )
    return format_html(
        '<g class="route-state{}"><rect x="{}" y="{}" width="{}" height="{}" rx="10"/>'
        '<text class="route-name" x="{}" y="{}">{}</text>{}</g>',
        " route-here" if active else "",
        LEFT,
        top,
        BOX,
        height,
        LEFT + 14,
        top + 23,
        state.label,
        texts,
    )


def drawing(here: str = "") -> SafeString:
    """An SVG of the whole table: states from top to bottom, ways back at the right. ``here`` marks a state."""
    tops: dict[State, int] = {}
    heights: dict[State, int] = {}
    boxes = []
    top = 12
    for state in State:
        work = [f"{move.label} — {one.who.label}" for move, one in moves_of(state) if one.next == state]
        tops[state], heights[state] = top, 34 + LINE * len(work)
        boxes.append(_box(state, top, work, state == here))
        top += heights[state] + GAP
    order = list(State)
    forward, back = [], []
    lane = 0
    for (state, move), one in TABLE.items():
        if one.next == state:
            continue
        bottom = tops[state] + heights[state]
        if order.index(one.next) > order.index(state):
            forward.append(
                format_html(
                    '<path class="route-way" d="M{} {}V{}" marker-end="url(#route-head)"/>'
                    '<text class="route-move" x="{}" y="{}">{}</text><text class="route-who" x="{}" y="{}">{}</text>',
                    LEFT + 24,
                    bottom,
                    tops[one.next] - 8,
                    LEFT + 40,
                    bottom + 24,
                    move.label,
                    LEFT + 40,
                    bottom + 43,
                    one.who.label,
                )
            )
        else:
            lane += 1
            out = LEFT + BOX + LANE * lane - 8
            start = tops[state] + 12
            end = tops[one.next] + heights[one.next] - 6 - 5 * (lane % 3)
            back.append(
                format_html(
                    '<path class="route-back" d="M{} {}H{}V{}H{}" marker-end="url(#route-head-back)"/>',
                    LEFT + BOX,
                    start,
                    out,
                    end,
                    LEFT + BOX + 8,
                )
            )
    height = tops[State.PUBLISHED] + heights[State.PUBLISHED] + 12
    return format_html(
        '<svg class="route" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<defs><marker id="route-head" class="route-head" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="9" '
        'markerHeight="9" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
        '<marker id="route-head-back" class="route-head-back" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>{}{}{}</svg>',
        WIDTH + LANE * max(0, lane - 4),
        height,
        _("Diagram of the route"),
        format_html_join("", "{}", ((one,) for one in boxes)),
        format_html_join("", "{}", ((one,) for one in forward)),
        format_html_join("", "{}", ((one,) for one in back)),
    )


def rows() -> list[tuple[State, Move, str, State, bool]]:
    """The same as a table: state, what is done, by whom, the state afterwards, whether it is signed."""
    return [(state, move, str(one.who.label), one.next, one.is_step) for (state, move), one in TABLE.items()]
