"""Cover pictures: made small, kept by content, refused where they are none."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kitaphana.catalog import errors
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Record
from kitaphana.catalog.services import covers
from kitaphana.catalog.tests.factories import LATER, described
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(width: int = 1200, height: int = 1800, kind: str = "PNG", mode: str = "RGB", **more: Any) -> bytes:
    content = io.BytesIO()
    Image.new(mode, (width, height), "teal" if mode == "RGB" else 0).save(content, kind, **more)
    return content.getvalue()


def stored(record: Record) -> Image.Image:
    with default_storage.open(record.cover) as file:
        return Image.open(io.BytesIO(file.read()))


def put(world: Any, record: Record, data: bytes, **more: Any) -> Record:
    values = {"actor": world.librarian, "library": world.school, "at": LATER, **more}
    return catalog.set_cover(record=record, picture=data, **values)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_set_cover_makes_it_small(world: Any, kind: str) -> None:
    record = put(world, described(world.librarian, world.school), picture(kind=kind))
    assert (stored(record).format, stored(record).size) == ("WEBP", (400, 600))
    assert Record.objects.get().cover == record.cover
    assert AuditEntry.objects.get(action="catalog.cover_set").after == {"cover": record.cover}


def test_set_cover_small_picture_stays_as_large_as_it_is(world: Any) -> None:
    assert stored(put(world, described(world.librarian, world.school), picture(90, 120))).size == (90, 120)


def test_set_cover_turned_by_a_phone_stands_upright(world: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    record = put(world, described(world.librarian, world.school), picture(300, 200, "JPEG", exif=exif))
    assert stored(record).size == (200, 300)


def test_set_cover_transparent_picture_lies_on_white(world: Any) -> None:
    record = put(world, described(world.librarian, world.school), picture(50, 50, mode="RGBA"))
    assert stored(record).getpixel((25, 25)) == (255, 255, 255)


def test_set_cover_of_nothing_removes_it(world: Any) -> None:
    record = put(world, described(world.librarian, world.school), picture())
    put(world, record, b"")
    assert Record.objects.get().cover == ""


def test_set_cover_repeated_is_done_once(world: Any) -> None:
    record, command = described(world.librarian, world.school), new_id()
    first = put(world, record, picture(), command_id=command).cover
    assert put(world, record, picture(10, 10), command_id=command).cover == first
    assert AuditEntry.objects.filter(action="catalog.cover_set").count() == 1


def test_set_cover_by_others_is_refused(world: Any) -> None:
    record = described(world.librarian, world.school)
    for actor in (world.director, world.stranger, world.neighbour_librarian):
        with pytest.raises(NotAllowed):
            put(world, record, picture(), actor=actor)
    assert Record.objects.get().cover == ""


def test_set_cover_of_too_much_is_refused(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = described(world.librarian, world.school)
    with pytest.raises(errors.BadPicture):
        put(world, record, b"\x89PNG" + bytes(covers.LARGEST_BYTES))
    monkeypatch.setattr(covers, "LARGEST_PIXELS", 1000)
    with pytest.raises(errors.BadPicture):
        put(world, record, picture(40, 40))
    assert Record.objects.get().cover == ""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]),
    place=st.floats(0, 1),
    damage=st.binary(min_size=1, max_size=40),
    cut=st.booleans(),
)
def test_set_cover_damaged_picture_is_taken_or_refused(kind: str, place: float, damage: bytes, cut: bool) -> None:
    data = picture(60, 40, kind)
    at = int(place * len(data))
    data = data[:at] if cut else data[:at] + damage + data[at + len(damage) :]
    with contextlib.suppress(errors.BadPicture):
        covers._stored(data)


def pdf(width: float = 300, height: float = 450, pages: int = 2) -> bytes:
    document = pdfium.PdfDocument.new()
    for number in range(pages):
        page = document.new_page(width, height if number == 0 else 50)
        page.close()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def epub(manifest: str, metadata: str = "", **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
        )
        book.writestr(
            "OEBPS/content.opf",
            f'<package xmlns="http://www.idpf.org/2007/opf"><metadata>{metadata}</metadata>'
            f"<manifest>{manifest}</manifest></package>",
        )
        for name, data in files.items():
            book.writestr(f"OEBPS/img/{name}.png", data)
    return out.getvalue()


def test_the_cover_of_a_pdf_is_its_first_page(world: Any) -> None:
    record = put(world, described(world.librarian, world.school), pdf())
    assert stored(record).size == (400, 600)


@pytest.mark.parametrize(
    ("manifest", "metadata"),
    [
        ('<item id="a" href="img/b.png" media-type="image/png"/>'
         '<item id="c" href="img/muqaba.png" properties="cover-image" media-type="image/png"/>', ""),
        ('<item id="c" href="img/muqaba.png" media-type="image/png"/><item id="x" href="img/b.png" media-type="image/png"/>',
         '<meta name="cover" content="c"/>'),
        ('<item id="x" href="img/b.png" media-type="image/png"/><item id="c" href="img/cover.png" media-type="image/png"/>',
         ""),
    ],
)  # fmt: skip
def test_the_cover_of_an_epub_is_the_one_it_names(world: Any, manifest: str, metadata: str) -> None:
    book = epub(manifest, metadata, muqaba=picture(200, 300), cover=picture(200, 300), b=picture(20, 20))
    assert stored(put(world, described(world.librarian, world.school), book)).size == (200, 300)


@pytest.mark.parametrize(
    "file",
    [
        b"%PDF-1.7 broken",
        pdf(pages=0),
        b"PK\x03\x04broken",
        epub(""),
        epub('<item id="c" href="img/gone.png" properties="cover-image" media-type="image/png"/>'),
        epub('<item id="c" href="../../../etc/passwd" properties="cover-image" media-type="image/png"/>'),
    ],
)
def test_a_book_without_a_cover_is_refused(world: Any, file: bytes) -> None:
    with pytest.raises(errors.NoCoverInside):
        put(world, described(world.librarian, world.school), file)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["pdf", "epub"]), st.floats(0, 1), st.binary(min_size=1, max_size=40), st.booleans())
def test_a_damaged_book_is_taken_or_refused(kind: str, place: float, damage: bytes, cut: bool) -> None:
    item = '<item id="c" href="img/c.png" properties="cover-image" media-type="image/png"/>'
    data = pdf() if kind == "pdf" else epub(item, c=picture(40, 40))
    at = int(place * len(data))
    data = data[:at] if cut else data[:at] + damage + data[at + len(damage) :]
    with contextlib.suppress(errors.BadPicture, errors.NoCoverInside):
        covers._stored(covers._pictured(data))
