"""The fund's printed papers as PDF: acts, the inventory book, the summary book, labels.

Every paper is made in the language asked for (kk or ru; en for reading), whatever the page's language is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from textwrap import shorten
from typing import Any

from barcode.codex import Code128
from barcode.ean import EAN13
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext

from kitaphana.catalog.languages import language_name
from kitaphana.core import clock
from kitaphana.core.documents.figures import day, money, whole
from kitaphana.core.documents.render import pdf
from kitaphana.core.money import ZERO
from kitaphana.fund.barcodes import is_ean13
from kitaphana.fund.enums import ActKind, FundType, ReceiptSource, WithdrawalReason
from kitaphana.fund.models import Act, Approval, Copy, Reconciliation
from kitaphana.fund.queries import (
    ActLine,
    ActPage,
    Card,
    Cell,
    Column,
    Figures,
    InventoryLine,
    RegisterLine,
    SummaryBook,
    SummaryEntry,
)
from kitaphana.organizations.models import Organization
from kitaphana.regulations.parameters import dressed, words
from kitaphana.regulations.queries import pack_on

TEMPLATES = Path(__file__).parent / "typst"
LINES_A_PAGE = 21
ENTRIES_A_PAGE = 18
LONGEST_VOLUME = 5_000
"""Inventory lines of one PDF; a longer book is printed in volumes, like a bound one."""


def _requisites(library: Organization) -> str:
    return ", ".join(
        part for part in (library.address, _("BIN %(bin)s") % {"bin": library.bin} if library.bin else "") if part
    )


def number_ranges(numbers: Iterable[int]) -> str:
    """Inventory numbers in the shortest form: 1–30, 45, 50–52."""
    parts = []
    for _key, group in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        run = [number for _index, number in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return ", ".join(parts)


def _count(copies: int, titles: int, amount: Decimal) -> str:
    return _("In all: %(copies)s, %(titles)s, for the sum of %(amount)s tenge.") % {
        "copies": ngettext("%(count)s copy", "%(count)s copies", copies) % {"count": whole(copies)},
        "titles": ngettext("%(count)s title", "%(count)s titles", titles) % {"count": whole(titles)},
        "amount": money(amount),
    }


def _worded(data: dict[str, Any], library: Organization, form: str, on: date, language: str) -> dict[str, Any]:
    """The data of a book with the words of the rule pack that holds for the library on a day."""
    return dressed(data, pack_on("fund", on, library).parameters, form, language)


def _signature_words() -> dict[str, str]:
    return {"signature": _("signature"), "name": _("surname and initials")}


_WRITE_OFF_TITLES = {
    WithdrawalReason.WORN: gettext_lazy("Act of write-off of worn literature"),
    WithdrawalReason.OBSOLETE: gettext_lazy("Act of write-off of literature with obsolete content"),
    WithdrawalReason.LOSS: gettext_lazy("Act of write-off of lost literature"),
    WithdrawalReason.DEFECT: gettext_lazy("Act of write-off of defective literature"),
    WithdrawalReason.PROFILE: gettext_lazy("Act of write-off of literature outside the profile"),
    WithdrawalReason.DUPLICATE: gettext_lazy("Act of write-off of duplicate literature"),
    WithdrawalReason.TRANSFER: gettext_lazy("Act of write-off of literature transferred to another organisation"),
}


ACT_FORMS = {
    ActKind.RECEIPT: "receipt",
    ActKind.WRITE_OFF: "write_off",
    ActKind.REPLACEMENT: "replacement",
    ActKind.TRANSFER: "transfer",
}
"""Forms of acts whose words a rule pack may hold."""


def paper_title(act: Act) -> str:
    """The full heading of an act's paper: an act of write-off names its reason."""
    if act.kind == ActKind.WRITE_OFF and act.reason:
        return f"{_WRITE_OFF_TITLES[WithdrawalReason(act.reason)]} № {act.number}/{act.year}"
    return act_title(act)


def act_words(act: Act, language: str) -> tuple[str, str]:
    """The heading of an act's paper with its number, and the reference to the order, by the rules it was made under."""
    title, reference = words(act.rule_pack.parameters, ACT_FORMS.get(ActKind(act.kind), ""), language)
    return (f"{title} № {act.number}/{act.year}" if title else paper_title(act)), reference


