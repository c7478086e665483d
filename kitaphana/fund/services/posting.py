"""What every posting of an act shares: rules of dates and libraries, numbers, groups, new copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery

from kitaphana.catalog.author_mark import author_mark
from kitaphana.catalog.models import Record
from kitaphana.core import audit, changes, clock, numbers
from kitaphana.core.access import Actor
from kitaphana.core.text.scanner import decode_scan, looks_like_code
from kitaphana.fund import errors, hooks
from kitaphana.fund.barcodes import copy_barcode
from kitaphana.fund.enums import ActKind, CopyState, FundType, LanguageGroup
from kitaphana.fund.models import Act, ClosedPeriod, Copy, LedgerEntry, Member, Stock, StockLot, Withdrawal
from kitaphana.fund.services import stock
from kitaphana.organizations.models import Organization
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.queries import content_group

MOST_VOLUMES = 20_000
"""Volumes that one act may hold; a page and a transaction must stay bearable."""

_LANGUAGES = {"kaz": LanguageGroup.KAZAKH, "rus": LanguageGroup.RUSSIAN}


def repeated_act(command_id: UUID | None, library: Organization) -> Act | None:
    """The act that a repeated command made the first time.

    :raises CommandIdReused: the id belongs to another command, or to another library.
    """
    done = audit.repeated(command_id)
    if done is None:
        return None
    act: Act | None = Act.objects.filter(pk=done.object_id or 0, library=library).first()
    if act is None or done.object_kind != Act._meta.label_lower:
        raise errors.CommandIdReused()
    return act


def check_library(library: Organization) -> None:
    """The node must own a fund and work.

    :raises NotALibrary: it owns none.
    :raises LibraryClosed: it works no longer.
    """
    if not library.is_library or library.barcode_prefix is None:
        raise errors.NotALibrary(library=library.name)
    if library.is_closed:
        raise errors.LibraryClosed(library=library.name)


def check_date(on: date, at: datetime) -> None:
    """:raises DateInFuture: the act is dated after the day of posting."""
    if on > clock.day_of(at):
        raise errors.DateInFuture(on=on.strftime("%d.%m.%Y"))


def lock_books(library: Organization) -> None:
    """Hold the books of a library until the command ends. PostgreSQL lets others refer to the library meanwhile."""
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=library.pk).values_list("pk"))


def closed_until(library: Organization) -> date | None:
    """The last day of the closed periods; None: nothing is closed."""
    latest: date | None = ClosedPeriod.objects.filter(library=library).aggregate(until=Max("until"))["until"]
    return latest


def clean_commission(commission: Iterable[Member]) -> list[Member]:
    """The named members without blanks around them; those without a name fall away."""
    return [
        Member(name=name, position=" ".join(member["position"].split()))
        for member in commission
        if (name := " ".join(member["name"].split()))
    ]


def check_commission(commission: Sequence[Member], pack: RulePack) -> None:
    """:raises CommissionTooSmall: fewer members than the rule pack asks for."""
    minimum = int(pack.parameters["commission_minimum"])
    if len(commission) < minimum:
        raise errors.CommissionTooSmall(minimum=minimum, count=len(commission))


def language_group(record: Record) -> LanguageGroup:
    """The language column of the summary book that an edition falls into."""
    return _LANGUAGES.get(record.language, LanguageGroup.OTHER)


def shelf_mark(record: Record) -> str:
    """Class mark (UDC, else BBK) and author mark, separated by a line feed, as the spine label shows them."""
    mark = record.author_mark
    if not mark:
        mark = author_mark(record.authors[0] if record.authors else record.title)
    return "\n".join(part for part in (record.udc or record.bbk, mark) if part)[:120]


def post_act(
    *,
    actor: Actor,
    library: Organization,
    kind: ActKind,
    fund: str,
    on: date,
    at: datetime,
    receipts: bool,
    withdrawals: bool,
    pack: RulePack,
    **details: Any,
) -> Act:
    """Write the act with the next number of its kind and year and the next entry numbers of the summary book.

    :raises PeriodClosed: the date lies in a closed period.
    """

    def entry(series: str) -> int:
        return numbers.take(library.pk, f"summary.{series}.{fund}.{on.year}")[0]

    number = numbers.take(library.pk, f"act.{kind}.{on.year}")[0]
    receipt = entry("receipts") if receipts else None
    withdrawal = entry("withdrawals") if withdrawals else None
    # Last of all locks: a period is closed under the same one, so that no act slips in behind the seal.
    lock_books(library)
    until = closed_until(library)
    if until is not None and on <= until:
        raise errors.PeriodClosed(on=on.strftime("%d.%m.%Y"), until=until.strftime("%d.%m.%Y"))
    return Act.objects.create(
        library=library,
        kind=kind,
        fund=fund,
        on=on,
        year=on.year,
        number=number,
        receipt_entry=receipt,
        withdrawal_entry=withdrawal,
        posted_at=at,
        actor_id=actor.user_id,
        rule_pack=pack,
        **details,
    )


def receipt_entry(
    act: Act, record: Record, *, quantity: int, price: Decimal, is_on_balance: bool, pack: RulePack
) -> LedgerEntry:
    """An unsaved positive entry; the record's groups are fixed here and now."""
    return LedgerEntry(
        act=act,
        library_id=act.library_id,
        on=act.on,
        record=record,
        fund=act.fund,
        kind=record.kind,
        language_group=language_group(record),
        content_group=content_group(pack, bbk=record.bbk, udc=record.udc),
        is_on_balance=is_on_balance,
        quantity=quantity,
        price=price,
        amount=price * quantity,
        edition=LedgerEntry.describe(record),
    )


