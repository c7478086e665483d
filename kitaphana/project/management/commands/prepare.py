"""``kitaphana prepare``: everything between installing and serving, in one process, so that a second start is quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

IGNORED = ["*.map", "redoc*"]


class Command(BaseCommand):
    """Translations, front end, database and, if asked, the demo."""

    help = "Compile translations, build the front end, migrate; with --demo fill an empty data folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--demo", action="store_true", help="fill an empty data folder with the demo network")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is not done yet, with progress on the way."""
        self._tell("2/4  Front end and translations")
        call_command("compile_messages", stdout=self.stdout)
        collect_static()
        self._tell(f"3/4  Database in {settings.DATA}")
        call_command("migrate", verbosity=0)
        if options["demo"]:
            self._tell("4/4  Demo network (only into an empty data folder)")
            call_command("demo", if_empty=True, stdout=self.stdout)

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def collect_static() -> bool:
    """Collect, hash and compress the static files unless nothing has changed since; returns whether it was done."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    now = "\n".join(_facts())
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=IGNORED)
    stamp.write_text(now, encoding="utf-8")
    return True


def _facts() -> Iterator[str]:
    """Name, size and time of every static file."""
    for finder in get_finders():
        for path, storage in finder.list(IGNORED):
            facts = Path(storage.path(path)).stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"
