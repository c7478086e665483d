"""The board as CSV, workbook and paper; the comparison as CSV. All say the same as the page."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.core.documents.render import pdf
from kitaphana.organizations.models import Organization
from kitaphana.roadmap.enums import Light
from kitaphana.roadmap.models import Measure
from kitaphana.roadmap.queries import Place, Rule, Section, YearLine
from kitaphana.roadmap.templatetags.roadmap import figure, measured

TEMPLATES = Path(__file__).parent / "typst"
WIDTHS = (8, 60, 36, 8, 12, 14, 12, 12, 16, 16, 18, 10)


def columns() -> list[str]:
    """Heads of the table of measures."""
    return [
        _("Code"), _("Measure"), _("Owner"), _("Unit"), _("Target of the year"), _("Target, added up"), _("Value"),
        pgettext("of a value", "Origin"), _("Numerator"), _("Denominator"), _("State"), _("Evidence"),
    ]  # fmt: skip


def _facts(line: YearLine) -> list[Any]:
    actual = line.actual
    return [
        line.target, line.added, actual.value, str(actual.origin.label), actual.numerator, actual.denominator,
        str(line.light.label),
    ]  # fmt: skip


def rows(section: Section) -> Iterator[list[Any]]:
    """Measures of a direction as cells under the heads."""
    for row in section.rows:
        one = row.measure
        yield [one.code, one.name, one.owner, str(one.get_unit_display()), *_facts(row.line), row.evidence]


def _plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _csv(heads: Iterable[str], lines: Iterable[Sequence[Any]]) -> str:
    """CSV with a semicolon and a byte order mark, as spreadsheets of our languages open it."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(heads)
    writer.writerows([_plain(cell) for cell in line] for line in lines)
    return "\ufeff" + stream.getvalue()


def board_csv(sections: Iterable[Section]) -> str:
    """The measures of all directions."""
    return _csv(
        [_("Direction"), *columns()],
        ([section.direction.name, *row] for section in sections for row in rows(section)),
    )


def places_csv(measure: Measure, places: Iterable[Place]) -> str:
    """A measure in several places."""
    heads = [_("Code"), _("Organisation"), *columns()[4:11]]
    return _csv(heads, ([place.node.code, place.node.name, *_facts(place.line)] for place in places))


def board_xlsx(node: Organization, year: int, sections: Iterable[Section]) -> IO[bytes]:
    """A workbook with one sheet: directions as headings, measures below."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(pgettext("document", "Roadmap")[:31])
    strong = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True, "valign": "vcenter"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0.##", "valign": "top"})
    colours = {
        str(light.label): book.add_format({"bg_color": colour, "valign": "top", "text_wrap": True})
        for light, colour in (
            (one, {"good": "#D9EFE1", "warn": "#FDF2D4", "wrong": "#FBDAD7"}.get(one.tone)) for one in Light
        )
        if colour
    }
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{node.name}. {year}", strong)
    for column, title in enumerate(columns()):
        sheet.write_string(1, column, title, head)
    place = 2
    for section in sections:
        sheet.write_string(place, 0, section.direction.name, strong)
        place += 1
        for row in rows(section):
            for column, cell in enumerate(row):
                if isinstance(cell, (int, Decimal)):
                    sheet.write_number(place, column, cell, number)
                elif cell is not None:
                    sheet.write_string(place, column, cell, colours.get(cell, wrapped))
            place += 1
    sheet.freeze_panes(2, 2)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    stream.seek(0)
    return stream


def board_pdf(
    node: Organization, year: int, sections: Sequence[Section], rule: Rule, *, today: date, language: str
) -> bytes:
    """The board on A4, lying."""
    data = {
        "title": pgettext("document", "Roadmap"),
        "subtitle": _("Development of the libraries of educational organisations, %(year)s") % {"year": year},
        "place": node.name,
        "made": _("As of %(day)s") % {"day": today.strftime("%d.%m.%Y")},
        "rule": _("Green from %(green)s %% of the target, amber from %(amber)s %%.")
        % {"green": figure(rule.green_from), "amber": figure(rule.amber_from)},
        "heads": [
            _("Code"),
            _("Measure"),
            _("Owner"),
            _("Target of the year"),
            _("Target, added up"),
            _("Value"),
            _("State"),
        ],
        "sections": [
            {
                "name": section.direction.name,
                "rows": [
                    {
                        "cells": [
                            row.measure.code,
                            row.measure.name,
                            row.measure.owner,
                            measured(row.line.target, row.measure.unit),
                            measured(row.line.added, row.measure.unit),
                            measured(row.line.actual.value, row.measure.unit),
                        ],
                        "origin": str(row.line.actual.origin.label) if row.line.actual.value is not None else "",
                        "light": row.line.light.value,
                        "words": "" if row.line.light == Light.NONE else str(row.line.light.label),
                    }
                    for row in section.rows
                ],
            }
            for section in sections
        ],
    }
    return pdf(TEMPLATES / "board.typ", data, language=language)
