"""A record as BibTeX in UTF-8 (biber, JabRef, Zotero)."""

from __future__ import annotations

import re
from typing import Final

from kitaphana.formats.citation import Citation, Name, cite
from kitaphana.formats.isbn import hyphenate
from kitaphana.formats.marc import MarcRecord

MEDIA_TYPE: Final = "application/x-bibtex"
_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_UNSAFE: Final = re.compile(r"[\\{}%#&_$~^]")
_NOT_KEY: Final = re.compile(r"[^0-9A-Za-z:.+/-]+")
_LANGUAGES: Final = {"kaz": "kazakh", "rus": "russian", "eng": "english", "ger": "german", "fre": "french"}


def write(record: MarcRecord, *, url: str = "") -> str:
    """The record's entry; ``url`` is where the record can be seen. The key is the control number."""
    one = cite(record)
    about = one.about
    host = one.host
    kind = _kind(one)
    title = f"{one.title}{' ' if one.subtitle_mark == '=' else ''}{one.subtitle_mark} {one.subtitle}"
    editors = one.having("editor") or one.having("compiler")
    values = {
        "author": _people((*one.authors, *one.bodies)),
        "editor": _people(editors),
        "translator": _people(one.having("translator")),
        "title": _escaped(title if one.subtitle else one.title),
        "journal": _escaped(host.title) if host and kind == "article" else "",
        "booktitle": _escaped(host.title) if host and kind == "incollection" else "",
        "volume": _escaped(host.volume) if host else "",
        "number": _escaped(host.issue) if host else "",
        "pages": host.pages.replace("–", "--") if host else "",
        "edition": _escaped(about.edition),
        "series": _escaped(one.series[0]) if one.series else "",
        "address": _escaped(about.place),
        "publisher": _escaped(about.publisher),
        "year": host.year if host else str(about.year or ""),
        "pagetotal": str(one.pages) if one.pages and host is None else "",
        "isbn": hyphenate(about.isbns[0]) if about.isbns else (_escaped(host.isbn) if host else ""),
        "issn": _escaped(host.issn if host else next(iter(one.issns), "")),
        "doi": _escaped(one.doi),
        "url": _escaped(one.url or url),
        "language": _LANGUAGES.get(about.language, about.language),
        "keywords": _escaped(", ".join(text.replace(",", ";") for text in about.subjects)),
        "abstract": _escaped(about.summary),
    }
    rows = [f"  {name} = {{{value}}}" for name, value in values.items() if value]
    key = _NOT_KEY.sub("-", about.control_number).strip("-") or "record"
    return f"@{kind}{{{key},\n" + ",\n".join(rows) + "\n}\n"


def _kind(one: Citation) -> str:
    if one.host is not None:
        is_book = one.host.isbn or not (one.host.issn or one.host.issue or one.host.volume)
        return "incollection" if is_book else "article"
    if one.about.kind in {"BOOK", "TEXTBOOK", "BROCHURE"} or (one.about.kind == "ELECTRONIC" and one.about.publisher):
        return "book"
    return "misc"


def _people(names: tuple[Name, ...]) -> str:
    """Names joined by «and»; a body stands in braces of its own, so that nobody takes it apart."""
    return " and ".join(_escaped(name.whole) if name.is_person else f"{{{_escaped(name.surname)}}}" for name in names)


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda match: _SPECIAL[match[0]], " ".join(text.split()))
