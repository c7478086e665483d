"""Two people at once, on real transactions: the same book, the same command, undo and the end beside a scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kitaphana.circulation.tests.factories import AT, copies, lend, reader
from kitaphana.circulation.tests.test_races import at_once, real
from kitaphana.core.ids import new_id
from kitaphana.stocktaking import checks, errors, queries, services
from kitaphana.stocktaking.models import Scan, Stocktaking
from kitaphana.stocktaking.tests.test_services import EVENING, LATER, begin, scan

__all__ = ["real"]  # a fixture: the small world in a database as it is at work


def scanning(world: Any, mine: Stocktaking, code: str, command: Any = None) -> Callable[[], Any]:
    return lambda: scan(world, mine, code, command_id=command or new_id())


def test_the_same_book_twice_is_found_once(real) -> None:
    (one,) = copies(real.school, 1)
    mine = begin(real)
    results = at_once(*(scanning(real, mine, code) for code in (one.barcode, one.barcode, "777", "777")))
    assert sorted(done.scan.is_double for done in results) == [False, False, True, True]
    assert queries.progress(mine).found == 1
    assert list(checks.invariants()) == []


def test_the_same_command_twice_is_one_scan(real) -> None:
    (one,) = copies(real.school, 1)
    mine, command = begin(real), new_id()
    results = at_once(*(scanning(real, mine, one.barcode, command) for _ in range(3)))
    assert len({done.scan.pk for done in results}) == 1
    assert Scan.objects.count() == 1


def test_scans_beside_lending_and_each_other_all_count(real) -> None:
    books = copies(real.school, 6)
    mine, membership = begin(real), reader(real.school, category="TEACHER")
    results = at_once(
        *(scanning(real, mine, book.barcode) for book in books[:5]),
        lambda: lend(real.librarian, membership, books[0], LATER),
        lambda: lend(real.librarian, membership, books[5], LATER),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    figures = queries.progress(mine)
    assert (figures.found, figures.on_loan, figures.left) == (5, 1, 0)
    assert list(checks.invariants()) == []


def test_a_scan_beside_the_end_counts_or_turns_up(real) -> None:
    (one,) = copies(real.school, 1)
    mine = begin(real)
    scanned, closed = at_once(
        scanning(real, mine, one.barcode),
        lambda: services.close(actor=real.librarian, stocktaking=mine, at=EVENING, command_id=new_id()),
    )
    assert (closed.found, closed.missing) in {(1, 0), (0, 1)}
    assert scanned.scan.is_late == (closed.missing == 1)
    assert not queries.still_missing(closed).exists()
    assert list(checks.invariants()) == []


def test_undo_beside_a_second_scan(real) -> None:
    (one,) = copies(real.school, 1)
    mine = begin(real)
    first = scan(real, mine, one.barcode).scan
    at_once(
        lambda: services.undo(actor=real.librarian, stocktaking=mine, scan=first, at=LATER),
        scanning(real, mine, one.barcode),
    )
    assert queries.progress(mine).found == 1
    assert Scan.objects.filter(undone_at=None, is_double=False).count() == 1
    assert list(checks.invariants()) == []


def test_two_begin_one_runs(real) -> None:
    copies(real.school, 1)

    def start() -> Stocktaking:
        return services.start(
            actor=real.librarian, library=real.school, plan=services.Plan(fund="CORE"), at=AT, command_id=new_id()
        )

    results = at_once(start, start)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRuns", "Stocktaking"]
    assert Stocktaking.objects.get().number == 1
    assert isinstance(next(one for one in results if not isinstance(one, Stocktaking)), errors.AlreadyRuns)
