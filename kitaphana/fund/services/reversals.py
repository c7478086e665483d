"""Mending a mistake: the opposite entries of an act."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors
from kitaphana.fund.enums import ActKind, CopyState, TransferState
from kitaphana.fund.models import Act, Copy, LedgerEntry, StockLot, Transfer, Withdrawal
from kitaphana.fund.services import posting, stock

_PERMISSIONS = {
    ActKind.RECEIPT: Permission.FUND_RECEIVE,
    ActKind.WRITE_OFF: Permission.FUND_WRITE_OFF,
    ActKind.REPLACEMENT: Permission.FUND_WRITE_OFF,
    ActKind.REVERSAL: Permission.FUND_WRITE_OFF,
    ActKind.TRANSFER: Permission.FUND_WRITE_OFF,
    ActKind.CONVERSION: Permission.FUND_WRITE_OFF,
    ActKind.OPENING: Permission.FUND_RECEIVE,
}


@transaction.atomic
def reverse(*, actor: Actor, act: Act, on: date, at: datetime, command_id: UUID | None, note: str = "") -> Act:
    """Post the reversing act of an act: every entry with the opposite sign.

    Copies that the act brought in leave the fund: the reversing entry stands as their ``withdrawn_by``, and
    their inventory numbers stay struck out in the book for ever. Copies that the act took out come back
    under their old numbers with ``withdrawn_by`` empty again; that they were away is told by the
    ``Withdrawal`` rows of the first act. Repeating a command_id returns the first reversing act.

    A reversed act of transfer ends the transfer: nobody can receive it any more.

    :raises ActReversed: it was reversed already.
    :raises TransferEnded: the other library has received what the act handed over.
    :raises ReversalIsFinal: it is itself a reversing act.
    :raises ActHasFollowers: a copy it brought in has left the fund by a later act.
    :raises CopyInUse: a copy it brought in is lent or on the hold shelf.
    :raises DateInFuture: the date is after the day of ``at``.
    :raises DateBeforeReceipt: the date is before that of the act.
    :raises StockNotEnough: readers have volumes that it brought in by count, or they left by a later act.
    :raises PeriodClosed: the date lies in a closed period.
    """
    library = act.library
    actor.require(_PERMISSIONS[ActKind(act.kind)], library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    posting.check_library(library)
    posting.check_date(on, at)
    if act.kind == ActKind.TRANSFER:
        # Before the act: commands on transfers lock them in this order.
        _end_transfer(act, at, note)
    act = Act.objects.select_for_update(of=("self",)).select_related("library").get(pk=act.pk)
    if act.kind == ActKind.REVERSAL:
        raise errors.ReversalIsFinal()
    if Act.objects.filter(reverses=act).exists():
        raise errors.ActReversed(number=act.number)
    if on < act.on:
        raise errors.DateBeforeReceipt(on=on.strftime("%d.%m.%Y"), received_on=act.on.strftime("%d.%m.%Y"))
    entries = list(act.entries.select_related("lot").order_by("pk"))
    lots: dict[StockLot, int] = {}
    for entry in entries:
        if entry.lot is not None:
            lots[entry.lot] = lots.get(entry.lot, 0) - entry.quantity
    brought = list(
        Copy.objects.select_for_update(of=("self",))
        .select_related("received_by")
        .filter(received_by__act=act)
        .order_by("pk")
    )
    for copy in brought:
        if copy.state != CopyState.IN_FUND:
            raise errors.ActHasFollowers(barcode=copy.barcode)
    if brought:
        posting.check_not_in_use(brought)
        posting.check_after_receipt(brought, on)
    if lots:
        stock.lock(library, (lot.stock_id for lot in lots))
    reversing = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.REVERSAL,
        fund=act.fund,
        on=on,
        at=at,
        # The storno stands in the part of the summary book that it corrects.
        # An opening balance mended in its own year was never in part 1; in a later year it is a negative line there.
        receipts=act.receipt_entry is not None or (act.kind == ActKind.OPENING and on.year != act.year),
        withdrawals=act.withdrawal_entry is not None,
        pack=act.rule_pack,
        reverses=act,
        source=act.source,
        supplier=act.supplier,
        reason=act.reason,
        note=note.strip(),
    )
    opposite = LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                act=reversing,
                library_id=entry.library_id,
                on=on,
                record_id=entry.record_id,
                fund=entry.fund,
                kind=entry.kind,
                language_group=entry.language_group,
                content_group=entry.content_group,
                is_on_balance=entry.is_on_balance,
                quantity=-entry.quantity,
                price=entry.price,
                amount=-entry.amount,
                lot_id=entry.lot_id,
                edition=entry.edition,
            )
            for entry in entries
        ]
    )
    if lots:
        stock.move(lots)
    out: dict[int, list[int]] = {}
    mirror = {entry.pk: against.pk for entry, against in zip(entries, opposite, strict=True)}
    for copy in brought:
        out.setdefault(mirror[copy.received_by_id], []).append(copy.pk)
    Copy.objects.filter(pk__in=Withdrawal.objects.filter(entry__act=act).values("copy")).update(
        state=CopyState.IN_FUND, withdrawn_by=None
    )
    if out:
        posting.take_out(reversing, out)
    # What was received by a transfer is on its way again: its volumes are never in neither fund.
    Transfer.objects.filter(act_in=act).update(act_in=None, state=TransferState.IN_TRANSIT, ended_at=None)
    return posting.finish(
        actor=actor,
        act=reversing,
        action="fund.reverse",
        entries=opposite,
        at=at,
        command_id=command_id,
        reverses=act.pk,
    )


def _end_transfer(act: Act, at: datetime, note: str) -> None:
    """:raises TransferEnded: it was received; what is there can't be here again."""
    transfer = Transfer.objects.select_for_update().filter(act_out=act).first()
    if transfer is None:
        return
    if transfer.state == TransferState.RECEIVED:
        raise errors.TransferEnded()
    transfer.state, transfer.ended_at, transfer.note = TransferState.REFUSED, at, note.strip()[:500]
    transfer.save(update_fields=["state", "ended_at", "note"])
