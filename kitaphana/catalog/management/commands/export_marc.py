"""``kitaphana export-marc -o FILE``: records as other systems take them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.catalog import exports, queries
from kitaphana.formats import iso2709
from kitaphana.organizations.models import Organization

NAMES = {"rusmarc": "unimarc"}
"""Other names of a form."""


class Command(BaseCommand):
    """Write records to a file; what was imported in UTF-8 comes out byte for byte."""

    help = "Export records (MARC 21, MARCXML, UNIMARC/RUSMARC, MODS, Dublin Core, RIS …): all, or those of a library."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--library", metavar="CODE", help="only records it holds or has contributed")
        parser.add_argument("--format", choices=(*exports.FORMS, *NAMES), default="marc21")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="table of what the form had no place for: record, field"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        library = None
        if options["library"]:
            library = Organization.objects.filter(code=options["library"], is_library=True).first()
            if library is None:
                raise CommandError(f"There is no library with the code {options['library']}.", returncode=2)
        form = exports.FORMS[NAMES.get(options["format"], options["format"])]
        lost: list[tuple[str, str]] = []

        def note(control_number: str, fields: Sequence[str]) -> None:
            lost.extend((control_number, field) for field in fields)

        count = skipped = 0
        try:
            with options["output"].open("wb") as stream:
                stream.write(form.head)
                for record in queries.export_records(library):
                    try:
                        data = form.one(exports.Item(record), note)
                    except iso2709.RecordTooLong as error:
                        skipped += 1
                        self.stderr.write(f"{record.control_number}: {error}; export it as marcxml")
                        continue
                    stream.write(form.between + data if count else data)
                    count += 1
                stream.write(form.foot)
            if options["report"]:
                self._report(options["report"], lost)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{count} records written to {options['output']}")
        if lost:
            self.stdout.write(f"{len({number for number, _ in lost})} records had fields without a place in the form:")
            for field, times in Counter(field for _, field in lost).most_common():
                self.stdout.write(f"  {field}: {times}")
        if skipped:
            raise CommandError(f"{skipped} records are too long for ISO 2709", returncode=1)

    @staticmethod
    def _report(path: Path, lost: Sequence[tuple[str, str]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
            writer.writerow(("record", "field"))
            writer.writerows(lost)
