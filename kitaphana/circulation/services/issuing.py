"""Commands on count-based volumes: issue to many people at once, take back, settle what is lost.

Whoever the books go to and however many they are, a command is one transaction with a fixed number of statements.
Rows are locked in one order: loans, then stocks by id. Loan limits do not hold here: a set is a set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from kitaphana.catalog.models import Record
from kitaphana.circulation import errors, policies, queries
from kitaphana.circulation.enums import Action, Condition, LoanEnd
from kitaphana.circulation.models import StockLoan
from kitaphana.core import audit, bulk, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.fund import services as fund
from kitaphana.fund.enums import WithdrawalReason
from kitaphana.fund.models import Act, Stock
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership

MOST_VOLUMES = 20_000
"""Volumes of one command: a whole school at once, and no slip of a finger."""


@dataclass(frozen=True, slots=True)
class IssueLine:
    """Volumes of a stock for one person."""

    person_id: int
    stock_id: int
    quantity: int = 1
    condition: str = ""
    is_returnable: bool = True
    """False: a workbook, given for good."""


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What comes back of a loan; ``quantity`` None: all of it."""

    loan_id: int
    quantity: int | None = None
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """What a command did: ``batch`` names it for undoing."""

    batch: UUID
    people: int
    volumes: int


def _check_condition(condition: str) -> None:
    if condition and condition not in Condition.values:
        raise errors.BadCondition(value=condition)


