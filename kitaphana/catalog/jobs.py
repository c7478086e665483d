"""Background work of the catalogue: imports of files that somebody uploaded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from kitaphana.catalog import indexing
from kitaphana.catalog import services as catalog
from kitaphana.core import clock, jobs
from kitaphana.core.ids import new_id
from kitaphana.organizations.models import Organization
from kitaphana.people import queries
from kitaphana.people.models import User

IMPORT = "catalog.import_marc"
KEPT_FOR = timedelta(days=7)
_CHUNK = 2**20


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path(upload_id: UUID) -> Path:
    return _folder() / f"{upload_id}.records"


def keep(file: UploadedFile[Any]) -> UUID:
    """Store an uploaded file piece by piece until its import has run; returns its id."""
    upload_id = new_id()
    with _path(upload_id).open("wb") as target:
        for chunk in file.chunks(_CHUNK):
            target.write(chunk)
    return upload_id


def _records_in(stream: BinaryIO) -> int | None:
    """About how many records an ISO 2709 file has, for the progress; None where that can't be told quickly."""
    count = 0
    is_packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    if is_packed:
        return None
    while chunk := stream.read(_CHUNK):
        count += chunk.count(b"\x1d")
    stream.seek(0)
    return count or None


@jobs.work(IMPORT)
def import_marc(progress: jobs.Progress, **arguments: Any) -> Any:
    """Import an uploaded file (``upload``, ``name``, ``format``, ``library``, ``user``)."""
    user = User.objects.get(pk=arguments["user"])
    path = _path(UUID(arguments["upload"]))
    try:
        with path.open("rb") as stream:
            total = _records_in(stream)
            run = catalog.import_marc(
                actor=queries.actor_of(user),
                library=Organization.objects.get(pk=arguments["library"]),
                stream=stream,
                file_name=arguments["name"],
                format=arguments["format"],
                at=clock.now(),
                progress=lambda done: progress.tell(done, total and max(total, done)),
            )
    finally:
        path.unlink(missing_ok=True)
    indexing.bring_up_to_date()
    return {
        "run": run.pk,
        **{name: getattr(run, name) for name in ("read", "imported", "updated", "merged", "rejected")},
    }


@jobs.work("catalog.forget_uploads", every=timedelta(hours=24))
def forget_uploads(progress: jobs.Progress, **arguments: Any) -> Any:
    """Remove uploaded files whose import never ran."""
    removed = 0
    oldest = (clock.now() - KEPT_FOR).timestamp()
    for path in _folder().glob("*.records"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return {"removed": removed}