def act_title(act: Act) -> str:
    """The heading of an act's paper in the language in force."""
    return f"{ActKind(act.kind).label} № {act.number}/{act.year}"


def line_numbers(line: ActLine) -> str:
    """Inventory numbers of a line, or the number of its registration card."""
    if line.card_number is not None:
        return _("card %(number)s") % {"number": line.card_number}
    return number_ranges(copy.inventory_number for copy in line.copies)


def _act_lines(lines: Sequence[ActLine]) -> dict[str, Any]:
    copies = sum(line.volumes for line in lines)
    amount = sum((line.sum for line in lines), ZERO)
    return {
        "lines": [
            {
                "number": number,
                "numbers": line_numbers(line),
                "title": ". ".join(part for part in (line.author.rstrip("."), line.title) if part),
                "year": str(line.year or ""),
                "price": money(line.price),
                "quantity": line.volumes,
                "sum": money(line.sum),
            }
            for number, line in enumerate(lines, start=1)
        ],
        "copies": whole(copies),
        "sum": money(amount),
        "summary": _count(copies, len({line.record.pk for line in lines}), amount),
    }


def _facts(act: Act) -> list[tuple[str, str]]:
    facts: list[tuple[str, object]] = [(_("Fund"), FundType(act.fund).label)]
    if act.kind == ActKind.REVERSAL and act.reverses is not None:
        facts.append(
            (
                _("Reverses"),
                _("%(act)s of %(on)s") % {"act": act_title(act.reverses), "on": day(act.reverses.on)},
            )
        )
    if act.source:
        facts.append((_("Source of receipt"), ReceiptSource(act.source).label))
    if act.kind == ActKind.TRANSFER:
        facts += [(_("From where"), act.library.name), (_("Where to"), act.supplier)]
    elif act.supplier:
        facts.append((_("Supplier"), act.supplier))
    if act.document_number:
        document = _("No. %(number)s of %(on)s") if act.document_on else _("No. %(number)s")
        facts.append(
            (
                _("Accompanying document"),
                document % {"number": act.document_number, "on": day(act.document_on)},
            )
        )
    if act.reason:
        facts.append((_("Reason for withdrawal"), WithdrawalReason(act.reason).label))
    if act.grounds:
        facts.append((_("Grounds"), act.grounds))
    for number, part in ((act.receipt_entry, _("Part 1")), (act.withdrawal_entry, _("Part 2"))):
        if number:
            facts.append((_("Entry in the summary book"), f"{part}, № {number}"))
    if act.note:
        facts.append((_("Note"), act.note))
    return [(str(name), str(value)) for name, value in facts]


_CONCLUSIONS = {
    ActKind.RECEIPT: gettext_lazy("The literature listed above was checked and taken into the library fund."),
    ActKind.WRITE_OFF: gettext_lazy(
        "The commission looked at the literature listed above and decided that it is to be withdrawn "
        "from the library fund."
    ),
    ActKind.REPLACEMENT: gettext_lazy(
        "The literature was found equal in content and value and accepted instead of the lost one."
    ),
    ActKind.REVERSAL: gettext_lazy("The entries of the act were reversed because it was posted by mistake."),
    ActKind.TRANSFER: gettext_lazy(
        "The literature listed above was handed over by one library and taken by the other."
    ),
    ActKind.CONVERSION: gettext_lazy(
        "The way of accounting of the literature listed above was changed. Its number and value stay as they were."
    ),
    ActKind.OPENING: gettext_lazy(
        "The literature listed above stood in the library fund before its books were kept in this program."
    ),
}


_WRITE_OFF_CONCLUSIONS = {
    WithdrawalReason.LOSS: gettext_lazy(
        "The commission found that the literature listed above is lost and decided that it is to be withdrawn from "
        "the library fund."
    ),
    WithdrawalReason.TRANSFER: gettext_lazy(
        "The commission decided that the literature listed above is to be withdrawn from the library fund because it "
        "is transferred to another organisation."
    ),
}


