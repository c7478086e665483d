"""A MARC 21 record as Dublin Core, for harvesters (``oai_dc``) and for SRU (``srw_dc``).

The table follows the Library of Congress crosswalk «MARC to Dublin Core» (unqualified).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from kitaphana.formats.bibliographic import clean, describe
from kitaphana.formats.marc import MarcRecord

DC: Final = "http://purl.org/dc/elements/1.1/"
OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
SRW_DC: Final = "info:srw/schema/1/dc-schema"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_FIELDS: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("creator", ("100", "110", "111"), "abcdq"),
    ("contributor", ("700", "710", "711", "720"), "abcdq"),
    ("description", ("520", "500", "505"), "abtr"),
    ("coverage", ("651", "752"), "abcd"),
    ("source", ("786",), "ot"),
    ("relation", ("530", "760", "762", "765", "770", "772", "773", "774", "775", "776", "777", "780", "785", "787"), "oxtw"),
    ("rights", ("506", "540"), "abc"),
    ("format", ("300",), "abce"),
)  # fmt: skip
"""Element, tags and subfields that are joined into one value."""
_TYPES: Final = {
    "BOOK": "text", "TEXTBOOK": "text", "BROCHURE": "text", "PERIODICAL": "text", "MAP": "cartographic",
    "MUSIC": "notated music", "AUDIO": "sound recording", "VIDEO": "moving image", "ELECTRONIC": "software, multimedia",
    "KIT": "mixed material", "OTHER": "text",
}  # fmt: skip
"""Types of the crosswalk by kind of edition."""


def values_of(record: MarcRecord) -> list[tuple[str, str]]:
    """The elements of a record in their order: (name, value)."""
    one = describe(record)
    title = f"{one.title} : {one.subtitle}" if one.subtitle else one.title
    found = [("title", title), *(("title", text) for text in one.alternative_titles)]
    for name, tags, codes in _FIELDS:
        found += [(name, clean(" ".join(field.all(codes)))) for field in record.all(*tags)]
    found += [("subject", text) for text in one.subjects]
    found += [("subject", f"UDC: {one.udc}")] if one.udc else []
    found += [("subject", f"BBK: {one.bbk}")] if one.bbk else []
    found.append(("publisher", f"{one.place} : {one.publisher}" if one.place and one.publisher else one.publisher))
    found.append(("date", str(one.year or "")))
    found.append(("type", _TYPES.get(one.kind, "text")))
    found.append(("language", one.language))
    found += [("identifier", f"URN:ISBN:{isbn}") for isbn in one.isbns]
    found += [("identifier", field.get("a") or "") for field in record.all("022")]
    found += [("identifier", url) for field in record.all("856") for url in field.all("u")]
    return [(name, value) for name, value in dict.fromkeys(found) if value]


def _element(record: MarcRecord, make: Callable[[], etree._Element]) -> etree._Element:
    root = make()
    for name, value in values_of(record):
        etree.SubElement(root, f"{{{DC}}}{name}").text = "".join(one if one.isprintable() else " " for one in value)
    return root


def element_of(record: MarcRecord) -> etree._Element:
    """The ``oai_dc:dc`` element of a record."""

    def make() -> etree._Element:
        root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": _XSI})
        root.set(f"{{{_XSI}}}schemaLocation", f"{OAI_DC} {OAI_DC_SCHEMA}")
        return root

    return _element(record, make)


def srw_element_of(record: MarcRecord) -> etree._Element:
    """The ``srw_dc:dc`` element of a record."""
    return _element(record, lambda: etree.Element(f"{{{SRW_DC}}}dc", nsmap={"srw_dc": SRW_DC, "dc": DC}))
