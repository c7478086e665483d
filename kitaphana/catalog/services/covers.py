"""Cover pictures."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from kitaphana.catalog import errors
from kitaphana.catalog.models import Record
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
SIDE = 600


@transaction.atomic
def set_cover(
    *, actor: Actor, library: Organization, record: Record, picture: bytes, at: datetime, command_id: UUID | None = None
) -> Record:
    """Store a cover as WebP of at most 600 pixels a side; an empty picture removes it.

    :raises BadPicture: it is not a picture, is damaged, or too large.
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if audit.repeated(command_id) is not None:
        return Record.objects.get(pk=record.pk)
    before = record.cover
    record.cover = _stored(picture) if picture else ""
    record.save(update_fields=["cover"])
    audit.record(
        actor, "catalog.cover_set", record, at=at, library_id=library.pk, command_id=command_id,
        before={"cover": before}, after={"cover": record.cover},
    )  # fmt: skip
    return record


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture upright (phones turn it by a mark only), at most ``SIDE`` wide and high, on white."""
    picture = ImageOps.exif_transpose(image)
    picture.thumbnail((SIDE, SIDE))
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    white.alpha_composite(clear)
    return white.convert("RGB")


def _stored(picture: bytes) -> str:
    if len(picture) > LARGEST_BYTES:
        raise errors.BadPicture()
    try:
        with Image.open(io.BytesIO(picture)) as image:
            if image.width * image.height > LARGEST_PIXELS:
                raise errors.BadPicture()
            small = io.BytesIO()
            _shrunk(image).save(small, "WEBP", quality=80)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        # Pillow says SyntaxError for a damaged PNG.
        raise errors.BadPicture() from error
    digest = hashlib.sha256(small.getvalue()).hexdigest()
    name = f"covers/{digest[:2]}/{digest}.webp"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(small.getvalue()))
