"""Orders to suppliers: made, approved beyond the budget, placed, paid, closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.acquisitions import errors, queries
from kitaphana.acquisitions.enums import OPEN, Action, EstimateState, OrderState
from kitaphana.acquisitions.models import (
    Budget,
    Distribution,
    Estimate,
    EstimateLine,
    Order,
    OrderLine,
    Payment,
    Supplier,
)
from kitaphana.acquisitions.services.common import amount_of, clean, first_time, reason_of
from kitaphana.acquisitions.services.estimates import locked_estimate
from kitaphana.core import audit, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import ZERO, tenge


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
    if (pk := first_time(command_id, Action.ORDER)) is not None:
        return Order.objects.get(pk=pk)
    mine = locked_estimate(estimate, EstimateState.APPROVED)
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
    total = amount_of(sum((line.price * line.quantity for line in chosen), ZERO))
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
    rows = OrderLine.objects.bulk_create(
        OrderLine(order=order, record_id=record_id, price=price, quantity=sum(line.quantity for line in members))
        for (record_id, price), members in groups.items()
    )
    Distribution.objects.bulk_create(
        (
            Distribution(line=row, library_id=line.library_id, quantity=line.quantity)
            for row, members in zip(rows, groups.values(), strict=True)
            for line in members
        ),
        batch_size=1000,
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


def locked_order(order: Order, *states: OrderState) -> Order:
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
    if (pk := first_time(command_id, Action.OVERRUN)) is not None:
        return Order.objects.get(pk=pk)
    mine = locked_order(order, OrderState.DRAFT)
    excess = tenge(mine.total - queries.free(mine.budget))
    if excess <= 0:
        raise errors.BadAmount(value=excess)
    mine.overrun, mine.overrun_reason = excess, reason_of(reason)
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
    if (pk := first_time(command_id, Action.PLACE)) is not None:
        return Order.objects.get(pk=pk)
    mine = locked_order(order, OrderState.DRAFT)
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
    if (pk := first_time(command_id, Action.PAY)) is not None:
        return Payment.objects.get(pk=pk)
    mine = locked_order(order, *OPEN, OrderState.CLOSED)
    amount, paper = amount_of(amount, lowest=Decimal("0.01")), clean(document, 100)
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
    if (pk := first_time(command_id, Action.CLOSE)) is not None:
        return Order.objects.get(pk=pk)
    mine = locked_order(order, *OPEN)
    if mine.paid > mine.delivered:
        raise errors.MoreThanBound(excess=tenge(mine.paid - mine.delivered))
    given = reason_of(reason)
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


@transaction.atomic
def cancel_order(*, actor: Actor, order: Order, reason: str, at: datetime, command_id: UUID | None = None) -> Order:
    """Give up a draft order: its lines may be ordered otherwise, its number stays taken.

    :raises WrongState: it is no draft.
    :raises ReasonMissing: no reason.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, order.organization.path)
    if (pk := first_time(command_id, Action.CANCEL)) is not None:
        return Order.objects.get(pk=pk)
    mine = locked_order(order, OrderState.DRAFT)
    given = reason_of(reason)
    mine.state = OrderState.CANCELLED
    mine.save(update_fields=["state"])
    audit.record(
        actor,
        Action.CANCEL,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"reason": given},
    )
    return mine
