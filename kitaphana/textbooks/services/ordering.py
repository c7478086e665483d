"""Textbook orders: from the shortage of a school to the approval of its region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from kitaphana.core import audit, bulk
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.curriculum.models import SetEdition
from kitaphana.fund.models import LedgerEntry
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import lineage
from kitaphana.textbooks import errors
from kitaphana.textbooks.enums import ORDER_ROUTE, ORDER_TRANSITIONS, Action, OrderMove, OrderState
from kitaphana.textbooks.models import Provision, TextbookOrder, TextbookOrderLine, TextbookOrderStep

KIND_OF: Mapping[OrderState, OrganizationKind] = {
    OrderState.DISTRICT: OrganizationKind.DISTRICT,
    OrderState.REGION: OrganizationKind.REGION,
}
MOST = 100_000
"""Volumes of one line, at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a school asks for in a line."""

    quantity: int
    reason: str = ""


def levels_of(library: Organization) -> dict[OrderState, Organization]:
    """The nodes that approve a school's order, from below: the school itself, its district, its region."""
    above = {node.kind: node for node in lineage(library)}
    found = {OrderState.DIRECTOR: library}
    found.update({state: above[kind] for state, kind in KIND_OF.items() if kind in above})
    return found


def may_decide(actor: Actor, state: str, levels: Mapping[OrderState, Organization]) -> bool:
    """Whether somebody decides at the level where an order stands: an approver of that very node, or who runs the
    installation. Each level decides for itself: a district does not sign in the director's place."""
    node = levels.get(OrderState(state))
    if node is None:
        return False
    return actor.may(Permission.INSTALLATION, node.path) or any(
        grant.path == node.path and Permission.TEXTBOOKS_APPROVE in grant.permissions for grant in actor.grants
    )


@transaction.atomic
def make_order(
    *, actor: Actor, library: Organization, school_year: int, at: datetime, command_id: UUID | None = None
) -> TextbookOrder:
    """Make an order from the shortage as provision was last counted, less what earlier orders bring.

    :raises OrderUnderWay: an order of the year is not approved yet.
    :raises NothingToOrder: nothing is lacking.
    """
    actor.require(Permission.TEXTBOOKS_MANAGE, library.path)
    if (done := audit.repeated(command_id)) is not None:
        return TextbookOrder.objects.get(pk=done.object_id)
    _lock(library)
    earlier = TextbookOrder.objects.filter(library=library, school_year=school_year)
    if earlier.exclude(state__in=[OrderState.APPROVED, OrderState.CLOSED]).exists():
        raise errors.OrderUnderWay
    coming = dict(
        TextbookOrderLine.objects.filter(order__in=earlier.filter(state=OrderState.APPROVED))
        .order_by()
        .values_list("title_id")
        .annotate(n=Sum(Coalesce("region_quantity", "district_quantity", "quantity")))
    )
    rows = [
        (row, max(row.deficit - coming.get(row.title_id, 0), 0))
        for row in Provision.objects.filter(library=library, school_year=school_year, deficit__gt=0)
        .select_related("title__textbook_set")
        .order_by("title__textbook_set__grade", "title__textbook_set__language", "title__position", "title_id")
    ]
    rows = [(row, proposed) for row, proposed in rows if proposed]
    if not rows:
        raise errors.NothingToOrder
    records = _first_choice([row.title_id for row, _proposed in rows])
    prices = _prices(library, records.values())
    last = earlier.aggregate(last=Max("number"))["last"] or 0
    order = TextbookOrder.objects.create(
        library=library, school_year=school_year, number=last + 1, made_at=at, since=at
    )
    bulk.insert(
        TextbookOrderLine(
            order=order,
            title_id=row.title_id,
            record_id=records.get(row.title_id),
            grade=row.title.textbook_set.grade,
            language=row.title.textbook_set.language,
            name=row.title.name[:250],
            needed=row.needed,
            available=row.available,
            ordered_before=coming.get(row.title_id, 0),
            proposed=proposed,
            has_electronic=row.has_electronic,
            quantity=proposed,
            price=prices.get(records.get(row.title_id, 0)),
        )
        for row, proposed in rows
    )
    _record(actor, Action.MAKE_ORDER, order, at, command_id, {"volumes": sum(proposed for _row, proposed in rows)})
    return order


