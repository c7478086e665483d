"""Papers of purchases: made once, given as PDF, DOCX or XLSX.

A technical specification names what is bought by its own description, as a purchase of books must (an edition can't be
replaced by a like one), the places of delivery and the conditions of receipt; the lots are those of ``queries.lots_of``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Final

import docx
import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from kitaphana.acquisitions import queries
from kitaphana.acquisitions.models import Claim, DeliveryLine, Distribution, Estimate, EstimateLine, Order
from kitaphana.acquisitions.queries import TitleLine
from kitaphana.catalog.languages import language_name
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.documents.figures import day, money
from kitaphana.core.documents.render import pdf
from kitaphana.organizations.models import Organization

TEMPLATE: Final = Path(__file__).resolve().parent / "typst" / "paper.typ"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a paper. ``widths`` in millimetres, 0 for a column that takes the rest and holds words."""

    heads: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    caption: str = ""
    sheet: str = ""
    """Name of its sheet in a workbook."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says, whatever file it becomes."""

    title: str
    place: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    subtitle: str = ""
    opening: Sequence[str] = ()
    closing: Sequence[str] = ()
    signatures: Sequence[str] = ()
    is_wide: bool = False
    words: dict[str, str] = field(default_factory=dict)


def _words() -> dict[str, str]:
    return {"signature": _("signature"), "name": _("surname and initials")}


def _written(cell: Cell) -> str:
    return money(cell) if isinstance(cell, Decimal) else str(cell)


# Files


def as_pdf(paper: Paper, *, language: str) -> bytes:
    """The paper as PDF."""
    with override(language):
        data = asdict(paper)
        for table in data["tables"]:
            table["rows"] = [[_written(cell) for cell in row] for row in table["rows"]]
            table["total"] = [_written(cell) for cell in table["total"]]
        return pdf(TEMPLATE, data, language=language)


def as_docx(paper: Paper) -> IO[bytes]:
    """The paper as a text file that a purchasing department can go on writing."""
    document = docx.Document()
    section = document.sections[0]
    width, height = Mm(210), Mm(297)
    section.page_width, section.page_height = (height, width) if paper.is_wide else (width, height)
    section.orientation = WD_ORIENT.LANDSCAPE if paper.is_wide else WD_ORIENT.PORTRAIT
    section.left_margin, section.right_margin = Mm(20), Mm(12)
    section.top_margin = section.bottom_margin = Mm(15)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    for text, size, is_bold in ((paper.place, 11, False), (paper.title, 14, True), (paper.subtitle, 11, False)):
        if text:
            line = document.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = line.add_run(_clean(text))
            run.bold, run.font.size = is_bold, Pt(size)
    for label, value in paper.facts:
        line = document.add_paragraph()
        line.add_run(_clean(f"{label}: "))
        line.add_run(_clean(value)).bold = True
    for text in paper.opening:
        document.add_paragraph(_clean(text))
    room = 265 if paper.is_wide else 178
    for table in paper.tables:
        if table.caption:
            document.add_paragraph().add_run(_clean(table.caption)).bold = True
        _docx_table(document, table, room)
    for text in paper.closing:
        document.add_paragraph(_clean(text))
    for position in paper.signatures:
        document.add_paragraph(_clean(f"{position}  ____________________  ______________________________"))
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    document.save(stream)
    stream.seek(0)
    return stream


