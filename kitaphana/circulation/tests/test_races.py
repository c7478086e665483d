"""Two desks at once, on real transactions: one wins, the other is told why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from kitaphana.circulation import checks, errors, services
from kitaphana.circulation.models import Loan, Visit
from kitaphana.circulation.tests.factories import AT, copies, reader
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
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


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls in threads of their own, started together; results or refusals in their order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            results[index] = call()
        except DomainError as refusal:
            results[index] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def lend(world: Any, membership: Any, copy: Any, command_id: Any = None) -> Callable[[], Any]:
    return lambda: services.check_out(
        actor=world.librarian,
        library=world.school,
        card=membership.card_number,
        barcode=copy.barcode,
        at=AT,
        command_id=command_id or new_id(),
    )


def test_two_desks_lend_the_same_copy_and_one_wins(real) -> None:
    readers = [reader(real.school, name) for name in ("Алиев", "Бекова")]
    for copy in copies(real.school, 5):
        results = at_once(*(lend(real, membership, copy) for membership in readers))
        assert sorted(type(result).__name__ for result in results) == ["CopyOnLoan", "Loan"]
    assert Loan.objects.filter(returned_at=None).count() == 5
    assert list(checks.invariants()) == []


def test_the_same_command_twice_at_once_is_one_loan(real) -> None:
    membership = reader(real.school)
    for copy in copies(real.school, 5):
        command = new_id()
        first, second = at_once(lend(real, membership, copy, command), lend(real, membership, copy, command))
        assert isinstance(first, Loan)
        assert isinstance(second, Loan)
        assert first.pk == second.pk
    assert (Loan.objects.count(), Visit.objects.count()) == (5, 1)


def test_the_limit_holds_when_two_desks_serve_one_reader(real) -> None:
    membership = reader(real.school)
    books = copies(real.school, 6)
    for copy in books[:4]:
        lend(real, membership, copy)()
    results = at_once(lend(real, membership, books[4]), lend(real, membership, books[5]))
    assert sorted(type(result).__name__ for result in results) == ["LimitReached", "Loan"]
    assert isinstance(next(r for r in results if isinstance(r, DomainError)), errors.LimitReached)
