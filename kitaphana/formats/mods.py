"""A MARC 21 record as MODS 3.7, after the Library of Congress mapping «MARC to MODS» where schools have use for it."""

from __future__ import annotations

from typing import Final

from lxml import etree

from kitaphana.formats.bibliographic import Description, clean, describe
from kitaphana.formats.marc import Field, MarcRecord

MODS: Final = "http://www.loc.gov/mods/v3"
SCHEMA: Final = "http://www.loc.gov/standards/mods/v3/mods-3-7.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES: Final = {
    "a": "text", "t": "text", "e": "cartographic", "f": "cartographic", "c": "notated music", "d": "notated music",
    "i": "sound recording-nonmusical", "j": "sound recording-musical", "k": "still image", "g": "moving image",
    "r": "three dimensional object", "m": "software, multimedia", "p": "mixed material", "o": "mixed material",
}  # fmt: skip
"""typeOfResource by leader/06."""
_ISSUANCE: Final = {"s": "serial", "i": "integrating resource", "b": "serial", "a": "monographic", "m": "monographic"}
_NAMES: Final = {"00": "personal", "10": "corporate", "11": "conference"}
_NOTES: Final = {
    "500": "", "502": "thesis", "504": "bibliography", "508": "creation/production credits", "511": "performers",
    "546": "language", "586": "awards",
}  # fmt: skip
_RELATED: Final = {
    "760": "series", "765": "original", "767": "otherVersion", "770": "constituent", "772": "host", "773": "host",
    "775": "otherVersion", "776": "otherFormat", "780": "preceding", "785": "succeeding", "787": "",
}  # fmt: skip


