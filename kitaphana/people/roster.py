"""Lists of readers as schools have them: CSV and XLSX tables turned into checked rows. Knows no database.

Headers are understood in Kazakh, Russian and English, in any order; rows above the header are passed over.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound, ZipError

from kitaphana.core.text.identifiers import birth_date_of_iin, iin_is_valid, sex_of_iin
from kitaphana.core.text.kazakh import fold, repair_homoglyphs
from kitaphana.core.text.names import parse_name
from kitaphana.core.text.scanner import decode_scan, looks_like_code
from kitaphana.people.enums import Category, Profile, TeachingLanguage
from kitaphana.people.errors import FileTooLarge, NoNameColumn, UnreadableFile

MOST_ROWS: Final = 50_000
MOST_BYTES: Final = 20 * 1024 * 1024
HEADER_WITHIN: Final = 25
"""Rows at the top in which the header is looked for; exports of e-diaries begin with titles."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "surname": ("surname", "last name", "family name", "lastname", "тегі", "фамилия"),
    "given_name": ("given name", "first name", "name given", "firstname", "givenname", "аты", "есімі", "имя"),
    "patronymic": ("patronymic", "middle name", "fathers name", "әкесінің аты", "отчество"),
    "full_name": (
        "full name", "name", "fullname", "student", "pupil", "reader", "аты-жөні", "аты жөні", "толық аты",
        "тегі аты әкесінің аты", "тегі аты", "т а ә", "таә", "оқушы", "оқырман", "оқушының аты-жөні",
        "оқушының аты жөні", "білім алушы", "фио", "ф и о", "фамилия имя отчество", "фамилия имя", "ученик",
        "учащийся", "читатель", "фио ученика", "фио учащегося", "полное имя",
    ),
    "birth_date": (
        "birth date", "date of birth", "birthdate", "birthday", "dob", "туған күні", "туған жылы", "туған күні айы жылы",
        "туылған күні", "дата рождения", "день рождения", "д р", "др", "рождение",
    ),
    "iin": ("iin", "жсн", "иин", "individual identification number"),
    "sex": ("sex", "gender", "жынысы", "жыныс", "пол"),
    "class": ("class", "form", "сынып", "сыныбы", "класс", "топ", "группа", "group"),
    "grade": ("grade", "параллель", "год обучения", "номер класса", "сынып нөмірі", "цифра класса", "қатар"),
    "letter": ("letter", "class letter", "литер", "литера", "буква", "буква класса", "литері", "әріпі", "әрпі",
               "сынып литері", "литера класса"),
    "language": ("language", "language of instruction", "оқыту тілі", "тілі", "язык обучения", "язык"),
    "profile": ("profile", "profile of instruction", "оқыту бағыты", "бағыты", "бағыт", "бейіні", "профиль", "направление",
                "профиль обучения"),
    "category": ("category", "санаты", "санат", "оқырман санаты", "оқырмандар санаты", "категория",
                 "категория читателя", "position", "лауазымы", "должность", "type"),
    "phone": ("phone", "phone number", "mobile", "telephone", "телефон", "телефоны", "телефон нөмірі",
              "номер телефона", "ұялы телефон", "мобильный телефон"),
    "email": ("email", "e-mail", "e mail", "mail", "эл пошта", "электрондық пошта", "эл почта", "почта",
              "электронная почта", "поштасы"),
    "card": ("card", "card number", "library card", "ticket", "билет", "билет нөмірі", "оқырман билеті", "карта",
             "карта нөмірі", "читательский билет", "номер билета", "номер читательского билета", "номер карты",
             "штрихкод", "barcode"),
}  # fmt: skip
"""What the columns may be called."""

