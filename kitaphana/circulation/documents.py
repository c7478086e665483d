"""Printed papers of circulation: the reader's form, reminder slips, the overdue list as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kitaphana.circulation import queries
from kitaphana.circulation.enums import LoanEnd
from kitaphana.circulation.models import Loan
from kitaphana.core import clock
from kitaphana.core.documents.figures import day
from kitaphana.core.documents.render import pdf
from kitaphana.core.text.names import PersonName
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership
from kitaphana.regulations.parameters import dressed
from kitaphana.regulations.queries import pack_on

TEMPLATES = Path(__file__).parent / "typst"
BLANK_LINES = 12
"""Empty lines below the last loan, to go on by hand where there is no computer."""


def reader_form(membership: Membership, *, language: str) -> bytes:
    """The reader's form (оқырман формуляры) as PDF: who the reader is, and a line for every loan."""
    with override(language):
        pack = pack_on("fund", clock.today(), membership.library)
        data = dressed(_form_data(membership), pack.parameters, "reader_form", language)
        return pdf(TEMPLATES / "reader_form.typ", data, language=language)


def _form_data(membership: Membership) -> dict[str, Any]:
    person, library = membership.person, membership.library
    lines = []
    for line in queries.form_lines(membership):
        loan = line.loan
        renewed = ", ".join(day(renewal.due_on) for renewal in line.renewals)
        ended = ""
        if loan.returned_on is not None:
            ended = day(loan.returned_on) if loan.end == LoanEnd.RETURNED else str(loan.get_end_display())
        lines.append(
            {
                "lent": day(loan.lent_on),
                "due": day(loan.due_on),
                "number": str(loan.copy.inventory_number),
                "title": author_and_title(loan),
                "mark": loan.copy.shelf_mark.replace("\n", " / "),
                "renewed": renewed,
                "returned": ended,
            }
        )
    classes = [
        f"{one.school_class.name} ({one.school_class.school_year}/{one.school_class.school_year + 1})"
        for one in membership.enrollments.select_related("school_class").order_by("from_on", "id")
    ]
    if not classes and membership.school_class is not None:
        classes = [membership.school_class.name]
    return {
        "title": _("Reader's form"),
        "library": library.name,
        "card": membership.card_number,
        "name": person.full_name,
        "facts": [
            [_("Card number"), membership.card_number],
            [_("Surname, name, patronymic"), person.full_name],
            [_("Year of birth"), str(person.birth_date.year) if person.birth_date else ""],
            [_("Category"), str(membership.get_category_display())],
            [_("Class"), ", ".join(classes)],
            [_("Phone"), person.phone],
            [_("Registered on"), day(membership.registered_on)],
            [_("Card valid until"), day(membership.valid_until)],
        ],
        "pledge": _("I know the rules of the library and undertake to keep them."),
        "footer": f"{library.name} · {membership.card_number}",
        "lines": lines,
        "blank_lines": BLANK_LINES,
        "words": {
            "lent": _("Lent on"),
            "due": _("Due date"),
            "number": _("Inventory number"),
            "title": _("Author and title"),
            "mark": _("Class mark"),
            "renewed": _("Renewed until"),
            "signature": _("Signature"),
            "returned": _("Returned on"),
            "reader_signature": _("Reader's signature"),
            "date": _("Date"),
        },
    }


def author_and_title(loan: Loan) -> str:
    """«Әуезов М. О. Абай жолы» as a form's line names a book."""
    record = loan.copy.record
    if not record.authors:
        return record.title
    return f"{PersonName.parse(str(record.authors[0])).short} {record.title}"


def reminder_slips(library: Organization, loans: Iterable[Loan], *, on: date, language: str) -> bytes:
    """Slips for readers with overdue books, to be cut apart and handed out, as PDF in the order of the
    list."""
    with override(language):
        slips: dict[int, dict[str, Any]] = {}
        for loan in loans:
            if loan.person_id is None or loan.person is None:
                continue
            slip = slips.setdefault(
                loan.person_id,
                {
                    "name": loan.person.full_name,
                    "school_class": loan.school_class.name if loan.school_class else "",
                    "books": [],
                },
            )
            slip["books"].append(
                {
                    "title": author_and_title(loan),
                    "due": day(loan.due_on),
                    "number": str(loan.copy.inventory_number),
                }
            )
        data = {
            "title": _("Reminders about overdue books"),
            "library": library.name,
            "on": day(on),
            "slips": list(slips.values()),
            "words": {
                "please": _("Please bring back the books of the library:"),
                "due": _("due"),
                "inventory": _("inv. no."),
                "librarian": _("Librarian"),
                "nobody": _("Nobody has overdue books."),
            },
        }
        return pdf(TEMPLATES / "reminder_slips.typ", data, language=language)


def overdue_sheet(library: Organization, loans: Iterable[Loan], *, on: date) -> bytes:
    """The overdue list as XLSX, in the language in force."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Overdue")[:31])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    days = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
    sheet.write(0, 0, f"{library.name} · {day(on)}", book.add_format({"bold": True}))
    columns = (
        (_("Class"), 9),
        (_("Reader"), 34),
        (_("Author and title"), 56),
        (_("Inventory number"), 12),
        (_("Barcode"), 16),
        (_("Lent on"), 12),
        (_("Due date"), 12),
        (_("Days overdue"), 10),
        (_("Phone"), 18),
    )
    for number, (name, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write(2, number, name, head)
    row = 2
    for row, loan in enumerate(loans, 3):
        sheet.write_string(row, 0, loan.school_class.name if loan.school_class else "")
        sheet.write_string(row, 1, loan.person.full_name if loan.person else "")
        sheet.write_string(row, 2, author_and_title(loan))
        sheet.write_number(row, 3, loan.copy.inventory_number)
        sheet.write_string(row, 4, loan.copy.barcode)
        sheet.write_datetime(row, 5, loan.lent_on, days)
        sheet.write_datetime(row, 6, loan.due_on, days)
        sheet.write_number(row, 7, (on - loan.due_on).days)
        sheet.write_string(row, 8, loan.person.phone if loan.person else "")
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, max(row, 3), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return stream.getvalue()
