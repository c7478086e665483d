"""Workbooks of mailings."""

from __future__ import annotations

import tempfile
from typing import IO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.mailings import queries
from kitaphana.mailings.models import Letter


def receipts_xlsx(letter: Letter) -> IO[bytes]:
    """Every recipient of a letter: read by whom and when, reminded, answered."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet = book.add_worksheet(pgettext("mail", "Letter")[:31])
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 50)
        sheet.set_column(2, 6, 20)
        sheet.write_string(0, 0, letter.subject, bold)
        heads = [
            _("Code"),
            _("Organisation"),
            pgettext("a letter", "Read"),
            _("Who read it first"),
            _("Reminded"),
            _("Answered"),
            _("Answer"),
        ]
        sheet.write_row(1, 0, heads, bold)
        for row, one in enumerate(queries.receipts(letter).iterator(2000), start=2):
            sheet.write_string(row, 0, one.organization.code)
            sheet.write_string(row, 1, one.organization.name)
            for column, at in ((2, one.read_at), (5, one.answered_at)):
                if at is not None:
                    sheet.write_datetime(row, column, timezone.localtime(at).replace(tzinfo=None), moment)
            if one.read_by is not None:
                sheet.write_string(row, 3, str(one.read_by.person or one.read_by.login))
            if one.reminders:
                sheet.write_number(row, 4, one.reminders)
            sheet.write_string(row, 6, one.answer)
    stream.seek(0)
    return stream
