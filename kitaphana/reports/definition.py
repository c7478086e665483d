"""What a report is, as plain JSON: one parser for the form, the stored report and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.http import QueryDict

from kitaphana.core import clock
from kitaphana.reports.enums import Order, PeriodKind
from kitaphana.reports.errors import BadDefinition, BadPeriod
from kitaphana.reports.sources import SOURCES, Source

MOST_ROWS: Final = 2
MOST_MEASURES: Final = 3
MOST_VALUES: Final = 50
LONGEST_PERIOD: Final = timedelta(days=30 * 366)
_FIELDS: Final = {"source", "rows", "column", "measures", "filters", "period", "node", "zeros", "order"}


@dataclass(frozen=True, slots=True)
class Period:
    """A period as it was chosen; ``days`` says which days it is today."""

    kind: PeriodKind = PeriodKind.ALL
    first: date | None = None
    last: date | None = None

    def days(self, today: date) -> tuple[date, date] | None:
        """First and last day, both inside; None: the whole time."""
        match self.kind:
            case PeriodKind.ALL:
                return None
            case PeriodKind.OWN:
                assert self.first is not None
                assert self.last
                return self.first, self.last
            case PeriodKind.LAST_MONTH:
                last = today.replace(day=1) - timedelta(days=1)
                return last.replace(day=1), last
            case PeriodKind.LAST_QUARTER:
                last = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
                return date(last.year, last.month - 2, 1), last
            case PeriodKind.SCHOOL_YEAR:
                year = clock.school_year(today)
                return date(year, 9, 1), date(year + 1, 8, 31)
            case PeriodKind.YEAR:
                return date(today.year, 1, 1), date(today.year, 12, 31)
            case PeriodKind.LAST_YEAR:
                return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
            case PeriodKind.LAST_30:
                return today - timedelta(days=29), today
            case PeriodKind.LAST_365:
                return today - timedelta(days=364), today


@dataclass(frozen=True, slots=True)
class Definition:
    """Rows, columns, measures, filters, period of one source. ``node``: code; empty: the reader's own."""

    source: str
    rows: tuple[str, ...]
    measures: tuple[str, ...]
    column: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    period: Period = field(default_factory=Period)
    node: str = ""
    zeros: bool = False
    order: Order = Order.LABEL

    @property
    def of(self) -> Source:
        """The source it asks."""
        return SOURCES[self.source]

    def as_json(self) -> dict[str, Any]:
        """The plain JSON that ``parse`` reads back."""
        period: dict[str, str] = {"kind": self.period.kind.value}
        if self.period.first and self.period.last:
            period |= {"first": self.period.first.isoformat(), "last": self.period.last.isoformat()}
        return {
            "source": self.source,
            "rows": list(self.rows),
            "column": self.column,
            "measures": list(self.measures),
            "filters": {key: list(values) for key, values in self.filters.items()},
            "period": period,
            "node": self.node,
            "zeros": self.zeros,
            "order": self.order.value,
        }

    def as_query(self) -> QueryDict:
        """The address of the report: the same words that the form sends."""
        query = QueryDict(mutable=True)
        query["source"] = self.source
        for name, key in zip(("row", "row2"), self.rows, strict=False):
            query[name] = key
        query["column"] = self.column
        query.setlist("measure", list(self.measures))
        for key, values in self.filters.items():
            query.setlist(f"f_{key}", list(values))
        query["period"] = self.period.kind.value
        if self.period.first and self.period.last:
            query["first"], query["last"] = self.period.first.isoformat(), self.period.last.isoformat()
        if self.node:
            query["node"] = self.node
        if self.zeros:
            query["zeros"] = "1"
        query["order"] = self.order.value
        return query