@dataclass(slots=True)
class Volumes:
    """New copies that one entry brings in. ``barcodes`` are given labels; empty: new ones are made. ``numbers`` are
    inventory numbers of a former book; empty: the next ones of the series."""

    entry: LedgerEntry
    shelf_mark: str
    barcodes: list[str] = field(default_factory=list)
    location: Organization | None = None
    is_reference: bool = False
    numbers: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def clean_barcodes(barcodes: Iterable[str]) -> list[str]:
    """Labels as a scanner gave them, decoded (a Kazakh keyboard layout included).

    :raises BadBarcode: one is not a code.
    :raises BarcodeTaken: one is given twice.
    """
    cleaned: list[str] = []
    for text in barcodes:
        code = decode_scan(text)
        if len(code) > 30 or not looks_like_code(code):
            raise errors.BadBarcode(barcode=text[:40])
        if code in cleaned:
            raise errors.BarcodeTaken(barcode=code)
        cleaned.append(code)
    return cleaned


def check_barcodes_free(library: Organization, barcodes: Sequence[str]) -> None:
    """:raises BarcodeTaken: a copy of the library, withdrawn ones included, has one of them."""
    for start in range(0, len(barcodes), 500):
        taken = Copy.objects.filter(library=library, barcode__in=barcodes[start : start + 500])
        if (code := taken.values_list("barcode", flat=True).first()) is not None:
            raise errors.BarcodeTaken(barcode=code)


def _new_barcodes(library: Organization, count: int, given: set[str]) -> list[str]:
    """The next barcodes of the library's series that are on no copy: labels printed ahead may have been
    used."""
    assert library.barcode_prefix is not None  # check_library said so
    made: list[str] = []
    while len(made) < count:
        series = numbers.take(library.pk, "barcode", count - len(made))
        codes = [copy_barcode(library.barcode_prefix, serial) for serial in series]
        taken = set(given)
        for start in range(0, len(codes), 500):
            part = codes[start : start + 500]
            taken.update(Copy.objects.filter(library=library, barcode__in=part).values_list("barcode", flat=True))
        made += [code for code in codes if code not in taken]
    return made


def add_copies(library: Organization, fund: str, volumes: Sequence[Volumes]) -> list[Copy]:
    """Write the copies of saved entries: inventory numbers of the fund's series and barcodes, in the lines'
    order."""
    if not volumes:
        return []
    total = sum(line.entry.quantity for line in volumes)
    given = [code for line in volumes for code in line.barcodes]
    check_barcodes_free(library, given)
    kept = sum(len(line.numbers) for line in volumes)
    inventory = iter(numbers.take(library.pk, f"inventory.{fund}", total - kept) if total > kept else ())
    new = iter(_new_barcodes(library, total - len(given), set(given)) if total > len(given) else [])
    copies = [
        Copy(
            library=library,
            record_id=line.entry.record_id,
            fund=fund,
            inventory_number=line.numbers[index] if line.numbers else next(inventory),
            barcode=line.barcodes[index] if line.barcodes else next(new),
            price=line.entry.price,
            received_by=line.entry,
            shelf_mark=line.shelf_mark,
            location=line.location,
            is_reference=line.is_reference,
            note=line.notes[index] if line.notes else "",
        )
        for line in volumes
        for index in range(line.entry.quantity)
    ]
    return Copy.objects.bulk_create(copies)


