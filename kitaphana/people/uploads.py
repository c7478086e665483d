"""Uploaded lists between preview and confirmation: encrypted files in the data folder, forgotten after a day.

So the import takes exactly the bytes that were previewed, and no children's data lies about in the open.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kitaphana.core import crypto
from kitaphana.core.ids import new_id
from kitaphana.people.errors import UploadGone

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """A list somebody uploaded for a library."""

    id: UUID
    library_id: int
    user_id: int | None
    file_name: str
    data: bytes


def _folder() -> Path:
    folder = Path(settings.DATA) / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _path(upload_id: UUID) -> Path:
    return _folder() / f"{upload_id}.list"


def keep(*, library_id: int, user_id: int | None, file_name: str, data: bytes) -> Upload:
    """Keep an uploaded list."""
    upload = Upload(new_id(), library_id, user_id, Path(file_name).name[:200], data)
    text = json.dumps(
        {
            "library": library_id,
            "user": user_id,
            "name": upload.file_name,
            "data": base64.b64encode(data).decode("ascii"),
        }
    )
    _path(upload.id).write_bytes(crypto.encrypt(text))
    return upload


def find(upload_id: UUID, *, library_id: int, user_id: int | None) -> Upload:
    """A kept list, for the one who uploaded it to that library.

    :raises UploadGone: it was imported or forgotten, or is somebody else's.
    """
    try:
        kept = json.loads(crypto.decrypt(_path(upload_id).read_bytes()))
    except FileNotFoundError as error:
        raise UploadGone() from error
    if (kept["library"], kept["user"]) != (library_id, user_id):
        raise UploadGone()
    return Upload(upload_id, library_id, user_id, kept["name"], base64.b64decode(kept["data"]))


def forget(upload_id: UUID) -> None:
    """Remove a list; one that is gone is no harm."""
    _path(upload_id).unlink(missing_ok=True)


def forget_old(now: datetime) -> int:
    """Remove lists older than a day; how many."""
    removed = 0
    for path in _folder().glob("*.list"):
        if path.stat().st_mtime < (now - KEPT_FOR).timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
