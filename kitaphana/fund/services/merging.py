"""How the fund follows when two records of one edition become one.

Copies and registration cards go to the record that stays, and so do the lines of the ledger: which record describes an
edition is no fact of accounting (papers name the edition as it was at posting), and the database lets a line change in
nothing but that, and only along a merge. Where a library has cards of both records in one fund, the lots go over to
the card of the record that stays; the other card is empty and keeps its number.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Sum

from kitaphana.catalog.errors import HOLDINGS, CannotUndoMerge
from kitaphana.fund import hooks
from kitaphana.fund.models import Copy, LedgerEntry, Stock, StockLot

FOLLOWED = {"fund.Copy", "fund.Stock", "fund.LedgerEntry"}


def move(loser_id: int, winner_id: int) -> dict[str, Any]:
    """Point copies, cards and ledger to the winner; returns what was moved."""
    entries = _ids(LedgerEntry, loser_id)
    copies = _ids(Copy, loser_id)
    joined = []
    own = {(stock.library_id, stock.fund): stock for stock in _locked(winner_id)}
    moved = []
    for stock in _locked(loser_id):
        other = own.get((stock.library_id, stock.fund))
        if other is None:
            moved.append(stock.pk)
        else:
            joined.append([stock.pk, other.pk, _join(stock, other)])
    _point(Copy, copies, winner_id)
    Stock.objects.filter(pk__in=moved).update(record_id=winner_id)
    _point(LedgerEntry, entries, winner_id)
    if not (entries or copies or moved or joined):
        return {}
    return {"entries": entries, "copies": copies, "stocks": moved, "joined": joined}


def _locked(record_id: int) -> list[Stock]:
    return list(Stock.objects.select_for_update().filter(record_id=record_id).order_by("pk"))


def _ids(model: type[Copy] | type[LedgerEntry], record_id: int) -> list[int]:
    return list(model._base_manager.filter(record_id=record_id).order_by("pk").values_list("pk", flat=True))


def _point(model: type[Copy] | type[LedgerEntry], ids: list[int], record_id: int) -> None:
    for start in range(0, len(ids), 500):
        model._base_manager.filter(pk__in=ids[start : start + 500]).update(record_id=record_id)


def _join(stock: Stock, other: Stock) -> dict[str, Any]:
    """Take the lots and loans of a card over to another one; returns what is needed to part them."""
    StockLot.objects.filter(stock=stock).update(stock=other, joined_from=stock.pk)
    loans = hooks.move_loans(stock.pk, other.pk, None)
    # First the empty card, then the full one: at no moment is more issued than there is.
    quantity, issued = stock.quantity, stock.issued
    Stock.objects.filter(pk=stock.pk).update(quantity=0, issued=0)
    Stock.objects.filter(pk=other.pk).update(quantity=F("quantity") + quantity, issued=F("issued") + issued)
    return {"loans": loans}


def back(loser_id: int, winner_id: int, moved: dict[str, Any]) -> None:
    """Give the loser back what came from it; what was received under the winner since stays there.

    :raises CannotUndoMerge: more is in readers' hands than one of the two cards would have.
    """
    for stock_id, other_id, how in moved["joined"]:
        _part(stock_id, other_id, how)
    # Lines that were posted since on the lots that go back go with them.
    cards = [*moved["stocks"], *(stock_id for stock_id, _, _ in moved["joined"])]
    copies = list(Copy.objects.filter(pk__in=moved["copies"], record_id=winner_id).values_list("pk", flat=True))
    _point(Copy, copies, loser_id)
    Stock.objects.filter(pk__in=moved["stocks"], record_id=winner_id).update(record_id=loser_id)
    entries = set(LedgerEntry.objects.filter(pk__in=moved["entries"]).values_list("pk", flat=True))
    since = LedgerEntry.objects.filter(record_id=winner_id, lot__stock__in=cards)
    entries |= set(since.values_list("pk", flat=True))
    withdrawn = Copy.objects.filter(pk__in=copies, withdrawn_by__isnull=False)
    entries |= set(withdrawn.values_list("withdrawn_by_id", flat=True))
    _point(LedgerEntry, sorted(entries), loser_id)


def _part(stock_id: int, other_id: int, how: dict[str, Any]) -> None:
    lots = StockLot.objects.filter(stock=other_id, joined_from=stock_id)
    ids = list(lots.values_list("pk", flat=True))
    quantity = lots.aggregate(sum=Sum("quantity"))["sum"] or 0
    before = Stock.objects.select_for_update().get(pk=other_id)
    issued = sum(count for _, count in hooks.move_loans(other_id, stock_id, how["loans"]))
    if issued > quantity or before.issued - issued > before.quantity - quantity:
        raise CannotUndoMerge(reason=HOLDINGS)
    StockLot.objects.filter(pk__in=ids).update(stock=stock_id, joined_from=0)
    Stock.objects.filter(pk=other_id).update(quantity=F("quantity") - quantity, issued=F("issued") - issued)
    Stock.objects.filter(pk=stock_id).update(quantity=quantity, issued=issued)
