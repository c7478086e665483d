"""When the issues of a periodical are expected, and how they are numbered."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kitaphana.serials.enums import Frequency

_WEEKDAYS: Final = {
    Frequency.WORKDAYS: (0, 1, 2, 3, 4),
    Frequency.THRICE_A_WEEK: (1, 3, 5),
    Frequency.TWICE_A_WEEK: (1, 4),
}
"""Days of the week on which newspapers come, Monday is 0; nobody works on the day after a free one."""
_MONTHS: Final = {
    Frequency.MONTHLY: 1, Frequency.EVERY_TWO_MONTHS: 2, Frequency.QUARTERLY: 3, Frequency.TWICE_A_YEAR: 6,
    Frequency.YEARLY: 12,
}  # fmt: skip
_DAYS: Final = {Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}
_HALF: Final = 15


@dataclass(frozen=True, slots=True)
class Expected:
    """An issue that should come: its number within the year, and the day."""

    year: int
    number: int
    on: date


def expected(frequency: str, starts_on: date, ends_on: date, first_number: int = 1) -> list[Expected]:
    """The issues of a period in their order. Numbers go on from ``first_number`` and begin anew with each year."""
    found: list[Expected] = []
    number = first_number
    for day in _days(Frequency(frequency), starts_on, ends_on):
        if found and day.year != found[-1].year:
            number = 1
        found.append(Expected(day.year, number, day))
        number += 1
    return found


def _days(frequency: Frequency, starts_on: date, ends_on: date) -> Iterator[date]:
    if frequency in _WEEKDAYS:
        day = starts_on
        while day <= ends_on:
            if day.weekday() in _WEEKDAYS[frequency]:
                yield day
            day += timedelta(days=1)
    elif frequency in _DAYS:
        day = starts_on
        while day <= ends_on:
            yield day
            day += timedelta(days=_DAYS[frequency])
    elif frequency == Frequency.TWICE_A_MONTH:
        day = starts_on
        while day <= ends_on:
            if day.day in (1, _HALF):
                yield day
            day += timedelta(days=1)
    else:
        step = 0
        while (day := _months_after(starts_on, step)) <= ends_on:
            yield day
            step += _MONTHS[frequency]


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
