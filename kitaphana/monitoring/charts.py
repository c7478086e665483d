"""Simple charts drawn by the server: bars as rectangles, so that they need no script and print well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
HEIGHT = 150
ROOF = 18
"""Room above the highest bar for its figure."""


@dataclass(frozen=True, slots=True)
class Group:
    """One place on the axis: its words, its parts from the bottom up, and the list behind it."""

    label: str
    parts: tuple[int, ...]
    url: str = ""
    tick: str = ""
    """Words under the axis; empty where they would crowd."""

    @property
    def number(self) -> int:
        """The whole height."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Bar:
    """A drawn part: place and size in the units of the drawing."""

    part: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A group with its bars and the middle of its place on the axis."""

    group: Group
    bars: tuple[Bar, ...]
    x: float
    left: float
    room: float
    top: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A drawn column chart."""

    groups: tuple[Drawn, ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT
    view_height: int = HEIGHT + 20
    """With the words under the axis."""
    tick_y: int = HEIGHT + 16


def columns(groups: Sequence[Group]) -> Columns:
    """Draw standing bars, each group's parts upon one another."""
    most = max((group.number for group in groups), default=0)
    room = WIDTH / max(len(groups), 1)
    gap = min(room * 0.22, 10)
    drawn = []
    for number, group in enumerate(groups):
        y = float(HEIGHT)
        bars = []
        for part, size in enumerate(group.parts):
            height = round((HEIGHT - ROOF) * size / most, 1) if most else 0.0
            if height:
                y -= height
                bars.append(Bar(part, round(number * room + gap / 2, 1), round(y, 1), round(room - gap, 1), height))
        drawn.append(
            Drawn(
                group,
                tuple(bars),
                x=round(number * room + room / 2, 1),
                left=round(number * room, 1),
                room=round(room, 1),
                top=round(y - 5, 1),
            )
        )
    return Columns(tuple(drawn), most)


@dataclass(frozen=True, slots=True)
class Line:
    """A lying bar in hundredths of the longest one."""

    group: Group
    lengths: tuple[float, ...]
    starts: tuple[float, ...]

    @property
    def bars(self) -> list[tuple[int, float, float]]:
        """Part, start and length of each drawn part."""
        return [
            (part, start, length)
            for part, (start, length) in enumerate(zip(self.starts, self.lengths, strict=True))
            if length
        ]


def lines(groups: Sequence[Group]) -> list[Line]:
    """Lying bars for groups with long names."""
    most = max((group.number for group in groups), default=0)
    found = []
    for group in groups:
        lengths = [round(100 * part / most, 2) if most else 0.0 for part in group.parts]
        starts = [round(sum(lengths[:number]), 2) for number in range(len(lengths))]
        found.append(Line(group, tuple(lengths), tuple(starts)))
    return found
