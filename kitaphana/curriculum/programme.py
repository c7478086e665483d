"""An approved programme as a table (XLSX or CSV) turned into checked rows. Knows no database.

One row is one edition of one textbook: rows of the same grade, language, profile, subject and part are editions that
satisfy the same need. Headers are understood in Kazakh, Russian and English, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.core.text.kazakh import fold, repair_homoglyphs
from kitaphana.curriculum.errors import NoSubjectColumn
from kitaphana.formats.isbn import normalize
from kitaphana.people.enums import Profile, TeachingLanguage
from kitaphana.people.roster import HEADER_WITHIN, profile_in, read_cells

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "grade": ("grade", "class", "сынып", "сыныбы", "класс", "параллель"),
    "language": ("language", "language of instruction", "оқыту тілі", "тілі", "язык обучения", "язык"),
    "profile": ("profile", "profile of instruction", "оқыту бағыты", "бағыты", "бағыт", "бейіні", "профиль",
                "направление", "профиль обучения"),
    "subject": ("subject", "пән", "пәні", "оқу пәні", "пән атауы", "предмет", "учебный предмет", "дисциплина"),
    "part": ("part", "бөлім", "бөлімі", "часть", "бөлігі"),
    "isbn": ("isbn", "isbns", "исбн"),
    "title": ("title", "textbook", "оқулық", "оқулық атауы", "атауы", "учебник", "название", "наименование",
              "наименование учебника", "название учебника"),
    "per_pupil": ("per pupil", "pupil", "copies per pupil", "оқушыға", "бір оқушыға", "на ученика",
                  "на одного ученика", "ученику"),
    "per_teacher": ("per teacher", "teacher", "copies per teacher", "мұғалімге", "на учителя", "учителю"),
    "returned": ("returned", "is returned", "to be returned", "қайтарылады", "қайтарылатын", "возвращается", "возвратный", "возврат"),
    "electronic": ("electronic", "электрондық", "электронды", "электронный"),
}  # fmt: skip
"""What the columns may be called."""

COLUMN_TITLES: Final[Mapping[str, str | Promise]] = {
    "grade": _("Grade"),
    "language": _("Language of instruction"),
    "profile": _("Profile of instruction"),
    "subject": _("Subject"),
    "part": _("Part"),
    "isbn": _("ISBN"),
    "title": _("Textbook"),
    "per_pupil": _("Per pupil"),
    "per_teacher": _("Per teacher"),
    "returned": _("To be returned"),
    "electronic": _("Electronic"),
}
"""What the columns are called on our pages and in the model file."""

MESSAGES: Final[Mapping[str, str | Promise]] = {
    "bad_grade": _("This is not a grade from 0 to 12: «%(value)s»."),
    "unknown_language": _("There is no such language of instruction: «%(value)s»."),
    "unknown_profile": _("There is no such profile: «%(value)s»."),
    "missing_subject": _("The subject is missing."),
    "too_long": _("The text is too long: «%(value)s»."),
    "bad_isbn": _("The ISBN does not check: «%(value)s»."),
    "bad_number": _("This is not a number from 0 to 20: «%(value)s»."),
    "bad_answer": _("This is neither yes nor no: «%(value)s»."),
    "no_copies": _("The textbook is for nobody: both numbers are 0."),
    "unknown_isbn": _("The catalogue has no edition with ISBN %(value)s; the line is there without it."),
    "unknown_title": _("The catalogue has no such textbook of this grade: «%(value)s»; the line is there without it."),
    "ambiguous_title": _("Several editions are called «%(value)s»; write the ISBN."),
    "set_approved": _("The set of this grade and language is approved and closed for changes."),
}
"""The sentence of each code."""

LANGUAGES: Final = {
    fold(name): language
    for language, names in {
        TeachingLanguage.KAZAKH: ("kaz", "kk", "kazakh", "қазақ", "қазақша", "қазақ тілі", "казахский", "каз", "қаз"),
        TeachingLanguage.RUSSIAN: ("rus", "ru", "russian", "орыс", "орысша", "орыс тілі", "русский", "рус"),
        TeachingLanguage.UYGHUR: ("uig", "ug", "uyghur", "ұйғыр", "ұйғыр тілі", "уйгурский"),
        TeachingLanguage.UZBEK: ("uzb", "uz", "uzbek", "өзбек", "өзбек тілі", "узбекский"),
        TeachingLanguage.TAJIK: ("tgk", "tg", "tajik", "тәжік", "тәжік тілі", "таджикский"),
        TeachingLanguage.ENGLISH: ("eng", "en", "english", "ағылшын", "ағылшын тілі", "английский"),
    }.items()
    for name in names
}
YES: Final = frozenset(fold(word) for word in ("1", "yes", "y", "true", "иә", "ия", "да", "+", "д"))
NO: Final = frozenset(fold(word) for word in ("0", "no", "n", "false", "жоқ", "нет", "-", "—", "н"))
_BY_HEADER: Final = {fold(name): column for column, names in COLUMNS.items() for name in names}
_NEEDED: Final = frozenset({"grade", "language", "subject"})


@dataclass(frozen=True, slots=True)
class RowError:
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
class ProgrammeRow:
    """A row that can be imported as far as the file alone can tell."""

    row: int
    grade: int
    language: str
    subject: str
    profile: str = ""
    part: str = ""
    isbns: tuple[str, ...] = ()
    title: str = ""
    per_pupil: int | None = None
    """None, as in the next two: the file does not say; a new line gets 1, 0 and «returned», another keeps its own."""
    per_teacher: int | None = None
    is_returned: bool | None = None
    is_electronic: bool = False
    record_ids: tuple[int, ...] = ()
    """Editions known already, for programs that write a programme without a file."""

    @property
    def key(self) -> tuple[int, str, str]:
        """Which set the row belongs to."""
        return self.grade, self.language, self.profile

    @property
    def name(self) -> str:
        """Subject and part as they are spoken."""
        return f"{self.subject}, {self.part}" if self.part else self.subject

    @property
    def language_label(self) -> str:
        """The language in words."""
        return str(TeachingLanguage(self.language).label)

    @property
    def profile_label(self) -> str:
        """The profile in words; empty: the general programme."""
        return str(Profile(self.profile).label) if self.profile else ""


@dataclass(slots=True)
class Programme:
    """A table as it was read."""

    rows: list[ProgrammeRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    read: int = 0
    """Rows that hold anything."""


def read_programme(data: bytes, name: str) -> Programme:
    """Read a programme and check what can be checked without the database.

    :raises UnreadableFile, FileTooLarge: neither text nor a workbook, or too large.
    :raises NoSubjectColumn: no header with grade, language and subject within the first rows.
    """
    programme = Programme()
    places: dict[int, str] = {}
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
        programme.read += 1
        row, errors = _row(number, values)
        programme.errors += errors
        if row is not None:
            programme.rows.append(row)
    if not places:
        raise NoSubjectColumn
    return programme


def header_in(cells: list[Any], by_header: Mapping[str, str]) -> dict[int, str]:
    """Which column stands where, if the row names columns: place → column."""
    places: dict[int, str] = {}
    for index, cell in enumerate(cells):
        words = " ".join(re.sub(r"\(.*?\)|[^\w\s]", " ", str(cell or "")).replace("_", " ").split())
        column = by_header.get(fold(words))
        if column is not None and column not in places.values():
            places[index] = column
    return places


def text_of(cell: Any) -> str:
    """A cell as text without needless blanks."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return " ".join(str(cell).replace("\u00a0", " ").split())


