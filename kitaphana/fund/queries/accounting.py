"""What the school's accountant asks for: balances and movement by account, fund and source of funds.

A withdrawal has no source of its own: what leaves is taken from what came. A copy leaves with the source by which it
came in, volumes kept by count leave in the order in which they came, and a reversing act puts back what its act took.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count

from kitaphana.fund.enums import ActKind, FundType, ReceiptSource
from kitaphana.fund.models import Act, LedgerEntry, Withdrawal
from kitaphana.fund.queries.summary_book import Cell
from kitaphana.organizations.models import Organization

Key = tuple[str, bool, str]
"""Fund, whether it stands on the balance sheet, source."""
Parts = list[tuple[str, int]]
"""Volumes by source, in their order."""


@dataclass(slots=True)
class AccountLine:
    """A line of the totals. ``opening + came − went = closing``, copies and sums."""

    fund: str
    is_on_balance: bool
    source: str
    opening: Cell = field(default_factory=Cell)
    came: Cell = field(default_factory=Cell)
    went: Cell = field(default_factory=Cell)
    closing: Cell = field(default_factory=Cell)
    acts: dict[int, Cell] = field(default_factory=dict)
    """What each act of the period changed here."""

    @property
    def key(self) -> str:
        """By which the line is named in forms and workbooks."""
        return f"{self.fund}/{'ON' if self.is_on_balance else 'OFF'}/{self.source or '-'}"

    @property
    def fund_name(self) -> str:
        """The fund in words."""
        return str(FundType(self.fund).label)

    @property
    def source_name(self) -> str:
        """The source in words."""
        return str(ReceiptSource(self.source).label) if self.source in ReceiptSource.values else "—"


@dataclass(slots=True)
class Accounts:
    """The totals of a library for a period."""

    library: Organization
    first: date
    last: date
    lines: list[AccountLine]
    acts: dict[int, Act]

    def sums(self, *, is_on_balance: bool | None = None) -> AccountLine:
        """Lines of an account (or all of them) added up."""
        total = AccountLine("", bool(is_on_balance), "")
        for line in self.lines:
            if is_on_balance is None or line.is_on_balance == is_on_balance:
                for name in ("opening", "came", "went", "closing"):
                    cell = getattr(line, name)
                    getattr(total, name).add(cell.copies, cell.amount)
        return total


@dataclass(slots=True)
class _Pools:
    """Where volumes came from, by the entry (copies) or the lot (count) that holds them."""

    left: dict[tuple[str, int], deque[list[Any]]] = field(default_factory=dict)

    def put(self, pool: tuple[str, int], parts: Parts) -> None:
        """Volumes that came in."""
        self.left.setdefault(pool, deque()).extend([source, count] for source, count in parts)

    def draw(self, pool: tuple[str, int], count: int) -> Parts:
        """Volumes that leave, the oldest first."""
        drawn: Parts = []
        rest = self.left.setdefault(pool, deque())
        while count and rest:
            taken = min(count, rest[0][1])
            drawn.append((rest[0][0], taken))
            count -= taken
            rest[0][1] -= taken
            if not rest[0][1]:
                rest.popleft()
        return [*drawn, ("", count)] if count else drawn

    def take_back(self, pool: tuple[str, int], parts: Parts) -> None:
        """Volumes that had not come after all: those of the same sources, the newest first."""
        rest = self.left.setdefault(pool, deque())
        for source, count in parts:
            missing = count
            for one in reversed(rest):
                if one[0] == source and missing:
                    taken = min(missing, one[1])
                    one[1] -= taken
                    missing -= taken


@dataclass(frozen=True, slots=True)
class _Entry:
    pk: int
    act_id: int
    on: date
    record_id: int
    fund: str
    is_on_balance: bool
    quantity: int
    price: Decimal
    lot_id: int | None


def accounts(library: Organization, first: date, last: date) -> Accounts:
    """Totals of a period, both days included. Four statements, however many entries; memory grows with the acts and
    with what one of them holds."""
    acts = {act.pk: act for act in Act.objects.filter(library=library, on__lte=last).select_related("reverses")}
    out = _copies_out(library, last)
    mirrors = _mirrors(library, last)
    lines: dict[Key, AccountLine] = {}
    pools = _Pools()
    said: dict[int, Parts] = {}
    inherited: dict[tuple[int, int], deque[list[Any]]] = {}
    rows = (
        LedgerEntry.objects.filter(library=library, on__lte=last)
        .order_by("act_id", "quantity", "pk")
        .values_list("pk", "act_id", "on", "record_id", "fund", "is_on_balance", "quantity", "price", "lot_id")
    )
    # An act can't refer to a later one; within a conversion what goes out is read before what comes in.
    for row in rows.iterator(chunk_size=2000):
        entry, act = _Entry(*row), acts[row[1]]
        parts = _parts(entry, act, pools, out, said, mirrors, inherited)
        said[entry.pk] = parts
        for source, count in parts:
            _count(lines, entry, act, source, count if entry.quantity > 0 else -count, first)
    for line in lines.values():
        line.closing.add(
            line.opening.copies + line.came.copies - line.went.copies,
            line.opening.amount + line.came.amount - line.went.amount,
        )
    order = {source: number for number, source in enumerate(ReceiptSource.values)}
    found = [line for line in lines.values() if any(_filled(line))]
    found.sort(key=lambda line: (not line.is_on_balance, line.fund, order.get(line.source, len(order))))
    moved = {pk for line in found for pk in line.acts}
    return Accounts(library, first, last, found, {pk: acts[pk] for pk in moved})


def _filled(line: AccountLine) -> Iterator[object]:
    for cell in (line.opening, line.came, line.went, line.closing):
        yield from (cell.copies, cell.amount)


def _parts(
    entry: _Entry,
    act: Act,
    pools: _Pools,
    out: dict[int, list[tuple[int, int]]],
    said: dict[int, Parts],
    mirrors: dict[int, int],
    inherited: dict[tuple[int, int], deque[list[Any]]],
) -> Parts:
    """Sources of the volumes that an entry moved."""
    count = abs(entry.quantity)
    pool = ("lot", entry.lot_id) if entry.lot_id is not None else ("entry", entry.pk)
    if act.kind == ActKind.REVERSAL and (mirrored := mirrors.get(entry.pk)) is not None:
        parts = said.get(mirrored, [("", count)])
        if entry.lot_id is not None:
            (pools.put if entry.quantity > 0 else pools.take_back)(pool, parts)
        elif entry.quantity > 0:
            for came_by, back in out.get(mirrored, ()):
                pools.put(("entry", came_by), [(_source_of(said.get(came_by)), back)])
        else:
            pools.take_back(("entry", mirrored), parts)
        return parts
    if entry.quantity < 0:
        if entry.lot_id is not None:
            parts = pools.draw(pool, count)
        else:
            parts = [
                part for came_by, gone in out.get(entry.pk, ()) for part in pools.draw(("entry", came_by), gone)
            ] or [("", count)]
        if act.kind == ActKind.CONVERSION:
            inherited.setdefault((act.pk, entry.record_id), deque()).extend([source, one] for source, one in parts)
        return parts
    if act.kind == ActKind.CONVERSION:
        temporary = _Pools({pool: inherited.get((act.pk, entry.record_id), deque())})
        parts = temporary.draw(pool, count)
    else:
        parts = [(act.source, count)]
    pools.put(pool, parts)
    return parts


def _source_of(parts: Parts | None) -> str:
    return parts[0][0] if parts else ""


def _copies_out(library: Organization, last: date) -> dict[int, list[tuple[int, int]]]:
    """How many copies of which receiving entry each negative entry took out."""
    found: dict[int, list[tuple[int, int]]] = {}
    rows = (
        Withdrawal.objects.filter(entry__library=library, entry__on__lte=last)
        .order_by()
        .values_list("entry_id", "copy__received_by_id")
        .annotate(copies=Count("pk"))
    )
    for entry_id, came_by, copies in rows:
        found.setdefault(entry_id, []).append((came_by, copies))
    return found


def _mirrors(library: Organization, last: date) -> dict[int, int]:
    """The entry that each entry of a reversing act takes back; they stand in the same order."""
    pairs = dict(
        Act.objects.filter(library=library, on__lte=last, reverses__isnull=False).values_list("pk", "reverses_id")
    )
    if not pairs:
        return {}
    by_act: dict[int, list[int]] = {}
    concerned = {*pairs, *pairs.values()}
    rows = LedgerEntry.objects.filter(library=library, on__lte=last).order_by("pk").values_list("act_id", "pk")
    for act_id, pk in rows.iterator(chunk_size=2000):
        if act_id in concerned:
            by_act.setdefault(act_id, []).append(pk)
    return {
        mine: theirs
        for reversing, reversed_act in pairs.items()
        for mine, theirs in zip(by_act.get(reversing, ()), by_act.get(reversed_act, ()), strict=False)
    }


def _count(lines: dict[Key, AccountLine], entry: _Entry, act: Act, source: str, quantity: int, first: date) -> None:
    key = (entry.fund, entry.is_on_balance, source)
    line = lines.setdefault(key, AccountLine(*key))
    amount = entry.price * quantity
    is_opening = act.kind == ActKind.OPENING or (
        act.reverses is not None and act.reverses.kind == ActKind.OPENING and act.reverses.on >= first
    )
    if entry.on < first or is_opening:
        line.opening.add(quantity, amount)
        if entry.on < first:
            return
    elif ActKind.CONVERSION in {act.kind, act.reverses.kind if act.reverses is not None else ""}:
        line.came.add(quantity, amount)  # out one way and in the other: nothing, unless the account changed
    elif (quantity > 0) != (act.kind == ActKind.REVERSAL):
        line.came.add(quantity, amount)
    else:
        line.went.add(-quantity, -amount)
    line.acts.setdefault(act.pk, Cell()).add(quantity, amount)