def _conclusion(act: Act) -> str:
    if act.kind == ActKind.WRITE_OFF and act.reason in _WRITE_OFF_CONCLUSIONS:
        return str(_WRITE_OFF_CONCLUSIONS[WithdrawalReason(act.reason)])
    return str(_CONCLUSIONS[ActKind(act.kind)])


def _approval(approval: Approval | None) -> dict[str, str] | None:
    """The block above an act, filled in: who decided, when, and why it was refused."""
    if approval is None:
        return None
    return {
        "word": _("I approve") if approval.is_approved else _("Not approved"),
        "name": approval.name,
        "on": day(approval.on),
        "note": approval.note,
    }


def _sides(page: ActPage) -> list[dict[str, Any]]:
    """Who signs for either library of a transfer."""
    if page.transfer is None:
        return []
    people = [_("Director"), _("Materially responsible person")]
    return [
        {"heading": _("Handed over: %(library)s") % {"library": page.transfer.library.name}, "people": people},
        {"heading": _("Received: %(library)s") % {"library": page.transfer.to_library.name}, "people": people},
    ]


def act_pdf(page: ActPage, *, language: str) -> bytes:
    """An act with its lines, commission and places to sign."""
    act = page.act
    with override(language):
        parts = []
        two_sides = bool(page.received and page.withdrawn)
        headings = (
            (page.withdrawn, _("Withdrawn from the fund") if two_sides else ""),
            (page.received, _("Taken into the fund") if two_sides else ""),
        )
        for lines, heading in headings:
            if lines:
                parts.append({"heading": heading, **_act_lines(lines)})
        chair = act.kind in {ActKind.WRITE_OFF, ActKind.REPLACEMENT} and not act.commission
        members = act.commission or ([{"name": "", "position": ""}] * 3 if chair else [])
        entry = " / ".join(str(number) for number in (act.receipt_entry, act.withdrawal_entry) if number)
        data = {
            "title": paper_title(act),
            "subtitle": day(act.on),
            "library": act.library.name,
            "requisites": _requisites(act.library),
            "footer": f"{act.library.name} · {act_title(act)} · {day(act.on)}",
            "facts": _facts(act),
            "parts": parts,
            "approval": _approval(page.approval),
            "sides": _sides(page),
            "conclusion": _conclusion(act),
            "commission": [
                {
                    "role": _("Chair of the commission") if index == 0 else _("Member of the commission"),
                    "name": member["name"],
                    "position": member["position"],
                }
                for index, member in enumerate(members)
            ],
            "signatures": []
            if page.transfer
            else [
                _("Materially responsible person"),
                *([_("Handed over by")] if act.kind == ActKind.RECEIPT and not members else []),
            ],
            "accounting": _("Entered in the summary book under No. %(entry)s and in the accounts.") % {"entry": entry}
            if entry
            else "",
            "words": {
                **_signature_words(),
                "approve": _("I approve"),
                "director": _("Director"),
                "approve_note": _("signature, name"),
                "number": "№",
                "inventory_numbers": _("Inventory numbers"),
                "author_title": _("Author and title"),
                "year": _("Year"),
                "price": _("Price"),
                "quantity": pgettext("on paper", "Copies"),
                "sum": _("Sum"),
                "total": _("Total"),
                "commission": _("Commission"),
                "accountant": _("Accountant"),
            },
        }
        title, reference = act_words(act, language)
        return pdf(TEMPLATES / "act.typ", {**data, "title": title, "reference": reference}, language=language)


def _act_mark(line: InventoryLine) -> str:
    if line.withdrawal_number is None:
        return ""
    return f"№ {line.withdrawal_number}\n{day(line.withdrawal_on)}"


