"""Invariants of the fund, for ``kitaphana check``: the law of the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, ExpressionWrapper, F, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kitaphana.core.checks import Violation
from kitaphana.core.models import NumberSeries
from kitaphana.fund.enums import ActKind, CopyState
from kitaphana.fund.models import Act, ClosedPeriod, Copy, LedgerEntry, Stock, StockLot
from kitaphana.fund.queries.summary_book import Figures, balance, summary_book
from kitaphana.fund.services.periods import seal
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Every broken invariant of one library's fund, or of all."""
    yield from _gapless(library)
    yield from _ledger_equals_inventory(library)
    yield from _entries_have_their_copies(library)
    yield from _copies_have_their_entries(library)
    yield from _cards_agree(library)
    yield from _seals_hold(library)
    yield from _books_agree(library)


def _of(rows: QuerySet[Any], library: Organization | None) -> QuerySet[Any]:
    return rows if library is None else rows.filter(library=library)


def _gapless(library: Organization | None) -> Iterator[Violation]:
    series: list[tuple[str, QuerySet[Any], str, tuple[str, ...]]] = [
        ("act", Act.objects.all(), "number", ("library_id", "kind", "year")),
        ("summary.receipts", Act.objects.all(), "receipt_entry", ("library_id", "fund", "year")),
        ("summary.withdrawals", Act.objects.all(), "withdrawal_entry", ("library_id", "fund", "year")),
        ("inventory", Copy.objects.all(), "inventory_number", ("library_id", "fund")),
        ("card", Stock.objects.all(), "card_number", ("library_id", "fund")),
    ]
    for name, rows, column, keys in series:
        inventory = name == "inventory"
        groups = (
            _of(rows.filter(**{f"{column}__isnull": False}), library)
            .order_by()
            .values(*keys)
            .annotate(count=Count("pk"), lowest=Min(column), highest=Max(column))
        )
        given = NumberSeries.objects.filter(series__startswith=f"{name}.")
        if library is not None:
            given = given.filter(library_id=library.pk)
        lasts = {(owner, key): last for owner, key, last in given.values_list("library_id", "series", "last")}
        for group in groups:
            key = ".".join([name, *(str(group[part]) for part in keys[1:])])
            # Up to here the numbers are those of a former inventory book, with its gaps.
            floor = lasts.get((group["library_id"], f"inventory.opening.{group['fund']}"), 0) if inventory else 0
            if floor:
                above = rows.filter(**{part: group[part] for part in keys}, **{f"{column}__gt": floor})
                has_gap = above.count() != max(floor, group["highest"]) - floor
            else:
                has_gap = group["lowest"] != 1 or group["highest"] != group["count"]
            if has_gap:
                yield Violation(
                    "fund.numbers_have_gap",
                    f"Numbers of the series {name} have a gap or a double.",
                    dict(group),
                )
            if lasts.get((group["library_id"], key)) != max(floor, group["highest"]):
                yield Violation(
                    "fund.series_disagrees",
                    f"The last number given out of the series {key} is not the greatest one.",
                    {
                        "series": key,
                        "last": lasts.get((group["library_id"], key)),
                        "greatest": group["highest"],
                    },
                )


_LEDGER_AND_INVENTORY = """
SELECT library_id, fund, record_id, SUM(quantity), SUM(amount) FROM (
    SELECT library_id, fund, record_id, quantity, amount FROM fund_ledgerentry
    UNION ALL
    SELECT library_id, fund, record_id, -1, -price FROM fund_copy WHERE state = 'IN_FUND'
    UNION ALL
    SELECT s.library_id, s.fund, s.record_id, -l.quantity, -l.quantity * l.price
    FROM fund_stocklot l JOIN fund_stock s ON s.id = l.stock_id
) AS both_sides {where}
GROUP BY library_id, fund, record_id HAVING SUM(quantity) <> 0 OR ABS(SUM(amount)) > 0.004
"""


def _ledger_equals_inventory(library: Organization | None) -> Iterator[Violation]:
    where, values = ("", []) if library is None else ("WHERE library_id = %s", [library.pk])
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER_AND_INVENTORY.format(where=where), values)
        rows = cursor.fetchall()
    for library_id, fund, record_id, copies, amount in rows:
        yield Violation(
            "fund.ledger_differs_from_inventory",
            f"The ledger and what is in the fund differ by {copies} volumes, {amount} tenge.",
            {"library_id": library_id, "fund": fund, "record_id": record_id},
        )


def _entries_have_their_copies(library: Organization | None) -> Iterator[Violation]:
    entries = _of(LedgerEntry.objects.all(), library)
    # SQLite multiplies in floating point, hence the tolerance of half a tiyn.
    difference = ExpressionWrapper(F("amount") - F("quantity") * F("price"), output_field=FloatField())
    uneven = entries.annotate(difference=difference).filter(Q(difference__gt=0.004) | Q(difference__lt=-0.004))
    for entry in uneven.values("pk", "act_id"):
        yield Violation("fund.amount_wrong", "An entry's amount is not quantity times price.", entry)
    came = entries.filter(quantity__gt=0, lot=None).exclude(act__kind=ActKind.REVERSAL)
    for row in (
        came.annotate(copies=Count("copies_received"))
        .exclude(copies=F("quantity"))
        .values("pk", "act_id", "quantity", "copies")
    ):
        yield Violation("fund.receipt_lacks_copies", "An entry of receipt has not the copies it counts.", row)
    went = entries.filter(quantity__lt=0, lot=None)
    for row in (
        went.annotate(copies=Count("withdrawals"))
        .exclude(copies=-F("quantity"))
        .values("pk", "act_id", "quantity", "copies")
    ):
        yield Violation("fund.withdrawal_lacks_copies", "An entry of withdrawal has not the copies it counts.", row)


