"""What is asked of kept reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import DomainError
from kitaphana.organizations.queries import ancestor_paths
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.people.roles import PERMISSIONS
from kitaphana.reports.definition import Definition, parse
from kitaphana.reports.enums import Outcome, Sharing
from kitaphana.reports.errors import ReportNotFound
from kitaphana.reports.models import Result, SavedReport

VIEW = Permission.NUMBERS_VIEW


def _places(actor: Actor) -> set[str]:
    """Nodes at which somebody may see numbers by a role of their own."""
    return {grant.path for grant in actor.grants if VIEW in grant.permissions}


def _shared(actor: Actor) -> Q:
    places = _places(actor)
    above = {path for place in places for path in (*ancestor_paths(place), place)}
    return (
        Q(staff=actor.user_id)
        | Q(sharing=Sharing.ORGANIZATION, node__path__in=places)
        | Q(sharing=Sharing.BELOW, node__path__in=above)
    )


def mine(actor: Actor) -> QuerySet[SavedReport]:
    """Somebody's own reports with the number of results not yet seen."""
    unseen = Count("results", filter=Q(results__seen_at__isnull=True, results__outcome=Outcome.MADE))
    return (
        SavedReport.objects.filter(owner_id=actor.user_id)
        .select_related("schedule")
        .annotate(unseen=unseen)
        .order_by("name", "pk")
    )


def shared_with(actor: Actor) -> QuerySet[SavedReport]:
    """Reports of others that somebody may open."""
    ids = SavedReport.objects.filter(_shared(actor)).exclude(owner_id=actor.user_id).values("pk")
    return SavedReport.objects.filter(pk__in=ids).select_related("owner__person", "node").order_by("name", "pk")


def report_for(pk: int, actor: Actor) -> SavedReport:
    """A report that somebody owns or that is shared with them.

    :raises ReportNotFound: it is neither.
    """
    seen = Q(owner_id=actor.user_id) | Q(pk__in=SavedReport.objects.filter(_shared(actor)).values("pk"))
    found = (
        SavedReport.objects.filter(seen, pk=pk).select_related("owner__person", "node", "schedule").first()
        if actor.may_somewhere(VIEW)
        else None
    )
    if found is None:
        raise ReportNotFound
    return found


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept definition as far as this program understands it."""

    definition: Definition | None
    problem: DomainError | None


def opened(report: SavedReport) -> Opened:
    """Its definition, or what of it is not understood any more."""
    try:
        return Opened(parse(report.definition), None)
    except DomainError as refusal:
        return Opened(None, refusal)


def colleagues(actor: Actor) -> list[User]:
    """Those one can share with by name: staff within one's reach and of one's own nodes, who may see numbers."""
    roles = [role for role, permissions in PERMISSIONS.items() if VIEW in permissions]
    within = Q(pk__in=[])
    for path in _places(actor):
        within |= Q(organization__path__startswith=path)
    ids = RoleAssignment.objects.filter(within, role__in=roles).values("user_id")
    return list(
        User.objects.filter(pk__in=ids, is_active=True)
        .exclude(pk=actor.user_id or 0)
        .exclude(roles__role=Role.READER)
        .select_related("person")
        .order_by("person__sort_key", "login")[:300]
    )


def results(report: SavedReport) -> QuerySet[Any]:
    """What was made by schedule, the newest first."""
    return Result.objects.filter(report=report).order_by("-due_at")
