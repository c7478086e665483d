"""A paper of figures in one shape for screen, PDF, workbook and archive.

A paper is built once in the language in force. ``kept`` turns it into plain JSON with every figure both as it is
written and as a number; PDF and XLSX are made from that JSON alone, so a paper that was kept years ago prints to
the letter although nothing of it can be counted again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kitaphana.core.documents.figures import money, whole
from kitaphana.core.documents.render import pdf
from kitaphana.monitoring.enums import Measure
from kitaphana.monitoring.queries import Period
from kitaphana.organizations.models import Organization
from kitaphana.regulations.parameters import dressed
from kitaphana.regulations.queries import pack_on

TEMPLATES = Path(__file__).parent / "typst"


@dataclass(frozen=True, slots=True)
class Door:
    """The list of records behind a figure."""

    measure: Measure
    period: Period
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure (or a word) and its door. ``money`` is written with the tiyn."""

    value: int | Decimal | str | None
    door: Door | None = None

    @property
    def text(self) -> str:
        """As it is written in the language in force; nothing counted is a dash, nothing to divide by too."""
        if isinstance(self.value, str):
            return self.value
        if not self.value:
            return "–"
        return whole(self.value) if isinstance(self.value, int) else money(self.value)

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right."""
        return not isinstance(self.value, str)


@dataclass(frozen=True, slots=True)
class Head:
    """Columns under a common heading; without a title they stand alone."""

    title: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its name and its cells. Strong ones are totals; one without cells is a heading over those below."""

    label: str
    cells: Sequence[Cell]
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the paper."""

    title: str
    label: str
    """Heading of the column of names."""
    heads: Sequence[Head]
    rows: Sequence[Row]
    note: str = ""

    @property
    def columns(self) -> list[str]:
        """Every column with its group, as a workbook names it."""
        return [": ".join(part for part in (head.title, name) if part) for head in self.heads for name in head.columns]

    @property
    def has_groups(self) -> bool:
        """Whether the heading has two rows."""
        return any(head.title for head in self.heads)


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished paper in one language."""

    title: str
    subtitle: str
    library: Organization
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    signatures: Sequence[tuple[str, str]]
    """Position and, if known, name of each who signs."""
    is_landscape: bool = True
    form: str = ""
    """The form in the rule pack that words its heading and reference."""
    last: date | None = None
    """The day whose rules hold."""


def kept(paper: Paper) -> dict[str, Any]:
    """The paper as JSON: what is printed and what is archived."""
    library = paper.library
    bin_line = _("BIN %(bin)s") % {"bin": library.bin} if library.bin else ""
    made = {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "library": library.name,
        "requisites": ", ".join(part for part in (library.address, bin_line) if part),
        "facts": [[name, value] for name, value in paper.facts],
        "landscape": paper.is_landscape,
        "tables": [
            {
                "title": table.title,
                "label": table.label,
                "heads": [{"title": head.title, "columns": list(head.columns)} for head in table.heads],
                "columns": table.columns,
                "widths": [
                    max((len(row.cells[number].text) for row in table.rows if number < len(row.cells)), default=1)
                    for number in range(len(table.columns))
                ],
                "note": table.note,
                "rows": [
                    {
                        "label": row.label,
                        "strong": row.is_strong,
                        "cells": [cell.text for cell in row.cells],
                        "numbers": [
                            None if isinstance(cell.value, str) or cell.value is None else str(cell.value)
                            for cell in row.cells
                        ],
                    }
                    for row in table.rows
                ],
            }
            for table in paper.tables
        ],
        "signatures": [[position, name] for position, name in paper.signatures],
        "words": {"signature": _("signature"), "name": _("surname and initials")},
        "stamp": "",
    }
    if paper.last is None:
        return made
    pack = pack_on("fund", paper.last, library)
    return dressed(made, pack.parameters, paper.form, get_language() or "kk")


def as_pdf(paper: Mapping[str, Any], *, language: str) -> bytes:
    """A kept (or about to be kept) paper as PDF."""
    with override(language):
        return pdf(TEMPLATES / "paper.typ", paper, language=language)


def as_xlsx(paper: Mapping[str, Any]) -> IO[bytes]:
    """A paper as a workbook, a sheet for each part, as an open file at its beginning."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    plain, sum_ = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.00"})
    strong = book.add_format({"bold": True, "num_format": "#,##0", "bg_color": "#F0EEEA"})
    strong_sum = book.add_format({"bold": True, "num_format": "#,##0.00", "bg_color": "#F0EEEA"})
    head = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    for number, table in enumerate(paper["tables"], 1):
        # Excel forbids these signs, doubles and more than 31 characters in a sheet's name.
        name = "".join(sign for sign in f"{number}. {table['title']}" if sign not in "[]:*?/\\'")[:31]
        sheet = book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, len(table["columns"]), 13)
        sheet.write_string(0, 0, " · ".join([paper["library"], paper["title"], paper["subtitle"]]), bold)
        top = 1
        if number == 1:
            for key, value in [*paper["facts"], *([["", paper["stamp"]]] if paper["stamp"] else [])]:
                sheet.write_string(top, 0, key)
                sheet.write_string(top, 1, value)
                top += 1
        sheet.write_string(top, 0, table["title"], bold)
        top += 1
        for column, text in enumerate([table["label"], *table["columns"]]):
            sheet.write_string(top, column, text, head)
        sheet.repeat_rows(top)
        sheet.freeze_panes(top + 1, 1)
        for line, row in enumerate(table["rows"], top + 1):
            sheet.write_string(line, 0, row["label"], strong if row["strong"] else plain)
            for column, (text, figure) in enumerate(zip(row["cells"], row["numbers"], strict=True), 1):
                if figure is None:
                    sheet.write_string(line, column, text, strong if row["strong"] else plain)
                elif "." in figure:
                    sheet.write_number(line, column, float(figure), strong_sum if row["strong"] else sum_)
                else:
                    sheet.write_number(line, column, int(figure), strong if row["strong"] else plain)
        if table["note"]:
            sheet.write_string(top + 2 + len(table["rows"]), 0, table["note"])
    book.close()
    stream.seek(0)
    return stream
