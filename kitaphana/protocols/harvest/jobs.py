"""Background work of harvesting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kitaphana.catalog import indexing
from kitaphana.core import clock, jobs
from kitaphana.protocols.harvest import services
from kitaphana.protocols.harvest.models import HarvestSource

DUE = "harvest.due"
ONE = "harvest.one"


@jobs.work(DUE, every=timedelta(minutes=30))
def harvest_due(progress: jobs.Progress, **arguments: Any) -> Any:
    """Harvest the sources whose time has come."""
    runs = [services.harvest(source=one, at=clock.now(), tell=progress.tell) for one in services.due(clock.now())]
    return {"sources": len(runs), "read": sum(run.read for run in runs)}


@jobs.work(ONE)
def harvest_one(progress: jobs.Progress, **arguments: Any) -> Any:
    """Harvest one source now (``source``)."""
    source = HarvestSource.objects.select_related("library").get(pk=arguments["source"])
    run = services.harvest(source=source, at=clock.now(), tell=progress.tell)
    indexing.bring_up_to_date()
    return {"source": source.pk, "read": run.read, "deleted": run.deleted, "problem": run.problem}
