"""A reader brings another book instead of a lost one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.catalog.models import Record
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.fund import errors
from kitaphana.fund.enums import ActKind, ReceiptSource, WithdrawalReason
from kitaphana.fund.models import Act, Copy, LedgerEntry, Member, Stock
from kitaphana.fund.services import posting, stock
from kitaphana.fund.services.receipts import HIGHEST_PRICE
from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on


@transaction.atomic
def replace_lost(
    *,
    actor: Actor,
    library: Organization,
    lost: Copy | Stock,
    replacement: Record,
    price: Decimal,
    on: date,
    at: datetime,
    command_id: UUID | None = None,
    commission: Sequence[Member] = (),
    barcode: str = "",
    note: str = "",
) -> Act:
    """Post an act of replacement: the lost volume leaves (part 2), the accepted one comes in (part 1), one act.

    The replacement enters the fund of the lost one and is kept as that was: as a copy, or by count. Repeating a command_id returns the first act. The
    commission may be empty: the paper then has lines to be filled in by hand.

    :raises CopyInUse: the loan of the lost copy must be ended first, in the same transaction.
    :raises CopyNotInFund: the lost copy was withdrawn before.
    :raises CopyOfAnotherLibrary: it belongs elsewhere.
    :raises BadPrice: the price is negative or senseless.
    :raises BarcodeTaken: the given label is on another copy.
    :raises DateInFuture: the act is dated after the day of ``at``.
    :raises DateBeforeReceipt: the lost copy was received later than that.
    """
    actor.require(Permission.FUND_WRITE_OFF, library.path)
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    posting.check_library(library)
    posting.check_date(on, at)
    if not price.is_finite() or not 0 <= price < HIGHEST_PRICE:
        raise errors.BadPrice(title=replacement.title, price=price)
    barcodes = posting.clean_barcodes([barcode] if barcode.strip() else [])
    is_counted = isinstance(lost, Stock)
    copies, lots, fund = posting.lock_volumes(
        library,
        [] if isinstance(lost, Stock) else [lost],
        [stock.CountedLine(lost, 1)] if isinstance(lost, Stock) else [],
        on,
    )
    if is_counted:
        stock.cards(library, fund, [replacement.pk])
    pack = pack_on("fund", on, library)
    act = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.REPLACEMENT,
        fund=fund,
        on=on,
        at=at,
        receipts=True,
        withdrawals=True,
        pack=pack,
        source=ReceiptSource.REPLACEMENT,
        reason=WithdrawalReason.LOSS,
        commission=posting.clean_commission(commission),
        note=note.strip(),
    )
    out = posting.withdraw_volumes(act, copies, lots)
    came = posting.receipt_entry(
        act,
        replacement,
        quantity=1,
        price=tenge(price),
        is_on_balance=out[0].is_on_balance,
        pack=pack,
    )
    if is_counted:
        stock.put_in(library, fund, [came])
    LedgerEntry.objects.bulk_create([came])
    if not is_counted:
        posting.add_copies(
            library,
            fund,
            [
                posting.Volumes(
                    entry=came,
                    shelf_mark=posting.shelf_mark(replacement),
                    barcodes=barcodes,
                    location=copies[0].location,
                )
            ],
        )
    return posting.finish(
        actor=actor,
        act=act,
        action="fund.replace_lost",
        entries=[*out, came],
        at=at,
        command_id=command_id,
        lost=copies[0].barcode if copies else out[0].record_id,
    )
