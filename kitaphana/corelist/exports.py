"""A published version as a file: CSV, XLSX, MARC, OPDS. All say the same as the page."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from mimetypes import guess_type
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from lxml import etree

from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core.clock import day_of
from kitaphana.corelist.enums import EntryKind
from kitaphana.corelist.models import ListEntry, Version
from kitaphana.formats import iso2709

BATCH = 200
ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/terms/"
ACQUISITION = "application/atom+xml;profile=opds-catalog;kind=acquisition"
WIDTHS = (6, 46, 30, 22, 8, 16, 26, 8, 8, 8, 8, 12)


def columns() -> list[str]:
    """Heads of the table."""
    return [
        _("No."), _("Title"), _("Author"), _("Publisher"), _("Year"), "ISBN", _("Part of the list"),
        _("Grade from"), _("Grade to"), _("Age from"), _("Age to"), _("Pupils for one copy"),
    ]  # fmt: skip


def rows(version: Version) -> Iterator[list[Any]]:
    """Titles as cells under the heads."""
    for one in ListEntry.objects.filter(version=version).order_by("position").iterator(BATCH):
        yield [
            one.position, one.full_title, "; ".join(one.authors), one.publisher, one.year, one.isbn,
            str(EntryKind(one.kind).label), one.grade_from, one.grade_to, one.age_from, one.age_to,
            one.norm_per_pupils,
        ]  # fmt: skip


def _plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_csv(version: Version) -> str:
    """CSV with a semicolon and a byte order mark, as spreadsheets of our languages open it."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(columns())
    writer.writerows([_plain(cell) for cell in row] for row in rows(version))
    return "\ufeff" + stream.getvalue()


def as_xlsx(version: Version) -> IO[bytes]:
    """A workbook; the import of proposals reads it back."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("List"))
    head = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    plain = book.add_format({"valign": "top", "text_wrap": True})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    name = f"{version.core_list.name} · {_('Version %(number)s') % {'number': version.number}}"
    sheet.write_string(0, 0, name, book.add_format({"bold": True}))
    for column, title in enumerate(columns()):
        sheet.write_string(1, column, title, head)
    for place, row in enumerate(rows(version), start=2):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(place, column, cell, plain)
            elif cell:
                sheet.write_string(place, column, cell, plain)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    book.close()
    stream.seek(0)
    return stream


def as_marc(version: Version) -> Iterator[bytes]:
    """ISO 2709 records of the titles in the order of the list; one too long for the format is left out."""
    ids = list(ListEntry.objects.filter(version=version).order_by("position").values_list("record_id", flat=True))
    for start in range(0, len(ids), BATCH):
        wanted = ids[start : start + BATCH]
        found = Record.objects.in_bulk(wanted)
        for pk in wanted:
            try:
                yield iso2709.write(catalog.marc_of(found[pk]))
            except iso2709.RecordTooLong:
                continue


def as_opds(
    version: Version, *, address: str, page_address: str, root: str, next_address: str, entries: list[ListEntry]
) -> bytes:
    """One page of an OPDS 1.2 feed (Atom).

    A title leads to its record as HTML and as MARCXML, and to where a reader can order it.

    :param root: the site's address without a path, for the links to records.
    """
    core_list = version.core_list
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM, "dc": DUBLIN_CORE})

    def add(parent: Any, name: str, text: str | None = None, space: str = ATOM, **attributes: str) -> Any:
        made = etree.SubElement(parent, f"{{{space}}}{name}", attributes)
        if text is not None:
            made.text = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
        return made

    moment = (version.published_at or version.since).isoformat()
    add(feed, "id", f"urn:kitaphana:corelist:{core_list.pk}:{version.number}")
    add(feed, "title", core_list.name)
    add(feed, "subtitle", _("Version %(number)s, published on %(day)s") % {
        "number": version.number, "day": day_of(version.published_at or version.since).strftime("%d.%m.%Y"),
    })  # fmt: skip
    add(feed, "updated", moment)
    add(add(feed, "author"), "name", "Kitaphana")
    add(feed, "link", rel="self", href=address, type=ACQUISITION)
    add(feed, "link", rel="start", href=page_address, type=ACQUISITION)
    add(feed, "link", rel="alternate", href=f"{root}/lists/versions/{version.pk}/", type="text/html")
    if next_address:
        add(feed, "link", rel="next", href=next_address, type=ACQUISITION)
    for one in entries:
        entry = add(feed, "entry")
        add(entry, "id", f"urn:kitaphana:record:{one.record_id}")
        add(entry, "title", one.full_title)
        add(entry, "updated", moment)
        for name in one.authors:
            add(add(entry, "author"), "name", name)
        if one.text_language:
            add(entry, "language", one.text_language, space=DUBLIN_CORE)
        if one.publisher:
            add(entry, "publisher", one.publisher, space=DUBLIN_CORE)
        if one.year:
            add(entry, "issued", f"{one.year:04d}", space=DUBLIN_CORE)
        if one.isbn:
            add(entry, "identifier", f"urn:isbn:{one.isbn}", space=DUBLIN_CORE)
        if one.record.summary:
            add(entry, "summary", one.record.summary, type="text")
        if one.record.cover:
            image = root + str(one.as_book["cover_url"])
            kind = guess_type(one.record.cover)[0] or "image/jpeg"
            add(entry, "link", rel="http://opds-spec.org/image", href=image, type=kind)
        add(entry, "category", term=one.kind, label=str(EntryKind(one.kind).label))
        page = f"{root}/catalog/records/{one.record_id}/"
        add(entry, "link", rel="alternate", href=page, type="text/html")
        marcxml = f"{root}/api/v1/catalog/records/{one.record_id}/marc?format=marcxml"
        add(entry, "link", rel="alternate", href=marcxml, type="application/marcxml+xml")
        # The page of the record says which libraries hold it and lets a reader order it: that is how one gets it.
        add(entry, "link", rel="http://opds-spec.org/acquisition/borrow", href=page, type="text/html")
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))
