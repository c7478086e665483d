"""Cover pictures."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
import zlib
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

import pypdfium2 as pdfium
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from lxml import etree
from PIL import Image, ImageOps

from kitaphana.catalog import errors
from kitaphana.catalog.models import Record
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_BOOK = 100 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
SIDE = 600


@transaction.atomic
def set_cover(
    *, actor: Actor, library: Organization, record: Record, picture: bytes, at: datetime, command_id: UUID | None = None
) -> Record:
    """Store a cover as WebP of at most 600 pixels a side; an empty picture removes it.

    ``picture``: a picture, or the book as PDF (its first page) or EPUB (the cover that it names).

    :raises BadPicture: it is not a picture, is damaged, or too large.
    :raises NoCoverInside: the book is damaged or has no cover.
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if audit.repeated(command_id) is not None:
        return Record.objects.get(pk=record.pk)
    before = record.cover
    record.cover = _stored(_pictured(picture)) if picture else ""
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


def _pictured(file: bytes) -> bytes:
    """The picture of a cover: the file itself, the first page of a PDF, or the cover that an EPUB names."""
    if file.startswith(b"%PDF-") or b"%PDF-" in file[:1024]:
        return _first_page(file)
    if file.startswith(b"PK"):
        return _epub_cover(file)
    return file


def _first_page(file: bytes) -> bytes:
    try:
        document = pdfium.PdfDocument(file)
        try:
            page = document[0]
            scale = min(2 * SIDE / max(page.get_size()), 4.0)
            picture = page.render(scale=scale, may_draw_forms=False).to_pil()
        finally:
            document.close()
    except (pdfium.PdfiumError, IndexError, ValueError, ZeroDivisionError) as error:
        raise errors.NoCoverInside() from error
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")
    return out.getvalue()


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, KeyError, EOFError, etree.XMLSyntaxError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What a broken archive, a password or a strange way of packing raise."""


def _epub_cover(file: bytes) -> bytes:
    """By the package's «cover-image», the older meta «cover», or the only picture that calls itself a cover."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as book:
            package = _package_of(book)
            items = {
                one.get("id", ""): (
                    one.get("href", ""),
                    (one.get("properties") or "").split(),
                    one.get("media-type", ""),
                )
                for one in package[1].iter("{*}item")
            }
            named = [one.get("content") for one in package[1].iter("{*}meta") if one.get("name") == "cover"]
            pictures = {key: item for key, item in items.items() if item[2].startswith("image/")}
            found = next((item for item in pictures.values() if "cover-image" in item[1]), None)
            found = found or next((pictures[key] for key in named if key in pictures), None)
            found = found or next((item for item in pictures.values() if "cover" in item[0].lower()), None)
            if found is None:
                raise errors.NoCoverInside()
            return _member(book, posixpath.normpath(posixpath.join(posixpath.dirname(package[0]), unquote(found[0]))))
    except _DAMAGED as error:
        raise errors.NoCoverInside() from error


def _package_of(book: zipfile.ZipFile) -> tuple[str, etree._Element]:
    container = _xml(_member(book, "META-INF/container.xml"))
    path = next((one.get("full-path", "") for one in container.iter("{*}rootfile")), "")
    return path, _xml(_member(book, path))


def _xml(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _member(book: zipfile.ZipFile, name: str) -> bytes:
    """A file of the book, of no more bytes than a picture may have."""
    if book.getinfo(name).file_size > LARGEST_BYTES:
        raise errors.NoCoverInside()
    with book.open(name) as stream:
        return stream.read(LARGEST_BYTES)
