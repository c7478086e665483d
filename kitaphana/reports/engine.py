"""A definition counted: at most one statement for the cells, one for each kind of total, one for names of places.

Additive measures are added up from the cells. Others (distinct readers, distinct titles) are counted anew for every
row, every column and the whole, because a reader of two months is still one reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kitaphana.core.access import Actor, Permission
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within
from kitaphana.reports.definition import Definition
from kitaphana.reports.enums import Order
from kitaphana.reports.errors import BadDefinition, NotHere
from kitaphana.reports.sources import Context, Dimension, Key, Measure, Source

VIEW: Final = Permission.NUMBERS_VIEW
MOST: Final = 5000
"""Rows of a table; more are cut, and the table says so. Its totals are those of everything."""
MOST_COLUMNS: Final = 60
"""Values across; more would be no table any more."""

Figure = int | Decimal


@dataclass(frozen=True, slots=True)
class Head:
    """A value of a dimension: what it is called and how an address names it."""

    key: Key
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its heads (one or two), its cells column by column with one figure a measure, its totals."""

    heads: tuple[Head, ...]
    cells: tuple[tuple[Figure, ...], ...]
    totals: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A counted report. Without a dimension across there is one column without a head. Money is in tenge."""

    definition: Definition
    node: Organization
    days: tuple[date, date] | None
    columns: tuple[Head, ...]
    rows: tuple[Row, ...]
    column_totals: tuple[tuple[Figure, ...], ...]
    totals: tuple[Figure, ...]
    found: int
    """Rows there are; more than ``rows`` has where they were cut."""
    columns_found: int = 0

    @property
    def measures(self) -> list[Measure]:
        """What was counted."""
        return [self.definition.of.measures[key] for key in self.definition.measures]

    @property
    def dimensions(self) -> list[Dimension]:
        """What stands in rows."""
        return [self.definition.of.dimensions[key] for key in self.definition.rows]

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than are shown."""
        return self.found > len(self.rows)

    @property
    def is_narrowed(self) -> bool:
        """Whether there are more columns than are shown."""
        return self.columns_found > len(self.columns)


def place_of(definition: Definition, actor: Actor) -> Organization:
    """Where a report is counted for somebody: the node it names if it lies in their reach, else their own.

    :raises NotHere: the role does not see these records there, or nothing at all.
    """
    reach = actor.reach(VIEW)
    node: Organization | None = None
    if definition.node:
        node = Organization.objects.filter(within(reach), code=definition.node).first()
    if node is None and reach.prefixes:
        node = own_place(actor)
    if node is None:
        raise NotHere
    extra = definition.of.permission
    if extra is not None and not actor.may(extra, node.path):
        raise NotHere
    return node


def own_place(actor: Actor) -> Organization | None:
    """The highest node within somebody's reach; the library they work in where it is the only one."""
    tops = organizations.top_nodes(actor.reach(VIEW))
    return tops[0] if tops else None


def context_of(definition: Definition, node: Organization, today: date) -> Context:
    """Where and when, as the expressions of a source need it."""
    return Context(node, today, definition.period.days(today))


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def records(definition: Definition, context: Context) -> QuerySet[Any]:
    """The records a report counts: below the node, within the period, through the filters."""
    source = definition.of
    found = source.rows()
    if context.node.is_leaf():
        found = found.filter(**{source.place: context.node.pk})
    else:
        found = found.filter(**{f"{source.place}__path__startswith": context.node.path})
    if source.day and context.days is not None:
        first, last = context.days
        if source.is_moment:
            limits: dict[str, date] = {"gte": _moment(first), "lt": _moment(last + timedelta(days=1))}
        else:
            limits = {"gte": first, "lte": last}
        found = found.filter(**{f"{source.day}__{sign}": value for sign, value in limits.items()})
    for key, values in definition.filters.items():
        found = found.filter(source.filters[key].condition(context, values))
    return found


