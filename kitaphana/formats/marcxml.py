"""MARCXML (Library of Congress «slim» schema): streaming reading and writing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from kitaphana.formats.dialects import detect_dialect
from kitaphana.formats.marc import Bad, Field, Good, MarcRecord, Outcome, Subfield

NAMESPACE: Final = "http://www.loc.gov/MARC21/slim"


def read(stream: BinaryIO, *, format: str = "auto") -> Iterator[Outcome]:
    """Every record of a file with a ``collection`` or a single ``record``; namespaced or not.

    Entities and the network are off. Broken XML ends the reading with a ``Bad`` after the records before it.
    """
    number = 0
    parser = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True,
    )  # fmt: skip
    try:
        for _event, element in parser:
            if _name(element) != "record":
                continue
            number += 1
            record = _record(element)
            line = element.sourceline or 0
            raw = etree.tostring(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
            if not record.fields:
                yield Bad(number, line, "marc.empty", {}, raw)
                continue
            dialect = format if format in {"marc21", "unimarc"} else detect_dialect(record)
            yield Good(record, number, line, dialect, "utf-8", (), raw)
    except etree.XMLSyntaxError as error:
        yield Bad(number + 1, error.lineno or 0, "marc.bad_xml", {}, b"")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _record(element: etree._Element) -> MarcRecord:
    record = MarcRecord("00000nam a2200000   4500")
    for child in element:
        name = _name(child)
        if name == "leader":
            record.leader = ((child.text or "") + " " * 24)[:24]
        elif name == "controlfield":
            record.fields.append(Field(child.get("tag") or "", data=child.text or ""))
        elif name == "datafield":
            parts = [Subfield(part.get("code") or " ", part.text or "") for part in child if _name(part) == "subfield"]
            record.fields.append(
                Field(child.get("tag") or "", (child.get("ind1") or " ")[0], (child.get("ind2") or " ")[0], parts)
            )
    return record


def element_of(record: MarcRecord) -> etree._Element:
    """The record as an element of the schema's namespace."""
    root = etree.Element(f"{{{NAMESPACE}}}record", nsmap={None: NAMESPACE})
    etree.SubElement(root, f"{{{NAMESPACE}}}leader").text = _clean(record.leader)
    for one in record.fields:
        if one.data is not None:
            etree.SubElement(root, f"{{{NAMESPACE}}}controlfield", tag=one.tag).text = _clean(one.data)
            continue
        data = etree.SubElement(root, f"{{{NAMESPACE}}}datafield", tag=one.tag, ind1=one.ind1, ind2=one.ind2)
        for part in one.subfields:
            etree.SubElement(data, f"{{{NAMESPACE}}}subfield", code=part.code).text = _clean(part.value)
    return root


def _clean(text: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def write(records: Iterable[MarcRecord], stream: BinaryIO) -> int:
    """Write a collection; returns how many records."""
    count = 0
    with etree.xmlfile(stream, encoding="utf-8") as document:
        document.write_declaration()
        with document.element(f"{{{NAMESPACE}}}collection", nsmap={None: NAMESPACE}):
            for record in records:
                document.write(element_of(record))
                count += 1
    return count
