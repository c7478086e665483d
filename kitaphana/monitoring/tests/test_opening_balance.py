"""What a school brought from its former books opens its first year; it is no receipt of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.tests.factories import AT, ON, receive
from kitaphana.monitoring import annual

pytestmark = pytest.mark.django_db

BOOK = "Инв. №;Название;Цена\n1;Абай жолы;100\n2;Аманат;200\n".encode()


def test_the_annual_report_opens_with_what_was_brought(world: Any) -> None:
    fund.take_opening(
        actor=world.librarian, library=world.school, data=BOOK, file_name="book.csv", start=ON, at=AT,
        command_id=new_id(),
    )  # fmt: skip
    receive(world.librarian, world.school, 3, price="50.00")
    book = annual.annual(world.school, 2026, is_school_year=False, today=date(2026, 12, 31))
    core = book.movements["CORE", "all", ""]
    assert (core.opening.copies, core.received.copies, core.withdrawn.copies, core.closing.copies) == (2, 3, 0, 5)
    assert str(core.opening.amount) == "300.00"
    following = annual.annual(world.school, 2027, is_school_year=False, today=date(2027, 12, 31))
    assert following.movements["CORE", "all", ""].opening.copies == 5
