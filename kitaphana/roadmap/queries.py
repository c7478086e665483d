"""The board: targets and actual values of every measure at a node, its children, its years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.db.models import Count, Max, Q, QuerySet

from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.roadmap.enums import Counting, Light, Origin, Unit
from kitaphana.roadmap.errors import MeasureNotFound
from kitaphana.roadmap.formulas import FORMULAS, Formula, Pair, Scope
from kitaphana.roadmap.models import (
    Direction,
    EnteredValue,
    Evidence,
    LightRule,
    Measure,
    Target,
    TargetChange,
    YearValue,
)
from kitaphana.roadmap.programme import AMBER_FROM, GREEN_FROM

TREND = 6
"""Years shown of a measure: the asked one and those before it."""
_STEP = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Actual:
    """A value with where it comes from. ``numerator`` and ``denominator`` are there for computed ones."""

    exact: Decimal | None
    """What lights are decided by."""
    origin: Origin
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        """As it is shown: a computed one rounded down, so that what is not reached in full never looks reached."""
        if self.exact is None or self.origin != Origin.COMPUTED:
            return self.exact
        return self.exact.quantize(_STEP, rounding=ROUND_DOWN)


NO_VALUE = Actual(None, Origin.NONE)


def computed(measure: Measure, pair: Pair | None) -> Actual:
    """The value of a formula's pair."""
    if pair is None or not pair.denominator:
        return NO_VALUE
    numerator, denominator = Decimal(pair.numerator), Decimal(pair.denominator)
    factor = 100 if measure.unit == Unit.PERCENT else 1
    return Actual(numerator * factor / denominator, Origin.COMPUTED, numerator, denominator)


@dataclass(frozen=True, slots=True)
class Rule:
    """From how many per cent of its target a value is green and amber."""

    green_from: Decimal
    amber_from: Decimal

    def light(self, value: Decimal | None, goal: Decimal | None, *, is_less_better: bool = False) -> Light:
        """The colour of a value against what was to be reached; without one of them there is nothing to compare."""
        if value is None or goal is None:
            return Light.NONE
        ahead, behind = (goal, value) if is_less_better else (value, goal)
        if ahead * 100 >= self.green_from * behind:
            return Light.GREEN
        return Light.AMBER if ahead * 100 >= self.amber_from * behind else Light.RED


DEFAULT_RULE = Rule(GREEN_FROM, AMBER_FROM)


class Rules:
    """The rules in force: the general one and those of single measures; one statement."""

    def __init__(self) -> None:
        self.of_measures: dict[int | None, Rule] = {
            pk: Rule(green, amber)
            for pk, green, amber in LightRule.objects.values_list("measure_id", "green_from", "amber_from")
        }
        self.general = self.of_measures.pop(None, DEFAULT_RULE)

    def of(self, measure: Measure) -> Rule:
        """The rule of a measure."""
        return self.of_measures.get(measure.pk, self.general)


@dataclass(frozen=True, slots=True)
class YearLine:
    """A measure in a year: what was to be reached and what was."""

    year: int
    target: Decimal | None
    """Of the year alone."""
    added: Decimal | None
    """Of all years up to this one, where yearly targets add up."""
    actual: Actual
    light: Light
    is_inherited: bool = False
    """The target is that of a node above."""
    note: str = ""

    @property
    def goal(self) -> Decimal | None:
        """What the value is compared with."""
        return self.target if self.added is None else self.added


@dataclass(frozen=True, slots=True)
class Row:
    """A measure on the board."""

    measure: Measure
    line: YearLine
    trend: tuple[YearLine, ...]
    """The years before and the asked one, in order."""
    evidence: int


@dataclass(frozen=True, slots=True)
class Section:
    """A direction with its measures."""

    direction: Direction
    rows: tuple[Row, ...]

    @property
    def lights(self) -> dict[Light, int]:
        """How many measures stand how, the good ones first."""
        return {light: sum(row.line.light == light for row in self.rows) for light in Light}


