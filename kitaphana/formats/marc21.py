"""The fields of MARC 21 as a table, and what is wrong with a record by it.

``data/marc21_fields.tsv`` and ``data/marc21_fixed.tsv`` are our wording of the format's public documentation
(Library of Congress, MARC 21 Format for Bibliographic Data). Fields that are not in the table are local or rare: of
those only the form is looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from kitaphana.formats.isbn import normalize as normalize_isbn
from kitaphana.formats.issn import normalize as normalize_issn
from kitaphana.formats.marc import Field, LineError, MarcRecord

_DATA: Final = Path(__file__).parent / "data"
_LANGUAGES: Final = ("en", "kk", "ru")
_ANYTHING: Final = "?"
FIXED_LENGTH: Final = 40
"""Characters of field 008."""


@dataclass(frozen=True, slots=True)
class Names:
    """A name in three languages."""

    en: str
    kk: str
    ru: str

    def of(self, language: str) -> str:
        """In a language; Kazakh where it is another one."""
        return {"en": self.en, "ru": self.ru}.get(language, self.kk)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field: how often, which indicators and subfields. ``?`` in place of a set: anything."""

    tag: str
    is_repeatable: bool
    first: str
    second: str
    names: Names
    subfields: dict[str, str]
    """Code → «», or «!» needed, «*» may be repeated."""
    subfield_names: dict[str, Names]
    is_open: bool = False
    """Any subfields."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place of the leader or of 008: what it means and, where it is coded, the codes."""

    tag: str
    start: int
    length: int
    materials: frozenset[str]
    """Materials for which the place has this meaning; empty: all."""
    names: Names
    values: dict[str, Names]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a line (counted from 1; 0: the record as a whole). ``params`` fill the sentence of the code."""

    line: int
    code: str
    params: dict[str, str] = field(default_factory=dict)
    is_error: bool = True


def _names(parts: list[str]) -> Names:
    en, kk, ru = parts
    return Names(en, kk, ru)


def _lines(name: str) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            yield line.split("\t")


@cache
def fields() -> dict[str, FieldRule]:
    """The table of fields by tag."""
    found = {}
    for tag, often, first, second, en, kk, ru, subfields, names in _lines("marc21_fields.tsv"):
        codes = {one[0]: one[1:] for one in subfields.split() if one != _ANYTHING}
        known = {one[0]: _names(one[2:].split("/")) for one in names.split(";") if one}
        found[tag] = FieldRule(
            tag, often == "R", first, second, Names(en, kk, ru), codes, known, is_open=subfields == _ANYTHING
        )
    return found


@cache
def positions() -> tuple[Position, ...]:
    """The places of the leader and of 008."""
    found = []
    for tag, start, length, materials, en, kk, ru, values in _lines("marc21_fixed.tsv"):
        codes = {}
        for one in values.split(";"):
            if one:
                code, _, names = one.partition("=")
                codes[code] = _names(names.split("/"))
        found.append(Position(tag, int(start), int(length), frozenset(materials.split()), Names(en, kk, ru), codes))
    return tuple(found)


def material(leader: str) -> str:
    """The material that the meaning of 008 depends on: BOOK, SERIAL, MAP, MUSIC, VISUAL, FILE or MIXED."""
    kind, level = leader[6:7], leader[7:8]
    if kind in "at":
        return "SERIAL" if level in "bis" and level else "BOOK"
    return {
        "e": "MAP", "f": "MAP", "c": "MUSIC", "d": "MUSIC", "i": "MUSIC", "j": "MUSIC", "m": "FILE", "p": "MIXED",
    }.get(kind, "VISUAL")  # fmt: skip


def places(tag: str, leader: str) -> list[Position]:
    """The places of the leader (LDR) or of 008 that a record of this leader has, in order."""
    kind = material(leader)
    found = [one for one in positions() if one.tag == tag and (not one.materials or kind in one.materials)]
    return sorted(found, key=lambda one: one.start)


_MAIN: Final = frozenset({"100", "110", "111", "130"})
_TITLE: Final = "245"


def read(text: str) -> tuple[MarcRecord, list[int]]:
    """A record in the line form, and the line of each of its fields (the leader's is not among them).

    :raises LineError: a line can't be read.
    """
    record = MarcRecord.from_text(text)
    numbers = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and not line.removeprefix("=").startswith("LDR")
    ]
    return record, numbers


def check(text: str, language: str = "en") -> list[Finding]:
    """What is wrong with a record in the line form, in the order of its lines. Nothing raises."""
    try:
        record, numbers = read(text)
    except LineError as error:
        return [Finding(error.number, error.code)]
    found = [*_check_leader(record, text, language)]
    seen: Counter[str] = Counter()
    mains = 0
    for one, line in zip(record.fields, numbers, strict=True):
        seen[one.tag] += 1
        mains += one.tag in _MAIN
        rule = fields().get(one.tag)
        if rule is None:
            if not (one.tag.startswith("9") or "9" in one.tag[1:]):
                found.append(Finding(line, "marc.unknown_field", {"tag": one.tag}, is_error=False))
            continue
        if seen[one.tag] > 1 and not rule.is_repeatable:
            found.append(Finding(line, "marc.field_twice", {"tag": one.tag}))
        if mains > 1 and one.tag in _MAIN:
            found.append(Finding(line, "marc.two_main_entries"))
        found += _check_field(record, one, rule, line, language)
    title = record.first(_TITLE)
    if title is None or not any(value.strip() for value in title.all("anp")):
        found.append(Finding(0, "marc.no_245"))
    return sorted(found, key=lambda one: one.line or 10**9)


def _check_leader(record: MarcRecord, text: str, language: str) -> Iterator[Finding]:
    line = next(
        (number for number, one in enumerate(text.split("\n"), 1) if one.removeprefix("=").startswith("LDR")), 0
    )
    if line:
        yield from _check_codes(record, "LDR", record.leader, line, language)


def _check_field(record: MarcRecord, one: Field, rule: FieldRule, line: int, language: str) -> Iterator[Finding]:
    if one.data is not None:
        if one.tag == "008":
            yield from _check_fixed(record, one.data, line, language)
        return
    for place, (value, allowed) in enumerate(((one.ind1, rule.first), (one.ind2, rule.second)), 1):
        if allowed != _ANYTHING and value not in (allowed or " "):
            words = {"tag": one.tag, "place": str(place), "value": _shown(value), "allowed": _shown(allowed or " ")}
            yield Finding(line, "marc.bad_indicator", words)
    counted = Counter(part.code for part in one.subfields)
    for code, times in counted.items():
        if rule.is_open:
            break
        if code not in rule.subfields:
            # $9 is every system's own.
            if code != "9":
                yield Finding(line, "marc.unknown_subfield", {"tag": one.tag, "code": code}, is_error=False)
        elif times > 1 and "*" not in rule.subfields[code]:
            yield Finding(line, "marc.subfield_twice", {"tag": one.tag, "code": code}, is_error=False)
    for code, marks in rule.subfields.items():
        if "!" in marks and code not in counted:
            yield Finding(line, "marc.subfield_needed", {"tag": one.tag, "code": code}, is_error=one.tag == _TITLE)
    is_begun = any(part.value.strip() for part in one.subfields)
    for part in one.subfields:
        if is_begun and not part.value.strip():
            yield Finding(line, "marc.empty_part", {"code": part.code}, is_error=False)
    yield from _check_numbers(one, line)


def _check_numbers(one: Field, line: int) -> Iterator[Finding]:
    for tag, normalize, code in (
        ("020", normalize_isbn, "marc.wrong_isbn"),
        ("022", normalize_issn, "marc.wrong_issn"),
    ):
        if one.tag == tag:
            for value in one.all("a"):
                number = re.split(r"[ (:]", value.strip())[0]
                if number and normalize(number) is None:
                    yield Finding(line, code, {"value": number})


def _check_fixed(record: MarcRecord, data: str, line: int, language: str) -> Iterator[Finding]:
    if len(data) != FIXED_LENGTH:
        yield Finding(line, "marc.fixed_length", {"length": str(len(data))})
        return
    if not re.fullmatch(r"[\du]{4}|[ |#]{4}", data[7:11]):
        yield Finding(line, "marc.bad_year")
    if data[35:38].strip(" |#") == "":
        yield Finding(line, "marc.no_language", is_error=False)
    yield from _check_codes(record, "008", data, line, language)


def _check_codes(record: MarcRecord, tag: str, data: str, line: int, language: str) -> Iterator[Finding]:
    for one in places(tag, record.leader):
        value = data[one.start : one.start + one.length].replace("#", " ")
        # Fill characters say that nobody tried to code it. Countries and languages are more than the table names.
        if not one.values or value in one.values or set(value) == {"|"} or one.length > 1:
            continue
        words = {"place": f"{one.start:02}", "name": one.names.of(language), "value": _shown(value)}
        yield Finding(line, "marc.bad_code", words, is_error=tag == "LDR" and one.start in (5, 6, 7))


_USUAL: Final = {
    "041": "0 ", "100": "1 ", "110": "2 ", "111": "2 ", "130": "0 ", "240": "10", "245": "10", "246": "1 ", "362": "0 ",
    "490": "0 ", "505": "0 ", "600": "14", "610": "24", "650": " 4", "651": " 4", "655": " 4", "700": "1 ", "710": "2 ",
    "773": "0 ", "830": " 0", "856": "40",
}  # fmt: skip


def usual_indicators(tag: str) -> str:
    """The two indicators with which a field is mostly written."""
    rule = fields().get(tag)
    if tag in _USUAL or rule is None:
        return _USUAL.get(tag, "  ")
    return "".join(
        " " if not allowed or " " in allowed or allowed == _ANYTHING else allowed[0]
        for allowed in (rule.first, rule.second)
    )


def skeleton(leader: str, fixed: str, wanted: str) -> str:
    """An empty record in the line form; ``wanted``: tags with the codes of their subfields («245abc 260abc»)."""
    lines = [f"=LDR {leader}", f"=008 {fixed}"]
    for one in wanted.split():
        tag, codes = one[:3], one[3:] or "a"
        lines.append(f"={tag} {_shown(usual_indicators(tag))}" + "".join(f"${code}" for code in codes))
    return "\n".join(lines)


def _shown(text: str) -> str:
    return text.replace(" ", "#")


def without_empty(record: MarcRecord) -> MarcRecord:
    """The record without subfields that say nothing, and without fields of such only."""
    kept = []
    for one in record.fields:
        if one.data is not None:
            kept.append(one)
            continue
        parts = [part for part in one.subfields if part.value.strip()]
        if parts:
            kept.append(Field(one.tag, one.ind1, one.ind2, parts))
    return MarcRecord(record.leader, kept)
