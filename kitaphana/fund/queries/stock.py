"""Count-based stock: the card file, and one registration card with its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from kitaphana.core.access import Reach
from kitaphana.core.text.scanner import decode_scan
from kitaphana.fund import errors
from kitaphana.fund.models import Act, LedgerEntry, Stock, StockLot
from kitaphana.fund.queries.editions import isbn_in
from kitaphana.organizations.models import Organization


def stocks(library: Organization, *, fund: str = "", text: str = "", with_empty: bool = False) -> QuerySet[Stock]:
    """Registration cards of a library with their records, by card number.

    ``text`` is a card number, an ISBN or a part of a title. Cards whose volumes all left are shown
    only ``with_empty``.
    """
    found = Stock.objects.filter(library=library).select_related("record").defer("record__marc", "record__summary")
    if fund:
        found = found.filter(fund=fund)
    if not with_empty:
        found = found.filter(quantity__gt=0)
    if text := text.strip():
        condition = Q()
        # SQLite knows the case of Latin letters only.
        for spelling in {text, text.lower(), text.capitalize()}:
            condition |= Q(record__title__icontains=spelling)
        code = decode_scan(text)
        if isbn := isbn_in(text):
            condition |= Q(record__isbn_keys__isbn=isbn)
        elif code.isascii() and code.isdigit() and len(code) < 10:
            condition |= Q(card_number=int(code))
        found = found.filter(condition).distinct()
    return found.order_by("fund", "card_number")


def stocks_of(library: Organization, record_ids: list[int]) -> dict[int, Stock]:
    """The library's stock of each edition that it keeps by count, by record id. One statement."""
    found = Stock.objects.filter(library=library, record_id__in=record_ids).order_by("fund")
    return {stock.record_id: stock for stock in found}


def prices_of(stock_ids: Iterable[int]) -> dict[int, Decimal]:
    """What a volume of each stock cost when it was last received, tenge: what a reader who lost it pays. One
    statement."""
    lots = StockLot.objects.filter(stock_id__in=list(stock_ids)).order_by("pk").values_list("stock_id", "price")
    return dict(lots)


def stock_in_reach(reach: Reach, pk: int) -> Stock:
    """A registration card that the person may see.

    :raises StockNotFound: there is none, or it lies outside the reach.
    """
    found: Stock | None = Stock.objects.within(reach).select_related("record", "library").filter(pk=pk).first()
    if found is None:
        raise errors.StockNotFound()
    return found


@dataclass(frozen=True, slots=True)
class CardLine:
    """A dated line of a registration card."""

    act: Act
    on: date
    price: Decimal
    received: int
    withdrawn: int
    balance: int
    """Volumes in the fund after the line."""


@dataclass(frozen=True, slots=True)
class Card:
    """A registration card: heading, lots and dated lines."""

    stock: Stock
    lots: list[StockLot]
    lines: list[CardLine]

    @property
    def received(self) -> int:
        """Volumes that ever came in."""
        return sum(line.received for line in self.lines)

    @property
    def withdrawn(self) -> int:
        """Volumes that ever went out."""
        return sum(line.withdrawn for line in self.lines)

    @property
    def amount(self) -> Decimal:
        """What the volumes in the fund are worth, tenge."""
        return sum((lot.price * lot.quantity for lot in self.lots), Decimal("0.00"))


def card(stock: Stock) -> Card:
    """A registration card with every line: two statements."""
    balance = 0
    lines: list[CardLine] = []
    entries = LedgerEntry.objects.filter(lot__stock=stock).select_related("act").order_by("on", "pk")
    for entry in entries:
        balance += entry.quantity
        lines.append(
            CardLine(
                act=entry.act,
                on=entry.on,
                price=entry.price,
                received=max(entry.quantity, 0),
                withdrawn=max(-entry.quantity, 0),
                balance=balance,
            )
        )
    return Card(stock=stock, lots=list(stock.lots.order_by("pk")), lines=lines)
