"""A school's former inventory book as a table: CSV and XLSX turned into checked rows. Knows no database.

Headers are understood in Kazakh, Russian and English, in any order; rows above the header are passed over. What was
not understood is told by the person, column by column.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.matching import surname_key, title_key
from kitaphana.core.money import ZERO, tenge
from kitaphana.core.text.kazakh import fold, repair_homoglyphs
from kitaphana.core.text.scanner import decode_scan, looks_like_code
from kitaphana.formats import isbn as isbns
from kitaphana.fund.enums import FundType, ReceiptSource
from kitaphana.people.roster import parse_date, read_cells

HEADER_WITHIN: Final = 25
"""Rows at the top in which the header is looked for."""
MOST_COLUMNS: Final = 40
HIGHEST_NUMBER: Final = 9_999_999
"""A greater inventory number is a slip: the series goes on after the greatest one."""
HIGHEST_PRICE: Final = Decimal(100_000_000)
MOST_VOLUMES: Final = 20_000
"""Volumes that one row may count."""
LONGEST: Final = 500
FIRST_YEAR: Final = 1400

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        "inventory number", "inventory no", "inv no", "accession number", "number", "түгендеу нөмірі", "инвентарь нөмірі",
        "инвентарлық нөмірі", "инвентарлық нөмір", "мүкәммал нөмірі", "түгендеу", "инв нөмірі", "реттік нөмірі",
        "инвентарный номер", "инвентарный", "инв номер", "инв", "порядковый номер", "учетный номер",
    ),
    "entered": (
        "date of entry", "date", "entry date", "date received", "жазылған күні", "тіркелген күні", "жазба күні", "күні",
        "кірген күні", "түскен күні", "дата записи", "дата", "дата поступления", "дата регистрации",
    ),
    "author": ("author", "authors", "автор", "авторы", "авторлар", "авторлары"),
    "title": (
        "title", "name", "атауы", "кітап атауы", "кітаптың атауы", "басылым атауы", "тақырыбы", "название", "заглавие",
        "наименование", "название книги", "наименование книги",
    ),
    "heading": (
        "author and title", "author title", "автор және атауы", "авторы және атауы", "автор мен атауы", "авторы мен атауы",
        "авторы мен тақырыбы", "автор тақырып", "авторы атауы", "автор и заглавие", "автор и название", "автор заглавие",
        "автор название", "фамилия автора и название книги", "автор и название книги",
    ),
    "isbn": ("isbn", "исбн"),
    "year": (
        "year", "year of publication", "жылы", "шыққан жылы", "басылған жылы", "басылым жылы", "год", "год издания",
        "год выпуска",
    ),
    "publisher": ("publisher", "баспасы", "баспа", "издательство"),
    "place": ("place", "place of publication", "шыққан жері", "басылған жері", "место издания", "место"),
    "price": ("price", "cost", "бағасы", "құны", "баға", "цена", "стоимость", "цена за экземпляр", "цена 1 экз"),
    "quantity": (
        "quantity", "copies", "count", "саны", "дана саны", "данасы", "дана", "количество", "кол во", "кол-во", "экз",
        "количество экземпляров", "экземпляров",
    ),
    "language": ("language", "тілі", "тіл", "язык"),
    "class_mark": ("class mark", "жіктеу индексі", "индекс", "классификационный индекс", "отдел", "шифр", "бөлімі", "бөлім"),
    "udc": ("udc", "әож", "удк"),
    "bbk": ("bbk", "lbc", "кбк", "кбж", "ббк", "кбжк"),
    "kind": ("kind", "type", "fund", "kind of literature", "түрі", "қор", "қоры", "әдебиет түрі", "вид", "фонд",
             "вид литературы", "вид издания", "тип", "вид документа"),
    "source": ("source", "source of receipt", "қайдан түсті", "түсу көзі", "қаржы көзі", "источник", "источник поступления",
               "источник финансирования", "откуда поступило"),
    "barcode": ("barcode", "bar code", "штрихкод", "штрих код", "штрих-код", "штрихкоды"),
    "balance": ("on balance", "balance", "баланс", "баланста", "на балансе", "баланстық есепте"),
    "withdrawn": (
        "written off", "withdrawn", "note of withdrawal", "есептен шығарылған", "шығарылғаны туралы белгі", "есептен шығару",
        "есептен шығару актісі", "шығару туралы белгі", "списано", "отметка о выбытии", "выбытие", "акт выбытия",
        "отметка о списании", "акт списания", "списание", "номер акта выбытия", "номер и дата акта выбытия",
    ),
    "note": ("note", "notes", "ескерту", "ескертпе", "ескертулер", "примечание", "примечания"),
}  # fmt: skip
"""What the columns may be called."""

COLUMN_TITLES: Final[Mapping[str, str | Promise]] = {
    "number": _("Inventory number"),
    "entered": _("Date of entry"),
    "author": _("Author"),
    "title": _("Title"),
    "heading": _("Author and title"),
    "isbn": _("ISBN"),
    "year": _("Year"),
    "publisher": _("Publisher"),
    "place": _("Place of publication"),
    "price": _("Price"),
    "quantity": _("Number of volumes"),
    "language": _("Language"),
    "class_mark": _("Class mark"),
    "udc": _("UDC"),
    "bbk": _("BBK"),
    "kind": _("Kind or fund"),
    "source": _("Source of receipt"),
    "barcode": _("Barcode"),
    "balance": _("On the balance sheet"),
    "withdrawn": _("Note of withdrawal"),
    "note": _("Note"),
}
"""What the columns are called on our pages."""


@cache
def _by_header() -> dict[str, str]:
    """Column by folded header: the names above, and those of our own pages and tables in every language."""
    found = {fold(name): column for column, names in COLUMNS.items() for name in names}
    for language in ("kk", "ru", "en"):
        with override(language):
            for column, title in COLUMN_TITLES.items():
                found.setdefault(fold(str(title).replace("-", " ")), column)
    return found


MESSAGES: Final[Mapping[str, tuple[str | Promise, str | Promise]]] = {
    "no_title": (_("The title is missing."), _("Write the title into the row.")),
    "no_number": (
        _("There is neither an inventory number nor a number of volumes."),
        _("Give the inventory number, or the number of volumes for what is kept by count."),
    ),
    "bad_number": (
        _("This is not an inventory number: %(value)s."),
        _("An inventory number is a whole number from 1 to 9 999 999."),
    ),
    "number_twice": (
        _("The inventory number %(value)s stands in row %(row)s too."),
        _("Look into the paper book which of the two is right."),
    ),
    "number_used": (
        _("The inventory number %(value)s is used in the library: %(title)s."),
        _("Give the row another number, or leave it out if it is the same book."),
    ),
    "number_and_quantity": (
        _("One inventory number stands for %(value)s volumes."),
        _("Give every volume a row and a number of its own, or remove the number to keep them by count."),
    ),
    "bad_quantity": (
        _("The number of volumes can't be %(value)s."),
        _("Write a whole number from 1 to 20 000."),
    ),
    "bad_price": (
        _("The price can't be read: %(value)s."),
        _("Write the price of one volume in tenge, zero or more, as in 1250.50."),
    ),
    "bad_date": (_("The date can't be read: %(value)s."), _("Write it as 31.12.2025.")),
    "after_start": (
        _("The date %(value)s is later than the day of the balance."),
        _("Books that came later are received by an act of receipt; correct the date or leave the row out."),
    ),
    "bad_year": (_("The year can't be right: %(value)s."), _("Write the year of publication with four digits.")),
    "bad_kind": (
        _("There is no such kind or fund: %(value)s."),
        _("Write book, textbook, brochure, periodical, map, music, audio, video or electronic."),
    ),
    "bad_balance": (_("This is neither yes nor no: %(value)s."), _("Write yes or no.")),
    "bad_barcode": (
        _("This can't be a barcode: %(value)s."),
        _("A barcode has up to 30 digits and Latin letters; leave it empty to get a new one."),
    ),
    "barcode_twice": (_("The barcode %(value)s stands in row %(row)s too."), _("Correct one of the two.")),
    "barcode_used": (
        _("The barcode %(value)s is on another copy of the library."),
        _("Correct it, or leave it empty to get a new one."),
    ),
    "barcode_counted": (_("Volumes kept by count have no barcode."), _("Remove the barcode.")),
    "too_long": (_("The text is too long: %(value)s."), _("Shorten it to 500 letters.")),
    "count_differs": (
        _("This title has an opening balance of %(there)s volumes here already; the row says %(value)s."),
        _("If the new number is right, reverse the act that brought the old one, then take the row."),
    ),
    "isbn_left_out": (_("The ISBN does not check and is left out: %(value)s."), ""),
    "no_price": (_("There is no price: it is taken as 0 tenge."), ""),
    "unknown_source": (_("The source is not known and is left out: %(value)s."), ""),
    "unknown_language": (_("The language is not known; it is told by the letters of title and author: %(value)s."), ""),
}
"""Sentence and advice of each code. The last ones are notes: the row is taken."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row can't be taken, or what is odd about it. ``row`` counts as spreadsheets do, from 1."""

    row: int
    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the language in force."""
        return str(MESSAGES[self.code][0]) % self.params

    @property
    def advice(self) -> str:
        """What to do about it."""
        return str(MESSAGES[self.code][1])

    @property
    def column_title(self) -> str:
        """What the column is called on our pages."""
        return str(COLUMN_TITLES.get(self.column, self.column))

    def as_json(self) -> dict[str, Any]:
        """For the command line and the job."""
        return {"row": self.row, "column": self.column, "code": self.code, "params": self.params}


@dataclass(slots=True)
class OpeningRow:
    """A row that can be taken as far as the file alone can tell."""

    row: int
    fund: str
    title: str
    number: int | None = None
    """Inventory number; None: kept by count."""
    quantity: int = 1
    authors: tuple[str, ...] = ()
    isbn: str = ""
    year: int | None = None
    publisher: str = ""
    place: str = ""
    price: Decimal = ZERO
    language: str = ""
    udc: str = ""
    bbk: str = ""
    kind: str = RecordKind.BOOK.value
    entered: date | None = None
    source: str = ReceiptSource.OPENING.value
    barcode: str = ""
    is_on_balance: bool = True
    note: str = ""
    mark: str = ""
    """Of a row kept by count: by what the same row is known again."""

    @property
    def is_counted(self) -> bool:
        """Whether it is kept by count."""
        return self.number is None

    @property
    def amount(self) -> Decimal:
        """Sum in tenge."""
        return self.price * self.quantity

    @property
    def author(self) -> str:
        """Authors as they are shown."""
        return "; ".join(self.authors)

    @property
    def edition(self) -> tuple[Any, ...]:
        """What rows of one edition share."""
        author = surname_key(self.authors[0]) if self.authors else ""
        return title_key(self.title) or self.title, author, self.year, self.isbn, self.language, self.kind


@dataclass(slots=True)
class Head:
    """Where the header stands and what its columns were taken for."""

    row: int
    names: list[str]
    columns: list[str]
    """The column that each header names; empty: not used."""
    samples: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """The table as it was read."""

    rows: list[OpeningRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    read: int = 0
    """Rows that hold anything."""
    withdrawn: int = 0
    """Rows that the former book marks as withdrawn."""
    highest: dict[str, int] = field(default_factory=dict)
    """The greatest inventory number of each fund, withdrawn rows included: the series goes on after it."""


def header_column(text: str) -> str:
    """The column a header names, or an empty text."""
    words = re.sub(r"\(.*?\)", " ", text)
    words = re.sub(r"[^\w\s-]", " ", words).replace("№", " ")
    words = " ".join(words.replace("_", " ").split())
    for candidate in (words, words.replace("-", " "), words.replace("-", "")):
        found = _by_header().get(fold(" ".join(candidate.split())))
        if found is not None:
            return found
    return ""


def text_of(cell: Any) -> str:
    """A cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y")
    return " ".join(str(cell).replace("\u00a0", " ").split())


