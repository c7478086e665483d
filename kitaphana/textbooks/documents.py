"""Papers of textbooks: the sheet to sign, notices to parents, the clearance sheet, orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kitaphana.circulation import queries as circulation
from kitaphana.circulation.queries import Debt
from kitaphana.core import clock
from kitaphana.core.documents.figures import day, money
from kitaphana.core.documents.render import pdf
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.textbooks.enums import CellState, OrderMove
from kitaphana.textbooks.grid import Cell, Grid
from kitaphana.textbooks.models import TextbookOrder
from kitaphana.textbooks.orders import TitleOrders

TEMPLATES = Path(__file__).parent / "typst"


def _mark(cell: Cell, *, is_return: bool) -> str:
    """What the sheet shows in a cell: the condition's letter or a tick; «own»; a dash where nothing was given."""
    if cell.state == CellState.OWN:
        return pgettext("book", "own")
    if not cell.held:
        return "" if is_return or cell.need else "–"
    conditions = "/".join(sorted({str(loan.get_condition_out_display())[:1] for loan in cell.loans} - {""}))
    count = f"{cell.held}×" if cell.held > 1 else ""
    return count + (conditions or "✓")


def sheet(grid: Grid, *, is_return: bool, language: str) -> bytes:
    """The class's sheet as PDF: pupils × titles with what each received (or still has, for the return) and a place to
    sign. Grade 1 does not sign: the teacher does."""
    with override(language):
        school_class = grid.school_class
        data = {
            "title": _("Return of textbooks") if is_return else _("Issue of textbooks"),
            "library": school_class.library.name,
            "class": school_class.name,
            "year": f"{school_class.school_year}/{school_class.school_year + 1}",
            "teacher": school_class.teacher.full_name if school_class.teacher else "",
            "on": day(clock.today()),
            "columns": [column.name for column in grid.columns],
            "rows": [
                {
                    "name": row.membership.person.full_name,
                    "is_teacher": row.is_teacher,
                    "cells": [_mark(cell, is_return=is_return) for cell in row.cells],
                    "count": sum(cell.held for cell in row.cells),
                }
                for row in grid.rows
            ],
            "totals": [sum(row.cells[place].held for row in grid.rows) for place in range(len(grid.columns))],
            "footer": f"{school_class.library.name} · {school_class.name} · {day(clock.today())}",
            "words": {
                "class": _("Class"),
                "teacher": _("Class teacher"),
                "name": _("Surname, name"),
                "count": _("In all"),
                "signature": _("Signature"),
                "total": _("Total"),
                "librarian": _("Librarian"),
                "surname": _("surname and initials"),
                "sign": _("signature"),
                "legend": _("Letters tell the condition: %(letters)s.") % {"letters": _letters()},
            },
        }
        return pdf(TEMPLATES / "sheet.typ", data, language=language)


def _letters() -> str:
    from kitaphana.circulation.enums import Condition

    return ", ".join(f"{str(label)[:1]} – {str(label).lower()}" for _value, label in Condition.choices)


def _lines(debts: list[Debt]) -> list[dict[str, Any]]:
    return [
        {
            "title": ". ".join(part for part in (_author(debt), debt.record.title) if part),
            "year": str(debt.record.year or ""),
            "library": debt.library.name,
            "number": debt.number,
            "quantity": str(debt.quantity),
            "due": day(debt.due_on),
            "sum": money(debt.sum),
        }
        for debt in debts
    ]


def _author(debt: Debt) -> str:
    return str(debt.record.authors[0]).rstrip(".") if debt.record.authors else ""


def notices(school_class: SchoolClass, members: list[Membership], *, language: str) -> bytes:
    """Notices to parents as PDF, one for every pupil who has books, to be cut along the dashed lines."""
    with override(language):
        found = circulation.debts([member.person_id for member in members])
        members = sorted(members, key=lambda member: member.person.sort_key)
        data = {
            "title": _("Notices to parents"),
            "library": school_class.library.name,
            "on": day(clock.today()),
            "slips": [
                {
                    "name": member.person.full_name,
                    "class": school_class.name,
                    "lines": _lines(found[member.person_id]),
                    "sum": money(sum((debt.sum for debt in found[member.person_id]), Decimal(0))),
                }
                for member in members
                if member.person_id in found
            ],
            "words": {
                "dear": _("Dear parents!"),
                "please": _("Your child has these books of the school library. Please see to it that they come back:"),
                "or": _(
                    "A lost or spoilt book is replaced by the same one, or its price is paid. "
                    "What the books cost, in tenge:"
                ),
                "until": _("until"),
                "librarian": _("Librarian"),
                "nobody": _("Nobody of the class has books."),
            },
        }
        return pdf(TEMPLATES / "notices.typ", data, language=language)


