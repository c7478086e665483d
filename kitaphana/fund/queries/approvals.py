"""The director's side: acts that wait for a decision, and the closed periods."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from kitaphana.core.access import Reach
from kitaphana.fund.enums import APPROVED_KINDS
from kitaphana.fund.models import Act, Approval, ClosedPeriod
from kitaphana.fund.queries.acts import acts
from kitaphana.organizations.models import Organization


def waiting_acts(reach: Reach, *, library: Organization | None = None) -> QuerySet[Act]:
    """Acts that took something out of a fund and were neither decided on nor reversed, the oldest first; with the
    figures of ``acts``."""
    return (
        acts(reach, library=library)
        .filter(kind__in=APPROVED_KINDS, approval__isnull=True, reversed_by__isnull=True)
        .select_related("library")
        .order_by("pk")
    )


def count_waiting(reach: Reach) -> int:
    """How many acts in a reach wait for a decision. One statement."""
    return (
        Act.objects.within(reach)
        .filter(kind__in=APPROVED_KINDS, approval__isnull=True, reversed_by__isnull=True)
        .count()
    )


def decisions(library: Organization, *, limit: int = 20) -> list[Approval]:
    """The newest decisions on acts of a library."""
    return list(Approval.objects.filter(act__library=library).select_related("act").order_by("-pk")[:limit])


def latest_name(user_id: int | None) -> str:
    """The name under which a person decided last; empty: they never did."""
    names = Approval.objects.filter(actor_id=user_id).order_by("-pk").values_list("name", flat=True)
    return (names.first() or "") if user_id is not None else ""


def closed_periods(library: Organization) -> QuerySet[ClosedPeriod]:
    """Closed periods of a library, the latest first."""
    return ClosedPeriod.objects.filter(library=library).order_by("-until")


def closed_until(library: Organization) -> date | None:
    """The last day of the closed periods; None: nothing is closed."""
    return closed_periods(library).values_list("until", flat=True).first()
