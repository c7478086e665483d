"""Commands of acquisitions: prices, budgets, estimates and their approval, orders, deliveries, payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.acquisitions import errors, queries
from kitaphana.acquisitions.enums import OPEN, SOURCES, Action, BudgetKind, EstimateState, OrderState
from kitaphana.acquisitions.models import (
    Budget,
    BudgetChange,
    Delivery,
    DeliveryLine,
    Distribution,
    Estimate,
    EstimateLine,
    Order,
    OrderLine,
    Payment,
    PriceSource,
    Supplier,
)
from kitaphana.catalog.models import Record
from kitaphana.core import audit, clock, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import ZERO, tenge
from kitaphana.core.text.identifiers import bin_is_valid
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act
from kitaphana.fund.services.receipts import fund_of
from kitaphana.organizations.models import Organization

LARGEST = Decimal(1_000_000_000_000)
"""Tenge; a larger sum is a slip of the hand."""
MOST_VOLUMES = 1_000_000


@dataclass(frozen=True, slots=True)
class EstimateLineInput:
    """Volumes of an edition for a library. ``price`` None: the latest known price, or nothing when there is none."""

    record: Record
    library: Organization
    quantity: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """What a document says of a line of the distribution."""

    distribution: Distribution
    quantity: int
    defective: int = 0
    missing: int = 0


def _before(command_id: UUID | None, action: Action) -> int | None:
    """The id of what the same command made before."""
    first = audit.repeated(command_id)
    if first is None:
        return None
    if first.action != action:
        raise errors.CommandReused
    return first.object_id


def _text(value: str, most: int) -> str:
    return " ".join(value.replace("\x00", "").split())[:most]


def _sum(value: Decimal, *, lowest: Decimal = ZERO) -> Decimal:
    if not value.is_finite() or not lowest <= value < LARGEST:
        raise errors.BadAmount(value=value)
    return tenge(value)


def _reason(value: str) -> str:
    if not (reason := _text(value, 300)):
        raise errors.ReasonMissing
    return reason


@transaction.atomic
def add_supplier(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    bin: str,
    contacts: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Supplier:
    """Add a supplier, or give the one with this BIN.

    :raises BadSupplier: no name, or the BIN does not check.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, organization.path)
    if (pk := _before(command_id, Action.SUPPLIER)) is not None:
        return Supplier.objects.get(pk=pk)
    name, number = _text(name, 300), bin.strip()
    if not name or not bin_is_valid(number):
        raise errors.BadSupplier
    supplier, made = Supplier.objects.get_or_create(
        organization=organization, bin=number, defaults={"name": name, "contacts": _text(contacts, 500)}
    )
    if made:
        audit.record(
            actor,
            Action.SUPPLIER,
            supplier,
            at=at,
            library_id=organization.pk,
            command_id=command_id,
            after={"name": name, "bin": number},
        )
    return supplier


