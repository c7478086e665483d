"""Estimates and their approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.acquisitions import errors, queries
from kitaphana.acquisitions.enums import Action, EstimateState
from kitaphana.acquisitions.models import (
    Estimate,
    EstimateLine,
)
from kitaphana.acquisitions.services.common import amount_of, clean, first_time, reason_of
from kitaphana.catalog.models import Record
from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import ZERO
from kitaphana.organizations.models import Organization

MOST_VOLUMES = 1_000_000


@dataclass(frozen=True, slots=True)
class EstimateLineInput:
    """Volumes of an edition for a library. ``price`` None: the latest known price, or nothing when there is none."""

    record: Record
    library: Organization
    quantity: int
    price: Decimal | None = None


def _rows(estimate: Estimate, lines: Sequence[EstimateLineInput], at: datetime) -> list[EstimateLine]:
    """Lines for an estimate, at the prices given or the latest known ones. One statement."""
    organization = estimate.organization
    latest = queries.latest_prices(organization, {line.record.pk for line in lines}, on=clock.day_of(at))
    rows = []
    seen: set[tuple[int, int]] = set()
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
                price=amount_of(price),
                price_source=known,
            )
        )
    return rows


@transaction.atomic
def create_estimate(
    *,
    actor: Actor,
    organization: Organization,
    year: int,
    title: str,
    lines: Sequence[EstimateLineInput] = (),
    copied_from: Estimate | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Estimate:
    """Make an estimate with lines for one library or many; with ``copied_from`` the next version of a returned one.

    :raises ForeignLibrary: a recipient is no library of the organisation.
    :raises BadAmount: a quantity or a price makes no sense.
    :raises BadChoice: an edition stands twice for the same library.
    :raises WrongState: the earlier version was not returned.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, organization.path)
    if (pk := first_time(command_id, Action.ESTIMATE)) is not None:
        return Estimate.objects.get(pk=pk)
    version = 1
    if copied_from is not None:
        earlier = locked_estimate(copied_from, EstimateState.RETURNED)
        if earlier.organization_id != organization.pk or Estimate.objects.filter(copied_from=earlier).exists():
            raise errors.WrongState(state=earlier.get_state_display())
        version = earlier.version + 1
    estimate = Estimate.objects.create(
        organization=organization,
        year=year,
        title=clean(title, 200),
        version=version,
        copied_from=copied_from,
        made_at=at,
        made_by_id=actor.user_id,
    )
    rows = _rows(estimate, lines, at)
    EstimateLine.objects.bulk_create(rows, batch_size=1000)
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


def locked_estimate(estimate: Estimate, *states: EstimateState) -> Estimate:
    mine: Estimate = Estimate.objects.select_for_update(of=("self",)).select_related("organization").get(pk=estimate.pk)
    if mine.state not in states:
        raise errors.WrongState(state=mine.get_state_display())
    return mine


@transaction.atomic
def change_estimate(
    *,
    actor: Actor,
    estimate: Estimate,
    quantities: Mapping[int, int] | None = None,
    prices: Mapping[int, Decimal] | None = None,
    more: Sequence[EstimateLineInput] = (),
    at: datetime,
    command_id: UUID | None = None,
) -> Estimate:
    """Change a draft: volumes by line id (0 takes the line out), tenge a volume by record id, lines to be added (their
    volumes are added to a line that stands already).

    :raises WrongState: it is no draft.
    :raises BadAmount, ForeignLibrary: what was given makes no sense.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, estimate.organization.path)
    if (pk := first_time(command_id, Action.CHANGE)) is not None:
        return Estimate.objects.get(pk=pk)
    mine = locked_estimate(estimate, EstimateState.DRAFT)
    rows = {row.pk: row for row in mine.lines.all()}
    for pk, quantity in (quantities or {}).items():
        if pk not in rows or not 0 <= quantity <= MOST_VOLUMES:
            raise errors.BadAmount(value=quantity)
        rows[pk].quantity = quantity
    for row in rows.values():
        if (price := (prices or {}).get(row.record_id)) is not None and amount_of(price) != row.price:
            row.price, row.price_source = amount_of(price), None
    added = []
    stands = {(row.record_id, row.library_id): row for row in rows.values()}
    for row in _rows(mine, more, at) if more else []:
        if (known := stands.get((row.record_id, row.library_id))) is not None:
            known.quantity += row.quantity
        else:
            added.append(row)
    mine.lines.filter(pk__in=[row.pk for row in rows.values() if not row.quantity]).delete()
    kept = [row for row in rows.values() if row.quantity]
    EstimateLine.objects.bulk_update(kept, ["quantity", "price", "price_source"], batch_size=500)
    EstimateLine.objects.bulk_create(added, batch_size=1000)
    audit.record(
        actor,
        Action.CHANGE,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        after={"lines": len(kept) + len(added)},
    )
    return mine


@transaction.atomic
def discard_estimate(*, actor: Actor, estimate: Estimate, at: datetime, command_id: UUID | None = None) -> None:
    """Throw a draft away; the journal remembers it.

    :raises WrongState: it is no draft.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, estimate.organization.path)
    if first_time(command_id, Action.DISCARD) is not None:
        return
    mine = locked_estimate(estimate, EstimateState.DRAFT)
    audit.record(
        actor,
        Action.DISCARD,
        mine,
        at=at,
        library_id=mine.organization_id,
        command_id=command_id,
        before={"title": mine.title, "version": mine.version},
    )
    mine.lines.all().delete()
    mine.delete()


@transaction.atomic
def submit_estimate(*, actor: Actor, estimate: Estimate, at: datetime, command_id: UUID | None = None) -> Estimate:
    """Lay an estimate before those who approve.

    :raises WrongState: it is no draft.
    :raises NothingToBuy, BadAmount: it has no lines, or one without a price.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, estimate.organization.path)
    if (pk := first_time(command_id, Action.SUBMIT)) is not None:
        return Estimate.objects.get(pk=pk)
    mine = locked_estimate(estimate, EstimateState.DRAFT)
    if not mine.lines.exists():
        raise errors.NothingToBuy
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
    if (pk := first_time(command_id, action)) is not None:
        return Estimate.objects.get(pk=pk)
    mine = locked_estimate(estimate, EstimateState.SUBMITTED)
    mine.decision_reason = clean(reason, 300) if is_approved else reason_of(reason)
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
