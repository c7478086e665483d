"""``kitaphana backup FILE``: the whole installation in one archive, while people work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.project import backups


class Command(BaseCommand):
    """Write a backup."""

    help = "Write database, files and secret into FILE (.tar.gz) while people work; verified before it counts."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it or say why not."""
        try:
            size = backups.write(options["file"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['file']}: {size:,} bytes")
