"""Pages of own reports: the list, the builder, a kept report, the records behind a figure, files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.documents.figures import day, money, whole
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import children_of, names_of
from kitaphana.reports import engine, files, queries, services
from kitaphana.reports.definition import Definition, of_query
from kitaphana.reports.engine import Figure, Table
from kitaphana.reports.enums import Every, Order, PeriodKind, Sharing
from kitaphana.reports.errors import BadDefinition
from kitaphana.reports.examples import BY_KEY, EXAMPLES
from kitaphana.reports.models import Result, Schedule
from kitaphana.reports.sources import SOURCES

VIEW = Permission.NUMBERS_VIEW
PAGE = 50
"""Records on a page."""
SCREEN = 500
"""Rows of a table on the screen; files have all 5,000."""
SHORT = 12
"""A filter of more choices is a list to choose one of."""


def _written(value: Figure, *, is_money: bool) -> str:
    if not value:
        return "–"
    return money(value) if is_money else whole(int(value))  # type: ignore[arg-type]  # money is decimal


class _Doors:
    """Addresses of the records behind the figures of one table."""

    def __init__(self, table: Table) -> None:
        query = table.definition.as_query()
        query["node"] = table.node.code
        self.base = f"{reverse('reports:records')}?{query.urlencode()}"

    def address(self, row: Sequence[Any] | None, column: Any | None) -> str:
        """The records of a row, a column, their crossing, or all."""
        keys = {}
        if row is not None:
            keys["r"] = json.dumps([list(key) for key in row], ensure_ascii=False)
        if column is not None:
            keys["c"] = json.dumps(list(column), ensure_ascii=False)
        return f"{self.base}&{urlencode(keys)}" if keys else self.base


def shown(table: Table) -> dict[str, Any]:
    """A table as the page writes it: every figure with its door."""
    doors = _Doors(table)
    columns: list[Any] = [head.key for head in table.columns] if table.definition.column else [None]

    def cells(figures: Iterable[Figure], row: Any, column: Any) -> list[dict[str, Any]]:
        address = doors.address(row, column)
        return [
            {"text": _written(value, is_money=one.is_money), "url": address if value else ""}
            for value, one in zip(figures, table.measures, strict=True)
        ]

    lines = []
    for row in table.rows[:SCREEN]:
        keys = [head.key for head in row.heads]
        found = [
            cell for column, figures in zip(columns, row.cells, strict=True) for cell in cells(figures, keys, column)
        ]
        if table.definition.column:
            found += cells(row.totals, keys, None)
        lines.append({"heads": row.heads, "cells": found})
    totals = [
        cell
        for column, figures in zip(columns, table.column_totals, strict=True)
        for cell in cells(figures, None, column)
    ]
    if table.definition.column:
        totals += cells(table.totals, None, None)
    return {
        "table": table,
        "lines": lines,
        "totals": totals,
        "width": len(table.measures),
        "period": files.period_of(table),
        "not_added": [one.label for one in table.measures if not one.is_additive],
        "query": table.definition.as_query().urlencode(),
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
        "kept": kept if kept is not None and kept.owner_id == request.actor.user_id else None,
        "name": asked.get("name", "")[:150] or (kept.name if kept else (example.label if example else "")),
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
    lines: list[list[tuple[str, Any]]] = [[(_text(one.value(record)), one) for one in columns] for record in rows]
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


@page(VIEW)
def report(request: Request, pk: int) -> HttpResponse:
    """A kept report as its reader may see it; its owner also shares and schedules it here."""
    kept = queries.report_for(pk, request.actor)
    is_mine = kept.owner_id == request.actor.user_id
    now = queries.opened(kept)
    context: dict[str, Any] = {"kept": kept, "is_mine": is_mine, "problem": now.problem}
    if now.definition is not None:
        try:
            context |= shown(engine.run(now.definition, request.actor, clock.today()))
        except DomainError as refusal:
            context["problem"] = refusal
    if is_mine:
        staff = set(kept.staff.values_list("pk", flat=True))
        context |= {
            "colleagues": [(one, one.pk in staff) for one in queries.colleagues(request.actor)],
            "sharings": Sharing.choices,
            "plan": Schedule.objects.filter(report=kept).first(),
            "rhythms": Every.choices,
            "results": list(queries.results(kept)),
        }
        services.see(actor=request.actor, report=kept, at=clock.now())
    return render(request, "reports/report.html", context)


def _asked(request: Request) -> Definition:
    return of_query(QueryDict(request.POST.get("query", "")))


def _refused(request: Request, refusal: DomainError) -> None:
    messages.error(request, f"{refusal} {refusal.advice_text}")


@page(VIEW)
@require_POST
def save(request: Request) -> HttpResponse:
    """Keep what was put together, as a new report or as the next state of one's own."""
    definition = _asked(request)
    pk = number(request.POST.get("report"))
    facts: dict[str, Any] = {
        "actor": request.actor,
        "name": request.POST.get("name", ""),
        "definition": definition,
        "at": clock.now(),
        "command_id": command_id_of(request),
    }
    try:
        kept = services.change(report_id=pk, **facts) if pk else services.save(**facts)
    except DomainError as refusal:
        _refused(request, refusal)
        more = f"&report={pk}" if pk else ""
        return redirect(f"{reverse('reports:report_new')}?{definition.as_query().urlencode()}{more}")
    messages.success(request, _("The report is saved."))
    return redirect("reports:report", kept.pk)


