"""Two librarians at once: numbers stay without gaps and doubles, a copy is written off once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import checks
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, receive, record
from kitaphana.regulations.services import install_packs


@pytest.fixture
def real(transactional_db: None, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The small world in a database as it is at work: a server, or a file (the tests' own lives in memory,
    where SQLite locks by table and a race would prove nothing)."""
    if connection.vendor != "sqlite":
        install_packs()  # what a flushed database has lost
        yield request.getfixturevalue("world")
        return
    path = tmp_path / "race.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    try:
        install_packs()
        yield request.getfixturevalue("world")
        connection.close()
    finally:
        connection.connection = memory
        connection.settings_dict["NAME"] = name


def at_once(*commands: Callable[[], object]) -> list[object]:
    """Run commands in threads that start together; their results or refusals."""
    gate = threading.Barrier(len(commands))
    results: list[object] = [None] * len(commands)

    def run(index: int, command: Callable[[], object]) -> None:
        try:
            gate.wait()
            results[index] = command()
        except DomainError as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, command)) for index, command in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_receipts_at_once_have_numbers_without_gaps(real) -> None:
    edition = record()
    line = fund.ReceiptLine(record=edition, quantity=3, price=Decimal(100))
    results = at_once(
        *[
            lambda: fund.receive(
                actor=real.librarian, library=real.school, receipt=receipt(line), at=AT, command_id=new_id()
            )
        ]
        * 4
    )
    assert all(isinstance(result, Act) for result in results), results
    assert sorted(Act.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert sorted(Copy.objects.values_list("inventory_number", flat=True)) == list(range(1, 13))
    assert list(checks.invariants(real.school)) == []


def test_same_command_at_once_is_done_once(real) -> None:
    line = fund.ReceiptLine(record=record(), quantity=1, price=Decimal(100))
    command_id = new_id()
    results = at_once(
        *[
            lambda: fund.receive(
                actor=real.librarian, library=real.school, receipt=receipt(line), at=AT, command_id=command_id
            )
        ]
        * 3
    )
    assert len({getattr(result, "pk", result) for result in results}) == 1
    assert Copy.objects.count() == 1


def test_copy_is_written_off_once(real) -> None:
    receive(real.librarian, real.school)
    copies = list(Copy.objects.all())
    results = at_once(
        *[
            lambda: fund.write_off(
                actor=real.librarian,
                library=real.school,
                write_off=fund.WriteOff(on=ON, reason="WORN", copies=copies, commission=COMMISSION),
                at=AT,
                command_id=new_id(),
            )
        ]
        * 3
    )
    assert sorted(getattr(result, "code", "done") for result in results) == [
        "done",
        "fund.copy_not_in_fund",
        "fund.copy_not_in_fund",
    ]
    assert list(checks.invariants(real.school)) == []
