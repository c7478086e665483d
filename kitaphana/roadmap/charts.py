"""Pictures of the roadmap drawn by the server: years of a measure, a ranking, the map of the regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

from kitaphana.roadmap.enums import Light
from kitaphana.roadmap.queries import Place, YearLine

WIDTH, HEIGHT, ROOF = 640, 170, 20
TREND_WIDTH, TREND_HEIGHT = 72, 24
SYMBOLS = {Light.GREEN: "✓", Light.AMBER: "!", Light.RED: "✕", Light.NONE: "–"}
"""Signs of the lights, so that no colour speaks alone."""


@dataclass(frozen=True, slots=True)
class YearBar:
    """A year: a bar for the value, a line for what was to be reached."""

    line: YearLine
    x: float
    width: float
    y: float
    height: float
    goal_y: float | None
    middle: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 1)

    @property
    def number_y(self) -> float:
        """Where its figure is written: above the bar and the line of the goal."""
        return round(min(self.y, self.y if self.goal_y is None or self.goal_y < self.y - 16 else self.goal_y) - 5, 1)

    @property
    def css(self) -> str:
        """The class of its colour."""
        return f"light-{self.line.light.value.lower()}"


@dataclass(frozen=True, slots=True)
class Years:
    """A drawn row of years."""

    bars: tuple[YearBar, ...]
    width: int
    height: int
    view_height: int

    @property
    def tick_y(self) -> int:
        """Where the years are written."""
        return self.height + 19


def years(
    lines: Sequence[YearLine], *, width: int = WIDTH, height: int = HEIGHT, roof: int = ROOF, foot: int = 26
) -> Years:
    """Values as bars with the goal of each year across them."""
    numbers = [number for line in lines for number in (line.actual.value, line.goal) if number is not None]
    most = max(numbers, default=Decimal(0)) or Decimal(1)
    room = width / max(len(lines), 1)
    gap = min(room * 0.3, 24)

    def high(number: Decimal | None) -> float:
        return round(float((height - roof) * (number or 0) / most), 1)

    bars = []
    for place, line in enumerate(lines):
        tall = high(line.actual.value)
        bars.append(
            YearBar(
                line,
                x=round(place * room + gap / 2, 1),
                width=round(room - gap, 1),
                y=round(height - tall, 1),
                height=tall,
                goal_y=None if line.goal is None else round(height - high(line.goal), 1),
                middle=round(place * room + room / 2, 1),
            )
        )
    return Years(tuple(bars), width, height, height + foot)


def trend(lines: Sequence[YearLine]) -> Years:
    """The years of a measure small enough for a row of the board."""
    return years(lines, width=TREND_WIDTH, height=TREND_HEIGHT, roof=2, foot=0)


@dataclass(frozen=True, slots=True)
class Rank:
    """A lying bar of the ranking, in hundredths of the longest one."""

    place: Place
    number: int
    length: float
    goal: float | None


def ranking(places: Sequence[Place]) -> list[Rank]:
    """Places from the best to the worst; those without a value come last, in the order of the tree."""
    told = [place for place in places if place.line.actual.value is not None]
    told.sort(key=lambda place: -(place.line.actual.exact or 0))
    numbers = [number for place in told for number in (place.line.actual.value, place.line.goal) if number is not None]
    most = max(numbers, default=Decimal(0)) or Decimal(1)
    rows: list[Rank] = []
    number = 0
    for row, place in enumerate(told, start=1):
        if not rows or rows[-1].place.line.actual.exact != place.line.actual.exact:
            number = row
        goal = place.line.goal
        rows.append(
            Rank(
                place,
                number,
                round(float((place.line.actual.value or 0) * 100 / most), 1),
                None if goal is None else round(float(goal * 100 / most), 1),
            )
        )
    return rows


# The map: a hexagon for each region, roughly where it lies. Columns from west to east, rows from north to south; odd
# rows stand half a hexagon to the right. Keys are the first two digits of a region's KATO code.
TILES: dict[str, tuple[int, int]] = {
    "59": (0, 4),  # North Kazakhstan
    "27": (1, 0),  # West Kazakhstan
    "15": (1, 1),  # Aktobe
    "39": (1, 2),  # Kostanay
    "11": (1, 3),  # Akmola
    "71": (1, 4),  # Astana
    "55": (1, 5),  # Pavlodar
    "23": (2, 1),  # Atyrau
    "62": (2, 3),  # Ulytau
    "35": (2, 4),  # Karaganda
    "10": (2, 5),  # Abai
    "63": (2, 6),  # East Kazakhstan
    "47": (3, 0),  # Mangystau
    "43": (3, 2),  # Kyzylorda
    "61": (3, 3),  # Turkistan
    "31": (3, 4),  # Zhambyl
    "19": (3, 5),  # Almaty Region
    "33": (3, 6),  # Zhetisu
    "79": (4, 4),  # Shymkent
    "75": (4, 5),  # Almaty
}
RADIUS = 46.0
_ACROSS = RADIUS * 3**0.5
_GAP = 3.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A region on the map."""

    place: Place
    points: str
    x: float
    y: float

    @property
    def css(self) -> str:
        """The class of its colour."""
        return f"light-{self.place.line.light.value.lower()}"

    @property
    def symbol(self) -> str:
        """The sign of its light."""
        return SYMBOLS[self.place.line.light]

    @property
    def label_y(self) -> float:
        """Where its value is written."""
        return round(self.y + 23, 1)

    @property
    def symbol_y(self) -> float:
        """Where its sign is written."""
        return round(self.y - 19, 1)


@dataclass(frozen=True, slots=True)
class Map:
    """The drawn map."""

    tiles: tuple[Tile, ...]
    width: int
    height: int


def country(places: Sequence[Place]) -> Map | None:
    """The map of the regions; None where the places are no regions of the country."""
    tiles = []
    for place in places:
        spot = TILES.get(place.node.kato[:2])
        if spot is None or len(place.node.kato) < 2:
            continue
        row, column = spot
        x = _ACROSS * (column + (0.5 if row % 2 else 0)) + _ACROSS / 2 + 2
        y = RADIUS * 1.5 * row + RADIUS + 2
        corners = [pi / 180 * (60 * corner - 30) for corner in range(6)]
        size = RADIUS - _GAP / 2
        points = " ".join(f"{x + size * cos(angle):.1f},{y + size * sin(angle):.1f}" for angle in corners)
        tiles.append(Tile(place, points, round(x, 1), round(y, 1)))
    if len(tiles) < 2:
        return None
    rows, columns = 5, 7
    return Map(tuple(tiles), int(_ACROSS * (columns + 0.5)) + 6, int(RADIUS * (1.5 * (rows - 1) + 2)) + 5)
