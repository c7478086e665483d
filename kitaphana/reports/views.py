"""Pages of own reports: the list, the builder, a kept report, the records behind a figure, files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.documents.figures import day, money, whole
from kitaphana.core.web.page import Request, page
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import children_of, names_of
from kitaphana.reports import engine, queries
from kitaphana.reports.definition import Definition, of_query
from kitaphana.reports.engine import Figure, Table
from kitaphana.reports.enums import Order, PeriodKind
from kitaphana.reports.errors import BadDefinition
from kitaphana.reports.examples import BY_KEY, EXAMPLES
from kitaphana.reports.sources import SOURCES

VIEW = Permission.NUMBERS_VIEW
PAGE = 50
"""Records on a page."""
SHORT = 12
"""A filter of more choices is a list to choose one of."""


def _written(value: Figure, *, is_money: bool) -> str:
    if not value:
        return "–"
    return money(value) if is_money else whole(int(value))  # type: ignore[arg-type]  # money is decimal


def door(definition: Definition, node: Organization, row: Sequence[Any] | None, column: Any | None) -> str:
    """The address of the records behind a figure."""
    query = definition.as_query()
    query["node"] = node.code
    if row is not None:
        query["r"] = json.dumps([list(key) for key in row], ensure_ascii=False)
    if column is not None:
        query["c"] = json.dumps(list(column), ensure_ascii=False)
    return f"{reverse('reports:records')}?{query.urlencode()}"


def _cells(table: Table, figures: Iterable[Figure], row: Any, column: Any) -> list[dict[str, Any]]:
    address = door(table.definition, table.node, row, column)
    return [
        {"text": _written(value, is_money=one.is_money), "url": address if value else "", "label": one.label}
        for value, one in zip(figures, table.measures, strict=True)
    ]


def shown(table: Table) -> dict[str, Any]:
    """A table as the page writes it: every figure with its door."""
    columns: list[Any] = [head.key for head in table.columns] if table.definition.column else [None]
    lines = []
    for row in table.rows:
        keys = [head.key for head in row.heads]
        cells = [
            cell
            for column, figures in zip(columns, row.cells, strict=True)
            for cell in _cells(table, figures, keys, column)
        ]
        if table.definition.column:
            cells += _cells(table, row.totals, keys, None)
        lines.append({"heads": row.heads, "cells": cells})
    totals = [
        cell
        for column, figures in zip(columns, table.column_totals, strict=True)
        for cell in _cells(table, figures, None, column)
    ]
    if table.definition.column:
        totals += _cells(table, table.totals, None, None)
    return {
        "table": table,
        "lines": lines,
        "totals": totals,
        "width": len(table.measures),
        "period": f"{day(table.days[0])} – {day(table.days[1])}" if table.days else _("The whole time"),
        "not_added": [one.label for one in table.measures if not one.is_additive],
    }


def _nodes(request: Request, node: Organization) -> list[tuple[str, str]]:
    """Nodes to choose from: one's own, the one chosen, and what lies below it."""
    own = engine.own_place(request.actor)
    found = {one.code: one.name for one in (own, node) if one is not None}
    for child in children_of(node)[:200]:
        found[child.code] = f"— {child.name}"
    return list(found.items())


def _options(definition: Definition) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "label": one.label,
            "choices": (choices := list(one.choices())),
            "is_short": len(choices) <= SHORT,
            "chosen": definition.filters.get(key, ()),
        }
        for key, one in definition.of.filters.items()
    ]


@page(VIEW)
def reports(request: Request) -> HttpResponse:
    """My reports, those shared with me, ready-made examples."""
    examples = [
        {"label": one.label, "hint": one.hint, "url": f"{reverse('reports:report_new')}?example={one.key}"}
        for one in EXAMPLES
    ]
    context = {
        "mine": queries.mine(request.actor),
        "shared": queries.shared_with(request.actor),
        "examples": examples,
    }
    return render(request, "reports/reports.html", context)


@page(VIEW)
def report_new(request: Request) -> HttpResponse:
    """Put a report together: the form and, beside it, what it counts."""
    asked: QueryDict = request.GET
    kept = None
    if (pk := asked.get("report", "")) and pk.isdigit():
        kept = queries.report_for(int(pk[:18]), request.actor)
    example = BY_KEY.get(asked.get("example", ""))
    if example is not None:
        definition = example.definition
    elif kept is not None and "source" not in asked:
        definition = queries.opened(kept).definition or of_query(QueryDict())
    else:
        definition = of_query(asked)
    table = engine.run(definition, request.actor, clock.today())
    context = {
        **shown(table),
        "definition": definition,
        "query": definition.as_query().urlencode(),
        "kept": kept if kept is not None and kept.owner_id == request.actor.user_id else None,
        "name": kept.name if kept else (example.label if example else ""),
        "sources": [
            one for one in SOURCES.values() if one.permission is None or request.actor.may_somewhere(one.permission)
        ],
        "nodes": _nodes(request, table.node),
        "filters": _options(definition),
        "periods": PeriodKind.choices,
        "orders": Order.choices,
        "row2": definition.rows[1] if len(definition.rows) > 1 else "",
    }
    return render(request, "reports/report_new.html", context)


def _key(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadDefinition(what="key") from None


@page(VIEW)
def records(request: Request) -> HttpResponseBase:
    """The records behind a figure. Where they tell of readers, only those who may see readers see single ones."""
    definition = of_query(request.GET)
    node = engine.place_of(definition, request.actor)
    context = engine.context_of(definition, node, clock.today())
    row = _key(request.GET["r"]) if "r" in request.GET else None
    column = _key(request.GET["c"]) if "c" in request.GET else None
    is_list = row is None or (isinstance(row, list) and all(isinstance(key, list) for key in row))
    if not is_list or not (column is None or isinstance(column, list)):
        raise BadDefinition(what="key")
    found = engine.behind(definition, context, row, column)
    source = definition.of
    query = request.GET.copy()
    query.pop("page", None)
    shared: dict[str, Any] = {
        "definition": definition,
        "node": node,
        "back": f"{reverse('reports:report_new')}?{definition.as_query().urlencode()}",
        "address_query": query.urlencode(),
    }
    if source.is_personal and not request.actor.may(Permission.PEOPLE_VIEW, node.path):
        counted = list(found.order_by().values_list(source.place).annotate(Count("pk")))
        names = names_of(pk for pk, _number in counted)
        shared["counts"] = sorted(((names[pk], number) for pk, number in counted), key=lambda one: -one[1])
        shared["total"] = sum(number for _pk, number in counted)
        return render(request, "reports/records.html", shared)
    rows = Paginator(found.select_related(*source.related).order_by(source.order, "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    columns = source.columns
    lines = [[(_text(one.value(record)), one) for one in columns] for record in rows]
    places = source.place.split("__")
    if not node.is_leaf():
        for line, record in zip(lines, rows, strict=True):
            place = record
            for step in places:
                place = getattr(place, step)
            line.insert(0, (place.name, None))
    shared |= {"page": rows, "total": rows.paginator.count, "columns": columns, "lines": lines}
    return render(request, "reports/records.html", shared)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return day(value)
    return money(value) if not isinstance(value, int | str) else str(value)


def _back(pk: int) -> HttpResponse:
    return redirect("reports:report", pk)