def _clean(text: str) -> str:
    """Text without the signs that XML forbids."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")


def _docx_table(document: docx.document.Document, table: Table, room: int) -> None:
    lines: list[Sequence[Cell]] = [table.heads, *table.rows, *([table.total] if table.total else [])]
    made = document.add_table(rows=len(lines), cols=len(table.heads), style="Table Grid")
    made.autofit = False
    rest = max(room - sum(table.widths), 20) // max(sum(1 for width in table.widths if not width), 1)
    # Cells are asked for once: python-docx walks the whole table for each single one.
    cells = iter(made._cells)
    for number, line in enumerate(lines):
        for column, value in enumerate(line):
            cell = next(cells)
            cell.width = Mm(table.widths[column] or rest)
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(_clean(_written(value)))
            run.font.size = Pt(9)
            run.bold = number == 0 or (bool(table.total) and number == len(lines) - 1)
            if table.widths[column] and number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def as_xlsx(paper: Paper) -> IO[bytes]:
    """The paper as a workbook: a sheet a table, figures as figures."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        title = book.add_format({"bold": True, "font_size": 13})
        plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sums = book.add_format({"border": 1, "num_format": "#,##0.00", "valign": "top"})
        names: set[str] = set()
        for table in paper.tables:
            name = _sheet_name(table.sheet or paper.title, names)
            sheet = book.add_worksheet(name)
            for column, width in enumerate(table.widths):
                sheet.set_column(column, column, (width or 90) / 2)
            sheet.write(0, 0, paper.title, title)
            top = 1
            for text in (paper.place, paper.subtitle, *(f"{label}: {value}" for label, value in paper.facts)):
                if text:
                    sheet.write_string(top, 0, text)
                    top += 1
            sheet.write_row(top, 0, table.heads, bold)
            sheet.freeze_panes(top + 1, 0)
            rows = [*table.rows, *([table.total] if table.total else [])]
            for number, row in enumerate(rows, start=top + 1):
                for column, value in enumerate(row):
                    if isinstance(value, Decimal):
                        sheet.write_number(number, column, float(value), sums)
                    elif isinstance(value, int):
                        sheet.write_number(number, column, value, plain)
                    else:
                        sheet.write_string(number, column, value, plain)
        if paper.opening or paper.closing:
            sheet = book.add_worksheet(_sheet_name(_("Conditions"), names))
            sheet.set_column(0, 0, 110)
            for number, text in enumerate((*paper.opening, *paper.closing)):
                sheet.write_string(number, 0, text, plain)
    stream.seek(0)
    return stream


def _sheet_name(text: str, taken: set[str]) -> str:
    plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in text)[:28].strip("' ") or "1"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[:25]} {number}"
    taken.add(name.lower())
    return name


# Contents


def described(record: Record) -> str:
    """An edition in a line: authors, title, place, publisher, year, ISBN."""
    parts = [", ".join(record.authors), record.title, record.publisher, str(record.year or "")]
    text = ". ".join(part.rstrip(". ") for part in parts if part)
    return f"{text}. ISBN {record.isbns[0]}" if record.isbns else f"{text}."


def _source(title: TitleLine) -> str:
    return f"{title.source.source}, {day(title.source.on)}" if title.source else ""


def _total(titles: Sequence[TitleLine]) -> Decimal:
    return sum((title.amount for title in titles), Decimal(0))


def estimate(one: Estimate, *, language: str) -> Paper:
    """The estimate of a year's purchase: editions, volumes, prices with their source, sums."""
    with override(language):
        titles = queries.titles_of(one)
        return Paper(
            title=_("Estimate of a purchase of literature"),
            subtitle=one.title,
            place=one.organization.name,
            facts=[
                (pgettext("of a budget", "Year"), str(one.year)),
                (_("Version"), str(one.version)),
                (_("State"), str(one.get_state_display())),
                *([(_("Decided"), f"{one.decided_by_name}, {day(clock.day_of(one.decided_at))}")] if one.decided_at else []),
            ],
            tables=[
                Table(
                    heads=["№", _("Edition"), _("Libraries"), _("Volumes"), _("Price, ₸"), _("Where the price is from"),
                           _("Sum, ₸")],
                    widths=[9, 0, 18, 17, 22, 38, 27],
                    rows=[
                        [number, described(title.record), title.libraries, title.quantity, title.price, _source(title),
                         title.amount]
                        for number, title in enumerate(titles, start=1)
                    ],
                    total=["", _("In all"), "", sum(title.quantity for title in titles), "", "", _total(titles)],
                    sheet=pgettext("of purchases", "Estimate"),
                ),
                _distribution(queries.shares_of(one)),
            ],
            signatures=[_("Head of the organisation"), _("Accountant"), _("Who made it")],
            is_wide=True,
            words=_words(),
        )  # fmt: skip