def find_head(table: Iterable[Sequence[Any]]) -> Head:
    """The header among the first rows: the one of which most is understood, else the first with three cells."""
    first = [list(cells)[:MOST_COLUMNS] for _number, cells in zip(range(HEADER_WITHIN + 4), table, strict=False)]
    best, place = 0, 0
    for number, cells in enumerate(first[:HEADER_WITHIN]):
        known = len({column for cell in cells if (column := header_column(text_of(cell)))})
        if known > best and known > 1:
            best, place = known, number
    if not best:
        wide = (number for number, cells in enumerate(first) if sum(1 for cell in cells if text_of(cell)) > 2)
        place = next(wide, 0)
    cells = first[place] if first else []
    columns: list[str] = []
    for cell in cells:
        column = header_column(text_of(cell))
        columns.append(column if column not in columns else "")
    samples = [[text_of(cell)[:60] for cell in row] for row in first[place + 1 : place + 4]]
    return Head(place + 1, [text_of(cell)[:80] for cell in cells], columns, samples)


_KINDS: Final = {
    fold(name): kind
    for kind, names in {
        RecordKind.BOOK: ("book", "books", "core", "core fund", "кітап", "кітаптар", "негізгі қор", "көркем әдебиет",
                          "книга", "книги", "основной", "основной фонд", "художественная литература", "художественная"),
        RecordKind.TEXTBOOK: ("textbook", "textbooks", "textbook fund", "оқулық", "оқулықтар", "оқулық қоры",
                              "оқулықтар қоры", "оқу әдебиеті", "учебник", "учебники", "учебный фонд", "учебная литература",
                              "фонд учебников"),
        RecordKind.BROCHURE: ("brochure", "brochures", "кітапша", "кітапшалар", "брошюра", "брошюры"),
        RecordKind.PERIODICAL: ("periodical", "periodicals", "magazine", "журнал", "журналы", "газета", "мерзімді басылым",
                                "мерзімді басылымдар", "периодика", "периодическое издание"),
        RecordKind.MAP: ("map", "карта", "атлас"),
        RecordKind.MUSIC: ("music", "sheet music", "нота", "ноты", "ноталар"),
        RecordKind.AUDIO: ("audio", "аудио"),
        RecordKind.VIDEO: ("video", "видео"),
        RecordKind.ELECTRONIC: ("electronic", "cd", "dvd", "диск", "электрондық", "электронды", "электронное",
                                "электрондық басылым", "электронное издание"),
        RecordKind.KIT: ("kit", "жинақ", "комплект"),
        RecordKind.OTHER: ("other", "басқа", "другое", "прочее"),
    }.items()
    for name in names
}  # fmt: skip

