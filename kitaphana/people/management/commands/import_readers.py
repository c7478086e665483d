"""``kitaphana import-readers FILE --library CODE [--json]``: a list of readers from a CSV or XLSX file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.organizations.queries import library_by_code
from kitaphana.people import services


class Command(BaseCommand):
    """Import readers; exit 0 where the file could be read to its end, however many rows were rejected."""

    help = "Import a list of readers (CSV or XLSX) into a library; a repeated list doubles nobody."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--library", required=True, help="code of the library")
        parser.add_argument("--year", type=int, help="calendar year in which the school year of the classes began")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and print what was done and every rejected row with the reason."""
        path: Path = options["file"]
        try:
            result = services.import_readers(
                actor=SYSTEM,
                library=library_by_code(options["library"]),
                data=path.read_bytes(),
                file_name=path.name,
                at=clock.now(),
                school_year=options["year"],
            )
        except DomainError as refusal:
            raise CommandError(f"{refusal} {refusal.advice_text} [{refusal.code}]") from refusal
        except OSError as broken:
            raise CommandError(f"{path}: {broken.strerror}") from broken
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False))
            return
        for error in result.errors:
            self.stdout.write(f"{error.row}: {error.column}: {error.message}")
        self.stdout.write(
            f"{result.read} read, {result.added} added, {result.updated} updated, "
            f"{result.unchanged} unchanged, {result.rejected} rejected"
        )
