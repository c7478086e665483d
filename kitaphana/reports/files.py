"""A counted report as XLSX, CSV and PDF."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Final

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

from kitaphana.core.documents.figures import day, money, whole
from kitaphana.core.documents.render import pdf
from kitaphana.reports.engine import Figure, Table

TEMPLATE: Final = Path(__file__).parent / "typst" / "report.typ"
MOST_LEAVES: Final = 40
"""Columns of figures on a paper; a wider table is for a spreadsheet."""


def period_of(table: Table) -> str:
    """The period as it is written over a report."""
    return f"{day(table.days[0])} – {day(table.days[1])}" if table.days else _("The whole time")


def heads_of(table: Table) -> list[str]:
    """Names of all columns in one line: dimensions, then every figure."""
    names = [str(one.label) for one in table.dimensions]
    measures = [str(one.label) for one in table.measures]
    if not table.columns:
        return names + measures
    across = [*(head.label for head in table.columns), _("Total")]
    if len(measures) == 1:
        return names + across
    return names + [f"{head}: {measure}" for head in across for measure in measures]


def lines_of(table: Table) -> list[tuple[list[str], list[Figure]]]:
    """Heads and figures of each row."""
    lines = []
    for row in table.rows:
        figures = [value for cell in row.cells for value in cell]
        if table.definition.column:
            figures += row.totals
        lines.append(([head.label for head in row.heads], figures))
    return lines


def total_of(table: Table) -> list[Figure]:
    """Figures of the last line."""
    figures = [value for cell in table.column_totals for value in cell]
    return [*figures, *table.totals] if table.definition.column else figures


def _above(table: Table, title: str) -> list[str]:
    return [title, f"{table.node.name} · {table.definition.of.label} · {period_of(table)}"]


def xlsx(table: Table, title: str) -> IO[bytes]:
    """A workbook with real numbers, a head that stays in sight and a filter, as an open file at its beginning."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    # Excel forbids these signs and more than 31 characters in a sheet's name, and an apostrophe at its ends.
    name = "".join(sign for sign in title if sign not in "[]:*?/\\'" and sign.isprintable())[:31]
    sheet = book.add_worksheet(name.strip() or "1")
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    forms = {
        (is_money, strong): book.add_format({"num_format": "#,##0.00" if is_money else "#,##0", "bold": strong})
        for is_money in (True, False)
        for strong in (True, False)
    }
    heads, width = heads_of(table), len(table.dimensions)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_column(0, width - 1, 32)
    sheet.set_column(width, max(len(heads) - 1, width), 14)
    top = 0
    for text in _above(table, title):
        sheet.write_string(top, 0, text, bold)
        top += 1
    for column, text in enumerate(heads):
        sheet.write_string(top, column, text, head)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, width)
    sheet.autofilter(top, 0, top + max(len(table.rows), 1), len(heads) - 1)

    def write(line: int, names: Sequence[str], figures: Sequence[Figure], *, strong: bool) -> None:
        for column, text in enumerate(names):
            sheet.write_string(line, column, text, bold if strong else None)
        for column, value in enumerate(figures, start=width):
            sheet.write_number(line, column, float(value), forms[isinstance(value, Decimal), strong])

    for line, (names, figures) in enumerate(lines_of(table), start=top + 1):
        write(line, names, figures, strong=False)
    write(top + 1 + len(table.rows), [_("Total")], total_of(table), strong=True)
    book.close()
    stream.seek(0)
    return stream


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r"} else text


def as_csv(table: Table) -> bytes:
    """CSV with a mark of UTF-8, so that spreadsheets show Kazakh letters right."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([safe(text) for text in heads_of(table)])
    for names, figures in lines_of(table):
        writer.writerow([*(safe(text) for text in names), *figures])
    rest = [""] * (len(table.dimensions) - 1)
    writer.writerow([_("Total"), *rest, *total_of(table)])
    return out.getvalue().encode()


def _written(value: Figure) -> str:
    if not value:
        return "–"
    return money(value) if isinstance(value, Decimal) else whole(value)


def as_pdf(table: Table, title: str, *, language: str) -> bytes:
    """A sheet across with pages numbered, in a language."""
    with override(language):
        heads, width = heads_of(table), len(table.dimensions)
        shown = width + MOST_LEAVES
        data = {
            "title": title,
            "subtitle": _above(table, title)[1],
            "width": width,
            "heads": heads[:shown],
            "rows": [[*names, *map(_written, figures)][:shown] for names, figures in lines_of(table)],
            "total": [_("Total"), *[""] * (width - 1), *map(_written, total_of(table))][:shown],
            "notes": _notes(table, cut=len(heads) > shown),
        }
        return pdf(TEMPLATE, data, language=language)


def _notes(table: Table, *, cut: bool) -> list[str]:
    notes = []
    if table.is_cut:
        text = _("The first %(shown)s of %(found)s rows are shown; the totals are those of all of them.")
        notes.append(text % {"shown": len(table.rows), "found": table.found})
    if cut or table.is_narrowed:
        notes.append(_("The table is wider than a sheet; all columns are in the workbook."))
    counted = [str(one.label) for one in table.measures if not one.is_additive]
    if counted:
        text = _("%(names)s: totals are counted anew, not added, because one and the same may stand in several cells.")
        notes.append(text % {"names": ", ".join(counted)})
    return notes
