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
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError("this is not MARC-in-JSON") from error
        return record

    def to_text(self) -> str:
        """The line form of the experts' editor: ``=245 10$aTitle``.

        Blank indicators are written ``#``; inside values ``$`` is ``{dollar}``, a line break ``{lf}`` or ``{cr}``.
        """
        return "\n".join([f"=LDR {self.leader}", *map(line_of, self.fields)])

    @classmethod
    def from_text(cls, text: str) -> MarcRecord:
        """From the line form.

        :raises LineError: a line can't be read; it knows its number.
        """
        record = cls("")
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                _read_line(record, line.removesuffix("\r"), number)
        if not record.leader:
            record.leader = "00000nam a2200000   4500"
        return record


# What the line form would misread is written by name; a text that looks like such a name gets its brace named.
_NAMES: Final = {"$": "{dollar}", "\n": "{lf}", "\r": "{cr}"}
_LETTERS: Final = {"{dollar}": "$", "{lf}": "\n", "{cr}": "\r", "{lcub}": "{"}
_UNSAFE: Final = re.compile(r"[$\n\r]|\{(?=(?:dollar|lf|cr|lcub)\})")
_NAMED: Final = re.compile(r"\{(?:dollar|lf|cr|lcub)\}")


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda match: _NAMES.get(match[0], "{lcub}"), text)


def _unescaped(text: str) -> str:
    return _NAMED.sub(lambda match: _LETTERS[match[0]], text)


def line_of(one: Field) -> str:
    """A field in the line form; blank indicators are ``#``."""
    if one.data is not None:
        return f"={one.tag} {_escaped(one.data)}"
    parts = "".join(f"${part.code}{_escaped(part.value)}" for part in one.subfields)
    indicators = f"{one.ind1}{one.ind2}".replace(" ", "#")
    return f"={one.tag} {indicators}{parts}"


class LineError(ValueError):
    """A line of the editor can't be read; ``number`` counts from 1, ``code`` has its sentence in ``MESSAGES``."""

    def __init__(self, number: int, code: str) -> None:
        self.number = number
        self.code = code
        super().__init__(f"line {number}: {MESSAGES[code]}")

    @property
    def message(self) -> str:
        """The sentence in English, without the number of the line."""
        return MESSAGES[self.code]


_LINE: Final = re.compile(r"=?(LDR|[0-9A-Za-z]{3})(?: (.*)|$)", re.DOTALL)
_DATA_LINE: Final = re.compile(r"([^$]{2,9})((?:\$.*)?)", re.DOTALL)


def _read_line(record: MarcRecord, line: str, number: int) -> None:
    match = _LINE.fullmatch(line)
    if match is None:
        raise LineError(number, "marc.line_without_tag")
    tag, rest = match[1], match[2] or ""
    if tag == "LDR":
        if len(rest) != 24 or not rest.isascii():
            raise LineError(number, "marc.line_bad_leader")
        record.leader = rest
        return
    if tag.startswith("00"):
        record.fields.append(Field(tag, data=_unescaped(rest)))
        return
    match = _DATA_LINE.fullmatch(rest)
    if match is None or not match[2]:
        raise LineError(number, "marc.line_without_subfields")
    parts = match[2][1:].split("$")
    if not all(part and "!" <= part[0] <= "~" for part in parts):
        raise LineError(number, "marc.line_bad_subfield")
    subfields = [Subfield(part[0], _unescaped(part[1:])) for part in parts]
    indicators = match[1].replace("#", " ").replace("\\", " ")
    record.fields.append(Field(tag, indicators[:1], indicators[1:], subfields))


@dataclass(frozen=True, slots=True)
class Repair:
    """Something wrong in a record that was put right while reading."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return MESSAGES[self.code] % self.params


@dataclass(frozen=True, slots=True)
class Good:
    """A record that could be read; ``position`` is where it begins: the byte (ISO 2709) or the line (XML)."""

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
    "marc.bad_subfield": "Field %(tag)s has a subfield without a code.",
    "marc.bad_encoding": "Field %(tag)s has a letter that can't be read.",
    "marc.empty": "The record has no fields.",
    "marc.not_marc": "This is not a MARC record.",
    "marc.bad_xml": "The XML breaks off or is damaged here.",
    "marc.bad_tag": "A field has no proper tag.",
    "marc.xml_entities": "The XML declares entities, which are not allowed in MARCXML.",
    "marc.wrong_length": "The length in the leader was wrong.",
    "marc.wrong_base": "The base address in the leader was wrong.",
    "marc.wrong_directory": "The directory was wrong; the fields were found by their ends.",
    "marc.wrong_encoding": "The record said another encoding than the %(encoding)s it is in.",
    "marc.replaced_bytes": "Bytes that can't be read in field %(tag)s were replaced.",
    "marc.wrong_leader": "The leader had bytes that can't stand there; they became blanks.",
    "marc.missing_end": "The record had no end mark.",
    "marc.junk_before": "Bytes before the record that belong to no record were passed over.",
    "marc.empty_subfield": "Field %(tag)s had a subfield without a code and text; it was left out.",
    "marc.unlisted_data": "The record had data that its directory does not list; it was left out.",
    "marc.line_without_tag": "The line does not begin with a tag.",
    "marc.line_bad_leader": "The leader must have 24 characters.",
    "marc.line_without_subfields": "Two indicators and a subfield are expected after the tag.",
    "marc.line_bad_subfield": "A subfield has no code.",
}
"""Sentences by code, English with named placeholders; translated where they are shown."""
