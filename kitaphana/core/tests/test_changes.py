"""The change sequence: nothing is passed over, whatever the order in which commands begin and end."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction

from kitaphana.core import changes
from kitaphana.core.models import NumberSeries
from kitaphana.core.tests.threads import at_once

KIND = "test.thing"


def settle() -> None:
    """Wait until what was committed may be seen: transactions of other databases of the server hold it back too."""
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                "SELECT coalesce(max(transaction_id), 0) < txid_snapshot_xmin(txid_current_snapshot()) FROM core_change"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    pytest.fail("a transaction stayed open for a minute")


def followed(sequence: int = 0, limit: int = 1000) -> list[int]:
    return [object_id for _, object_id in changes.after(sequence, kind=KIND, limit=limit)]


def test_after_gives_one_kind_in_order_from_a_place_on(committed: None) -> None:
    changes.note(KIND, [5, 3])
    changes.note("test.other", [9])
    changes.note(KIND, iter([4]))
    settle()
    every = changes.after(0, kind=KIND)
    assert [object_id for _, object_id in every] == [5, 3, 4]
    assert [sequence for sequence, _ in every] == sorted({sequence for sequence, _ in every})
    assert followed(every[0][0]) == [3, 4]
    assert followed(limit=2) == [5, 3]
    assert followed(changes.latest()) == []


def test_nothing_noted_is_nothing_to_follow(committed: None) -> None:
    changes.note(KIND, [])
    assert (followed(), changes.latest()) == ([], 0)


def test_a_rolled_back_command_has_changed_nothing(committed: None) -> None:
    with transaction.atomic():
        changes.note(KIND, [1])
        transaction.set_rollback(True)
    settle()
    assert followed() == []


def test_epoch_stays_and_belongs_to_its_database(committed: None) -> None:
    epoch = changes.epoch()
    assert at_once(changes.epoch, changes.epoch) == [epoch, epoch]
    NumberSeries.objects.all().delete()
    assert changes.epoch() != epoch


def test_a_follower_misses_nothing_of_commands_at_once(committed: None) -> None:
    """Eight writers note and commit while a follower reads on from where it was."""
    writing = threading.Event()
    writing.set()

    def write(writer: int) -> None:
        for number in range(25):
            with transaction.atomic():
                NumberSeries.objects.create(library_id=writer, series=str(number))
                changes.note(KIND, [writer * 100 + number])

    def write_all() -> list[Any]:
        try:
            return at_once(*[lambda writer=writer: write(writer) for writer in range(8)])  # type: ignore[misc]
        finally:
            writing.clear()

    def follow() -> list[int]:
        seen: list[int] = []
        sequence = 0
        while True:
            is_last = not writing.is_set()
            if is_last:
                settle()
            batch = changes.after(sequence, kind=KIND)
            seen += [object_id for _, object_id in batch]
            sequence = batch[-1][0] if batch else sequence
            if is_last:
                return seen
            time.sleep(0.005)  # a follower that never rests would keep the interpreter from the writers

    written, seen = at_once(write_all, follow)
    assert written == [None] * 8
    assert sorted(seen) == sorted(writer * 100 + number for writer in range(8) for number in range(25))


def test_a_change_noted_first_and_committed_last_is_not_passed_over(committed: None) -> None:
    """The command that began first notes second and commits first: its number is greater, its transaction older."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    began, noted, seen = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            NumberSeries.objects.create(library_id=1, series="first")
            began.set()
            assert noted.wait(10)
            changes.note(KIND, [1])

    def second() -> None:
        assert began.wait(10)
        with transaction.atomic():
            changes.note(KIND, [2])
            noted.set()
            assert seen.wait(10)

    def run(call: Any) -> threading.Thread:
        def guarded() -> None:
            try:
                call()
            finally:
                connections.close_all()

        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    one, other = run(first), run(second)
    one.join(10)
    before = changes.after(0, kind=KIND)
    latest = changes.latest()
    seen.set()
    other.join(10)
    settle()
    place = before[-1][0] if before else 0
    assert sorted([object_id for _, object_id in before] + followed(place)) == [1, 2]
    assert 2 in followed(latest)