@transaction.atomic
def note_price(
    *,
    actor: Actor,
    organization: Organization,
    record: Record,
    price: Decimal,
    source: str,
    on: date,
    supplier: Supplier | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> PriceSource:
    """Keep what a volume costs (tenge), by what paper and on what day.

    :raises BadAmount, ReasonMissing: no sensible price, or no source.
    :raises BadChoice: a supplier of somebody else.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, organization.path)
    if (pk := _before(command_id, Action.PRICE)) is not None:
        return PriceSource.objects.get(pk=pk)
    if supplier is not None and not organization.path.startswith(supplier.organization.path):
        raise errors.BadChoice(value=supplier.name)
    noted = PriceSource.objects.create(
        organization=organization,
        record=record,
        supplier=supplier,
        price=_sum(price, lowest=Decimal("0.01")),
        source=_reason(source),
        on=on,
        actor_id=actor.user_id,
    )
    audit.record(
        actor,
        Action.PRICE,
        noted,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"record": record.pk, "price": str(noted.price), "on": on.isoformat()},
    )
    return noted


@transaction.atomic
def change_budget(
    *,
    actor: Actor,
    organization: Organization,
    year: int,
    source: str,
    kind: str,
    amount: Decimal,
    reason: str,
    document: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Budget:
    """Add to a budget (or take from it, by a negative amount) in tenge; the first change makes it.

    :raises BadChoice, BadAmount, ReasonMissing: what was given makes no sense.
    :raises BudgetBelowOrders: orders bind more than would remain.
    """
    actor.require(Permission.ACQUISITIONS_APPROVE, organization.path)
    if (pk := _before(command_id, Action.BUDGET)) is not None:
        return BudgetChange.objects.select_related("budget").get(pk=pk).budget
    for value, choices in ((source, [one.value for one in SOURCES]), (kind, BudgetKind.values)):
        if value not in choices:
            raise errors.BadChoice(value=value)
    amount = _sum(amount, lowest=-LARGEST)
    if not amount:
        raise errors.BadAmount(value=amount)
    given = _reason(reason)
    mine, _made = Budget.objects.get_or_create(organization=organization, year=year, source=source, kind=kind)
    budget = Budget.objects.select_for_update().get(pk=mine.pk)
    planned = tenge(budget.planned + amount)
    bound = queries.bound(budget)
    if planned < 0 or (amount < 0 and planned < bound):
        raise errors.BudgetBelowOrders(bound=bound)
    change = BudgetChange.objects.create(
        budget=budget, amount=amount, reason=given, document=_text(document, 100), at=at, actor_id=actor.user_id
    )
    before, budget.planned = budget.planned, planned
    budget.save(update_fields=["planned"])
    audit.record(
        actor,
        Action.BUDGET,
        change,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        before={"planned": str(before)},
        after={"planned": str(planned), "reason": given},
    )
    return budget


@transaction.atomic
def create_estimate(
    *,
    actor: Actor,
    organization: Organization,
    year: int,
    title: str,
    lines: Sequence[EstimateLineInput],
    copied_from: Estimate | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Estimate:
    """Make an estimate with lines for one library or many; with ``copied_from`` the next version of a returned one.

    :raises NothingToBuy: no lines.
    :raises ForeignLibrary: a recipient is no library of the organisation.
    :raises BadAmount: a quantity or a price makes no sense.
    :raises BadChoice: an edition stands twice for the same library.
    :raises WrongState: the earlier version was not returned.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, organization.path)
    if (pk := _before(command_id, Action.ESTIMATE)) is not None:
        return Estimate.objects.get(pk=pk)
    if not lines:
        raise errors.NothingToBuy
    version = 1
    if copied_from is not None:
        earlier = _estimate(copied_from, EstimateState.RETURNED)
        if earlier.organization_id != organization.pk or Estimate.objects.filter(copied_from=earlier).exists():
            raise errors.WrongState(state=earlier.get_state_display())
        version = earlier.version + 1
    latest = queries.latest_prices(organization, {line.record.pk for line in lines}, on=clock.day_of(at))
    estimate = Estimate.objects.create(
        organization=organization,
        year=year,
        title=_text(title, 200),
        version=version,
        copied_from=copied_from,
        made_at=at,
        made_by_id=actor.user_id,
    )
    rows, seen = [], set()
    for line in lines:
        if not line.library.is_library or not line.library.path.startswith(organization.path):
            raise errors.ForeignLibrary(name=line.library.name)
        if not 0 < line.quantity <= MOST_VOLUMES:
            raise errors.BadAmount(value=line.quantity)
        if (key := (line.record.pk, line.library.pk)) in seen:
            raise errors.BadChoice(value=line.record.title)
        seen.add(key)
        known = latest.get(line.record.pk) if line.price is None else None
        price = line.price if line.price is not None else known.price if known else ZERO
        rows.append(
            EstimateLine(
                estimate=estimate,
                record=line.record,
                library=line.library,
                quantity=line.quantity,
                price=_sum(price),
                price_source=known,
            )
        )
    EstimateLine.objects.bulk_create(rows)
    audit.record(
        actor,
        Action.ESTIMATE,
        estimate,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"lines": len(rows), "version": version},
    )
    return estimate


def _estimate(estimate: Estimate, *states: EstimateState) -> Estimate:
    mine: Estimate = Estimate.objects.select_for_update(of=("self",)).select_related("organization").get(pk=estimate.pk)
    if mine.state not in states:
        raise errors.WrongState(state=mine.get_state_display())
    return mine


