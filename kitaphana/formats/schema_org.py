"""A record as schema.org JSON-LD, which search engines read on a record's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kitaphana.formats.citation import Citation, Name, cite
from kitaphana.formats.marc import MarcRecord

_TYPES: Final = {
    "BOOK": "Book", "TEXTBOOK": "Book", "BROCHURE": "Book", "ELECTRONIC": "Book", "PERIODICAL": "Periodical",
    "MAP": "Map", "MUSIC": "MusicComposition", "AUDIO": "AudioObject", "VIDEO": "VideoObject",
}  # fmt: skip
_BOOK: Final = "Book"
_LANGUAGES: Final = {
    "kaz": "kk", "rus": "ru", "eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "tur": "tr", "uzb": "uz",
    "kir": "ky", "uig": "ug", "tat": "tt", "chi": "zh", "zho": "zh", "ara": "ar", "kor": "ko", "tgk": "tg", "aze": "az",
    "ukr": "uk", "spa": "es", "ita": "it", "lat": "la", "jpn": "ja", "per": "fa", "fas": "fa",
}  # fmt: skip
"""Two-letter codes where there are such; others keep their three letters, which BCP 47 lets stand."""
_OLDEST: Final = 99


@dataclass(frozen=True, slots=True)
class Edition:
    """Another edition of the same work: its page and what tells it apart."""

    url: str
    name: str
    year: int | None = None
    language: str = ""


def json_ld(record: MarcRecord, *, url: str, image: str = "", editions: Sequence[Edition] = ()) -> dict[str, Any]:
    """The edition as a JSON-LD object; ``url`` is its page, ``image`` the cover, ``editions`` others of its work."""
    one = cite(record)
    about = one.about
    kind = "Article" if one.host is not None else _TYPES.get(about.kind, "CreativeWork")
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": url,
        "url": url,
        "name": f"{one.title} {one.subtitle_mark} {one.subtitle}" if one.subtitle else one.title,
        "alternateName": list(about.alternative_titles),
        "author": [_agent(name) for name in (*one.authors, *one.bodies)],
        "editor": [_agent(name) for name in (*one.having("editor"), *one.having("compiler"))],
        "translator": [_agent(name) for name in one.having("translator")],
        "inLanguage": _LANGUAGES.get(about.language, about.language),
        "datePublished": str(about.year) if about.year else "",
        "publisher": _publisher(one),
        "description": about.summary,
        "keywords": list(about.subjects),
        "genre": list(about.genres),
        "audience": _audience(one),
        "educationalLevel": str(about.grade) if about.grade is not None else "",
        "learningResourceType": "textbook" if about.kind == "TEXTBOOK" else "",
        "image": image,
        "identifier": _identifiers(one, kind),
        "sameAs": one.url,
    }
    if kind == _BOOK:
        found |= {
            "isbn": list(about.isbns),
            "bookEdition": about.edition,
            "numberOfPages": one.pages,
            "bookFormat": "https://schema.org/EBook" if about.kind == "ELECTRONIC" else "",
        }
        found["illustrator"] = [_agent(name) for name in one.having("illustrator")]
    elif kind == "Periodical":
        found["issn"] = list(one.issns)
    elif kind == "MusicComposition":
        found["composer"] = found.pop("author")
    if one.series and one.host is None:
        found["isPartOf"] = [{"@type": "CreativeWorkSeries", "name": text} for text in one.series]
    if one.host is not None:
        found |= _part_of(one)
    if editions:
        found["exampleOfWork"] = {
            "@type": kind,
            "name": one.title,
            "author": found.get("author"),
            "workExample": [_edition(kind, other) for other in editions],
        }
    return _filled(found)


def _publisher(one: Citation) -> dict[str, Any] | None:
    if not one.about.publisher:
        return None
    return _filled({"@type": "Organization", "name": one.about.publisher, "location": one.about.place})


def _agent(name: Name) -> dict[str, Any]:
    if not name.is_person:
        return {"@type": "Organization", "name": name.surname}
    given = name.full or name.given
    shown = f"{given} {name.surname}" if given else name.surname
    return _filled({"@type": "Person", "name": shown, "familyName": name.surname if given else "", "givenName": given})


def _audience(one: Citation) -> dict[str, Any] | None:
    about = one.about
    if about.age_from is None and about.age_to is None:
        return None
    oldest = about.age_to if about.age_to is not None and about.age_to < _OLDEST else None
    return _filled({"@type": "PeopleAudience", "suggestedMinAge": about.age_from, "suggestedMaxAge": oldest})


def _identifiers(one: Citation, kind: str) -> list[dict[str, Any]]:
    """Numbers that the type has no property of its own for."""
    rows = [("control number", one.about.control_number), ("UDC", one.about.udc), ("BBK", one.about.bbk)]
    rows += [("DOI", one.doi)]
    if kind != _BOOK:
        rows += [("ISBN", isbn) for isbn in one.about.isbns]
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in rows if value]


def _part_of(one: Citation) -> dict[str, Any]:
    host = one.host
    if host is None:
        return {}
    is_book = bool(host.isbn)
    part: dict[str, Any] = {
        "@type": _BOOK if is_book else "Periodical", "name": host.title, "issn": host.issn,
        "isbn": host.isbn if is_book else "",
    }  # fmt: skip
    if host.volume:
        part = {"@type": "PublicationVolume", "volumeNumber": host.volume, "isPartOf": _filled(part)}
    if host.issue:
        part = {
            "@type": "PublicationIssue", "issueNumber": host.issue, "datePublished": host.year,
            "isPartOf": _filled(part),
        }  # fmt: skip
    return {"isPartOf": _filled(part), "pagination": host.pages, "datePublished": host.year}


def _edition(kind: str, other: Edition) -> dict[str, Any]:
    return _filled(
        {
            "@type": kind, "@id": other.url, "url": other.url, "name": other.name,
            "datePublished": str(other.year) if other.year else "",
            "inLanguage": _LANGUAGES.get(other.language, other.language),
        }
    )  # fmt: skip


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}
