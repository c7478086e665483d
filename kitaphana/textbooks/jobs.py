"""Background work of textbooks: counting provision, of one node when asked, of changed libraries every minute, of all
by night."""

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
from kitaphana.textbooks import provision

COUNT: Final = "textbooks.count"
FOLLOW: Final = "textbooks.follow"
NIGHTLY: Final = "textbooks.nightly"
LABELS: Final = {
    COUNT: _("Count of textbook provision"),
    FOLLOW: _("Count of textbook provision where something changed"),
    NIGHTLY: _("Nightly count of textbook provision"),
}
MOVES: Final = ("circulation.", "fund.", "textbooks.", "curriculum.", "people.class", "people.promoted")
"""Commands after which the provision of their library may be another: what their names begin with."""


def enqueue_count(node: Organization, school_year: int, *, actor: Actor) -> Job:
    """Count a district or more in the background."""
    return jobs.enqueue(COUNT, actor_id=actor.user_id, library_id=node.pk, node_id=node.pk, school_year=school_year)


@work(COUNT)
def count(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count every library below a node for a school year."""
    node = Organization.objects.get(pk=arguments["node_id"])
    libraries = Organization.objects.filter(is_library=True, is_closed=False, path__startswith=node.path)
    total, done = libraries.count(), 0
    for library in libraries.iterator(200):
        provision.count(library, arguments["school_year"], at=clock.now())
        done += 1
        progress.tell(done, total)
    return {"libraries": done}


def _years() -> tuple[int, ...]:
    """School years that anybody looks at now: this one, and from February on the next."""
    today = clock.today()
    now = clock.school_year(today)
    return (now, now + 1) if today.month >= 2 else (now,)


@work(FOLLOW, every=timedelta(minutes=1))
def follow(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count the libraries in which something moved since the last time: during the two peaks figures are a minute
    old."""
    last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    before = Job.objects.filter(name=FOLLOW, state=JobState.DONE, pk__lt=progress.job.pk).order_by("-pk").first()
    seen = (before.result or {}).get("last", last) if before else last
    moved: set[int] = set()
    entries = AuditEntry.objects.filter(pk__gt=seen, pk__lte=last, library_id__isnull=False)
    for library_id, action in entries.values_list("library_id", "action").iterator(5000):
        if library_id is not None and action.startswith(MOVES):
            moved.add(library_id)
    libraries = Organization.objects.filter(pk__in=moved, is_library=True)
    for done, library in enumerate(libraries, start=1):
        for school_year in _years():
            provision.count(library, school_year, at=clock.now())
        progress.tell(done, len(moved))
    return {"libraries": len(moved), "last": last}


@work(NIGHTLY, every=timedelta(days=1))
def nightly(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count every library of the country."""
    done = 0
    for school_year in _years():
        for library in Organization.objects.filter(is_library=True, is_closed=False).iterator(200):
            provision.count(library, school_year, at=clock.now())
            done += 1
            progress.tell(done)
    return {"counted": done}