COLUMN_TITLES: Final[Mapping[str, str | Promise]] = {
    "surname": _("Surname"),
    "given_name": _("Given name"),
    "patronymic": _("Patronymic"),
    "full_name": _("Full name"),
    "birth_date": _("Date of birth"),
    "iin": _("IIN"),
    "sex": _("Sex"),
    "class": _("Class"),
    "grade": _("Grade"),
    "letter": _("Letter"),
    "language": _("Language of instruction"),
    "profile": _("Profile of instruction"),
    "category": _("Category"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "card": _("Card number"),
    "name": _("Full name"),
}
"""What the columns are called on our pages («name» stands for the name as a whole, in errors)."""

_BY_HEADER: Final = {fold(name): column for column, names in COLUMNS.items() for name in names}
_NAMES: Final = frozenset({"surname", "full_name", "given_name"})

MESSAGES: Final[Mapping[str, str | Promise]] = {
    "missing_name": _("The name is missing."),
    "bad_iin": _("The IIN does not check: %(value)s."),
    "bad_date": _("The date can't be read: %(value)s."),
    "date_impossible": _("The date of birth can't be right: %(value)s."),
    "unknown_class": _("This is not a class: %(value)s."),
    "unknown_category": _("There is no such category of readers: %(value)s."),
    "unknown_profile": _("There is no such profile of instruction: %(value)s."),
    "unknown_language": _("There is no such language of instruction: %(value)s."),
    "unknown_sex": _("The sex can't be read: %(value)s."),
    "bad_email": _("This is not an e-mail address: %(value)s."),
    "bad_card": _("This can't be a card number: %(value)s."),
    "too_long": _("The text is too long: %(value)s."),
    "duplicate_in_file": _("The same reader stands in row %(row)s."),
    "card_twice": _("The card %(value)s stands in row %(row)s too."),
    "card_taken": _("The card %(value)s belongs to another reader."),
    "iin_of_another": _("This IIN belongs to a person with another name: %(value)s."),
    "ambiguous": _("Several readers are called so; add the IIN or the date of birth."),
    "birth_date_differs": _("The date of birth differs from the one inside the IIN."),
}
"""The sentence of each code."""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was rejected (or, as a warning, what is odd about it). ``row`` counts as spreadsheets do,
    from 1.
    """

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
        return str(COLUMN_TITLES.get(self.column, self.column))

    def as_json(self) -> dict[str, Any]:
        """For the command line."""
        return {"row": self.row, "column": self.column, "code": self.code, "message": self.message}


@dataclass(slots=True)
class RosterRow:
    """A row that can be imported as far as the file alone can tell. None or empty: the file does not say."""

    row: int
    surname: str
    given_name: str = ""
    patronymic: str = ""
    birth_date: date | None = None
    sex: str = ""
    iin: str = ""
    grade: int | None = None
    letter: str = ""
    language: str = ""
    profile: str = ""
    category: str = ""
    phone: str = ""
    email: str = ""
    card: str = ""

    @property
    def name(self) -> tuple[str, str, str]:
        """The parts of the name."""
        return self.surname, self.given_name, self.patronymic

    @property
    def full_name(self) -> str:
        """Surname, given name and patronymic."""
        return " ".join(part for part in self.name if part)

    @property
    def class_name(self) -> str:
        """Grade and letter as they are spoken."""
        if self.grade is None:
            return ""
        return f"{self.grade} «{self.letter}»" if self.letter else str(self.grade)


@dataclass(slots=True)
class Roster:
    """A table as it was read: good rows, rejected rows with the reasons, oddities."""

    rows: list[RosterRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    """Column → the header it was found under."""
    ignored: list[str] = field(default_factory=list)
    """Headers that mean nothing to us."""
    read: int = 0
    """Rows that hold anything."""


def header_column(text: str) -> str | None:
    """The column a header names, or None."""
    words = re.sub(r"\(.*?\)", " ", text)
    words = re.sub(r"[^\w\s-]", " ", words)
    words = " ".join(words.replace("_", " ").split())
    for candidate in (words, words.replace("-", " "), words.replace("-", "")):
        found = _BY_HEADER.get(fold(" ".join(candidate.split())))
        if found is not None:
            return found
    return None


def decode_table(data: bytes) -> str:
    """The text of a CSV: UTF-8 with or without mark, UTF-16 with mark, else windows-1251.

    Windows-1251 is read as its Kazakh sister KZ-1048: the Russian letters are the same, and the Kazakh ones,
    which
    windows-1251 lacks, come out right.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("kz1048", errors="replace")


def _delimiter(text: str) -> str:
    head = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:HEADER_WITHIN]]
    return max(";\t,|", key=lambda sign: max((line.count(sign) for line in head), default=0))