_LANGUAGES: Final = {
    fold(name): code
    for code, names in {
        "kaz": ("kaz", "kk", "kz", "kazakh", "қазақ", "қазақша", "қазақ тілі", "қаз", "казахский", "каз", "казахский язык"),
        "rus": ("rus", "ru", "russian", "орыс", "орысша", "орыс тілі", "русский", "рус", "русский язык"),
        "eng": ("eng", "en", "english", "ағылшын", "ағылшынша", "ағылшын тілі", "английский", "англ", "английский язык"),
        "ger": ("ger", "de", "german", "неміс", "неміс тілі", "немецкий", "нем"),
        "fre": ("fre", "fr", "french", "француз", "француз тілі", "французский", "франц"),
        "uig": ("uig", "uyghur", "ұйғыр", "ұйғыр тілі", "уйгурский"),
        "uzb": ("uzb", "uzbek", "өзбек", "өзбек тілі", "узбекский"),
        "tgk": ("tgk", "tajik", "тәжік", "тәжік тілі", "таджикский"),
        "tur": ("tur", "turkish", "түрік", "түрік тілі", "турецкий"),
    }.items()
    for name in names
}  # fmt: skip

_SOURCES: Final = (
    (ReceiptSource.NATIONAL_BUDGET, ("national budget", "республикалық", "республиканск")),
    (ReceiptSource.LOCAL_BUDGET, ("local budget", "жергілікті", "местн", "облыстық", "областн", "бюджет", "budget")),
    (ReceiptSource.OWN, ("own", "school's own", "өз қаражат", "мектептің өз", "собственн", "внебюджет")),
    (ReceiptSource.SPONSOR, ("sponsor", "демеуші", "спонсор")),
    (ReceiptSource.GIFT, ("gift", "сый", "тарту", "дар", "подар", "пожертв")),
    (ReceiptSource.EXCHANGE, ("exchange", "алмасу", "кітап алмасу", "обмен", "книгообмен")),
    (ReceiptSource.REPLACEMENT, ("replacement", "accepted instead", "жоғалған", "орнына", "взамен", "замен")),
    (ReceiptSource.TRANSFER, ("transfer", "берілді", "басқа ұйым", "передан", "от другой", "передач")),
    (ReceiptSource.OPENING, ("opening", "бастапқы", "начальн", "остат")),
)
_YES: Final = frozenset(fold(word) for word in ("yes", "y", "1", "+", "true", "иә", "ия", "да", "on", "баланста"))
_NO: Final = frozenset(fold(word) for word in ("no", "n", "0", "-", "false", "жоқ", "нет", "off", "баланстан тыс"))
_NOTHING: Final = frozenset({"", "-", "—", "–", "0", "нет", "жоқ"})


