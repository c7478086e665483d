"""The journal: a repeated command is found, entries can't be changed, the page shows what is within reach."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kitaphana.core import audit, clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry, NumberSeries
from kitaphana.core.tests.threads import at_once


def written(library_id: int | None = None, action: str = "test.done", **facts: Any) -> AuditEntry:
    subject = NumberSeries(pk=17)
    return audit.record(SYSTEM, action, subject, at=clock.now(), library_id=library_id, **facts)


@pytest.mark.django_db
def test_repeated_finds_the_entry_of_its_command() -> None:
    command = new_id()
    assert audit.repeated(command) is None
    entry = written(command_id=command, before={"a": 1}, after={"a": 2})
    assert audit.repeated(command) == entry
    assert audit.repeated(new_id()) is None
    assert (entry.object_kind, entry.object_id, entry.actor_name) == ("core.numberseries", 17, "Kitaphana")


@pytest.mark.django_db
def test_a_command_without_an_id_is_never_a_repetition() -> None:
    written()
    written()
    assert audit.repeated(None) is None


def test_a_command_sent_four_times_at_once_is_carried_out_once(committed: None) -> None:
    command = new_id()

    def work() -> bool:
        with transaction.atomic():
            if audit.repeated(command) is not None:
                return False
            written(command_id=command)
            return True

    assert sorted(at_once(*[work] * 4)) == [False, False, False, True]
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_remove_an_entry() -> None:
    entry = written()
    for change in (
        lambda: AuditEntry.objects.update(actor_name="Біреу"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    entry.refresh_from_db()
    assert entry.actor_name == "Kitaphana"


def signed_in(world: Any, name: str) -> Client:
    client = Client()
    user = get_user_model().objects.get(pk=getattr(world, name).user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("who", "places"), [("director", ["school"]), ("administrator", ["school", "neighbour", "faraway"])]
)
def test_the_journal_shows_what_is_within_reach(world: Any, who: str, places: list[str]) -> None:
    for place in ("school", "neighbour", "faraway"):
        written(getattr(world, place).pk, after={"place": place})
    written(None, after={"place": "nowhere"})
    lines = signed_in(world, who).get(reverse("journal"), {"action": "test.done"}).context["lines"]
    assert [line["differences"] for line in lines] == [[("place", None, place)] for place in reversed(places)]


def test_the_journal_is_filtered_by_thing_and_day(world: Any) -> None:
    written(world.school.pk)
    client = signed_in(world, "administrator")
    today = clock.today().isoformat()
    found = {"kind": "core.numberseries", "id": "17", "since": today, "until": today, "who": "kitap"}
    for change, count in ({}, 1), ({"id": "18"}, 0), ({"until": "2020-01-01"}, 0), ({"who": "біреу"}, 0):
        assert len(client.get(reverse("journal"), found | change).context["lines"]) == count


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "core.numberseries", "id": "²"},
        {"kind": "core.numberseries", "id": "٣"},
        {"kind": "core.numberseries", "id": "9" * 40},
        {"kind": "core.numberseries", "id": "9" * 5000},
        {"since": "0001-01-01", "until": "9999-12-31"},
        {"since": "бүгін"},
        {"action": "a\0b"},
        {"who": "a\0b"},
        {"kind": "a\0b", "id": "1"},
        {"cursor": base64.urlsafe_b64encode(b"9" * 40).decode()},
        {"cursor": base64.urlsafe_b64encode(b"\0").decode()},
        {"cursor": "ы"},
    ],
    ids=lambda query: repr(query)[:40],
)
def test_odd_questions_to_the_journal_are_answered_in_words(world: Any, query: dict[str, str]) -> None:
    client = signed_in(world, "administrator")
    assert client.get(reverse("journal"), query).status_code in {200, 400, 422}
