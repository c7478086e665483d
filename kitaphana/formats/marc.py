"""A MARC record in memory, its JSON and line forms, and what reading a file yields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(slots=True)
class Subfield:
    """A coded part of a data field."""

    code: str
    value: str


class Field:
    """A control field (``data``) or a data field (indicators and subfields)."""

    __slots__ = ("data", "ind1", "ind2", "subfields", "tag")

    def __init__(
        self,
        tag: str,
        ind1: str = " ",
        ind2: str = " ",
        subfields: list[Subfield] | None = None,
        *,
        data: str | None = None,
    ) -> None:
        self.tag = tag
        self.ind1 = ind1
        self.ind2 = ind2
        self.subfields = subfields if subfields is not None else []
        self.data = data

    def __repr__(self) -> str:
        return f"Field({line_of(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and all(
            getattr(self, name) == getattr(other, name) for name in ("tag", "data", "ind1", "ind2", "subfields")
        )

    __hash__ = None  # type: ignore[assignment]  # fields are changed in place

    @property
    def is_control(self) -> bool:
        """Whether it has data instead of subfields."""
        return self.data is not None

    def get(self, code: str) -> str | None:
        """The first subfield with a code."""
        for subfield in self.subfields:
            if subfield.code == code:
                return subfield.value
        return None

    def all(self, codes: str) -> list[str]:
        """Every subfield whose code is one of ``codes``, in order."""
        return [subfield.value for subfield in self.subfields if subfield.code in codes]


@dataclass(slots=True)
class MarcRecord:
    """Leader (24 characters) and fields in their order."""

    leader: str
    fields: list[Field] = field(default_factory=list)

    @property
    def control_number(self) -> str:
        """Field 001, trimmed; empty where there is none."""
        first = self.first("001")
        return (first.data or "").strip() if first else ""

    @property
    def agency(self) -> str:
        """Field 003, trimmed; empty where there is none."""
        first = self.first("003")
        return (first.data or "").strip() if first else ""

    def first(self, tag: str) -> Field | None:
        """The first field with a tag."""
        for one in self.fields:
            if one.tag == tag:
                return one
        return None

    def all(self, *tags: str) -> list[Field]:
        """Every field with one of the tags, in order."""
        return [one for one in self.fields if one.tag in tags]

    def add(self, new: Field) -> None:
        """Put a field after the last one whose tag is not greater."""
        place = len(self.fields)
        while place and self.fields[place - 1].tag > new.tag:
            place -= 1
        self.fields.insert(place, new)

    def remove(self, *tags: str) -> None:
        """Remove every field with one of the tags."""
        self.fields = [one for one in self.fields if one.tag not in tags]

    def to_json(self) -> dict[str, Any]:
        """MARC-in-JSON."""
        fields: list[dict[str, Any]] = []
        for one in self.fields:
            if one.data is not None:
                fields.append({one.tag: one.data})
            else:
                parts = [{part.code: part.value} for part in one.subfields]
                fields.append({one.tag: {"ind1": one.ind1, "ind2": one.ind2, "subfields": parts}})
        return {"leader": self.leader, "fields": fields}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MarcRecord:
        """From MARC-in-JSON.

        :raises ValueError: the mapping is not MARC-in-JSON.
        """
        try:
            record = cls(str(data["leader"]))
            for item in data["fields"]:
                ((tag, body),) = item.items()
                if isinstance(body, str):
                    record.fields.append(Field(tag, data=body))
                else:
                    parts = [Subfield(code, value) for part in body["subfields"] for code, value in part.items()]
                    record.fields.append(Field(tag, body["ind1"], body["ind2"], parts))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("this is not MARC-in-JSON") from error
        return record

    def to_text(self) -> str:
        """The line form of the experts' editor: ``=245 10$aTitle``."""
        return "\n".join([f"=LDR {self.leader}", *map(line_of, self.fields)])

    @classmethod
    def from_text(cls, text: str) -> MarcRecord:
        """From the line form.

        :raises LineError: a line can't be read; it knows its number.
        """
        record = cls("")
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                _read_line(record, line.rstrip("\r\n"), number)
        if not record.leader:
            record.leader = "00000nam a2200000   4500"
        return record


