"""What a MARC 21 record says of an edition as others cite it: names with their part, the host of an article, links.

``ris``, ``bibtex``, ``gost`` and ``schema_org`` write it in their forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kitaphana.formats.bibliographic import Description, clean, describe
from kitaphana.formats.marc import Field, MarcRecord

_INITIAL: Final = re.compile(r"[^\W\d_]\.?")
_ROLES: Final = {
    "editor": ("edt", "edc", "pbd", "red"),
    "compiler": ("com",),
    "translator": ("trl",),
    "illustrator": ("ill", "art", "pht"),
    "author": ("aut", "aud", "cre", "dis", "cmp", "aui", "aft", "ctg"),
}
_ROLE_CODES: Final = {code: role for role, codes in _ROLES.items() for code in codes}
_ROLE_WORDS: Final = (
    ("editor", re.compile(r"редакт|\bред\.?|\bedit|\bed\.|редколлег", re.I)),
    ("compiler", re.compile(r"құраст|сост|compil", re.I)),
    ("translator", re.compile(r"аударма|аударған|\bауд\.?|перевод|\bпер\.?|translat", re.I)),
    ("illustrator", re.compile(r"сурет|худож|илл|illustr", re.I)),
    ("author", re.compile(r"автор|author", re.I)),
)
_OTHER_ROLE: Final = "other"
_PLAIN_URL: Final = re.compile(r"https?://\S+", re.I)
_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_VOLUME: Final = re.compile(r"(?<!\w)(?:т|том|vol|v|bd)\b\.?\s*([\w/–-]+)", re.I)
_ISSUE: Final = re.compile(r"(?:№|(?<!\w)(?:no|nr|n|вып|выпуск|шығ|шығарылым|iss|issue)\b\.?)\s*([\w/–-]+)", re.I)
_PAGES: Final = re.compile(r"(?<!\w)(?:с|стр|б|бет|pp|p|s)\b\.?\s*(\d+(?:\s*[-–—]\s*\d+)?)|(\d+\s*[-–—]\s*\d+)\s*-?(?:б|бет|беттер)\b", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A person (``given`` may be initials, ``full`` the whole given name) or a body (``surname`` only)."""

    surname: str
    given: str = ""
    full: str = ""
    role: str = "author"
    is_person: bool = True

    @property
    def initials(self) -> str:
        """«М. О.» of «Мұхтар Омарханұлы»; initials stay what they are."""
        words = [part for word in self.given.split() for part in _apart(word)]
        return " ".join(word if word.endswith(".") else f"{word[0]}." for word in words)

    @property
    def inverted(self) -> str:
        """«Әуезов, М. О.»."""
        return f"{self.surname}, {self.initials}" if self.given else self.surname

    @property
    def direct(self) -> str:
        """«М. О. Әуезов»."""
        return f"{self.initials} {self.surname}" if self.given else self.surname

    @property
    def whole(self) -> str:
        """«Әуезов, Мұхтар Омарханұлы»: with as much of the given name as is known."""
        given = self.full or self.given
        return f"{self.surname}, {given}" if given else self.surname


def _apart(word: str) -> list[str]:
    """«М.О.» as two initials."""
    return re.findall(r"[^.]+\.", word) if word.count(".") > 1 else [word]


@dataclass(frozen=True, slots=True)
class Host:
    """The journal or collection that an article stands in."""

    title: str
    responsible: str = ""
    imprint: str = ""
    where: str = ""
    """Volume, issue and pages as the record writes them."""
    year: str = ""
    volume: str = ""
    issue: str = ""
    issue_word: str = ""
    """«вып.» or «шығ.» where the record says so instead of a number sign."""
    pages: str = ""
    issn: str = ""
    isbn: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """An edition as it is cited; ``about`` has the rest."""

    about: Description
    title: str
    """The title with numbers and names of parts, without what is said of it."""
    subtitle: str
    subtitle_mark: str
    """What stands before the subtitle: a colon, or = before a parallel title."""
    medium: str
    """General material designation without brackets; empty in most records."""
    names: tuple[Name, ...]
    host: Host | None
    date: str
    """The year as it is printed («1922–» of a journal)."""
    physical: str
    pages: int | None
    series: tuple[str, ...]
    issns: tuple[str, ...]
    url: str
    doi: str
    numbering: str
    frequency: str
    notes: tuple[str, ...]
    is_serial: bool
    is_remote: bool

    @property
    def authors(self) -> tuple[Name, ...]:
        """Persons who wrote it; where there is none the bodies."""
        return tuple(name for name in self.names if name.role == "author" and name.is_person)

    @property
    def bodies(self) -> tuple[Name, ...]:
        """Bodies that stand as authors."""
        return tuple(name for name in self.names if name.role == "author" and not name.is_person)

    def having(self, role: str) -> tuple[Name, ...]:
        """Names with a part: editor, compiler, translator, illustrator."""
        return tuple(name for name in self.names if name.role == role)


def cite(record: MarcRecord) -> Citation:
    """Read a MARC 21 record. Anything missing is empty; nothing raises."""
    about = describe(record)
    title = record.first("245")
    level = record.leader[7:8]
    host = _host(record, about) if level in {"a", "b"} else None
    url = next((value for one in record.all("856") for value in one.all("u") if _PLAIN_URL.match(value)), "")
    return Citation(
        about=about,
        title=_title(title) or about.title,
        subtitle=clean(" ".join(title.all("b"))) if title else "",
        subtitle_mark=_mark(title),
        medium=clean(title.get("h") or "").strip("[] ") if title else "",
        names=_names(record),
        host=host,
        date=_date(record, about),
        physical=_physical(record, about),
        pages=about.pages,
        series=_series(record),
        issns=tuple(dict.fromkeys(value for one in record.all("022") for value in one.all("a") if value.strip())),
        url=url,
        doi=_doi(record),
        numbering=_joined(record, "362", "a"),
        frequency=_joined(record, "310", "a"),
        notes=tuple(text for one in record.all("500", "504") if (text := clean(" ".join(one.all("a"))))),
        is_serial=host is None and level in {"s", "i", "b"},
        is_remote=about.kind == "ELECTRONIC" and bool(url),
    )


