"""``kitaphana reindex``: the search index from scratch."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from kitaphana.catalog import indexing


class Command(BaseCommand):
    """Build the index anew."""

    help = "Build the search index from scratch; searching goes on with the old one meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it, with progress."""
        began = time.monotonic()

        def tell(done: int) -> None:
            if done % 20_000 == 0:
                self.stdout.write(f"{done:,} records")

        count = indexing.rebuild(tell=tell)
        self.stdout.write(f"{count:,} records indexed in {time.monotonic() - began:.1f} s")
