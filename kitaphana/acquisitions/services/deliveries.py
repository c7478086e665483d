"""What suppliers bring, and claims where it was not what was ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kitaphana.acquisitions import errors, queries
from kitaphana.acquisitions.enums import OPEN, Action, ClaimState, OrderState
from kitaphana.acquisitions.models import (
    Claim,
    Delivery,
    DeliveryLine,
    Distribution,
    Order,
)
from kitaphana.acquisitions.services.common import clean, first_time
from kitaphana.acquisitions.services.orders import locked_order
from kitaphana.core import audit, clock, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act
from kitaphana.fund.services.receipts import fund_of
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class Came:
    """What a document says of a line of the distribution."""

    distribution: Distribution
    quantity: int
    defective: int = 0
    missing: int = 0


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
    if (pk := first_time(command_id, Action.DELIVER)) is not None:
        return Delivery.objects.get(pk=pk)
    mine = locked_order(order, OrderState.PLACED, OrderState.PARTLY_DELIVERED)
    number = clean(document, 60)
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
    rows = []
    for part, members in parts.items():
        act = _receive(actor, mine, delivery, part, members, at) if part else None
        for came, row in members:
            rows.append(
                DeliveryLine(
                    delivery=delivery,
                    distribution=row,
                    quantity=came.quantity,
                    defective=came.defective,
                    missing=came.missing,
                    act=act,
                )
            )
            row.delivered += came.quantity
            mine.delivered = tenge(mine.delivered + came.quantity * row.line.price)
    DeliveryLine.objects.bulk_create(rows)
    Distribution.objects.bulk_update([row for members in parts.values() for _came, row in members], ["delivered"])
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
def raise_claim(
    *,
    actor: Actor,
    delivery: Delivery,
    text: str,
    answer_by: date,
    at: datetime,
    command_id: UUID | None = None,
) -> Claim:
    """Tell the supplier what was defective or missing in a delivery.

    :raises NothingToBuy: nothing was wrong with it.
    :raises WrongState: a claim was raised already.
    :raises ReasonMissing: no text.
    """
    order = delivery.order
    actor.require(Permission.ACQUISITIONS_MANAGE, order.organization.path)
    if (pk := first_time(command_id, Action.CLAIM)) is not None:
        return Claim.objects.get(pk=pk)
    locked_order(order, *OPEN, OrderState.CLOSED)
    if not delivery.lines.filter(Q(defective__gt=0) | Q(missing__gt=0)).exists():
        raise errors.NothingToBuy
    if (before := Claim.objects.filter(delivery=delivery).first()) is not None:
        raise errors.WrongState(state=before.get_state_display())
    words = clean(text, 1000)
    if not words:
        raise errors.ReasonMissing
    today = clock.day_of(at)
    if answer_by < today:
        raise errors.BadAmount(value=answer_by)
    claim = Claim.objects.create(
        delivery=delivery,
        organization=order.organization,
        number=numbers.take(order.organization_id, f"acquisitions.claim.{today.year}")[0],
        year=today.year,
        text=words,
        answer_by=answer_by,
        made_at=at,
        made_by_name=actor.name[:200],
    )
    audit.record(
        actor,
        Action.CLAIM,
        claim,
        at=at,
        library_id=order.organization_id,
        command_id=command_id,
        after={"order": str(order), "text": words},
    )
    return claim


@transaction.atomic
def settle_claim(
    *, actor: Actor, claim: Claim, state: str, outcome: str, at: datetime, command_id: UUID | None = None
) -> Claim:
    """Note how a claim ended.

    :raises WrongState: it ended already.
    :raises BadChoice: no way to end it.
    :raises ReasonMissing: not a word about it.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, claim.organization.path)
    if (pk := first_time(command_id, Action.SETTLE)) is not None:
        return Claim.objects.get(pk=pk)
    mine: Claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if mine.state != ClaimState.OPEN:
        raise errors.WrongState(state=mine.get_state_display())
    if state == ClaimState.OPEN or state not in ClaimState.values:
        raise errors.BadChoice(value=state)
    words = clean(outcome, 500)
    if not words:
        raise errors.ReasonMissing
    mine.state, mine.outcome, mine.settled_at = state, words, at
    mine.save(update_fields=["state", "outcome", "settled_at"])
    audit.record(
        actor,
        Action.SETTLE,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"state": state, "outcome": words},
    )
    return mine
