"""Reads of the fund: copies, acts, the books of account, figures."""

from __future__ import annotations

from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy


def library_ids_of(record_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """The libraries that hold a copy in their fund, by record; records held nowhere are absent. One statement."""
    pairs = (
        Copy.objects.filter(record_id__in=record_ids, state=CopyState.IN_FUND)
        .values_list("record_id", "library_id")
        .order_by("record_id", "library_id")
        .distinct()
    )
    found: dict[int, tuple[int, ...]] = {}
    for record_id, library_id in pairs:
        found[record_id] = (*found.get(record_id, ()), library_id)
    return found
