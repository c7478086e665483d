"""A record as RIS, which reference managers (Zotero, EndNote, Mendeley) read."""

from __future__ import annotations

from typing import Final

from kitaphana.formats.citation import Citation, cite
from kitaphana.formats.isbn import hyphenate
from kitaphana.formats.marc import MarcRecord

MEDIA_TYPE: Final = "application/x-research-info-systems"
_TYPES: Final = {
    "MAP": "MAP", "MUSIC": "MUSIC", "AUDIO": "SOUND", "VIDEO": "VIDEO", "ELECTRONIC": "EBOOK", "PERIODICAL": "JFULL",
    "KIT": "GEN", "OTHER": "GEN",
}  # fmt: skip
_NAMES: Final = (("editor", "A2"), ("compiler", "A2"), ("translator", "A4"), ("illustrator", "A3"))


def write(record: MarcRecord, *, url: str = "") -> str:
    """The record's lines, from ``TY`` to ``ER``; ``url`` is where the record can be seen."""
    one = cite(record)
    rows: list[tuple[str, str]] = [("TY", _type(one)), ("ID", one.about.control_number)]
    rows += [("AU", name.whole) for name in (*one.authors, *one.bodies)]
    rows += [(tag, name.whole) for role, tag in _NAMES for name in one.having(role)]
    rows.append(("TI", f"{one.title} {one.subtitle_mark} {one.subtitle}" if one.subtitle else one.title))
    if one.host is not None:
        rows += _host(one)
    else:
        rows += [("T3", text) for text in one.series[:1]]
        rows += [("SN", hyphenate(isbn)) for isbn in one.about.isbns[:1]] or [("SN", issn) for issn in one.issns[:1]]
        rows += [("CY", one.about.place), ("PB", one.about.publisher)]
        rows.append(("SP", str(one.pages) if one.pages else ""))
    year = one.host.year if one.host else str(one.about.year or "")
    rows += [("PY", year), ("ET", one.about.edition), ("LA", one.about.language), ("DO", one.doi)]
    rows += [("KW", text) for text in one.about.subjects]
    rows += [("AB", one.about.summary), ("UR", one.url or url)]
    lines = [f"{tag}  - {text}" for tag, value in rows if (text := " ".join(value.split()))]
    return "\r\n".join([*lines, "ER  - ", ""])


def _type(one: Citation) -> str:
    if one.host is not None:
        return "CHAP" if one.host.isbn or not (one.host.issn or one.host.issue or one.host.volume) else "JOUR"
    return _TYPES.get(one.about.kind, "BOOK")


def _host(one: Citation) -> list[tuple[str, str]]:
    host = one.host
    if host is None:
        return []
    first, _, last = host.pages.partition("–")
    return [
        ("T2", host.title), ("VL", host.volume), ("IS", host.issue), ("SP", first), ("EP", last),
        ("SN", host.issn or host.isbn), ("CY", host.imprint if not host.issn else ""),
    ]  # fmt: skip
