"""``kitaphana harvest [NAME]``: harvest one catalogue, or all whose time has come."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.core import clock
from kitaphana.protocols.harvest import services
from kitaphana.protocols.harvest.models import HarvestSource


class Command(BaseCommand):
    """Take new records of other catalogues over by OAI-PMH."""

    help = "Harvest other catalogues by OAI-PMH: one by its name, or all whose time has come."

    def add_arguments(self, parser: CommandParser) -> None:
        """The name of a source."""
        parser.add_argument("name", nargs="?", default="")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Harvest and tell what came."""
        if options["name"]:
            sources = list(HarvestSource.objects.select_related("library").filter(name=options["name"]))
            if not sources:
                raise CommandError(f"there is no source {options['name']!r}")
        else:
            sources = services.due(clock.now())
        for source in sources:
            run = services.harvest(source=source, at=clock.now(), tell=lambda count: None)
            self.stdout.write(
                f"{source.name}: {run.read} read, {run.deleted} deleted there{'; ' + run.problem if run.problem else ''}"
            )
