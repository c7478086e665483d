"""Workbooks and CSV of the indicators."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.indicators.queries import Place, Score
from kitaphana.indicators.registry import INDICATORS
from kitaphana.organizations.models import Organization

Row = Sequence[str | int | float | None]


def _book(name: str, title: str, heads: Sequence[str], rows: Sequence[Row], widths: Sequence[int]) -> IO[bytes]:
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(name[:31])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, title, book.add_format({"bold": True}))
        sheet.write_row(1, 0, heads, bold)
        sheet.freeze_panes(2, 0)
        for number, row in enumerate(rows, start=2):
            sheet.write_row(number, 0, row, text)
    stream.seek(0)
    return stream


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def scorecard_xlsx(node: Organization, year: int, scores: Sequence[Score]) -> IO[bytes]:
    """The scorecard of a node."""
    heads = [
        _("Code"), pgettext("of a figure", "Indicator"), _("Unit of measure"), str(year), str(year - 1),
        _("Similar libraries"), _("Numerator"), _("Denominator"), _("Formula"),
    ]  # fmt: skip
    rows = [
        [
            one.indicator.code, str(one.indicator.name), str(one.indicator.unit.label), _number(one.now.value),
            _number(one.before.value), _number(one.usual), _number(one.now.numerator), _number(one.now.denominator),
            str(one.indicator.formula),
        ]
        for one in scores
    ]  # fmt: skip
    return _book(str(year), f"{node.name}, {year}", heads, rows, [8, 40, 10, 12, 12, 14, 14, 14, 70])


def places_xlsx(library: Organization, year: int, places: Sequence[Place]) -> IO[bytes]:
    """A library beside similar ones."""
    heads = [
        _("Code"), pgettext("of a figure", "Indicator"), _("This library"), _("Lowest"), _("Median"), _("Highest"),
        pgettext("in a ranking", "Place"), pgettext("in a ranking", "Among"),
    ]  # fmt: skip
    rows = [
        [
            one.indicator.code, str(one.indicator.name), _number(one.value), _number(one.lowest), _number(one.usual),
            _number(one.highest), one.place, one.among,
        ]
        for one in places
    ]  # fmt: skip
    return _book(str(year), f"{library.name}, {year}", heads, rows, [8, 40, 14, 12, 12, 12, 10, 10])


def _definitions() -> tuple[list[str], list[list[str]]]:
    heads = [
        _("Code"), pgettext("of a figure", "Indicator"), _("Name in the standard"), _("Definition"), _("Formula"),
        _("Unit of measure"), _("Source of the data"), pgettext("of an indicator", "Owner"),
    ]  # fmt: skip
    rows = [
        [
            one.code, str(one.name), one.standard, str(one.definition), str(one.formula), str(one.unit.label),
            str(one.source), str(one.owner),
        ]
        for one in INDICATORS.values()
    ]  # fmt: skip
    return heads, rows


def registry_xlsx() -> IO[bytes]:
    """The definitions in the language in force."""
    heads, rows = _definitions()
    return _book(_("Registry"), _("Registry of indicators"), heads, rows, [8, 36, 36, 60, 60, 12, 40, 30])


def registry_csv() -> bytes:
    """The same as CSV with a byte order mark, as office programs expect."""
    heads, rows = _definitions()
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(heads)
    writer.writerows(rows)
    return ("\ufeff" + stream.getvalue()).encode()
