"""``kitaphana count-indicators``: every roll-up anew from the records."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from kitaphana.core import clock
from kitaphana.indicators import rollups

YEARS = 10
"""How far back it counts."""


class Command(BaseCommand):
    """Count the indicators of every library and every node above it for the last ten years."""

    help = "Count the indicators of everybody anew; repeating it changes nothing."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and say how many rows were written."""
        today = clock.today()
        rows = rollups.count_all(date(today.year - YEARS, 1, 1), today)
        self.stdout.write(f"{rows} rows written.")
