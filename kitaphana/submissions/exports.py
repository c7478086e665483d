"""Files of submissions: XLSX, PDF, JSON and XML with their schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import IO, Any, Final
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kitaphana.acquisitions.documents import Paper, Table, as_xlsx
from kitaphana.core import clock
from kitaphana.core.documents.figures import day
from kitaphana.organizations.models import Organization
from kitaphana.submissions.enums import Kind
from kitaphana.submissions.figures import FIELDS, MONEY, TEXT, Field, label_of, value_of
from kitaphana.submissions.models import Submission

NAMESPACE: Final = "https://kitaphana.kz/schema/nedb/1"
TYPES: Final = {MONEY: "xs:decimal", TEXT: "xs:string"}


def _rows(kind: str, content: Mapping[str, Any]) -> list[list[str | int | Decimal]]:
    rows: list[list[str | int | Decimal]] = []
    for field in FIELDS[kind]:
        value = value_of(field, content)
        if value is None and not field.required:
            continue
        rows.append([field.code, str(field.section), label_of(field), "" if value is None else value])
    return rows


def _words() -> dict[str, str]:
    return {"signature": _("signature"), "name": _("surname and initials")}


def paper(one: Submission, *, language: str) -> Paper:
    """A submission as a paper to sign."""
    with override(language):
        signed = day(clock.day_of(one.signed_at)) if one.signed_at else "—"
        return Paper(
            title=str(one.get_kind_display()),
            subtitle=str(one.year),
            place=one.library.name,
            facts=[
                (_("Version"), str(one.version)),
                (_("State"), str(one.get_state_display())),
                (_("Signed on"), signed),
                ("SHA-256", one.digest[:32] + "…"),
            ],
            tables=[
                Table(
                    heads=[_("Code"), pgettext("of a report", "Section"), pgettext("of a report", "Figure"),
                           pgettext("of a report", "Value")],
                    widths=[34, 36, 0, 32],
                    rows=_rows(one.kind, one.content),
                    sheet=str(one.year),
                )
            ],
            closing=[one.note] if one.note else [],
            signatures=[_("Director"), _("Librarian")],
            words=_words(),
        )  # fmt: skip


def consolidated(
    node: Organization, kind: str, year: int, sums: Mapping[str, Any], reports: Iterable[Submission], *, language: str
) -> Paper:
    """The sums of a node with a sheet of its libraries."""
    with override(language):
        told = list(reports)
        shown = [field for field in FIELDS[kind] if field.code in sums]
        return Paper(
            title=_("Consolidated report"),
            subtitle=f"{Kind(kind).label}, {year}",
            place=node.name,
            facts=[(_("Libraries"), str(len(told)))],
            tables=[
                Table(
                    heads=[_("Code"), pgettext("of a report", "Section"), pgettext("of a report", "Figure"), _("In all")],
                    widths=[34, 36, 0, 32],
                    rows=[
                        [field.code, str(field.section), label_of(field), value_of(field, sums) or 0] for field in shown
                    ],
                    sheet=_("In all"),
                ),
                Table(
                    heads=[_("Library"), *(_short(field) for field in shown[:8])],
                    widths=[0, *([24] * min(len(shown), 8))],
                    rows=[
                        [one.library.name, *(value_of(field, one.content) or 0 for field in shown[:8])] for one in told
                    ],
                    caption=_("Libraries"),
                    sheet=_("Libraries"),
                ),
            ],
            signatures=[_("Head of the department"), _("Methodist")],
            is_wide=True,
            words=_words(),
        )  # fmt: skip


def _short(field: Field) -> str:
    return label_of(field)


def consolidated_xlsx(
    node: Organization, kind: str, year: int, sums: Mapping[str, Any], reports: Iterable[Submission], *, language: str
) -> IO[bytes]:
    """The workbook of a consolidated report: sums, and every figure of every library."""
    told = list(reports)
    whole = consolidated(node, kind, year, sums, told, language=language)
    with override(language):
        shown = [field for field in FIELDS[kind] if field.code in sums]
        every = Table(
            heads=[_("Code"), _("Library"), *(label_of(field) for field in shown)],
            widths=[24, 60, *([24] * len(shown))],
            rows=[
                [one.library.code, one.library.name, *(value_of(field, one.content) or 0 for field in shown)]
                for one in told
            ],
            sheet=_("Libraries"),
        )
        return as_xlsx(Paper(whole.title, whole.place, whole.facts, [whole.tables[0], every], subtitle=whole.subtitle))


# Data of the national education database


def as_dict(one: Submission) -> dict[str, Any]:
    """A data set as JSON: its head and its figures; what is not known is left out."""
    values = {}
    for field in FIELDS[one.kind]:
        value = value_of(field, one.content)
        if value is not None:
            values[field.code] = str(value) if field.sort == MONEY else value
    return {
        **({"schema": NAMESPACE} if one.kind == Kind.NEDB else {}),
        "kind": one.kind,
        "organization": one.library.code,
        "year": one.year,
        "version": one.version,
        "sent_at": one.sent_at.isoformat(),
        "digest": one.digest,
        "figures": values,
    }


def as_json(one: Submission) -> bytes:
    """A data set as a JSON file."""
    return (json.dumps(as_dict(one), ensure_ascii=False, indent=1) + "\n").encode()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a data set."""
    properties: dict[str, Any] = {}
    for field in FIELDS[Kind.NEDB]:
        if field.sort == TEXT:
            properties[field.code] = {"type": "string"}
        elif field.sort == MONEY:
            properties[field.code] = {"type": "string", "pattern": r"^\d+\.\d{2}$"}
        else:
            properties[field.code] = {"type": "integer", "minimum": 0, "maximum": field.most}
    required = [field.code for field in FIELDS[Kind.NEDB] if field.required]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": NAMESPACE,
        "type": "object",
        "required": ["schema", "kind", "organization", "year", "version", "sent_at", "digest", "figures"],
        "properties": {
            "schema": {"const": NAMESPACE},
            "kind": {"const": "NEDB"},
            "organization": {"type": "string"},
            "year": {"type": "integer"},
            "version": {"type": "integer", "minimum": 1},
            "sent_at": {"type": "string", "format": "date-time"},
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "figures": {
                "type": "object", "properties": properties, "required": required, "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }  # fmt: skip


def xml_parts(node: Organization, year: int, sets: Iterable[Submission], at: datetime) -> Iterator[str]:
    """A file of data sets, one organisation after another, so that a country need not fit into memory."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<nedb xmlns="{NAMESPACE}" node={quoteattr(node.code)} year="{year}" made="{at.isoformat()}">\n'
    for one in sets:
        head = f'code={quoteattr(one.library.code)} version="{one.version}" sent="{one.sent_at.isoformat()}"'
        yield f'  <organization {head} digest="{one.digest}">\n'
        for field in FIELDS[one.kind]:
            if (value := value_of(field, one.content)) is not None:
                yield f"    <{field.code}>{escape(str(value))}</{field.code}>\n"
        yield "  </organization>\n"
    yield "</nedb>\n"


def xsd() -> str:
    """The XML schema of such a file."""
    elements = []
    for field in FIELDS[Kind.NEDB]:
        kind, least = TYPES.get(field.sort, "xs:nonNegativeInteger"), 1 if field.required else 0
        with override("en"):
            words = escape(label_of(field))
        elements.append(
            f'      <xs:element name="{field.code}" type="{kind}" minOccurs="{least}">'
            f"<xs:annotation><xs:documentation>{words}</xs:documentation></xs:annotation></xs:element>"
        )
    attributes = "\n".join(
        f'      <xs:attribute name="{name}" type="{kind}" use="required"/>'
        for name, kind in (
            ("code", "xs:string"), ("version", "xs:positiveInteger"), ("sent", "xs:dateTime"), ("digest", "xs:string"),
        )
    )  # fmt: skip
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}" elementFormDefault="qualified">
  <xs:complexType name="Organization">
    <xs:sequence>
{chr(10).join(elements)}
    </xs:sequence>
{attributes}
  </xs:complexType>
  <xs:element name="nedb">
    <xs:complexType>
      <xs:sequence><xs:element name="organization" type="Organization" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="node" type="xs:string" use="required"/>
      <xs:attribute name="year" type="xs:gYear" use="required"/>
      <xs:attribute name="made" type="xs:dateTime" use="required"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""
