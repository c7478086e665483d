"""The answers of SRU as XML, in the namespaces of version 1 and of version 2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from kitaphana.formats import dublin_core, marcxml, mods
from kitaphana.formats.marc import MarcRecord
from kitaphana.protocols.sru.asking import CONTEXT_SETS, INDEXES
from kitaphana.protocols.sru.diagnostics import Diagnostic

V1: Final = "http://www.loc.gov/zing/srw/"
V1_DIAGNOSTIC: Final = "http://www.loc.gov/zing/srw/diagnostic/"
V2: Final = "http://docs.oasis-open.org/ns/search-ws/sruResponse"
V2_SCAN: Final = "http://docs.oasis-open.org/ns/search-ws/scan"
V2_DIAGNOSTIC: Final = "http://docs.oasis-open.org/ns/search-ws/diagnostic"
ZEEREX: Final = "http://explain.z3950.org/dtd/2.0/"


@dataclass(frozen=True, slots=True)
class Schema:
    """A form in which records are given."""

    name: str
    uri: str
    title: str
    make: Callable[[MarcRecord], etree._Element]


SCHEMAS: Final = (
    Schema("marcxml", "info:srw/schema/1/marcxml-v1.1", "MARCXML", marcxml.element_of),
    Schema("dc", "info:srw/schema/1/dc-v1.1", "Dublin Core", dublin_core.srw_element_of),
    Schema("mods", "info:srw/schema/1/mods-v3.7", "MODS 3.7", mods.element_of),
)


def schema_of(name: str) -> Schema:
    """A schema by its short name or address; the first where nothing is asked for.

    :raises Diagnostic: we have no such form.
    """
    if not name:
        return SCHEMAS[0]
    for one in SCHEMAS:
        if name.casefold() in {one.name, one.uri} or name.startswith(f"info:srw/schema/1/{one.name}"):
            return one
    raise Diagnostic(66, name)


class Answer:
    """One answer in one version: elements go into its namespace."""

    def __init__(self, version: str, root: str, *, namespace: str = "") -> None:
        self.version = version
        self.is_new = version.startswith("2")
        self.namespace = namespace or (V2 if self.is_new else V1)
        self.root = etree.Element(f"{{{self.namespace}}}{root}", nsmap={None: self.namespace})
        self.add(self.root, "version", version)

    def add(self, parent: etree._Element, name: str, text: str | int | None = None) -> etree._Element:
        """A child in the answer's namespace."""
        child = etree.SubElement(parent, f"{{{self.namespace}}}{name}")
        if text is not None:
            child.text = _plain(str(text))
        return child

    def diagnostics(self, found: Sequence[Diagnostic]) -> None:
        """What is wrong, at the end of the answer."""
        if not found:
            return
        namespace = V2_DIAGNOSTIC if self.is_new else V1_DIAGNOSTIC
        list_ = self.add(self.root, "diagnostics")
        for one in found:
            element = etree.SubElement(list_, f"{{{namespace}}}diagnostic", nsmap={None: namespace})
            for name, text in (("uri", one.uri), ("details", one.details), ("message", one.message)):
                if text:
                    etree.SubElement(element, f"{{{namespace}}}{name}").text = _plain(text)

    def echo(self, name: str, given: Mapping[str, str]) -> None:
        """The request as it was understood."""
        echoed = self.add(self.root, name)
        for key, value in given.items():
            if value and key.isidentifier():
                self.add(echoed, key, value[:2000])

    def data(self) -> bytes:
        """The answer as bytes."""
        return bytes(etree.tostring(self.root, xml_declaration=True, encoding="UTF-8"))


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() or one in "\n\t" else " " for one in text)


def record_into(
    answer: Answer,
    parent: etree._Element,
    marc: MarcRecord,
    schema: Schema,
    *,
    position: int,
    is_escaped: bool,
    number: str,
) -> None:
    """One record of a list."""
    record = answer.add(parent, "record")
    answer.add(record, "recordSchema", schema.uri)
    packing = "string" if is_escaped else "xml"
    answer.add(record, "recordXMLEscaping" if answer.is_new else "recordPacking", packing)
    data = answer.add(record, "recordData")
    element = schema.make(marc)
    if is_escaped:
        data.text = etree.tostring(element, encoding="unicode")
    else:
        data.append(element)
    if answer.version != "1.1":
        answer.add(record, "recordIdentifier", number)
    answer.add(record, "recordPosition", position)


_TITLES: Final = {
    "any": "Anywhere", "title": "Title", "author": "Author", "subject": "Subject", "publisher": "Publisher",
    "year": "Year of publication", "language": "Language (ISO 639-2/B)", "isbn": "ISBN", "series": "Series",
    "id": "Record number",
}  # fmt: skip


def explain_record(*, host: str, port: int, path: str, title: str, most: int, default: int) -> etree._Element:
    """The ZeeRex record: where the server is, what can be asked, which forms it gives."""
    root = etree.Element(f"{{{ZEEREX}}}explain", nsmap={None: ZEEREX})

    def add(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
        child = etree.SubElement(parent, f"{{{ZEEREX}}}{tag}", attributes)
        if text:
            child.text = text
        return child

    server = add(root, "serverInfo", protocol="SRU", version="1.2", transport="http", method="GET POST")
    add(server, "host", host)
    add(server, "port", str(port))
    add(server, "database", path.strip("/"))
    database = add(root, "databaseInfo")
    add(database, "title", title, lang="en", primary="true")
    add(database, "description", "Union catalogue of libraries of educational organisations", lang="en")
    indexes = add(root, "indexInfo")
    for name, uri in CONTEXT_SETS.items():
        add(indexes, "set", name=name, identifier=uri)
    for field, names in _by_field(INDEXES).items():
        index = add(
            indexes,
            "index",
            search="true",
            scan="true" if field in _SCANNED else "false",
            sort="true" if field in {"title", "year"} else "false",
        )
        add(index, "title", _TITLES.get(field, field), lang="en")
        for name in names:
            prefix, _, bare = name.partition(".")
            add(add(index, "map"), "name", bare, set=prefix)
    schemas = add(root, "schemaInfo")
    for schema in SCHEMAS:
        add(
            add(schemas, "schema", identifier=schema.uri, name=schema.name, retrieve="true", sort="false"),
            "title",
            schema.title,
            lang="en",
        )
    config = add(root, "configInfo")
    add(config, "default", str(default), type="numberOfRecords")
    add(config, "default", SCHEMAS[0].uri, type="retrieveSchema")
    add(config, "setting", str(most), type="maximumRecords")
    for relation in ("=", "==", "exact", "any", "all", "adj", "<", "<=", ">", ">=", "<>", "within"):
        add(config, "supports", relation, type="relation")
    for operator in ("and", "or", "not"):
        add(config, "supports", operator, type="booleanModifier")
    add(config, "supports", "*", type="maskingCharacter")
    return root


_SCANNED: Final = frozenset({"title", "author", "subject", "series", "publisher", "year", "language"})


def _by_field(indexes: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, field in indexes.items():
        found.setdefault(field, []).append(name)
    return found


def terms_into(answer: Answer, entries: Iterable[tuple[str, int]]) -> None:
    """The terms of a scan."""
    terms = answer.add(answer.root, "terms")
    for text, count in entries:
        term = answer.add(terms, "term")
        answer.add(term, "value", text)
        answer.add(term, "numberOfRecords", count)
        answer.add(term, "displayTerm", text)
