"""The typed columns of a record, extracted from its MARC."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from kitaphana.catalog.author_mark import author_mark
from kitaphana.catalog.matching import match_key, work_key
from kitaphana.catalog.models import Record
from kitaphana.core.text.kazakh import sort_key
from kitaphana.formats import issn
from kitaphana.formats.bibliographic import Description, describe
from kitaphana.formats.marc import Field, MarcRecord, Subfield

_YEARS = range(1400, 2101)
_SHELF_MARK = "090"
"""Local shelf mark; subfield x holds the author mark, as Russian and Kazakh libraries write it."""
COLUMNS = (
    "marc", "title", "subtitle", "responsibility", "authors", "subjects", "isbns", "year", "publisher", "place",
    "edition", "extent", "pages", "series", "language", "kind", "udc", "bbk", "author_mark", "age_from", "age_to",
    "grade", "summary", "contents", "issn", "host_number", "host_part", "match_key", "work_key", "gather_key", "sort_title", "version", "changed_at",
)  # fmt: skip
"""What ``extract`` fills, and what must be saved after it."""


def to_text(marc: MarcRecord) -> str:
    """The record as compact MARC-in-JSON."""
    return json.dumps(marc.to_json(), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> MarcRecord:
    """The record from its MARC-in-JSON."""
    data: dict[str, Any] = json.loads(text)
    return MarcRecord.from_json(data)


def extract(
    record: Record, marc: MarcRecord, *, at: datetime, description: Description | None = None, key: str | None = None
) -> Description:
    """Set every column of a record from a MARC 21 record (the caller saves); returns what was read.

    ``description`` and ``key`` (the match key) may be given where they were computed already.
    """
    one = description or describe(marc)
    record.marc = to_text(marc)
    record.title = one.title
    record.subtitle = one.subtitle
    record.responsibility = one.responsibility
    record.authors = list(one.authors)
    record.subjects = list(one.subjects)
    record.isbns = list(one.isbns)
    record.year = one.year if one.year in _YEARS else None
    record.publisher = one.publisher
    record.place = one.place
    record.edition = one.edition
    record.extent = one.extent
    record.pages = one.pages
    record.series = one.series
    record.language = one.language[:3]
    record.kind = one.kind
    record.udc = one.udc[:100]
    record.bbk = one.bbk[:100]
    own = marc.first(_SHELF_MARK)
    record.author_mark = ((own.get("x") if own else None) or suggested_mark(one))[:20]
    record.age_from = one.age_from
    record.age_to = one.age_to
    record.grade = one.grade
    record.summary = one.summary
    record.contents = "\n".join(one.contents)
    record.issn = issn.normalize(one.issn) or one.issn
    record.host_number = one.host_number[:100]
    record.host_part = one.host_part[:200]
    record.match_key = match_key(one) if key is None else key
    record.work_key = work_key(record.title, record.authors, record.language, record.grade)
    record.sort_title = sort_key(one.title)[:250]
    record.changed_at = at
    return one


def suggested_mark(description: Description) -> str:
    """The author mark of our table: by the first author, by the title where there is none or more than three."""
    authors = description.authors
    return author_mark(authors[0] if 0 < len(authors) <= 3 else description.title)


def set_author_mark(marc: MarcRecord, mark: str) -> None:
    """Write a library's own author mark into the record; an empty one, or that of our table, needs no place there."""
    present = marc.first(_SHELF_MARK)
    if mark == suggested_mark(describe(marc)):
        mark = ""
    if present is not None:
        present.subfields = [part for part in present.subfields if part.code != "x"]
        if mark:
            present.subfields.append(Subfield("x", mark))
        elif not present.subfields:
            marc.fields = [one for one in marc.fields if one is not present]
    elif mark:
        marc.add(Field(_SHELF_MARK, subfields=[Subfield("x", mark)]))


FILLABLE: Final[dict[str, int | None]] = {
    "summary": None, "udc": 100, "bbk": 100, "series": None, "publisher": None, "place": None, "language": 3,
    "extent": None, "responsibility": None,
}  # fmt: skip
"""Texts that a merged record may fill in, and how much their columns hold."""
FILLABLE_NUMBERS: Final = ("pages", "grade", "age_from", "age_to")


def enrich(record: Record, description: Description) -> bool:
    """Fill columns of which the record says nothing from a record merged into it (the caller saves).

    ISBNs are added to those it has: they are search keys. Returns whether anything was filled.
    """
    changed = False
    isbns = list(dict.fromkeys((*record.isbns, *description.isbns)))
    if isbns != record.isbns:
        record.isbns = isbns
        changed = True
    for name, longest in FILLABLE.items():
        value = getattr(description, name)
        if value and not getattr(record, name):
            setattr(record, name, value[:longest])
            changed = True
    for name in FILLABLE_NUMBERS:
        if getattr(record, name) is None and getattr(description, name) is not None:
            setattr(record, name, getattr(description, name))
            changed = True
    if not record.subjects and description.subjects:
        record.subjects = list(description.subjects)
        changed = True
    return changed
