"""The result of a stocktaking on paper, in Kazakh or Russian, whatever the page's language is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kitaphana.core.documents.figures import day, money, whole
from kitaphana.core.documents.render import pdf
from kitaphana.core.money import ZERO
from kitaphana.fund.enums import FundType
from kitaphana.fund.models import Copy
from kitaphana.regulations.parameters import dressed
from kitaphana.regulations.queries import pack_on
from kitaphana.stocktaking import queries
from kitaphana.stocktaking.enums import Occasion, Outcome, Result
from kitaphana.stocktaking.models import Line, Scan, Stocktaking

TEMPLATES = Path(__file__).parent / "typst"
MOST_LINES = 5_000
"""Lines of one list of the PDF; the workbook has all of them."""


def heading_of(copy: Copy) -> str:
    """Author and title as papers name a copy."""
    author = copy.record.authors[0].rstrip(".") if copy.record.authors else ""
    return ". ".join(part for part in (author, copy.record.title) if part)


def place_of(scan: Scan) -> str:
    """Where a book was scanned."""
    return ", ".join(part for part in (scan.location.name if scan.location else "", scan.shelf) if part)


def facts(mine: Stocktaking) -> list[tuple[str, str]]:
    """What was checked, when, why."""
    return [
        (_("Fund"), str(FundType(mine.fund).label)),
        (_("Place"), mine.location.name if mine.location else _("The whole library")),
        (_("Occasion"), str(Occasion(mine.occasion).label)),
        (_("Grounds"), mine.grounds),
        (_("Begun"), day(mine.started_on)),
        (_("Closed"), day(mine.closed_on) if mine.closed_on else _("not closed: the figures are of this moment")),
    ]


def totals(mine: Stocktaking) -> list[tuple[str, int, int, int, Decimal]]:
    """Rows of the table of totals: name, copies, on the balance, off it, sum. The first row is what was expected."""
    cells: dict[tuple[str, bool], tuple[int, Decimal]] = {
        (row.result, row.is_on_balance): (row.copies, row.amount) for row in queries.balances(mine)
    }
    empty = (0, ZERO)

    def row(name: str, results: list[str]) -> tuple[str, int, int, int, Decimal]:
        on = [cells.get((result, True), empty) for result in results]
        off = [cells.get((result, False), empty) for result in results]
        copies_on, copies_off = sum(copies for copies, _sum in on), sum(copies for copies, _sum in off)
        amount = sum((amount for _copies, amount in [*on, *off]), ZERO)
        return name, copies_on + copies_off, copies_on, copies_off, amount

    rows = [row(_("In the fund by the books"), ["", *Result.values])]
    if mine.closed_at is not None:
        rows += [row(str(result.label), [result.value]) for result in Result]
    return rows


def _line(number: int, line: Line) -> list[str]:
    copy = line.copy
    note = _("turned up %(on)s") % {"on": day(line.turned_up_at.date())} if line.turned_up_at else ""
    return [str(number), str(copy.inventory_number), copy.barcode, heading_of(copy), money(copy.price), note]


def _scan(number: int, scan: Scan) -> list[str]:
    copy = scan.copy
    return [
        str(number),
        str(copy.inventory_number) if copy else "",
        scan.barcode,
        heading_of(copy) if copy else "",
        place_of(scan),
        scan.note or str(Outcome(scan.outcome).label),
    ]


def lists(mine: Stocktaking) -> list[dict[str, Any]]:
    """Every list of the result that is not empty: title, heads, rows of text."""
    number, inventory, barcode, title = _("No."), _("Inventory number"), _("Barcode"), _("Author and title")
    scanned = [number, inventory, barcode, title, _("Scanned at"), _("What it is")]
    made = [
        {
            "title": _("Missing") if mine.closed_at is not None else _("Not seen yet"),
            "heads": [number, inventory, barcode, title, _("Price"), _("Note")],
            "rows": [_line(place, line) for place, line in enumerate(queries.unseen(mine), start=1)],
        },
        *(
            {
                "title": name,
                "heads": scanned,
                "rows": [_scan(place, scan) for place, scan in enumerate(rows, start=1)],
            }
            for name, rows in (
                (_("In a wrong place"), queries.scans(mine, Outcome.MISPLACED)),
                (_("On the shelf, though lent"), queries.scans(mine, Outcome.ON_LOAN)),
                (_("Surplus"), queries.surplus(mine)),
                (_("Scanned twice"), queries.doubles(mine)),
            )
        ),
        {
            "title": _("Titles kept by count"),
            "heads": [
                number,
                pgettext("of a title", "Card"),
                _("Grade"),
                title,
                _("Expected / counted"),
                _("Difference"),
            ],
            "rows": [
                [
                    str(place),
                    str(row.stock.card_number),
                    str(row.stock.record.grade or ""),
                    row.stock.record.title,
                    f"{row.expected} / {row.counted}",
                    f"{row.difference:+d}" if row.difference else "0",
                ]
                for place, row in enumerate(queries.counts(mine), start=1)
            ],
        },
    ]
    return [one for one in made if one["rows"]]


def result_pdf(mine: Stocktaking, *, language: str) -> bytes:
    """The act of the result: figures by balance, lists, commission and places to sign."""
    with override(language):
        pack = pack_on("fund", mine.closed_on or mine.started_on, mine.library)
        data = dressed(_result(mine), pack.parameters, "stocktaking", language)
        return pdf(TEMPLATES / "result.typ", data, language=language)


def _result(mine: Stocktaking) -> dict[str, Any]:
    shown = lists(mine)
    for one in shown:
        left = len(one["rows"]) - MOST_LINES
        one["rows"] = one["rows"][:MOST_LINES]
        one["more"] = _("… and %(count)s more: see the workbook.") % {"count": whole(left)} if left > 0 else ""
    name = queries.name_of(mine)
    return {
        "title": _("Act on the result of stocktaking No. %(number)s") % {"number": str(mine)},
        "library": mine.library.name,
        "requisites": ", ".join(
            part
            for part in (
                mine.library.address,
                _("BIN %(bin)s") % {"bin": mine.library.bin} if mine.library.bin else "",
            )
            if part
        ),
        "subtitle": day(mine.closed_on or mine.started_on),
        "facts": [[label, value] for label, value in facts(mine) if value],
        "totals": [
            [label, whole(copies), whole(on), whole(off), money(amount)]
            for label, copies, on, off, amount in totals(mine)
        ],
        "lists": shown,
        "conclusion": _(
            "The commission checked the literature against the books of account. Missing literature is written off "
            "by a separate act after a search."
        ),
        "commission": [
            {**member, "role": _("Chair of the commission") if place == 0 else _("Member of the commission")}
            for place, member in enumerate(mine.commission)
        ],
        "signatures": [] if mine.commission else [_("Chair of the commission"), _("Member of the commission")],
        "footer": f"{mine.library.name} · {name}",
        "words": {
            "approve": _("I approve"),
            "director": _("Director"),
            "approve_note": _("signature, surname and initials"),
            "totals": _("Copies by result"),
            "result": _("Result"),
            "copies": _("Copies"),
            "on_balance": _("On the balance"),
            "off_balance": _("Off the balance"),
            "sum": _("Sum, ₸"),
            "commission": _("Commission"),
            "signature": _("signature"),
            "name": _("surname and initials"),
        },
    }