@dataclass
class _Targets:
    """Targets of nodes by measure and year, each node's own and those it is held to."""

    own: dict[tuple[str, int], dict[int, Target]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, path: str, measure: Measure, year: int) -> tuple[Target | None, bool]:
        """The target that a node is held to in a year, and whether a node above set it.

        Shares and sums for one hold below as well; a number of things does not: a district is not asked for as many
        as the country.
        """
        found = self.own.get((path, measure.pk), {}).get(year)
        if found is not None or measure.unit == Unit.NUMBER:
            return found, False
        for above in reversed(organizations.ancestor_paths(path)[:-1]):
            if (found := self.own.get((above, measure.pk), {}).get(year)) is not None:
                return found, True
        return None, False

    def line(self, path: str, measure: Measure, year: int, actual: Actual, rule: Rule) -> YearLine:
        """A year of a measure at a node."""
        target, is_inherited = self.of(path, measure, year)
        added = None
        if measure.counting == Counting.ADDED:
            years = {one for (_path, pk), years in self.own.items() if pk == measure.pk for one in years if one <= year}
            parts = [found.value for one in years if (found := self.of(path, measure, one)[0]) is not None]
            added = sum(parts, Decimal(0)) if parts else None
        goal = added if measure.counting == Counting.ADDED else target.value if target else None
        return YearLine(
            year=year,
            target=target.value if target else None,
            added=added,
            actual=actual,
            light=rule.light(actual.exact, goal, is_less_better=measure.is_less_better),
            is_inherited=is_inherited,
            note=target.note if target else "",
        )


def _targets(nodes: Iterable[Organization], measures: Iterable[Measure]) -> _Targets:
    """Targets of nodes and of those above them: one statement."""
    paths = {path for node in nodes for path in organizations.ancestor_paths(node.path)}
    found = _Targets()
    rows = Target.objects.filter(measure__in=[one.pk for one in measures])
    # A whole country of children has many paths; the targets of the roadmap are few, so they are sorted out here.
    rows = rows.filter(node__path__in=paths) if len(paths) <= 100 else rows
    for target in rows.select_related("node"):
        if target.node.path in paths:
            found.own[target.node.path, target.measure_id][target.year] = target
    return found


def _entered(
    nodes: Sequence[Organization], measures: Sequence[Measure], years: Iterable[int]
) -> dict[tuple[int, int, int], Decimal]:
    """The newest entered values by node, measure and year: one statement."""
    rows = EnteredValue.objects.filter(
        node__in=[node.pk for node in nodes], measure__in=[one.pk for one in measures], year__in=list(years)
    ).order_by("pk")
    return {(one.node_id, one.measure_id, one.year): one.value for one in rows}


def _kept(
    nodes: Sequence[Organization], measures: Sequence[Measure], years: Iterable[int]
) -> dict[tuple[int, int, int], Pair]:
    """What formulas gave at the ends of years, by node, measure and year: one statement."""
    rows = YearValue.objects.filter(
        node__in=[node.pk for node in nodes], measure__in=[one.pk for one in measures], year__in=list(years)
    )
    return {(one.node_id, one.measure_id, one.year): Pair(one.numerator, one.denominator) for one in rows}


def formula_of(measure: Measure) -> Formula | None:
    """How a measure is computed; None: people enter it."""
    return FORMULAS.get(measure.formula)


class _Values:
    """Actual values of nodes: of the running year from the records, of years gone by as they were kept."""

    def __init__(
        self,
        nodes: Sequence[Organization],
        measures: Sequence[Measure],
        years: Sequence[int],
        today: date,
        scope: Scope,
    ) -> None:
        past = [year for year in years if year != today.year]
        self.entered = _entered(nodes, measures, years)
        self.kept = _kept(nodes, [one for one in measures if one.formula], past)
        self.now: dict[str, dict[str, Pair]] = {}
        if today.year in years:
            for key in {one.formula for one in measures if one.formula in FORMULAS}:
                self.now[key] = FORMULAS[key].now(scope)

    def of(self, node: Organization, measure: Measure, year: int) -> Actual:
        """The value of a node in a year: computed where the records tell it, else entered, else none."""
        place = (node.pk, measure.pk, year)
        pair = self.now.get(measure.formula, {}).get(node.path) if year == self.year_now else self.kept.get(place)
        found = computed(measure, pair)
        if found.origin == Origin.NONE and place in self.entered:
            return Actual(self.entered[place], Origin.ENTERED)
        return found

    year_now: int = 0


