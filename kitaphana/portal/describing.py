"""The bibliographic description of an edition as a catalogue card writes it (ISBD punctuation, GOST 7.1-2003)."""

from __future__ import annotations

from dataclasses import dataclass

from kitaphana.catalog.models import Record
from kitaphana.formats.isbn import hyphenate


@dataclass(frozen=True, slots=True)
class CardText:
    """Heading (the first author's name; empty for none or more than three) and the description under it."""

    heading: str
    text: str


def card_text(record: Record) -> CardText:
    """Areas: title / responsibility. – edition. – place : publisher, year. – extent. – (series). – ISBN."""
    title = record.title + (f" : {record.subtitle}" if record.subtitle else "")
    responsibility = record.responsibility or ", ".join(record.authors[:3])
    imprint = " : ".join(part for part in (record.place, record.publisher) if part)
    if record.year:
        imprint = f"{imprint}, {record.year}" if imprint else str(record.year)
    areas = [
        f"{title} / {responsibility}" if responsibility else title,
        record.edition,
        imprint,
        record.extent,
        f"({record.series})" if record.series else "",
        *(f"ISBN {hyphenate(isbn)}" for isbn in record.isbns[:2]),
    ]
    text = ". – ".join(area.rstrip(".") for area in areas if area) + "."
    return CardText(record.authors[0] if 0 < len(record.authors) <= 3 else "", text)
