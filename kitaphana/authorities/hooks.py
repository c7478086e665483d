"""Questions and news for the domains above."""

from __future__ import annotations

from collections.abc import Callable

on_change: list[Callable[[list[int]], None]] = []
"""Called in the command's transaction with the ids of authorities whose forms have changed."""


def changed(ids: list[int]) -> None:
    """Tell everybody who depends on the forms of these authorities."""
    for told in on_change:
        told(ids)
