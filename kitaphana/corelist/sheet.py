"""A table of proposals (XLSX or CSV) turned into checked rows. Knows no database.

Headers are understood in Kazakh, Russian and English, in any order; a published version as a workbook can be read too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.core.text.kazakh import fold, repair_homoglyphs
from kitaphana.corelist.enums import EntryKind
from kitaphana.corelist.errors import NoTitleColumn
from kitaphana.corelist.models import MOST_PUPILS
from kitaphana.formats.isbn import normalize
from kitaphana.people.roster import HEADER_WITHIN, read_cells

MOST_ROWS: Final = 1000

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "isbn": ("isbn", "исбн"),
    "title": ("title", "атауы", "кітап", "кітап атауы", "кітаптың атауы", "название", "наименование", "книга",
              "название книги", "заглавие"),
    "author": ("author", "authors", "автор", "авторы", "авторлар", "авторлары"),
    "publisher": ("publisher", "баспа", "баспасы", "издательство"),
    "year": ("year", "жылы", "жыл", "шыққан жылы", "год", "год издания"),
    "kind": ("kind", "part of the list", "part", "бөлімі", "тізбе бөлімі", "тізбенің бөлімі", "раздел",
             "раздел перечня", "вид"),
    "grades": ("grade", "grades", "class", "сынып", "сыныбы", "сыныптар", "класс", "классы"),
    "grade_from": ("grade from", "класс с", "с класса", "сыныптан", "сынып бастап", "классы с"),
    "grade_to": ("grade to", "класс по", "по класс", "сыныпқа дейін", "сынып дейін", "классы по"),
    "norm": ("norm", "pupils for one copy", "норма", "бір данаға оқушы", "бір данаға оқушы саны",
             "учеников на экземпляр", "учеников на один экземпляр"),
    "reason": ("reason", "justification", "why", "негіздеме", "негіздемесі", "себебі", "обоснование", "причина"),
}  # fmt: skip
"""What the columns may be called."""

COLUMN_TITLES: Final[Mapping[str, str | Promise]] = {
    "isbn": _("ISBN"),
    "title": _("Title"),
    "author": _("Author"),
    "publisher": _("Publisher"),
    "year": _("Year"),
    "kind": _("Part of the list"),
    "grades": _("Grades"),
    "norm": _("Pupils for one copy"),
    "reason": _("Justification"),
}
"""What the columns are called on our pages and in the model file."""

MESSAGES: Final[Mapping[str, str | Promise]] = {
    "missing_title": _("Neither a title nor an ISBN."),
    "unknown_isbn": _("The catalogue has no edition with ISBN %(value)s; write the title too."),
    "bad_isbn": _("The ISBN does not check: «%(value)s»."),
    "bad_year": _("This is not a year: «%(value)s»."),
    "unknown_kind": _("There is no such part of the list: «%(value)s»."),
    "bad_grades": _("These are not grades: «%(value)s»."),
    "bad_norm": _("This is not a number from 1 to 1000: «%(value)s»."),
    "missing_reason": _("The justification is missing."),
    "too_long": _("The text is too long: «%(value)s»."),
    "twice": _("The same title stands in row %(value)s."),
    "refused": "%(value)s",
}
"""The sentence of each code."""

_KINDS: Final = {
    fold(name): kind
    for kind, names in {
        EntryKind.DOMESTIC: ("domestic", "domestic literature", "отандық", "отандық әдебиет", "отечественная",
                             "отечественная литература"),
        EntryKind.FOREIGN: ("foreign", "foreign literature", "шетел", "шетелдік", "шетел әдебиеті", "зарубежная",
                            "зарубежная литература"),
        EntryKind.SUBJECT: ("subject", "literature on school subjects", "пәндік", "пәндер бойынша әдебиет",
                            "предметная", "литература по предметам"),
    }.items()
    for name in names
}  # fmt: skip
_BY_HEADER: Final = {fold(name): column for column, names in COLUMNS.items() for name in names}
_GRADES: Final = re.compile(r"(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is not taken. ``row`` counts as spreadsheets do, from 1."""

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
class SheetRow:
    """A row that can be proposed as far as the file alone can tell."""

    row: int
    isbn: str = ""
    title: str = ""
    author: str = ""
    publisher: str = ""
    year: int | None = None
    kind: str = EntryKind.DOMESTIC
    grade_from: int | None = None
    grade_to: int | None = None
    norm: int = 25
    reason: str = ""


