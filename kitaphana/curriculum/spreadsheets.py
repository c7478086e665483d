"""Sets as workbooks. A set is written with the columns that the import reads, so it can be mended and loaded back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kitaphana.curriculum.documents import contents, heading
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import TextbookSet
from kitaphana.curriculum.programme import COLUMN_TITLES
from kitaphana.people.enums import TeachingLanguage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (8, 16, 24, 30, 14, 18, 50, 11, 12, 13, 13, 16)


@contextmanager
def sheet_of(name: str, widths: Sequence[int] = WIDTHS) -> Iterator[tuple[Any, Any, IO[bytes]]]:
    """A workbook of one sheet: book, sheet, and the open file that holds it afterwards."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("".join(sign for sign in name if sign not in "[]:*?/\\'")[:31])
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    yield book, sheet, stream
    book.close()
    stream.seek(0)


def heads(book: Any, sheet: Any, row: int, titles: Iterable[object]) -> None:
    """Names of columns that stay in sight and stand on every printed page."""
    style = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    for column, title in enumerate(titles):
        sheet.write_string(row, column, str(title), style)
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(row)


def line_of(sheet: Any, row: int, values: Iterable[object], style: Any) -> None:
    """One row; whole numbers stay numbers."""
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(row, column, value, style)
        elif value not in (None, ""):
            sheet.write_string(row, column, str(value), style)


def set_xlsx(textbook_set: TextbookSet, *, language: str) -> IO[bytes]:
    """The set as an open file: one row for each edition, as in a programme, and what changed since last year."""
    with override(language), sheet_of(_("Textbook set")) as (book, sheet, stream):
        plain = book.add_format({"valign": "top", "text_wrap": True})
        name = f"{textbook_set.organization.name} · {_('Textbook set')} · {heading(textbook_set)}"
        sheet.write_string(0, 0, name, book.add_format({"bold": True}))
        heads(book, sheet, 1, [*COLUMN_TITLES.values(), _("Change since last year")])
        row = 2
        for line, editions in contents(textbook_set):
            for one in (*editions,) or (None,):
                line_of(
                    sheet,
                    row,
                    [
                        textbook_set.grade,
                        textbook_set.get_language_display(),
                        textbook_set.get_profile_display() if textbook_set.profile else "",
                        line.subject,
                        line.part,
                        one.record.isbns[0] if one and one.record.isbns else "",
                        one.record.title if one else "",
                        line.per_pupil,
                        line.per_teacher,
                        _("yes") if line.is_returned else _("no"),
                        _("yes") if one and one.is_electronic else "",
                        Change(line.change).label if line.change != Change.SAME else "",
                    ],
                    plain,
                )
                row += 1
    return stream


def model_xlsx() -> IO[bytes]:
    """A programme to be filled in: the columns and two rows as an example, in the language in force."""
    with sheet_of(_("Programme")) as (book, sheet, stream):
        plain = book.add_format({"valign": "top"})
        heads(book, sheet, 0, COLUMN_TITLES.values())
        language = TeachingLanguage.KAZAKH.label
        line_of(sheet, 1, [7, language, "", "Алгебра", "", "9786012345674", "", 1, 1, _("yes"), ""], plain)
        line_of(sheet, 2, [7, language, "", "Қазақ тілі", "", "", "Қазақ тілі", 1, 0, _("yes"), ""], plain)
    return stream


def answer(stream: IO[bytes], name: str) -> FileResponse:
    """A workbook to be downloaded."""
    return FileResponse(stream, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
