"""Commands of circulation: what they do, what they refuse, that they may be repeated."""

from __future__ import annotations

from kitaphana.circulation.tests.factories import copies, give_back, lend, reader


def test_check_out_then_in(world) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    loan = lend(world.librarian, membership, copy)
    assert loan.due_on.isoformat() == "2026-09-28"
    done = give_back(world.librarian, copy)
    assert done.loan.pk == loan.pk