@dataclass(frozen=True, slots=True)
class _Axis:
    """Dimensions side by side as columns of a statement."""

    dimensions: tuple[Dimension, ...]
    prefix: str

    def expressions(self, context: Context, *, extras: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for at, one in enumerate(self.dimensions):
            found |= {f"{self.prefix}{at}_{part}": key for part, key in enumerate(one.key(context))}
            if extras:
                found |= {f"{self.prefix}{at}_x{part}": F(path) for part, path in enumerate(one.extra)}
        return found

    def cut(self, values: Sequence[Any], sizes: Sequence[int], extras: bool) -> tuple[list[Key], list[Key], int]:
        """Keys and full values of each dimension out of a row of a statement, and how many columns they took."""
        keys, full, start = [], [], 0
        for one, size in zip(self.dimensions, sizes, strict=True):
            end = start + size + (len(one.extra) if extras else 0)
            keys.append(tuple(values[start : start + size]))
            full.append(tuple(values[start:end]))
            start = end
        return keys, full, start


class _Counting:
    """One run of a definition."""

    def __init__(self, definition: Definition, context: Context) -> None:
        self.definition, self.context = definition, context
        self.source: Source = definition.of
        self.records = records(definition, context)
        self.rows = _Axis(tuple(self.source.dimensions[key] for key in definition.rows), "r")
        across = (self.source.dimensions[definition.column],) if definition.column else ()
        self.columns = _Axis(across, "c")
        self.measures = [self.source.measures[key] for key in definition.measures]
        self.values: dict[tuple[str, int, Key], Key] = {}
        self.places: dict[str, Organization] = {}

    def sizes(self, axis: _Axis) -> list[int]:
        return [len(one.key(self.context)) for one in axis.dimensions]

    def grouped(
        self, axes: Sequence[_Axis], measures: Sequence[int], *, extras: bool = False
    ) -> dict[tuple[tuple[Key, ...], ...], list[Any]]:
        """Measures by the keys of the axes: one statement."""
        expressions: dict[str, Any] = {}
        for axis in axes:
            expressions |= axis.expressions(self.context, extras=extras)
        totals = {f"m{at}": self.measures[at].aggregate() for at in measures}
        if not expressions:
            found = self.records.aggregate(**totals)
            return {(): [found[name] or 0 for name in totals]}
        statement = self.records.order_by().annotate(**expressions).values(*expressions).annotate(**totals)
        answer: dict[tuple[tuple[Key, ...], ...], list[Any]] = {}
        sizes = [self.sizes(axis) for axis in axes]
        for line in statement.values_list(*expressions, *totals):
            start, named = 0, []
            for axis, size in zip(axes, sizes, strict=True):
                keys, full, used = axis.cut(line[start:], size, extras)
                start += used
                named.append(tuple(keys))
                if extras:
                    for at, (key, whole) in enumerate(zip(keys, full, strict=True)):
                        self.values.setdefault((axis.prefix, at, key), whole)
            # Two extras of one key (a renamed title, while it is read) would be two lines: they are added.
            held = answer.get(tuple(named))
            figures = [value or 0 for value in line[start:]]
            answer[tuple(named)] = figures if held is None else [a + b for a, b in zip(held, figures, strict=True)]
        return answer

    def name_places(self) -> None:
        """Give the parts of the network their names, and tell all places where empty rows are wanted: one statement."""
        kinds = set(self.definition.rows) | {self.definition.column}
        wanted = Q()
        paths = {key[0] for (axis, at, key) in self.values if self._name(axis, at) == "branch"}
        if "branch" in kinds:
            wanted |= Q(path__in=paths)
        if self.definition.zeros and kinds & {"library", "branch"}:
            deep = Q(depth=self.context.node.depth + 1) if "branch" in kinds else Q(pk__in=[])
            owners = Q(is_library=True, is_closed=False) if "library" in kinds else Q(pk__in=[])
            wanted |= Q(path__startswith=self.context.node.path) & (deep | owners)
        if not wanted:
            return
        self.places = {one.path: one for one in Organization.objects.filter(wanted)}
        for axis, at, key in list(self.values):
            if self._name(axis, at) == "branch":
                place = self.places.get(key[0])
                self.values[(axis, at, key)] = (key[0], place.name if place else key[0])

    def _name(self, axis: str, at: int) -> str:
        return self.definition.rows[at] if axis == "r" else self.definition.column

    def domain(self, axis: str, at: int, dimension: Dimension) -> list[Key]:
        """All values of a dimension: those known beforehand and those found."""
        found = [key for (prefix, number, key) in self.values if (prefix, number) == (axis, at)]
        name = self._name(axis, at)
        known: list[Key] = []
        if name == "library":
            for one in self.places.values():
                if one.is_library:
                    known.append((one.pk,))
                    whole = (one.pk, one.name_kk, one.name_ru, one.name_en)
                    self.values.setdefault((axis, at, (one.pk,)), whole)
        elif name == "branch":
            for one in self.places.values():
                if one.depth == self.context.node.depth + 1:
                    known.append((one.path,))
                    self.values.setdefault((axis, at, (one.path,)), (one.path, one.name))
        elif dimension.domain is not None:
            known = [tuple(key) for key in dimension.domain(self.context)]
            for key in known:
                self.values.setdefault((axis, at, key), key)
        return list(dict.fromkeys([*known, *found]))

    def head(self, axis: _Axis, at: int, key: Key) -> Head:
        return Head(key, axis.dimensions[at].text(self.values[(axis.prefix, at, key)]))

    def sort(self, axis: _Axis, keys: tuple[Key, ...]) -> tuple[Any, ...]:
        return tuple(
            one.sort(self.values[(axis.prefix, at, key)])
            for at, (one, key) in enumerate(zip(axis.dimensions, keys, strict=True))
        )

    def figure(self, at: int, value: Any) -> Figure:
        return Decimal(value).scaleb(-2) if self.measures[at].is_money else int(value)

    def table(self) -> Table:
        """Count."""
        all_measures = range(len(self.measures))
        cells = self.grouped([self.rows, self.columns], all_measures, extras=True)
        self.name_places()
        by_row: dict[tuple[Key, ...], dict[tuple[Key, ...], list[Any]]] = {}
        for (row, column), figures in cells.items():
            by_row.setdefault(row, {})[column] = figures
        columns = list(dict.fromkeys(column for _row, column in cells))
        if self.definition.zeros:
            domains = [self.domain("r", at, one) for at, one in enumerate(self.rows.dimensions)]
            for keys in product(*domains):
                if len(by_row) > MOST:
                    break
                by_row.setdefault(keys, {})
            if self.columns.dimensions:
                columns = [(key,) for key in self.domain("c", 0, self.columns.dimensions[0])]
        columns.sort(key=lambda keys: self.sort(self.columns, keys))
        if not self.columns.dimensions:
            columns = [()]
        row_totals, column_totals, totals = self._totals(by_row, columns)
        order = sorted(by_row, key=lambda keys: self.sort(self.rows, keys))
        if self.definition.order is Order.VALUE:
            order.sort(key=lambda keys: -row_totals[keys][0])
        shown = columns[:MOST_COLUMNS]
        nothing = [0] * len(self.measures)
        rows = tuple(
            Row(
                tuple(self.head(self.rows, at, key) for at, key in enumerate(keys)),
                tuple(self._figures(by_row[keys].get(column, nothing)) for column in shown),
                self._figures(row_totals[keys]),
            )
            for keys in order[:MOST]
        )
        return Table(
            definition=self.definition,
            node=self.context.node,
            days=self.context.days,
            columns=tuple(self.head(self.columns, 0, keys[0]) for keys in shown if keys),
            rows=rows,
            column_totals=tuple(self._figures(column_totals[column]) for column in shown),
            totals=self._figures(totals),
            found=len(order),
            columns_found=len(columns) if self.columns.dimensions else 0,
        )

    def _figures(self, values: Iterable[Any]) -> tuple[Figure, ...]:
        return tuple(self.figure(at, value) for at, value in enumerate(values))

    def _totals(
        self, by_row: Mapping[tuple[Key, ...], Mapping[tuple[Key, ...], list[Any]]], columns: list[tuple[Key, ...]]
    ) -> tuple[dict[tuple[Key, ...], list[Any]], dict[tuple[Key, ...], list[Any]], list[Any]]:
        """Totals of rows, of columns and of all: added where that is right, counted where it is not."""
        width = len(self.measures)
        row_totals = {keys: [0] * width for keys in by_row}
        column_totals = {keys: [0] * width for keys in columns}
        totals = [0] * width
        for row, cells in by_row.items():
            for column, figures in cells.items():
                for at, value in enumerate(figures):
                    row_totals[row][at] += value
                    column_totals[column][at] += value
                    totals[at] += value
        anew = [at for at, one in enumerate(self.measures) if not one.is_additive]
        if not anew:
            return row_totals, column_totals, totals

        def put(held: list[Any], figures: list[Any]) -> None:
            for at, value in zip(anew, figures, strict=True):
                held[at] = value

        put(totals, self.grouped([], anew)[()])
        if self.columns.dimensions:
            for (row,), figures in self.grouped([self.rows], anew).items():
                put(row_totals[row], figures)
            for (column,), figures in self.grouped([self.columns], anew).items():
                put(column_totals[column], figures)
        else:
            column_totals[()] = totals
        return row_totals, column_totals, totals


def run(definition: Definition, actor: Actor, today: date) -> Table:
    """The report as somebody may see it today.

    :raises NotHere: their role does not see these records.
    """
    node = place_of(definition, actor)
    return _Counting(definition, context_of(definition, node, today)).table()


def count(definition: Definition, node: Organization, today: date) -> Table:
    """The report at a node whose reach was proven already."""
    return _Counting(definition, context_of(definition, node, today)).table()


def _is_key(value: Any) -> bool:
    """Whether a part of a key out of an address can be asked of a database."""
    if isinstance(value, str):
        return "\x00" not in value
    return value is None or (isinstance(value, int) and abs(value) < 2**31)


def behind(
    definition: Definition,
    context: Context,
    row: Sequence[Sequence[Any]] | None = None,
    column: Sequence[Any] | None = None,
) -> QuerySet[Any]:
    """The records behind a figure; None: all rows, all columns.

    :raises BadDefinition: a key that does not fit its dimension.
    """
    found = records(definition, context)
    wanted: list[tuple[str, Sequence[Any]]] = list(zip(definition.rows, row or (), strict=False))
    if row is not None and len(row) != len(definition.rows):
        raise BadDefinition(what="row")
    if column is not None:
        if not definition.column:
            raise BadDefinition(what="column")
        wanted.append((definition.column, column))
    for number, (name, key) in enumerate(wanted):
        expressions = definition.of.dimensions[name].key(context)
        if len(key) != len(expressions) or not all(map(_is_key, key)):
            raise BadDefinition(what=name)
        for part, (expression, value) in enumerate(zip(expressions, key, strict=True)):
            alias = f"k{number}_{part}"
            found = found.alias(**{alias: expression})
            try:
                found = found.filter(**{f"{alias}__isnull": True} if value is None else {alias: value})
            except (TypeError, ValueError):
                raise BadDefinition(what=name) from None
    return found