def read_cells(data: bytes, name: str) -> Iterator[list[Any]]:
    """The cells of a table, row by row: numbers and dates of a workbook as such, text as it stands.

    :raises UnreadableFile: neither text nor a workbook.
    :raises FileTooLarge: more than 20 MB or 50,000 rows.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLarge(rows=MOST_ROWS, megabytes=MOST_BYTES // 2**20)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        yield from _workbook_cells(data, name)
        return
    if not data.strip() or (b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise UnreadableFile(name=name)
    text = decode_table(data)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))):
            if number > MOST_ROWS:
                raise FileTooLarge(rows=MOST_ROWS, megabytes=MOST_BYTES // 2**20)
            yield list(cells)
    except csv.Error as error:
        raise UnreadableFile(name=name) from error


def _workbook_cells(data: bytes, name: str) -> Iterator[list[Any]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet_name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(sheet_name)
            if sheet.total_height > MOST_ROWS + HEADER_WITHIN:
                raise FileTooLarge(rows=MOST_ROWS, megabytes=MOST_BYTES // 2**20)
            rows = sheet.to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in rows for cell in row):
                yield from rows
                return
    except (CalamineError, PasswordError, WorksheetNotFound, ZipError, OSError) as error:
        raise UnreadableFile(name=name) from error


def read_roster(data: bytes, name: str, *, today: date) -> Roster:
    """Read a list of readers and check what can be checked without the database.

    :raises UnreadableFile, FileTooLarge, NoNameColumn: the file as a whole can't be used.
    """
    roster = Roster()
    places: dict[int, str] = {}
    seen = _Seen()
    for number, cells in enumerate(read_cells(data, name), start=1):
        if not places:
            found = _header(cells)
            if found:
                places = found
                roster.columns = {column: str(cells[index]).strip() for index, column in places.items()}
                roster.ignored = [
                    text
                    for index, cell in enumerate(cells)
                    if index not in places and (text := str(cell or "").strip())
                ]
            elif number > HEADER_WITHIN:
                break
            continue
        if not any(_text(cell) for cell in cells):
            continue
        roster.read += 1
        values = {column: cells[index] for index, column in places.items() if index < len(cells)}
        row, errors, warnings = _row(number, values, today)
        if row is not None:
            errors += seen.note(row)
        roster.errors += errors
        roster.warnings += warnings
        if row is not None and not errors:
            roster.rows.append(row)
    if not places:
        raise NoNameColumn()
    return roster


def _header(cells: Iterable[Any]) -> dict[int, str]:
    places: dict[int, str] = {}
    for index, cell in enumerate(cells):
        column = header_column(str(cell or ""))
        if column is not None and column not in places.values():
            places[index] = column
    named = _NAMES & set(places.values())
    # A title like «Оқушы» in one cell is no header; one column of full names alone is.
    return places if named and (len(places) > 1 or sum(1 for cell in cells if _text(cell)) == 1) else {}


class _Seen:
    """Who has stood in the file already."""

    def __init__(self) -> None:
        self.iins: dict[str, int] = {}
        self.people: dict[tuple[Any, ...], list[tuple[int, str]]] = {}
        self.cards: dict[str, int] = {}

    def note(self, row: RosterRow) -> list[RowError]:
        """Remember a row, or say that it repeats an earlier one."""
        if row.iin and row.iin in self.iins:
            return [RowError(row.row, "iin", "duplicate_in_file", {"row": self.iins[row.iin]})]
        if row.card and row.card in self.cards:
            return [RowError(row.row, "card", "card_twice", {"row": self.cards[row.card], "value": row.card})]
        name = tuple(fold(part) for part in row.name)
        key = (*name, row.birth_date) if row.birth_date else (*name, None, row.grade, row.letter)
        for earlier, iin in self.people.get(key, ()):
            # Two IINs tell namesakes apart.
            if not (iin and row.iin):
                return [RowError(row.row, "name", "duplicate_in_file", {"row": earlier})]
        self.people.setdefault(key, []).append((row.row, row.iin))
        if row.iin:
            self.iins[row.iin] = row.row
        if row.card:
            self.cards[row.card] = row.row
        return []


_LIMITS: Final = {"surname": 100, "given_name": 100, "patronymic": 100, "phone": 40, "email": 254}
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _row(number: int, values: dict[str, Any], today: date) -> tuple[RosterRow | None, list[RowError], list[RowError]]:
    errors: list[RowError] = []
    warnings: list[RowError] = []

    def wrong(column: str, code: str, value: str = "") -> None:
        errors.append(RowError(number, column, code, {"value": value[:60]}))

    surname, given, patronymic = _names(values)
    if not surname:
        wrong("name", "missing_name")
    row = RosterRow(number, surname, given, patronymic)
    if text := _text(values.get("iin")):
        iin = _digits(text)
        if iin_is_valid(iin):
            row.iin = iin
        else:
            wrong("iin", "bad_iin", f"…{text[-4:]}" if len(text) > 4 else text)
    if values.get("birth_date") not in (None, "") and _text(values["birth_date"]):
        born = parse_date(values["birth_date"], today=today)
        if born is None:
            wrong("birth_date", "bad_date", _text(values["birth_date"]))
        elif not born.year >= 1900 or born > today:
            wrong("birth_date", "date_impossible", born.isoformat())
        else:
            row.birth_date = born
    inside = birth_date_of_iin(row.iin) if row.iin else None
    if row.birth_date is None and not any(error.column == "birth_date" for error in errors):
        row.birth_date = inside
    elif inside is not None and inside != row.birth_date and row.birth_date is not None:
        warnings.append(RowError(number, "birth_date", "birth_date_differs"))
    if text := _text(values.get("sex")):
        row.sex = _SEXES.get(fold(text.rstrip(".")), "")
        if not row.sex:
            wrong("sex", "unknown_sex", text)
    row.sex = row.sex or sex_of_iin(row.iin)
    _class_of(values, row, wrong)
    if text := _text(values.get("language")):
        row.language = _LANGUAGES.get(fold(text), "")
        if not row.language:
            wrong("language", "unknown_language", text)
    if text := _text(values.get("profile")):
        profile = profile_in(text)
        if profile is None:
            wrong("profile", "unknown_profile", text)
        row.profile = profile or ""
    _category_of(values, row, wrong, today)
    row.phone, row.email = _text(values.get("phone")), _text(values.get("email"))
    if row.email and not _EMAIL.fullmatch(row.email):
        wrong("email", "bad_email", row.email)
    if card := decode_scan(_text(values.get("card"))):
        row.card = card
        if len(card) > 20 or not looks_like_code(card):
            wrong("card", "bad_card", card)
    for name, limit in _LIMITS.items():
        if len(getattr(row, name)) > limit:
            wrong(name, "too_long", getattr(row, name))
    return (None if errors else row), errors, warnings


_GENERAL: Final = frozenset(
    fold(name) for name in ("", "-", "—", "general", "жалпы", "жалпы бағдарлама", "общий", "общая", "общая программа")
)
_PROFILES: Final = (
    (Profile.NATURAL, ("natural", "жаратылыс", "жмб", "естеств", "емн")),
    (Profile.HUMANITIES, ("humanit", "social", "қоғамдық", "қгб", "обществ", "огн", "гуманит")),
)


def profile_in(text: str) -> str | None:
    """The code of a profile of instruction by its first letters; empty: the general programme; None: no such one."""
    word = fold(text)
    if word in _GENERAL:
        return ""
    for profile, beginnings in _PROFILES:
        if any(word.startswith(fold(beginning)) for beginning in beginnings):
            return str(profile)
    return None


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    return " ".join(str(cell).replace("\u00a0", " ").split())


def _digits(text: str) -> str:
    digits = re.sub(r"[\s.'’-]", "", text)
    # Spreadsheets drop the zeros in front: those born from 2000 to 2009 have them.
    return digits.zfill(12) if digits.isascii() and digits.isdigit() and 7 <= len(digits) < 12 else digits


def _names(values: dict[str, Any]) -> tuple[str, str, str]:
    surname, given, patronymic = (
        repair_homoglyphs(_text(values.get(column))) for column in ("surname", "given_name", "patronymic")
    )
    if not surname and not given and (full := _text(values.get("full_name"))):
        name = parse_name(full)
        surname, given, patronymic = name.surname, name.given_name, patronymic or name.patronymic
    elif surname and not given and " " in surname:
        # «Тегі, аты» in one cell under the header of the surname.
        name = parse_name(surname)
        surname, given, patronymic = name.surname, name.given_name, patronymic or name.patronymic
    if not surname:
        surname, given = given, ""
    if not any(letter.isalpha() for letter in surname):
        return "", "", ""
    surname, given, patronymic = (_cased(part) for part in (surname, given, patronymic))
    return surname, given, patronymic


def _cased(text: str) -> str:
    """«АХМЕТОВ» → «Ахметов»; other spellings are people's own business."""
    if len(text) > 2 and text.isupper():
        text = re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), text)
    return text


