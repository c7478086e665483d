"""Acts, the ledger, copies and count-based stock; transfers, approvals, closed periods."""

from __future__ import annotations

from typing import Any, TypedDict

from django.db import models
from django.db.models import F, Q

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.fund.enums import (
    ActKind,
    CopyState,
    FundType,
    LanguageGroup,
    ReceiptSource,
    TransferState,
    WithdrawalReason,
)
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.regulations.models import RulePack


class Member(TypedDict):
    """A member of a commission; the chair stands first in the list."""

    name: str
    position: str


class Act(models.Model):
    """A posted act. Its number runs without gaps per library, kind and calendar year; it never changes."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ActKind.choices)
    fund = models.CharField(max_length=10, choices=FundType.choices)
    number = models.PositiveIntegerField()
    on = models.DateField()
    year = models.PositiveSmallIntegerField()
    """Calendar year of ``on``, within which acts are numbered."""
    receipt_entry = models.PositiveIntegerField(null=True)
    """Number of the entry in part 1 of the summary book, per library, fund and year."""
    withdrawal_entry = models.PositiveIntegerField(null=True)
    """Number of the entry in part 2 of the summary book."""
    source = models.CharField(max_length=16, choices=ReceiptSource.choices, blank=True)
    supplier = models.CharField(max_length=300, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    """The accompanying document (waybill, invoice)."""
    document_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=WithdrawalReason.choices, blank=True)
    grounds = models.TextField(blank=True)
    commission = models.JSONField(default=list)
    """Chair first, then the members: objects ``{"name": …, "position": …}``."""
    note = models.TextField(blank=True)
    rule_pack = models.ForeignKey(RulePack, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    posted_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "kind", "year", "number"], name="act_number_unique"),
            models.UniqueConstraint(
                fields=["library", "fund", "year", "receipt_entry"],
                condition=Q(receipt_entry__isnull=False),
                name="act_receipt_entry_unique",
            ),
            models.UniqueConstraint(
                fields=["library", "fund", "year", "withdrawal_entry"],
                condition=Q(withdrawal_entry__isnull=False),
                name="act_withdrawal_entry_unique",
            ),
        ]
        indexes = [models.Index(fields=["library", "-on", "-id"], name="act_library")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}/{self.year}"


class Stock(models.Model):
    """A title kept by count: its registration card in one fund of a library.

    Textbooks and brochures are kept so: no inventory number, no barcode, but a card with what came, what went
    and what is in readers' hands. ``quantity`` is what the ledger says (the sum of the lots); ``issued`` is kept
    by circulation. On the shelf stands the difference.
    """

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="stocks")
    fund = models.CharField(max_length=10, choices=FundType.choices)
    card_number = models.PositiveIntegerField()
    """Number of the registration card, without gaps per library and fund."""
    quantity = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "fund", "record"], name="stock_unique"),
            models.UniqueConstraint(fields=["library", "fund", "card_number"], name="stock_card_unique"),
            models.CheckConstraint(condition=Q(issued__lte=F("quantity")), name="stock_issued_is_in_fund"),
        ]
        indexes = [models.Index(fields=["record", "library"], name="stock_record")]

    def __str__(self) -> str:
        return f"{self.card_number}: {self.quantity}"

    @property
    def on_shelf(self) -> int:
        """Volumes in the fund that nobody has."""
        return self.quantity - self.issued


class StockLot(models.Model):
    """Volumes of a stock that share price and groups: a line of the registration card.

    The groups are those fixed at the receipt, so that what leaves is taken from the column it was put into.
    """

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="lots")
    price = models.DecimalField(max_digits=14, decimal_places=2)
    kind = models.CharField(max_length=10, choices=RecordKind.choices)
    language_group = models.CharField(max_length=8, choices=LanguageGroup.choices)
    content_group = models.CharField(max_length=20)
    is_on_balance = models.BooleanField(default=True)
    quantity = models.PositiveIntegerField(default=0)
    joined_from = models.BigIntegerField(default=0)
    """The card it stood on before two records were merged; 0: it has always stood on this one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stock", "price", "is_on_balance", "kind", "language_group", "content_group", "joined_from"],
                name="stock_lot_unique",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="stock_lot_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.stock_id}: {self.quantity} × {self.price}"