def _joined(record: MarcRecord, tag: str, codes: str) -> str:
    one = record.first(tag)
    return clean(" ".join(one.all(codes))) if one else ""


def _title(one: Field | None) -> str:
    """«Алгебра. 1-бөлім, Сандар»."""
    text = ""
    after_number = False
    for part in one.subfields if one else ():
        value = clean(part.value)
        if part.code not in "anp" or not value:
            continue
        if text:
            text += ", " if part.code == "p" and after_number else " " if text.endswith(".") else ". "
        text += value
        after_number = part.code == "n"
    return text


def _mark(one: Field | None) -> str:
    """The mark before $b, which stands at the end of what precedes it."""
    before = ""
    for part in one.subfields if one else ():
        if part.code == "b":
            break
        before = part.value.rstrip()
    return before[-1:] if before[-1:] in {"=", ";"} else ":"


def _names(record: MarcRecord) -> tuple[Name, ...]:
    found: dict[tuple[str, str, str], Name] = {}
    for tag in ("100", "110", "111", "700", "710", "711"):
        for one in record.all(tag):
            if tag[0] == "7" and one.get("t"):
                continue
            name = _person(one) if tag.endswith("00") else _body(one)
            if name is not None:
                found.setdefault((name.surname, name.given, name.role), name)
    return tuple(found.values())


def _person(one: Field) -> Name | None:
    text = clean(one.get("a") or "")
    full = clean((one.get("q") or "").strip("() "))
    surname, _, given = text.partition(",")
    if one.ind1 == "0" and not given:
        surname = " ".join(part for part in (text, clean(one.get("b") or "")) if part)
    given = given.strip()
    if given and not given.endswith(".") and _INITIAL.fullmatch(given.split()[-1]):
        given += "."
    return Name(surname.strip(), given, full, _role(one)) if surname.strip() else None


def _body(one: Field) -> Name | None:
    text = ". ".join(value for part in one.all("abn") if (value := clean(part)))
    return Name(text, role=_role(one), is_person=False) if text else None


def _role(one: Field) -> str:
    """The part somebody has; who stands first and who has none named is an author."""
    codes = [value.strip().rpartition("/")[2] for value in one.all("4")]
    words = " ".join(one.all("je" if one.tag.endswith("11") else "e"))
    roles = [_ROLE_CODES.get(code, _OTHER_ROLE) for code in codes if code]
    roles += [role for role, pattern in _ROLE_WORDS if pattern.search(words)]
    if "author" in roles or (not roles and not words.strip()):
        return "author"
    return roles[0] if roles else _OTHER_ROLE


def _host(record: MarcRecord, about: Description) -> Host | None:
    one = record.first("773")
    title = clean(one.get("t") or "") if one else ""
    if one is None or not title:
        return None
    where = clean(" ".join(one.all("g")))
    imprint = clean(one.get("d") or "")
    pages = _found(_PAGES, where) or _found(_PAGES, about.extent)
    year = _found(_YEAR, where) or _found(_YEAR, imprint) or (str(about.year) if about.year else "")
    return Host(
        title=title,
        responsible=clean(one.get("a") or ""),
        imprint=imprint,
        where=where,
        year=year,
        volume=_found(_VOLUME, where),
        issue=_found(_ISSUE, where),
        issue_word=_issue_word(where),
        pages=re.sub(r"\s*[-–—]\s*", "–", pages),
        issn=(one.get("x") or "").strip(),
        isbn=(one.get("z") or "").strip(),
    )


def _issue_word(where: str) -> str:
    match = _ISSUE.search(where)
    word = match[0].lower() if match else ""
    return "вып." if word.startswith("вып") else "шығ." if word.startswith("шығ") else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "").strip("-–") if match else ""


def _date(record: MarcRecord, about: Description) -> str:
    for one in record.all("260", "264"):
        for value in one.all("c"):
            text = clean(value).strip("[]()© ").rstrip(".")
            if _YEAR.search(text):
                return text
    return str(about.year) if about.year else ""


def _physical(record: MarcRecord, about: Description) -> str:
    """«240 б. : сур. ; 21 см + 1 диск»."""
    one = record.first("300")
    if one is None:
        return about.extent
    marks = {"a": ", ", "b": " : ", "c": " ; ", "e": " + "}
    text = ""
    for part in one.subfields:
        value = part.value.strip().rstrip(":;+,").strip()
        if part.code in marks and value:
            text += (marks[part.code] if text else "") + value
    return text


def _series(record: MarcRecord) -> tuple[str, ...]:
    """«Мектеп кітапханасы ; 5», once each."""
    fields = record.all("490") or record.all("440") or record.all("830")
    texts = []
    for one in fields:
        name, number = clean(" ".join(one.all("anp"))), clean(one.get("v") or "")
        if name:
            texts.append(f"{name} ; {number}" if number else name)
    return tuple(dict.fromkeys(texts))


def _doi(record: MarcRecord) -> str:
    return next(
        (
            value.strip()
            for one in record.all("024")
            if one.get("2") == "doi"
            for value in one.all("a")
            if value.strip()
        ),
        "",
    )
