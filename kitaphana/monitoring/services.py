"""The one thing monitoring writes: that somebody took a list away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.monitoring.enums import Action, Measure
from kitaphana.organizations.models import Organization


@transaction.atomic
def note_export(*, actor: Actor, node: Organization, measure: Measure, number: int, at: datetime) -> None:
    """Note in the journal that a list of so many rows was downloaded."""
    actor.require(Permission.NUMBERS_VIEW, node.path)
    audit.record(
        actor, Action.EXPORT.value, node, at=at, library_id=node.pk, after={"list": measure.value, "rows": number}
    )
