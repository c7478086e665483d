"""Loans of a district by class and month: quick however many they are.

``KITAPHANA_REPORT_LOANS=200000`` measures what docs/performance.md says; a usual run takes fewer.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kitaphana.circulation.models import Loan
from kitaphana.circulation.tests.factories import copies, reader
from kitaphana.reports import engine
from kitaphana.reports.definition import parse

pytestmark = pytest.mark.django_db
NUMBER = int(os.environ.get("KITAPHANA_REPORT_LOANS", "20000"))
SECONDS = 1.0


def test_loans_by_class_and_month_are_counted_within_a_second(world: Any) -> None:
    held = copies(world.school, 20) + copies(world.neighbour, 20)
    readers = {
        library.pk: [reader(library, grade=grade, letter=letter) for grade in range(1, 12) for letter in "АӘБ"]
        for library in (world.school, world.neighbour)
    }
    loans = []
    for number in range(NUMBER):
        copy = held[number % len(held)]
        who = readers[copy.library_id][number % 33]
        on = date(2026, 9, 1) + timedelta(days=number % 250)
        at = datetime.combine(on, datetime.min.time(), UTC)
        loans.append(
            Loan(
                library_id=copy.library_id, copy=copy, person=who.person, category="PUPIL", lent_at=at, lent_on=on,
                school_class=who.school_class, due_on=on, returned_at=at, returned_on=on, end="RETURNED",
            )
        )  # fmt: skip
    Loan.objects.bulk_create(loans, batch_size=500)
    definition = parse(
        {"source": "loans", "rows": ["class"], "column": "month", "measures": ["number"], "period": {"kind": "all"}}
    )
    took = []
    for actor in (world.librarian, world.methodist):
        begun = time.process_time()
        table = engine.run(definition, actor, date(2026, 11, 23))
        took.append(time.process_time() - begun)
    assert (len(table.rows), len(table.columns), table.totals) == (33, 9, (NUMBER,))
    assert max(took) < SECONDS, took