@transaction.atomic
def issue(
    *,
    actor: Actor,
    library: Organization,
    lines: Sequence[IssueLine],
    at: datetime,
    due_on: date | None = None,
    command_id: UUID | None = None,
) -> Issued:
    """Issue count-based volumes to readers of the library: a set to a class, thirty copies to a teacher.

    ``due_on`` None: by the loan policy of each reader's category for the fund (textbooks are due at the end of the
    school year). Repeating a ``command_id`` returns what the first command did.

    :raises LibraryClosed: the organisation works no more.
    :raises NothingToIssue: no lines. :raises TooManyVolumes: more than 20,000.
    :raises BadIssueQuantity: a number that is not positive. :raises BadCondition: no such condition.
    :raises NotReaders: somebody is no active reader of the library.
    :raises fund.errors.StockNotFound: a card of somebody else.
    :raises fund.errors.StockNotEnough: fewer stand on the shelf.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.ISSUE, library):
        return _issued(first)
    if library.is_closed:
        raise errors.LibraryClosed(library=library.name)
    if not lines:
        raise errors.NothingToIssue
    volumes = sum(line.quantity for line in lines)
    if any(line.quantity < 1 for line in lines):
        raise errors.BadIssueQuantity
    if volumes > MOST_VOLUMES:
        raise errors.TooManyVolumes(count=volumes, limit=MOST_VOLUMES)
    for line in lines:
        _check_condition(line.condition)
    readers = _readers(library, {line.person_id for line in lines})
    counts: Counter[int] = Counter()
    for line in lines:
        counts[line.stock_id] += line.quantity
    stocks = fund.lock_stock(library, counts)
    fund.issue_stock(counts)
    on = clock.day_of(at)
    batch = command_id or new_id()
    due: dict[tuple[str, str], date] = {}

    def due_day(category: str, fund_type: str) -> date:
        key = (category, fund_type)
        if key not in due:
            due[key] = due_on or policies.due_on(library, queries.policy_for(library, category, fund_type).terms, on)
        return due[key]

    bulk.insert(
        StockLoan(
            library=library,
            stock_id=line.stock_id,
            person_id=line.person_id,
            category=readers[line.person_id].category,
            school_class_id=readers[line.person_id].school_class_id,
            quantity=line.quantity,
            is_returnable=line.is_returnable,
            batch=batch,
            lent_at=at,
            lent_on=on,
            due_on=due_day(readers[line.person_id].category, stocks[line.stock_id].fund),
            condition_out=line.condition,
        )
        for line in lines
    )
    done = Issued(batch=batch, people=len(readers), volumes=volumes)
    _record(
        actor,
        Action.ISSUE,
        library,
        at,
        command_id,
        {
            "batch": str(batch),
            "people": done.people,
            "volumes": volumes,
            "titles": len(stocks),
            "lines": [[line.person_id, line.stock_id, line.quantity] for line in lines],
        },
    )
    return done


@transaction.atomic
def take_back(
    *,
    actor: Actor,
    library: Organization,
    lines: Sequence[ReturnLine],
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Take count-based volumes back, whole loans or a part of them; returns how many volumes came back. What somebody
    else took back in the meantime is passed over. Repeating a ``command_id`` changes nothing.

    :raises NothingToIssue: no lines.
    :raises BadIssueQuantity: more than the reader has, or not a positive number. :raises BadCondition: no such one.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.TAKE_BACK, library):
        return int((first.after or {})["volumes"])
    if not lines:
        raise errors.NothingToIssue
    for line in lines:
        _check_condition(line.condition)
    wanted = {line.loan_id: line for line in lines}
    loans = _locked_open(library, wanted)
    ended = [
        (loan, loan.quantity if (asked := wanted[loan.pk].quantity) is None else asked, wanted[loan.pk].condition)
        for loan in loans
    ]
    volumes = _end(library, ended, LoanEnd.RETURNED, at)
    _record(
        actor,
        Action.TAKE_BACK,
        library,
        at,
        command_id,
        {
            "volumes": volumes,
            "lines": [[loan.person_id, loan.stock_id, quantity, condition] for loan, quantity, condition in ended],
        },
    )
    return volumes


@transaction.atomic
def undo_issue(
    *, actor: Actor, library: Organization, batch: UUID, at: datetime, command_id: UUID | None = None
) -> int:
    """Undo what one command issued and nobody has brought back yet; returns how many volumes. The loans end as issued
    by mistake and count in no statistics."""
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.UNDO_ISSUE, library):
        return int((first.after or {})["volumes"])
    rows = StockLoan.objects.select_for_update(of=("self",)).filter(
        library=library, batch=batch, returned_at__isnull=True
    )
    ended = [(loan, loan.quantity, "") for loan in rows.order_by("pk")]
    volumes = _end(library, ended, LoanEnd.UNDONE, at) if ended else 0
    _record(actor, Action.UNDO_ISSUE, library, at, command_id, {"batch": str(batch), "volumes": volumes})
    return volumes


class Settlement(Enum):
    """How a lost textbook is settled."""

    REPLACED = LoanEnd.REPLACED
    """Another book was brought."""
    PAID = LoanEnd.PAID
    """Its price was paid; the volume is written off as lost."""
    WRITTEN_OFF = LoanEnd.WRITTEN_OFF
    """Nobody pays (disaster, theft): the volume is written off as lost."""


@transaction.atomic
def settle(
    *,
    actor: Actor,
    library: Organization,
    loan: StockLoan,
    how: Settlement,
    on: date,
    at: datetime,
    replacement: Record | None = None,
    price: Decimal = Decimal(0),
    grounds: str = "",
    commission: Sequence[fund.Member] = (),
    command_id: UUID | None = None,
) -> Act:
    """Settle one lost volume of a loan, with the act that the books need: replacement by ``replacement`` (valued at
    ``price`` tenge), or write-off as lost (``grounds``: who paid how much, or why nobody does).

    :raises LoanEnded: it came back or was settled before.
    :raises NoReplacement: replaced by nothing.
    :raises fund errors: the act can't be posted.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.SETTLE, library):
        return Act.objects.get(pk=(first.after or {})["act"])
    found = _locked_open(library, [loan.pk])
    if not found:
        ended = StockLoan.objects.get(pk=loan.pk, library=library).returned_on
        raise errors.LoanEnded(returned_on=errors.in_words(ended) if ended else "")
    _end(library, [(found[0], 1, "")], how.value, at)
    stock = Stock.objects.get(pk=loan.stock_id)
    act_command = None if command_id is None else uuid5(command_id, "fund")
    if how is Settlement.REPLACED:
        if replacement is None:
            raise errors.NoReplacement
        act = fund.replace_lost(
            actor=actor,
            library=library,
            lost=stock,
            replacement=replacement,
            price=price,
            on=on,
            at=at,
            command_id=act_command,
            commission=commission,
        )
    else:
        act = fund.write_off(
            actor=actor,
            library=library,
            write_off=fund.WriteOff(
                on=on,
                reason=WithdrawalReason.LOSS,
                grounds=grounds,
                commission=commission,
                counted=[fund.CountedLine(stock, 1)],
            ),
            at=at,
            command_id=act_command,
        )
    _record(
        actor,
        Action.SETTLE,
        library,
        at,
        command_id,
        {"how": how.name, "act": act.pk, "person": found[0].person_id, "stock": stock.pk, "price": str(price)},
    )
    return act


