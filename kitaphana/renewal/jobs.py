"""Background work of renewal: coverage is counted by night, and during the day where something moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock, jobs
from kitaphana.core.access import Actor
from kitaphana.core.jobs import Progress, work
from kitaphana.core.models import AuditEntry, Job, JobState
from kitaphana.organizations.models import Organization
from kitaphana.renewal import coverage, services
from kitaphana.renewal.models import Plan

COUNT: Final = "renewal.count"
FOLLOW: Final = "renewal.follow"
NIGHTLY: Final = "renewal.nightly"
LABELS: Final = {
    COUNT: _("Count of the coverage of core lists"),
    FOLLOW: _("Count of the coverage where something changed"),
    NIGHTLY: _("Nightly count of the coverage of core lists"),
}
MOVES: Final = ("fund.", "stocktaking.", "people.")
LISTS: Final = "corelist.step"


def enqueue_count(node: Organization, *, actor: Actor) -> Job:
    """Count everything below a node in the background."""
    return jobs.enqueue(COUNT, actor_id=actor.user_id, library_id=node.pk, node_id=node.pk)


def _portions(node: Organization | None) -> list[Organization]:
    """Nodes counted in one go each: the parents of libraries (districts), which hold some dozens of schools."""
    libraries = Organization.objects.filter(is_library=True, is_closed=False)
    if node is not None:
        if node.is_library:
            return [node]
        libraries = libraries.filter(path__startswith=node.path)
    above = {path[: -Organization.steplen] for path in libraries.values_list("path", flat=True)}
    # A portion inside another one would be counted twice: the outer one is divided into its own libraries.
    nested = {path for path in above if any(other != path and other.startswith(path) for other in above)}
    own = [path for path in libraries.values_list("path", flat=True) if path[: -Organization.steplen] in nested]
    return list(Organization.objects.filter(path__in=[*(above - nested), *own]).order_by("path"))


@work(COUNT)
def count(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count every library below a node."""
    return _count(progress, Organization.objects.get(pk=arguments["node_id"]))


@work(NIGHTLY, every=timedelta(days=1))
def nightly(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count every library of the country, and plan anew where what is needed or held has changed."""
    counted = _count(progress, None)
    plans = Plan.objects.filter(is_current=True).select_related("node", "version__core_list").order_by("pk")
    anew = sum(1 for plan in plans if services.follow_plan(plan=plan, at=clock.now()) is not None)
    return {**counted, "plans": anew}


def _count(progress: Progress, node: Organization | None) -> dict[str, int]:
    portions, rows = _portions(node), 0
    for done, portion in enumerate(portions, start=1):
        rows += coverage.count(portion, at=clock.now())
        progress.tell(done, len(portions))
    return {"rows": rows}


@work(FOLLOW, every=timedelta(minutes=1))
def follow(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count the libraries whose fund or readers changed since the last time; all of them, where a list was published."""
    last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    before = Job.objects.filter(name=FOLLOW, state=JobState.DONE, pk__lt=progress.job.pk).order_by("-pk").first()
    seen = (before.result or {}).get("last", last) if before else last
    moved: set[int] = set()
    is_published = False
    entries = AuditEntry.objects.filter(pk__gt=seen, pk__lte=last)
    for library_id, action in entries.values_list("library_id", "action").iterator(5000):
        if library_id is not None and action.startswith(MOVES):
            moved.add(library_id)
        is_published |= action == LISTS
    if is_published:
        return {**_count(progress, None), "last": last}
    for done, library in enumerate(Organization.objects.filter(pk__in=moved, is_library=True), start=1):
        coverage.count(library, at=clock.now())
        progress.tell(done, len(moved))
    return {"libraries": len(moved), "last": last}