@transaction.atomic
def change_order(
    *,
    actor: Actor,
    order: TextbookOrder,
    lines: Mapping[int, Wanted],
    note: str,
    at: datetime,
    command_id: UUID | None = None,
) -> TextbookOrder:
    """Set what the school asks for, line by line (line id → wanted), while the order is being prepared.

    :raises MoreNeedsReason: more than the shortage without a reason.
    """
    actor.require(Permission.TEXTBOOKS_MANAGE, order.library.path)
    if audit.repeated(command_id) is not None:
        return TextbookOrder.objects.get(pk=order.pk)
    order = _locked(order, OrderState.DRAFT)
    changed = []
    for line in order.lines.filter(pk__in=list(lines)):
        wanted = lines[line.pk]
        line.quantity = min(max(wanted.quantity, 0), MOST)
        line.reason = wanted.reason.strip()[:300] if line.quantity > line.proposed else ""
        if line.quantity > line.proposed and not line.reason:
            raise errors.MoreNeedsReason(name=line.name)
        changed.append(line)
    TextbookOrderLine.objects.bulk_update(changed, ["quantity", "reason"])
    order.note = note.strip()[:500]
    order.save(update_fields=["note"])
    _record(actor, Action.CHANGE_ORDER, order, at, command_id, {"lines": len(changed)})
    return order


@transaction.atomic
def discard_order(*, actor: Actor, order: TextbookOrder, at: datetime, command_id: UUID | None = None) -> None:
    """Throw away an order that nobody has seen yet."""
    actor.require(Permission.TEXTBOOKS_MANAGE, order.library.path)
    if audit.repeated(command_id) is not None:
        return
    order = _locked(order, OrderState.DRAFT)
    if order.steps.exists():
        raise errors.WrongOrderMove(state=order.get_state_display())
    _record(actor, Action.DISCARD_ORDER, order, at, command_id, {"number": order.number})
    order.delete()


@transaction.atomic
def cut_line(
    *,
    actor: Actor,
    line: TextbookOrderLine,
    quantity: int,
    reason: str,
    at: datetime,
    command_id: UUID | None = None,
) -> TextbookOrderLine:
    """Change an ordered number at the level where the order stands (district or region); the school reads why.

    :raises CutNeedsReason: no reason is given.
    """
    levels = levels_of(line.order.library)
    if audit.repeated(command_id) is not None:
        return TextbookOrderLine.objects.get(pk=line.pk)
    order = _locked(line.order)
    if not may_decide(actor, order.state, levels):
        raise NotAllowed
    if order.state not in (OrderState.DISTRICT, OrderState.REGION):
        raise errors.WrongOrderMove(state=order.get_state_display())
    if not reason.strip():
        raise errors.CutNeedsReason
    line = TextbookOrderLine.objects.get(pk=line.pk)
    before = line.final
    field = "district_quantity" if order.state == OrderState.DISTRICT else "region_quantity"
    setattr(line, field, min(max(quantity, 0), MOST))
    line.cut_reason = reason.strip()[:300]
    line.save(update_fields=[field, "cut_reason"])
    _record(actor, Action.CUT_ORDER, order, at, command_id, {"line": line.pk, "from": before, "to": line.final})
    return line


