"""Opening balances: what stood in the fund before its books were kept here.

The rows of the former inventory book become acts of opening balance, a thousand rows each, in one transaction each:
a power cut loses at most the act in hand, and the same file taken again goes on where it stopped. Copies keep their
inventory numbers (and barcodes); rows without numbers are put on registration cards.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import transaction

from kitaphana.catalog import services as catalog
from kitaphana.catalog.matching import title_key
from kitaphana.catalog.models import Record, RecordSource
from kitaphana.core import numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import ZERO
from kitaphana.formats import iso2709
from kitaphana.formats.bibliographic import Description, build
from kitaphana.fund import errors
from kitaphana.fund.enums import ActKind, FundType
from kitaphana.fund.models import Act, Copy, LedgerEntry
from kitaphana.fund.opening import Book, Head, OpeningRow, Problem, read_book
from kitaphana.fund.services import posting, stock
from kitaphana.organizations.models import Organization
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.queries import pack_on

CHUNK: Final = 1000
"""Rows of an act: short enough for the desk to go on working beside it."""
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Sums:
    """Rows, volumes and their sum in tenge."""

    rows: int = 0
    copies: int = 0
    amount: Decimal = ZERO

    def add(self, row: OpeningRow) -> None:
        """Count a row in."""
        self.rows += 1
        self.copies += row.quantity
        self.amount += row.amount

    def as_json(self) -> dict[str, Any]:
        """For the command line and the job."""
        return {"rows": self.rows, "copies": self.copies, "amount": str(self.amount)}


@dataclass(slots=True)
class OpeningPlan:
    """What taking a file would do."""

    head: Head
    book: Book
    rows: list[OpeningRow]
    problems: list[Problem]
    already: int = 0
    """Rows that were taken before."""
    sums: dict[str, Sums] = field(default_factory=dict)
    """By fund."""

    @property
    def total(self) -> Sums:
        """Both funds together."""
        found = self.sums.values()
        return Sums(
            sum(one.rows for one in found), sum(one.copies for one in found), sum((one.amount for one in found), ZERO)
        )

    @property
    def rejected(self) -> int:
        """Rows that can't be taken."""
        return len({one.row for one in self.problems})


