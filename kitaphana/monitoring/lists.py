"""What a list behind a figure shows of each row, on the screen and in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.monitoring.enums import Group, Measure, Part

Value = str | int | Decimal | date | None
MOST_ROWS = 100_000
"""Rows of a file; a longer list is narrowed first."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. Personal ones are shown to those who may see readers."""

    label: str | Promise
    value: Callable[[Any], Value]
    is_personal: bool = False
    is_number: bool = False


def _title(record: Any) -> str:
    author = record.authors[0] if record.authors else ""
    return f"{author.rstrip('.')}. {record.title}" if author else str(record.title)


def _loan_of(row: Any) -> Any:
    return getattr(row, "loan", row)


def _name(row: Any) -> str:
    return str(row.person.full_name) if row.person is not None else "—"


def _class_of(row: Any) -> str:
    return str(row.school_class.name if row.school_class is not None else row.get_category_display())


_LIBRARY = Column(_("Library"), lambda row: row.library.name)
_READER = Column(_("Reader"), lambda row: _name(_loan_of(row)), is_personal=True)
_CLASS = Column(_("Class or category"), lambda row: _class_of(_loan_of(row)))
_COPY_TITLE = Column(_("Edition"), lambda row: _title(_loan_of(row).copy.record))
_NUMBER = Column(_("Inventory number"), lambda row: _loan_of(row).copy.inventory_number, is_number=True)
_LENT = Column(_("Lent on"), lambda row: row.lent_on)
_DUE = Column(_("Due on"), lambda row: row.due_on)
_RETURNED = Column(_("Returned on"), lambda row: row.returned_on)

_LOAN_COLUMNS = (_LENT, _COPY_TITLE, _NUMBER, _READER, _CLASS, _DUE)
_MEMBER_COLUMNS = (
    _READER,
    Column(_("Card number"), lambda row: row.card_number, is_personal=True),
    _CLASS,
    Column(_("Registered on"), lambda row: row.registered_on),
)
_COPY_COLUMNS = (
    Column(_("Edition"), lambda row: _title(row.record)),
    Column(_("Year"), lambda row: row.record.year, is_number=True),
    Column(_("Fund"), lambda row: row.get_fund_display()),
    Column(_("Inventory number"), lambda row: row.inventory_number, is_number=True),
    Column(_("Price, tenge"), lambda row: row.price, is_number=True),
    Column(_("Received on"), lambda row: row.received_by.on),
)
_QUANTITY = Column(_("Number"), lambda row: row.quantity, is_number=True)
_ISSUE_COLUMNS = (
    _LENT,
    Column(_("Edition"), lambda row: _title(row.stock.record)),
    Column(_("Card of the edition"), lambda row: row.stock.card_number, is_number=True),
    _QUANTITY,
    _READER,
    _CLASS,
    _DUE,
)
_STOCK_COLUMNS = (
    Column(_("Edition"), lambda row: _title(row.record)),
    Column(_("Year"), lambda row: row.record.year, is_number=True),
    Column(_("Fund"), lambda row: row.get_fund_display()),
    Column(_("Card of the edition"), lambda row: row.card_number, is_number=True),
    _QUANTITY,
)
_ENTRY_COLUMNS = (
    Column(_("Day"), lambda row: row.on),
    Column(_("Act"), lambda row: f"{row.act.get_kind_display()} № {row.act.number}/{row.act.year}"),
    Column(_("Edition"), lambda row: _title(row.record)),
    Column(_("Fund"), lambda row: row.get_fund_display()),
    _QUANTITY,
    Column(_("Sum, tenge"), lambda row: row.amount, is_number=True),
)
_HOLD_COLUMNS = (
    Column(_("Edition"), lambda row: _title(row.record)),
    Column(_("Reader"), _name, is_personal=True),
    Column(_("Placed on"), lambda row: row.placed_at.date()),
)

