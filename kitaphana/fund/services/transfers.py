"""Literature that goes from one library to another, with an act on either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors
from kitaphana.fund.enums import ActKind, ReceiptSource, TransferState, WithdrawalReason
from kitaphana.fund.models import Act, Copy, LedgerEntry, Member, Transfer
from kitaphana.fund.services import posting
from kitaphana.fund.services.receipts import Receipt, ReceiptLine, receive
from kitaphana.fund.services.reversals import reverse
from kitaphana.fund.services.stock import CountedLine
from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on


@dataclass(frozen=True, slots=True)
class Sending:
    """What an act of transfer says."""

    on: date
    to_library: Organization
    copies: Sequence[Copy] = field(default_factory=tuple)
    counted: Sequence[CountedLine] = field(default_factory=tuple)
    commission: Sequence[Member] = field(default_factory=tuple)
    grounds: str = ""
    note: str = ""


@transaction.atomic
def send(*, actor: Actor, library: Organization, sending: Sending, at: datetime, command_id: UUID | None) -> Transfer:
    """Post an act of transfer: the volumes leave the fund and are on their way. Repeating a command_id returns the
    first transfer.

    :raises SameLibrary: they would go to where they are.
    :raises NotALibrary, LibraryClosed: one of the two has no fund, or works no longer.
    :raises DateInFuture, PeriodClosed, DateBeforeReceipt: the act can't have its date.
    :raises NoLines, TooMany, MixedFunds, CopyNotInFund, CopyInUse, CopyOfAnotherLibrary, StockNotEnough: the volumes
        can't leave.
    """
    actor.require(Permission.FUND_WRITE_OFF, library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return Transfer.objects.get(act_out=done)
    posting.check_library(library)
    posting.check_library(sending.to_library)
    if sending.to_library.pk == library.pk:
        raise errors.SameLibrary(library=library.name)
    posting.check_date(sending.on, at)
    copies, lots, fund = posting.lock_volumes(library, sending.copies, sending.counted, sending.on)
    act = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.TRANSFER,
        fund=fund,
        on=sending.on,
        at=at,
        receipts=False,
        withdrawals=True,
        pack=pack_on("fund", sending.on, library),
        reason=WithdrawalReason.TRANSFER,
        supplier=sending.to_library.name[:300],
        grounds=sending.grounds.strip(),
        commission=posting.clean_commission(sending.commission),
        note=sending.note.strip(),
    )
    entries = posting.withdraw_volumes(act, copies, lots)
    transfer = Transfer.objects.create(library=library, to_library=sending.to_library, act_out=act, sent_at=at)
    posting.finish(
        actor=actor,
        act=act,
        action="fund.send",
        entries=entries,
        at=at,
        command_id=command_id,
        to_library=sending.to_library.code,
    )
    return transfer


@transaction.atomic
def accept(*, actor: Actor, transfer: Transfer, on: date, at: datetime, command_id: UUID | None) -> Act:
    """Receive what is on its way, by an act of receipt with the same editions, numbers and prices; what was counted
    there is counted here. Repeating a command_id returns the first act.

    :raises TransferEnded: it was received or refused before.
    :raises DateBeforeReceipt: the date is before that of the act of transfer.
    """
    library = transfer.to_library
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    transfer = _locked(transfer)
    out = transfer.act_out
    if on < out.on:
        raise errors.DateBeforeReceipt(on=on.strftime("%d.%m.%Y"), received_on=out.on.strftime("%d.%m.%Y"))
    entries = LedgerEntry.objects.filter(act=out).select_related("record").order_by("pk")
    act = receive(
        actor=actor,
        library=library,
        receipt=Receipt(
            on=on,
            source=ReceiptSource.TRANSFER,
            fund=out.fund,
            supplier=transfer.library.name,
            document_number=str(out.number),
            document_on=out.on,
            lines=[
                ReceiptLine(
                    record=entry.record,
                    quantity=-entry.quantity,
                    price=entry.price,
                    is_on_balance=entry.is_on_balance,
                    is_counted=entry.lot_id is not None,
                )
                for entry in entries
            ],
        ),
        at=at,
        command_id=command_id,
    )
    transfer.act_in, transfer.state, transfer.ended_at = act, TransferState.RECEIVED, at
    transfer.save(update_fields=["act_in", "state", "ended_at"])
    return act


@transaction.atomic
def refuse(*, actor: Actor, transfer: Transfer, on: date, at: datetime, note: str, command_id: UUID | None) -> Transfer:
    """Send back what is on its way: the act of transfer is reversed and the volumes are in the first fund again. Either
    side may do it.

    :raises TransferEnded: it was received or refused before.
    """
    if not actor.may(Permission.FUND_RECEIVE, transfer.to_library.path):
        actor.require(Permission.FUND_WRITE_OFF, transfer.library.path)
    if (done := posting.repeated_act(command_id, transfer.library)) is not None:
        return Transfer.objects.get(act_out=done.reverses)
    transfer = _locked(transfer)
    # The reversal belongs to the sender's books; the receiver's refusal is its ground.
    reverse(
        actor=_for(actor, transfer),
        act=transfer.act_out,
        on=on,
        at=at,
        note=note,
        command_id=command_id if command_id is None else uuid5(command_id, "reverse"),
    )
    transfer.state, transfer.ended_at, transfer.note = TransferState.REFUSED, at, note.strip()[:500]
    transfer.save(update_fields=["state", "ended_at", "note"])
    return transfer


def _for(actor: Actor, transfer: Transfer) -> Actor:
    """The same person with the right to reverse the sender's act, which refusing a transfer includes."""
    if actor.may(Permission.FUND_WRITE_OFF, transfer.library.path):
        return actor
    return actor.also(transfer.library.path, Permission.FUND_WRITE_OFF)


def _locked(transfer: Transfer) -> Transfer:
    """:raises TransferEnded: it is on its way no longer."""
    found: Transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("act_out__library", "library", "to_library")
        .get(pk=transfer.pk)
    )
    if found.state != TransferState.IN_TRANSIT:
        raise errors.TransferEnded()
    return found
