"""A reading list as a table (XLSX or CSV) turned into checked rows. Knows no database.

One row is one work in one subject; a span of grades («5–9») puts it into each of them. Headers are understood in Kazakh,
Russian and English, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.core.text.kazakh import fold, repair_homoglyphs
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.errors import NoTitleColumn
from kitaphana.curriculum.matching import key_of
from kitaphana.curriculum.programme import LANGUAGES, NO, YES, header_in, text_of
from kitaphana.formats.isbn import normalize
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.roster import HEADER_WITHIN, read_cells

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "grade": ("grade", "grades", "class", "сынып", "сыныбы", "сыныптар", "класс", "классы", "параллель"),
    "grade_to": ("grade to", "last grade"),
    "language": ("language", "language of instruction", "оқыту тілі", "тілі", "язык обучения", "язык"),
    "subject": ("subject", "пән", "пәні", "оқу пәні", "предмет", "учебный предмет"),
    "term": ("term", "quarter", "тоқсан", "тоқсаны", "четверть"),
    "author": ("author", "автор", "авторы"),
    "title": ("title", "work", "шығарма", "шығарма атауы", "атауы", "произведение", "название", "название произведения"),
    "compulsory": ("compulsory", "is compulsory", "міндетті", "міндеттілігі", "обязательное", "обязательно",
                   "обязательность"),
    "pupils_per_copy": ("pupils per copy", "бір данаға оқушы", "бір данаға", "учеников на экземпляр",
                        "учеников на один экземпляр"),
    "isbn": ("isbn", "isbns", "исбн"),
    "note": ("note", "topic", "ескертпе", "тақырып", "примечание", "тема"),
}  # fmt: skip
"""What the columns may be called; our own lists write «grade_from» and «grade_to»."""

COLUMN_TITLES: Final[Mapping[str, str | Promise]] = {
    "grade": _("Grade"),
    "language": _("Language of instruction"),
    "subject": _("Subject"),
    "term": _("Term"),
    "author": _("Author"),
    "title": _("Work"),
    "compulsory": _("Compulsory"),
    "pupils_per_copy": _("Pupils per copy"),
    "isbn": _("ISBN"),
    "note": _("Note"),
}
"""What the columns are called on our pages and in the model file."""

MESSAGES: Final[Mapping[str, str | Promise]] = {
    "bad_grade": _("This is not a grade from 0 to 12: «%(value)s»."),
    "unknown_language": _("There is no such language of instruction: «%(value)s»."),
    "missing_subject": _("The subject is missing."),
    "missing_title": _("The title of the work is missing."),
    "too_long": _("The text is too long: «%(value)s»."),
    "bad_term": _("This is not a term from 1 to 4: «%(value)s»."),
    "bad_answer": _("This is neither yes nor no: «%(value)s»."),
    "bad_norm": _("This is not a number from 1 to 50: «%(value)s»."),
    "bad_isbn": _("The ISBN does not check: «%(value)s»."),
    "unknown_isbn": _("The catalogue has no edition with ISBN %(value)s; the work is there without it."),
    "doubled": _("The file has this work twice for the same grade and subject."),
}
"""The sentence of each code."""

SUBJECTS: Final[Mapping[str, str]] = {
    TeachingLanguage.KAZAKH: "Қазақ әдебиеті",
    TeachingLanguage.RUSSIAN: "Русская литература",
}
"""The subject of a file that names none, by language of instruction."""

PRIMARY_SUBJECTS: Final[Mapping[str, str]] = {
    TeachingLanguage.KAZAKH: "Әдебиеттік оқу",
    TeachingLanguage.RUSSIAN: "Литературное чтение",
}
"""The same in grades 0 to 4."""

_BY_HEADER: Final = {
    **{fold(name): column for column, names in COLUMNS.items() for name in names},
    fold("grade from"): "grade",
}
_NEEDED: Final = frozenset({"grade", "language", "title"})
_COMPULSORY: Final = YES | {fold(word) for word in ("compulsory", "міндетті", "обязательное", "обязательно")}
_RECOMMENDED: Final = NO | {
    fold(word) for word in ("recommended", "ұсынылады", "ұсынылған", "қосымша", "рекомендуемое", "дополнительно")
}
_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "І": 1, "ІІ": 2, "ІІІ": 3, "ІV": 4}
_SPAN: Final = re.compile(r"(\d{1,2})\s*(?:[-–—]\s*(\d{1,2}))?$")
NORM_COMPULSORY: Final = 2
"""One copy for two pupils of a compulsory work: neighbours at a desk share it. Our own choice: no norm is in force."""
NORM_RECOMMENDED: Final = 5
"""One copy for five pupils of a recommended work. Our own choice as well."""


@dataclass(frozen=True, slots=True)
class ReadingError:
    """Why a row was rejected, or, as a warning, what it lacks. ``row`` counts as spreadsheets do, from 1."""

    row: int
    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the language in force."""
        return str(MESSAGES[self.code]) % self.params

    @property
    def column_title(self) -> str:
        """What the column is called on our pages."""
        return str(COLUMN_TITLES[self.column])


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A row that can be imported as far as the file alone can tell."""

    row: int
    grades: tuple[int, ...]
    language: str
    subject: str
    """Empty: the usual one of the grade (``subject_of``)."""
    author: str
    title: str
    term: int | None = None
    """None, as in the next three: the file does not say; a new work gets the usual, another keeps its own."""
    is_compulsory: bool | None = None
    pupils_per_copy: int | None = None
    note: str | None = None
    isbns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """By which the work is known."""
        return key_of(self.author, self.title)

    @property
    def name(self) -> str:
        """Author and title on one line."""
        return f"{self.author}. {self.title}" if self.author else self.title

    @property
    def language_label(self) -> str:
        """The language in words."""
        return str(TeachingLanguage(self.language).label)

    @property
    def grades_label(self) -> str:
        """The grades as they are written: 5–9."""
        return str(self.grades[0]) if len(self.grades) == 1 else f"{self.grades[0]}–{self.grades[-1]}"

    @property
    def term_label(self) -> str:
        """The term in words; empty where the file does not say."""
        return "" if self.term is None else str(Term(self.term).label)

    def subject_of(self, grade: int) -> str:
        """The subject in which a grade reads it."""
        usual = PRIMARY_SUBJECTS if grade <= 4 else SUBJECTS
        return self.subject or usual.get(self.language) or SUBJECTS[TeachingLanguage.KAZAKH]


@dataclass(slots=True)
class ReadingSheet:
    """A table as it was read."""

    rows: list[ReadingRow] = field(default_factory=list)
    errors: list[ReadingError] = field(default_factory=list)
    read: int = 0
    """Rows that hold anything."""


def read_sheet(data: bytes, name: str) -> ReadingSheet:
    """Read a reading list and check what can be checked without the database.

    :raises UnreadableFile, FileTooLarge: neither text nor a workbook, or too large.
    :raises NoTitleColumn: no header with grade, language and title within the first rows.
    """
    sheet = ReadingSheet()
    places: dict[int, str] = {}
    seen: set[tuple[int, str, str, str]] = set()
    for number, cells in enumerate(read_cells(data, name), start=1):
        if not places:
            found = header_in(cells, _BY_HEADER)
            if set(found.values()) >= _NEEDED:
                places = found
            elif number > HEADER_WITHIN:
                break
            continue
        values = {column: text_of(cells[index]) for index, column in places.items() if index < len(cells)}
        if not any(values.values()):
            continue
        sheet.read += 1
        row, errors = _row(number, values)
        if row is not None:
            marks = {(grade, row.language, fold(row.subject_of(grade)), row.key) for grade in row.grades}
            if marks & seen:
                row, errors = None, [ReadingError(number, "title", "doubled")]
            seen |= marks
        sheet.errors += errors
        if row is not None:
            sheet.rows.append(row)
    if not places:
        raise NoTitleColumn
    return sheet


def _grades(text: str, last: str) -> tuple[int, ...]:
    """«5», «5–9», «5-сынып», «5» with «9» in a column of its own; empty: not to be understood."""
    bare = re.sub(r"\s*-?\s*(сынып|сыныптар|класс|классы|grade|grades)\.?$", "", text, flags=re.IGNORECASE)
    span = _SPAN.match(bare.strip())
    if span is None or (last and not (last.isascii() and last.isdigit() and len(last) < 3)):
        return ()
    begin = int(span[1])
    end = int(last or span[2] or begin)
    return tuple(range(begin, end + 1)) if 0 <= begin <= end <= 12 else ()


def _term(text: str) -> int | None:
    """«2», «II», «2-тоқсан», «оқу жылы»; None: not to be understood."""
    bare = re.sub(r"[\s\-]*(тоқсан|четверть|term|quarter)\.?$", "", text, flags=re.IGNORECASE).strip()
    if bare in {"0", "1", "2", "3", "4"}:
        return int(bare)
    if fold(bare) in {fold(word) for word in ("оқу жылы", "жыл бойы", "весь год", "год", "year", "whole year")}:
        return int(Term.YEAR)
    return _ROMAN.get(bare.upper())


def _row(number: int, values: dict[str, str]) -> tuple[ReadingRow | None, list[ReadingError]]:
    errors: list[ReadingError] = []

    def wrong(column: str, code: str, value: str = "") -> None:
        errors.append(ReadingError(number, column, code, {"value": value[:60]}))

    grades = _grades(values.get("grade", ""), values.get("grade_to", ""))
    if not grades:
        wrong("grade", "bad_grade", values.get("grade", ""))
    language = LANGUAGES.get(fold(values.get("language", "")), "")
    if not language:
        wrong("language", "unknown_language", values.get("language", ""))
    texts = {name: repair_homoglyphs(values.get(name, "")) for name in ("subject", "author", "title", "note")}
    if not texts["title"] or not key_of("", texts["title"]) or not any(sign.isalnum() for sign in texts["title"]):
        wrong("title", "missing_title")
    for name, limit in (("subject", 120), ("author", 200), ("title", 300), ("note", 300)):
        if len(texts[name]) > limit:
            wrong(name, "too_long", texts[name])
    term = None
    if values.get("term"):
        term = _term(values["term"])
        if term is None:
            wrong("term", "bad_term", values["term"])
    compulsory = None
    word = fold(values.get("compulsory", ""))
    if word in _COMPULSORY:
        compulsory = True
    elif word in _RECOMMENDED:
        compulsory = False
    elif word:
        wrong("compulsory", "bad_answer", values["compulsory"])
    norm = None
    if text := values.get("pupils_per_copy", ""):
        if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 50:
            norm = int(text)
        else:
            wrong("pupils_per_copy", "bad_norm", text)
    isbns = []
    for text in re.split(r"[,;/\n]", values.get("isbn", "")):
        if not text.strip():
            continue
        isbn = normalize(text.strip())
        if isbn is None:
            wrong("isbn", "bad_isbn", text.strip())
        elif isbn not in isbns:
            isbns.append(isbn)
    if errors:
        return None, errors
    row = ReadingRow(
        row=number,
        grades=grades,
        language=str(language),
        subject=texts["subject"],
        author=texts["author"],
        title=texts["title"],
        term=term,
        is_compulsory=compulsory,
        pupils_per_copy=norm,
        note=texts["note"] or None,
        isbns=tuple(isbns),
    )
    return row, []
