"""Moving a title from keeping by count to individual keeping and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.fund.enums import ActKind
from kitaphana.fund.models import Act, Copy, LedgerEntry, Member
from kitaphana.fund.services import posting, stock
from kitaphana.fund.services.stock import CountedLine
from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on


@dataclass(frozen=True, slots=True)
class Conversion:
    """What changes its way of keeping: copies that will be counted, counted volumes that will be copies."""

    on: date
    copies: Sequence[Copy] = field(default_factory=tuple)
    counted: Sequence[CountedLine] = field(default_factory=tuple)
    commission: Sequence[Member] = field(default_factory=tuple)
    grounds: str = ""
    note: str = ""


@transaction.atomic
def convert(
    *, actor: Actor, library: Organization, conversion: Conversion, at: datetime, command_id: UUID | None
) -> Act:
    """Post an act of changed accounting. Every volume leaves one way of keeping and comes into the other in the same
    groups and at the same price: the summary book, and every balance, stay as they were. Repeating a command_id
    returns the first act.

    :raises NotALibrary, LibraryClosed: the node has no fund, or works no longer.
    :raises DateInFuture, PeriodClosed, DateBeforeReceipt: the act can't have its date.
    :raises NoLines, TooMany, MixedFunds, CopyNotInFund, CopyInUse, CopyOfAnotherLibrary, StockNotEnough: the volumes
        can't be moved.
    """
    actor.require(Permission.FUND_WRITE_OFF, library.path)
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    posting.check_library(library)
    posting.check_date(conversion.on, at)
    copies, lots, fund = posting.lock_volumes(library, conversion.copies, conversion.counted, conversion.on)
    if copies:
        stock.cards(library, fund, list(dict.fromkeys(copy.record_id for copy in copies)))
    act = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.CONVERSION,
        fund=fund,
        on=conversion.on,
        at=at,
        receipts=False,
        withdrawals=False,
        pack=pack_on("fund", conversion.on, library),
        grounds=conversion.grounds.strip(),
        commission=posting.clean_commission(conversion.commission),
        note=conversion.note.strip(),
    )
    out = posting.withdraw_volumes(act, copies, lots)
    back = [_opposite(entry) for entry in out]
    counted = [entry for entry, left in zip(back, out, strict=True) if left.lot_id is None]
    if counted:
        stock.put_in(library, fund, counted)
    LedgerEntry.objects.bulk_create(back)
    new = [entry for entry, left in zip(back, out, strict=True) if left.lot_id is not None]
    if new:
        records = {entry.record_id: entry for entry in LedgerEntry.objects.filter(act=act).select_related("record")}
        posting.add_copies(
            library,
            fund,
            [
                posting.Volumes(entry=entry, shelf_mark=posting.shelf_mark(records[entry.record_id].record))
                for entry in new
            ],
        )
    return posting.finish(
        actor=actor,
        act=act,
        action="fund.convert",
        entries=[*out, *back],
        at=at,
        command_id=command_id,
        to_count=sum(entry.quantity for entry in counted),
        to_copies=sum(entry.quantity for entry in new),
    )


def _opposite(entry: LedgerEntry) -> LedgerEntry:
    """The same volumes coming in again, not yet in a lot."""
    return LedgerEntry(
        act_id=entry.act_id,
        library_id=entry.library_id,
        on=entry.on,
        record_id=entry.record_id,
        fund=entry.fund,
        kind=entry.kind,
        language_group=entry.language_group,
        content_group=entry.content_group,
        is_on_balance=entry.is_on_balance,
        quantity=-entry.quantity,
        price=entry.price,
        amount=-entry.amount,
        edition=entry.edition,
    )