def price_of(cell: Any) -> Decimal | None:
    """Tenge of a cell: a number or «1 250,50 тг»; None where it can't be read."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        value = Decimal(str(cell))
    else:
        text = re.sub(r"(?i)\s*(тг\.?|теңге|тенге|₸|kzt|tg\.?)\s*$", "", text_of(cell))
        text = re.sub(r"[\s']", "", text)
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            text = text.replace(",", "")
        if not re.fullmatch(r"-?\d{1,12}([.,]\d{1,4})?", text):
            return None
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:  # pragma: no cover - the pattern lets numbers through only
            return None
    return tenge(value) if value.is_finite() and 0 <= value < HIGHEST_PRICE else None


def whole_of(cell: Any) -> int | None:
    """A whole number of a cell; None where it is none."""
    if isinstance(cell, bool):
        return None
    text = re.sub(r"(?i)^(№|инв\.?\s*№?)\s*|\s*(экз\.?|дана|шт\.?)$", "", text_of(cell))
    text = text.replace(" ", "")
    return int(text) if re.fullmatch(r"\d{1,10}", text) and text.isascii() else None


_INITIALS: Final = r"[^\W\d_]\.\s?(?:[^\W\d_]\.?)?"
_SURNAME: Final = r"[^\W\d_][\w'’-]+"
_NAME: Final = re.compile(rf"({_SURNAME}),?\s+({_INITIALS})")
_HEADING: Final = re.compile(rf"({_SURNAME},?\s+[^\W\d_]\.(?:\s?[^\W\d_]\.)?)[\s,:;.]+(\S.*)")


def authors_of(text: str) -> tuple[str, ...]:
    """«Әуезов М. О.; Қунанбаев А.» as catalogue headings, the surname before a comma."""
    parts = [part for part in text.split(";") if part.strip()]
    if len(parts) == 1 and text.count(",") and all(_NAME.fullmatch(part.strip()) for part in text.split(",")):
        parts = text.split(",")
    names = []
    for part in parts[:10]:
        words = repair_homoglyphs(" ".join(part.split())).rstrip(",")
        if "," not in words and " " in words:
            surname, _blank, rest = words.partition(" ")
            words = f"{surname}, {rest}"
        if any(letter.isalpha() for letter in words):
            names.append(words[:200])
    return tuple(names)


def split_heading(text: str) -> tuple[tuple[str, ...], str]:
    """Author and title that stand in one cell, «Әуезов М. Абай жолы»; without initials all of it is the title."""
    found = _HEADING.fullmatch(text)
    return (authors_of(found[1]), found[2]) if found else ((), text)


def language_by_letters(words: str) -> str:
    """The language that the letters of title, author and publisher let suppose."""
    folded = words.lower()
    if any(letter in folded for letter in "әғқңөұүһі"):
        return "kaz"
    return "rus" if re.search("[а-яё]", folded) else ""


def read_book(
    data: bytes, name: str, *, start: date, columns: Sequence[str] = (), default_fund: str = FundType.CORE.value
) -> tuple[Head, Book]:
    """Read a former inventory book and check what can be checked without the database.

    :param start: the day of the opening balance; nothing in the book is dated later.
    :param columns: what the columns are, in the order of the table; empty: as the header says.
    :param default_fund: the fund of rows that name none.
    :raises UnreadableFile, FileTooLarge: the file as a whole can't be used.
    """
    table = list(read_cells(data, name))
    head = find_head(table)
    if columns:
        known = [column if column in COLUMNS else "" for column in columns][: len(head.names)]
        head.columns = [*known, *([""] * (len(head.names) - len(known)))]
    places = {column: index for index, column in enumerate(head.columns) if column}
    book, reader = Book(), _Reader(start, default_fund)
    for number, cells in enumerate(table[head.row :], start=head.row + 1):
        filled = [text for cell in cells if (text := text_of(cell))]
        if not filled or (number <= head.row + 2 and filled == [str(one + 1) for one in range(len(filled))]):
            continue  # nothing, or the numbers of the columns under the header
        book.read += 1
        reader.take(number, {column: cells[index] for column, index in places.items() if index < len(cells)}, book)
    return head, book


class _Reader:
    """Reads row by row and remembers what stood above."""

    def __init__(self, start: date, default_fund: str) -> None:
        self.start = start
        self.default = RecordKind.TEXTBOOK if default_fund == FundType.TEXTBOOK else RecordKind.BOOK
        self.numbers: dict[tuple[str, int], int] = {}
        self.barcodes: dict[str, int] = {}
        self.marks: dict[str, int] = {}

    def take(self, number: int, values: dict[str, Any], book: Book) -> None:
        problems: list[Problem] = []
        notes: list[Problem] = []

        def wrong(column: str, code: str, value: Any = "", **more: Any) -> None:
            problems.append(Problem(number, column, code, {"value": str(value)[:60], **more}))

        def text(column: str) -> str:
            return text_of(values.get(column))

        row = OpeningRow(number, FundType.CORE.value, "")
        self._kind(row, text("kind"), wrong)
        is_withdrawn = fold(text("withdrawn")) not in _NOTHING
        self._number(row, values, wrong)
        if row.number is not None and not any(one.column == "number" for one in problems):
            book.highest[row.fund] = max(book.highest.get(row.fund, 0), row.number)
            earlier = self.numbers.setdefault((row.fund, row.number), number)
            if earlier != number:
                wrong("number", "number_twice", row.number, row=earlier)
        if is_withdrawn and not problems:
            book.withdrawn += 1
            return
        self._edition(row, values, wrong, notes)
        self._money(row, values, wrong, notes)
        self._origin(row, values, wrong, notes)
        self._barcode(row, text("barcode"), wrong)
        if problems:
            book.problems += problems
            return
        if row.is_counted:
            row.mark = self._mark(row)
        book.rows.append(row)
        book.notes += notes

    def _kind(self, row: OpeningRow, text: str, wrong: Any) -> None:
        kind: RecordKind | None = self.default
        if text:
            kind = _KINDS.get(fold(text.rstrip(".")))
            if kind is None:
                wrong("kind", "bad_kind", text)
        row.kind = (kind or self.default).value
        row.fund = (FundType.TEXTBOOK if row.kind == RecordKind.TEXTBOOK else FundType.CORE).value

    def _number(self, row: OpeningRow, values: dict[str, Any], wrong: Any) -> None:
        quantity: int | None = None
        if text := text_of(values.get("quantity")):
            quantity = whole_of(values.get("quantity"))
            if quantity is None or not 1 <= quantity <= MOST_VOLUMES:
                wrong("quantity", "bad_quantity", text)
                quantity = None
        if text := text_of(values.get("number")):
            row.number = whole_of(values.get("number"))
            if row.number is None or not 1 <= row.number <= HIGHEST_NUMBER:
                wrong("number", "bad_number", text)
            elif quantity is not None and quantity > 1:
                wrong("quantity", "number_and_quantity", quantity)
        elif not text_of(values.get("quantity")):
            wrong("number", "no_number")
        row.quantity = quantity or 1

    def _edition(self, row: OpeningRow, values: dict[str, Any], wrong: Any, notes: list[Problem]) -> None:
        title, author = text_of(values.get("title")), text_of(values.get("author"))
        row.authors = authors_of(author)
        if not title:
            found, title = split_heading(text_of(values.get("heading")))
            row.authors = row.authors or found
        row.title = repair_homoglyphs(title)
        if not any(letter.isalnum() for letter in row.title):
            wrong("title", "no_title")
        elif len(row.title) > LONGEST:
            wrong("title", "too_long", row.title)
        if text := text_of(values.get("isbn")):
            row.isbn = isbns.normalize(text) or ""
            if not row.isbn:
                notes.append(Problem(row.row, "isbn", "isbn_left_out", {"value": text[:40]}))
        if text := re.sub(r"(?i)[\s.]*(ж|г|жыл|год)?\.?$", "", text_of(values.get("year"))):
            row.year = int(text) if re.fullmatch(r"[12]\d{3}", text) else None
            if row.year is None or not FIRST_YEAR <= row.year <= self.start.year + 1:
                wrong("year", "bad_year", text)
        row.publisher, row.place = text_of(values.get("publisher"))[:200], text_of(values.get("place"))[:100]
        row.udc, row.bbk = text_of(values.get("udc"))[:100], text_of(values.get("bbk"))[:100]
        if (mark := text_of(values.get("class_mark"))[:100]) and not (row.udc or row.bbk):
            # ББК of school libraries has a letter («84(5Каз)», «ш 5») where УДК has points and figures only.
            if re.search(r"[^\W\d_]", mark):
                row.bbk = mark
            else:
                row.udc = mark
        if text := text_of(values.get("language")):
            row.language = _LANGUAGES.get(fold(text.rstrip(".")), "")
            if not row.language:
                notes.append(Problem(row.row, "language", "unknown_language", {"value": text[:40]}))
        row.language = row.language or language_by_letters(" ".join((row.title, *row.authors, row.publisher)))

    def _money(self, row: OpeningRow, values: dict[str, Any], wrong: Any, notes: list[Problem]) -> None:
        if text := text_of(values.get("price")):
            price = price_of(values.get("price"))
            if price is None:
                wrong("price", "bad_price", text)
            row.price = price or ZERO
        else:
            notes.append(Problem(row.row, "price", "no_price", {"value": ""}))
        if text := fold(text_of(values.get("balance"))):
            row.is_on_balance = text in _YES
            if text not in _YES and text not in _NO:
                wrong("balance", "bad_balance", text)

    def _origin(self, row: OpeningRow, values: dict[str, Any], wrong: Any, notes: list[Problem]) -> None:
        if text := text_of(values.get("entered")):
            row.entered = parse_date(values.get("entered"), today=self.start)
            if row.entered is None or row.entered.year < 1900:
                wrong("entered", "bad_date", text)
            elif row.entered > self.start:
                wrong("entered", "after_start", row.entered.strftime("%d.%m.%Y"))
        if text := text_of(values.get("source")):
            folded = fold(text)
            found = (source for source, words in _SOURCES if any(folded.startswith(fold(word)) for word in words))
            row.source = next(found, ReceiptSource.OPENING).value
            if row.source == ReceiptSource.OPENING and not folded.startswith(tuple(map(fold, _SOURCES[-1][1]))):
                notes.append(Problem(row.row, "source", "unknown_source", {"value": text[:40]}))
        row.note = text_of(values.get("note"))[:300]

    def _barcode(self, row: OpeningRow, text: str, wrong: Any) -> None:
        if not text:
            return
        row.barcode = decode_scan(text)
        if len(row.barcode) > 30 or not looks_like_code(row.barcode):
            wrong("barcode", "bad_barcode", text)
        elif row.is_counted:
            wrong("barcode", "barcode_counted")
        elif (earlier := self.barcodes.setdefault(row.barcode, row.row)) != row.row:
            wrong("barcode", "barcode_twice", row.barcode, row=earlier)

    def _mark(self, row: OpeningRow) -> str:
        """A digest of what the row says without its number of volumes, and how often that was said above."""
        said = repr((row.fund, row.edition, row.price, row.is_on_balance, row.entered, row.source))
        before = self.marks[said] = self.marks.get(said, 0) + 1
        return hashlib.sha256(f"{said}|{before}".encode()).hexdigest()[:24]