def take_out(act: Act, entries: Mapping[int, Sequence[int]]) -> None:
    """Write copies off by saved negative entries (entry id → copy ids); a fixed number of updates.

    :raises CopyNotInFund: one of them left the fund at the same moment.
    """
    rows = [Withdrawal(entry_id=entry, copy_id=copy) for entry, copies in entries.items() for copy in copies]
    Withdrawal.objects.bulk_create(rows)
    mine = Withdrawal.objects.filter(entry__act=act)
    updated = Copy.objects.filter(pk__in=mine.values("copy"), state=CopyState.IN_FUND).update(
        state=CopyState.WRITTEN_OFF,
        withdrawn_by=Subquery(mine.filter(copy=OuterRef("pk")).values("entry")[:1]),
    )
    if updated != len(rows):
        raise errors.CopyNotInFund(barcode="")


def lock_copies(library: Organization, copy_ids: Iterable[int]) -> list[Copy]:
    """The copies, locked in the order of their ids, each with the entry that received it.

    :raises CopyOfAnotherLibrary: one belongs elsewhere.
    :raises CopyNotInFund: one was withdrawn before.
    :raises CopyInUse: a domain above has one.
    :raises CopyNotFound: one does not exist.
    """
    wanted = sorted(set(copy_ids))
    copies: list[Copy] = []
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        copies += (
            Copy.objects.select_for_update(of=("self",))
            .select_related("received_by")
            .filter(pk__in=part)
            .order_by("pk")
        )
    if len(copies) != len(wanted):
        missing = set(wanted) - {copy.pk for copy in copies}
        raise errors.CopyNotFound(barcode=min(missing))
    for copy in copies:
        if copy.library_id != library.pk:
            raise errors.CopyOfAnotherLibrary(barcode=copy.barcode)
        if copy.state != CopyState.IN_FUND:
            raise errors.CopyNotInFund(barcode=copy.barcode)
    check_not_in_use(copies)
    return copies


def check_not_in_use(copies: Sequence[Copy]) -> None:
    """:raises CopyInUse: a loan or a hold has one of the copies."""
    reasons = hooks.reasons_in_use([copy.pk for copy in copies])
    for copy in copies:
        if copy.pk in reasons:
            raise errors.CopyInUse(barcode=copy.barcode, reason=reasons[copy.pk])


def check_after_receipt(copies: Sequence[Copy], on: date) -> None:
    """A copy leaves on or after the day it came in, or came back by a reversing act.

    :raises DateBeforeReceipt: the date is earlier.
    """
    latest = max(copy.received_by.on for copy in copies)
    ids = [copy.pk for copy in copies]
    for start in range(0, len(ids), 500):
        back = (
            Withdrawal.objects.filter(copy_id__in=ids[start : start + 500], entry__act__reversed_by__isnull=False)
            .order_by("-entry__act__reversed_by__on")
            .values_list("entry__act__reversed_by__on", flat=True)
            .first()
        )
        latest = max(latest, back) if back else latest
    if on < latest:
        raise errors.DateBeforeReceipt(on=on.strftime("%d.%m.%Y"), received_on=latest.strftime("%d.%m.%Y"))


GroupKey = tuple[int, str, str, str, bool, Decimal]


def withdrawal_entries(act: Act, copies: Sequence[Copy]) -> list[tuple[LedgerEntry, list[int]]]:
    """Unsaved negative entries, one for each record, price and set of groups, with the ids of their copies.

    The groups are those fixed at the receipt, so that a column of the summary book gets back what was put
    into it.
    """
    groups: dict[GroupKey, list[int]] = {}
    editions: dict[GroupKey, dict[str, Any] | None] = {}
    for copy in copies:
        source = copy.received_by
        key = (
            copy.record_id,
            source.kind,
            source.language_group,
            source.content_group,
            source.is_on_balance,
            source.price,
        )
        groups.setdefault(key, []).append(copy.pk)
        editions.setdefault(key, source.edition)
    return [
        (
            LedgerEntry(
                act=act,
                library_id=act.library_id,
                on=act.on,
                record_id=record_id,
                fund=act.fund,
                kind=kind,
                language_group=language,
                content_group=content,
                is_on_balance=is_on_balance,
                quantity=-len(ids),
                price=price,
                amount=-price * len(ids),
                edition=editions[(record_id, kind, language, content, is_on_balance, price)],
            ),
            ids,
        )
        for (record_id, kind, language, content, is_on_balance, price), ids in groups.items()
    ]