def _values(
    nodes: Sequence[Organization], measures: Sequence[Measure], years: Sequence[int], today: date, *, prefix: str
) -> _Values:
    depth = len(nodes[0].path) if nodes else len(prefix)
    values = _Values(nodes, measures, years, today, Scope(prefix, depth, today.year))
    values.year_now = today.year
    return values


def years_before(year: int) -> list[int]:
    """The years of a trend, the asked one last."""
    return list(range(year - TREND + 1, year + 1))


def board(node: Organization, year: int, *, today: date) -> list[Section]:
    """Every measure of a node in a year, by direction; a fixed number of statements however many libraries are below."""
    directions = list(Direction.objects.order_by("position"))
    measures = list(Measure.objects.select_related("direction").order_by("position"))
    years = years_before(year)
    targets, rules = _targets([node], measures), Rules()
    values = _values([node], measures, years, today, prefix=node.path)
    counted = (
        Evidence.objects.filter(node=node, year=year, withdrawn_at__isnull=True)
        .order_by()
        .values_list("measure_id")
        .annotate(n=Count("pk"))
    )
    evidence = dict(counted)
    sections = []
    for direction in directions:
        rows = []
        for measure in measures:
            if measure.direction_id == direction.pk:
                rule = rules.of(measure)
                lines = tuple(
                    targets.line(node.path, measure, one, values.of(node, measure, one), rule) for one in years
                )
                rows.append(Row(measure, lines[-1], lines, evidence.get(measure.pk, 0)))
        sections.append(Section(direction, tuple(rows)))
    return sections


@dataclass(frozen=True, slots=True)
class Place:
    """A measure at a child of a node."""

    node: Organization
    line: YearLine


def places(node: Organization, measure: Measure, year: int, *, today: date) -> list[Place]:
    """A measure at each child of a node in a year: a fixed number of statements."""
    children = [child for child in organizations.children_of(node) if not child.is_closed]
    if not children:
        return []
    rule = Rules().of(measure)
    targets = _targets(children, [measure])
    values = _values(children, [measure], [year], today, prefix=node.path)
    return [
        Place(child, targets.line(child.path, measure, year, values.of(child, measure, year), rule))
        for child in children
    ]


def years_of(node: Organization, measure: Measure, *, today: date) -> list[YearLine]:
    """Every year in which a measure has a target or a value at a node, and the running and the next one."""
    rule = Rules().of(measure)
    targets = _targets([node], [measure])
    told = {year for years in targets.own.values() for year in years}
    told |= set(EnteredValue.objects.filter(node=node, measure=measure).values_list("year", flat=True))
    told |= set(YearValue.objects.filter(node=node, measure=measure).values_list("year", flat=True))
    years = sorted(told | {today.year, today.year + 1})
    values = _values([node], [measure], years, today, prefix=node.path)
    return [targets.line(node.path, measure, year, values.of(node, measure, year), rule) for year in years]


def year_of(node: Organization, measure: Measure, year: int, *, today: date) -> YearLine:
    """One year of a measure at a node."""
    targets = _targets([node], [measure])
    values = _values([node], [measure], [year], today, prefix=node.path)
    return targets.line(node.path, measure, year, values.of(node, measure, year), Rules().of(measure))


def measure_by_code(code: str) -> Measure:
    """A measure of the roadmap.

    :raises MeasureNotFound: there is none.
    """
    found = Measure.objects.select_related("direction").filter(code=code).first()
    if found is None:
        raise MeasureNotFound(code=code)
    return found


def history(node: Organization, measure: Measure) -> QuerySet[TargetChange]:
    """Every change of the targets a node is held to, the newest first."""
    return (
        TargetChange.objects.filter(
            target__measure=measure, target__node__path__in=organizations.ancestor_paths(node.path)
        )
        .select_related("target__node")
        .order_by("-pk")
    )


def evidence_of(node: Organization, measure: Measure) -> QuerySet[Evidence]:
    """What was given as evidence of a measure at a node, the newest first; withdrawn pieces too."""
    return (
        Evidence.objects.filter(node=node, measure=measure)
        .annotate(backs=Max("values__value"))
        .order_by("-year", "-pk")
    )


def has_targets(node: Organization) -> bool:
    """Whether a node is held to any target."""
    return Target.objects.filter(Q(node__path__in=organizations.ancestor_paths(node.path))).exists()