@transaction.atomic
def use_up(
    *,
    actor: Actor,
    library: Organization,
    lent_before: date,
    commission: Sequence[fund.Member],
    grounds: str,
    on: date,
    at: datetime,
    command_id: UUID | None = None,
) -> Act | None:
    """Write off, as worn, all consumable volumes issued before a day: their loans end as used up. None: there are none.

    :raises fund errors: the act can't be posted.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.USE_UP, library):
        return Act.objects.get(pk=(first.after or {})["act"])
    rows = (
        StockLoan.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(library=library, is_returnable=False, returned_at__isnull=True, lent_on__lt=lent_before)
    )
    loans = list(rows.order_by("pk"))
    if not loans:
        return None
    counts: Counter[int] = Counter()
    for loan in loans:
        counts[loan.stock_id] += loan.quantity
    _end(library, [(loan, loan.quantity, "") for loan in loans], LoanEnd.USED, at)
    stocks = Stock.objects.in_bulk(list(counts))
    act = fund.write_off(
        actor=actor,
        library=library,
        write_off=fund.WriteOff(
            on=on,
            reason=WithdrawalReason.WORN,
            grounds=grounds,
            commission=commission,
            counted=[fund.CountedLine(stocks[pk], count) for pk, count in sorted(counts.items())],
        ),
        at=at,
        command_id=None if command_id is None else uuid5(command_id, "fund"),
    )
    _record(actor, Action.USE_UP, library, at, command_id, {"act": act.pk, "volumes": sum(counts.values())})
    return act


# Shared steps


def _repeated(command_id: UUID | None, action: Action, library: Organization) -> AuditEntry | None:
    first = audit.repeated(command_id)
    if first is not None and (first.action != action or first.library_id != library.pk):
        raise errors.CommandReused
    return first


def _issued(entry: AuditEntry) -> Issued:
    after = entry.after or {}
    return Issued(batch=UUID(after["batch"]), people=after["people"], volumes=after["volumes"])


def _readers(library: Organization, person_ids: set[int]) -> dict[int, Membership]:
    """Active readers of the library by person.

    :raises NotReaders: somebody is none.
    """
    found: dict[int, Membership] = {}
    wanted = sorted(person_ids)
    for start in range(0, len(wanted), 500):
        rows = Membership.objects.filter(
            library=library, person_id__in=wanted[start : start + 500], left_on__isnull=True
        )
        found.update({row.person_id: row for row in rows})
    if len(found) != len(wanted):
        raise errors.NotReaders(count=len(wanted) - len(found))
    return found


def _locked_open(library: Organization, loan_ids: Iterable[int]) -> list[StockLoan]:
    wanted = sorted(set(loan_ids))
    loans: list[StockLoan] = []
    for start in range(0, len(wanted), 500):
        loans += (
            StockLoan.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(library=library, pk__in=wanted[start : start + 500], returned_at__isnull=True)
            .order_by("pk")
        )
    return loans


def _end(library: Organization, ended: Sequence[tuple[StockLoan, int, str]], end: LoanEnd, at: datetime) -> int:
    """End locked loans, or parts of them, and count the volumes back; returns how many."""
    on = clock.day_of(at)
    counts: Counter[int] = Counter()
    whole: dict[tuple[str, bool], list[int]] = {}
    parts: list[StockLoan] = []
    for loan, quantity, condition in ended:
        if not 1 <= quantity <= loan.quantity:
            raise errors.BadIssueQuantity
        counts[loan.stock_id] -= quantity
        keeps = loan.person is None or loan.person.keeps_history or end is not LoanEnd.RETURNED
        if quantity == loan.quantity:
            whole.setdefault((condition, keeps), []).append(loan.pk)
            continue
        part = StockLoan.objects.filter(pk=loan.pk)
        part.update(quantity=loan.quantity - quantity)
        parts.append(_part(loan, quantity, condition, end, at, on, keeps=keeps))
    if not counts:
        return 0
    fund.lock_stock(library, counts)
    fund.issue_stock(counts)
    bulk.insert(parts)
    for (condition, keeps), ids in whole.items():
        facts: dict[str, Any] = {"returned_at": at, "returned_on": on, "condition_in": condition, "end": end}
        if not keeps:
            facts["person"] = None
        for start in range(0, len(ids), 500):
            StockLoan.objects.filter(pk__in=ids[start : start + 500]).update(**facts)
    return -sum(counts.values())


def _part(
    loan: StockLoan, quantity: int, condition: str, end: LoanEnd, at: datetime, on: date, *, keeps: bool
) -> StockLoan:
    """The ended part of a loan that is split."""
    return StockLoan(
        library_id=loan.library_id,
        stock_id=loan.stock_id,
        person_id=loan.person_id if keeps else None,
        category=loan.category,
        school_class_id=loan.school_class_id,
        quantity=quantity,
        is_returnable=loan.is_returnable,
        batch=loan.batch,
        lent_at=loan.lent_at,
        lent_on=loan.lent_on,
        due_on=loan.due_on,
        condition_out=loan.condition_out,
        returned_at=at,
        returned_on=on,
        condition_in=condition,
        end=end,
    )


def _record(
    actor: Actor, action: Action, library: Organization, at: datetime, command_id: UUID | None, after: dict[str, Any]
) -> None:
    audit.record(actor, action.value, library, at=at, library_id=library.pk, command_id=command_id, after=after)


__all__ = [
    "IssueLine",
    "Issued",
    "ReturnLine",
    "Settlement",
    "issue",
    "settle",
    "take_back",
    "undo_issue",
    "use_up",
]