COLUMNS: dict[Measure, tuple[Column, ...]] = {
    Measure.VISITS: (
        Column(_("Day"), lambda row: row.on),
        Column(_("Reader"), _name, is_personal=True),
        Column(_("Grade"), lambda row: row.grade, is_number=True),
        Column(_("Category"), lambda row: row.get_category_display()),
    ),
    Measure.LOANS: _LOAN_COLUMNS,
    Measure.RETURNS: (_RETURNED, _COPY_TITLE, _NUMBER, _READER, _CLASS, _LENT),
    Measure.RENEWALS: (
        Column(_("Renewed on"), lambda row: row.on),
        _COPY_TITLE,
        _NUMBER,
        _READER,
        _CLASS,
        Column(_("Due before"), lambda row: row.due_before),
        _DUE,
    ),
    Measure.READERS: _MEMBER_COLUMNS,
    Measure.NEW_READERS: _MEMBER_COLUMNS,
    Measure.ACTIVE: _MEMBER_COLUMNS,
    Measure.COPIES: _COPY_COLUMNS,
    Measure.RECEIVED: _COPY_COLUMNS,
    Measure.ON_LOAN: _LOAN_COLUMNS,
    Measure.OVERDUE: (_DUE, _COPY_TITLE, _NUMBER, _READER, _CLASS, _LENT),
    Measure.HOLDS: _HOLD_COLUMNS,
    Measure.HOLD_SHELF: (
        *_HOLD_COLUMNS,
        Column(_("Collect until"), lambda row: row.collect_until),
    ),
    Measure.LENDINGS: _LOAN_COLUMNS,
    Measure.LEFT: (*_MEMBER_COLUMNS, Column(_("Left on"), lambda row: row.left_on)),
    Measure.EVENTS: (
        Column(_("Day"), lambda row: row.on),
        Column(_("Event"), lambda row: row.title),
        Column(_("Kind"), lambda row: row.get_kind_display()),
        *(Column(group.label, attrgetter(group.value), is_number=True) for group in Group),
        Column(_("Came"), lambda row: row.attendance, is_number=True),
    ),
    Measure.REFERENCES: (
        Column(_("Day"), lambda row: row.on),
        Column(_("Kind"), lambda row: row.get_kind_display()),
        _QUANTITY,
    ),
    Measure.FUND_IN: _ENTRY_COLUMNS,
    Measure.FUND_OUT: _ENTRY_COLUMNS,
    Measure.FUND_AT: _ENTRY_COLUMNS,
}


def columns_of(measure: Measure, *, with_names: bool, with_library: bool, part: Part = Part.COPIES) -> list[Column]:
    """The columns of a list; readers' names only for those who may see readers."""
    columns = {
        Part.COPIES: COLUMNS[measure],
        Part.COUNTED: _ISSUE_COLUMNS,
        Part.RENEWALS: COLUMNS[Measure.RENEWALS],
        Part.CARDS: _STOCK_COLUMNS,
        Part.ENTRIES: _ENTRY_COLUMNS,
    }
    shown = [column for column in columns[part] if with_names or not column.is_personal]
    return [_LIBRARY, *shown] if with_library else shown


def lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterable[list[Value]]:
    """The cells of each row."""
    for row in rows:
        yield [column.value(row) for column in columns]


def as_csv(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """A list as CSV that spreadsheets open with Kazakh letters right."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([str(column.label) for column in columns])
    for cells in lines(columns, rows):
        writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue().encode()


def _plain(cell: Value) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    # A spreadsheet must not take a name for a formula.
    return f"'{text}" if isinstance(cell, str) and text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def as_xlsx(title: str, columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """A list as a workbook with a frozen head and real dates and figures."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title[:31].translate({ord(sign): " " for sign in "[]:*?/\\"}))
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for number, column in enumerate(columns):
        sheet.write_string(0, number, str(column.label), head)
        sheet.set_column(number, number, 16 if column.is_number else 26)
    sheet.freeze_panes(1, 0)
    for place, cells in enumerate(lines(columns, rows), 1):
        for number, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(place, number, cell, day)
            elif isinstance(cell, int | Decimal):
                sheet.write_number(place, number, float(cell))
            elif cell:
                sheet.write_string(place, number, cell)
    book.close()
    return out.getvalue()
