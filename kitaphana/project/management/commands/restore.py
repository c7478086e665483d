"""``kitaphana restore FILE``: an installation from a backup, into an empty data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.project import backups


class Command(BaseCommand):
    """Read a backup."""

    help = "Restore FILE into the data folder (and the database); refuses where something is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it or say why not."""
        try:
            backups.restore(options["file"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restored. Run `kitaphana reindex`, then `kitaphana check`.")