class LedgerEntry(models.Model):
    """One immutable line of the ledger (triggers refuse change and removal).

    ``quantity`` and ``amount`` are signed: positive comes in, negative goes out. The groups are fixed at
    posting, so a later change of the record never changes a closed book.
    """

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="entries")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    fund = models.CharField(max_length=10, choices=FundType.choices)
    kind = models.CharField(max_length=10, choices=RecordKind.choices)
    language_group = models.CharField(max_length=8, choices=LanguageGroup.choices)
    content_group = models.CharField(max_length=20)
    """Code of a content group of the act's rule pack."""
    is_on_balance = models.BooleanField(default=True)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, null=True, related_name="entries")
    """The lot of a count-based stock that was moved; null: the entry moved individual copies."""
    edition = models.JSONField(null=True)
    """The edition as it was described at posting (``author``, ``title``, ``publisher``, ``year``): a paper printed
    again years later says the same, whatever became of the record."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="ledger_quantity_not_zero"),
            models.CheckConstraint(condition=Q(price__gte=0), name="ledger_price_not_negative"),
        ]
        indexes = [
            # Summary book and balances of a library over a period.
            models.Index(fields=["library", "fund", "on"], name="ledger_library"),
            models.Index(fields=["record", "library"], name="ledger_record"),
            # The lines of a registration card.
            models.Index(fields=["lot", "on"], condition=Q(lot__isnull=False), name="ledger_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.quantity:+d}"

    @staticmethod
    def describe(record: Record) -> dict[str, Any]:
        """The edition as papers name it: what ``edition`` holds."""
        return {
            "author": record.authors[0] if record.authors else "",
            "title": record.title,
            "place": record.place,
            "publisher": record.publisher,
            "year": record.year,
        }

    @property
    def described(self) -> dict[str, Any]:
        """The edition as it was at posting; entries older than this column say what the record says now."""
        return self.edition or self.describe(self.record)


class Copy(models.Model):
    """One physical volume."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="copies")
    fund = models.CharField(max_length=10, choices=FundType.choices)
    inventory_number = models.PositiveIntegerField()
    barcode = models.CharField(max_length=30)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    received_by = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="copies_received")
    withdrawn_by = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="copies_withdrawn"
    )
    state = models.CharField(max_length=11, choices=CopyState.choices, default=CopyState.IN_FUND)
    shelf_mark = models.CharField(max_length=120, blank=True)
    """Class mark and author mark as they stand on the spine, separated by a line feed."""
    location = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Branch or room where it stands; null: the library itself."""
    is_reference = models.BooleanField(default=False)
    """Read in the library only."""
    note = models.CharField(max_length=300, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "barcode"], name="copy_barcode_unique"),
            models.UniqueConstraint(fields=["library", "fund", "inventory_number"], name="copy_inventory_unique"),
            models.CheckConstraint(
                condition=Q(state=CopyState.IN_FUND, withdrawn_by__isnull=True)
                | Q(state=CopyState.WRITTEN_OFF, withdrawn_by__isnull=False),
                name="copy_state_agrees",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "library", "state"], name="copy_record"),
            models.Index(fields=["barcode"], name="copy_barcode"),
        ]

    def __str__(self) -> str:
        return self.barcode


class Withdrawal(models.Model):
    """A copy that a negative entry took out of the fund. Append-only, like the ledger.

    ``Copy.withdrawn_by`` tells the present state only: when a write-off is reversed the copy comes back and
    forgets the entry. The act must still list what it once listed, so the list stands here.
    """

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="withdrawals")
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="withdrawals")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "copy"], name="withdrawal_unique")]

    def __str__(self) -> str:
        return f"{self.copy_id} by {self.entry_id}"


class Draft(models.Model):
    """An act being prepared by somebody: kept line by line, so that a power cut loses nothing.

    ``content`` is what the page needs to go on; nothing is posted before the act is.
    """

    library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=ActKind.choices)
    content = models.JSONField(default=dict)
    command_id = models.UUIDField()
    """The id under which the draft will be posted, however often the button is pressed."""
    changed_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "user_id", "kind"], name="draft_unique")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class Transfer(models.Model):
    """Literature on its way from one library to another: written off there by ``act_out``, in transit until the
    other side receives it by ``act_in`` or refuses it (then ``act_out`` is reversed)."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    """Where it comes from."""
    to_library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    act_out = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="transfer_out")
    act_in = models.OneToOneField(Act, on_delete=models.PROTECT, null=True, related_name="transfer_in")
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.IN_TRANSIT)
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    """Why it was refused."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(library=F("to_library")), name="transfer_goes_elsewhere"),
            models.CheckConstraint(
                condition=Q(state="RECEIVED", act_in__isnull=False) | Q(act_in__isnull=True) & ~Q(state="RECEIVED"),
                name="transfer_state_agrees",
            ),
        ]
        indexes = [
            # What is on its way to a library, and from it.
            models.Index(fields=["to_library", "state"], name="transfer_to"),
            models.Index(fields=["library", "state"], name="transfer_from"),
        ]

    def __str__(self) -> str:
        return f"{self.library_id} → {self.to_library_id}: {self.state}"


class Approval(models.Model):
    """The director's decision on an act. Append-only: a refused act is reversed, not changed."""

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="approval")
    is_approved = models.BooleanField()
    at = models.DateTimeField()
    on = models.DateField()
    actor_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    """Who decided, as the paper names them."""
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.act_id}: {'+' if self.is_approved else '−'}"


class ClosedPeriod(models.Model):
    """The books of a library are closed up to a day: no act may be dated on or before it. Append-only.

    ``digest`` seals the summary books of the closed years (``kitaphana check`` computes it again).
    """

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    closed_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64)
    """SHA-256 of the ledger's entries up to ``until``, hexadecimal."""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "until"], name="closed_period_unique")]

    def __str__(self) -> str:
        return f"{self.library_id}: {self.until}"


class Reconciliation(models.Model):
    """The library's balances held against the accountant's on a day."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    lines = models.JSONField()
    """Objects ``{fund, source, is_on_balance, copies, amount, their_copies, their_amount}``; sums as text."""
    accountant = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["library", "-on"], name="reconciliation_library")]

    def __str__(self) -> str:
        return f"{self.library_id}: {self.on}"
