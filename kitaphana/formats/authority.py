"""What a MARC 21 authority record says, and the way back from the form.

``1XX`` is the heading, ``4XX`` a variant that leads to it (``$w`` beginning with ``a`` is an earlier heading), ``5XX`` a
heading to look at as well, ``670``/``678``/``680`` are notes. UNIMARC and RUSMARC authorities (2XX, 4XX, 5XX, 300/340/810)
are turned into MARC 21 at the border.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kitaphana.formats.bibliographic import clean
from kitaphana.formats.marc import Field, MarcRecord, Subfield

PERSON: Final = "PERSON"
BODY: Final = "BODY"
SUBJECT: Final = "SUBJECT"
SERIES: Final = "SERIES"

_KINDS: Final = {
    "00": PERSON, "10": BODY, "11": BODY, "30": SERIES, "48": SUBJECT, "50": SUBJECT, "51": SUBJECT, "55": SUBJECT,
}  # fmt: skip
_TAGS: Final = {PERSON: "00", BODY: "10", SUBJECT: "50", SERIES: "30"}
_TEXT: Final = {"00": "abcq", "10": "abnd", "11": "anc"}
"""Subfields of a name; of topics and titles it is $a."""
_SUBDIVISIONS: Final = "vxyz"
_DASH: Final = re.compile(r"\s+(?:—|–|--)\s+")
LEADER: Final = "00000nz  a2200000n  4500"
_TO_MARC21: Final = {"00": "00", "10": "10", "15": "51", "20": "00", "30": "30", "35": "30", "40": "30", "50": "50"}
"""Ends of UNIMARC tags (200 person, 210 body, 215 place, 220 family, 230 title, 240 name and title, 250 topic)."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another form of a heading; ``is_former``: it was the heading once."""

    text: str
    is_former: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """A heading with everything that leads to it. ``dates``: of a person's life or a body's work, as text."""

    kind: str
    heading: str
    dates: str = ""
    variants: tuple[Variant, ...] = ()
    see_also: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def describe_authority(record: MarcRecord) -> Authority | None:
    """Read a MARC 21 authority record; None where it has no heading of a kind that is kept."""
    main = next((one for one in record.fields if one.tag[0] == "1" and one.tag[1:] in _KINDS), None)
    if main is None or not (heading := heading_text(main)):
        return None
    variants: dict[str, Variant] = {}
    for one in record.fields:
        if one.tag[0] == "4" and one.tag[1:] in _KINDS and (text := heading_text(one)) and text != heading:
            variants.setdefault(text, Variant(text, (one.get("w") or "").startswith("a")))
    see_also = (heading_text(one) for one in record.fields if one.tag[0] == "5" and one.tag[1:] in _KINDS)
    notes = (" ".join(one.all("ab")).strip() for one in record.all("670", "678", "680"))
    return Authority(
        kind=_KINDS[main.tag[1:]],
        heading=heading,
        dates=clean(main.get("d") or "") if main.tag == "100" else "",
        variants=tuple(variants.values()),
        see_also=tuple(dict.fromkeys(text for text in see_also if text)),
        notes=tuple(note for note in notes if note),
    )


def heading_text(one: Field) -> str:
    """The text of a 1XX, 4XX or 5XX field, or of a name or topic in a bibliographic record; subdivisions after a dash."""
    end = one.tag[1:]
    text = clean(" ".join(one.all(_TEXT.get(end, "a"))))
    if end in {"00", "10", "11"} and (title := one.get("t")):
        return f"{text}. {clean(title)}"
    parts = [clean(part) for part in one.all(_SUBDIVISIONS)] if end in {"50", "51", "55", "48"} else []
    return " — ".join(part for part in (text, *parts) if part)