@transaction.atomic
def step(
    *,
    actor: Actor,
    order: TextbookOrder,
    move: OrderMove,
    comment: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> TextbookOrder:
    """Take an order a step further or back.

    :raises WrongOrderMove: it does not stand where this can be done.
    :raises EmptyOrder: nothing is ordered.
    :raises CutNeedsReason: a return without a comment.
    """
    if audit.repeated(command_id) is not None:
        return TextbookOrder.objects.get(pk=order.pk)
    levels = levels_of(order.library)
    order = _locked(order)
    _take(actor, order, levels, move, comment, at)
    _record(actor, Action.STEP_ORDER, order, at, command_id, {"move": move.value, "state": order.state})
    return order


@transaction.atomic
def approve_all(
    *, actor: Actor, node: Organization, school_year: int, at: datetime, command_id: UUID | None = None
) -> int:
    """Approve every order that waits at a district or a region, in one transaction; returns how many."""
    actor.require(Permission.TEXTBOOKS_APPROVE, node.path)
    if (done := audit.repeated(command_id)) is not None:
        return int((done.after or {})["orders"])
    state = next((state for state, kind in KIND_OF.items() if kind == node.kind), None)
    if state is None or not may_decide(actor, state, {state: node}):
        raise NotAllowed
    waiting = TextbookOrder.objects.select_for_update(of=("self",)).filter(
        library__path__startswith=node.path, school_year=school_year, state=state
    )
    orders = list(waiting.order_by("pk"))
    volumes = _volumes([order.pk for order in orders])
    to_state = OrderState.APPROVED
    # From a district every order goes to the region: a district lies in one.
    if state == OrderState.DISTRICT and any(one.kind == OrganizationKind.REGION for one in lineage(node)):
        to_state = OrderState.REGION
    steps = [
        _step_row(actor, order, OrderMove.APPROVE, state, to_state, "", volumes.get(order.pk, 0), at)
        for order in orders
    ]
    TextbookOrder.objects.filter(pk__in=[order.pk for order in orders]).update(state=to_state, since=at)
    bulk.insert(steps)
    audit.record(
        actor,
        Action.STEP_ORDER.value,
        node,
        at=at,
        library_id=None,
        command_id=command_id,
        after={"orders": len(orders), "state": to_state.value, "school_year": school_year},
    )
    return len(orders)


def _take(
    actor: Actor,
    order: TextbookOrder,
    levels: Mapping[OrderState, Organization],
    move: OrderMove,
    comment: str,
    at: datetime,
) -> None:
    state = OrderState(order.state)
    if (state, move) not in ORDER_TRANSITIONS:
        raise errors.WrongOrderMove(state=order.get_state_display())
    if move in (OrderMove.SEND, OrderMove.CLOSE):
        actor.require(Permission.TEXTBOOKS_MANAGE, order.library.path)
    elif not may_decide(actor, state, levels):
        raise NotAllowed
    if move == OrderMove.RETURN and not comment.strip():
        raise errors.CutNeedsReason
    volumes = _volumes([order.pk]).get(order.pk, 0)
    if move == OrderMove.SEND and not volumes:
        raise errors.EmptyOrder
    target = ORDER_TRANSITIONS[state, move]
    while move == OrderMove.APPROVE and target in ORDER_ROUTE and target not in levels:
        target = ORDER_TRANSITIONS[target, OrderMove.APPROVE]
    if move == OrderMove.RETURN:
        # The school begins anew: what levels made of the numbers is asked again.
        order.lines.update(district_quantity=None, region_quantity=None, cut_reason="")
    _step_row(actor, order, move, state, target, comment, volumes, at).save()
    order.state, order.since = target, at
    order.save(update_fields=["state", "since"])


def _step_row(
    actor: Actor,
    order: TextbookOrder,
    move: OrderMove,
    from_state: OrderState,
    to_state: OrderState,
    comment: str,
    volumes: int,
    at: datetime,
) -> TextbookOrderStep:
    return TextbookOrderStep(
        order=order,
        at=at,
        user_id=actor.user_id,
        name=actor.name[:320],
        move=move,
        from_state=from_state,
        to_state=to_state,
        comment=comment.strip()[:500],
        volumes=volumes,
    )


def _volumes(order_ids: Iterable[int]) -> dict[int, int]:
    lines = TextbookOrderLine.objects.filter(order__in=list(order_ids)).order_by()
    final = Coalesce("region_quantity", "district_quantity", "quantity")
    return dict(lines.values_list("order_id").annotate(n=Sum(final)))


def _first_choice(title_ids: list[int]) -> dict[int, int]:
    """Title id → the record of its edition of first choice that is still approved."""
    rows = SetEdition.objects.filter(title__in=title_ids, is_dropped=False).order_by("title_id", "-rank")
    return dict(rows.values_list("title_id", "record_id"))


def _prices(library: Organization, record_ids: Iterable[int]) -> dict[int, Decimal]:
    """Tenge a volume at the latest receipt in the region (the part of the tree below the country)."""
    region = library.path[: 2 * Organization.steplen]
    latest = (
        LedgerEntry.objects.filter(
            record__in=list(record_ids), library__path__startswith=region, quantity__gt=0, price__gt=0
        )
        .order_by()
        .values("record_id")
        .annotate(last=Max("pk"))
        .values("last")
    )
    return dict(LedgerEntry.objects.filter(pk__in=latest).values_list("record_id", "price"))


def _lock(library: Organization) -> None:
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=library.pk).values_list("pk"))


def _locked(order: TextbookOrder, state: OrderState | None = None) -> TextbookOrder:
    rows = TextbookOrder.objects.select_for_update(of=("self",)).select_related("library")
    found: TextbookOrder | None = rows.filter(pk=order.pk).first()
    if found is None:
        raise errors.OrderNotFound
    if state is not None and found.state != state:
        raise errors.WrongOrderMove(state=found.get_state_display())
    return found


def _record(
    actor: Actor, action: Action, order: TextbookOrder, at: datetime, command_id: UUID | None, after: dict[str, object]
) -> None:
    audit.record(
        actor,
        action.value,
        order,
        at=at,
        library_id=order.library_id,
        command_id=command_id,
        after={"school_year": order.school_year, **after},
    )