def element_of(record: MarcRecord) -> etree._Element:
    """The ``mods`` element of a record."""
    one = describe(record)
    root = etree.Element(f"{{{MODS}}}mods", nsmap={None: MODS, "xsi": _XSI}, version="3.7")
    root.set(f"{{{_XSI}}}schemaLocation", f"{MODS} {SCHEMA}")
    _titles(root, record, one)
    for field in record.all("100", "110", "111"):
        _name(root, field, is_main=True)
    for field in record.all("700", "710", "711"):
        if not field.get("t"):
            _name(root, field)
    _add(root, "typeOfResource", _TYPES.get(record.leader[6:7], "text"))
    for genre in one.genres:
        _add(root, "genre", genre)
    _origin(root, record, one)
    if one.language:
        language = _add(root, "language")
        _add(language, "languageTerm", one.language, type="code", authority="iso639-2b")
    if one.extent:
        _add(_add(root, "physicalDescription"), "extent", clean(" ".join(_first(record, "300", "abce"))))
    if one.summary:
        _add(root, "abstract", one.summary)
    for field in record.all("505"):
        _add(root, "tableOfContents", " ".join(field.all("agrt")))
    _audience(root, one)
    for tag, kind in _NOTES.items():
        for field in record.all(tag):
            _add(root, "note", clean(" ".join(field.all("a"))), **({"type": kind} if kind else {}))
    if one.responsibility:
        _add(root, "note", one.responsibility, type="statement of responsibility")
    _subjects(root, record)
    for scheme, text in (("udc", one.udc), ("bbk", one.bbk)):
        if text:
            _add(root, "classification", text, authority=scheme)
    _related(root, record, one)
    for isbn in one.isbns:
        _add(root, "identifier", isbn, type="isbn")
    for isbn in one.invalid_isbns:
        _add(root, "identifier", isbn, type="isbn", invalid="yes")
    for field in record.all("022"):
        _add(root, "identifier", field.get("a") or "", type="issn")
    for field in record.all("856"):
        for url in field.all("u"):
            _add(_add(root, "location"), "url", url)
    info = _add(root, "recordInfo")
    _add(info, "recordContentSource", clean(" ".join(_first(record, "040", "a"))))
    _add(info, "recordIdentifier", record.control_number, **({"source": record.agency} if record.agency else {}))
    _prune(root)
    return root


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A child; one that has neither text nor children to come (``text`` given empty) is made for its children only."""
    element = etree.SubElement(parent, f"{{{MODS}}}{name}", attributes)
    if text:
        element.text = "".join(one if one.isprintable() else " " for one in text)
    return element


def _prune(element: etree._Element) -> None:
    """Take out elements that ended up with nothing in them."""
    for child in list(element):
        _prune(child)
        if not len(child) and not (child.text or "").strip():
            element.remove(child)


def _first(record: MarcRecord, tag: str, codes: str) -> list[str]:
    field = record.first(tag)
    return field.all(codes) if field is not None else []


def _titles(root: etree._Element, record: MarcRecord, one: Description) -> None:
    field = record.first("245")
    info = _add(root, "titleInfo")
    skipped = int(field.ind2) if field is not None and field.ind2.isdecimal() else 0
    title = clean(field.get("a") or "") if field is not None else one.title
    if skipped and skipped < len(title):
        _add(info, "nonSort", title[:skipped])
        title = title[skipped:]
    _add(info, "title", title)
    if one.subtitle:
        _add(info, "subTitle", one.subtitle)
    for code, name in (("n", "partNumber"), ("p", "partName")):
        for text in field.all(code) if field is not None else ():
            _add(info, name, clean(text))
    for tag, kind in (
        ("130", "uniform"),
        ("240", "uniform"),
        ("210", "abbreviated"),
        ("246", "alternative"),
        ("740", "alternative"),
    ):
        for other in record.all(tag):
            if text := clean(" ".join(other.all("a"))):
                _add(_add(root, "titleInfo", type=kind), "title", text)


def _name(root: etree._Element, field: Field, *, is_main: bool = False) -> None:
    attributes = {"type": _NAMES[field.tag[1:]]} | ({"usage": "primary"} if is_main else {})
    name = _add(root, "name", **attributes)
    codes = "abcq" if field.tag.endswith("00") else "abn"
    _add(name, "namePart", clean(" ".join(field.all(codes))))
    if dates := clean(field.get("d") or ""):
        _add(name, "namePart", dates, type="date")
    roles = [(text, "text") for text in field.all("e")] + [(code, "code") for code in field.all("4")]
    if is_main and not roles:
        roles = [("creator", "text")]
    for text, kind in roles:
        more = {"authority": "marcrelator"} if kind == "code" else {}
        _add(_add(name, "role"), "roleTerm", clean(text), type=kind, **more)


def _origin(root: etree._Element, record: MarcRecord, one: Description) -> None:
    origin = _add(root, "originInfo")
    fixed = record.first("008")
    country = (fixed.data or "")[15:18].strip() if fixed is not None else ""
    if country.isalpha():
        _add(_add(origin, "place"), "placeTerm", country, type="code", authority="marccountry")
    if one.place:
        _add(_add(origin, "place"), "placeTerm", one.place, type="text")
    if one.publisher:
        _add(origin, "publisher", one.publisher)
    if one.year:
        _add(origin, "dateIssued", str(one.year), encoding="marc")
    if one.edition:
        _add(origin, "edition", one.edition)
    _add(origin, "issuance", _ISSUANCE.get(record.leader[7:8], "monographic"))


def _audience(root: etree._Element, one: Description) -> None:
    if one.grade is not None:
        _add(root, "targetAudience", f"grade {one.grade}")
    if one.age_from is not None:
        _add(root, "targetAudience", f"{one.age_from}–{one.age_to}" if one.age_to else f"{one.age_from}+")


def _subjects(root: etree._Element, record: MarcRecord) -> None:
    for field in record.all("600", "610", "611", "630", "648", "650", "651", "653"):
        if field.tag == "653":
            for text in field.all("a"):
                _add(_add(root, "subject"), "topic", clean(text))
            continue
        subject = _add(root, "subject")
        main = clean(" ".join(field.all("abcdq" if field.tag in {"600", "610", "611"} else "a")))
        if field.tag in {"600", "610", "611"}:
            _add(_add(subject, "name", type=_NAMES[field.tag[1:]]), "namePart", main)
        elif field.tag == "630":
            _add(_add(subject, "titleInfo"), "title", main)
        else:
            _add(subject, {"648": "temporal", "651": "geographic"}.get(field.tag, "topic"), main)
        for part in field.subfields:
            name = {"x": "topic", "v": "genre", "y": "temporal", "z": "geographic"}.get(part.code)
            if name:
                _add(subject, name, clean(part.value))


def _related(root: etree._Element, record: MarcRecord, one: Description) -> None:
    if one.series:
        _add(_add(_add(root, "relatedItem", type="series"), "titleInfo"), "title", one.series)
    for field in record.all(*_RELATED):
        kind = _RELATED[field.tag]
        title = clean(field.get("t") or field.get("a") or "")
        if not title:
            continue
        item = _add(root, "relatedItem", **({"type": kind} if kind else {}))
        _add(_add(item, "titleInfo"), "title", title)
        if issn := field.get("x"):
            _add(item, "identifier", issn, type="issn")
        if isbn := field.get("z"):
            _add(item, "identifier", isbn, type="isbn")
        if place := field.get("g"):
            _add(_add(item, "part"), "text", clean(place))
