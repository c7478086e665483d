"""What a MARC 21 record says of an edition, and the way back from the describing form."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from kitaphana.formats.isbn import hyphenate, normalize
from kitaphana.formats.marc import Field, MarcRecord, Subfield

_TRAILING: Final = re.compile(r"[\s/:;,=.]+$")
_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_PAGES: Final = re.compile(r"(\d{1,5})\s*(?:\[\d+\]\s*)?(?:бет|б\b|б\.|с\b|с\.|стр|p\b|p\.|pages|S\.)", re.IGNORECASE)
_AGES: Final = re.compile(r"(\d{1,2})\s*(?:[-–—]\s*(\d{1,2})|\+)")
_GRADE: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s*[-–]?\s*(?:сынып|сыныб|класс|кл\.|grade|кластың|класы)", re.IGNORECASE
)
_TEXTBOOK: Final = re.compile(r"оқулық|учебник|textbook", re.IGNORECASE)
_BROCHURE: Final = range(5, 49)
_KINDS: Final = {
    "e": "MAP", "f": "MAP", "c": "MUSIC", "d": "MUSIC", "i": "AUDIO", "j": "AUDIO", "g": "VIDEO", "k": "OTHER",
    "m": "ELECTRONIC", "o": "KIT", "p": "KIT", "r": "OTHER",
}  # fmt: skip
_SUBJECTS: Final = ("600", "610", "611", "630", "648", "650", "651", "653")
DEFAULT_LEADER: Final = "00000nam a2200000   4500"


@dataclass(frozen=True, slots=True)
class Description:
    """An edition as people see it."""

    title: str
    control_number: str = ""
    agency: str = ""
    subtitle: str = ""
    part: str = ""
    alternative_titles: tuple[str, ...] = ()
    responsibility: str = ""
    authors: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    invalid_isbns: tuple[str, ...] = ()
    year: int | None = None
    publisher: str = ""
    place: str = ""
    language: str = ""
    extent: str = ""
    pages: int | None = None
    series: str = ""
    edition: str = ""
    summary: str = ""
    subjects: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    udc: str = ""
    bbk: str = ""
    age_from: int | None = None
    age_to: int | None = None
    grade: int | None = None
    kind: str = "BOOK"


def clean(text: str) -> str:
    """Without the punctuation that ISBD puts between areas."""
    text = text.strip()
    kept = _TRAILING.sub("", text)
    # «Н. А.» and «т. 1.» keep their point.
    if text.endswith(".") and re.search(r"(?:^|[\s.])[^\W\d_]$", kept):
        return kept + "."
    return kept


def _part(record: MarcRecord, tag: str, codes: str) -> str:
    one = record.first(tag)
    return clean(" ".join(one.all(codes))) if one else ""


def describe(record: MarcRecord) -> Description:
    """Read a MARC 21 record. Anything missing is empty; nothing raises."""
    by_tag: dict[str, list[Field]] = {}
    for one in record.fields:
        by_tag.setdefault(one.tag, []).append(one)

    def first(tag: str, codes: str) -> str:
        fields = by_tag.get(tag)
        return clean(" ".join(fields[0].all(codes))) if fields else ""

    fixed = (by_tag["008"][0].data or "") if "008" in by_tag else ""
    isbns, invalid = _isbns(by_tag.get("020", []))
    imprint = "264" if "260" not in by_tag else "260"
    extent = first("300", "a")
    pages = _PAGES.search(extent)
    age_from, age_to, grade = _audience(by_tag.get("521", []))
    genres = tuple(clean(value) for one in by_tag.get("655", []) for value in one.all("a"))
    title = clean(" ".join(by_tag["245"][0].all("anp"))) if "245" in by_tag else ""
    subtitle = first("245", "b")
    is_textbook = any(_TEXTBOOK.search(text) for text in (*genres, subtitle, title))
    if grade is None and is_textbook and (match := _GRADE.search(f"{title} {subtitle}")):
        grade = int(match[1])
    language = first("041", "a")[:3] or fixed[35:38]
    return Description(
        title=title,
        control_number=record.control_number,
        agency=record.agency,
        subtitle=subtitle,
        part=first("245", "np"),
        alternative_titles=_alternatives(by_tag, title),
        responsibility=first("245", "c"),
        authors=_authors(by_tag),
        isbns=isbns,
        invalid_isbns=invalid,
        year=_year(by_tag.get(imprint, []), fixed),
        publisher=first(imprint, "b"),
        place=first(imprint, "a"),
        language=language if language.isalpha() else "",
        extent=extent,
        pages=int(pages[1]) if pages else None,
        series=first("490", "av") or first("440", "av") or first("830", "av"),
        edition=first("250", "ab"),
        summary=" ".join(value for one in by_tag.get("520", []) for value in one.all("ab")).strip(),
        subjects=tuple(
            dict.fromkeys(
                " — ".join(clean(value) for value in one.all("abcdtvxyz"))
                for tag in _SUBJECTS
                for one in by_tag.get(tag, [])
            )
        ),
        genres=genres,
        udc=first("080", "a"),
        bbk=_bbk(by_tag.get("084", [])),
        age_from=age_from,
        age_to=age_to,
        grade=grade if grade is not None and grade <= 12 else None,
        kind=_kind(record.leader, fixed, by_tag, is_textbook, int(pages[1]) if pages else None),
    )


def _isbns(fields: list[Field]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    good: dict[str, None] = {}
    wrong: list[str] = []
    for one in fields:
        for value in one.all("a"):
            text = value.split("(")[0].split(":")[0].strip()
            isbn = normalize(text) or (normalize(text.split()[0]) if text.split() else None)
            if isbn:
                good[isbn] = None
            elif text:
                wrong.append(text)
        wrong += [value.strip() for value in one.all("z") if value.strip()]
    return tuple(good), tuple(wrong)


def _year(fields: list[Field], fixed: str) -> int | None:
    for one in fields:
        for value in one.all("c"):
            if match := _YEAR.search(value):
                return int(match[1])
    if match := _YEAR.fullmatch(fixed[7:11]):
        return int(match[1])
    return None


def _authors(by_tag: dict[str, list[Field]]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for tag in ("100", "110", "111", "700", "710"):
        for one in by_tag.get(tag, []):
            if tag in {"700", "710"} and one.get("t"):
                continue
            codes = "abcq" if tag in {"100", "700"} else "ab"
            name = clean(" ".join(one.all(codes)))
            if name:
                names[name] = None
    return tuple(names)


def _alternatives(by_tag: dict[str, list[Field]], title: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for tag in ("130", "240", "246", "740", "730"):
        for one in by_tag.get(tag, []):
            found[clean(" ".join(one.all("anp")))] = None
    for one in by_tag.get("880", []):
        if (one.get("6") or "").startswith(("245", "246", "240")):
            found[clean(" ".join(one.all("abnp")))] = None
    found.pop("", None)
    found.pop(title, None)
    return tuple(found)


def _bbk(fields: list[Field]) -> str:
    for one in fields:
        if "bbk" in (one.get("2") or "").lower():
            return clean(one.get("a") or "")
    return clean(fields[0].get("a") or "") if fields else ""


def _audience(fields: list[Field]) -> tuple[int | None, int | None, int | None]:
    for one in fields:
        text = one.get("a") or ""
        match = _AGES.search(text)
        grade = _GRADE.search(text)
        if one.ind1 == "2" and (number := re.search(r"\d{1,2}", text)):
            return None, None, int(number[0])
        if grade:
            return None, None, int(grade[1])
        if match:
            return int(match[1]), int(match[2]) if match[2] else None, None
    return None, None, None


def _kind(leader: str, fixed: str, by_tag: dict[str, list[Field]], is_textbook: bool, pages: int | None) -> str:
    kind, level = leader[6:7], leader[7:8]
    if kind in _KINDS:
        return _KINDS[kind]
    physical = {(one.data or " ")[:1] for one in by_tag.get("007", [])}
    if fixed[23:24] in {"o", "q", "s"} or "c" in physical:
        return "ELECTRONIC"
    if level in {"s", "b", "i"}:
        return "PERIODICAL"
    if is_textbook:
        return "TEXTBOOK"
    if pages is not None and pages in _BROCHURE:
        return "BROCHURE"
    return "BOOK"


_LEADER_KINDS: Final = {
    "MAP": "em", "MUSIC": "cm", "AUDIO": "im", "VIDEO": "gm", "ELECTRONIC": "mm", "KIT": "om", "PERIODICAL": "as",
    "OTHER": "rm",
}  # fmt: skip
_OWNED: Final = (
    "020", "080", "100", "110", "245", "250", "260", "264", "300", "490", "520", "521", "650", "653", "655", "700",
)  # fmt: skip
"""Fields of which the form owns every subfield it shows; other fields stay as they are."""


def build(description: Description, base: MarcRecord | None = None) -> MarcRecord:
    """The record for a description. With ``base`` only what the form changed is written anew; the rest stays."""
    record = MarcRecord(base.leader if base else DEFAULT_LEADER, list(base.fields) if base else [])
    before = describe(record) if base else Description(title="")
    new = description
    if base is None or before.kind != new.kind:
        kind = _LEADER_KINDS.get(new.kind, "am")
        record.leader = f"{(record.leader + ' ' * 24)[:6]}{kind}{(record.leader + ' ' * 24)[8:24]}"
    if new.control_number and not record.control_number:
        record.add(Field("001", data=new.control_number))
    if base is None or (before.year, before.language) != (new.year, new.language):
        _set_fixed(record, new)

    def changed(*names: str) -> bool:
        return base is None or any(getattr(before, name) != getattr(new, name) for name in names)

    if changed("isbns"):
        _replace(record, "020", [_data("020", "  ", ("a", hyphenate(isbn))) for isbn in new.isbns])
    if changed("udc"):
        _replace(record, "080", [_data("080", "  ", ("a", new.udc))] if new.udc else [])
    if changed("bbk"):
        _replace(record, "084", [_data("084", "  ", ("a", new.bbk), ("2", "rubbk"))] if new.bbk else [])
    if changed("authors"):
        record.remove("100", "110", "111", "700", "710")
        for place, name in enumerate(new.authors):
            record.add(_data("700" if place else "100", "1 ", ("a", name)))
    if changed("title", "subtitle", "responsibility"):
        parts = [("a", new.title + (" :" if new.subtitle else " /" if new.responsibility else ""))]
        if new.subtitle:
            parts.append(("b", new.subtitle + (" /" if new.responsibility else "")))
        parts.append(("c", new.responsibility))
        _replace(record, "245", [_data("245", "10" if new.authors else "00", *parts)])
    if changed("edition"):
        _replace(record, "250", [_data("250", "  ", ("a", new.edition))] if new.edition else [])
    if changed("place", "publisher", "year"):
        record.remove("264")
        year = str(new.year) if new.year else ""
        imprint = (
            ("a", f"{new.place} :" if new.place and new.publisher else new.place),
            ("b", f"{new.publisher}," if new.publisher and year else new.publisher),
            ("c", year),
        )
        _replace(record, "260", [_data("260", "  ", *imprint)] if any(value for _, value in imprint) else [])
    if changed("extent"):
        _replace(record, "300", [_data("300", "  ", ("a", new.extent))] if new.extent else [])
    if changed("series"):
        _replace(record, "490", [_data("490", "0 ", ("a", new.series))] if new.series else [])
    if changed("summary"):
        _replace(record, "520", [_data("520", "  ", ("a", new.summary))] if new.summary else [])
    if changed("age_from", "age_to", "grade"):
        _replace(record, "521", _audience_fields(new))
    if changed("subjects"):
        record.remove(*_SUBJECTS)
        for subject in new.subjects:
            head, *rest = subject.split(" — ")
            record.add(_data("650", " 4", ("a", head), *(("x", part) for part in rest)))
    if changed("genres", "kind"):
        genres = new.genres
        if new.kind == "TEXTBOOK" and not any(_TEXTBOOK.search(genre) for genre in genres):
            genres = (*genres, "Учебник" if new.language == "rus" else "Оқулық")
        if new.kind != "TEXTBOOK":
            genres = tuple(genre for genre in genres if not _TEXTBOOK.search(genre))
        _replace(record, "655", [_data("655", " 4", ("a", genre)) for genre in genres])
    return record


def _data(tag: str, indicators: str, *parts: tuple[str, str]) -> Field:
    return Field(tag, indicators[0], indicators[1], [Subfield(code, value) for code, value in parts if value])


def _replace(record: MarcRecord, tag: str, fields: list[Field]) -> None:
    record.remove(tag)
    for one in fields:
        record.add(one)


def _audience_fields(new: Description) -> list[Field]:
    fields = []
    if new.grade is not None:
        fields.append(_data("521", "2 ", ("a", str(new.grade))))
    if new.age_from is not None:
        text = f"{new.age_from}+" if new.age_to is None else f"{new.age_from}-{new.age_to}"
        fields.append(_data("521", "1 ", ("a", text)))
    return fields


def _set_fixed(record: MarcRecord, new: Description) -> None:
    """Year and language in field 008, made where it is missing."""
    present = record.first("008")
    data = ((present.data or "") if present else "").ljust(40)[:40]
    if not present:
        data = f"000000s{'':4}    xx            000 0 {'':3}  "[:40].ljust(40)
    year = f"{new.year:04d}" if new.year else "    "
    data = f"{data[:6]}s{year}{data[11:35]}{(new.language or '   ')[:3]:3}{data[38:]}"
    if present:
        record.fields[record.fields.index(present)] = Field("008", data=data)
    else:
        record.add(Field("008", data=data))


def with_isbns(description: Description, text: str) -> Description:
    """The description with the ISBNs typed into one field, separated by commas or spaces."""
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    good = tuple(dict.fromkeys(isbn for part in parts if (isbn := normalize(part))))
    wrong = tuple(part for part in parts if not normalize(part))
    return replace(description, isbns=good, invalid_isbns=wrong)
