"""Months drawn as weeks, for the calendar page."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Day:
    """A square of a month; ``note`` says why it is closed beyond the weekday."""

    on: date
    is_closed: bool
    is_today: bool
    note: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month of weeks from Monday to Sunday; None where the square belongs to another month."""

    first: date
    weeks: list[list[Day | None]]


def month_grids(
    since: date, until: date, closed_weekdays: frozenset[int], closed: Mapping[date, str], today: date
) -> list[Month]:
    """The months from ``since`` to ``until``, with closed days marked."""
    found = []
    year, month = since.year, since.month
    while (year, month) <= (until.year, until.month):
        weeks = [
            [
                Day(
                    on=on,
                    is_closed=on.isoweekday() in closed_weekdays or on in closed,
                    is_today=on == today,
                    note=closed.get(on, ""),
                )
                if on.month == month
                else None
                for on in week
            ]
            for week in calendar.Calendar().monthdatescalendar(year, month)
        ]
        found.append(Month(date(year, month, 1), weeks))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
