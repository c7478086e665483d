"""Background work: enqueued by name in the command's transaction, done by a worker thread or process.

A job takes ids and JSON values, makes one call, may be repeated without harm and reports its progress. A worker
that dies (power cut) leaves a job RUNNING with an old beat; it is taken up again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import close_old_connections, connection, transaction
from django.db.models import Q

from kitaphana.core import clock
from kitaphana.core.errors import DomainError
from kitaphana.core.models import Job, JobState

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(minutes=2)


class Cancelled(Exception):
    """Raised inside a job when the person asked to stop it."""


@dataclass(slots=True)
class Progress:
    """What a running job is given to tell how far it is."""

    job: Job

    def tell(self, done: int, total: int | None = None) -> None:
        """Store how much is done (of how much) and show that the worker lives.

        :raises Cancelled: the person asked to stop.
        """
        Job.objects.filter(pk=self.job.pk).update(done=done, total=total, beat_at=clock.now())
        if Job.objects.filter(pk=self.job.pk, is_cancel_requested=True).exists():
            raise Cancelled


class Work(Protocol):
    """A function that does a job's work and returns its result as a JSON value."""

    def __call__(self, progress: Progress, **arguments: Any) -> Any: ...


_WORK: dict[str, Work] = {}
_EVERY: dict[str, timedelta] = {}


def work(name: str, *, every: timedelta | None = None) -> Callable[[Work], Work]:
    """Register the function that does the jobs of a name; with ``every`` it is also enqueued on its own."""

    def register(function: Work) -> Work:
        _WORK[name] = function
        if every is not None:
            _EVERY[name] = every
        return function

    return register


def enqueue(
    name: str,
    /,
    *,
    actor_id: int | None = None,
    library_id: int | None = None,
    run_after: datetime | None = None,
    **arguments: Any,
) -> Job:
    """Put a job into the queue, in the caller's transaction."""
    if name not in _WORK:
        raise LookupError(f"no work is registered under {name!r}")
    now = clock.now()
    return Job.objects.create(
        name=name,
        arguments=arguments,
        actor_id=actor_id,
        library_id=library_id,
        created_at=now,
        run_after=run_after or now,
    )


def cancel(job: Job) -> None:
    """Ask a job to stop; one that has not started never will."""
    now = clock.now()
    if not Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(
        state=JobState.CANCELLED, finished_at=now, is_cancel_requested=True
    ):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(is_cancel_requested=True)


def run_next() -> bool:
    """Take the next due job and do it. Returns whether there was one."""
    job = _claim()
    if job is None:
        return False
    log.info("job %s %s started", job.pk, job.name)
    state, result, error = JobState.DONE, None, ""
    try:
        result = _WORK[job.name](Progress(job), **job.arguments)
    except Cancelled:
        state = JobState.CANCELLED
    except DomainError as refusal:
        state, error = JobState.FAILED, f"{refusal.code}: {refusal}"
    except Exception as bug:  # the worker must outlive a bug in one job; it is logged and shown
        log.exception("job %s %s failed", job.pk, job.name)
        state, error = JobState.FAILED, f"{type(bug).__name__}: {bug}"
    Job.objects.filter(pk=job.pk).update(state=state, result=result, error=error, finished_at=clock.now())
    return True


def _claim() -> Job | None:
    now = clock.now()
    due = Q(state=JobState.WAITING, run_after__lte=now) | Q(state=JobState.RUNNING, beat_at__lt=now - STALE_AFTER)
    for job in Job.objects.filter(due, name__in=_WORK).order_by("run_after", "id")[:5]:
        claimed = Job.objects.filter(pk=job.pk, state=job.state, beat_at=job.beat_at).update(
            state=JobState.RUNNING, started_at=now, beat_at=now
        )
        if claimed:
            job.refresh_from_db()
            return job
    return None


def enqueue_due_schedules() -> None:
    """Enqueue every scheduled job whose time has come, once however many workers ask."""
    for name, period in _EVERY.items():
        with transaction.atomic():
            # Two workers of a server would both see that it is due; SQLite's transactions wait by themselves.
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"schedule {name}"])
            last = Job.objects.filter(name=name).order_by("-id").first()
            if last is None or last.created_at + period <= clock.now():
                enqueue(name)


def run_worker(stop: threading.Event, *, pause: float = 1.0) -> None:
    """Do jobs until told to stop. One per installation process is enough; more share the queue safely."""
    while not stop.is_set():
        close_old_connections()
        try:
            enqueue_due_schedules()
            while not stop.is_set() and run_next():
                pass
        except Exception:  # a locked or restarting database must not end the worker
            log.exception("the worker stumbled and goes on")
        stop.wait(pause)