def clearance(members: list[Membership], *, language: str) -> bytes:
    """Clearance sheets as PDF, one page a reader: books of every library that are still to be brought, or none."""
    with override(language):
        found = circulation.debts([member.person_id for member in members])
        data = {
            "title": _("Clearance sheet"),
            "on": day(clock.today()),
            "pages": [
                {
                    "name": member.person.full_name,
                    "class": member.school_class.name if member.school_class else "",
                    "card": member.card_number,
                    "library": member.library.name,
                    "lines": _lines(found.get(member.person_id, [])),
                    "sum": money(sum((debt.sum for debt in found.get(member.person_id, [])), Decimal(0))),
                }
                for member in members
            ],
            "words": {
                "class": _("Class"),
                "card": _("Card number"),
                "none": _("Has no books of any library of the network. Nothing stands against leaving."),
                "some": _("Has these books, which are to be brought back or settled before leaving:"),
                "book": _("Author and title"),
                "library": _("Library"),
                "number": _("Inventory number"),
                "quantity": _("Volumes"),
                "sum": _("Sum, ₸"),
                "total": _("Total"),
                "librarian": _("Librarian"),
                "director": _("Director"),
                "signature": _("signature"),
                "name": _("surname and initials"),
            },
        }
        return pdf(TEMPLATES / "clearance.typ", data, language=language)


def order(one: TextbookOrder, *, language: str) -> bytes:
    """A school's textbook order as PDF with the decisions of the levels."""
    with override(language):
        lines = list(one.lines.order_by("pk"))
        data = {
            "title": _("Textbook order No. %(number)s") % {"number": one.number},
            "place": one.library.name,
            "year": f"{one.school_year}/{one.school_year + 1}",
            "heads": [
                _("Grade"),
                _("Title"),
                _("Needed"),
                _("Usable"),
                _("The school asks for"),
                _("Approved"),
                _("Sum, ₸"),
            ],
            "rows": [
                [
                    str(line.grade),
                    f"{line.name} ({TeachingLanguage(line.language).label})",
                    str(line.needed),
                    str(line.available),
                    str(line.quantity),
                    str(line.final),
                    money(line.amount) if line.amount is not None else "",
                ]
                for line in lines
            ],
            "total": [str(sum(line.final for line in lines)), money(_sum(line.amount for line in lines))],
            "steps": [
                f"{day(clock.day_of(step.at))} · {OrderMove(step.move).label} · {step.name}"
                + (f" · {step.comment}" if step.comment else "")
                for step in one.steps.order_by("pk")
            ],
            "signatures": [_("Director"), _("Librarian")],
            "words": _order_words(),
        }
        return pdf(TEMPLATES / "order.typ", data, language=language)


def consolidation(node: Organization, school_year: int, titles: Sequence[TitleOrders], *, language: str) -> bytes:
    """The consolidated textbook order of a district or a region as PDF."""
    with override(language):
        data = {
            "title": _("Consolidated textbook order"),
            "place": node.name,
            "year": f"{school_year}/{school_year + 1}",
            "heads": [_("Grade"), _("Title"), _("Schools"), _("The school asks for"), _("Approved"), _("Sum, ₸")],
            "rows": [
                [
                    str(title.grade),
                    f"{title.name} ({TeachingLanguage(title.language).label})",
                    str(title.schools),
                    str(title.asked),
                    str(title.volumes),
                    money(title.amount) if title.amount else "",
                ]
                for title in titles
            ],
            "total": [str(sum(title.volumes for title in titles)), money(_sum(title.amount for title in titles))],
            "steps": [],
            "signatures": [_("Head of the department"), _("Methodist")],
            "words": _order_words(),
        }
        return pdf(TEMPLATES / "order.typ", data, language=language)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _order_words() -> dict[str, str]:
    return {"year": _("School year"), "total": _("Total"), "steps": _("Decisions"), "signature": _("signature"),
            "name": _("surname and initials")}  # fmt: skip
