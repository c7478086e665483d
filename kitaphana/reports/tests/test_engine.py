"""A report equals a straightforward count over the same records, its totals add up, its doors lead to them."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.circulation.models import Hold, Loan, StockLoan, Visit
from kitaphana.circulation.tests.factories import copies, reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.models import Stock
from kitaphana.fund.tests.factories import AT, receipt, record
from kitaphana.monitoring.models import LibraryEvent
from kitaphana.renewal import coverage
from kitaphana.renewal.tests.factories import published, text
from kitaphana.reports import engine
from kitaphana.reports.definition import Definition, parse
from kitaphana.reports.enums import PeriodKind
from kitaphana.reports.files import heads_of, lines_of
from kitaphana.reports.sources import SOURCES

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
MOST = int(os.environ.get("KITAPHANA_REPORTS", "150"))
STATEMENTS = 5
"""Cells, totals of rows, of columns, of all, names of places; of whatever size."""


@pytest.fixture
def filled(world: Any) -> Any:
    """Loans, visits, textbooks, holds, events and receipts of three libraries over two years."""
    chance = random.Random(7)
    for library, number in ((world.school, 40), (world.neighbour, 15), (world.faraway, 6)):
        held = [
            copy
            for title, language in (("Абай жолы", "kaz"), ("Ән", "kaz"), ("Zebra", "eng"), ("Война", "rus"))
            for copy in copies(library, 3, title=title, language=language)
        ]
        readers = [reader(library, grade=grade, letter=letter) for grade, letter in ((5, "А"), (5, "Ә"), (7, "Б"))]
        readers.append(reader(library, category="TEACHER", grade=None))
        line = fund.ReceiptLine(
            record=record("Алгебра", kind="TEXTBOOK"), quantity=9, price=Decimal("1999.99"), is_counted=True
        )
        fund.receive(
            actor=SYSTEM, library=library, receipt=receipt(line), at=AT,
            command_id=new_id(),
        )  # fmt: skip
        stock = Stock.objects.get(library=library)
        for step in range(number):
            on = TODAY - timedelta(days=chance.randrange(500))
            who, copy = chance.choice(readers), chance.choice(held)
            at = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=chance.choice((3, 23)))
            facts = {
                "library": library, "person": who.person, "category": who.category, "lent_at": at, "lent_on": on,
                "school_class": who.school_class, "due_on": on + timedelta(days=14), "returned_at": at,
                "returned_on": on, "end": "RETURNED",
            }  # fmt: skip
            Loan.objects.create(copy=copy, **facts)
            StockLoan.objects.create(stock=stock, batch=new_id(), quantity=1 + step % 3, **facts)
            grade = who.school_class.grade if who.school_class else None
            Visit.objects.get_or_create(
                library=library, person=who.person, on=on, defaults={"category": who.category, "grade": grade}
            )
            Hold.objects.create(
                library=library, record=copy.record, person=who.person, state="CANCELLED", placed_at=at, ended_at=at
            )
            LibraryEvent.objects.create(
                library=library, on=on, kind="LESSON", title="Сабақ", junior=step, other=1, made_at=at
            )
        Loan.objects.create(
            copy=held[0], library=library, person=readers[0].person, category="PUPIL",
            school_class=readers[0].school_class, lent_at=datetime(2026, 9, 20, 5, tzinfo=UTC),
            lent_on=date(2026, 9, 20), due_on=date(2026, 10, 1),
        )  # fmt: skip
    published(world.country, (text("Абай жолы"), {}), (text("Алаш туралы"), {}))
    coverage.count(world.country, at=AT)
    return world


def _definitions() -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def one(draw: st.DrawFn) -> dict[str, Any]:
        source = SOURCES[draw(st.sampled_from([*SOURCES]))]
        dimensions = draw(st.permutations([*source.dimensions]))
        rows = draw(st.integers(1, 2))
        filters = {}
        for key, known in source.filters.items():
            if draw(st.integers(0, 9)) == 0:
                filters[key] = [draw(st.sampled_from([value for value, _label in known.choices()]))]
        return {
            "source": source.key,
            "rows": dimensions[:rows],
            "column": dimensions[rows] if draw(st.booleans()) else "",
            "measures": draw(st.lists(st.sampled_from([*source.measures]), min_size=1, max_size=3, unique=True)),
            "filters": filters,
            "period": {
                "kind": draw(st.sampled_from(["all", "all", *(one for one in PeriodKind.values if one != "own")]))
            },
            "zeros": draw(st.booleans()),
            "order": draw(st.sampled_from(["label", "value"])),
        }

    return one()


def _by_hand(definition: Definition, node: Any) -> dict[Any, int]:
    """How many records each pair of labels has, counted one by one in Python."""
    context = engine.context_of(definition, node, TODAY)
    names = [*definition.rows, *([definition.column] if definition.column else [])]
    shown: dict[Any, int] = defaultdict(int)
    found = engine.records(definition, context)
    keys = {
        f"k{at}_{part}": expression
        for at, name in enumerate(names)
        for part, expression in enumerate(definition.of.dimensions[name].key(context))
    }
    for line in found.order_by().annotate(**keys).values_list("pk", *keys):
        shown[line[1:]] += 1
    return shown


def _check(definition: Definition, actor: Any) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        table = engine.run(definition, actor, TODAY)
    reading = [one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    # Besides: one for the node of the reader.
    assert len(reading) <= STATEMENTS + 1
    context = engine.context_of(definition, table.node, TODAY)
    for at, measure in enumerate(table.measures):
        if not measure.is_additive:
            continue
        assert sum(row.totals[at] for row in table.rows) == table.totals[at]
        assert sum(column[at] for column in table.column_totals) == table.totals[at]
        for row in table.rows:
            assert sum(cell[at] for cell in row.cells) == row.totals[at]
    assert all(len(names) + len(figures) == len(heads_of(table)) for names, figures in lines_of(table))
    assert parse(definition.as_json()) == definition
    if "number" not in definition.measures:
        return
    at = definition.measures.index("number")
    by_hand = _by_hand(definition, table.node)
    assert table.totals[at] == sum(by_hand.values())
    for row in table.rows:
        keys = [head.key for head in row.heads]
        for number, cell in enumerate(row.cells):
            column = table.columns[number].key if table.columns else None
            flat = tuple(value for key in (*keys, *([column] if column is not None else [])) for value in key)
            assert cell[at] == by_hand.get(flat, 0)
    for row in table.rows[:3]:
        keys = [head.key for head in row.heads]
        column = table.columns[0].key if table.columns else None
        if row.cells:
            assert engine.behind(definition, context, keys, column).count() == row.cells[0][at]
        assert engine.behind(definition, context, keys).count() == row.totals[at]


def test_every_report_adds_up_and_its_doors_lead_to_its_records(filled: Any) -> None:
    @settings(max_examples=MOST, deadline=None, suppress_health_check=[*HealthCheck], database=None, derandomize=True)
    @given(data=_definitions(), who=st.sampled_from(["librarian", "methodist", "administrator"]))
    def holds(data: dict[str, Any], who: str) -> None:
        definition = parse(data)
        if definition.of.permission and who == "librarian":
            return
        _check(definition, getattr(filled, who))

    holds()
