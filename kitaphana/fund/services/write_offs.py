"""Withdrawing literature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors
from kitaphana.fund.enums import ActKind, WithdrawalReason
from kitaphana.fund.models import Act, Copy, Member
from kitaphana.fund.services import posting
from kitaphana.fund.services.stock import CountedLine
from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What an act of write-off says: one reason for all its volumes, and a commission with the chair first."""

    on: date
    reason: str
    copies: Sequence[Copy] = field(default_factory=tuple)
    counted: Sequence[CountedLine] = field(default_factory=tuple)
    """Volumes of count-based stock."""
    commission: Sequence[Member] = field(default_factory=tuple)
    grounds: str = ""
    note: str = ""


@transaction.atomic
def write_off(
    *, actor: Actor, library: Organization, write_off: WriteOff, at: datetime, command_id: UUID | None
) -> Act:
    """Post an act of write-off: negative ledger entries; copies and counted volumes leave the fund.

    Repeating a command_id returns the first act.

    :raises NotALibrary: the node owns no fund.
    :raises LibraryClosed: it works no longer.
    :raises DateInFuture: the act is dated after the day of ``at``.
    :raises DateBeforeReceipt: a copy was received later than the act's date.
    :raises NoLines: no copy is named.
    :raises TooMany: more than 20,000.
    :raises BadSource: unknown reason.
    :raises CommissionTooSmall: fewer people than the rules ask for.
    :raises MixedFunds: copies of both funds.
    :raises CopyNotInFund: a copy was withdrawn before.
    :raises CopyInUse: a copy is lent or on the hold shelf.
    :raises CopyOfAnotherLibrary: a copy belongs elsewhere.
    :raises StockNotEnough: fewer volumes of a stock stand on the shelf.
    :raises PeriodClosed: the act is dated in a closed period.
    """
    actor.require(Permission.FUND_WRITE_OFF, library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    posting.check_library(library)
    posting.check_date(write_off.on, at)
    pack = pack_on("fund", write_off.on, library)
    if write_off.reason not in WithdrawalReason.values or write_off.reason not in pack.parameters["withdrawal_reasons"]:
        raise errors.BadSource(value=write_off.reason)
    commission = posting.clean_commission(write_off.commission)
    posting.check_commission(commission, pack)
    copies, lots, fund = posting.lock_volumes(library, write_off.copies, write_off.counted, write_off.on)
    act = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.WRITE_OFF,
        fund=fund,
        on=write_off.on,
        at=at,
        receipts=False,
        withdrawals=True,
        pack=pack,
        reason=write_off.reason,
        grounds=write_off.grounds.strip(),
        commission=commission,
        note=write_off.note.strip(),
    )
    entries = posting.withdraw_volumes(act, copies, lots)
    return posting.finish(
        actor=actor,
        act=act,
        action="fund.write_off",
        entries=entries,
        at=at,
        command_id=command_id,
        reason=str(write_off.reason),
    )