@page(VIEW)
@require_POST
def copy(request: Request, pk: int) -> HttpResponse:
    """Make a report one may open one's own."""
    kept = queries.report_for(pk, request.actor)
    try:
        made = services.copy(
            actor=request.actor,
            report_id=pk,
            name=_("%(name)s (copy)") % {"name": kept.name[:130]},
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        _refused(request, refusal)
        return redirect("reports:report", pk)
    messages.success(request, _("The copy is yours."))
    return redirect("reports:report", made.pk)


def _change(request: Request, pk: int, command: Callable[..., object], said: str, **facts: Any) -> HttpResponse:
    """Carry out a command on a report and say so."""
    try:
        command(actor=request.actor, report_id=pk, at=clock.now(), command_id=command_id_of(request), **facts)
    except DomainError as refusal:
        _refused(request, refusal)
    else:
        messages.success(request, said)
    return redirect("reports:report", pk)


@page(VIEW)
@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Delete one's own report."""
    services.delete(actor=request.actor, report_id=pk, at=clock.now(), command_id=command_id_of(request))
    messages.success(request, _("The report is deleted."))
    return redirect("reports:reports")


@page(VIEW)
@require_POST
def share(request: Request, pk: int) -> HttpResponse:
    """Say who else may open it."""
    staff = [found for one in request.POST.getlist("staff") if (found := number(one))]
    sharing = request.POST.get("sharing", "")
    return _change(request, pk, services.share, _("The sharing is set."), sharing=sharing, staff=staff)


@page(VIEW)
@require_POST
def schedule(request: Request, pk: int) -> HttpResponse:
    """Say when it is made by itself."""
    try:
        at_time = time.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        at_time = None
    every = request.POST.get("every", "")
    said = _("The report will be made by itself.") if every else _("The report is no longer made by itself.")
    return _change(
        request, pk, services.schedule, said, every=every, at_time=at_time, language=get_language() or "kk"
    )  # fmt: skip


@page(VIEW)
@require_POST
def export(request: Request, form: str) -> HttpResponseBase:
    """A report as XLSX, CSV or PDF; the journal notes it."""
    if form not in {"xlsx", "csv", "pdf"}:
        raise NotFound
    definition = _asked(request)
    title = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:150] or str(definition.of.label)
    table = engine.run(definition, request.actor, clock.today())
    services.note_export(
        actor=request.actor, node=table.node, definition=definition, form=form, rows=len(table.rows), at=clock.now()
    )
    name = f"report-{definition.source}-{table.node.code}"
    if form == "xlsx":
        return xlsx_answer(files.xlsx(table, title), name)
    if form == "pdf":
        return pdf_answer(files.as_pdf(table, title, language=get_language() or "kk"), name)
    return HttpResponse(
        files.as_csv(table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


@page(VIEW)
def result(request: Request, pk: int) -> HttpResponseBase:
    """The workbook of a scheduled run, for its owner."""
    found = (
        Result.objects.select_related("report", "node").filter(pk=pk, report__owner_id=request.actor.user_id).first()
    )
    if found is None or not found.file:
        raise NotFound
    path = services.path_of(found, request.actor)
    return xlsx_answer(path.open("rb"), f"report-{clock.day_of(found.due_at).isoformat()}")