def _distribution(rows: Iterable[EstimateLine] | Iterable[Distribution]) -> Table:
    """Which library gets which volumes."""
    lines: list[Sequence[Cell]] = []
    whole = 0
    for row in rows:
        record = row.line.record if isinstance(row, Distribution) else row.record
        lines.append([row.library.name, described(record), row.quantity])
        whole += row.quantity
    return Table(
        heads=[_("Library"), _("Edition"), _("Volumes")],
        widths=[60, 0, 20],
        rows=lines,
        total=["", _("In all"), whole],
        caption=_("Distribution by library"),
        sheet=_("Distribution"),
    )


def specification(one: Estimate, *, language: str) -> Paper:
    """The technical specification of a purchase: lots, editions, places of delivery, conditions."""
    with override(language):
        lots = queries.lots_of(queries.titles_of(one))
        places: dict[int, tuple[Organization, int]] = {}
        for row in queries.shares_of(one):
            library, count = places.get(row.library_id, (row.library, 0))
            places[row.library_id] = (library, count + row.quantity)
        tables = [
            Table(
                heads=["№", _("Edition"), _("Language"), _("Unit"), _("Volumes"), _("Price, ₸"), _("Sum, ₸")],
                widths=[9, 0, 24, 16, 18, 23, 28],
                rows=[
                    [number, described(title.record), language_name(title.record.language), _("copy"), title.quantity,
                     title.price, title.amount]
                    for number, title in enumerate(lot.titles, start=1)
                ],
                total=["", _("In all"), "", "", lot.quantity, "", lot.amount],
                caption=_("Lot %(number)s: %(name)s") % {"number": lot.number, "name": lot.name},
                sheet=_("Lot %(number)s") % {"number": lot.number},
            )
            for lot in lots
        ]  # fmt: skip
        tables.append(
            Table(
                heads=["№", _("Library"), _("Address"), _("Volumes")],
                widths=[9, 80, 0, 20],
                rows=[
                    [number, library.name, library.address, count]
                    for number, (library, count) in enumerate(places.values(), start=1)
                ],
                total=["", _("In all"), "", sum(count for _library, count in places.values())],
                caption=_("Places of delivery"),
                sheet=_("Places of delivery"),
            )
        )
        return Paper(
            title=_("Technical specification"),
            subtitle=one.title,
            place=one.organization.name,
            facts=[
                (pgettext("of a budget", "Year"), str(one.year)),
                (_("Lots"), str(len(lots))),
                (_("Sum, ₸"), money(sum((lot.amount for lot in lots), Decimal(0)))),
            ],
            tables=tables,
            closing=[
                _("1. The editions are supplied as described; an edition by another publisher or of another year is "
                  "agreed with the customer in writing beforehand."),
                _("2. The volumes are new, complete and undamaged: the binding is whole, all pages are there and "
                  "printed clearly, there are no spots and no smell."),
                _("3. The supplier delivers, unloads and hands over at each place of delivery at his own cost, with a "
                  "delivery note for each library."),
                _("4. Each library receives by number of volumes and by quality; defective and missing volumes are "
                  "noted in the act and replaced or delivered within 10 working days."),
                _("5. The sum includes all costs of the supplier: transport, packing, taxes and other payments."),
            ],
            signatures=[_("Head of the organisation"), _("Who made it")],
            is_wide=True,
            words=_words(),
        )  # fmt: skip


PAPERS: Final[dict[str, Callable[..., Paper]]] = {"estimate": estimate, "specification": specification}