def _texts(value: Any, most: int, what: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > most or not all(isinstance(one, str) for one in value):
        raise BadDefinition(what=what)
    return tuple(dict.fromkeys(value))


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadPeriod from None


def _period(value: Any, source: Source) -> Period:
    if not isinstance(value, Mapping) or not set(value) <= {"kind", "first", "last"}:
        raise BadDefinition(what="period")
    kind = value.get("kind", source.usual_period)
    if kind not in PeriodKind.values:
        raise BadDefinition(what=str(kind)[:40])
    if kind != PeriodKind.OWN:
        return Period(PeriodKind(kind))
    first, last = _day(value.get("first")), _day(value.get("last"))
    if not timedelta(0) <= last - first <= LONGEST_PERIOD:
        raise BadPeriod
    return Period(PeriodKind.OWN, first, last)


def parse(data: Any) -> Definition:
    """A definition out of plain JSON.

    :raises BadDefinition: a key, source, dimension, measure or filter that is not known (it is named).
    :raises BadPeriod: own days that are no period.
    """
    if not isinstance(data, Mapping):
        raise BadDefinition(what="definition")
    for key in data:
        if key not in _FIELDS:
            raise BadDefinition(what=str(key)[:40])
    source = SOURCES.get(data["source"]) if isinstance(data.get("source"), str) else None
    if source is None:
        raise BadDefinition(what=str(data.get("source"))[:40])
    rows = _texts(data.get("rows", ()), MOST_ROWS, "rows")
    measures = _texts(data.get("measures", ()), MOST_MEASURES, "measures")
    column = data.get("column") or ""
    node, zeros, order = data.get("node") or "", data.get("zeros", False), data.get("order", Order.LABEL.value)
    filters = data.get("filters", {})
    if not rows or not measures:
        raise BadDefinition(what="rows" if not rows else "measures")
    if not isinstance(filters, Mapping) or not isinstance(column, str) or column in rows:
        raise BadDefinition(what="filters" if not isinstance(filters, Mapping) else "column")
    if not isinstance(node, str) or not isinstance(zeros, bool) or order not in Order.values:
        raise BadDefinition(what="node, zeros, order")
    for key in (*rows, *([column] if column else [])):
        if key not in source.dimensions:
            raise BadDefinition(what=key[:40])
    for key in measures:
        if key not in source.measures:
            raise BadDefinition(what=key[:40])
    chosen: dict[str, tuple[str, ...]] = {}
    for key, values in filters.items():
        known = source.filters.get(key)
        if known is None:
            raise BadDefinition(what=str(key)[:40])
        kept = _texts(values, MOST_VALUES, key)
        for value in kept:
            if not known.accepts(value):
                raise BadDefinition(what=value[:40])
        if kept:
            chosen[key] = kept
    return Definition(
        source=source.key,
        rows=rows,
        measures=measures,
        column=column,
        filters=chosen,
        period=_period(data.get("period", {}), source),
        node=node.replace("\x00", "")[:20],
        zeros=zeros,
        order=Order(order),
    )


def of_query(query: QueryDict) -> Definition:
    """A definition out of the form. What another source does not have falls back to that source's usual choice, so
    that changing the source never ends in a refusal."""
    source = SOURCES.get(query.get("source", ""), next(iter(SOURCES.values())))
    rows = [key for key in (query.get("row"), query.get("row2")) if key in source.dimensions] or [source.usual_row]
    column = query.get("column", "")
    measures = [key for key in query.getlist("measure") if key in source.measures] or [next(iter(source.measures))]
    filters = {
        key: [value for value in query.getlist(f"f_{key}") if known.accepts(value)][:MOST_VALUES]
        for key, known in source.filters.items()
    }
    kind = query.get("period", "")
    period = {"kind": kind if kind in PeriodKind.values else source.usual_period}
    if kind == PeriodKind.OWN:
        period |= {"first": query.get("first", ""), "last": query.get("last", "")}
        if not period["first"] or not period["last"]:
            # Days are still to be typed in: until then the school year is shown.
            year = clock.school_year(clock.today())
            period |= {"first": f"{year}-09-01", "last": clock.today().isoformat()}
    order = query.get("order", "")
    return parse(
        {
            "source": source.key,
            "rows": list(dict.fromkeys(rows)),
            "column": column if column in source.dimensions and column not in rows else "",
            "measures": measures[:MOST_MEASURES],
            "filters": filters,
            "period": period,
            "node": query.get("node", ""),
            "zeros": bool(query.get("zeros")),
            "order": order if order in Order.values else Order.LABEL.value,
        }
    )
