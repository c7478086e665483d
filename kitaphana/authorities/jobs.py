"""Background work of the authorities: imports of uploaded files."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from kitaphana.authorities import services as authorities
from kitaphana.core import clock, jobs
from kitaphana.core.ids import new_id
from kitaphana.people import queries
from kitaphana.people.models import User

IMPORT = "authorities.import"
_CHUNK = 2**20


def _path(upload_id: UUID) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{upload_id}.records"  # the catalogue's daily work removes what never ran


def keep(file: UploadedFile[Any]) -> UUID:
    """Store an uploaded file piece by piece until its import has run; returns its id."""
    upload_id = new_id()
    with _path(upload_id).open("wb") as target:
        for chunk in file.chunks(_CHUNK):
            target.write(chunk)
    return upload_id


@jobs.work(IMPORT)
def import_authorities(progress: jobs.Progress, **arguments: Any) -> Any:
    """Import an uploaded file (``upload``, ``name``, ``user``); the result is the report."""
    user = User.objects.get(pk=arguments["user"])
    path = _path(UUID(arguments["upload"]))
    try:
        with path.open("rb") as stream:
            report = authorities.import_authorities(
                actor=queries.actor_of(user), stream=stream, at=clock.now(), progress=progress.tell
            )
    finally:
        path.unlink(missing_ok=True)
    return {
        "name": arguments["name"], "read": report.read, "added": report.added, "updated": report.updated,
        "unchanged": report.unchanged, "problems": report.problems,
    }  # fmt: skip