def order(one: Order, library: Organization | None = None, *, language: str) -> Paper:
    """An order with its distribution, or with ``library`` the distribution list of one library."""
    with override(language):
        facts = [
            (_("Supplier"), f"{one.supplier.name}, {_('BIN')} {one.supplier.bin}"),
            (
                _("Who buys"),
                f"{one.organization.name}" + (f", {_('BIN')} {one.organization.bin}" if one.organization.bin else ""),
            ),
            (_("Source of funds"), str(one.budget.get_source_display())),
            (_("State"), str(one.get_state_display())),
        ]
        if library is not None:
            rows = list(queries.distribution_of(one, library))
            table = Table(
                heads=["№", _("Edition"), _("Volumes"), pgettext("books", "Came"), _("Price, ₸"), _("Sum, ₸")],
                widths=[9, 0, 20, 20, 24, 28],
                rows=[
                    [number, described(row.line.record), row.quantity, row.delivered, row.line.price,
                     row.line.price * row.quantity]
                    for number, row in enumerate(rows, start=1)
                ],
                total=["", _("In all"), sum(row.quantity for row in rows), sum(row.delivered for row in rows), "",
                       sum((row.line.price * row.quantity for row in rows), Decimal(0))],
                sheet=_("Distribution"),
            )  # fmt: skip
            return Paper(
                title=_("Distribution list"),
                subtitle=_("Order to a supplier № %(number)s") % {"number": one},
                place=library.name,
                facts=facts,
                tables=[table],
                signatures=[_("Handed over"), _("Received by")],
                words=_words(),
            )
        titles = queries.order_titles(one)
        return Paper(
            title=_("Order to a supplier № %(number)s") % {"number": one},
            place=one.organization.name,
            facts=facts,
            tables=[
                Table(
                    heads=["№", _("Edition"), _("Libraries"), _("Volumes"), _("Price, ₸"), _("Sum, ₸")],
                    widths=[9, 0, 20, 20, 24, 28],
                    rows=[
                        [number, described(title.record), title.libraries, title.quantity, title.price, title.amount]
                        for number, title in enumerate(titles, start=1)
                    ],
                    total=["", _("In all"), "", sum(title.quantity for title in titles), "", _total(titles)],
                    sheet=pgettext("to a supplier", "Order"),
                ),
                _distribution(queries.distribution_of(one)),
            ],
            signatures=[_("Customer"), _("Supplier")],
            words=_words(),
        )


def claim(one: Claim, *, language: str) -> Paper:
    """A claim to the supplier: what was defective or missing in a delivery."""
    with override(language):
        placed = one.delivery.order
        lines = (
            DeliveryLine.objects.filter(delivery=one.delivery)
            .select_related("distribution__line__record")
            .defer("distribution__line__record__marc", "distribution__line__record__summary")
            .order_by("pk")
        )
        wrong = [line for line in lines if line.defective or line.missing]
        worth = sum(((line.defective + line.missing) * line.distribution.line.price for line in wrong), Decimal(0))
        return Paper(
            title=_("Claim № %(number)s") % {"number": one},
            place=one.organization.name,
            facts=[
                (_("Supplier"), f"{placed.supplier.name}, {_('BIN')} {placed.supplier.bin}"),
                (pgettext("to a supplier", "Order"), f"№ {placed}"),
                (_("Delivery note"), f"{one.delivery.document}, {day(one.delivery.on)}"),
                (_("Library"), one.delivery.library.name),
            ],
            opening=[_("At the receipt the following was found:")],
            tables=[
                Table(
                    heads=["№", _("Edition"), _("Defective"), pgettext("in a delivery", "Missing"), _("Sum, ₸")],
                    widths=[9, 0, 22, 24, 28],
                    rows=[
                        [number, described(line.distribution.line.record), line.defective, line.missing,
                         (line.defective + line.missing) * line.distribution.line.price]
                        for number, line in enumerate(wrong, start=1)
                    ],
                    total=["", _("In all"), sum(line.defective for line in wrong), sum(line.missing for line in wrong), worth],
                    sheet=_("Claim"),
                )
            ],
            closing=[one.text, _("Please answer by %(day)s.") % {"day": day(one.answer_by)}],
            signatures=[_("Head of the organisation")],
            words=_words(),
        )  # fmt: skip