@dataclass(slots=True)
class OpeningResult:
    """What taking a file did."""

    read: int = 0
    taken: Sums = field(default_factory=Sums)
    already: int = 0
    withdrawn: int = 0
    problems: list[Problem] = field(default_factory=list)
    acts: list[int] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows that were not taken."""
        return len({one.row for one in self.problems})

    def as_json(self) -> dict[str, Any]:
        """For the command line and the job."""
        return {
            "read": self.read,
            "taken": self.taken.as_json(),
            "already": self.already,
            "withdrawn": self.withdrawn,
            "rejected": self.rejected,
            "acts": self.acts,
            "problems": [one.as_json() for one in self.problems],
        }


class _Here:
    """What of the file is in the library already."""

    def __init__(self, library: Organization, rows: Sequence[OpeningRow]) -> None:
        self.copies: dict[tuple[str, int], tuple[str, str]] = {}
        self.barcodes: set[str] = set()
        self.counted: dict[str, int] = {}
        if found := [row.number for row in rows if row.number is not None]:
            mine = Copy.objects.filter(
                library=library, inventory_number__gte=min(found), inventory_number__lte=max(found)
            ).values_list("fund", "inventory_number", "barcode", "received_by__edition", "record__title")
            for fund, number, barcode, edition, title in mine.iterator(chunk_size=2000):
                self.copies[(fund, number)] = (edition["title"] if edition else title, barcode)
        codes = [row.barcode for row in rows if row.barcode]
        for start in range(0, len(codes), 500):
            part = Copy.objects.filter(library=library, barcode__in=codes[start : start + 500])
            self.barcodes.update(part.values_list("barcode", flat=True))
        if any(row.is_counted for row in rows):
            lots = LedgerEntry.objects.filter(
                library=library, act__kind=ActKind.OPENING, act__reversed_by__isnull=True, lot__isnull=False
            ).values_list("edition", "quantity")
            self.counted = {edition["mark"]: quantity for edition, quantity in lots if edition and "mark" in edition}

    def judge(self, row: OpeningRow) -> Problem | bool:
        """A problem, or whether the row is here already."""
        if row.number is None:
            there = self.counted.get(row.mark)
            if there is None or there == row.quantity:
                return there is not None
            return Problem(row.row, "quantity", "count_differs", {"value": row.quantity, "there": there})
        if (known := self.copies.get((row.fund, row.number))) is not None:
            title, _barcode = known
            if _same_title(row.title, title):
                return True
            return Problem(row.row, "number", "number_used", {"value": row.number, "title": title[:80]})
        if row.barcode in self.barcodes:
            return Problem(row.row, "barcode", "barcode_used", {"value": row.barcode})
        return False


def _same_title(one: str, other: str) -> bool:
    """Whether two titles are one, with a subtitle or without."""
    first, second = title_key(one), title_key(other)
    return first == second or (bool(first and second) and (first.startswith(second) or second.startswith(first)))


def _check_start(library: Organization, start: date, at: datetime) -> None:
    posting.check_library(library)
    posting.check_date(start, at)
    until = posting.closed_until(library)
    if until is not None and start <= until:
        raise errors.PeriodClosed(on=start.strftime("%d.%m.%Y"), until=until.strftime("%d.%m.%Y"))


def _plan(library: Organization, head: Head, book: Book) -> OpeningPlan:
    plan = OpeningPlan(head, book, [], list(book.problems))
    here = _Here(library, book.rows)
    for row in book.rows:
        judged = here.judge(row)
        if isinstance(judged, Problem):
            plan.problems.append(judged)
        elif judged:
            plan.already += 1
        else:
            plan.rows.append(row)
            plan.sums.setdefault(row.fund, Sums()).add(row)
    plan.problems.sort(key=lambda one: one.row)
    return plan


def plan_opening(
    *,
    actor: Actor,
    library: Organization,
    data: bytes,
    file_name: str,
    start: date,
    at: datetime,
    columns: Sequence[str] = (),
    default_fund: str = FundType.CORE.value,
) -> OpeningPlan:
    """What taking a file would do, without doing it.

    :param start: the day of the balance.
    :param columns: what the table's columns are, in their order; empty: as its header says.
    :param default_fund: the fund of rows that name none.
    :raises NotALibrary, LibraryClosed, DateInFuture, PeriodClosed: no act can be dated so there.
    :raises UnreadableFile, FileTooLarge: the file as a whole can't be used.
    """
    actor.require(Permission.FUND_RECEIVE, library.path)
    _check_start(library, start, at)
    posting.check_fund(default_fund)
    head, book = read_book(data, file_name, start=start, columns=columns, default_fund=default_fund)
    return _plan(library, head, book)


def take_opening(
    *,
    actor: Actor,
    library: Organization,
    data: bytes,
    file_name: str,
    start: date,
    at: datetime,
    command_id: UUID,
    columns: Sequence[str] = (),
    default_fund: str = FundType.CORE.value,
    progress: Progress | None = None,
) -> OpeningResult:
    """Take the good rows of a file into the fund as its opening balance; the others are reported with the reason.

    Editions are known again by ISBN and title, or by title, author and year; others are described anew. The same file
    taken again doubles nothing. The series of inventory numbers goes on after the greatest number of the file.

    :param progress: told (steps done, steps in all) after each thousand rows.
    :raises NotAllowed: the actor may not receive literature and import records there.
    :raises NotALibrary, LibraryClosed, DateInFuture, PeriodClosed: no act can be dated so there.
    :raises UnreadableFile, FileTooLarge: the file as a whole can't be used.
    """
    plan = plan_opening(
        actor=actor,
        library=library,
        data=data,
        file_name=file_name,
        start=start,
        at=at,
        columns=columns,
        default_fund=default_fund,
    )
    result = OpeningResult(plan.book.read, Sums(), plan.already, plan.book.withdrawn, plan.problems)
    steps = 2 * len(plan.rows)
    tell = progress or (lambda done, total: None)
    tell(0, steps)
    records = _describe(actor, library, plan.rows, file_name, at, lambda read: tell(min(read, len(plan.rows)), steps))
    done = len(plan.rows)
    for chunk in _chunks(plan.rows):
        taken = _post(
            actor=actor,
            library=library,
            chunk=chunk,
            records=records,
            highest=plan.book.highest,
            start=start,
            at=at,
            file_name=file_name,
            command_id=uuid5(command_id, hashlib.sha256(repr(chunk).encode()).hexdigest()),
        )
        if taken is not None:
            result.acts.append(taken.pk)
        for row in chunk:
            result.taken.add(row)
        done += len(chunk)
        tell(done, steps)
    return result


def _chunks(rows: Sequence[OpeningRow]) -> Iterator[list[OpeningRow]]:
    """Rows of one fund and one source, which an act has one of each, in the order of the file."""
    groups: dict[tuple[str, str], list[OpeningRow]] = {}
    for row in rows:
        groups.setdefault((row.fund, row.source), []).append(row)
    for group in groups.values():
        left = iter(group)
        while chunk := list(islice(left, CHUNK)):
            yield chunk


def _describe(
    actor: Actor,
    library: Organization,
    rows: Sequence[OpeningRow],
    file_name: str,
    at: datetime,
    progress: Callable[[int], None],
) -> dict[tuple[Any, ...], int]:
    """Record ids by edition. The catalogue's own import takes the descriptions: it recognises what is there."""
    numbers_of: dict[tuple[Any, ...], str] = {}
    file = io.BytesIO()
    for row in rows:
        if row.edition in numbers_of:
            continue
        raw = iso2709.write(
            build(
                Description(
                    title=row.title,
                    authors=row.authors,
                    isbns=(row.isbn,) if row.isbn else (),
                    year=row.year,
                    publisher=row.publisher,
                    place=row.place,
                    language=row.language,
                    udc=row.udc,
                    bbk=row.bbk,
                    kind=row.kind,
                )
            )
        )
        # As the import names a record that brings no number of its own.
        numbers_of[row.edition] = f"sha256:{hashlib.sha256(raw).hexdigest()[:32]}"
        file.write(raw)
    if not numbers_of:
        return {}
    file.seek(0)
    catalog.import_marc(
        actor=actor, library=library, stream=file, file_name=file_name, format="marc21", at=at, progress=progress
    )
    found: dict[str, int] = {}
    names = list(set(numbers_of.values()))
    for start in range(0, len(names), 500):
        sources = RecordSource.objects.filter(
            agency=library.code[:60], control_number__in=names[start : start + 500]
        ).values_list("control_number", "record_id")
        found.update(sources)
    return {edition: found[name] for edition, name in numbers_of.items()}


