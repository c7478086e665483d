"""Records in the forms that other programs and papers take: one by one, and many in a stream."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, Final

import docx
import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx.shared import Mm, Pt
from lxml import etree

from kitaphana.catalog.extraction import from_text
from kitaphana.catalog.languages import language_name
from kitaphana.catalog.models import Record
from kitaphana.formats import bibtex, dublin_core, gost, iso2709, marcxml, mods, ris, unimarc
from kitaphana.formats.isbn import hyphenate
from kitaphana.formats.marc import Field, MarcRecord, Subfield

CHUNK: Final = 500
"""So many records one statement reads."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XML: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Item:
    """A record to write; ``url`` is the address of its page, empty where there is none."""

    marc: MarcRecord
    url: str = ""


Lost = Callable[[str, Sequence[str]], None]
"""Told the control number of a record and what had no place in the form it was written in."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a record: ``one`` writes it; in a file of many stand ``head``, what ``one`` wrote, ``foot``."""

    extension: str
    media_type: str
    label: str | Promise
    one: Callable[[Item, Lost], bytes]
    head: bytes = b""
    between: bytes = b""
    foot: bytes = b""
    alone: bytes | None = None
    """What stands before a record that is a file by itself; None where it is framed as many are."""


def _marc21(item: Item, lost: Lost) -> bytes:
    return iso2709.write(item.marc)


def _marc8(item: Item, lost: Lost) -> bytes:
    return iso2709.write(item.marc, "marc-8")


def _unimarc(item: Item, lost: Lost) -> bytes:
    converted = unimarc.to_unimarc(item.marc)
    if converted.lost:
        lost(item.marc.control_number, converted.lost)
    return iso2709.write(converted.record)


def _xml(element_of: Callable[[MarcRecord], etree._Element]) -> Callable[[Item, Lost], bytes]:
    def one(item: Item, lost: Lost) -> bytes:
        found: bytes = etree.tostring(element_of(item.marc), encoding="utf-8")
        return found + b"\n"

    return one


def _json(item: Item, lost: Lost) -> bytes:
    return json.dumps(item.marc.to_json(), ensure_ascii=False, separators=(",", ":")).encode()


def _ris(item: Item, lost: Lost) -> bytes:
    return ris.write(item.marc, url=item.url).encode()


def _bibtex(item: Item, lost: Lost) -> bytes:
    return bibtex.write(item.marc, url=item.url).encode()


def _gost(item: Item, lost: Lost) -> bytes:
    return f"{gost.description(item.marc)}\r\n".encode()


FORMS: Final[dict[str, Form]] = {
    "marc21": Form("mrc", "application/marc", "MARC 21 (ISO 2709, UTF-8)", _marc21),
    "marc8": Form("marc8.mrc", "application/marc", "MARC 21 (ISO 2709, MARC-8)", _marc8),
    "marcxml": Form(
        "xml", "application/marcxml+xml", "MARCXML", _xml(marcxml.element_of), foot=b"</collection>\n",
        head=_XML + f'<collection xmlns="{marcxml.NAMESPACE}">\n'.encode(),
    ),
    "json": Form(
        "json", "application/marc-in-json", "MARC-in-JSON", _json, head=b"[\n", between=b",\n", foot=b"\n]\n", alone=b""
    ),
    "unimarc": Form("unimarc.mrc", "application/marc", "UNIMARC / RUSMARC", _unimarc),
    "mods": Form(
        "mods.xml", "application/mods+xml", "MODS", _xml(mods.element_of), foot=b"</modsCollection>\n", alone=_XML,
        head=_XML + f'<modsCollection xmlns="{mods.MODS}">\n'.encode(),
    ),
    "dc": Form(
        "dc.xml", "application/xml", "Dublin Core", _xml(dublin_core.element_of), foot=b"</records>\n", alone=_XML,
        head=_XML + b"<records>\n",
    ),
    "ris": Form("ris", ris.MEDIA_TYPE, "RIS", _ris),
    "bibtex": Form("bib", bibtex.MEDIA_TYPE, "BibTeX", _bibtex, between=b"\n"),
    "gost": Form("txt", "text/plain; charset=utf-8", gettext_lazy("Description (GOST 7.1)"), _gost),
}  # fmt: skip
"""Forms by name, in the order in which they are offered."""
BY_EXTENSION: Final = {form.extension: form for form in FORMS.values()}


def forget(control_number: str, lost: Sequence[str]) -> None:
    """A listener for those who say elsewhere what was lost."""


def written(form: Form, item: Item, *, lost: Lost = forget) -> bytes:
    """A record as a file of its own.

    :raises RecordTooLong: the form is ISO 2709 and has no room for it.
    """
    data = form.one(item, lost)
    return form.head + data + form.foot if form.alone is None else form.alone + data


