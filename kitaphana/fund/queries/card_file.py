"""Registration cards in numbers: totals of the card file, and cards one after another for printing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from kitaphana.core.money import ZERO
from kitaphana.fund.models import LedgerEntry, Stock, StockLot
from kitaphana.fund.queries.stock import Card, CardLine
from kitaphana.organizations.models import Organization

RUN = 200
"""Cards that are read, or printed, at a time."""


@dataclass(frozen=True, slots=True)
class CardTotals:
    """Figures of a card file."""

    cards: int
    quantity: int
    issued: int
    amount: Decimal
    """What the volumes in the fund are worth, tenge."""

    @property
    def on_shelf(self) -> int:
        """Volumes that nobody has."""
        return self.quantity - self.issued


def card_totals(found: QuerySet[Stock]) -> CardTotals:
    """Figures of the cards of a list: two statements."""
    ids = found.order_by().values("pk")
    sums: dict[str, Any] = Stock.objects.filter(pk__in=ids).aggregate(
        cards=Count("pk"), quantity=Coalesce(Sum("quantity"), 0), issued=Coalesce(Sum("issued"), 0)
    )
    amount = StockLot.objects.filter(stock__in=ids).aggregate(
        sum=Coalesce(Sum(F("price") * F("quantity"), output_field=DecimalField(max_digits=16, decimal_places=2)), ZERO)
    )["sum"]
    return CardTotals(**sums, amount=amount)


def last_cards(library: Organization) -> dict[str, int]:
    """The highest card number of each fund that has cards. One statement."""
    rows = Stock.objects.filter(library=library).order_by("fund").values_list("fund").annotate(last=Max("card_number"))
    return dict(rows)


def cards_of(stocks: Sequence[Stock]) -> list[Card]:
    """Registration cards with every line, in the order of the stocks: two statements for any number of them."""
    ids = [stock.pk for stock in stocks]
    lots: dict[int, list[StockLot]] = {}
    for lot in StockLot.objects.filter(stock_id__in=ids).order_by("pk"):
        lots.setdefault(lot.stock_id, []).append(lot)
    lines: dict[int, list[CardLine]] = {}
    balances = dict.fromkeys(ids, 0)
    entries = LedgerEntry.objects.filter(lot__stock_id__in=ids).select_related("act", "lot").order_by("on", "pk")
    for entry in entries:
        assert entry.lot is not None  # they were found by their lots
        stock_id = entry.lot.stock_id
        balances[stock_id] += entry.quantity
        lines.setdefault(stock_id, []).append(
            CardLine(
                act=entry.act,
                on=entry.on,
                price=entry.price,
                received=max(entry.quantity, 0),
                withdrawn=max(-entry.quantity, 0),
                balance=balances[stock_id],
            )
        )
    return [Card(stock=stock, lots=lots.get(stock.pk, []), lines=lines.get(stock.pk, [])) for stock in stocks]


def card_run(library: Organization, fund: str, *, first: int = 1, last: int | None = None) -> Iterator[Card]:
    """Cards of a fund by number, read 200 at a time, so that a long run needs little memory."""
    while True:
        found = Stock.objects.filter(library=library, fund=fund, card_number__gte=first).select_related(
            "record", "library"
        )
        if last is not None:
            found = found.filter(card_number__lte=last)
        stocks = list(found.defer("record__marc", "record__summary").order_by("card_number")[:RUN])
        yield from cards_of(stocks)
        if len(stocks) < RUN:
            return
        first = stocks[-1].card_number + 1
