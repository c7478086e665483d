"""Background work of the readers' side: what is new in saved searches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import QueryDict

from kitaphana.catalog import queries as catalog
from kitaphana.collections.enums import Every
from kitaphana.collections.models import SavedSearch
from kitaphana.collections.services import note_found
from kitaphana.core import clock, jobs
from kitaphana.portal.asking import filters_of

SEARCHES = "portal.saved_searches"
NEWEST: Final = 200
"""So many of the records added last are looked at; more news than that is one number."""
BATCH: Final = 500
_PERIODS: Final = {Every.DAY: timedelta(hours=20), Every.WEEK: timedelta(days=6, hours=20)}


def look(at: datetime) -> int:
    """Look for news of the searches whose time has come; returns how many have some."""
    told = 0
    for every, period in _PERIODS.items():
        due = SavedSearch.objects.filter(every=every, looked_at__lte=at - period).order_by("looked_at")
        for search in due[:BATCH]:
            ids = news_of(search)
            note_found(search, ids, at=at)
            told += bool(ids)
    return told


def news_of(search: SavedSearch) -> list[int]:
    """Records that the search finds and that were added since the program last looked, newest first."""
    query = QueryDict(search.query)
    found = catalog.search(query.get("q", "")[:400], filters=filters_of(query), sort="added", limit=NEWEST)
    return [record.pk for record in found.records if record.made_at > search.looked_at]


@jobs.work(SEARCHES, every=timedelta(hours=1))
def saved_searches(progress: jobs.Progress, **arguments: Any) -> Any:
    """Tell people what is new in their searches."""
    return {"told": look(clock.now())}
