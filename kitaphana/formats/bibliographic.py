"""What a MARC 21 record says of an edition, and the way back from the describing form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypedDict

from kitaphana.formats.isbn import hyphenate, normalize
from kitaphana.formats.marc import Field, MarcRecord, Subfield

_TRAILING: Final = re.compile(r"[\s/:;,=.]+$")
_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_PAGES: Final = re.compile(r"(\d{1,5})\s*(?:\[\d+\]\s*)?(?:бет|б\b|б\.|с\b|с\.|стр|p\b|p\.|pages|S\.)", re.IGNORECASE)
_AGES: Final = re.compile(r"(?<!\d)(\d{1,2})\s*(?:[-–—]\s*(\d{1,2})(?!\d)|\+)")
_AGE_FROM: Final = re.compile(r"(?:\bот\s+|\bfrom\s+)(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})\s*жастан", re.IGNORECASE)
_AGE_TO: Final = re.compile(r"(?:\bдо\s+|\bup to\s+)(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})\s*жасқа\s+дейін", re.IGNORECASE)
_OLDEST: Final = 25
_LAST_GRADE: Final = 12
_GRADE: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:[-–—]\s*\d{1,2}\s*)?[-–]?\s*(?:сынып|сыныб|класс|кл\.|grade|кластың|класы)",
    re.IGNORECASE,
)
_TEXTBOOK: Final = re.compile(r"оқулық|учебник|textbook", re.IGNORECASE)
_SCHOOL_CLASS: Final = re.compile(r"я7[12]|\(075\.[23]")
"""Textbooks for schools in the middle tables of ББК (я71, я72) and in УДК ((075.2), (075.3))."""
_LOCAL: Final = "kitaphana"
"""Source of a genre that says the kind where nothing else in the record does."""
_BROCHURE: Final = range(5, 49)
_KINDS: Final = {
    "e": "MAP", "f": "MAP", "c": "MUSIC", "d": "MUSIC", "i": "AUDIO", "j": "AUDIO", "g": "VIDEO", "k": "OTHER",
    "m": "ELECTRONIC", "o": "KIT", "p": "KIT", "r": "OTHER",
}  # fmt: skip
_LANGUAGE: Final = 3
_LONGEST_ISSN: Final = 20
_LONG_NUMBER: Final = 5
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
    issn: str = ""
    frequency: str = ""
    """How often a periodical comes out, in the words of the record."""
    numbering: str = ""
    """First and last issue of a periodical."""
    scale: str = ""
    url: str = ""
    """Where an electronic edition is read."""
    contents: tuple[str, ...] = ()
    """The table of contents, an entry each."""
    host_title: str = ""
    """The journal or book that an article or a part stands in."""
    host_number: str = ""
    """Control number of its record."""
    host_part: str = ""
    """Where in it: year, number, pages."""
    host_level: str = ""
    """``s``: the host is a periodical; ``m``: a book."""


def clean(text: str) -> str:
    """Without the punctuation that ISBD puts between areas."""
    text = text.strip()
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    text = text.rstrip(" /:;,=")
    kept = _TRAILING.sub("", text)
    # «Н. А.» and «т. 1.» keep their point.
    if text.endswith(".") and re.search(r"(?:^|[\s.])[^\W\d_]$", kept):
        return kept + "."
    return kept


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
    imprint = _imprint(by_tag)
    extent = first("300", "a")
    pages = _pages(extent)
    age_from, age_to, grade = _audience(by_tag.get("521", []))
    genres = tuple(name for one in by_tag.get("655", []) for name in _genres(one))
    title = first("245", "anp")
    subtitle = first("245", "b")
    subjects = tuple(dict.fromkeys(name for tag in _SUBJECTS for one in by_tag.get(tag, []) for name in _subjects(one)))
    udc = first("080", "a")
    bbk = _bbk(by_tag.get("084", []))
    is_textbook = (
        _TEXTBOOK.search("|".join((*genres, *subjects, subtitle, title))) is not None
        or _SCHOOL_CLASS.search(f"{bbk} {udc}") is not None
    )
    if grade is None and is_textbook and (match := _GRADE.search(f"{title} {subtitle}")):
        grade = int(match[1])
    language = fixed[35:38].lower()
    if not language.isalpha() or language in {"und", "mul", "zxx"}:
        language = first("041", "a")[:3].lower()
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
        year=_year(imprint, fixed),
        publisher=" : ".join(name for value in imprint.all("b") if (name := clean(value))) if imprint else "",
        place=" ; ".join(name for value in imprint.all("a") if (name := clean(value))) if imprint else "",
        language=language if language.isalpha() and len(language) == _LANGUAGE else "",
        extent=extent,
        pages=pages,
        series=first("490", "av") or first("440", "av") or first("830", "av"),
        edition=first("250", "ab"),
        summary=" ".join(_printable(value) for one in by_tag.get("520", []) for value in one.all("ab")).strip(),
        subjects=subjects,
        genres=genres,
        udc=udc,
        bbk=bbk,
        age_from=age_from,
        age_to=age_to,
        grade=grade if grade is not None and 0 < grade <= _LAST_GRADE else None,
        kind=_kind(record.leader, fixed, by_tag, is_textbook, pages),
        issn=first("022", "a")[:_LONGEST_ISSN],
        frequency=first("310", "a"),
        numbering=first("362", "a"),
        scale=first("255", "a"),
        url=_url(by_tag.get("856", [])),
        contents=tuple(entry for one in by_tag.get("505", []) for entry in _contents(one)),
        **_host(by_tag.get("773", [])),
    )


def _url(fields: list[Field]) -> str:
    """The first address; of a picture or a table of contents only where there is no other."""
    found = sorted(fields, key=lambda one: one.ind2 == "2")
    texts = (_printable(one.get("u") or "").strip() for one in found)
    return next((text for text in texts if text.lower().startswith(("http://", "https://"))), "")


def _contents(one: Field) -> list[str]:
    text = " ".join(part.value for part in one.subfields if part.code in "agrt")
    return [entry for part in re.split(r"\s+--\s*", text) if (entry := _printable(part).strip(" ./"))]


class _Host(TypedDict, total=False):
    host_title: str
    host_number: str
    host_part: str
    host_level: str


def _host(fields: list[Field]) -> _Host:
    if not fields:
        return {}
    one = fields[0]
    number = re.sub(r"^\([^)]*\)", "", _printable(one.get("w") or "")).strip()
    return {
        "host_title": clean(one.get("t") or one.get("s") or ""),
        "host_number": number,
        "host_part": clean(one.get("g") or ""),
        "host_level": (one.get("7") or "")[3:4],
    }


def _printable(text: str) -> str:
    """Without control characters, which no database and no page wants."""
    return text if text.isprintable() else "".join(one if one.isprintable() else " " for one in text).strip()


def _imprint(by_tag: dict[str, list[Field]]) -> Field | None:
    """260, or of the 264s the one of publication."""
    fields = by_tag.get("260")
    if fields:
        return fields[0]
    fields = by_tag.get("264", [])
    return next((one for one in fields if one.ind2 == "1"), fields[0] if fields else None)


def _pages(extent: str) -> int | None:
    match = _PAGES.search(extent)
    if match:
        return int(match[1])
    return int(extent) if extent.isdecimal() and len(extent) < _LONG_NUMBER else None


def _genres(one: Field) -> list[str]:
    return [] if one.get("2") == _LOCAL else [name for value in one.all("a") if (name := clean(value))]


def _subjects(one: Field) -> list[str]:
    """The headings of a field: keywords stand side by side in one 653."""
    if one.tag == "653":
        return [name for value in one.all("a") if (name := clean(value))]
    name = " — ".join(part for value in one.all("abcdtvxyz") if (part := clean(value)))
    return [name] if name else []


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


def _year(imprint: Field | None, fixed: str) -> int | None:
    for value in imprint.all("c") if imprint else ():
        if match := _YEAR.search(value):
            return int(match[1])
    if match := _YEAR.fullmatch(fixed[7:11]):
        return int(match[1])
    return None


_PERSONS: Final = frozenset({"100", "700"})
_AUTHORS: Final = ("100", "110", "111", "700", "710", "711")


def _authors(by_tag: dict[str, list[Field]]) -> tuple[str, ...]:
    names = (_author(one) for tag in _AUTHORS for one in by_tag.get(tag, ()))
    return tuple(dict.fromkeys(name for name in names if name))


def _author(one: Field) -> str:
    """The name an entry shows; empty for an entry of another work (with a title)."""
    if one.tag[0] == "7" and one.get("t"):
        return ""
    codes = "abcq" if one.tag in _PERSONS else "anc" if one.tag.endswith("11") else "ab"
    return clean(" ".join(one.all(codes)))


def _alternatives(by_tag: dict[str, list[Field]], title: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for tag in ("130", "240", "246", "740", "730"):
        for one in by_tag.get(tag, ()):
            found[clean(" ".join(one.all("anp")))] = None
    for one in by_tag.get("880", ()):
        if (one.get("6") or "").startswith(("245", "246", "240", "130", "740")):
            found[clean(" ".join(one.all("anp")))] = None
    found.pop("", None)
    found.pop(title, None)
    return tuple(found)


def _bbk(fields: list[Field]) -> str:
    one = _bbk_field(fields)
    return clean(one.get("a") or "") if one else ""


def _audience(fields: list[Field]) -> tuple[int | None, int | None, int | None]:
    """Youngest and oldest age, and grade, each from the first note that says it."""
    age_from = age_to = grade = None
    for one in fields:
        low, high, level = _readers(one)
        if low is not None or high is not None:
            age_from, age_to = (low, high) if age_from is None and age_to is None else (age_from, age_to)
        grade = level if grade is None else grade
    return age_from, age_to, grade


def _readers(one: Field) -> tuple[int | None, int | None, int | None]:
    """What one note of field 521 says: ages, or a grade (of a range the first)."""
    text = one.get("a") or ""
    if match := _GRADE.search(text):
        return None, None, int(match[1])
    number = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
    if one.ind1 == "2":
        return None, None, int(number[0]) if number else None
    if match := _AGES.search(text):
        low: int | None = int(match[1])
        high = int(match[2]) if match[2] else None
    else:
        least, most = _AGE_FROM.search(text), _AGE_TO.search(text)
        low = int(least[1] or least[2]) if least else None
        high = int(most[1] or most[2]) if most else None
        if one.ind1 == "1" and low is None and high is None and number:
            low = int(number[0])
    if max(low or 0, high or 0) > _OLDEST or (low is not None and high is not None and low > high):
        return None, None, None
    return low, high, None


def _kind(leader: str, fixed: str, by_tag: dict[str, list[Field]], is_textbook: bool, pages: int | None) -> str:
    for one in by_tag.get("655", ()):
        if one.get("2") == _LOCAL and (said := (one.get("a") or "").upper()) in KINDS:
            return said
    kind, level = leader[6:7], leader[7:8]
    if level in {"a", "b"} and "773" in by_tag:
        return "ARTICLE"
    if kind in _KINDS:
        return _KINDS[kind]
    # A disc that comes with a book has a 007 too; only what is read from afar is electronic itself.
    remote = any((one.data or "").startswith("cr") for one in by_tag.get("007", ()))
    if fixed[23:24] in _ELECTRONIC or remote:
        return "ELECTRONIC"
    if level in {"s", "b", "i"}:
        return "PERIODICAL"
    if is_textbook:
        return "TEXTBOOK"
    if pages is not None and pages in _BROCHURE:
        return "BROCHURE"
    return "BOOK"


_ELECTRONIC: Final = frozenset("oqs")
KINDS: Final = frozenset({*_KINDS.values(), "BOOK", "TEXTBOOK", "BROCHURE", "PERIODICAL", "ELECTRONIC", "ARTICLE"})
_LEADER_KINDS: Final = {
    "MAP": "em", "MUSIC": "cm", "AUDIO": "im", "VIDEO": "gm", "ELECTRONIC": "mm", "KIT": "om", "PERIODICAL": "as",
    "ARTICLE": "aa", "OTHER": "rm",
}  # fmt: skip


def build(description: Description, base: MarcRecord | None = None) -> MarcRecord:
    """The record for a description.

    With ``base`` only what differs from the base's own description is written anew, and of that as little as can be:
    an author who stays keeps dates and relator, an imprint its printer, a heading its source. ``base`` is not changed.
    """
    record = MarcRecord(base.leader if base else DEFAULT_LEADER, list(base.fields) if base else [])
    before = describe(record) if base else Description(title="", kind="")
    new = description

    def changed(*names: str) -> bool:
        return any(getattr(before, name) != getattr(new, name) for name in names)

    if new.control_number and not record.control_number:
        record.add(Field("001", data=new.control_number))
    if base is None or changed("year", "language"):
        _set_fixed(record, new)
    if changed("isbns"):
        _sync(record, ("020",), _valid_isbns, new.isbns, lambda isbn: _data("020", "  ", ("a", hyphenate(isbn))))
    if changed("udc"):
        _put(record, record.first("080"), _data("080", "  ", ("a", new.udc)) if new.udc else None)
    if changed("bbk"):
        _put(
            record,
            _bbk_field(record.all("084")),
            _data("084", "  ", ("a", new.bbk), ("2", "rubbk")) if new.bbk else None,
        )
    if changed("authors"):
        _set_authors(record, new.authors)
    if base is None or changed("title", "subtitle", "responsibility"):
        _set_title(record, before, new)
    elif bool(before.authors) != bool(new.authors) and (old := record.first("245")):
        _put(record, old, Field("245", "1" if new.authors else "0", old.ind2, old.subfields))
    if changed("language") and (old := record.first("041")):
        _put(record, old, _with_language(old, new.language))
    if changed("edition"):
        _put(record, record.first("250"), _data("250", "  ", ("a", new.edition)) if new.edition else None)
    if changed("place", "publisher", "year"):
        _set_imprint(record, before, new)
    if changed("extent"):
        _set_extent(record, new.extent)
    if changed("series"):
        _set_series(record, new.series)
    if changed("summary"):
        record.remove("520")
        if new.summary:
            record.add(_data("520", "  ", ("a", new.summary)))
    if changed("age_from", "age_to", "grade"):
        record.fields = [one for one in record.fields if one.tag != "521" or _readers(one) == (None, None, None)]
        for one in _audience_fields(new):
            record.add(one)
    if changed("subjects"):
        _sync(record, _SUBJECTS, _subjects, new.subjects, _subject)
    if changed("genres"):
        _sync(record, ("655",), _genres, new.genres, lambda genre: _data("655", " 4", ("a", genre)))
    for name, tag, indicators in (
        ("issn", "022", "  "), ("scale", "255", "  "), ("frequency", "310", "  "), ("numbering", "362", "0 "),
    ):  # fmt: skip
        if changed(name):
            text = getattr(new, name)
            _put(record, record.first(tag), _data(tag, indicators, ("a", text)) if text else None)
    if changed("contents"):
        record.remove("505")
        if new.contents:
            text = " -- ".join(re.sub(r"\s--", " –", entry) for entry in new.contents)
            record.add(_data("505", "0 ", ("a", text)))
    if changed("url"):
        old = next((one for one in record.all("856") if before.url and _url([one]) == before.url), None)
        _put(record, old, _data("856", "40", ("u", new.url)) if new.url else None)
    if changed("host_title", "host_number", "host_part", "host_level"):
        _set_host(record, new)
    if changed("kind"):
        _set_kind(record, new)
    return record


def _set_host(record: MarcRecord, new: Description) -> None:
    """Field 773, and the level of the record that goes with it."""
    old = record.first("773")
    if not (new.host_title or new.host_number):
        _put(record, old, None)
        return
    level = f"nna{new.host_level}" if new.host_level else ""
    kept = [part for part in old.subfields if part.code not in "tgw7"] if old else []
    parts = [("7", level), ("t", new.host_title), ("g", new.host_part), ("w", new.host_number)]
    made = _data("773", "0 ", *parts)
    _put(record, old, Field("773", "0", " ", [*made.subfields, *kept]))


def _data(tag: str, indicators: str, *parts: tuple[str, str]) -> Field:
    return Field(tag, indicators[0], indicators[1], [Subfield(code, value) for code, value in parts if value])


def _put(record: MarcRecord, old: Field | None, new: Field | None) -> None:
    """Put a field in the place of another one, add it, or only take the other away."""
    place = next((place for place, one in enumerate(record.fields) if one is old), None)
    if place is not None and new is not None:
        record.fields[place] = new
    elif place is not None:
        del record.fields[place]
    elif new is not None:
        record.add(new)


def _sync(
    record: MarcRecord,
    tags: tuple[str, ...],
    names_of: Callable[[Field], list[str]],
    wanted: tuple[str, ...],
    make: Callable[[str], Field],
) -> None:
    """Keep the fields all of whose names are wanted and those without a name, and add what is missing."""
    here: set[str] = set()
    kept = []
    for one in record.fields:
        names = names_of(one) if one.tag in tags else []
        if all(name in wanted for name in names):
            here.update(names)
            kept.append(one)
    record.fields = kept
    for name in wanted:
        if name not in here:
            record.add(make(name))


def _valid_isbns(one: Field) -> list[str]:
    return list(_isbns([one])[0])


def _subject(name: str) -> Field:
    head, *rest = name.split(" — ")
    return _data("650", " 4", ("a", head), *(("x", part) for part in rest))


def _bbk_field(fields: list[Field]) -> Field | None:
    named = next((one for one in fields if "bbk" in (one.get("2") or "").lower()), None)
    return named or (fields[0] if fields else None)


def _set_authors(record: MarcRecord, names: tuple[str, ...]) -> None:
    """The first is the main entry, the others are added ones; whoever was here keeps the rest of the field."""
    known = {name: one for one in record.fields if one.tag in _AUTHORS and (name := _author(one))}
    record.fields = [one for one in record.fields if one.tag not in _AUTHORS or not _author(one)]
    for place, name in enumerate(names):
        level = "7" if place else "1"
        old = known.get(name)
        if old is not None:
            record.add(Field(f"{level}{old.tag[1:]}", old.ind1, old.ind2, old.subfields))
        else:
            record.add(_data(f"{level}00", "1 " if "," in name else "0 ", ("a", name)))


def _with_language(old: Field, language: str) -> Field | None:
    """Field 041 with another first language of the text; None where nothing is left."""
    place = next((place for place, part in enumerate(old.subfields) if part.code == "a"), None)
    parts = [part for number, part in enumerate(old.subfields) if number != place]
    if language:
        parts.insert(place or 0, Subfield("a", language))
    return Field("041", old.ind1, old.ind2, parts) if parts else None


def _set_title(record: MarcRecord, before: Description, new: Description) -> None:
    old = record.first("245")
    if old is not None and before.title == new.title:
        parts = [Subfield(part.code, part.value) for part in old.subfields if part.code not in "bc"]
        second = old.ind2
    else:
        parts = [Subfield(part.code, part.value) for part in old.subfields if part.code in "6h"] if old else []
        parts.insert(
            next((place for place, part in enumerate(parts) if part.code == "h"), len(parts)), Subfield("a", new.title)
        )
        second = "0"
    parts[-1].value = _bare(parts[-1].value)
    for code, mark, text in (("b", ":", new.subtitle), ("c", "/", new.responsibility)):
        if text:
            parts[-1].value += f" {mark}"
            parts.append(Subfield(code, text))
    _put(record, old, Field("245", "1" if new.authors else "0", second, parts))


def _bare(text: str) -> str:
    """Without the mark that announces the next area."""
    return text.rstrip().rstrip("/:;=,").rstrip()


def _set_imprint(record: MarcRecord, before: Description, new: Description) -> None:
    """Place, publisher and year: what did not change stays as it was written."""
    old = _imprint({"260": record.all("260"), "264": record.all("264")})

    def texts(code: str, is_same: bool, text: str) -> list[str]:
        return [_bare(value) for value in old.all(code)] if old and is_same else [text] if text else []

    rows = (
        ("a", " ;", texts("a", before.place == new.place, new.place)),
        ("b", " :", texts("b", before.publisher == new.publisher, new.publisher)),
        ("c", ",", texts("c", before.year == new.year, str(new.year) if new.year else "")),
    )
    parts: list[Subfield] = []
    for code, mark, values in rows:
        for value in values:
            if parts:
                parts[-1].value += mark
            parts.append(Subfield(code, value))
    others = [part for part in old.subfields if part.code not in "abc"] if old else []
    if not parts and not others:
        _put(record, old, None)
    elif old is None:
        record.add(Field("260", " ", " ", parts))
    else:
        front = [part for part in others if part.code in "36"]
        _put(record, old, Field(old.tag, old.ind1, old.ind2, [*front, *parts, *(o for o in others if o not in front)]))


def _set_extent(record: MarcRecord, extent: str) -> None:
    old = record.first("300")
    others = [part for part in old.subfields if part.code != "a"] if old else []
    following = next((part.code for part in others if part.code in "bce"), "")
    mark = {"b": " :", "c": " ;", "e": " +"}.get(following, "")
    parts = [Subfield("a", f"{extent}{mark}"), *others] if extent else others
    _put(record, old, Field("300", " ", " ", parts) if parts else None)


def _set_series(record: MarcRecord, series: str) -> None:
    for tag in ("490", "440", "830"):
        old = record.first(tag)
        if old is None:
            continue
        if series:
            _put(record, old, None)
            break
        record.remove(tag)
    if series:
        record.add(_data("490", "0 ", ("a", series)))


def _set_kind(record: MarcRecord, new: Description) -> None:
    """Leader and genres so that the record says its kind; where they can't, a genre of our own says it."""
    record.fields = [one for one in record.fields if one.tag != "655" or one.get("2") != _LOCAL]
    if new.kind != "TEXTBOOK":
        record.fields = [
            one
            for one in record.fields
            if one.tag != "655" or not any(_TEXTBOOK.search(name) and name not in new.genres for name in _genres(one))
        ]
    if describe(record).kind == new.kind:
        return
    leader = f"{record.leader[:24]:24}"
    code = "ab" if new.kind == "ARTICLE" and new.host_level == "s" else _LEADER_KINDS.get(new.kind, "am")
    record.leader = f"{leader[:6]}{code}{leader[8:]}"
    if new.kind == "TEXTBOOK":
        record.add(_data("655", " 4", ("a", "Учебник" if new.language == "rus" else "Оқулық")))
    if describe(record).kind != new.kind:
        record.add(_data("655", " 7", ("a", new.kind.lower()), ("2", _LOCAL)))


def _audience_fields(new: Description) -> list[Field]:
    fields = []
    if new.grade is not None:
        fields.append(_data("521", "2 ", ("a", str(new.grade))))
    if new.age_from is not None:
        text = f"{new.age_from}+" if new.age_to is None else f"{new.age_from}-{new.age_to}"
        fields.append(_data("521", "1 ", ("a", text)))
    elif new.age_to is not None:
        fields.append(_data("521", "1 ", ("a", f"0-{new.age_to}")))
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
