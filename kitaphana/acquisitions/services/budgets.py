"""The money of a year."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.acquisitions import errors, queries
from kitaphana.acquisitions.enums import SOURCES, Action, BudgetKind
from kitaphana.acquisitions.models import (
    Budget,
    BudgetChange,
)
from kitaphana.acquisitions.services.common import LARGEST, amount_of, clean, first_time, reason_of
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.organizations.models import Organization


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
    if (pk := first_time(command_id, Action.BUDGET)) is not None:
        return BudgetChange.objects.select_related("budget").get(pk=pk).budget
    for value, choices in ((source, [one.value for one in SOURCES]), (kind, BudgetKind.values)):
        if value not in choices:
            raise errors.BadChoice(value=value)
    amount = amount_of(amount, lowest=-LARGEST)
    if not amount:
        raise errors.BadAmount(value=amount)
    given = reason_of(reason)
    mine, _made = Budget.objects.get_or_create(organization=organization, year=year, source=source, kind=kind)
    budget = Budget.objects.select_for_update().get(pk=mine.pk)
    planned = tenge(budget.planned + amount)
    bound = queries.bound(budget)
    if planned < 0 or (amount < 0 and planned < bound):
        raise errors.BudgetBelowOrders(bound=bound)
    change = BudgetChange.objects.create(
        budget=budget, amount=amount, reason=given, document=clean(document, 100), at=at, actor_id=actor.user_id
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
