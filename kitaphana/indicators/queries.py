"""Reading indicators: of a node, of the nodes below it, month by month, beside similar libraries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from kitaphana.indicators.enums import Better, Measure, Unit
from kitaphana.indicators.models import Rollup
from kitaphana.indicators.registry import FLOWS, INDICATORS, Indicator, measures
from kitaphana.indicators.sources import months
from kitaphana.organizations.models import Organization

BANDS = (0, 100, 300, 600, 1200)
"""Lower ends of the bands of registered readers within which libraries are alike."""
FEW = 5
"""So many similar libraries of the region are enough; else the whole country's are looked at."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator of a node in a year. Money is in tenge; ``value`` is None where there is nothing to divide by."""

    code: str
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None


Months = Mapping[date, int]
Measures = Mapping[str, Months]


def _amount(measure: Measure, year: int, rows: Measures) -> Decimal:
    """A measure of a year: what happened is added up, what is there stands at the last month that has it."""
    found = {month: value for month, value in rows.get(measure, {}).items() if month.year == year}
    number = sum(found.values()) if measure in FLOWS else found[max(found)] if found else 0
    return Decimal(number) / 100 if measure in (Measure.SPENT, Measure.WORTH) else Decimal(number)


def quotient(one: Indicator, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    """The value of an indicator: a share in per cent to one place, everything else to two."""
    if denominator is None:
        return numerator
    if not denominator:
        return None
    value = numerator * (100 if one.unit == Unit.PERCENT else one.per) / denominator
    return value.quantize(Decimal("0.1") if one.unit == Unit.PERCENT else Decimal("0.01"))


def _value(code: str, year: int, rows: Measures) -> Value:
    one = INDICATORS[code]
    numerator = sum((_amount(measure, year, rows) for measure in one.numerator), Decimal(0))
    denominator = None
    if one.denominator:
        denominator = sum((_amount(measure, year, rows) for measure in one.denominator), Decimal(0))
    return Value(code, numerator, denominator, quotient(one, numerator, denominator))


def _rows(nodes: Sequence[int], years: Sequence[int], wanted: Iterable[str]) -> dict[int, dict[str, dict[date, int]]]:
    found: dict[int, dict[str, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = Rollup.objects.filter(
        node__in=nodes, month__gte=date(min(years), 1, 1), month__lte=date(max(years), 12, 31), measure__in=set(wanted)
    )
    for node_id, measure, month, value in rows.values_list("node_id", "measure", "month", "value").iterator(5000):
        found[node_id][measure][month] = value
    return found


def values(node: Organization, year: int, codes: Iterable[str] | None = None) -> dict[str, Value]:
    """Indicators of a node in a calendar year, by code. One statement."""
    chosen = list(INDICATORS if codes is None else codes)
    rows = _rows([node.pk], [year], measures(chosen))[node.pk]
    return {code: _value(code, year, rows) for code in chosen}


def by_child(
    node: Organization, children: Sequence[Organization], year: int, codes: Iterable[str]
) -> list[tuple[Organization, dict[str, Value]]]:
    """Indicators of each child of a node that has any figures. One statement."""
    chosen = list(codes)
    rows = _rows([child.pk for child in children], [year], measures(chosen))
    return [
        (child, {code: _value(code, year, rows[child.pk]) for code in chosen}) for child in children if child.pk in rows
    ]


def measure(node: Organization, wanted: Measure, year: int) -> Decimal:
    """One measure of a node in a year (money in tenge). One statement."""
    return _amount(wanted, year, _rows([node.pk], [year], [wanted])[node.pk])


def measures_by_child(children: Sequence[Organization], wanted: Measure, year: int) -> dict[int, Decimal]:
    """One measure of several nodes in a year, by id. One statement."""
    rows = _rows([child.pk for child in children], [year], [wanted])
    return {pk: _amount(wanted, year, found) for pk, found in rows.items()}


@dataclass(frozen=True, slots=True)
class Point:
    """A month of an indicator: what happened in it, or what stood at its end."""

    month: date
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Score:
    """A line of the scorecard: this year, the year before, the last twelve months, similar libraries."""

    indicator: Indicator
    now: Value
    before: Value
    months: tuple[Point, ...]
    usual: Decimal | None = None
    """The median of similar libraries."""

    @property
    def change(self) -> Decimal | None:
        """This year less the year before."""
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def tone(self) -> str:
        """``good`` or ``wrong`` where the change has a direction that matters."""
        if not self.change or self.indicator.better == Better.NEITHER:
            return ""
        return "good" if (self.change > 0) == (self.indicator.better == Better.UP) else "wrong"


def _points(one: Indicator, rows: Measures, last: date) -> tuple[Point, ...]:
    first = date(last.year - 1, last.month % 12 + 1, 1) if last.month < 12 else date(last.year, 1, 1)
    points = []
    for month in months(first, last):

        def of(measure: Measure, month: date = month) -> Decimal:
            number = rows.get(measure, {}).get(month, 0)
            return Decimal(number) / 100 if measure in (Measure.SPENT, Measure.WORTH) else Decimal(number)

        numerator = sum((of(measure) for measure in one.numerator), Decimal(0))
        denominator = sum((of(measure) for measure in one.denominator), Decimal(0)) if one.denominator else None
        points.append(Point(month, numerator, denominator, quotient(one, numerator, denominator)))
    return tuple(points)


def scorecard(
    node: Organization, year: int, today: date, codes: Iterable[str] | None = None, *, beside: Sequence[int] = ()
) -> list[Score]:
    """The indicators of a node with the year before and the twelve months up to now (or to the end of a past year).

    ``beside`` names similar libraries. One statement, two with similar ones.
    """
    chosen = list(INDICATORS if codes is None else codes)
    rows = _rows([node.pk], [year - 1, year], measures(chosen))[node.pk]
    last = today.replace(day=1) if year == today.year else date(year, 12, 1)
    others = _rows(beside, [year], measures(chosen)) if beside else {}
    scores = []
    for code in chosen:
        known = [value for pk in others if (value := _value(code, year, others[pk]).value) is not None]
        scores.append(
            Score(
                INDICATORS[code],
                _value(code, year, rows),
                _value(code, year - 1, rows),
                _points(INDICATORS[code], rows, last),
                median(known) if known else None,
            )
        )
    return scores


def band_of(readers: int) -> tuple[int, int | None]:
    """The band of registered readers a library lies in: from, below."""
    lower = max(low for low in BANDS if low <= readers)
    place = BANDS.index(lower) + 1
    return lower, BANDS[place] if place < len(BANDS) else None


def similar(library: Organization, year: int) -> list[Organization]:
    """Other libraries of the same kind of organisation and size, of the region where there are enough, at most 200; those
    nearest in size first. Three statements at most."""
    readers = int(measure(library, Measure.READERS, year))
    low, high = band_of(readers)
    last = Rollup.objects.filter(node=library, measure=Measure.READERS, month__year=year).order_by("-month").first()
    if last is None:
        return []
    rows = Rollup.objects.filter(
        measure=Measure.READERS, month=last.month, value__gte=low, node__kind=library.kind, node__is_library=True,
        node__is_closed=False,
    ).exclude(node=library)  # fmt: skip
    if high is not None:
        rows = rows.filter(value__lt=high)
    region = library.path[: Organization.steplen * 2]
    for place in (region, region[: Organization.steplen]):
        found = list(rows.filter(node__path__startswith=place).select_related("node")[: MOST * 5])
        if len(found) >= FEW:
            break
    nearest = sorted(found, key=lambda row: (abs(row.value - readers), row.node_id))[:MOST]
    return [row.node for row in nearest]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a library stands among similar ones by one indicator."""

    indicator: Indicator
    value: Decimal | None
    lowest: Decimal | None
    usual: Decimal | None
    highest: Decimal | None
    place: int | None
    """From 1, the best first; None where the indicator has no direction or no value."""
    among: int


def places(library: Organization, others: Sequence[Organization], year: int) -> list[Place]:
    """A library beside similar ones by every indicator. One statement."""
    rows = _rows([library.pk, *(other.pk for other in others)], [year], measures(INDICATORS))
    found = []
    for code, one in INDICATORS.items():
        mine = _value(code, year, rows[library.pk]).value
        known = [value for other in others if (value := _value(code, year, rows[other.pk]).value) is not None]
        place = None
        if mine is not None and one.better != Better.NEITHER:
            is_up = one.better == Better.UP
            place = 1 + sum(1 for value in known if (value > mine if is_up else value < mine))
        found.append(
            Place(
                one,
                mine,
                min(known, default=None),
                median(known) if known else None,
                max(known, default=None),
                place,
                len(known) + (mine is not None),
            )
        )
    return found
