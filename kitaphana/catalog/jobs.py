"""Background work of the catalogue."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage

from kitaphana.catalog import services
from kitaphana.catalog.models import ImportRun
from kitaphana.core import clock, jobs
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User
from kitaphana.people.queries import actor_of

IMPORT = "catalog.import_marc"


@jobs.work(IMPORT)
def import_marc(progress: jobs.Progress, **arguments: Any) -> dict[str, Any]:
    """Import an uploaded file (``user``, ``library``: ids; ``stored``: its place in the store; ``file_name``, ``format``).

    Repeated after a power cut it goes on: what was taken already counts as updated.
    """
    stored = str(arguments["stored"])
    actor = actor_of(User.objects.get(pk=arguments["user"]))
    library = Organization.objects.get(pk=arguments["library"])
    with default_storage.open(stored, "rb") as stream:
        run: ImportRun = services.import_marc(
            actor=actor,
            library=library,
            stream=cast(BinaryIO, stream),
            file_name=str(arguments["file_name"]),
            format=str(arguments["format"]),
            at=clock.now(),
            progress=progress.tell,
        )
    default_storage.delete(stored)
    return {"run": run.pk, "read": run.read, "rejected": run.rejected}
