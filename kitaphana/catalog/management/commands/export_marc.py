"""``kitaphana export-marc -o FILE``: records as other systems take them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.catalog import queries
from kitaphana.formats import iso2709, marcxml
from kitaphana.organizations.models import Organization


class Command(BaseCommand):
    """Write records to a file; what was imported comes out byte for byte."""

    help = "Export records as MARC 21 (ISO 2709, UTF-8) or MARCXML: all, or those of a library."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--library", metavar="CODE", help="only records it holds or has contributed")
        parser.add_argument("--format", choices=("marc21", "marcxml"), default="marc21")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        library = None
        if options["library"]:
            library = Organization.objects.filter(code=options["library"], is_library=True).first()
            if library is None:
                raise CommandError(f"There is no library with the code {options['library']}.", returncode=2)
        records = queries.export_records(library)
        count = skipped = 0
        try:
            with options["output"].open("wb") as stream:
                if options["format"] == "marcxml":
                    count = marcxml.write(records, stream)
                else:
                    for record in records:
                        try:
                            stream.write(iso2709.write(record))
                            count += 1
                        except iso2709.RecordTooLong as error:
                            skipped += 1
                            self.stderr.write(f"{record.control_number}: {error}; export it as marcxml")
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{count} records written to {options['output']}")
        if skipped:
            raise CommandError(f"{skipped} records are too long for ISO 2709", returncode=1)