@dataclass(slots=True)
class Sheet:
    """A table as it was read."""

    rows: list[SheetRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    read: int = 0
    """Rows that hold anything."""


def read_sheet(data: bytes, name: str) -> Sheet:
    """Read a table of proposals and check what can be checked without the database.

    :raises UnreadableFile, FileTooLarge: neither text nor a workbook, or too large.
    :raises NoTitleColumn: no header with a title or an ISBN within the first rows, or more than 1000 rows.
    """
    sheet = Sheet()
    places: dict[int, str] = {}
    for number, cells in enumerate(read_cells(data, name), start=1):
        if not places:
            found = _header(cells)
            if {"title", "isbn"} & set(found.values()):
                places = found
            elif number > HEADER_WITHIN:
                break
            continue
        values = {column: _text(cells[index]) for index, column in places.items() if index < len(cells)}
        if not any(values.values()):
            continue
        sheet.read += 1
        if sheet.read > MOST_ROWS:
            raise NoTitleColumn
        row, errors = _row(number, values)
        sheet.errors += errors
        if row is not None:
            sheet.rows.append(row)
    if not places:
        raise NoTitleColumn
    return sheet


def _header(cells: list[Any]) -> dict[int, str]:
    places: dict[int, str] = {}
    for index, cell in enumerate(cells):
        words = " ".join(re.sub(r"\(.*?\)|[^\w\s]", " ", str(cell or "")).replace("_", " ").split())
        column = _BY_HEADER.get(fold(words))
        if column is not None and column not in places.values():
            places[index] = column
    return places


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return " ".join(str(cell).replace("\u00a0", " ").replace("\x00", "").split())


def _whole(text: str, low: int, high: int) -> int | None:
    """A number within its bounds, else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 and low <= int(text) <= high else None


def _row(number: int, values: dict[str, str]) -> tuple[SheetRow | None, list[RowError]]:
    errors: list[RowError] = []

    def wrong(column: str, code: str, value: str = "") -> None:
        errors.append(RowError(number, column, code, {"value": value[:60]}))

    def given(column: str) -> str:
        return values.get(column, "")

    isbn = normalize(given("isbn")) if given("isbn") else ""
    if isbn is None:
        wrong("isbn", "bad_isbn", given("isbn"))
    title, author = repair_homoglyphs(given("title")), repair_homoglyphs(given("author"))
    if not title and not given("isbn"):
        wrong("title", "missing_title")
    for column, text, most in (("title", title, 500), ("author", author, 300), ("publisher", given("publisher"), 200),
                               ("reason", given("reason"), 2000)):  # fmt: skip
        if len(text) > most:
            wrong(column, "too_long", text)
    year = _whole(given("year"), 1, 9999) if given("year") else None
    if given("year") and year is None:
        wrong("year", "bad_year", given("year"))
    kind = _KINDS.get(fold(given("kind")), "") if given("kind") else EntryKind.DOMESTIC
    if not kind:
        wrong("kind", "unknown_kind", given("kind"))
    norm = _whole(given("norm"), 1, MOST_PUPILS) if given("norm") else 25
    if norm is None:
        wrong("norm", "bad_norm", given("norm"))
    text = given("grades") or "-".join(part for part in (given("grade_from"), given("grade_to")) if part)
    words = re.sub(r"\s*-?\s*(сынып\w*|класс\w*|grades?)\.?$", "", text, flags=re.IGNORECASE)
    grades = _GRADES.fullmatch(words) if words else None
    if words and grades is None:
        wrong("grades", "bad_grades", text)
    if errors:
        return None, errors
    low = int(grades[1]) if grades else None
    row = SheetRow(
        row=number,
        isbn=isbn or "",
        title=title,
        author=author,
        publisher=given("publisher"),
        year=year,
        kind=str(kind),
        grade_from=low,
        grade_to=int(grades[2]) if grades and grades[2] else low,
        norm=norm or 25,
        reason=given("reason"),
    )
    return row, []
