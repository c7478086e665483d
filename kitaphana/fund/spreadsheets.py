"""The fund's papers as XLSX. Rows are written as they are read, so a long book needs little memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kitaphana.core import clock
from kitaphana.core.documents.figures import day
from kitaphana.fund.documents import (
    act_title,
    act_words,
    card_document,
    card_heading,
    line_numbers,
    register_document,
    register_heads,
    register_note,
    register_source,
    register_state,
    summary_columns,
    summary_rows,
)
from kitaphana.fund.enums import ActKind, FundType, ReceiptSource, WithdrawalReason
from kitaphana.fund.opening import COLUMN_TITLES, Problem
from kitaphana.fund.queries import (
    AccountLine,
    Accounts,
    ActPage,
    Card,
    Figures,
    InventoryLine,
    RegisterLine,
    SummaryBook,
    SummaryEntry,
)
from kitaphana.organizations.models import Organization
from kitaphana.regulations.parameters import words
from kitaphana.regulations.queries import pack_on


class _Sheet:
    """A sheet filled from top to bottom."""

    def __init__(self, book: Any, name: str, widths: Sequence[float]) -> None:
        # Excel forbids these signs and more than 31 characters in a sheet's name.
        self.sheet = book.add_worksheet("".join(sign for sign in name if sign not in "[]:*?/\\'")[:31])
        self.row = 0
        self.plain = book.add_format({"valign": "top", "text_wrap": True})
        self.sum = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        self.bold = book.add_format({"bold": True})
        self.bold_sum = book.add_format({"num_format": "#,##0.00", "bold": True, "valign": "top"})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)

    def line(self, values: Iterable[object], *, bold: bool = False) -> None:
        """Write the next row: decimals as sums, whole numbers as numbers, all else as inert text."""
        for column, value in enumerate(values):
            if isinstance(value, Decimal):
                self.sheet.write_number(self.row, column, float(value), self.bold_sum if bold else self.sum)
            elif isinstance(value, int):
                self.sheet.write_number(self.row, column, value, self.bold if bold else self.plain)
            elif value not in (None, ""):
                self.sheet.write_string(self.row, column, str(value), self.bold if bold else self.plain)
        self.row += 1

    def heading(self, said: tuple[str, str], *parts: str) -> None:
        """Write whose sheet it is, what it is called and of what; above it the reference to the order, if there is
        one. ``said``: heading and reference."""
        title, reference = said
        if reference:
            self.line([reference])
        self.line([" · ".join((parts[0], title, *parts[1:]))], bold=True)

    def heads(self, values: Iterable[object]) -> None:
        """Write the row of column names; it stays in sight and is repeated on every printed page."""
        for column, value in enumerate(values):
            self.sheet.write_string(self.row, column, str(value), self.head)
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)


@contextmanager
def _workbook() -> Iterator[tuple[Any, IO[bytes]]]:
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    book = xlsxwriter.Workbook(
        stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    yield book, stream
    book.close()
    stream.seek(0)


def _words(library: Organization, form: str, on: date, language: str, usual: str) -> tuple[str, str]:
    """Heading and reference of a book by the rules that hold for the library on a day."""
    title, reference = words(pack_on("fund", on, library).parameters, form, language)
    return title or usual, reference


def inventory_book_xlsx(
    library: Organization, fund: str, lines: Iterable[InventoryLine], *, language: str
) -> IO[bytes]:
    """The inventory book as an open file positioned at its beginning."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, _("Inventory book"), [11, 10, 9, 50, 30, 12, 16, 15, 16, 20])
        said = _words(library, "inventory_book", clock.today(), language, _("Inventory book"))
        sheet.heading(said, library.name, str(FundType(fund).label))
        sheet.heads(
            [
                _("Date of entry"),
                _("Inventory number"),
                _("Summary book entry"),
                _("Author and title"),
                _("Place, publisher, year"),
                _("Price"),
                _("Class mark"),
                _("Barcode"),
                _("Act of withdrawal, No. and date"),
                _("Note"),
            ]
        )
        total, count = Decimal("0.00"), 0
        for line in lines:
            sheet.line(
                [
                    day(line.on),
                    line.inventory_number,
                    line.receipt_entry,
                    line.heading,
                    line.imprint,
                    line.price,
                    line.class_mark,
                    line.barcode,
                    f"№ {line.withdrawal_number}, {day(line.withdrawal_on)}" if line.withdrawal_number else "",
                    line.note,
                ]
            )
            total += line.price
            count += 1
        sheet.line([_("Total"), count, "", "", "", total], bold=True)
    return stream


