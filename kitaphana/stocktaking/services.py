"""Commands of stocktaking: begin, scan, take back, count, close, write off what is missing, receive what is in
surplus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from kitaphana.catalog.models import Record
from kitaphana.core import audit, clock, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import hooks
from kitaphana.fund import services as fund
from kitaphana.fund.enums import CopyState, FundType, WithdrawalReason
from kitaphana.fund.models import Act, Copy, Member, Stock, Withdrawal
from kitaphana.fund.services import posting
from kitaphana.fund.services.stock import CountedLine
from kitaphana.organizations.models import Organization
from kitaphana.stocktaking import errors, queries
from kitaphana.stocktaking.enums import Action, Occasion, Outcome, Result
from kitaphana.stocktaking.models import Line, Scan, StockCount, Stocktaking
from kitaphana.stocktaking.scanning import Place, Scanned, scan, undo


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be checked, why and by whom."""

    fund: str
    location: Organization | None = None
    occasion: str = Occasion.PLANNED
    grounds: str = ""
    commission: Sequence[Member] = ()


@transaction.atomic
def start(
    *, actor: Actor, library: Organization, plan: Plan, at: datetime, command_id: UUID | None = None
) -> Stocktaking:
    """Begin a stocktaking: its number is taken and what is in the fund now is what will be looked for.

    Repeating a command_id returns the first one.

    :raises NotALibrary, LibraryClosed: the node has no working fund.
    :raises UnknownChoice: no such fund or occasion.
    :raises BadPlace: the room belongs to somebody else.
    :raises AlreadyRuns: one of the same books is open.
    :raises NothingToCount: the fund is empty there.
    """
    actor.require(Permission.FUND_STOCKTAKE, library.path)
    if (first := audit.repeated(command_id)) is not None:
        if first.action != Action.START or first.library_id != library.pk:
            raise errors.CommandReused
        begun_before: Stocktaking = Stocktaking.objects.get(pk=first.object_id)
        return begun_before
    posting.check_library(library)
    for value, choices in ((plan.fund, FundType.values), (plan.occasion, Occasion.values)):
        if value not in choices:
            raise errors.UnknownChoice(value=value)
    if plan.location is not None and not plan.location.path.startswith(library.path):
        raise errors.BadPlace(place=plan.location.name)
    # The row of the series is locked by this, so two beginners come one after the other.
    on = clock.day_of(at)
    number = numbers.take(library.pk, f"stocktaking.{on.year}")[0]
    others = Stocktaking.objects.filter(library=library, fund=plan.fund, closed_at=None)
    if plan.location is not None:
        others = others.filter(Q(location=None) | Q(location=plan.location))
    if (other := others.first()) is not None:
        raise errors.AlreadyRuns(number=f"{other.number}/{other.year}")
    begun: Stocktaking = Stocktaking.objects.create(
        library=library,
        fund=plan.fund,
        location=plan.location,
        number=number,
        year=on.year,
        occasion=plan.occasion,
        grounds=" ".join(plan.grounds.replace("\x00", "").split())[:500],
        commission=posting.clean_commission(plan.commission),
        started_on=on,
        started_at=at,
        started_by_id=actor.user_id,
        expected=0,
    )
    begun.expected = _expect(begun)
    if not begun.expected and (plan.location is not None or not queries.stocks_of(begun).exists()):
        raise errors.NothingToCount
    begun.save(update_fields=["expected"])
    transaction.on_commit(_count_rows_anew)
    audit.record(
        actor,
        Action.START,
        begun,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"number": f"{number}/{on.year}", "fund": plan.fund, "expected": begun.expected},
    )
    return begun


def _expect(begun: Stocktaking) -> int:
    """Write a line for every copy in the fund, in one statement; returns how many."""
    # Copies are many and the rows simple: they need not come here and go back.
    where = ""
    values: list[int | str] = [begun.pk, begun.library_id, begun.fund, CopyState.IN_FUND.value]
    if begun.location_id is not None:
        where = " AND location_id = %s"
        values.append(begun.location_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stocktaking_line (stocktaking_id, copy_id, result) "  # noqa: S608 - the parts are ours
            "SELECT %s, id, '' FROM fund_copy WHERE library_id = %s AND fund = %s AND state = %s" + where,
            values,
        )
        return int(cursor.rowcount)


