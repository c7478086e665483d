"""The route as a drawing, made of the table of transitions."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kitaphana.corelist.enums import Move, State
from kitaphana.corelist.transitions import TABLE, moves_of

LEFT: Final = 12
BOX: Final = 352
LINE: Final = 19
GAP: Final = 62
LANE: Final = 15
"""How far each way back lies outside the one before."""


def _words(x: int, y: int, move: object, who: object) -> SafeString:
    """What is done, and below it by whom."""
    return format_html(
        '<text class="route-move" x="{}" y="{}">{}</text><text class="route-who" x="{}" y="{}">{}</text>',
        x,
        y,
        move,
        x,
        y + LINE,
        who,
    )


def drawing(here: str = "") -> SafeString:
    """An SVG of the whole table: states from top to bottom, ways back at the right. ``here`` marks a state."""
    order = list(State)
    tops: dict[State, int] = {}
    ends: dict[State, int] = {}
    drawn: list[SafeString] = []
    top = 8
    for state in order:
        inside = [(move, one.who) for move, one in moves_of(state) if one.next == state]
        height = 36 + (2 * LINE + 6) * len(inside)
        tops[state], ends[state] = top, top + height
        drawn.append(
            format_html(
                '<g class="route-state{}"><rect x="{}" y="{}" width="{}" height="{}" rx="10"/>'
                '<text class="route-name" x="{}" y="{}">{}</text>{}</g>',
                " route-here" if state == here else "",
                LEFT,
                top,
                BOX,
                height,
                LEFT + 14,
                top + 24,
                state.label,
                format_html_join(
                    "",
                    "{}",
                    (
                        (_words(LEFT + 14, top + 48 + (2 * LINE + 6) * number, move.label, who.label),)
                        for number, (move, who) in enumerate(inside)
                    ),
                ),
            )
        )
        top += height + GAP
    lanes = 0
    for (state, move), one in TABLE.items():
        if one.next == state:
            continue
        if order.index(one.next) > order.index(state):
            words = _words(LEFT + 40, ends[state] + 26, move.label, one.who.label)
            way = '<path class="route-way" d="M{} {}V{}" marker-end="url(#route-head)"/>{}'
            drawn.append(format_html(way, LEFT + 22, ends[state], tops[one.next] - 8, words))
            continue
        lanes += 1
        # Ways back that end at the same state come in one below the other, the outermost highest.
        end = ends[one.next] - 12 - (14 * (lanes - 1) if one.next == State.DRAFT else 0)
        back = '<path class="route-back" d="M{} {}H{}V{}H{}" marker-end="url(#route-head-back)"/>'
        out = LEFT + BOX + LANE * lanes
        drawn.append(format_html(back, LEFT + BOX, tops[state] + 18, out, end, LEFT + BOX + 6))
    return format_html(
        '<svg class="route" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<defs><marker id="route-head" class="route-head" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
        '<marker id="route-head-back" class="route-head-back" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>{}</svg>',
        LEFT + BOX + LANE * lanes + 10,
        ends[order[-1]] + 10,
        _("Diagram of the route"),
        format_html_join("", "{}", ((one,) for one in drawn)),
    )


def rows() -> list[tuple[State, Move, str, State, bool]]:
    """The same as a table: state, what is done, by whom, the state afterwards, whether it is signed."""
    return [(state, move, str(one.who.label), one.next, one.is_step) for (state, move), one in TABLE.items()]