def _row(number: int, values: dict[str, str]) -> tuple[ProgrammeRow | None, list[RowError]]:
    errors: list[RowError] = []

    def wrong(column: str, code: str, value: str = "") -> None:
        errors.append(RowError(number, column, code, {"value": value[:60]}))

    def count(column: str) -> int | None:
        text = values.get(column, "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= 20):
            wrong(column, "bad_number", text)
            return None
        return int(text)

    def answer(column: str) -> bool | None:
        word = fold(values.get(column, ""))
        if word in YES:
            return True
        if word in NO:
            return False
        if word:
            wrong(column, "bad_answer", word)
        return None

    grade_text = re.sub(r"\s*-?\s*(сынып|класс|grade)\.?$", "", values.get("grade", ""), flags=re.IGNORECASE)
    grade = int(grade_text) if grade_text.isascii() and grade_text.isdigit() and len(grade_text) < 3 else -1
    if not 0 <= grade <= 12:
        wrong("grade", "bad_grade", values.get("grade", ""))
    language = LANGUAGES.get(fold(values.get("language", "")), "")
    if not language:
        wrong("language", "unknown_language", values.get("language", ""))
    profile = profile_in(values.get("profile", ""))
    if profile is None:
        wrong("profile", "unknown_profile", values["profile"])
    subject, part = repair_homoglyphs(values.get("subject", "")), repair_homoglyphs(values.get("part", ""))
    if not subject:
        wrong("subject", "missing_subject")
    for column, text, limit in (("subject", subject, 120), ("part", part, 40)):
        if len(text) > limit:
            wrong(column, "too_long", text)
    isbns = []
    for text in re.split(r"[,;/\n]", values.get("isbn", "")):
        if not text.strip():
            continue
        isbn = normalize(text.strip())
        if isbn is None:
            wrong("isbn", "bad_isbn", text.strip())
        elif isbn not in isbns:
            isbns.append(isbn)
    per_pupil, per_teacher = count("per_pupil"), count("per_teacher")
    if per_pupil == 0 and not per_teacher and not errors:
        wrong("per_pupil", "no_copies")
    is_returned, is_electronic = answer("returned"), answer("electronic") or False
    if errors or profile is None:
        return None, errors
    row = ProgrammeRow(
        row=number,
        grade=grade,
        language=str(language),
        subject=subject,
        profile=profile,
        part=part,
        isbns=tuple(isbns),
        title=values.get("title", ""),
        per_pupil=per_pupil,
        per_teacher=per_teacher,
        is_returned=is_returned,
        is_electronic=is_electronic,
    )
    return row, []
