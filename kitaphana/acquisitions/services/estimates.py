"""Estimates and their approval."""

from __future__ import annotations

from collections.abc import Sequence
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
    if (pk := first_time(command_id, Action.ESTIMATE)) is not None:
        return Estimate.objects.get(pk=pk)
    if not lines:
        raise errors.NothingToBuy
    version = 1
    if copied_from is not None:
        earlier = locked_estimate(copied_from, EstimateState.RETURNED)
        if earlier.organization_id != organization.pk or Estimate.objects.filter(copied_from=earlier).exists():
            raise errors.WrongState(state=earlier.get_state_display())
        version = earlier.version + 1
    latest = queries.latest_prices(organization, {line.record.pk for line in lines}, on=clock.day_of(at))
    estimate = Estimate.objects.create(
        organization=organization,
        year=year,
        title=clean(title, 200),
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
                price=amount_of(price),
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


def locked_estimate(estimate: Estimate, *states: EstimateState) -> Estimate:
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
    if (pk := first_time(command_id, Action.SUBMIT)) is not None:
        return Estimate.objects.get(pk=pk)
    mine = locked_estimate(estimate, EstimateState.DRAFT)
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