def inventory_book_pdf(library: Organization, fund: str, lines: Iterable[InventoryLine], *, language: str) -> bytes:
    """The inventory book (or a volume of it) in the prescribed columns, with page totals and a page to be
    sealed."""
    with override(language):
        pages: list[dict[str, Any]] = []
        total_copies, total = 0, ZERO
        first = last = 0
        for _number, group in groupby(enumerate(lines), lambda pair: pair[0] // LINES_A_PAGE):
            on_page = [line for _index, line in group]
            first, last = first or on_page[0].inventory_number, on_page[-1].inventory_number
            amount = sum((line.price for line in on_page), ZERO)
            total_copies += len(on_page)
            total += amount
            pages.append(
                {
                    "lines": [
                        (
                            day(line.on),
                            str(line.inventory_number),
                            str(line.receipt_entry or ""),
                            line.heading,
                            line.imprint,
                            money(line.price),
                            line.class_mark,
                            _act_mark(line),
                            line.note,
                        )
                        for line in on_page
                    ],
                    "total": _("On this page: %(copies)s copies, %(amount)s tenge")
                    % {"copies": whole(len(on_page)), "amount": money(amount)},
                    "running": _("From the beginning: %(copies)s copies, %(amount)s tenge")
                    % {"copies": whole(total_copies), "amount": money(total)},
                }
            )
        numbers = {"first": first, "last": last, "copies": whole(total_copies), "amount": money(total)}
        data = {
            "title": _("Inventory book"),
            "fund": str(FundType(fund).label),
            "library": library.name,
            "requisites": _requisites(library),
            "range": _("Inventory numbers %(first)s–%(last)s") % numbers,
            "pages": pages,
            "closing": _(
                "In this volume of the inventory book %(copies)s copies are entered, inventory numbers from "
                "%(first)s to %(last)s, for the sum of %(amount)s tenge."
            )
            % numbers,
            "words": {
                **_signature_words(),
                "on": _("Date of entry"),
                "inventory_number": _("Inventory number"),
                "entry": _("Summary book entry"),
                "author_title": _("Author and title"),
                "imprint": _("Place, publisher, year"),
                "price": _("Price"),
                "class_mark": _("Class mark"),
                "check_1": _("Check 20__"),
                "check_2": _("Check 20__"),
                "act": _("Act of withdrawal, No. and date"),
                "note": _("Note"),
                "closing_title": _("Closing entry"),
                "numbered_before": _("Pages numbered, laced and sealed:"),
                "numbered_after": "",
                "director": _("Director"),
                "librarian": _("Librarian"),
                "accountant": _("Accountant"),
                "seal": _("Place for the seal"),
            },
        }
        return pdf(
            TEMPLATES / "inventory_book.typ",
            _worded(data, library, "inventory_book", clock.today(), language),
            language=language,
        )


def _number(value: int) -> str:
    return whole(value) if value else "–"


def _sum(value: Decimal) -> str:
    return money(value) if value else "–"


def _left_figures(figures: Figures) -> list[str]:
    cells: list[str] = []
    for cell, titles in (
        (figures.total, figures.titles),
        (figures.on_balance, figures.titles_on_balance),
        (figures.off_balance, figures.titles_off_balance),
    ):
        cells += [_number(cell.copies), _number(titles), _sum(cell.amount)]
    return cells


def _groups(book: SummaryBook, *, reasons: bool) -> list[tuple[str, str, tuple[Column, ...]]]:
    groups = [
        (_("By kind"), "kinds", book.kinds),
        (_("By content"), "contents", book.contents),
        (_("By language"), "languages", book.languages),
    ]
    if reasons:
        groups.append((_("By reason"), "reasons", book.reasons))
    return groups


def _right_figures(figures: Figures, groups: list[tuple[str, str, tuple[Column, ...]]]) -> list[str]:
    cells: list[str] = []
    for _title, name, columns in groups:
        values: dict[str, Cell] = getattr(figures, name)
        cells += [_number(values[column.code].copies) for column in columns]
    return cells


def _entry_document(act: Act) -> str:
    if not act.document_number:
        return ""
    return f"№ {act.document_number}" + (f", {day(act.document_on)}" if act.document_on else "")


def _part(book: SummaryBook, *, withdrawals: bool) -> dict[str, Any]:
    entries: list[SummaryEntry] = book.withdrawals if withdrawals else book.receipts
    total = book.withdrawals_total if withdrawals else book.receipts_total
    groups = _groups(book, reasons=withdrawals)
    groups = [(title, name, columns) for title, name, columns in groups]

    def left(entry: SummaryEntry) -> list[str]:
        act = entry.act
        storno = f" ({_('reversal')})" if entry.is_storno else ""
        if withdrawals:
            text = [str(act.number) + storno, str(WithdrawalReason(act.reason).label) if act.reason else ""]
        else:
            source = str(ReceiptSource(act.source).label) if act.source else ""
            text = [", ".join(part for part in (source, act.supplier) if part) + storno, _entry_document(act)]
        return [day(act.on), str(entry.number), *text, *_left_figures(entry.figures)]

    sheets = []
    for start in range(0, max(len(entries), 1), ENTRIES_A_PAGE):
        on_page = entries[start : start + ENTRIES_A_PAGE]
        is_last = start + ENTRIES_A_PAGE >= len(entries)
        sheets.append(
            {
                "left": [left(entry) for entry in on_page],
                "right": [[str(entry.number), *_right_figures(entry.figures, groups)] for entry in on_page],
                "left_totals": [["", "", _("Total for the year"), "", *_left_figures(total)]] if is_last else [],
                "right_totals": [[_("Total"), *_right_figures(total, groups)]] if is_last else [],
            }
        )
    return {
        "title": _("Part 2. Withdrawals") if withdrawals else _("Part 1. Receipts"),
        "left_heads": [
            _("Date"),
            _("Entry No."),
            *([_("Act No."), _("Reason")] if withdrawals else [_("Source of receipt"), _("Accompanying document")]),
        ],
        "left_widths": [17, 11, *([24, 0] if withdrawals else [0, 30]), *([14, 13, 27] * 3)],
        "left_text": 4,
        "left_groups": [_("In all"), _("On balance"), _("Off balance")],
        "groups": [
            {"title": title, "columns": [str(column.name) for column in columns]} for title, _name, columns in groups
        ],
        "sheets": sheets,
    }


def summary_rows(book: SummaryBook) -> list[tuple[str, bool, list[Cell]]]:
    """Lines of part 3: (name, whether it is a heading or a total, opening/received/withdrawn/closing
    cells)."""
    four = (book.opening, book.receipts_total, book.withdrawals_total, book.closing)
    rows: list[tuple[str, bool, list[Cell]]] = [
        (_("In all"), True, [figures.total for figures in four]),
        (_("On balance"), False, [figures.on_balance for figures in four]),
        (_("Off balance"), False, [figures.off_balance for figures in four]),
    ]
    for title, name, columns in _groups(book, reasons=False):
        rows.append((title, True, []))
        rows += [
            (str(column.name), False, [getattr(figures, name)[column.code] for figures in four]) for column in columns
        ]
    return rows


def summary_columns(book: SummaryBook) -> list[str]:
    """The four columns of part 3."""
    return [
        _("At 1 January %(year)s") % {"year": book.year},
        _("Received in the year"),
        _("Withdrawn in the year"),
        _("At the end of %(year)s") % {"year": book.year},
    ]


def summary_book_pdf(book: SummaryBook, *, language: str) -> bytes:
    """The three parts of the summary book of a year."""
    with override(language):
        data = {
            "title": _("Summary book of the library fund"),
            "fund": str(FundType(book.fund).label),
            "library": book.library.name,
            "requisites": _requisites(book.library),
            "year": book.year,
            "year_text": _("Year %(year)s") % {"year": book.year},
            "receipts": _part(book, withdrawals=False),
            "withdrawals": _part(book, withdrawals=True),
            "totals": {
                "title": _("Part 3. Totals of the movement of the fund"),
                "columns": summary_columns(book),
                "rows": [
                    {
                        "name": name,
                        "strong": strong,
                        "cells": [text for cell in cells for text in (_number(cell.copies), _sum(cell.amount))],
                    }
                    for name, strong, cells in summary_rows(book)
                ],
            },
            "words": {
                **_signature_words(),
                "copies": pgettext("on paper", "Copies"),
                "titles": _("Titles"),
                "sum": _("Sum, tenge"),
                "entry": _("Entry No."),
                "continued": _("(continued)"),
                "librarian": _("Librarian"),
                "director": _("Director"),
            },
        }
        return pdf(
            TEMPLATES / "summary_book.typ",
            dressed(data, book.pack.parameters, "summary_book", language),
            language=language,
        )


def register_state(line: RegisterLine) -> str:
    """What the director decided on an act of the register."""
    if line.approval is not None:
        word = pgettext("act", "Approved") if line.approval.is_approved else pgettext("act", "Refused")
        return f"{word}: {line.approval.name}, {day(line.approval.on)}"
    return _("Waits for approval") if line.waits else ""


def register_source(act: Act) -> str:
    """Where literature of an act came from, or why it left."""
    parts = []
    if act.source:
        parts.append(str(ReceiptSource(act.source).label))
    if act.reason:
        parts.append(str(WithdrawalReason(act.reason).label))
    return ", ".join(parts)


def register_document(act: Act) -> str:
    """The supplier and the accompanying document of an act; for a transfer the other library."""
    return ", ".join(part for part in (act.supplier, _entry_document(act)) if part)


def register_note(line: RegisterLine) -> str:
    """What ties an act to others, and its note."""
    parts = []
    if line.converted:
        parts.append(ngettext("%(count)s copy", "%(count)s copies", line.converted) % {"count": whole(line.converted)})
    if line.reverses is not None:
        parts.append(_("reverses: %(act)s") % {"act": act_title(line.reverses)})
    if line.reversed_by is not None:
        parts.append(_("reversed: %(act)s") % {"act": act_title(line.reversed_by)})
    if line.act.note:
        parts.append(line.act.note)
    return "; ".join(parts)


def register_heads() -> list[str]:
    """Columns of the register."""
    return [
        _("Act No."),
        _("Date"),
        _("Kind of act"),
        _("Source or reason"),
        _("Document"),
        _("Received, copies"),
        _("Withdrawn, copies"),
        _("Received, tenge"),
        _("Withdrawn, tenge"),
        _("Approval"),
        _("Note"),
    ]


def register_pdf(library: Organization, year: int, lines: Sequence[RegisterLine], *, language: str) -> bytes:
    """The register of acts of a year."""
    with override(language):
        received = sum((line.received_amount for line in lines), ZERO)
        withdrawn = sum((line.withdrawn_amount for line in lines), ZERO)
        data = {
            "title": _("Register of acts"),
            "library": library.name,
            "requisites": _requisites(library),
            "year_text": _("Year %(year)s") % {"year": year},
            "lines": [
                (
                    str(line.act.number),
                    day(line.act.on),
                    str(ActKind(line.act.kind).label),
                    register_source(line.act),
                    register_document(line.act),
                    whole(line.received) if line.received else "",
                    whole(line.withdrawn) if line.withdrawn else "",
                    money(line.received_amount) if line.received else "",
                    money(line.withdrawn_amount) if line.withdrawn else "",
                    register_state(line),
                    register_note(line),
                )
                for line in lines
            ],
            "totals": (
                whole(sum(line.received for line in lines)),
                whole(sum(line.withdrawn for line in lines)),
                money(received),
                money(withdrawn),
            ),
            "summary": ngettext("In all %(count)s act.", "In all %(count)s acts.", len(lines))
            % {"count": whole(len(lines))},
            "words": {
                **_signature_words(),
                "heads": register_heads(),
                "total": _("Total"),
                "librarian": _("Librarian"),
                "director": _("Director"),
            },
        }
        return pdf(
            TEMPLATES / "register.typ",
            _worded(data, library, "register", date(year, 12, 31), language),
            language=language,
        )


def card_document(act: Act) -> str:
    """The document of a line on a registration card: the act, and the supplier's paper where there is one."""
    parts = [act_title(act)]
    if act.source:
        parts.append(str(ReceiptSource(act.source).label))
    if act.reason:
        parts.append(str(WithdrawalReason(act.reason).label))
    parts.append(_entry_document(act))
    return ", ".join(part for part in parts if part)


def card_heading(card: Card) -> list[tuple[str, str]]:
    """What stands at the head of a registration card: names and values in the language in force."""
    record = card.stock.record
    imprint = " : ".join(part for part in (record.place, record.publisher) if part)
    prices = list(dict.fromkeys(lot.price for lot in card.lots))
    facts = [
        (_("Author"), ", ".join(record.authors)),
        (_("Title"), ". ".join(part for part in (record.title, record.subtitle) if part)),
        (_("Publisher"), imprint),
        (_("Year of publication"), str(record.year or "")),
        (_("Class"), str(record.grade or "")),
        (_("Subject"), ", ".join(record.subjects[:2])),
        (_("Language"), language_name(record.language) if record.language else ""),
        ("ISBN", ", ".join(record.isbns[:2])),
        (_("Price, tenge"), "; ".join(money(price) for price in prices)),
    ]
    return [(str(name), value) for name, value in facts]


def cards_pdf(library: Organization, cards: Iterable[Card], *, language: str) -> bytes:
    """Registration cards, one a sheet of A5; a card with many lines goes on overleaf."""
    with override(language):
        data = {
            "title": _("Textbook registration card"),
            "library": library.name,
            "cards": [
                {
                    "number": card.stock.card_number,
                    "fund": str(FundType(card.stock.fund).label),
                    "heading": [fact for fact in card_heading(card) if fact[1]],
                    "lines": [
                        (
                            day(line.on),
                            card_document(line.act),
                            money(line.price),
                            whole(line.received) if line.received else "",
                            whole(line.withdrawn) if line.withdrawn else "",
                            whole(line.balance),
                        )
                        for line in card.lines
                    ],
                    "totals": (whole(card.received), whole(card.withdrawn), whole(card.stock.quantity)),
                    "amount": _("In the fund for the sum of %(amount)s tenge.") % {"amount": money(card.amount)},
                }
                for card in cards
            ],
            "words": {
                "card": pgettext("of a title", "Card"),
                "on": _("Date"),
                "document": _("Document"),
                "price": _("Price"),
                "received": _("Received"),
                "withdrawn": _("Withdrawn"),
                "balance": _("Balance"),
                "total": _("Total"),
            },
        }
        return pdf(
            TEMPLATES / "cards.typ",
            _worded(data, library, "registration_card", clock.today(), language),
            language=language,
        )


class LabelKind(StrEnum):
    """What stands on a label."""

    BOTH = "BOTH"
    BARCODE = "BARCODE"
    SPINE = "SPINE"


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of self-adhesive labels on A4; lengths in millimetres, text in points."""

    code: str
    name: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    column_gap: float = 0.0
    text: float = 7.0
    bar: float = 0.42
    """Height of the bars as a part of the label's height."""

    @property
    def places(self) -> int:
        """Labels on a sheet."""
        return self.columns * self.rows


SHEETS = {
    sheet.code: sheet
    for sheet in (
        LabelSheet("24", "3 × 8 (70 × 37 mm)", 3, 8, 70.0, 37.125, 0.0, 0.0),
        LabelSheet("40", "4 × 10 (52.5 × 29.7 mm)", 4, 10, 52.5, 29.7, 0.0, 0.0, text=6.0, bar=0.38),
        LabelSheet(
            "65",
            "5 × 13 (38.1 × 21.2 mm)",
            5,
            13,
            38.1,
            21.2,
            4.65,
            10.7,
            column_gap=2.55,
            text=5.5,
            bar=0.55,
        ),
    )
}


def bars_of(code: str) -> dict[str, Any]:
    """The bars of a code as (offset, width) in modules: EAN-13 where it is one, else Code 128."""
    pattern = EAN13(code).build()[0] if is_ean13(code) else Code128(code).build()[0]
    pattern = pattern.replace("G", "1")
    bars, position = [], 0
    for bit, run in groupby(pattern):
        width = len(list(run))
        if bit == "1":
            bars.append((position, width))
        position += width
    return {"modules": len(pattern), "bars": bars}


def labels_pdf(
    library: Organization,
    copies: Iterable[Copy],
    *,
    sheet: LabelSheet,
    kind: LabelKind,
    start: int = 1,
    language: str,
) -> bytes:
    """Sheets of labels; ``start`` (1 …) is the first free place on the first sheet, so that a used one
    serves on."""
    with override(language):
        labels: list[dict[str, Any] | None] = [None] * (max(1, min(start, sheet.places)) - 1)
        labels += [
            {
                "barcode": copy.barcode,
                "code": bars_of(copy.barcode) if kind != LabelKind.SPINE else None,
                "number": copy.inventory_number,
                "title": shorten(copy.record.title, 26, placeholder="…"),
                "marks": [part for part in copy.shelf_mark.split("\n") if part],
            }
            for copy in copies
        ]
        data = {
            "title": _("Labels"),
            "library": library.name,
            "kind": kind.value,
            "sheet": {
                "columns": sheet.columns,
                "rows": sheet.rows,
                "width": sheet.width,
                "height": sheet.height,
                "left": sheet.left,
                "top": sheet.top,
                "column_gap": sheet.column_gap,
                "text": sheet.text,
                "bar": sheet.bar,
            },
            "sheets": [labels[first : first + sheet.places] for first in range(0, len(labels), sheet.places)],
        }
        return pdf(TEMPLATES / "labels.typ", data, language=language)


def reconciliation_rows(reconciliation: Reconciliation) -> list[ReconciledLine]:
    """The lines of a kept comparison with their differences."""
    rows = []
    for line in reconciliation.lines:
        amount = Decimal(line["amount"])
        their_amount = None if line["their_amount"] is None else Decimal(line["their_amount"])
        rows.append(
            ReconciledLine(
                account=str(_("On the balance sheet") if line["is_on_balance"] else _("Off the balance sheet")),
                fund=str(FundType(line["fund"]).label),
                source=str(ReceiptSource(line["source"]).label) if line["source"] in ReceiptSource.values else "—",
                copies=line["copies"],
                amount=amount,
                their_copies=line["their_copies"],
                their_amount=their_amount,
                copies_differ=None if line["their_copies"] is None else line["copies"] - line["their_copies"],
                amount_differs=None if their_amount is None else amount - their_amount,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class ReconciledLine:
    """A line of the library held against the accountant's; differences are ours less theirs, None: not told."""

    account: str
    fund: str
    source: str
    copies: int
    amount: Decimal
    their_copies: int | None
    their_amount: Decimal | None
    copies_differ: int | None
    amount_differs: Decimal | None

    @property
    def differs(self) -> bool:
        """Whether anything that was told is not the same."""
        return bool(self.copies_differ or self.amount_differs)


def _told(value: int | Decimal | None) -> str:
    if value is None:
        return "—"
    return money(value) if isinstance(value, Decimal) else whole(value)


def reconciliation_pdf(reconciliation: Reconciliation, *, language: str) -> bytes:
    """The act of reconciliation, to be signed by the librarian, the accountant and the director."""
    with override(language):
        library = reconciliation.library
        rows = reconciliation_rows(reconciliation)
        copies = sum(row.copies for row in rows)
        amount = sum((row.amount for row in rows), ZERO)
        differing = sum(1 for row in rows if row.differs)
        if differing:
            result = ngettext(
                "The balances differ in %(count)s line.", "The balances differ in %(count)s lines.", differing
            ) % {"count": whole(differing)}
        else:
            result = _("The balances that were compared are the same.")
        data = {
            "title": _("Act of reconciliation of the library fund"),
            "library": library.name,
            "requisites": _requisites(library),
            "subtitle": _("as of %(day)s") % {"day": day(reconciliation.on)},
            "lines": [
                (
                    row.account,
                    row.fund,
                    row.source,
                    whole(row.copies),
                    money(row.amount),
                    _told(row.their_copies),
                    _told(row.their_amount),
                    _told(row.copies_differ),
                    _told(row.amount_differs),
                )
                for row in rows
            ],
            "totals": (whole(copies), money(amount)),
            "result": result,
            "note": reconciliation.note,
            "accountant": reconciliation.accountant,
            "words": {
                **_signature_words(),
                "heads": [
                    pgettext("bookkeeping", "Account"),
                    _("Fund"),
                    _("Source of funds"),
                    pgettext("on paper", "Copies"),
                    _("Sum"),
                    pgettext("on paper", "Copies"),
                    _("Sum"),
                    pgettext("on paper", "Copies"),
                    _("Sum"),
                ],
                "ours": _("By the books of the library"),
                "theirs": _("By the accounts"),
                "difference": _("Difference"),
                "total": _("Total"),
                "librarian": _("Librarian"),
                "accountant": _("Accountant"),
                "director": _("Director"),
            },
        }
        return pdf(TEMPLATES / "reconciliation.typ", data, language=language)
