"""The only place that reads the clock. Moments are UTC in the store, days are days of Kazakhstan."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware."""
    return timezone.now()


def today() -> date:
    """The present day in the installation's time zone."""
    return timezone.localdate()


def day_of(moment: datetime) -> date:
    """The day in the installation's time zone that a moment falls on."""
    return timezone.localdate(moment)


def school_year(day: date) -> int:
    """The calendar year in which the school year of a day began; the year turns on 1 August."""
    return day.year if day.month >= 8 else day.year - 1
