"""Two imports at once, on real transactions: nothing is doubled, nothing fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from kitaphana.catalog import checks
from kitaphana.catalog.models import ImportRun, Record, RecordSource
from kitaphana.catalog.services import imports
from kitaphana.catalog.tests.factories import counts, data_of, described, imported, marc


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls in threads of their own, started together; results or what they raised, in their order."""
    results: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            results[index] = call()
        except Exception as error:  # shown by the assertion that follows
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_the_same_file_twice_at_once_doubles_nothing(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    data = data_of(*(marc(f"N{number}", f"Кітап {number}") for number in range(60)))
    one, other = at_once(*(lambda: imported(real.librarian, real.school, data) for _ in range(2)))
    assert isinstance(one, ImportRun), one
    assert isinstance(other, ImportRun), other
    assert (one.imported + other.imported, one.updated + other.updated) == (60, 60)
    assert (one.rejected, other.rejected, one.merged, other.merged) == (0, 0, 0, 0)
    assert Record.objects.count() == RecordSource.objects.count() == 60
    assert list(checks.invariants()) == []


def test_the_same_editions_from_two_libraries_at_once_are_merged(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    # Both files count from 1 and bring no 003: the same numbers, and still each library's own.
    data = data_of(*(marc(str(number), f"Кітап {number}") for number in range(40)))
    one, other = at_once(
        lambda: imported(real.librarian, real.school, data),
        lambda: imported(real.neighbour_librarian, real.neighbour, data),
    )
    assert isinstance(one, ImportRun), one
    assert isinstance(other, ImportRun), other
    assert [sum(both) for both in zip(counts(one), counts(other), strict=True)] == [80, 40, 0, 40, 0]
    assert (Record.objects.count(), RecordSource.objects.count()) == (40, 80)
    assert list(checks.invariants()) == []


def test_describing_during_an_import_gets_numbers_of_its_own(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 10)
    data = data_of(*(marc(title=f"Кітап {number}", authors=()) for number in range(40)))
    results = at_once(
        lambda: imported(real.librarian, real.school, data),
        lambda: [described(real.neighbour_librarian, real.neighbour, f"Дәптер {number}") for number in range(10)],
    )
    assert isinstance(results[0], ImportRun), results[0]
    assert isinstance(results[1], list), results[1]
    numbers = sorted(Record.objects.values_list("control_number", flat=True))
    assert numbers == [f"KZ{number:010d}" for number in range(1, 51)]
    assert list(checks.invariants()) == []