def withdraw_counted(act: Act, chosen: Sequence[tuple[StockLot, int]]) -> list[LedgerEntry]:
    """Post the negative entries of lots (their stocks are locked) and count the volumes out."""
    editions = dict(
        LedgerEntry.objects.filter(lot__in=[lot.pk for lot, _ in chosen], quantity__gt=0)
        .order_by("pk")
        .values_list("lot_id", "edition")
    )
    records = dict(Stock.objects.filter(lots__in=[lot.pk for lot, _ in chosen]).values_list("pk", "record_id"))
    entries = LedgerEntry.objects.bulk_create(
        LedgerEntry(
            act=act,
            library_id=act.library_id,
            on=act.on,
            record_id=records[lot.stock_id],
            fund=act.fund,
            kind=lot.kind,
            language_group=lot.language_group,
            content_group=lot.content_group,
            is_on_balance=lot.is_on_balance,
            quantity=-quantity,
            price=lot.price,
            amount=-lot.price * quantity,
            lot=lot,
            edition=editions.get(lot.pk),
        )
        for lot, quantity in chosen
    )
    stock.move({lot: -quantity for lot, quantity in chosen})
    return entries


def withdraw(act: Act, copies: Sequence[Copy]) -> list[LedgerEntry]:
    """Post the negative entries of copies and write the copies off."""
    groups = withdrawal_entries(act, copies)
    entries = LedgerEntry.objects.bulk_create([entry for entry, _ in groups])
    take_out(act, {entry.pk: ids for entry, (_, ids) in zip(entries, groups, strict=True)})
    return entries


def lock_volumes(
    library: Organization, copies: Sequence[Copy], counted: Sequence[stock.CountedLine], on: date
) -> tuple[list[Copy], list[tuple[StockLot, int]], str]:
    """What an act takes out, locked and checked: copies, lots with their numbers of volumes, and the one fund.

    :raises NoLines, TooMany: nothing is named, or too much.
    :raises CopyOfAnotherLibrary, CopyNotInFund, CopyInUse, CopyNotFound: a copy can't leave.
    :raises StockNotFound, StockNotEnough, BadQuantity: a stock can't give so much.
    :raises MixedFunds: volumes of both funds.
    :raises DateBeforeReceipt: something came in later than ``on``.
    """
    if not copies and not counted:
        raise errors.NoLines()
    if len(copies) + len(counted) > MOST_VOLUMES:
        raise errors.TooMany(count=len(copies) + len(counted), limit=MOST_VOLUMES)
    locked = lock_copies(library, (copy.pk for copy in copies)) if copies else []
    lots = stock.choose(library, counted) if counted else []
    funds = {copy.fund for copy in locked} | {line.stock.fund for line in counted}
    if len(funds) > 1:
        raise errors.MixedFunds()
    if locked:
        check_after_receipt(locked, on)
    if lots:
        stock.check_after_receipt((lot for lot, _ in lots), on)
    return locked, lots, funds.pop()


def withdraw_volumes(act: Act, copies: Sequence[Copy], lots: Sequence[tuple[StockLot, int]]) -> list[LedgerEntry]:
    """Post the negative entries of locked copies and lots."""
    return [*(withdraw(act, copies) if copies else ()), *(withdraw_counted(act, lots) if lots else ())]


def finish(
    *,
    actor: Actor,
    act: Act,
    action: str,
    entries: Sequence[LedgerEntry],
    at: datetime,
    command_id: UUID | None,
    **facts: Any,
) -> Act:
    """Journal the act and note the changed records for the search index."""
    audit.record(
        actor,
        action,
        act,
        at=at,
        library_id=act.library_id,
        command_id=command_id,
        after={
            "number": act.number,
            "on": act.on.isoformat(),
            "fund": str(act.fund),
            "copies": sum(entry.quantity for entry in entries),
            "amount": str(sum((entry.amount for entry in entries), Decimal("0.00"))),
            **facts,
        },
    )
    changes.note("catalog.record", sorted({entry.record_id for entry in entries}))
    return act


def check_fund(value: str) -> FundType:
    """:raises BadSource: there is no such fund."""
    if value not in FundType.values:
        raise errors.BadSource(value=value)
    return FundType(value)
