"""Files of letters: which are taken, where they lie."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from kitaphana.mailings.errors import BadAttachment

LARGEST_BYTES: Final = 10 * 1024 * 1024
MOST: Final = 5
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
ACCEPT: Final = ",".join(f".{one}" for one in MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is stored already."""

    name: str
    media_type: str
    size: int
    stored: str


def keep(files: list[File]) -> list[Kept]:
    """Store files under their digests; the same bytes are stored once.

    :raises BadAttachment: too many, too large, or not what the name says.
    """
    if len(files) > MOST:
        raise BadAttachment(name=files[MOST].name)
    for one in files:
        if not _is_what_it_says(one):
            raise BadAttachment(name=one.name)
    return [_kept(one) for one in files]


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


def _kept(one: File) -> Kept:
    digest, ending = hashlib.sha256(one.content).hexdigest(), _ending(one.name)
    stored = f"letters/{digest[:2]}/{digest}.{ending}"
    if not default_storage.exists(stored):
        stored = default_storage.save(stored, ContentFile(one.content))
    # Long names lose their middle, never their ending.
    name = PurePath(one.name).name
    return Kept(name if len(name) <= 200 else f"{name[:180]}….{ending}", MEDIA_TYPES[ending], len(one.content), stored)


def _is_what_it_says(one: File) -> bool:
    ending = _ending(one.name)
    if ending not in MEDIA_TYPES or not 0 < len(one.content) <= LARGEST_BYTES or "\x00" in one.name:
        return False
    if ending == "pdf":
        return one.content.startswith(b"%PDF-")
    if ending in {"docx", "xlsx"}:
        return _is_office(one.content, "word/" if ending == "docx" else "xl/")
    return _is_picture(one.content, MEDIA_TYPES[ending])


def _is_office(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            names = pack.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    # Programs inside a document are not passed on to eight thousand schools.
    return any(name.startswith(folder) for name in names) and not any("vbaProject" in name for name in names)


def _is_picture(content: bytes, media_type: str) -> bool:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
            return picture.get_format_mimetype() == media_type  # type: ignore[no-any-return,attr-defined,unused-ignore]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
