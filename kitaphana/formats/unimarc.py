"""UNIMARC and RUSMARC to MARC 21 and back, by a readable table; what can't be carried over is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kitaphana.formats.marc import Field, MarcRecord, Subfield


@dataclass(frozen=True, slots=True)
class Converted:
    """The converted record and the tags (with subfields) that were lost."""

    record: MarcRecord
    lost: tuple[str, ...]


# UNIMARC tag → MARC 21 tag, indicators, subfield codes (from=to). One row a rule; order is the order of output.
_SIMPLE: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("010", "020", "  ", "a=a z=z"),
    ("011", "022", "  ", "a=a"),
    ("020", "015", "  ", "b=a"),
    ("101", "041", "0 ", "a=a c=h"),
    ("205", "250", "  ", "a=a b=b"),
    ("215", "300", "  ", "a=a c=b d=c e=e"),
    ("225", "490", "0 ", "a=a v=v x=x"),
    ("300", "500", "  ", "a=a"),
    ("301", "500", "  ", "a=a"),
    ("304", "500", "  ", "a=a"),
    ("305", "500", "  ", "a=a"),
    ("316", "500", "  ", "a=a"),
    ("320", "504", "  ", "a=a"),
    ("327", "505", "0 ", "a=a"),
    ("328", "502", "  ", "a=a"),
    ("330", "520", "  ", "a=a"),
    ("333", "521", "  ", "a=a"),
    ("500", "240", "10", "a=a n=k h=n i=p m=l"),
    ("510", "246", "31", "a=a e=b"),
    ("512", "246", "14", "a=a e=b"),
    ("517", "246", "3 ", "a=a e=b"),
    ("540", "246", "3 ", "a=a"),
    ("600", "600", "14", "a=a b=b f=d x=x y=z z=y"),
    ("601", "610", "24", "a=a b=b x=x y=z z=y"),
    ("606", "650", " 4", "a=a x=x y=z z=y"),
    ("607", "651", " 4", "a=a x=x y=z z=y"),
    ("608", "655", " 4", "a=a"),
    ("610", "653", "  ", "a=a"),
    ("675", "080", "  ", "a=a"),
    ("676", "082", "04", "a=a"),
    ("686", "084", "  ", "a=a 2=2"),
    ("710", "110", "2 ", "a=a b=b"),
    ("711", "710", "2 ", "a=a b=b"),
    ("712", "710", "2 ", "a=a b=b"),
    ("801", "040", "  ", "b=a g=e"),
    ("856", "856", "4 ", "u=u z=z"),
)
_FORWARD: Final = {row[0]: row for row in _SIMPLE}
_HANDLED: Final = {"001", "003", "005", "100", "102", "200", "210", "700", "701", "702"}
_LEVELS: Final = {"a": "a", "m": "m", "s": "s", "c": "c"}


def to_marc21(record: MarcRecord) -> Converted:
    """A UNIMARC record as MARC 21."""
    lost: dict[str, None] = {}
    result = MarcRecord(_leader_to_marc21(record.leader))
    for one in record.fields:
        if one.tag in {"001", "003", "005"}:
            result.fields.append(one)
    result.fields.append(Field("008", data=_fixed(record)))
    title = record.first("200")
    if title is not None:
        result.fields.append(_title_to_marc21(title))
    for one in record.all("210"):
        result.fields.append(_imprint_to_marc21(one))
    for one in record.all("700", "701", "702"):
        result.fields.append(_person_to_marc21(one, main=one.tag == "700"))
    for one in record.fields:
        if one.tag in _HANDLED:
            continue
        rule = _FORWARD.get(one.tag)
        if rule is None or one.data is not None:
            lost[one.tag] = None
            continue
        lost.update(_apply(rule, one, result))
    result.fields.sort(key=lambda item: item.tag)
    return Converted(result, tuple(lost))


def _apply(rule: tuple[str, str, str, str], one: Field, result: MarcRecord) -> dict[str, None]:
    source, target, indicators, mapping = rule
    codes = dict(pair.split("=") for pair in mapping.split())
    parts = [Subfield(codes[part.code], part.value) for part in one.subfields if part.code in codes]
    missing = {f"{source}${part.code}": None for part in one.subfields if part.code not in codes}
    if parts:
        result.fields.append(Field(target, indicators[0], indicators[1], parts))
    return missing


def _leader_to_marc21(leader: str) -> str:
    leader = (leader + " " * 24)[:24]
    kind = {"l": "m", "m": "o"}.get(leader[6], leader[6])
    level = _LEVELS.get(leader[7], "m")
    return f"00000{leader[5]}{kind if kind.strip() else 'a'}{level} a2200000   4500"


def _fixed(record: MarcRecord) -> str:
    coded = record.first("100")
    data = ((coded.get("a") if coded else "") or "").ljust(36)
    language = record.first("101")
    country = record.first("102")
    year = data[9:13] if data[9:13].isdigit() else _year_of(record)
    place = ((country.get("a") if country else "") or "xx").lower()[:3].ljust(3)
    tongue = ((language.get("a") if language else "") or "   ").lower()[:3].ljust(3)
    return f"{data[2:8]}s{year:4}    {place}           |000 u {tongue}  "[:40].ljust(40)


def _year_of(record: MarcRecord) -> str:
    imprint = record.first("210")
    match = re.search(r"(1[4-9]\d\d|20\d\d)", (imprint.get("d") if imprint else "") or "")
    return match[1] if match else "    "


def _title_to_marc21(one: Field) -> Field:
    title = one.get("a") or ""
    others = [part.value for part in one.subfields if part.code == "e"]
    names = [part.value for part in one.subfields if part.code in "fg"]
    parts: list[Subfield] = []
    numbers = [Subfield("n" if part.code == "h" else "p", part.value) for part in one.subfields if part.code in "hi"]
    parallel = [part.value for part in one.subfields if part.code == "d"]
    rest = " : ".join([*others, *(f"= {value}" for value in parallel)])
    mark = " :" if rest else " /" if names else ""
    parts.append(Subfield("a", title + (mark if not numbers else ".")))
    for number in numbers:
        parts.append(number)
    if rest:
        parts.append(Subfield("b", rest + (" /" if names else "")))
    if names:
        parts.append(Subfield("c", " ; ".join(names)))
    return Field("245", "1", "0", parts)


def _imprint_to_marc21(one: Field) -> Field:
    place = " ; ".join(one.all("a"))
    publisher = " : ".join(one.all("c"))
    year = ", ".join(one.all("d"))
    parts = []
    if place:
        parts.append(Subfield("a", f"{place} :" if publisher else place))
    if publisher:
        parts.append(Subfield("b", f"{publisher}," if year else publisher))
    if year:
        parts.append(Subfield("c", year))
    return Field("260", " ", " ", parts)


def _person_to_marc21(one: Field, *, main: bool) -> Field:
    surname = (one.get("a") or "").strip(" ,")
    given = (one.get("g") or one.get("b") or "").strip(" ,")
    parts = [Subfield("a", f"{surname}, {given}" if given else surname)]
    if numeral := one.get("d"):
        parts.append(Subfield("b", numeral))
    if title := one.get("c"):
        parts.append(Subfield("c", title))
    if dates := one.get("f"):
        parts.append(Subfield("d", dates))
    if role := one.get("4"):
        parts.append(Subfield("4", role))
    return Field("100" if main else "700", "1" if given or one.ind2 == "1" else "0", " ", parts)


_BACKWARD: Final = {
    row[1]: row for row in reversed(_SIMPLE) if row[0] not in {"301", "304", "305", "316", "512", "517", "540", "712"}
}


def to_unimarc(record: MarcRecord) -> Converted:
    """A MARC 21 record as UNIMARC (RUSMARC practice: leader/20-23 blank, charset 50 = Unicode)."""
    lost: dict[str, None] = {}
    leader = (record.leader + " " * 24)[:24]
    result = MarcRecord(f"00000{leader[5]}{leader[6]}{leader[7]}0 2200000   450 ")
    fixed = record.first("008")
    data = ((fixed.data or "") if fixed else "").ljust(40)
    for one in record.fields:
        if one.tag in {"001", "003", "005"}:
            result.fields.append(one)
    year = data[7:11] if data[7:11].isdigit() else "    "
    coded = f"{'20' if data[:2] < '70' else '19'}{data[:6]}d{year}    u  y0rusy50      ca"
    result.fields.append(Field("100", " ", " ", [Subfield("a", coded[:36].ljust(36))]))
    if data[35:38].strip() and record.first("041") is None:
        result.fields.append(Field("101", "0", " ", [Subfield("a", data[35:38])]))
    if data[15:18].strip() and data[15:18].strip() != "xx":
        result.fields.append(Field("102", " ", " ", [Subfield("a", data[15:17].upper())]))
    special: dict[str, Callable[[Field], Field]] = {
        "245": _title_to_unimarc, "260": _imprint_to_unimarc, "264": _imprint_to_unimarc,
        "100": _person_to_unimarc, "700": _person_to_unimarc,
    }  # fmt: skip
    for one in record.fields:
        if one.tag in {"001", "003", "005", "008"}:
            continue
        if one.tag in special:
            result.fields.append(special[one.tag](one))
            continue
        rule = _BACKWARD.get(one.tag)
        if rule is None or one.data is not None:
            lost[one.tag] = None
            continue
        source, target, indicators, mapping = rule
        turned = " ".join("=".join(reversed(pair.split("="))) for pair in mapping.split())
        lost.update(_apply((target, source, "  ", turned), one, result))
    result.fields.sort(key=lambda item: item.tag)
    return Converted(result, tuple(lost))


def _bare(text: str) -> str:
    return re.sub(r"\s*[/:;,=]$", "", text.strip())


def _title_to_unimarc(one: Field) -> Field:
    codes = {"a": "a", "b": "e", "n": "h", "p": "i", "c": "f", "h": "b"}
    parts = [Subfield(codes[part.code], _bare(part.value)) for part in one.subfields if part.code in codes]
    return Field("200", "1", " ", parts)


def _imprint_to_unimarc(one: Field) -> Field:
    codes = {"a": "a", "b": "c", "c": "d"}
    parts = [Subfield(codes[part.code], _bare(part.value)) for part in one.subfields if part.code in codes]
    return Field("210", " ", " ", parts)


def _person_to_unimarc(one: Field) -> Field:
    surname, _, given = (one.get("a") or "").partition(",")
    parts = [Subfield("a", surname.strip())]
    if given.strip(" ,"):
        initials = " ".join(f"{word[0]}." for word in given.replace(".", ". ").split())
        parts += [Subfield("b", initials), Subfield("g", given.strip(" ,"))]
    for code, target in (("b", "d"), ("c", "c"), ("d", "f"), ("4", "4")):
        if value := one.get(code):
            parts.append(Subfield(target, value.rstrip(",")))
    return Field("700" if one.tag == "100" else "701", " ", "1" if given else "0", parts)