_SEXES: Final = {
    fold(name): sex
    for sex, names in {
        "F": (
            "f",
            "female",
            "girl",
            "ә",
            "әйел",
            "әйелі",
            "қыз",
            "қыз бала",
            "ж",
            "жен",
            "женский",
            "женский пол",
            "w",
        ),
        "M": ("m", "male", "boy", "е", "ер", "еркек", "ер бала", "ұл", "м", "муж", "мужской", "мужской пол"),
    }.items()
    for name in names
}
_LANGUAGES: Final = {
    fold(name): language.value
    for language, names in {
        TeachingLanguage.KAZAKH: (
            "kaz",
            "kk",
            "kazakh",
            "қазақ",
            "қазақша",
            "қазақ тілі",
            "казахский",
            "каз",
            "қаз",
        ),
        TeachingLanguage.RUSSIAN: (
            "rus",
            "ru",
            "russian",
            "орыс",
            "орысша",
            "орыс тілі",
            "русский",
            "рус",
            "оры",
        ),
        TeachingLanguage.UYGHUR: ("uig", "ug", "uyghur", "ұйғыр", "ұйғырша", "ұйғыр тілі", "уйгурский"),
        TeachingLanguage.UZBEK: ("uzb", "uz", "uzbek", "өзбек", "өзбекше", "өзбек тілі", "узбекский"),
        TeachingLanguage.TAJIK: ("tgk", "tg", "tajik", "тәжік", "тәжікше", "тәжік тілі", "таджикский"),
        TeachingLanguage.ENGLISH: (
            "eng",
            "en",
            "english",
            "ағылшын",
            "ағылшынша",
            "ағылшын тілі",
            "английский",
        ),
    }.items()
    for name in names
}
_CATEGORIES: Final = {
    fold(name): category.value
    for category, names in {
        Category.PUPIL: ("pupil", "student of school", "schoolchild", "оқушы", "білім алушы", "ученик",
        "ученица",
                         "учащийся", "учащаяся", "обучающийся", "тәрбиеленуші"),
        Category.TEACHER: ("teacher", "мұғалім", "педагог", "учитель", "учительница", "преподаватель",
        "оқытушы",
                           "тәрбиеші", "воспитатель"),
        Category.STAFF: ("staff", "staff member", "employee", "қызметкер", "сотрудник", "работник", "жұмысшы",
                         "директор", "завуч", "кітапханашы", "библиотекарь", "психолог"),
        Category.PARENT: ("parent", "ата-ана", "ата ана", "родитель", "мать", "отец", "ана", "әке"),
        Category.STUDENT: ("student", "студент", "студентка"),
        Category.OTHER: ("other", "other reader", "басқа", "басқа оқырман", "другой", "другое", "прочие",
        "прочий"),
    }.items()
    for name in names
}  # fmt: skip
ADULT_AT: Final = 19


