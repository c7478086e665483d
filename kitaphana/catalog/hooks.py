"""Questions the catalogue asks of the domains above it; they register their answers in their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable


def _nobody(record_ids: list[int]) -> dict[int, tuple[int, ...]]:
    return {}


library_ids_of: Callable[[list[int]], dict[int, tuple[int, ...]]] = _nobody
"""Given ids of records: the ids of the libraries that hold a copy, by record. Records held nowhere are absent.

Call it through the module (``hooks.library_ids_of(...)``): the fund puts its answer here when the program starts.
"""
