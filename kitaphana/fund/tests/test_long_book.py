"""A long inventory book is streamed: memory does not grow with it."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from kitaphana.core.ids import new_id
from kitaphana.fund import documents, queries, spreadsheets
from kitaphana.fund import services as fund
from kitaphana.fund.tests.factories import AT, receipt, record


@pytest.mark.django_db
@pytest.mark.slow
def test_book_of_many_lines_is_written_in_little_memory(world) -> None:
    lines = [fund.ReceiptLine(record=record(f"Кітап {n}"), quantity=250, price=Decimal(100)) for n in range(20)]
    fund.receive(actor=world.librarian, library=world.school, receipt=receipt(*lines), at=AT, command_id=new_id())
    tracemalloc.start()
    stream = spreadsheets.inventory_book_xlsx(
        world.school, "CORE", queries.inventory_lines(world.school, "CORE"), language="kk"
    )
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    rows = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
    assert len(rows) == 2 + 5000 + 1
    assert rows[-1][5] == 500_000
    content = documents.inventory_book_pdf(
        world.school, "CORE", queries.inventory_lines(world.school, "CORE"), language="kk"
    )
    assert content.startswith(b"%PDF")
