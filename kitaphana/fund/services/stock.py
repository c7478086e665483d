"""Count-based stock: what acts do to registration cards and their lots.

Locks are taken in the order of stock ids, after copies and before the act is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max

from kitaphana.catalog.models import Record
from kitaphana.core import numbers
from kitaphana.fund import errors
from kitaphana.fund.models import LedgerEntry, Stock, StockLot
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class CountedLine:
    """Volumes of a stock that leave by an act. ``price`` None: from the oldest lots."""

    stock: Stock
    quantity: int
    price: Decimal | None = None


LotKey = tuple[int, Decimal, bool, str, str, str]
"""Record id, price, balance, kind, language group, content group: what an entry of receipt says."""


def key_of(entry: LedgerEntry) -> LotKey:
    """The lot that an entry moves."""
    return (
        entry.record_id,
        entry.price,
        entry.is_on_balance,
        entry.kind,
        entry.language_group,
        entry.content_group,
    )


def lock(library: Organization, stock_ids: Iterable[int]) -> dict[int, Stock]:
    """The library's stocks, locked in the order of their ids.

    :raises StockNotFound: one is not there, or belongs elsewhere.
    """
    wanted = sorted(set(stock_ids))
    found: dict[int, Stock] = {}
    for start in range(0, len(wanted), 500):
        rows = Stock.objects.select_for_update().filter(library=library, pk__in=wanted[start : start + 500])
        found.update({stock.pk: stock for stock in rows.order_by("pk")})
    if len(found) != len(wanted):
        raise errors.StockNotFound()
    return found


def cards(library: Organization, fund: str, record_ids: Sequence[int]) -> dict[int, Stock]:
    """Cards of editions in a fund, locked; a new edition gets the next card."""
    stocks: dict[int, Stock] = {}
    for start in range(0, len(record_ids), 500):
        part = record_ids[start : start + 500]
        rows = Stock.objects.select_for_update().filter(library=library, fund=fund, record_id__in=part).order_by("pk")
        stocks.update({stock.record_id: stock for stock in rows})
    missing = [record_id for record_id in record_ids if record_id not in stocks]
    if missing:
        cards = numbers.take(library.pk, f"card.{fund}", len(missing))
        new = Stock.objects.bulk_create(
            Stock(library=library, fund=fund, record_id=record_id, card_number=card)
            for record_id, card in zip(missing, cards, strict=True)
        )
        stocks.update({stock.record_id: stock for stock in new})
    return stocks


def put_in(library: Organization, fund: str, entries: Sequence[LedgerEntry]) -> None:
    """Count unsaved positive entries into their lots and tie them to these; cards and lots are made where
    missing. Commands lock the cards (``cards``) before they take the number of the act."""
    record_ids = list(dict.fromkeys(entry.record_id for entry in entries))
    stocks = cards(library, fund, record_ids)
    lots: dict[LotKey, StockLot] = {}
    ids = {stock.pk: record_id for record_id, stock in stocks.items()}
    for lot in StockLot.objects.filter(stock_id__in=list(ids)):
        lots[(ids[lot.stock_id], lot.price, lot.is_on_balance, lot.kind, lot.language_group, lot.content_group)] = lot
    new: dict[LotKey, StockLot] = {}
    for entry in entries:
        key = key_of(entry)
        if key not in lots and key not in new:
            new[key] = StockLot(
                stock=stocks[entry.record_id],
                price=entry.price,
                is_on_balance=entry.is_on_balance,
                kind=entry.kind,
                language_group=entry.language_group,
                content_group=entry.content_group,
            )
    StockLot.objects.bulk_create(new.values())
    lots |= new
    for entry in entries:
        entry.lot = lots[key_of(entry)]
    move(_sums(entries))


def _sums(entries: Iterable[LedgerEntry]) -> dict[StockLot, int]:
    sums: dict[StockLot, int] = {}
    for entry in entries:
        assert entry.lot is not None  # the caller chose entries of lots
        sums[entry.lot] = sums.get(entry.lot, 0) + entry.quantity
    return sums


def move(changes: Mapping[StockLot, int]) -> None:
    """Change the quantities of lots and of their (locked) stocks: the same number of statements for any number of
    them.

    :raises StockNotEnough: a lot has fewer, or readers have more than would be left.
    """
    by_stock: dict[int, int] = {}
    for lot, quantity in changes.items():
        by_stock[lot.stock_id] = by_stock.get(lot.stock_id, 0) + quantity
    lots = {lot.pk: lot for lot in StockLot.objects.filter(pk__in=[lot.pk for lot in changes])}
    stocks = {stock.pk: stock for stock in Stock.objects.select_related("record").filter(pk__in=list(by_stock))}
    for given, quantity in changes.items():
        lot = lots[given.pk]
        lot.quantity += quantity
        if lot.quantity < 0:
            stock = stocks[lot.stock_id]
            raise errors.StockNotEnough(title=stock.record.title, count=lot.quantity - quantity)
    for stock_id, quantity in by_stock.items():
        stock = stocks[stock_id]
        if stock.quantity + quantity < stock.issued:
            raise errors.StockNotEnough(title=stock.record.title, count=stock.on_shelf)
        stock.quantity += quantity
    StockLot.objects.bulk_update(lots.values(), ["quantity"], batch_size=200)
    Stock.objects.bulk_update(stocks.values(), ["quantity"], batch_size=200)


def choose(library: Organization, lines: Sequence[CountedLine]) -> list[tuple[StockLot, int]]:
    """The lots from which volumes leave: oldest first unless a price is named. Locks the stocks.

    :raises BadQuantity: fewer than one volume.
    :raises StockNotFound: a stock of somebody else.
    :raises StockNotEnough: fewer stand on the shelf.
    """
    stocks = lock(library, (line.stock.pk for line in lines))
    titles = dict(Record.objects.filter(stocks__in=list(stocks)).values_list("stocks__pk", "title"))
    lots: dict[int, list[StockLot]] = {}
    for lot in StockLot.objects.filter(stock_id__in=list(stocks), quantity__gt=0).order_by("pk"):
        lots.setdefault(lot.stock_id, []).append(lot)
    chosen: dict[StockLot, int] = {}
    wanted: dict[int, int] = {}
    for line in lines:
        stock, title = stocks[line.stock.pk], titles[line.stock.pk]
        if line.quantity < 1:
            raise errors.BadQuantity(title=title)
        wanted[stock.pk] = wanted.get(stock.pk, 0) + line.quantity
        if wanted[stock.pk] > stock.on_shelf:
            raise errors.StockNotEnough(title=title, count=stock.on_shelf)
        missing = line.quantity
        for lot in lots.get(stock.pk, []):
            if line.price is not None and lot.price != line.price:
                continue
            if taken := min(missing, lot.quantity - chosen.get(lot, 0)):
                missing -= taken
                chosen[lot] = chosen.get(lot, 0) + taken
        if missing:
            raise errors.StockNotEnough(title=title, count=line.quantity - missing)
    return list(chosen.items())


def check_after_receipt(lots: Iterable[StockLot], on: date) -> None:
    """Volumes leave on or after the last day on which their lot was moved.

    :raises DateBeforeReceipt: the date is earlier.
    """
    latest = LedgerEntry.objects.filter(lot__in=[lot.pk for lot in lots]).aggregate(on=Max("on"))["on"]
    if latest is not None and on < latest:
        raise errors.DateBeforeReceipt(on=on.strftime("%d.%m.%Y"), received_on=latest.strftime("%d.%m.%Y"))


def issue(stock_counts: Mapping[int, int]) -> None:
    """Count volumes of locked stocks into readers' hands, or back with a negative number. Called by circulation.

    :raises StockNotEnough: fewer stand on the shelf.
    """
    stocks = list(Stock.objects.select_related("record").filter(pk__in=list(stock_counts)))
    for stock in stocks:
        issued = stock.issued + stock_counts[stock.pk]
        if issued > stock.quantity or issued < 0:
            raise errors.StockNotEnough(title=stock.record.title, count=stock.on_shelf)
    by_count: dict[int, list[int]] = {}
    for stock_id, count in stock_counts.items():
        by_count.setdefault(count, []).append(stock_id)
    for count, ids in by_count.items():
        Stock.objects.filter(pk__in=ids).update(issued=F("issued") + count)
