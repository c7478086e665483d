"""Background work of the indicators: what moved is counted again by the minute, everything by night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock
from kitaphana.core.jobs import Progress, work
from kitaphana.core.models import AuditEntry, Job, JobState
from kitaphana.indicators import rollups
from kitaphana.organizations.models import Organization
from kitaphana.renewal.models import Coverage
from kitaphana.textbooks.models import ProvisionTotal

FOLLOW: Final = "indicators.follow"
NIGHTLY: Final = "indicators.nightly"
LABELS: Final = {
    FOLLOW: _("Count of the indicators where something changed"),
    NIGHTLY: _("Nightly count of the indicators"),
}
MOVES: Final = ("fund.", "stocktaking.", "people.", "circulation.", "monitoring.", "textbooks.", "weeding.")
YEARS: Final = 2
"""Calendar years that the night counts anew: this one and those before, so that late entries are seen."""


def since(today: date) -> date:
    """From when the night counts."""
    return date(today.year - YEARS + 1, 1, 1)


@work(NIGHTLY, every=timedelta(days=1))
def nightly(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count every library for this year and the year before."""
    today = clock.today()
    return {"rows": rollups.count_all(since(today), today, progress.tell)}


@work(FOLLOW, every=timedelta(minutes=1))
def follow(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Count the libraries where something changed since the last time, for this month and the month before."""
    last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    before = Job.objects.filter(name=FOLLOW, state=JobState.DONE, pk__lt=progress.job.pk).order_by("-pk").first()
    result = before.result or {} if before else {}
    seen, counted = result.get("last", last), before.created_at if before else clock.now()
    moved: set[int] = set()
    entries = AuditEntry.objects.filter(pk__gt=seen, pk__lte=last, library_id__isnull=False)
    for library_id, action in entries.values_list("library_id", "action").iterator(5000):
        if library_id is not None and action.startswith(MOVES):
            moved.add(library_id)
    # Coverage and provision are counted by jobs of their own, a little after what moved them.
    for model in (Coverage, ProvisionTotal):
        moved.update(model.objects.filter(counted_at__gte=counted).values_list("library", flat=True))
    libraries = Organization.objects.filter(pk__in=moved, is_library=True).order_by("path").values_list("pk", flat=True)
    today = clock.today()
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    rollups.count(list(libraries), first, today)
    return {"libraries": len(moved), "last": last}
