"""``kitaphana import-inventory FILE --library CODE [--start DAY] [--fund FUND] [--try] [--json]``: a former inventory
book from a CSV or XLSX file becomes the opening balance of a library."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import services
from kitaphana.fund.enums import FundType
from kitaphana.organizations.queries import library_by_code


class Command(BaseCommand):
    """Take an inventory book; exit 0 where the file could be read to its end, however many rows were rejected."""

    help = "Take a former inventory book (CSV or XLSX) as the opening balance of a library; again doubles nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--library", required=True, help="code of the library")
        parser.add_argument(
            "--start", type=date.fromisoformat, help="day of the balance, YYYY-MM-DD; today if left out"
        )
        parser.add_argument("--fund", default="CORE", choices=FundType.values, help="fund of rows that name none")
        parser.add_argument("--try", dest="is_try", action="store_true", help="only say what would be taken")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the file, and print what was done and every rejected row with the reason."""
        path: Path = options["file"]
        at = clock.now()
        try:
            values: dict[str, Any] = {
                "actor": SYSTEM,
                "library": library_by_code(options["library"]),
                "data": path.read_bytes(),
                "file_name": path.name,
                "start": options["start"] or clock.day_of(at),
                "at": at,
                "default_fund": options["fund"],
            }
            if options["is_try"]:
                plan = services.plan_opening(**values)
                result = services.OpeningResult(
                    plan.book.read, plan.total, plan.already, plan.book.withdrawn, plan.problems
                )
            else:
                result = services.take_opening(**values, command_id=new_id())
        except DomainError as refusal:
            raise CommandError(f"{refusal} {refusal.advice_text} [{refusal.code}]") from refusal
        except OSError as broken:
            raise CommandError(f"{path}: {broken.strerror}") from broken
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False))
            return
        for one in result.problems:
            self.stdout.write(f"{one.row}: {one.column}: {one.message} {one.advice}")
        self.stdout.write(
            f"{result.read} read, {result.taken.rows} taken ({result.taken.copies} volumes, {result.taken.amount} tenge), "
            f"{result.already} already here, {result.withdrawn} withdrawn before, {result.rejected} rejected"
        )