def _count_rows_anew() -> None:
    """PostgreSQL plans by what it knows of a table: thirty thousand rows that came a moment ago it knows nothing of,
    and progress would take seconds until it looks by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE stocktaking_line")


@transaction.atomic
def count_stock(
    *,
    actor: Actor,
    stocktaking: Stocktaking,
    stock: Stock,
    counted: int,
    at: datetime,
    command_id: UUID | None = None,
) -> StockCount:
    """Note how many volumes of a title kept by count stand on the shelf; counting again replaces the number.

    :raises Closed: the stocktaking is closed.
    :raises StockNotFound: the title is not counted in this fund, or only a room is checked.
    """
    actor.require(Permission.FUND_STOCKTAKE, stocktaking.library.path)
    if (first := audit.repeated(command_id)) is not None:
        if first.action != Action.COUNT:
            raise errors.CommandReused
        return StockCount.objects.get(pk=first.object_id)
    current = _open(stocktaking)
    mine = queries.stocks_of(current).select_for_update(of=("self",)).filter(pk=stock.pk).first()
    if mine is None:
        raise errors.StockNotFound
    row, _made = StockCount.objects.update_or_create(
        stocktaking=current,
        stock=mine,
        defaults={"counted": counted, "expected": mine.on_shelf, "at": at, "actor_id": actor.user_id},
    )
    audit.record(
        actor,
        Action.COUNT,
        row,
        at=at,
        library_id=stocktaking.library_id,
        command_id=command_id,
        after={"stock": mine.pk, "counted": counted, "expected": mine.on_shelf},
    )
    return row


@transaction.atomic
def close(*, actor: Actor, stocktaking: Stocktaking, at: datetime, command_id: UUID | None = None) -> Stocktaking:
    """End a stocktaking: what became of every expected copy is fixed. Nothing is written off by this.

    Closing a closed one changes nothing.
    """
    actor.require(Permission.FUND_STOCKTAKE, stocktaking.library.path)
    audit.repeated(command_id)
    mine: Stocktaking = (
        Stocktaking.objects.select_for_update(of=("self",)).select_related("library").get(pk=stocktaking.pk)
    )
    if mine.closed_at is not None:
        return mine
    lines = Line.objects.filter(stocktaking=mine)
    tally = {Result.FOUND: lines.filter(scan__isnull=False).update(result=Result.FOUND)}
    left = lines.filter(scan=None, result="")
    for result, condition in (
        (Result.WITHDRAWN, Q(copy__in=Copy.objects.filter(library=mine.library_id, state=CopyState.WRITTEN_OFF))),
        (Result.ON_LOAN, Q(copy__in=queries.lent(mine).values("copy"))),
        (Result.RETURNED, Q(copy__in=queries.returned(mine).values("copy"))),
        (Result.MISSING, Q()),
    ):
        tally[result] = left.filter(condition).update(result=result)
    mine.found, mine.on_loan, mine.returned = tally[Result.FOUND], tally[Result.ON_LOAN], tally[Result.RETURNED]
    mine.withdrawn, mine.missing = tally[Result.WITHDRAWN], tally[Result.MISSING]
    mine.closed_at, mine.closed_on, mine.closed_by_id = max(at, mine.started_at), clock.day_of(at), actor.user_id
    mine.save()
    audit.record(
        actor,
        Action.CLOSE,
        mine,
        at=at,
        library_id=mine.library_id,
        command_id=command_id,
        after={result.value.lower(): count for result, count in tally.items()},
    )
    return mine


# Corrections of the ledger


@dataclass(frozen=True, slots=True)
class LossAct:
    """What an act on missing books needs besides the list."""

    on: date
    commission: Sequence[Member]
    grounds: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """The act, and how many of the chosen books it does not hold because they are not missing any more."""

    act: Act
    skipped: int


@transaction.atomic
def write_off_missing(
    *,
    actor: Actor,
    stocktaking: Stocktaking,
    line_ids: Sequence[int],
    stock_ids: Sequence[int] = (),
    loss: LossAct,
    at: datetime,
    command_id: UUID,
) -> WrittenOff:
    """Write off chosen missing copies, and the shortage of chosen titles kept by count, by one act for loss.

    Books that were lent, returned, found or written off since are left out and counted as skipped. Repeating a
    command_id returns the first act.

    :raises StillOpen: the stocktaking is not closed.
    :raises NotMissing: nothing is left to be written off.
    :raises CommissionTooSmall, DateInFuture, PeriodClosed: as of every act of write-off.
    """
    actor.require(Permission.FUND_STOCKTAKE, stocktaking.library.path)
    actor.require(Permission.FUND_WRITE_OFF, stocktaking.library.path)
    chosen = len(set(line_ids)) + len(set(stock_ids))
    if (done := posting.repeated_act(command_id, stocktaking.library)) is not None:
        return WrittenOff(done, chosen - _held_by(done))
    mine = _closed(stocktaking)
    wanted = queries.still_missing(mine).filter(pk__in=_ids(line_ids))
    # Locked before they are judged, in the order in which the act locks them: nobody lends one in between.
    locked = Copy.objects.select_for_update(of=("self",)).filter(pk__in=wanted.values("copy")).order_by("pk")
    in_use = hooks.reasons_in_use([copy.pk for copy in locked])
    copies = [line.copy for line in wanted.select_related("copy") if line.copy_id not in in_use]
    counted = [
        CountedLine(row.stock, quantity)
        for row in queries.shortages(mine).filter(stock__in=_ids(stock_ids)).select_related("stock")
        if (quantity := min(-row.difference, row.stock.on_shelf)) > 0
    ]
    if not copies and not counted:
        raise errors.NotMissing
    act = fund.write_off(
        actor=actor,
        library=mine.library,
        write_off=fund.WriteOff(
            on=loss.on,
            reason=WithdrawalReason.LOSS,
            copies=copies,
            counted=counted,
            commission=loss.commission,
            grounds=loss.grounds,
            note=loss.note,
        ),
        at=at,
        command_id=command_id,
    )
    StockCount.objects.filter(stocktaking=mine, stock__in=[line.stock for line in counted]).update(act=act)
    return WrittenOff(act, chosen - len(copies) - len(counted))


@dataclass(frozen=True, slots=True)
class Surplus:
    """A book that stood on the shelf without being in the books: which edition it is and what it is worth."""

    barcode: str
    record: Record
    price: Decimal
    is_on_balance: bool = True


@dataclass(frozen=True, slots=True)
class TitleSurplus:
    """The excess of a title kept by count, at a price for one volume."""

    stock_id: int
    price: Decimal


@transaction.atomic
def receive_surplus(
    *,
    actor: Actor,
    stocktaking: Stocktaking,
    books: Sequence[Surplus],
    titles: Sequence[TitleSurplus] = (),
    source: str,
    on: date,
    commission: Sequence[Member] = (),
    at: datetime,
    command_id: UUID,
) -> Act:
    """Receive books that the stocktaking found in surplus, by one act. An unknown barcode stays on its book; a book
    that was written off once gets a new inventory number and a new label.

    Repeating a command_id returns the first act.

    :raises NothingInSurplus: a barcode or a title is not in surplus (any more).
    :raises CommissionTooSmall, BadSource, BadPrice, …: as of every act of receipt.
    """
    actor.require(Permission.FUND_STOCKTAKE, stocktaking.library.path)
    if (done := posting.repeated_act(command_id, stocktaking.library)) is not None:
        return done
    mine: Stocktaking = (
        Stocktaking.objects.select_for_update(of=("self",)).select_related("library").get(pk=stocktaking.pk)
    )
    surplus = {scan.barcode: scan for scan in queries.receivable(mine)}
    for book in books:
        if book.barcode not in surplus:
            raise errors.NothingInSurplus(barcode=book.barcode)
    excess = {row.stock_id: row for row in queries.excesses(mine)}
    for title in titles:
        if title.stock_id not in excess:
            raise errors.TitleNotInSurplus
    act = fund.receive(
        actor=actor,
        library=mine.library,
        receipt=fund.Receipt(
            on=on,
            source=source,
            fund=mine.fund,
            lines=[
                fund.ReceiptLine(
                    record=book.record,
                    quantity=1,
                    price=book.price,
                    is_on_balance=book.is_on_balance,
                    barcodes=[book.barcode] if surplus[book.barcode].outcome == Outcome.UNKNOWN else None,
                    location=mine.location,
                )
                for book in books
            ]
            + [
                fund.ReceiptLine(
                    record=excess[title.stock_id].stock.record,
                    quantity=excess[title.stock_id].difference,
                    price=title.price,
                    is_counted=True,
                )
                for title in titles
            ],
            commission=commission,
            document_number=str(mine),
            document_on=mine.closed_on or mine.started_on,
            note=queries.name_of(mine),
        ),
        at=at,
        command_id=command_id,
    )
    Scan.objects.filter(stocktaking=mine, barcode__in=[book.barcode for book in books]).update(act=act)
    StockCount.objects.filter(stocktaking=mine, stock__in=[title.stock_id for title in titles]).update(act=act)
    return act


# Shared steps


def _open(stocktaking: Stocktaking) -> Stocktaking:
    """The stocktaking, kept open until the transaction ends.

    :raises Closed: it is closed.
    """
    mine: Stocktaking = (
        Stocktaking.objects.select_for_update(of=("self",)).select_related("library").get(pk=stocktaking.pk)
    )
    if mine.closed_at is not None:
        raise errors.Closed(number=str(mine))
    return mine


def _closed(stocktaking: Stocktaking) -> Stocktaking:
    """:raises StillOpen: it is not closed."""
    mine: Stocktaking = Stocktaking.objects.select_related("library").get(pk=stocktaking.pk)
    if mine.closed_at is None:
        raise errors.StillOpen(number=str(mine))
    return mine


def _ids(chosen: Sequence[int]) -> list[int]:
    """Ids without doubles.

    :raises TooMany: more than an act may hold.
    """
    ids = sorted(set(chosen))
    if len(ids) > posting.MOST_VOLUMES:
        raise fund_errors.TooMany(count=len(ids), limit=posting.MOST_VOLUMES)
    return ids


def _held_by(act: Act) -> int:
    """Copies and titles kept by count that an act took out."""
    copies = Withdrawal.objects.filter(entry__act=act).count()
    return copies + act.entries.filter(lot__isnull=False).values("lot__stock").distinct().count()


__all__ = [
    "LossAct",
    "Place",
    "Plan",
    "Scanned",
    "Surplus",
    "TitleSurplus",
    "WrittenOff",
    "close",
    "count_stock",
    "receive_surplus",
    "scan",
    "start",
    "undo",
    "write_off_missing",
]
