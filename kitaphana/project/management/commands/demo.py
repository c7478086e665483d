"""``kitaphana demo``: a small made-up network with two years of life in it."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.catalog import indexing
from kitaphana.organizations.models import Organization
from kitaphana.project.demo.build import build


class Command(BaseCommand):
    """Fill an empty installation."""

    help = "Fill an empty data folder with a made-up network; writes demo.json for scripts."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is data already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the demo with progress on the way."""
        if Organization.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There is data already; the demo only goes into an empty data folder.")
        began = time.monotonic()

        def tell(text: str) -> None:
            self.stdout.write(f"     {time.monotonic() - began:5.1f} s  {text}")
            self.stdout.flush()

        build(tell=tell)
        tell("search index")
        indexing.bring_up_to_date()
        tell("done")