def act_xlsx(page: ActPage, *, language: str) -> IO[bytes]:
    """An act's lines as an open file; quantities and sums are signed, as in the ledger."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, act_title(page.act), [6, 18, 60, 8, 12, 10, 14])
        sheet.heading(act_words(page.act, language), page.act.library.name, day(page.act.on))
        sheet.heads(
            [
                "№",
                _("Inventory numbers"),
                _("Author and title"),
                _("Year"),
                _("Price"),
                _("Copies"),
                _("Sum"),
            ]
        )
        for number, line in enumerate(page.lines, start=1):
            sheet.line(
                [
                    number,
                    line_numbers(line),
                    ". ".join(part for part in (line.author.rstrip("."), line.title) if part),
                    line.year,
                    line.price,
                    line.quantity,
                    line.amount,
                ]
            )
        copies = sum(line.quantity for line in page.lines)
        amount = sum((line.amount for line in page.lines), Decimal("0.00"))
        sheet.line([_("Total"), "", "", "", "", copies, amount], bold=True)
    return stream


def _heads(book: SummaryBook, *, withdrawals: bool) -> list[str]:
    names = [_("Date"), _("Entry No.")]
    names += [_("Act No."), _("Reason")] if withdrawals else [_("Source of receipt"), _("Accompanying document")]
    for scope in (_("In all"), _("On balance"), _("Off balance")):
        names += [f"{scope}: {figure}" for figure in (_("Copies"), _("Titles"), _("Sum, tenge"))]
    groups = [
        (_("By kind"), book.kinds),
        (_("By content"), book.contents),
        (_("By language"), book.languages),
    ]
    if withdrawals:
        groups.append((_("By reason"), book.reasons))
    return names + [f"{title}: {column.name}" for title, columns in groups for column in columns]


def _cells(book: SummaryBook, figures: Figures, *, withdrawals: bool) -> list[object]:
    cells: list[object] = []
    for cell, titles in (
        (figures.total, figures.titles),
        (figures.on_balance, figures.titles_on_balance),
        (figures.off_balance, figures.titles_off_balance),
    ):
        cells += [cell.copies, titles, cell.amount]
    groups = [
        (figures.kinds, book.kinds),
        (figures.contents, book.contents),
        (figures.languages, book.languages),
    ]
    if withdrawals:
        groups.append((figures.reasons, book.reasons))
    return cells + [values[column.code].copies for values, columns in groups for column in columns]


def _entry(book: SummaryBook, entry: SummaryEntry, *, withdrawals: bool) -> list[object]:
    act = entry.act
    if withdrawals:
        text = [str(act.number), str(WithdrawalReason(act.reason).label) if act.reason else ""]
    else:
        source = str(ReceiptSource(act.source).label) if act.source else ""
        document = ", ".join(part for part in (act.document_number, day(act.document_on)) if part)
        text = [", ".join(part for part in (source, act.supplier) if part), document]
    return [day(act.on), entry.number, *text, *_cells(book, entry.figures, withdrawals=withdrawals)]


def summary_book_xlsx(book: SummaryBook, *, language: str) -> IO[bytes]:
    """The three parts of the summary book, a sheet each, as an open file."""
    with override(language), _workbook() as (workbook, stream):
        title, reference = words(book.pack.parameters, "summary_book", language)
        said = title or _("Summary book of the library fund"), reference
        parts = (book.library.name, str(FundType(book.fund).label), str(book.year))
        widths = [11, 8, 28, 20, *([9, 9, 14] * 3), *([10] * 24)]
        for withdrawals in (False, True):
            part = _("Part 2. Withdrawals") if withdrawals else _("Part 1. Receipts")
            sheet = _Sheet(workbook, part, widths)
            sheet.heading(said, *parts)
            sheet.heads(_heads(book, withdrawals=withdrawals))
            for entry in book.withdrawals if withdrawals else book.receipts:
                sheet.line(_entry(book, entry, withdrawals=withdrawals))
            total = book.withdrawals_total if withdrawals else book.receipts_total
            cells = _cells(book, total, withdrawals=withdrawals)
            sheet.line(["", "", _("Total for the year"), "", *cells], bold=True)
        sheet = _Sheet(workbook, _("Part 3. Totals of the movement of the fund"), [44, *([11, 16] * 4)])
        sheet.heading(said, *parts)
        names = [f"{name}: {figure}" for name in summary_columns(book) for figure in (_("Copies"), _("Sum, tenge"))]
        sheet.heads(["", *names])
        for name, strong, four in summary_rows(book):
            values: list[object] = []
            for cell in four:
                values += [cell.copies, cell.amount]
            sheet.line([name, *values], bold=strong)
    return stream


def cards_xlsx(library: Organization, fund: str, cards: Iterable[Card], *, language: str) -> IO[bytes]:
    """Registration cards one under another as an open file: every line with the head of its card, so that the table
    can be sorted and filtered."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, _("Registration cards"), [8, 24, 44, 26, 10, 8, 20, 12, 18, 12, 11, 40, 12, 11, 11, 11])
        said = _words(library, "registration_card", clock.today(), language, _("Registration cards"))
        sheet.heading(said, library.name, str(FundType(fund).label))
        names: list[str] = []
        balance, amount = 0, Decimal("0.00")
        for card in cards:
            heading = card_heading(card)
            if not names:
                names = [name for name, _value in heading]
                sheet.heads([pgettext("of a title", "Card"), *names, *_card_columns()])
            facts = [card.stock.card_number, *(value for _name, value in heading)]
            for line in card.lines:
                row = [day(line.on), card_document(line.act), line.price, line.received, line.withdrawn, line.balance]
                sheet.line([*facts, *row])
            balance += card.stock.quantity
            amount += card.amount
        sheet.line([_("Total"), *[""] * (len(names) + 2), amount, "", "", balance], bold=True)
    return stream