def _category_of(values: dict[str, Any], row: RosterRow, wrong: Any, today: date) -> None:
    if text := _text(values.get("category")):
        row.category = _CATEGORIES.get(fold(text), "")
        if not row.category and text.upper() in Category.values:
            row.category = text.upper()
        if not row.category:
            wrong("category", "unknown_category", text)
    elif row.grade is not None or (row.birth_date is not None and today < _birthday(row.birth_date, ADULT_AT)):
        row.category = Category.PUPIL.value


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


_QUOTES: Final = "\"'«»“”„‟‘’`"
_CLASS: Final = re.compile(r"(\d{1,2})\s*([^\W\d_]{0,10})")
_CLASS_WORDS: Final = re.compile(r"\b(сынып|сыныбы|класс|кл|class|grade|form|курс|топ|группа)\b\.?")
_PRESCHOOL: Final = frozenset(
    fold(word) for word in ("мад", "мектепалды", "предшкола", "предшкольный", "нулевой", "даярлық")
)
_LETTER_TWINS: Final = str.maketrans("ABCEHIKMOPTXYƏ", "АВСЕНІКМОРТХУӘ")


def parse_class(text: str) -> tuple[int, str] | None:
    """Grade and letter of «7А», «7 "А"», «7-А», «7 «а» сынып», «МАД»; None where it is no class.

    The letter is a capital; Latin letters that look like Cyrillic ones become Cyrillic, so «7A» and «7А» are
    one class.
    """
    for quote in _QUOTES:
        text = text.replace(quote, " ")
    text = _CLASS_WORDS.sub(" ", text.lower())
    text = " ".join(re.sub(r"[-–—_./()]", " ", text).split())
    if fold(text.partition(" ")[0]) in _PRESCHOOL:
        return 0, parse_letter(text.partition(" ")[2])
    match = _CLASS.fullmatch(text)
    if match is None or int(match.group(1)) > 12:
        return None
    return int(match.group(1)), parse_letter(match.group(2))


