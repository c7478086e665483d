"""What suppliers bring, and claims where it was not what was ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kitaphana.acquisitions import errors, queries
from kitaphana.acquisitions.enums import Action, OrderState
from kitaphana.acquisitions.models import (
    Delivery,
    DeliveryLine,
    Distribution,
    Order,
)
from kitaphana.acquisitions.services.common import clean, first_time
from kitaphana.acquisitions.services.orders import locked_order
from kitaphana.core import audit
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
