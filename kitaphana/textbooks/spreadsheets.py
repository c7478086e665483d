"""Workbooks of textbooks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage
from kitaphana.textbooks.models import TextbookOrder, TextbookOrderLine
from kitaphana.textbooks.orders import TitleOrders
from kitaphana.textbooks.provision import Sums, TitleSums


def provision_xlsx(
    node: Organization, school_year: int, places: Sequence[tuple[Organization, Sums]], titles: Sequence[TitleSums]
) -> IO[bytes]:
    """Provision of a node: a sheet by title and, above a library, a sheet by place."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        sheet = book.add_worksheet(pgettext("figures", "By title")[:31])
        sheet.set_column(0, 1, 10)
        sheet.set_column(2, 2, 38)
        heads = [
            _("Grade"),
            _("Language"),
            _("Title"),
            _("Needed"),
            _("In the fund"),
            _("Worn"),
            _("Past its term"),
            _("No longer approved"),
            _("Usable"),
            _("Provided"),
            _("Provision, %"),
            _("Shortage"),
            pgettext("of textbooks", "Surplus"),
            _("Electronic edition"),
        ]
        sheet.write_row(0, 0, [f"{node.name}, {school_year}/{school_year + 1}"], bold)
        sheet.write_row(1, 0, heads, bold)
        for row, title in enumerate(titles, start=2):
            sheet.write_row(
                row,
                0,
                [
                    title.grade,
                    str(TeachingLanguage(title.language).label),
                    title.name,
                    title.needed,
                    title.in_fund,
                    title.worn,
                    title.old,
                    title.dropped,
                    title.available,
                    title.provided,
                    title.percent,
                    title.deficit,
                    title.surplus,
                    _("yes") if title.has_electronic else "",
                ],
            )
        if places:
            sheet = book.add_worksheet(_("By place")[:31])
            sheet.set_column(0, 0, 42)
            sheet.write_row(
                0,
                0,
                [
                    _("Organisation"),
                    _("Libraries"),
                    _("Needed"),
                    _("Provided"),
                    _("Provision, %"),
                    _("Shortage"),
                    _("Of it also electronic"),
                    pgettext("of textbooks", "Surplus"),
                    _("Issued"),
                ],
                bold,
            )
            for row, (place, sums) in enumerate(places, start=1):
                sheet.write_row(
                    row,
                    0,
                    [
                        place.name,
                        sums.libraries,
                        sums.needed,
                        sums.provided,
                        sums.percent,
                        sums.deficit,
                        sums.deficit_electronic,
                        sums.surplus,
                        sums.issued,
                    ],
                )
    stream.seek(0)
    return stream


def order_xlsx(order: TextbookOrder) -> IO[bytes]:
    """A school's order, a line a title."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet(pgettext("for textbooks", "Order")[:31])
        sheet.set_column(2, 2, 38)
        sheet.set_column(3, 3, 50)
        sheet.write_row(
            0, 0, [f"{order.library.name}, {order.school_year}/{order.school_year + 1}, № {order.number}"], bold
        )
        heads = [
            _("Grade"), _("Language"), _("Title"), _("Edition of first choice"), _("ISBN"), _("Needed"), _("Usable"),
            _("Ordered before"), _("The school asks for"), _("Approved"), _("Price, ₸"), _("Sum, ₸"), _("Reason"),
        ]  # fmt: skip
        sheet.write_row(1, 0, heads, bold)
        for row, line in enumerate(order.lines.select_related("record").order_by("pk"), start=2):
            record = line.record
            edition = (
                f"{', '.join(record.authors)}. {record.title}. {record.publisher}, {record.year or ''}"
                if record
                else ""
            )
            isbn = record.isbns[0] if record and record.isbns else ""
            sheet.write_row(
                row,
                0,
                [
                    line.grade, str(TeachingLanguage(line.language).label), line.name, edition, isbn, line.needed,
                    line.available, line.ordered_before, line.quantity, line.final,
                ],
            )  # fmt: skip
            sheet.write_row(row, 10, [line.price, line.amount], money)
            sheet.write(row, 12, line.cut_reason or line.reason)
    stream.seek(0)
    return stream


def consolidation_xlsx(
    node: Organization, school_year: int, titles: Sequence[TitleOrders], lines: Iterable[TextbookOrderLine]
) -> IO[bytes]:
    """The orders below a node: a sheet by title and the distribution by school, row by row as the database gives it."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet(pgettext("figures", "By title")[:31])
        sheet.set_column(2, 2, 38)
        sheet.write_row(0, 0, [f"{node.name}, {school_year}/{school_year + 1}"], bold)
        heads = [
            _("Grade"),
            _("Language"),
            _("Title"),
            _("Schools"),
            _("The school asks for"),
            _("Approved"),
            _("Sum, ₸"),
        ]
        sheet.write_row(1, 0, heads, bold)
        for row, title in enumerate(titles, start=2):
            language = str(TeachingLanguage(title.language).label)
            sheet.write_row(row, 0, [title.grade, language, title.name, title.schools, title.asked, title.volumes])
            sheet.write(row, 6, title.amount, money)
        sheet = book.add_worksheet(_("Distribution")[:31])
        sheet.set_column(0, 0, 44)
        sheet.set_column(3, 3, 38)
        heads = [
            _("School"),
            _("Grade"),
            _("Language"),
            _("Title"),
            _("The school asks for"),
            _("Approved"),
            _("Reason"),
        ]
        sheet.write_row(0, 0, heads, bold)
        for row, line in enumerate(lines, start=1):
            language = str(TeachingLanguage(line.language).label)
            facts = [line.order.library.name, line.grade, language, line.name, line.quantity, line.final]
            sheet.write_row(row, 0, [*facts, line.cut_reason or line.reason])
    stream.seek(0)
    return stream
