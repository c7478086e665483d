"""``kitaphana import-marc FILE --library CODE``: take a file of records into the union catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.catalog import indexing, reports
from kitaphana.catalog import services as catalog
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.organizations.models import Organization


class Command(BaseCommand):
    """Import a file; exit 0 when it could be read to its end, however many records were rejected."""

    help = "Import bibliographic records (ISO 2709 or MARCXML; MARC 21 or UNIMARC/RUSMARC)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--library", required=True, metavar="CODE", help="code of the library that gives the file")
        parser.add_argument("--format", choices=("auto", "marc21", "unimarc", "marcxml"), default="auto")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        library = Organization.objects.filter(code=options["library"], is_library=True).first()
        if library is None:
            raise CommandError(f"There is no library with the code {options['library']}.", returncode=2)
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                run = catalog.import_marc(
                    actor=SYSTEM, library=library, stream=stream, file_name=path.name, format=options["format"],
                    at=clock.now(),
                )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}", returncode=2) from error
        except DomainError as refusal:
            raise CommandError(f"{path}: {refusal}", returncode=2) from refusal
        indexing.bring_up_to_date()
        report = reports.report(run)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        self.stdout.write(
            "read {read}: imported {imported}, updated {updated}, merged {merged}, rejected {rejected}".format(**report)
        )
        for line in report["errors"]:
            self.stdout.write(f"  record {line['record']} at {line['position']}: {line['message']} [{line['code']}]")