@transaction.atomic
def submit_estimate(*, actor: Actor, estimate: Estimate, at: datetime, command_id: UUID | None = None) -> Estimate:
    """Lay an estimate before those who approve.

    :raises WrongState: it is no draft.
    :raises BadAmount: a line has no price yet.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, estimate.organization.path)
    if (pk := _before(command_id, Action.SUBMIT)) is not None:
        return Estimate.objects.get(pk=pk)
    mine = _estimate(estimate, EstimateState.DRAFT)
    if mine.lines.filter(price=0).exists():
        raise errors.BadAmount(value=ZERO)
    mine.state = EstimateState.SUBMITTED
    mine.save(update_fields=["state"])
    audit.record(actor, Action.SUBMIT, mine, at=at, library_id=mine.organization_id, command_id=command_id)
    return mine


@transaction.atomic
def decide_estimate(
    *,
    actor: Actor,
    estimate: Estimate,
    is_approved: bool,
    reason: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Estimate:
    """Approve an estimate, or return it with a reason.

    :raises WrongState: it was not submitted.
    :raises ReasonMissing: it is returned without one.
    """
    actor.require(Permission.ACQUISITIONS_APPROVE, estimate.organization.path)
    action = Action.APPROVE if is_approved else Action.RETURN
    if (pk := _before(command_id, action)) is not None:
        return Estimate.objects.get(pk=pk)
    mine = _estimate(estimate, EstimateState.SUBMITTED)
    mine.decision_reason = _text(reason, 300) if is_approved else _reason(reason)
    mine.state = EstimateState.APPROVED if is_approved else EstimateState.RETURNED
    mine.decided_at, mine.decided_by_id, mine.decided_by_name = at, actor.user_id, actor.name[:200]
    mine.save()
    audit.record(
        actor,
        action,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"reason": mine.decision_reason},
    )
    return mine


@transaction.atomic
def create_order(
    *,
    actor: Actor,
    estimate: Estimate,
    supplier: Supplier,
    budget: Budget,
    lines: Sequence[EstimateLine] | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Order:
    """Make a draft order from lines of an approved estimate (None: all that no order has yet); what libraries share
    becomes one line with its distribution.

    :raises WrongState: the estimate is not approved.
    :raises BadChoice: supplier, budget or line of somebody else, or a line ordered already.
    :raises NothingToBuy: no line is left.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, estimate.organization.path)
    if (pk := _before(command_id, Action.ORDER)) is not None:
        return Order.objects.get(pk=pk)
    mine = _estimate(estimate, EstimateState.APPROVED)
    if budget.organization_id != mine.organization_id or budget.year != mine.year:
        raise errors.BadChoice(value=budget)
    if not mine.organization.path.startswith(supplier.organization.path):
        raise errors.BadChoice(value=supplier.name)
    free = {line.pk: line for line in queries.unordered(mine)}
    if lines is not None and (wrong := [line for line in lines if line.pk not in free]):
        raise errors.BadChoice(value=wrong[0])
    chosen = list(free.values()) if lines is None else [free[pk] for pk in dict.fromkeys(line.pk for line in lines)]
    if not chosen:
        raise errors.NothingToBuy
    total = _sum(sum((line.price * line.quantity for line in chosen), ZERO))
    order = Order.objects.create(
        organization=mine.organization,
        supplier=supplier,
        budget=budget,
        estimate=mine,
        number=numbers.take(mine.organization_id, f"acquisitions.order.{mine.year}")[0],
        year=mine.year,
        total=total,
        made_at=at,
    )
    groups: dict[tuple[int, Decimal], list[EstimateLine]] = defaultdict(list)
    for line in chosen:
        groups[line.record_id, line.price].append(line)
    for (record_id, price), members in groups.items():
        quantity = sum(line.quantity for line in members)
        row = OrderLine.objects.create(order=order, record_id=record_id, price=price, quantity=quantity)
        Distribution.objects.bulk_create(
            Distribution(line=row, library_id=line.library_id, quantity=line.quantity) for line in members
        )
    audit.record(
        actor,
        Action.ORDER,
        order,
        at=at,
        library_id=order.organization_id,
        command_id=command_id,
        after={"number": str(order), "total": str(total)},
    )
    return order