def _card_columns() -> list[str]:
    return [_("Date"), _("Document"), _("Price"), _("Received"), _("Withdrawn"), _("Balance")]


def register_xlsx(library: Organization, year: int, lines: Iterable[RegisterLine], *, language: str) -> IO[bytes]:
    """The register of acts of a year as an open file."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, _("Register of acts"), [8, 11, 24, 26, 34, 11, 11, 15, 15, 30, 30])
        sheet.heading(
            _words(library, "register", date(year, 12, 31), language, _("Register of acts")), library.name, str(year)
        )
        sheet.heads(register_heads())
        copies, amounts = [0, 0], [Decimal("0.00"), Decimal("0.00")]
        for line in lines:
            sheet.line(
                [
                    line.act.number,
                    day(line.act.on),
                    ActKind(line.act.kind).label,
                    register_source(line.act),
                    register_document(line.act),
                    line.received,
                    line.withdrawn,
                    line.received_amount,
                    line.withdrawn_amount,
                    register_state(line),
                    register_note(line),
                ]
            )
            copies = [copies[0] + line.received, copies[1] + line.withdrawn]
            amounts = [amounts[0] + line.received_amount, amounts[1] + line.withdrawn_amount]
        sheet.line([_("Total"), "", "", "", "", *copies, *amounts], bold=True)
    return stream


_TEMPLATE_ROWS = (
    (1, "12.03.2014", "Әуезов М. О.", "Абай жолы", "978-601-293-450-6", "Алматы", "Жазушы", 2014, 1250.5, "кітап", ""),
    (2, "01.09.2019", "", "Сказки народов мира", "", "Москва", "Махаон", 2018, 900, "книга", ""),
    ("", "15.08.2024", "", "Алгебра. 7-сынып", "", "Алматы", "Мектеп", 2024, 2100, "оқулық", 60),
)
_TEMPLATE_COLUMNS = (
    "number", "entered", "author", "title", "isbn", "place", "publisher", "year", "price", "kind", "quantity", "language",
    "udc", "bbk", "source", "barcode", "balance", "withdrawn", "note",
)  # fmt: skip


def opening_template_xlsx(*, language: str) -> IO[bytes]:
    """An empty inventory book with the names of all columns in a language, and three rows that show the way."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, _("Opening balance"), [12, 12, 22, 40, 20, 14, 18, 8, 12, 12, 10, *[14] * 8])
        sheet.heads(COLUMN_TITLES[name] for name in _TEMPLATE_COLUMNS)
        for row in _TEMPLATE_ROWS:
            sheet.line(Decimal(str(cell)) if isinstance(cell, float) else cell for cell in row)
    return stream


def opening_problems_xlsx(file_name: str, problems: Iterable[Problem], *, language: str) -> IO[bytes]:
    """Rows of a file that can't be taken, with what to do about each."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, _("Bad rows"), [8, 22, 24, 60, 70])
        sheet.line([file_name], bold=True)
        sheet.heads([_("Row"), _("Column"), _("Value"), _("What is wrong"), pgettext("about a mistake", "What to do")])
        for one in problems:
            sheet.line([one.row, one.column_title, str(one.params.get("value", "")), one.message, one.advice])
    return stream


def accounts_heads() -> list[str]:
    """Columns of the totals for the accountant."""
    return [
        pgettext("of a form", "Line"),
        pgettext("bookkeeping", "Account"),
        _("Fund"),
        _("Source of funds"),
        _("At the beginning, copies"),
        _("At the beginning, tenge"),
        _("Received, copies"),
        _("Received, tenge"),
        _("Withdrawn, copies"),
        _("Withdrawn, tenge"),
        _("At the end, copies"),
        _("At the end, tenge"),
        _("By the accounts, copies"),
        _("By the accounts, tenge"),
    ]


def accounts_xlsx(book_of: Accounts, *, language: str) -> IO[bytes]:
    """Totals of a period with two empty columns for the accountant's figures; it can be loaded back."""
    with override(language), _workbook() as (book, stream):
        sheet = _Sheet(book, _("Accountant"), [26, 20, 18, 26, *[14] * 10])
        period = f"{day(book_of.first)} – {day(book_of.last)}"
        sheet.line([f"{book_of.library.name} · {_('Totals for the accountant')} · {period}"], bold=True)
        sheet.heads(accounts_heads())
        for line in book_of.lines:
            account = _("On the balance sheet") if line.is_on_balance else _("Off the balance sheet")
            sheet.line([line.key, account, line.fund_name, line.source_name, *_four(line)])
        sheet.line([_("Total"), "", "", "", *_four(book_of.sums())], bold=True)
    return stream


def _four(line: AccountLine) -> list[int | Decimal]:
    cells = (line.opening, line.came, line.went, line.closing)
    return [value for cell in cells for value in (cell.copies, cell.amount)]
