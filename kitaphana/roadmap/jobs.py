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
from kitaphana.roadmap.formulas import FORMULAS
from kitaphana.roadmap.models import FIRST_YEAR, YearValue

KEEP: Final = "roadmap.keep"
LABELS: Final = {KEEP: _("Nightly keeping of the roadmap's values")}


@work(KEEP, every=timedelta(days=1))
def keep(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Keep the running year's values of every node; in January those of the old year once more, as papers of December
    still come in; of the years before what the records tell and nobody has kept yet."""
    now = clock.now()
    today = clock.day_of(now)
    first = LedgerEntry.objects.aggregate(first=Min("on"))["first"]
    gone = range(max(first.year, FIRST_YEAR) if first else today.year, today.year)
    told = {key for key, formula in FORMULAS.items() if formula.is_of_any_year}
    kept = set(YearValue.objects.order_by().values_list("year", "measure__formula").distinct())
    values = services.keep(today.year, at=now)
    for done, year in enumerate(gone, start=1):
        missing = {key for key in told if (year, key) not in kept}
        is_fresh = year == today.year - 1 and today.month == 1
        values += services.keep(year, at=now, only=None if is_fresh else missing)
        progress.tell(done, len(gone))
    return {"values": values}