def _copies_have_their_entries(library: Organization | None) -> Iterator[Violation]:
    copies = _of(Copy.objects.all(), library)
    wrong = (
        ~Q(received_by__library_id=F("library_id"))
        | ~Q(received_by__record_id=F("record_id"))
        | ~Q(received_by__fund=F("fund"))
        | ~Q(received_by__price=F("price"))
        | Q(received_by__quantity__lte=0)
    )
    for row in copies.filter(wrong).values("pk", "barcode", "received_by_id"):
        yield Violation("fund.copy_without_receipt", "A copy does not agree with the entry that received it.", row)
    for row in (
        copies.filter(state=CopyState.WRITTEN_OFF)
        .exclude(withdrawals__entry=F("withdrawn_by"))
        .values("pk", "barcode", "withdrawn_by_id")
    ):
        yield Violation("fund.copy_without_withdrawal", "A withdrawn copy is not on the list of the act.", row)
    for row in copies.filter(
        state=CopyState.IN_FUND, withdrawals__isnull=False, withdrawals__entry__act__reversed_by__isnull=True
    ).values("pk", "barcode"):
        yield Violation("fund.copy_came_back", "A copy in the fund is on the list of a write-off in force.", row)


def _cards_agree(library: Organization | None) -> Iterator[Violation]:
    """A registration card is the sum of its lots, and a lot the sum of its entries."""
    stocks = _of(Stock.objects.all(), library)
    for row in (
        stocks.annotate(counted=Coalesce(Sum("lots__quantity"), 0))
        .exclude(counted=F("quantity"))
        .values("pk", "record_id", "quantity", "counted")
    ):
        yield Violation("fund.card_differs_from_lots", "A registration card is not the sum of its lots.", row)
    lots = StockLot.objects.filter(stock__in=stocks) if library is not None else StockLot.objects.all()
    for row in (
        lots.annotate(posted=Coalesce(Sum("entries__quantity"), 0))
        .exclude(posted=F("quantity"))
        .values("pk", "stock_id", "quantity", "posted")
    ):
        yield Violation("fund.lot_differs_from_ledger", "A lot is not the sum of its ledger entries.", dict(row))
    wrong = (
        ~Q(library_id=F("lot__stock__library_id"))
        | ~Q(record_id=F("lot__stock__record_id"))
        | ~Q(fund=F("lot__stock__fund"))
        | ~Q(price=F("lot__price"))
    )
    for row in _of(LedgerEntry.objects.filter(lot__isnull=False), library).filter(wrong).values("pk", "lot_id"):
        yield Violation("fund.entry_of_another_lot", "An entry does not agree with the lot that it moved.", row)


def _seals_hold(library: Organization | None) -> Iterator[Violation]:
    """What was closed is as it was when it was closed."""
    for period in _of(ClosedPeriod.objects.select_related("library"), library):
        if seal(period.library, period.until) != period.digest:
            yield Violation(
                "fund.closed_period_changed",
                "The ledger of a closed period is not what it was when it was closed.",
                {"library_id": period.library_id, "until": period.until.isoformat()},
            )


def _differs(one: Figures, other: Figures) -> bool:
    return any(
        getattr(one, name) != getattr(other, name)
        for name in ("total", "on_balance", "off_balance", "kinds", "contents", "languages")
    )


def _books_agree(library: Organization | None) -> Iterator[Violation]:
    """Part 3: opening + received − withdrawn = closing, as a whole and in every column, copies and sums."""
    periods = _of(Act.objects.all(), library).order_by("library_id", "fund", "year")
    years = periods.values_list("library_id", "fund", "year").distinct()
    node: Organization | None = None
    for library_id, fund, year in years:
        if node is None or node.pk != library_id:
            node = Organization.objects.get(pk=library_id)
        book = summary_book(node, fund, year)
        place = {"library_id": library_id, "fund": fund, "year": year}
        closing = balance(node, fund, book_end(year))
        if _differs(book.closing, closing):
            yield Violation("fund.part3_differs", "Part 3 of the summary book differs from the balance.", place)
        for cells in ("kinds", "contents", "languages"):
            opening, received, withdrawn, closed = (
                getattr(figures, cells)
                for figures in (book.opening, book.receipts_total, book.withdrawals_total, closing)
            )
            for code, cell in closed.items():
                copies = opening[code].copies + received[code].copies - withdrawn[code].copies
                amount = opening[code].amount + received[code].amount - withdrawn[code].amount
                if (copies, amount) != (cell.copies, cell.amount):
                    yield Violation(
                        "fund.part3_identity",
                        "Opening balance plus receipts less withdrawals is not the closing balance.",
                        {**place, "column": code},
                    )


def book_end(year: int) -> date:
    """The last day of a book."""
    return date(year, 12, 31)