_DOLLAR: Final = "{dollar}"


def line_of(one: Field) -> str:
    """A field in the line form."""
    if one.data is not None:
        return f"={one.tag} {one.data}"
    parts = "".join(f"${part.code}{part.value.replace('$', _DOLLAR)}" for part in one.subfields)
    indicators = f"{one.ind1}{one.ind2}".replace(" ", "#")
    return f"={one.tag} {indicators}{parts}"


class LineError(ValueError):
    """A line of the editor can't be read."""

    def __init__(self, number: int, code: str) -> None:
        self.number = number
        self.code = code
        super().__init__(f"line {number}: {code}")


def _read_line(record: MarcRecord, line: str, number: int) -> None:
    match = re.match(r"=?(LDR|\w{3})(?: (.*)|$)", line)
    if match is None:
        raise LineError(number, "marc.line_without_tag")
    tag, rest = match[1], match[2] or ""
    if tag == "LDR":
        if len(rest) != 24:
            raise LineError(number, "marc.line_bad_leader")
        record.leader = rest
        return
    if tag.startswith("00"):
        record.fields.append(Field(tag, data=rest))
        return
    match = re.match(r"([^$])([^$])\$(.*)", rest)
    if match is None:
        raise LineError(number, "marc.line_without_subfields")
    parts = match[3].split("$")
    if not all(part and not part[0].isspace() for part in parts):
        raise LineError(number, "marc.line_bad_subfield")
    subfields = [Subfield(part[0], part[1:].replace(_DOLLAR, "$")) for part in parts]
    record.fields.append(Field(tag, match[1].replace("#", " "), match[2].replace("#", " "), subfields))


@dataclass(frozen=True, slots=True)
class Repair:
    """Something wrong in a record that was put right while reading."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Good:
    """A record that could be read."""

    record: MarcRecord
    number: int
    position: int
    dialect: str
    encoding: str
    repairs: tuple[Repair, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that could not be read; ``position`` is the byte (ISO 2709) or line (XML) of the trouble."""

    number: int
    position: int
    code: str
    params: Mapping[str, Any]
    raw: bytes

    @property
    def message(self) -> str:
        """The sentence in English."""
        return MESSAGES[self.code] % self.params


Outcome = Good | Bad
Outcomes = Iterator[Outcome]

MESSAGES: Final[Mapping[str, str]] = {
    "marc.truncated": "The record breaks off.",
    "marc.bad_leader": "The leader of the record can't be read.",
    "marc.bad_directory": "The directory of the record can't be read.",
    "marc.bad_field": "Field %(tag)s lies outside the record.",
    "marc.bad_subfield": "Field %(tag)s has a subfield without a code.",
    "marc.bad_encoding": "Field %(tag)s has a letter that can't be read.",
    "marc.empty": "The record has no fields.",
    "marc.not_marc": "This is not a MARC record.",
    "marc.bad_xml": "The XML breaks off or is damaged here.",
    "marc.wrong_length": "The length in the leader was wrong.",
    "marc.wrong_base": "The base address in the leader was wrong.",
    "marc.wrong_directory": "The directory was wrong; the fields were found by their ends.",
    "marc.wrong_encoding": "The record said another encoding than the %(encoding)s it is in.",
    "marc.replaced_bytes": "Bytes that can't be read in field %(tag)s were replaced.",
    "marc.line_without_tag": "The line does not begin with a tag.",
    "marc.line_bad_leader": "The leader must have 24 characters.",
    "marc.line_without_subfields": "Two indicators and a subfield are expected after the tag.",
    "marc.line_bad_subfield": "A subfield has no code.",
}
"""Sentences by code, English with named placeholders; translated where they are shown."""
