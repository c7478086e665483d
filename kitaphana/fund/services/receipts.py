"""Receiving literature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.fund import errors
from kitaphana.fund.enums import ActKind, FundType, ReceiptSource
from kitaphana.fund.models import Act, LedgerEntry, Member
from kitaphana.fund.services import posting, stock
from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on

HIGHEST_PRICE = Decimal(100_000_000)
"""Tenge for one volume; more is a slip of the scanner into the price field."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Volumes of one edition at one price (tenge for one volume)."""

    record: Record
    quantity: int
    price: Decimal
    is_on_balance: bool = True
    barcodes: list[str] | None = None
    """Labels printed already, one for each volume; None or empty: new ones are given."""
    location: Organization | None = None
    is_reference: bool = False
    is_counted: bool = False
    """Kept by count on a registration card; no inventory numbers and barcodes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an act of receipt says. ``fund`` None: decided by the editions' kinds."""

    on: date
    source: str
    lines: Sequence[ReceiptLine]
    fund: str | None = None
    supplier: str = ""
    document_number: str = ""
    document_on: date | None = None
    commission: Sequence[Member] = field(default_factory=tuple)
    note: str = ""


def fund_of(records: Sequence[Record]) -> FundType:
    """The fund that editions belong to: textbooks to the textbook fund, all others to the core fund.

    :raises MixedFunds: there are both.
    """
    textbooks = {record.kind == RecordKind.TEXTBOOK for record in records}
    if len(textbooks) > 1:
        raise errors.MixedFunds()
    return FundType.TEXTBOOK if True in textbooks else FundType.CORE


def _check_line(library: Organization, line: ReceiptLine) -> None:
    if line.quantity < 1:
        raise errors.BadQuantity(title=line.record.title)
    if line.record.removed_at is not None:
        raise errors.RecordGone(title=line.record.title)
    if line.record.kind == RecordKind.ARTICLE:
        raise errors.OnlyAPart(title=line.record.title)
    if not line.price.is_finite() or not 0 <= line.price < HIGHEST_PRICE:
        raise errors.BadPrice(title=line.record.title, price=line.price)
    if line.barcodes and (line.is_counted or len(line.barcodes) != line.quantity):
        raise errors.BarcodesDoNotMatch(title=line.record.title, quantity=line.quantity, count=len(line.barcodes))
    if line.location is not None and not line.location.path.startswith(library.path):
        raise errors.BadLocation(location=line.location.name)


@transaction.atomic
def receive(*, actor: Actor, library: Organization, receipt: Receipt, at: datetime, command_id: UUID | None) -> Act:
    """Post an act of receipt: ledger entries, and a copy with inventory number and barcode for every volume, or
    counts on registration cards for lines that are kept by count.

    Repeating a command_id returns the first act. ``LedgerEntry.copies_received`` leads to the new copies.

    :raises NotALibrary: the node owns no fund.
    :raises LibraryClosed: it works no longer.
    :raises DateInFuture: the act is dated after the day of ``at``.
    :raises PeriodClosed: it is dated in a closed period.
    :raises NoLines: there are none.
    :raises TooMany: more than 20,000 volumes.
    :raises RecordGone: a line's record has left the catalogue.
    :raises OnlyAPart: a line is an article: the journal that it stands in is received.
    :raises BadQuantity: a line has fewer than one volume.
    :raises BadPrice: a price is negative or senseless.
    :raises BadSource: unknown source or fund.
    :raises MixedFunds: no fund was named and the editions belong to both.
    :raises CommissionTooSmall: a gift without a document needs a commission that values it.
    :raises BarcodeTaken: a given label is on another copy, or given twice.
    :raises BadBarcode: a given label is not a code.
    :raises BarcodesDoNotMatch: their number is not that of the volumes.
    :raises BadLocation: a room of somebody else.
    """
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    posting.check_library(library)
    posting.check_date(receipt.on, at)
    if receipt.source not in ReceiptSource.values:
        raise errors.BadSource(value=receipt.source)
    if not receipt.lines:
        raise errors.NoLines()
    for line in receipt.lines:
        _check_line(library, line)
    numbered = sum(line.quantity for line in receipt.lines if not line.is_counted)
    if numbered > posting.MOST_VOLUMES:
        raise errors.TooMany(count=numbered, limit=posting.MOST_VOLUMES)
    if len(receipt.lines) > posting.MOST_VOLUMES:
        raise errors.TooMany(count=len(receipt.lines), limit=posting.MOST_VOLUMES)
    fund = posting.check_fund(receipt.fund) if receipt.fund else fund_of([line.record for line in receipt.lines])
    barcodes = posting.clean_barcodes(code for line in receipt.lines for code in line.barcodes or ())
    pack = pack_on("fund", receipt.on, library)
    commission = posting.clean_commission(receipt.commission)
    if receipt.source == ReceiptSource.GIFT and not receipt.document_number.strip():
        posting.check_commission(commission, pack)
    if on_cards := list(dict.fromkeys(line.record.pk for line in receipt.lines if line.is_counted)):
        stock.cards(library, fund, on_cards)
    act = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.RECEIPT,
        fund=fund,
        on=receipt.on,
        at=at,
        receipts=True,
        withdrawals=False,
        pack=pack,
        source=receipt.source,
        supplier=receipt.supplier.strip()[:300],
        document_number=receipt.document_number.strip()[:60],
        document_on=receipt.document_on,
        commission=commission,
        note=receipt.note.strip(),
    )
    entries = [
        posting.receipt_entry(
            act,
            line.record,
            quantity=line.quantity,
            price=tenge(line.price),
            is_on_balance=line.is_on_balance,
            pack=pack,
        )
        for line in receipt.lines
    ]
    pairs = list(zip(receipt.lines, entries, strict=True))
    counted = [entry for line, entry in pairs if line.is_counted]
    if counted:
        stock.put_in(library, fund, counted)
    entries = LedgerEntry.objects.bulk_create(entries)
    left = iter(barcodes)
    marks = {line.record.pk: posting.shelf_mark(line.record) for line in receipt.lines}
    posting.add_copies(
        library,
        fund,
        [
            posting.Volumes(
                entry=entry,
                shelf_mark=marks[line.record.pk],
                barcodes=[next(left) for _ in line.barcodes or ()],
                location=line.location,
                is_reference=line.is_reference,
            )
            for line, entry in pairs
            if not line.is_counted
        ],
    )
    return posting.finish(
        actor=actor,
        act=act,
        action="fund.receive",
        entries=entries,
        at=at,
        command_id=command_id,
        source=str(receipt.source),
    )
