"""Questions people asks of the domains above; circulation registers its answers in its ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

open_loans_of: list[Callable[[int, Iterable[int]], dict[int, int]]] = []
"""How many books each person still has: called with (library id, person ids), answers person id → number."""


def debts(library_id: int, person_ids: Iterable[int]) -> dict[int, int]:
    """Number of books each of the persons still has from the library; persons without any are left out."""
    ids = list(person_ids)
    found: dict[int, int] = {}
    for ask in open_loans_of:
        for person_id, number in ask(library_id, ids).items():
            if number:
                found[person_id] = found.get(person_id, 0) + number
    return found
