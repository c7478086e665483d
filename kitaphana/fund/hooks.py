"""Questions the fund asks of the domains above it; they register their answers in their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable

copies_in_use: list[Callable[[list[int]], dict[int, str]]] = []
"""Given ids of copies, each function returns those that can't leave the fund now, with the reason in
words."""


def reasons_in_use(copy_ids: list[int]) -> dict[int, str]:
    """Why copies can't leave the fund: copy id → one reason. Copies that can are absent."""
    reasons: dict[int, str] = {}
    for question in copies_in_use:
        for copy_id, reason in question(copy_ids).items():
            reasons.setdefault(copy_id, reason)
    return reasons


LoanMoves = list[tuple[int, int]]
"""(id of a loan, volumes still out)."""


def _no_loans(from_id: int, to_id: int, only: LoanMoves | None) -> LoanMoves:
    return []


move_loans: Callable[[int, int, LoanMoves | None], LoanMoves] = _no_loans
"""Take loans of one card over to another: all of them, or those given. Circulation answers with what it moved."""