def _order(order: Order, *states: OrderState) -> Order:
    """The order under a lock, its budget locked first: money of one budget moves one command at a time."""
    Budget.objects.select_for_update().get(pk=order.budget_id)
    mine: Order = (
        Order.objects.select_for_update(of=("self",)).select_related("organization", "budget").get(pk=order.pk)
    )
    if mine.state not in states:
        raise errors.WrongState(state=mine.get_state_display())
    return mine


@transaction.atomic
def approve_overrun(*, actor: Actor, order: Order, reason: str, at: datetime, command_id: UUID | None = None) -> Order:
    """Take upon oneself that a draft order goes beyond the budget, by no more than it does now.

    :raises WrongState: it is no draft.
    :raises ReasonMissing: no reason.
    :raises BadAmount: the order is within the budget.
    """
    actor.require(Permission.ACQUISITIONS_APPROVE, order.organization.path)
    if (pk := _before(command_id, Action.OVERRUN)) is not None:
        return Order.objects.get(pk=pk)
    mine = _order(order, OrderState.DRAFT)
    excess = tenge(mine.total - queries.free(mine.budget))
    if excess <= 0:
        raise errors.BadAmount(value=excess)
    mine.overrun, mine.overrun_reason = excess, _reason(reason)
    mine.overrun_by_id, mine.overrun_by_name, mine.overrun_at = actor.user_id, actor.name[:200], at
    mine.save()
    audit.record(
        actor,
        Action.OVERRUN,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"overrun": str(excess), "reason": mine.overrun_reason},
    )
    return mine