def parse_letter(text: str) -> str:
    """The letter of a class as it is stored."""
    for quote in _QUOTES:
        text = text.replace(quote, "")
    return text.strip().upper().translate(_LETTER_TWINS)[:10]


def _class_of(values: dict[str, Any], row: RosterRow, wrong: Any) -> None:
    text = _text(values.get("class"))
    grade, letter = _text(values.get("grade")), _text(values.get("letter"))
    if text in {"-", "—", "–"}:
        text = ""
    if text and not grade:
        whole = f"{text} {letter}" if letter and text.isdigit() else text
    elif grade:
        whole = f"{grade} {letter or (text if not any(sign.isdigit() for sign in text) else '')}"
    else:
        return
    parsed = parse_class(whole)
    if parsed is None:
        wrong("class", "unknown_class", whole.strip())
        return
    row.grade, row.letter = parsed


_MONTHS: Final = {
    fold(name): number
    for number, names in enumerate(
        (
            ("қаңтар", "январь", "января", "january", "jan", "янв", "қаң"),
            ("ақпан", "февраль", "февраля", "february", "feb", "фев", "ақп"),
            ("наурыз", "март", "марта", "march", "mar", "мар", "нау"),
            ("сәуір", "апрель", "апреля", "april", "apr", "апр", "сәу"),
            ("мамыр", "май", "мая", "may", "мам"),
            ("маусым", "июнь", "июня", "june", "jun", "июн", "мау"),
            ("шілде", "июль", "июля", "july", "jul", "июл", "шіл"),
            ("тамыз", "август", "августа", "august", "aug", "авг", "там"),
            ("қыркүйек", "сентябрь", "сентября", "september", "sep", "sept", "сен", "сент", "қыр"),
            ("қазан", "октябрь", "октября", "october", "oct", "окт", "қаз"),
            ("қараша", "ноябрь", "ноября", "november", "nov", "ноя", "нояб", "қар"),
            ("желтоқсан", "декабрь", "декабря", "december", "dec", "дек", "жел"),
        ),
        start=1,
    )
    for name in names
}
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ].*)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})")
_COMPACT: Final = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)")
_WORDED: Final = re.compile(r"(\d{1,2})\s+([^\W\d_]+)\.?,?\s+(\d{4})")
_WORDED_KAZAKH: Final = re.compile(r"(\d{4})\s+(?:жылғы|жылы|ж)?\.?\s*(\d{1,2})\s+([^\W\d_]+)")
_EXCEL_START: Final = date(1899, 12, 30)


def parse_date(value: Any, *, today: date) -> date | None:
    """A day written as 05.03.2012, 2012-03-05, 5/3/2012, 5.3.12, «5 наурыз 2012 ж.», «5 марта 2012 г.» or a
    date cell.

    With slashes the day stands first, as everybody in Kazakhstan writes. A year of two digits lies in the
    past.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A date cell whose format got lost: days since Excel's beginning.
        return _EXCEL_START + timedelta(days=int(value)) if 3_000 < value < 80_000 else _from_text(_text(value), today)
    return _from_text(_text(value), today)


def _from_text(text: str, today: date) -> date | None:
    text = text.strip().rstrip(".")
    text = re.sub(r"\s*(ж|г|года|жылы|жыл)\.?$", "", text, flags=re.IGNORECASE).strip()
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        if len(match.group(3)) == 2:
            year += 2000 if 2000 + year <= today.year else 1900
    elif match := _WORDED.fullmatch(text):
        day, month, year = int(match.group(1)), _month(match.group(2)), int(match.group(3))
    elif match := _WORDED_KAZAKH.fullmatch(text):
        year, day, month = int(match.group(1)), int(match.group(2)), _month(match.group(3))
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str) -> int:
    return _MONTHS.get(fold(word), 0)
