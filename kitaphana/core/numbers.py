"""Gapless number series, given out inside the command's transaction."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from kitaphana.core.models import NumberSeries


def take(library_id: int, series: str, count: int = 1) -> range:
    """The next ``count`` numbers of a library's series. A rolled-back command gives them back: no gaps.

    The row stays locked until the command ends, so two commands cannot get the same number.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numbers are taken inside a command's transaction")
    mine = NumberSeries.objects.filter(library_id=library_id, series=series)
    if not mine.update(last=F("last") + count):
        NumberSeries.objects.get_or_create(library_id=library_id, series=series)
        mine.update(last=F("last") + count)
    last = mine.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)


def raise_to(library_id: int, series: str, last: int) -> None:
    """Let a series go on after ``last`` at least: these numbers were given before the program was used."""
    NumberSeries.objects.get_or_create(library_id=library_id, series=series)
    NumberSeries.objects.filter(library_id=library_id, series=series, last__lt=last).update(last=last)
