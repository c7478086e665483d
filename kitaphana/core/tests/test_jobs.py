"""Background work: done once, taken up again after a power cut, stopped on request, failures told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kitaphana.core import clock, jobs
from kitaphana.core.errors import NotAllowed
from kitaphana.core.models import Job, JobState
from kitaphana.core.tests.threads import at_once

done: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the work of these tests, registered as any domain registers its own."""
    monkeypatch.setattr(jobs, "_WORK", {})
    monkeypatch.setattr(jobs, "_EVERY", {})
    done.clear()

    @jobs.work("test.count")
    def count(progress: jobs.Progress, **arguments: Any) -> Any:
        done.append(("count", arguments))
        progress.tell(1, 2)
        return {"given": arguments}

    @jobs.work("test.refuse")
    def refuse(progress: jobs.Progress, **arguments: Any) -> Any:
        raise NotAllowed()

    @jobs.work("test.break")
    def break_down(progress: jobs.Progress, **arguments: Any) -> Any:
        raise ZeroDivisionError("a bug")

    @jobs.work("test.cancelled")
    def cancelled(progress: jobs.Progress, **arguments: Any) -> Any:
        jobs.cancel(progress.job)
        progress.tell(5, 10)
        done.append(("went on", {}))


def ran(name: str, **arguments: Any) -> Job:
    job = jobs.enqueue(name, **arguments)
    assert jobs.run_next()
    job.refresh_from_db()
    return job


@pytest.mark.django_db
def test_run_next_does_the_work_and_keeps_the_result() -> None:
    job = ran("test.count", actor_id=7, library_id=3, file="а.mrc")
    assert done == [("count", {"file": "а.mrc"})]
    assert (job.state, job.result, job.error) == (JobState.DONE, {"given": {"file": "а.mrc"}}, "")
    assert (job.done, job.total, job.actor_id, job.library_id) == (1, 2, 7, 3)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert not jobs.run_next()


@pytest.mark.django_db
def test_enqueue_of_unknown_work_is_refused() -> None:
    with pytest.raises(LookupError, match=r"test\.unknown"):
        jobs.enqueue("test.unknown")
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_run_next_takes_the_earliest_due_and_leaves_the_future() -> None:
    now = clock.now()
    jobs.enqueue("test.count", run_after=now + timedelta(hours=1), n=3)
    jobs.enqueue("test.count", run_after=now - timedelta(minutes=1), n=2)
    jobs.enqueue("test.count", run_after=now - timedelta(minutes=2), n=1)
    while jobs.run_next():
        pass
    assert [arguments["n"] for _, arguments in done] == [1, 2]
    assert Job.objects.get(state=JobState.WAITING).arguments == {"n": 3}


@pytest.mark.django_db
def test_a_refusal_fails_the_job_with_its_code_and_sentence() -> None:
    job = ran("test.refuse")
    assert (job.state, job.error) == (JobState.FAILED, f"not_allowed: {NotAllowed()}")
    assert job.finished_at is not None


@pytest.mark.django_db
def test_a_bug_fails_its_job_and_not_the_worker() -> None:
    job = ran("test.break")
    assert (job.state, job.error) == (JobState.FAILED, "ZeroDivisionError: a bug")
    assert ran("test.count").state == JobState.DONE


@pytest.mark.django_db
def test_cancel_before_the_start_means_never() -> None:
    job = jobs.enqueue("test.count")
    jobs.cancel(job)
    assert not jobs.run_next()
    job.refresh_from_db()
    assert (job.state, done) == (JobState.CANCELLED, [])
    assert job.finished_at is not None


@pytest.mark.django_db
def test_cancel_of_running_work_stops_it_at_its_next_word() -> None:
    job = ran("test.cancelled")
    assert (job.state, job.done, done) == (JobState.CANCELLED, 5, [])


@pytest.mark.django_db
def test_cancel_after_the_end_changes_nothing() -> None:
    job = ran("test.count")
    jobs.cancel(job)
    job.refresh_from_db()
    assert (job.state, job.is_cancel_requested) == (JobState.DONE, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("silent_for", "is_taken"), [(timedelta(minutes=1), False), (timedelta(minutes=3), True)])
def test_a_job_whose_worker_fell_silent_is_taken_up_again(silent_for: timedelta, is_taken: bool) -> None:
    job = jobs.enqueue("test.count")
    then = clock.now() - silent_for
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=then, beat_at=then)
    assert jobs.run_next() is is_taken
    job.refresh_from_db()
    assert job.state == (JobState.DONE if is_taken else JobState.RUNNING)


@pytest.mark.parametrize("is_stale", [False, True])
def test_a_job_is_claimed_by_one_of_two_workers(committed: None, is_stale: bool) -> None:
    for number in range(20):
        job = jobs.enqueue("test.count", n=number)
        if is_stale:
            then = clock.now() - timedelta(minutes=10)
            Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=then, beat_at=then)

    def work() -> bool:
        while Job.objects.exclude(state=JobState.DONE).exists():
            jobs.run_next()
        return True

    assert at_once(work, work) == [True, True]
    assert sorted(arguments["n"] for _, arguments in done) == list(range(20))


@pytest.mark.django_db
def test_a_schedule_is_enqueued_once_in_its_period() -> None:
    jobs.work("test.daily", every=timedelta(days=1))(lambda progress, **arguments: None)
    for _ in range(3):
        jobs.enqueue_due_schedules()
    (job,) = Job.objects.all()
    assert job.name == "test.daily"
    Job.objects.update(created_at=clock.now() - timedelta(days=1, seconds=1))
    for _ in range(3):
        jobs.enqueue_due_schedules()
    assert Job.objects.count() == 2


def test_a_schedule_is_enqueued_once_by_workers_at_once(committed: None) -> None:
    for number in range(10):
        jobs.work(f"test.daily_{number}", every=timedelta(days=1))(lambda progress, **arguments: None)
    assert at_once(*[jobs.enqueue_due_schedules] * 4) == [None] * 4
    assert Job.objects.count() == 10
