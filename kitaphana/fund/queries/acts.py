"""Acts: the list, and everything one act's page and papers show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Abs, Coalesce

from kitaphana.catalog.models import Record
from kitaphana.core.access import Reach
from kitaphana.core.money import ZERO
from kitaphana.fund import errors
from kitaphana.fund.enums import APPROVED_KINDS, ActKind
from kitaphana.fund.models import Act, Approval, Copy, LedgerEntry, Member, Transfer, Withdrawal
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class ActFilter:
    """What the list of acts is narrowed to; empty values don't narrow."""

    kind: str = ""
    fund: str = ""
    year: int | None = None
    source: str = ""
    reason: str = ""
    text: str = ""
    """Number, document number or a part of the supplier's name."""


def acts(reach: Reach, *, library: Organization | None = None, only: ActFilter = ActFilter()) -> QuerySet[Act]:
    """Acts in a reach with ``copies``, ``titles`` and ``amount``: what came in, less what went out."""
    found = Act.objects.within(reach)
    if library is not None:
        found = found.filter(library=library)
    for name in ("kind", "fund", "year", "source", "reason"):
        if value := getattr(only, name):
            found = found.filter(**{name: value})
    if text := only.text.strip():
        condition = Q(document_number__icontains=text) | Q(supplier__icontains=text)
        if text.isascii() and text.isdigit() and len(text) < 10:
            condition |= Q(number=int(text))
        found = found.filter(condition)
    entries = LedgerEntry.objects.filter(act=OuterRef("pk")).order_by().values("act")
    result: QuerySet[Act] = found.annotate(
        copies=Coalesce(Subquery(entries.annotate(n=Sum("quantity")).values("n")), 0),
        titles=Coalesce(Subquery(entries.annotate(n=Count("record", distinct=True)).values("n")), 0),
        amount=Coalesce(Subquery(entries.annotate(n=Sum("amount")).values("n")), ZERO),
    )
    return result


def act_in_reach(reach: Reach, pk: int) -> Act:
    """An act that the person may see.

    :raises ActNotFound: there is none, or it lies outside the reach.
    """
    known = Act.objects.within(reach).select_related("library", "rule_pack", "reverses")
    act: Act | None = known.filter(pk=pk).first()
    if act is None:
        raise errors.ActNotFound()
    return act


def years_of(library: Organization) -> list[int]:
    """Calendar years in which a library has acts, newest first."""
    return list(Act.objects.filter(library=library).order_by("-year").values_list("year", flat=True).distinct())


def latest_commission(library: Organization) -> list[Member]:
    """The commission of the library's newest act that has one: the next act usually has the same."""
    commission = (
        Act.objects.filter(library=library).exclude(commission=[]).order_by("-pk").values_list("commission", flat=True)
    ).first()
    return list(commission or [])


@dataclass(frozen=True, slots=True)
class ActLine:
    """One ledger entry of an act with its copies."""

    entry: LedgerEntry
    record: Record
    quantity: int
    """Signed, as in the ledger."""
    price: Decimal
    amount: Decimal
    copies: list[Copy]

    @property
    def volumes(self) -> int:
        """The number of volumes, unsigned."""
        return abs(self.quantity)

    @property
    def sum(self) -> Decimal:
        """The amount, unsigned."""
        return abs(self.amount)

    @property
    def author(self) -> str:
        """The heading author as it was at posting, if there is one."""
        return str(self.entry.described["author"])

    @property
    def title(self) -> str:
        """The title as it was at posting."""
        return str(self.entry.described["title"])

    @property
    def year(self) -> int | None:
        """The year of publication as it was at posting."""
        year: int | None = self.entry.described["year"]
        return year

    @property
    def card_number(self) -> int | None:
        """Number of the registration card, where the volumes are kept by count."""
        return self.entry.lot.stock.card_number if self.entry.lot is not None else None


@dataclass(frozen=True, slots=True)
class ActPage:
    """Everything an act's page and its papers show."""

    act: Act
    received: list[ActLine]
    """What came in (for a reversing act: what came back)."""
    withdrawn: list[ActLine]
    reversed_by: Act | None
    approval: Approval | None = None
    transfer: Transfer | None = None
    """The transfer that an act of transfer began."""

    @property
    def lines(self) -> list[ActLine]:
        """All lines: what came in first."""
        return [*self.received, *self.withdrawn]

    @property
    def waits(self) -> bool:
        """Whether the act waits for the director."""
        return self.act.kind in APPROVED_KINDS and self.approval is None and self.reversed_by is None

    @property
    def copies(self) -> list[Copy]:
        """All copies in the order of the lines."""
        return [copy for line in self.lines for copy in line.copies]


def act_page(act: Act) -> ActPage:
    """The lines of an act with their copies: a fixed number of statements."""
    entries = list(act.entries.select_related("record", "lot__stock").order_by("pk"))
    copies: dict[int, list[Copy]] = {}
    for copy in Copy.objects.filter(received_by__act=act).order_by("inventory_number"):
        copies.setdefault(copy.received_by_id, []).append(copy)
    for row in Withdrawal.objects.filter(entry__act=act).select_related("copy").order_by("copy__inventory_number"):
        copies.setdefault(row.entry_id, []).append(row.copy)
    if act.kind == ActKind.REVERSAL and act.reverses_id:
        # Entries are mirrored one to one in their order: what the first act took out has come back.
        originals = LedgerEntry.objects.filter(act_id=act.reverses_id).order_by("pk").values_list("pk", flat=True)
        mirror = dict(zip(originals, (entry.pk for entry in entries), strict=True))
        for row in (
            Withdrawal.objects.filter(entry__act_id=act.reverses_id)
            .select_related("copy")
            .order_by("copy__inventory_number")
        ):
            copies.setdefault(mirror[row.entry_id], []).append(row.copy)
    lines = [
        ActLine(
            entry=entry,
            record=entry.record,
            quantity=entry.quantity,
            price=entry.price,
            amount=entry.amount,
            copies=copies.get(entry.pk, []),
        )
        for entry in entries
    ]
    return ActPage(
        act=act,
        received=[line for line in lines if line.quantity > 0],
        withdrawn=[line for line in lines if line.quantity < 0],
        reversed_by=Act.objects.filter(reverses=act).first(),
        approval=Approval.objects.filter(act=act).first() if act.kind in APPROVED_KINDS else None,
        transfer=Transfer.objects.select_related("library", "to_library", "act_in").filter(act_out=act).first()
        if act.kind == ActKind.TRANSFER
        else None,
    )


def act_totals(acts_of: QuerySet[Act]) -> dict[str, Any]:
    """Number of acts and volumes moved by the acts of a list, for its tiles."""
    ids = acts_of.order_by().values("pk")
    entries = LedgerEntry.objects.filter(act__in=ids)
    plus, minus = Q(quantity__gt=0), Q(quantity__lt=0)
    found: dict[str, Any] = entries.aggregate(
        acts=Count("act", distinct=True),
        received=Coalesce(Sum("quantity", filter=plus), 0),
        received_sum=Coalesce(Sum("amount", filter=plus), ZERO),
        withdrawn=Coalesce(Sum(Abs(F("quantity")), filter=minus), 0),
        withdrawn_sum=Coalesce(Sum(Abs(F("amount")), filter=minus), ZERO),
    )
    return found
