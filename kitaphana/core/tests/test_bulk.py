"""Rows inserted at the speed of the driver are the rows that the ORM would have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kitaphana.core import bulk
from kitaphana.core.models import Job, NumberSeries

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 10, 7, 0, 0, 123456, tzinfo=UTC)


def job(number: int = 1, **facts: Any) -> Job:
    values: dict[str, Any] = {
        "arguments": {"n": number, "файл": ["ә", None, 1.5]},
        "error": "100% «%s»\n",
        "actor_id": None,
    }
    return Job(name="test.bulk", run_after=AT, created_at=AT, **{**values, **facts})


def test_insert_writes_what_save_would() -> None:
    saved = job()
    saved.save()
    assert bulk.insert([job()]) == 1
    one, other = Job.objects.order_by("id").values()
    assert {**one, "id": 0} == {**other, "id": 0}
    assert one["id"] != other["id"]


def test_insert_takes_any_number_of_rows() -> None:
    assert bulk.insert([]) == 0
    assert bulk.insert(job(number) for number in range(1000)) == 1000
    assert Job.objects.count() == 1000
    assert Job.objects.order_by("id").last().arguments["n"] == 999  # type: ignore[union-attr]  # there is one


@pytest.mark.parametrize("rows", [3, 300])
def test_insert_is_one_call_of_the_driver(rows: int) -> None:
    with CaptureQueriesContext(connection) as statements:
        bulk.insert(job(number) for number in range(rows))
    assert len(statements) == 1


def test_insert_is_refused_whole() -> None:
    rows = [NumberSeries(library_id=1, series="act"), NumberSeries(library_id=1, series="act")]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(rows)
    assert not NumberSeries.objects.exists()
