"""The typed columns of a record, extracted from its MARC."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from kitaphana.catalog.author_mark import author_mark
from kitaphana.catalog.matching import match_key
from kitaphana.catalog.models import Record
from kitaphana.core.text.kazakh import sort_key
from kitaphana.formats.bibliographic import Description, describe
from kitaphana.formats.marc import MarcRecord

_WHOLE_DAY_YEARS = range(1400, 2101)
COLUMNS = (
    "marc", "title", "subtitle", "responsibility", "authors", "subjects", "isbns", "year", "publisher", "place",
    "edition", "extent", "pages", "series", "language", "kind", "udc", "bbk", "author_mark", "age_from", "age_to",
    "grade", "summary", "match_key", "sort_title", "version", "changed_at",
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
    record.year = one.year if one.year in _WHOLE_DAY_YEARS else None
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
    heading = one.authors[0] if 0 < len(one.authors) <= 3 else one.title
    record.author_mark = author_mark(heading)
    record.age_from = one.age_from
    record.age_to = one.age_to
    record.grade = one.grade
    record.summary = one.summary
    record.match_key = match_key(one) if key is None else key
    record.sort_title = sort_key(one.title)[:250]
    record.changed_at = at
    return one