@transaction.atomic
def place_order(*, actor: Actor, order: Order, at: datetime, command_id: UUID | None = None) -> Order:
    """Send a draft order to the supplier; its sum is bound from now on.

    :raises WrongState: it is no draft.
    :raises BeyondBudget: more than what is free and what was approved beyond it.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, order.organization.path)
    if (pk := _before(command_id, Action.PLACE)) is not None:
        return Order.objects.get(pk=pk)
    mine = _order(order, OrderState.DRAFT)
    excess = tenge(mine.total - queries.free(mine.budget))
    if excess > mine.overrun:
        raise errors.BeyondBudget(excess=excess)
    mine.state, mine.placed_at = OrderState.PLACED, at
    mine.save(update_fields=["state", "placed_at"])
    audit.record(
        actor,
        Action.PLACE,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"total": str(mine.total)},
    )
    return mine


@transaction.atomic
def deliver(
    *,
    actor: Actor,
    order: Order,
    library: Organization,
    document: str,
    on: date,
    lines: Sequence[Came],
    at: datetime,
    command_id: UUID | None = None,
) -> Delivery:
    """Take what came into the library's fund: an act of receipt for each fund, with the order's price and source.

    :raises WrongState: nothing is expected of the order.
    :raises NothingToBuy, BadAmount, BadChoice: no lines, senseless ones, or lines of somebody else.
    :raises MoreThanOrdered: more came than is expected.
    """
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (pk := _before(command_id, Action.DELIVER)) is not None:
        return Delivery.objects.get(pk=pk)
    mine = _order(order, OrderState.PLACED, OrderState.PARTLY_DELIVERED)
    number = _text(document, 60)
    if not number:
        raise errors.ReasonMissing
    expected = {
        row.pk: row
        for row in Distribution.objects.select_for_update(of=("self",))
        .select_related("line__record")
        .filter(line__order=mine, library=library)
    }
    if not lines:
        raise errors.NothingToBuy
    if len({came.distribution.pk for came in lines}) != len(lines):
        raise errors.BadChoice(value=number)
    parts: dict[str, list[tuple[Came, Distribution]]] = defaultdict(list)
    for came in lines:
        row = expected.get(came.distribution.pk)
        if row is None:
            raise errors.BadChoice(value=came.distribution.pk)
        if min(came.quantity, came.defective, came.missing) < 0 or not came.quantity + came.defective + came.missing:
            raise errors.BadAmount(value=came.quantity)
        left = row.quantity - row.delivered
        if came.quantity + came.defective + came.missing > left:
            raise errors.MoreThanOrdered(title=row.line.record.title, left=left)
        parts[fund_of([row.line.record]) if came.quantity else ""].append((came, row))
    delivery = Delivery.objects.create(
        order=mine, library=library, document=number, on=on, at=at, actor_id=actor.user_id
    )
    for part, members in parts.items():
        act = _receive(actor, mine, delivery, part, members, at) if part else None
        for came, row in members:
            DeliveryLine.objects.create(
                delivery=delivery,
                distribution=row,
                quantity=came.quantity,
                defective=came.defective,
                missing=came.missing,
                act=act,
            )
            row.delivered += came.quantity
            row.save(update_fields=["delivered"])
            mine.delivered = tenge(mine.delivered + came.quantity * row.line.price)
    is_whole = not queries.awaited(mine).exists()
    if is_whole or mine.delivered:
        mine.state = OrderState.DELIVERED if is_whole else OrderState.PARTLY_DELIVERED
    mine.save(update_fields=["state", "delivered"])
    audit.record(
        actor,
        Action.DELIVER,
        delivery,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"order": str(mine), "volumes": sum(came.quantity for came in lines)},
    )
    return delivery


def _receive(
    actor: Actor, order: Order, delivery: Delivery, part: str, members: list[tuple[Came, Distribution]], at: datetime
) -> Act:
    return fund.receive(
        actor=actor,
        library=delivery.library,
        receipt=fund.Receipt(
            on=delivery.on,
            source=order.budget.source,
            lines=[fund.ReceiptLine(row.line.record, came.quantity, row.line.price) for came, row in members],
            fund=part,
            supplier=order.supplier.name,
            document_number=delivery.document,
            document_on=delivery.on,
        ),
        at=at,
        command_id=None,
    )


@transaction.atomic
def pay(
    *,
    actor: Actor,
    order: Order,
    amount: Decimal,
    on: date,
    document: str,
    at: datetime,
    command_id: UUID | None = None,
) -> Payment:
    """Note what was paid for an order (tenge), an advance too.

    :raises WrongState: it was not placed, or is closed and paid.
    :raises MoreThanBound: more than the order is worth.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, order.organization.path)
    if (pk := _before(command_id, Action.PAY)) is not None:
        return Payment.objects.get(pk=pk)
    mine = _order(order, *OPEN, OrderState.CLOSED)
    amount, paper = _sum(amount, lowest=Decimal("0.01")), _text(document, 100)
    if not paper:
        raise errors.ReasonMissing
    worth = mine.delivered if mine.state == OrderState.CLOSED else mine.total
    if mine.paid + amount > worth:
        raise errors.MoreThanBound(excess=tenge(mine.paid + amount - worth))
    payment = Payment.objects.create(order=mine, amount=amount, on=on, document=paper, at=at, actor_id=actor.user_id)
    mine.paid = tenge(mine.paid + amount)
    mine.save(update_fields=["paid"])
    audit.record(
        actor,
        Action.PAY,
        payment,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"order": str(mine), "amount": str(amount)},
    )
    return payment


@transaction.atomic
def close_order(*, actor: Actor, order: Order, reason: str, at: datetime, command_id: UUID | None = None) -> Order:
    """End an order: what did not come is awaited no longer, and its sum is free again.

    :raises WrongState: it was not placed or is closed.
    :raises MoreThanBound: more was paid than has come.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, order.organization.path)
    if (pk := _before(command_id, Action.CLOSE)) is not None:
        return Order.objects.get(pk=pk)
    mine = _order(order, *OPEN)
    if mine.paid > mine.delivered:
        raise errors.MoreThanBound(excess=tenge(mine.paid - mine.delivered))
    given = _reason(reason)
    mine.state = OrderState.CLOSED
    mine.save(update_fields=["state"])
    audit.record(
        actor,
        Action.CLOSE,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"delivered": str(mine.delivered), "reason": given},
    )
    return mine
