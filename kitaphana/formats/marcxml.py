"""MARCXML (Library of Congress «slim» schema): streaming reading and writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from kitaphana.formats.dialects import detect_dialect
from kitaphana.formats.marc import Bad, Field, Good, MarcRecord, Outcome, Subfield

NAMESPACE: Final = "http://www.loc.gov/MARC21/slim"
_PARTS: Final = frozenset({"leader", "controlfield", "datafield"})
_TAG: Final = re.compile(r"[0-9A-Za-z]{3}")


class _RefusedError(Exception):
    """Why a record can't be taken; ``line`` is where the trouble stands."""

    def __init__(self, code: str, line: int, **params: object) -> None:
        self.code = code
        self.line = line
        self.params = params


def read(stream: BinaryIO, *, format: str = "auto") -> Iterator[Outcome]:
    """Every record of a file with a ``collection`` or a single ``record``; in whatever namespace or none.

    Records inside other documents (an OAI-PMH answer) are found too. Entities and the network are off: a document
    that declares entities is refused. Broken XML ends the reading with a ``Bad`` after the records before it.
    Positions are lines.
    """
    number = 0
    root = ""
    parser = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in parser:
            if event == "start":
                if not root:
                    root = _name(element)
                    dtd = element.getroottree().docinfo.internalDTD
                    if dtd is not None and any(True for _ in dtd.iterentities()):
                        yield Bad(1, element.sourceline or 1, "marc.xml_entities", {}, b"")
                        return
                continue
            if _name(element) != "record" or not _is_marc(element):
                continue
            number += 1
            yield _outcome(element, number, format)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        yield Bad(number + 1, error.lineno or 0, "marc.bad_xml", {}, b"")
        return
    if not number and root not in {"collection", "OAI-PMH"}:
        yield Bad(1, 1, "marc.not_marc", {}, b"")


def _name(element: etree._Element) -> str:
    """The name without its namespace; in a damaged file a prefix may never have been declared and stand before it."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _is_marc(element: etree._Element) -> bool:
    """Whether a ``record`` is one of MARC: those of OAI-PMH have a header and metadata."""
    return len(element) == 0 or any(_name(child) in _PARTS for child in element)


def _outcome(element: etree._Element, number: int, format: str) -> Outcome:
    line = element.sourceline or 0
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    try:
        record = _record(element)
    except _RefusedError as refusal:
        return Bad(number, refusal.line or line, refusal.code, refusal.params, raw)
    if not record.fields:
        return Bad(number, line, "marc.empty", {}, raw)
    dialect = format if format in {"marc21", "unimarc"} else detect_dialect(record)
    return Good(record, number, line, dialect, "utf-8", (), raw)


def _record(element: etree._Element) -> MarcRecord:
    record = MarcRecord("00000nam a2200000   4500")
    for child in element:
        name = _name(child)
        if name == "leader":
            record.leader = f"{(child.text or '')[:24]:24}"
        elif name in _PARTS:
            tag = child.get("tag") or ""
            if not _TAG.fullmatch(tag):
                raise _RefusedError("marc.bad_tag", child.sourceline or 0)
            if name == "controlfield":
                record.fields.append(Field(tag, data=_text(child)))
            else:
                ind1, ind2 = (child.get("ind1") or " ")[0], (child.get("ind2") or " ")[0]
                record.fields.append(Field(tag, ind1, ind2, _subfields(child, tag)))
    return record


def _subfields(field: etree._Element, tag: str) -> list[Subfield]:
    subfields = []
    for part in field:
        if _name(part) != "subfield":
            continue
        code = part.get("code") or ""
        if len(code) != 1:
            raise _RefusedError("marc.bad_subfield", part.sourceline or 0, tag=tag)
        subfields.append(Subfield(code, _text(part)))
    return subfields


def _text(element: etree._Element) -> str:
    """All text inside, whatever other elements somebody put there."""
    return element.text or "" if len(element) == 0 else "".join(element.itertext(etree.Element))


# What the schema allows.
_LEADER: Final = re.compile(
    r"[0-9 ]{5}[0-9A-Za-z ][0-9A-Za-z][0-9A-Za-z ]{3}[2 ]{2}[0-9 ]{5}[0-9A-Za-z ]{3}(?:4500|    )"
)
_CONTROL_TAG: Final = re.compile(r"00[1-9A-Za-z]")
_DATA_TAG: Final = re.compile(r"0(?:[1-9A-Z][0-9A-Z]|[1-9a-z][0-9a-z])|[1-9A-Z][0-9A-Z]{2}|[1-9a-z][0-9a-z]{2}")
_INDICATOR: Final = re.compile(r"[0-9a-z ]")
_CODE: Final = re.compile(r"[0-9A-Za-z!\"#$%&'()*+,\-./:;<=>?{}_^`~\[\]\\]")
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element_of(record: MarcRecord) -> etree._Element:
    """The record as an element that is valid by the schema.

    What the schema has no place for is bent: a leader's wrong letters and indicators become blanks, control characters
    vanish, control fields come first, text without subfields goes to ``$a``; a field with an impossible tag and a
    subfield with an impossible code are left out.
    """
    root = etree.Element(f"{{{NAMESPACE}}}record", nsmap={None: NAMESPACE})
    etree.SubElement(root, f"{{{NAMESPACE}}}leader").text = _leader(record.leader)
    for one in record.fields:
        if _CONTROL_TAG.fullmatch(one.tag):
            text = one.data if one.data is not None else "".join(part.value for part in one.subfields)
            etree.SubElement(root, f"{{{NAMESPACE}}}controlfield", tag=one.tag).text = _clean(text)
    for one in record.fields:
        if not _DATA_TAG.fullmatch(one.tag):
            continue
        parts = one.subfields if one.data is None else [Subfield("a", one.data)]
        parts = [part for part in parts if _CODE.fullmatch(part.code)]
        if not parts:
            continue
        ind1, ind2 = _indicator(one.ind1), _indicator(one.ind2)
        data = etree.SubElement(root, f"{{{NAMESPACE}}}datafield", tag=one.tag, ind1=ind1, ind2=ind2)
        for part in parts:
            etree.SubElement(data, f"{{{NAMESPACE}}}subfield", code=part.code).text = _clean(part.value)
    return root


def _leader(leader: str) -> str:
    if _LEADER.fullmatch(leader):
        return leader
    letters = [letter if letter.isascii() and letter.isalnum() else " " for letter in f"{leader[:24]:24}"]
    for place in (*range(5), *range(12, 17)):
        letters[place] = letters[place] if letters[place].isdigit() else "0"
    letters[6] = letters[6] if letters[6] != " " else "a"
    letters[10:12] = "22"
    letters[20:24] = "4500"
    return "".join(letters)


def _indicator(text: str) -> str:
    return text[:1] if _INDICATOR.match(text) else " "


def _clean(text: str) -> str:
    """Without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text)


def write(records: Iterable[MarcRecord], stream: BinaryIO) -> int:
    """Write a collection that is valid by the schema; returns how many records."""
    count = 0
    with etree.xmlfile(stream, encoding="utf-8") as document:
        document.write_declaration()
        with document.element(f"{{{NAMESPACE}}}collection", nsmap={None: NAMESPACE}):
            for record in records:
                document.write(element_of(record))
                count += 1
    return count
