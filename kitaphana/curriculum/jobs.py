"""Background work of the curriculum: by night the catalogue is searched for editions that came since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock
from kitaphana.core.jobs import Progress, work
from kitaphana.curriculum.models import CurriculumWork
from kitaphana.curriculum.services.works import CHUNK, match

MATCH: Final = "curriculum.nightly"
LABELS: Final = {MATCH: _("Nightly search for editions of the reading list")}


@work(MATCH, every=timedelta(days=1))
def nightly(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Look for editions of every work that is read now or later: a book described today counts from tomorrow on."""
    year = clock.school_year(clock.today())
    ids = list(
        CurriculumWork.objects.filter(Q(last_year__isnull=True) | Q(last_year__gte=year))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    added = 0
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            some = CurriculumWork.objects.select_for_update().filter(pk__in=ids[start : start + CHUNK])
            added += len(match(list(some.order_by("pk"))))
        progress.tell(min(start + CHUNK, len(ids)), len(ids))
    return {"works": len(ids), "added": added}
