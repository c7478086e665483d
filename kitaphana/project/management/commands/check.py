"""``kitaphana check``: every invariant of every domain; exit 1 and a list where one fails."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kitaphana.project.invariants import violations


class Command(BaseCommand):
    """Prove that ledger, copies and loans agree.

    Takes the place of Django's own ``check``, whose checks of the program belong to developers (``make check``).
    """

    help = "Prove that the books agree: one open loan per copy, ledger = inventory, numbers without gaps."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--json", action="store_true", help="print {ok, violations} as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is broken; exit 1 if anything is."""
        found = list(violations())
        if options["json"]:
            rows = [{"code": one.code, "message": one.message, "params": one.params} for one in found]
            self.stdout.write(json.dumps({"ok": not found, "violations": rows}, ensure_ascii=False, default=str))
        else:
            for one in found:
                self.stdout.write(f"{one.code}: {one.message} {one.params or ''}".rstrip())
            self.stdout.write("Everything agrees." if not found else f"{len(found)} violations.")
        if found:
            raise SystemExit(1)
