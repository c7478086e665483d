"""The index follows the database, and is rebuilt when it can't be used."""

from __future__ import annotations

import shutil
import threading
import time
from typing import Any

import pytest
from django.conf import settings

from kitaphana.catalog import indexing, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Record
from kitaphana.catalog.search.index import Index
from kitaphana.catalog.tests.factories import LATER, described, description, imported, marc
from kitaphana.core import changes
from kitaphana.core.models import Change


def caught_up() -> int:
    """Bring the index up to date; how many records were touched.

    PostgreSQL shows a change when every transaction of the whole server that was open beside it has ended: also those
    of tests that run at the same time in another database.
    """
    touched = 0
    deadline = time.monotonic() + 60
    while True:
        touched += indexing.bring_up_to_date()
        newest = Change.objects.order_by("-transaction_id", "-id").first()
        last = newest.transaction_id * 2**63 + newest.pk if newest else 0
        if Index.open(settings.SEARCH_FOLDER, writable=False).sequence[1] >= last or time.monotonic() > deadline:
            return touched
        time.sleep(0.1)


def titles(text: str) -> list[str]:
    return [record.title for record in queries.search(text).records]


def test_a_described_edition_is_found_after_bringing_up_to_date(real: Any) -> None:
    assert titles("абай") == []
    described(real.librarian, real.school)
    assert caught_up() == 1
    assert titles("абай") == ["Абай жолы"]
    assert indexing.bring_up_to_date() == 0


def test_a_changed_title_is_found_and_the_former_is_not(real: Any) -> None:
    record = described(real.librarian, real.school)
    caught_up()
    catalog.describe_record(
        actor=real.librarian, library=real.school, base=record, description=description("Қан мен тер"), at=LATER
    )
    caught_up()
    assert titles("абай жолы") == []
    assert titles("қан мен тер") == ["Қан мен тер"]


def test_a_record_that_is_gone_leaves_the_index(real: Any) -> None:
    record = described(real.librarian, real.school)
    caught_up()
    number = record.pk
    Record.objects.filter(pk=number).delete()
    changes.note("catalog.record", [number])
    caught_up()
    assert queries.search("абай").total == 0


def test_an_import_is_found(world: Any) -> None:
    imported(world.librarian, world.school, marc("1"), marc("2", "Ұшқан ұя"))
    indexing.bring_up_to_date()
    assert titles("ұшқан") == ["Ұшқан ұя"]


@pytest.mark.parametrize("damage", ["delete", "garbage"])
def test_an_index_that_is_lost_or_damaged_is_built_anew(world: Any, damage: str) -> None:
    described(world.librarian, world.school)
    indexing.bring_up_to_date()
    assert titles("абай") == ["Абай жолы"]
    if damage == "delete":
        shutil.rmtree(settings.SEARCH_FOLDER)
    else:
        shutil.rmtree(settings.SEARCH_FOLDER)
        settings.SEARCH_FOLDER.mkdir()
        (settings.SEARCH_FOLDER / "meta.json").write_text("{broken", encoding="utf-8")
    assert titles("абай") == ["Абай жолы"]


def test_an_index_of_another_database_is_built_anew(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    described(world.librarian, world.school)
    with Index.open(settings.SEARCH_FOLDER, writable=True) as foreign:
        foreign.commit(10**9, "another database")
    indexing.bring_up_to_date()
    assert titles("абай") == ["Абай жолы"]
    monkeypatch.setattr(changes, "epoch", lambda: "restored from a copy")
    described(world.librarian, world.school, "Ұшқан ұя")
    indexing.bring_up_to_date()
    assert titles("ұшқан") == ["Ұшқан ұя"]


def test_rebuilding_tells_how_far_it_is(world: Any) -> None:
    described(world.librarian, world.school)
    told: list[int] = []
    assert indexing.rebuild(tell=told.append) == 1
    assert told == [1]


def test_documents_take_the_same_statements_for_one_and_three(world: Any, django_assert_num_queries: Any) -> None:
    records = [described(world.librarian, world.school, title) for title in ("Бір", "Екі", "Үш")]
    list(indexing.documents([records[0].pk]))
    for chosen in (records[:1], records):
        with django_assert_num_queries(3):
            assert len(list(indexing.documents([record.pk for record in chosen]))) == len(chosen)


class Once(threading.Event):
    """Stops the follower at its first pause."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_following_makes_a_change_searchable_in_one_round(real: Any) -> None:
    described(real.librarian, real.school)
    caught_up()  # on a busy server the round may have to wait for other transactions; see there
    described(real.librarian, real.school, "Ұшқан ұя")
    deadline = time.monotonic() + 60
    while titles("ұшқан") != ["Ұшқан ұя"] and time.monotonic() < deadline:
        indexing.follow(Once())
    assert titles("ұшқан") == ["Ұшқан ұя"]


def test_following_outlives_a_failure(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def fail() -> int:
        tries.append(1)
        raise OSError("the disk is full")

    monkeypatch.setattr(indexing, "bring_up_to_date", fail)
    indexing.follow(Once())
    assert tries == [1]
