"""Questions that weeding asks of the domains above it; they register their answers in their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kitaphana.organizations.models import Organization

dropped_textbooks: list[Callable[[Organization, date], dict[int, str]]] = []
"""Given a library and a day, each function returns the editions that are not taught from any more (record id → why in
words, for example «Not in any textbook set of 2026/2027»)."""


def dropped(library: Organization, day: date) -> dict[int, str]:
    """Editions that a library does not teach from any more: record id → one reason in words."""
    found: dict[int, str] = {}
    for question in dropped_textbooks:
        for record_id, why in question(library, day).items():
            found.setdefault(record_id, why)
    return found
