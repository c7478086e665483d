"""Questions the catalogue asks of the domains above it; they register their answers in their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _nobody(record_ids: list[int]) -> dict[int, tuple[int, ...]]:
    return {}


library_ids_of: Callable[[list[int]], dict[int, tuple[int, ...]]] = _nobody
"""Given ids of records: the ids of the libraries that hold a copy, by record. Records held nowhere are absent.

Call it through the module (``hooks.library_ids_of(...)``): the fund puts its answer here when the program starts.
"""


@dataclass(frozen=True, slots=True)
class Follower:
    """How a domain's rows follow a record that is merged into another one.

    ``move(loser_id, winner_id)`` returns what is needed to take it back (JSON values); ``back(loser_id, winner_id,
    moved)`` does that and raises a refusal where it can't be done any more. Both run in the merge's transaction.
    """

    move: Callable[[int, int], dict[str, Any]]
    back: Callable[[int, int, dict[str, Any]], None]


followers: dict[str, Follower] = {}
"""Domains whose rows need more than a new number of the record, by name."""

followed: set[str] = set()
"""Labels of models that a follower takes care of, and of those that must not move: lists that were signed."""
