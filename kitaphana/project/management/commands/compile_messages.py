"""``kitaphana compile-messages``: translation catalogues made readable for the program, without gettext's tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Write a .mo beside every .po that is newer."""

    help = "Compile the translation catalogues (run by make setup)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile all catalogues of the package."""
        count = 0
        for source in sorted(Path(settings.PACKAGE).glob("**/locale/*/LC_MESSAGES/django.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as stream:
                catalog = read_po(stream, locale=source.parts[-3])
            with target.open("wb") as stream:
                write_mo(stream, catalog, use_fuzzy=False)
            count += 1
        self.stdout.write(f"{count} catalogues compiled")
