"""Background work of the roadmap: by night the running year's values are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock
from kitaphana.core.jobs import Progress, work
from kitaphana.fund.models import LedgerEntry
from kitaphana.roadmap import services
from kitaphana.roadmap.models import FIRST_YEAR, YearValue

KEEP: Final = "roadmap.keep"
LABELS: Final = {KEEP: _("Nightly keeping of the roadmap's values")}


@work(KEEP, every=timedelta(days=1))
def keep(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Keep the running year's values of every node; in January those of the old year once more, as papers of December
    still come in; and once those of every year gone by that the records tell of."""
    now = clock.now()
    this_year = clock.day_of(now).year
    kept = set(YearValue.objects.values_list("year", flat=True).distinct())
    first = LedgerEntry.objects.aggregate(first=Min("on"))["first"]
    gone = range(max(first.year, FIRST_YEAR) if first else this_year, this_year)
    years = [year for year in gone if year not in kept or (year == this_year - 1 and clock.day_of(now).month == 1)]
    values = 0
    for done, year in enumerate([*years, this_year], start=1):
        values += services.keep(year, at=now)
        progress.tell(done, len(years) + 1)
    return {"values": values}
