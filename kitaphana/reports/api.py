"""REST of own reports: what one keeps or was shared, and its figures with one's own rights."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, cast

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kitaphana.core import clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.web import paging
from kitaphana.core.web.page import Request
from kitaphana.reports import engine, queries
from kitaphana.reports.definition import parse
from kitaphana.reports.engine import Figure, Table
from kitaphana.reports.errors import ReportNotFound
from kitaphana.reports.models import SavedReport

router = Router(tags=["reports"])
Limit = Annotated[int, Query(ge=1, le=200)]


class ReportOut(Schema):
    """A kept report."""

    id: int
    name: str
    version: int
    changed_at: datetime
    is_mine: bool


class Reports(Schema):
    """A page of reports."""

    results: list[ReportOut]
    next: str | None


class RowOut(Schema):
    """A row: one label a dimension, figures by column and measure, totals by measure. Money is text in tenge."""

    labels: list[str]
    cells: list[list[int | str]]
    totals: list[int | str]


class TableOut(Schema):
    """A counted report."""

    id: int
    name: str
    node: str = Field(description="Code of the organisation it was counted for")
    first: date | None = Field(description="First day of the period; null: the whole time")
    last: date | None
    dimensions: list[str]
    measures: list[str]
    columns: list[str] = Field(description="Labels across; empty: one column")
    rows: list[RowOut]
    column_totals: list[list[int | str]]
    totals: list[int | str]
    found: int = Field(description="Rows there are; more than are given where the table was cut at 5,000")


def _actor(request: HttpRequest) -> Actor:
    actor = cast("Request", request).actor
    if not actor.may_somewhere(Permission.NUMBERS_VIEW):
        raise NotAllowed
    return actor


@router.get("", response=Reports, operation_id="reports", summary="Reports of one's own and shared with one")
def read_reports(request: HttpRequest, cursor: str | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Reports that the caller may run."""
    actor = _actor(request)
    ids = (queries.mine(actor).order_by().values("pk"), queries.shared_with(actor).order_by().values("pk"))
    rows = SavedReport.objects.filter(Q(pk__in=ids[0].values("pk")) | Q(pk__in=ids[1]))
    found, following = paging.paginate(rows, cursor, limit)
    results = [
        {"id": one.pk, "name": one.name, "version": one.version, "changed_at": one.changed_at,
         "is_mine": one.owner_id == actor.user_id}
        for one in found
    ]  # fmt: skip
    return {"results": results, "next": following}


@router.get("/{int:pk}/run", response=TableOut, operation_id="report_run", summary="The figures of a report today")
def run_report(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A report counted now with the caller's rights."""
    actor = _actor(request)
    if not 0 < pk < 2**63:
        raise ReportNotFound
    kept = queries.report_for(pk, actor)
    return {"id": kept.pk, "name": kept.name, **_table(engine.run(parse(kept.definition), actor, clock.today()))}


def _figures(values: tuple[Figure, ...]) -> list[int | str]:
    return [f"{value:.2f}" if isinstance(value, Decimal) else value for value in values]


def _table(table: Table) -> dict[str, Any]:
    first, last = table.days or (None, None)
    return {
        "node": table.node.code,
        "first": first,
        "last": last,
        "dimensions": [str(one.label) for one in table.dimensions],
        "measures": [str(one.label) for one in table.measures],
        "columns": [head.label for head in table.columns],
        "rows": [
            {
                "labels": [head.label for head in row.heads],
                "cells": [_figures(cell) for cell in row.cells],
                "totals": _figures(row.totals),
            }
            for row in table.rows
        ],
        "column_totals": [_figures(column) for column in table.column_totals],
        "totals": _figures(table.totals),
        "found": table.found,
    }
