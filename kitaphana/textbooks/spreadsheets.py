"""Workbooks of textbooks."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _

from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage
from kitaphana.textbooks.provision import Sums, TitleSums


def provision_xlsx(
    node: Organization, school_year: int, places: Sequence[tuple[Organization, Sums]], titles: Sequence[TitleSums]
) -> IO[bytes]:
    """Provision of a node: a sheet by title and, above a library, a sheet by place."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        sheet = book.add_worksheet(_("By title")[:31])
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
            _("Surplus"),
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
                    _("Surplus"),
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
