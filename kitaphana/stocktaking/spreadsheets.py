"""The lists of a stocktaking as XLSX, a sheet for each."""

from __future__ import annotations

import tempfile
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kitaphana.stocktaking import documents, queries
from kitaphana.stocktaking.models import Stocktaking


def result_xlsx(mine: Stocktaking, *, language: str) -> IO[bytes]:
    """The workbook as an open file positioned at its beginning."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    with override(language):
        book = xlsxwriter.Workbook(
            stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet(_("Result"))
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 4, 16)
        sheet.write_string(0, 0, f"{mine.library.name} · {queries.name_of(mine)}", bold)
        row = 1
        for label, value in documents.facts(mine):
            sheet.write_string(row, 0, label)
            sheet.write_string(row, 1, value)
            row += 1
        row += 1
        heads = (_("Result"), _("Copies"), _("On the balance"), _("Off the balance"), _("Sum, ₸"))
        for column, text in enumerate(heads):
            sheet.write_string(row, column, text, head)
        for label, copies, on, off, amount in documents.totals(mine):
            row += 1
            sheet.write_string(row, 0, label)
            for column, number in enumerate((copies, on, off), start=1):
                sheet.write_number(row, column, number)
            sheet.write_number(row, 4, float(amount), money)
        for one in documents.lists(mine):
            # Excel takes no more than 31 characters, and some signs not at all.
            sheet = book.add_worksheet("".join(sign for sign in one["title"] if sign not in "[]:*?/\\'")[:31])
            for column, width in enumerate((6, 14, 16, 60, 24, 40)):
                sheet.set_column(column, column, width)
            for column, text in enumerate(one["heads"]):
                sheet.write_string(0, column, text, head)
            sheet.freeze_panes(1, 0)
            for place, cells in enumerate(one["rows"], start=1):
                for column, text in enumerate(cells):
                    sheet.write_string(place, column, text)
        book.close()
    stream.seek(0)
    return stream