@transaction.atomic
def _post(
    *,
    actor: Actor,
    library: Organization,
    chunk: Sequence[OpeningRow],
    records: dict[tuple[Any, ...], int],
    highest: dict[str, int],
    start: date,
    at: datetime,
    file_name: str,
    command_id: UUID,
) -> Act | None:
    """One act; None: all its rows came meanwhile."""
    if (done := posting.repeated_act(command_id, library)) is not None:
        return done
    # Two people taking the same book wait for each other here.
    numbers.take(library.pk, "opening")
    here = _Here(library, chunk)
    rows = [row for row in chunk if here.judge(row) is False]
    if not rows:
        return None
    fund = rows[0].fund
    pack = pack_on("fund", start, library)
    found = Record.objects.defer("marc", "summary").in_bulk({records[row.edition] for row in rows})
    if on_cards := list(dict.fromkeys(records[row.edition] for row in rows if row.is_counted)):
        stock.cards(library, fund, on_cards)
    act = posting.post_act(
        actor=actor,
        library=library,
        kind=ActKind.OPENING,
        fund=fund,
        on=start,
        at=at,
        receipts=False,
        withdrawals=False,
        pack=pack,
        source=rows[0].source,
        note=file_name[:300],
    )
    entries: list[LedgerEntry] = []
    volumes: list[posting.Volumes] = []
    for same in _lines(rows):
        record = found[records[same[0].edition]]
        entry = _entry(act, record, same, pack)
        entries.append(entry)
        if not same[0].is_counted:
            volumes.append(
                posting.Volumes(
                    entry=entry,
                    shelf_mark=posting.shelf_mark(record),
                    barcodes=[row.barcode for row in same if row.barcode],
                    numbers=[row.number for row in same if row.number is not None],
                    notes=[row.note for row in same],
                )
            )
    if counted := [entry for entry in entries if entry.edition and "mark" in entry.edition]:
        stock.put_in(library, fund, counted)
    LedgerEntry.objects.bulk_create(entries)
    posting.add_copies(library, fund, volumes)
    if last := highest.get(fund):
        # The former book's numbers have gaps; from here on the series has none.
        numbers.raise_to(library.pk, f"inventory.{fund}", last)
        numbers.raise_to(library.pk, f"inventory.opening.{fund}", last)
    return posting.finish(
        actor=actor, act=act, action="fund.open", entries=entries, at=at, command_id=command_id, file=file_name[:200]
    )


def _lines(rows: Sequence[OpeningRow]) -> list[list[OpeningRow]]:
    """Rows that share an entry of the ledger: one edition, price and day. A row kept by count has its own."""
    groups: dict[tuple[Any, ...], list[OpeningRow]] = {}
    for row in rows:
        key = (row.edition, row.price, row.is_on_balance, row.entered, row.mark, bool(row.barcode))
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _entry(act: Act, record: Record, rows: Sequence[OpeningRow], pack: RulePack) -> LedgerEntry:
    row = rows[0]
    entry = posting.receipt_entry(
        act,
        record,
        quantity=sum(one.quantity for one in rows),
        price=row.price,
        is_on_balance=row.is_on_balance,
        pack=pack,
    )
    assert entry.edition is not None  # just described
    if row.entered is not None:
        entry.edition["entered_on"] = row.entered.isoformat()
    if row.mark:
        entry.edition["mark"] = row.mark
    return entry
