"""Workbooks of renewal."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.organizations.models import Organization
from kitaphana.renewal.coverage import Sheet, by_title
from kitaphana.renewal.models import Plan
from kitaphana.renewal.queries import PlanTitle

MONEY = "#,##0.00"


def coverage_xlsx(node: Organization, one: Sheet) -> IO[bytes]:
    """A list title by title: needed, held, missing, what it costs."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        money = book.add_format({"num_format": MONEY})
        sheet = book.add_worksheet(pgettext("of a list", "Coverage")[:31])
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 44)
        sheet.write_row(0, 0, [f"{node.name}. {one.version.core_list.name}"], bold)
        heads = [
            _("Authors"), _("Title"), _("ISBN"), _("Needed"), _("In the fund"), _("Missing"), pgettext("of a list", "Coverage, %"),
            _("Price, ₸"), _("Sum, ₸"),
        ]  # fmt: skip
        sheet.write_row(1, 0, heads, bold)
        for row, line in enumerate(by_title(one), start=2):
            facts = [", ".join(line.entry.authors), line.entry.title, line.entry.isbn]
            sheet.write_row(row, 0, [*facts, line.needed, line.held, line.missing, line.percent])
            sheet.write_row(row, 7, [line.price, line.cost], money)
    stream.seek(0)
    return stream


def year_xlsx(plan: Plan, year: int, titles: Sequence[PlanTitle], libraries: Mapping[int, Organization]) -> IO[bytes]:
    """The purchases of a year: a line a title, a column a library."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        money = book.add_format({"num_format": MONEY})
        sheet = book.add_worksheet(str(year))
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 44)
        sheet.freeze_panes(2, 2)
        sheet.write_row(0, 0, [f"{plan.node.name}. {plan.version.core_list.name}. {year}"], bold)
        places = list(libraries)
        heads = [_("Authors"), _("Title"), _("ISBN"), _("Copies"), _("Price, ₸"), _("Sum, ₸")]
        sheet.write_row(1, 0, heads + [libraries[pk].name for pk in places], bold)
        for row, title in enumerate(titles, start=2):
            share = dict(title.libraries)
            facts = [", ".join(title.entry.authors), title.entry.title, title.entry.isbn, title.copies]
            sheet.write_row(row, 0, facts)
            sheet.write_row(row, 4, [title.price, title.amount], money)
            sheet.write_row(row, 6, [share.get(pk) for pk in places])
    stream.seek(0)
    return stream