def stream(form: Form, items: Iterable[Item], *, lost: Lost = forget) -> Iterator[bytes]:
    """The file of many records, piece by piece.

    A record that is too long for ISO 2709 is represented by its number, title and a note that sends to MARCXML.
    """
    yield form.head
    is_first = True
    for item in items:
        try:
            data = form.one(item, lost)
        except iso2709.RecordTooLong:
            data = form.one(Item(_short(item), item.url), lost)
        yield data if is_first else form.between + data
        is_first = False
    yield form.foot


def _short(item: Item) -> MarcRecord:
    """What is left of a record that ISO 2709 has no room for."""
    short = MarcRecord(item.marc.leader, [one for one in item.marc.fields if one.tag in {"001", "003", "005", "008"}])
    title = item.marc.first("245")
    text = (title.get("a") if title else "") or ""
    short.add(Field("245", "0", "0", [Subfield("a", text[:500])]))
    note = f"The record is too long for ISO 2709; take it as MARCXML. {item.url}".strip()
    short.add(Field("500", subfields=[Subfield("a", note)]))
    return short


def records_of(ids: Sequence[int]) -> Iterator[Record]:
    """Records in the order of their ids, a statement for every ``CHUNK`` of them; removed ones are left out."""
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found = Record.objects.filter(removed_at=None).in_bulk(part)
        yield from (found[pk] for pk in part if pk in found)


def items_of(records: Iterable[Record], address: Callable[[int], str]) -> Iterator[Item]:
    """Records with the addresses of their pages, ready to be written."""
    return (Item(from_text(record.marc), address(record.pk)) for record in records)


def columns() -> list[str]:
    """Heads of the table."""
    return [
        _("No."), _("Title"), _("Subtitle"), _("Authors"), _("Place of publication"), _("Publisher"), _("Year"), "ISBN",
        _("Language"), _("Kind"), _("Extent"), _("Series"), _("UDC"), _("BBK"), _("Author mark"), _("Grade"),
        _("Age from"), _("Age to"), _("Control number"), _("Address"),
    ]  # fmt: skip


WIDTHS: Final = (6, 46, 30, 30, 18, 24, 8, 20, 14, 16, 20, 26, 14, 14, 12, 8, 8, 8, 18, 44)


def rows(records: Iterable[Record], address: Callable[[int], str]) -> Iterator[list[Any]]:
    """Records as cells under the heads."""
    names: dict[str, str] = {}
    for place, one in enumerate(records, 1):
        if one.language not in names:
            names[one.language] = language_name(one.language) if one.language else ""
        yield [
            place, one.title, one.subtitle, "; ".join(one.authors), one.place, one.publisher, one.year,
            ", ".join(hyphenate(isbn) for isbn in one.isbns), names[one.language], one.get_kind_display(), one.extent,
            one.series, one.udc, one.bbk, one.author_mark, one.grade, one.age_from, one.age_to, one.control_number,
            address(one.pk),
        ]  # fmt: skip


def _plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_csv(records: Iterable[Record], address: Callable[[int], str]) -> Iterator[bytes]:
    """CSV with a semicolon and a byte order mark, as spreadsheets of our languages open it, line by line."""
    heads: list[Any] = list(columns())
    yield "\ufeff".encode()
    for row in chain([heads], rows(records, address)):
        line = io.StringIO()
        csv.writer(line, delimiter=";").writerow(_plain(cell) for cell in row)
        yield line.getvalue().encode()


def as_xlsx(records: Iterable[Record], address: Callable[[int], str]) -> IO[bytes]:
    """A workbook with a frozen head; a row is written to the disk before the next one is read."""
    out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for column, (title, width) in enumerate(zip(columns(), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(rows(records, address), 1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(place, column, cell)
            elif cell:
                sheet.write_string(place, column, cell[:32_000])
    book.close()
    out.seek(0)
    return out


def as_gost_text(records: Iterable[Record]) -> Iterator[bytes]:
    """A numbered list of descriptions by GOST 7.1 as text."""
    for place, one in enumerate(records, 1):
        yield f"{place}. {gost.description(from_text(one.marc))}\r\n".encode()


def as_gost_docx(records: Iterable[Record]) -> IO[bytes]:
    """The same list as a text file that people go on writing."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    for place, one in enumerate(records, 1):
        text = gost.description(from_text(one.marc))
        line = document.add_paragraph("".join(sign for sign in f"{place}. {text}" if sign.isprintable()))
        line.paragraph_format.space_after = Pt(4)
    out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    document.save(out)
    out.seek(0)
    return out
