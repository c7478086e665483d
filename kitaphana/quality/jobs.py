"""Background work: flags, pairs, batches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kitaphana.core import clock, jobs
from kitaphana.people import queries
from kitaphana.people.models import User
from kitaphana.quality import services
from kitaphana.quality.models import Batch

FLAGS = "quality.flags"
PAIRS = "quality.pairs"
BATCH = "quality.batch"


@jobs.work(FLAGS, every=timedelta(minutes=10))
def flags(progress: jobs.Progress, **arguments: Any) -> Any:
    """Look at the records that changed."""
    return {"looked": services.flag_changed_records(tell=progress.tell)}


@jobs.work(PAIRS, every=timedelta(hours=24))
def pairs(progress: jobs.Progress, **arguments: Any) -> Any:
    """Look over the whole catalogue for records that may be one edition."""
    return {"new": services.find_pairs(at=clock.now())}


@jobs.work(BATCH)
def batch(progress: jobs.Progress, **arguments: Any) -> Any:
    """Carry a batch out (``batch``, ``user``), or take it back (``undo``)."""
    one = Batch.objects.select_related("library").get(pk=arguments["batch"])
    actor = queries.actor_of(User.objects.get(pk=arguments["user"]))
    work = services.undo_batch if arguments.get("undo") else services.run_batch
    done = work(actor=actor, batch=one, at=clock.now(), tell=progress.tell)
    return {"batch": done.pk, "changed": done.changed, "skipped": done.skipped}