def build_authority(one: Authority, base: MarcRecord | None = None) -> MarcRecord:
    """The MARC 21 of an authority; of ``base`` everything stays that the form does not know (other notes, codes)."""
    record = MarcRecord(base.leader if base else LEADER, list(base.fields) if base else [])
    end = _TAGS[one.kind]
    main = next((field for field in record.fields if field.tag[0] == "1" and field.tag[1:] in _KINDS), None)
    if main is None or heading_text(main) != one.heading or _dates(main) != one.dates:
        if main is not None:
            record.fields = [field for field in record.fields if field is not main]
            end = main.tag[1:]
        parts = [*_parts(end, one.heading), *([Subfield("d", one.dates)] if one.dates else [])]
        record.add(Field(f"1{end}", _indicator(end, one.heading), " ", parts))
    present = {heading_text(field): field for field in record.fields if field.tag[0] == "4" and field.tag[1:] in _KINDS}
    wanted = {variant.text: variant for variant in one.variants}
    gone = [field for text, field in present.items() if text not in wanted]
    record.fields = [field for field in record.fields if not any(field is left for left in gone)]
    for variant in one.variants:
        if variant.text not in present:
            parts = [*([Subfield("w", "anna")] if variant.is_former else []), *_parts(end, variant.text)]
            record.add(Field(f"4{end}", _indicator(end, variant.text), " ", parts))
    known = {heading_text(field) for field in record.fields if field.tag[0] == "5"}
    record.fields = [field for field in record.fields if field.tag[0] != "5" or heading_text(field) in one.see_also]
    for text in one.see_also:
        if text not in known:
            record.add(Field(f"5{end}", _indicator(end, text), " ", _parts(end, text)))
    said = {" ".join(field.all("ab")).strip() for field in record.all("670", "678", "680")}
    record.fields = [
        field
        for field in record.fields
        if field.tag not in {"670", "678", "680"} or " ".join(field.all("ab")).strip() in one.notes
    ]
    for note in one.notes:
        if note not in said:
            record.add(Field("670", subfields=[Subfield("a", note)]))
    return record


def _dates(main: Field) -> str:
    return clean(main.get("d") or "") if main.tag == "100" else ""


def _indicator(end: str, text: str) -> str:
    if end == "00":
        return "1" if "," in text else "0"
    return "2" if end == "10" else " "


def _parts(end: str, text: str) -> list[Subfield]:
    if end not in {"50", "51", "55", "48"}:
        return [Subfield("a", text)]
    first, *others = _DASH.split(text)
    return [Subfield("a", first), *(Subfield("x", other) for other in others)]


def from_unimarc(record: MarcRecord) -> MarcRecord:
    """A UNIMARC or RUSMARC authority record as MARC 21: headings, references, notes; codes stay behind."""
    turned = MarcRecord(LEADER, [field for field in record.fields if field.tag in {"001", "003"}])
    for one in record.fields:
        end = _TO_MARC21.get(one.tag[1:])
        if one.tag[0] in "245" and end is not None and not one.is_control:
            turned.add(_heading_from_unimarc(str(int(one.tag[0]) - 1) if one.tag[0] == "2" else one.tag[0], end, one))
        elif one.tag in {"300", "340", "810"} and (text := " ".join(one.all("ab")).strip()):
            turned.add(Field("670", subfields=[Subfield("a", text)]))
    if (agency := record.first("801")) is not None and record.first("003") is None and (code := agency.get("b")):
        turned.add(Field("003", data=code))
    return turned


def _heading_from_unimarc(first: str, end: str, one: Field) -> Field:
    parts = []
    if (relation := one.get("5")) and relation[:1] == "e" and first == "4":
        parts.append(Subfield("w", "anna"))  # an earlier heading
    if end == "00":
        name, given = clean(one.get("a") or ""), clean(one.get("g") or one.get("b") or "")
        parts.append(Subfield("a", f"{name}, {given}" if given else name))
        if dates := one.get("f"):
            parts.append(Subfield("d", clean(dates)))
    elif end == "10":
        parts += [Subfield("a" if place == 0 else "b", clean(text)) for place, text in enumerate(one.all("ab"))]
    else:
        parts.append(Subfield("a", clean(one.get("a") or "")))
        parts += [Subfield(part.code, part.value) for part in one.subfields if part.code in "xyz"]
    return Field(f"{first}{end}", _indicator(end, parts[-1].value if end == "00" else ""), " ", parts)
