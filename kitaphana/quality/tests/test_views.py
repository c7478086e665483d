"""The pages of duplicates, merges, proposals and batches, as people go through them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from kitaphana.catalog import indexing, queries
from kitaphana.catalog.models import Merge, Proposal, Record
from kitaphana.catalog.tests.factories import AT, ISBNS, described, imported, marc
from kitaphana.core import jobs
from kitaphana.people.models import User
from kitaphana.quality import services
from kitaphana.quality.models import Batch

pytestmark = pytest.mark.django_db


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_two_records_are_merged_field_by_field_and_parted_again(world: Any) -> None:
    kept = described(world.librarian, world.school, "Абай жолы", isbns=ISBNS[:1], extent="480 б.")
    twin = described(
        world.librarian, world.school, "Абай жолы", isbns=ISBNS[1:2], summary="Роман-эпопея.", extent="482 б."
    )
    services.find_pairs(at=AT)
    client = signed_in("methodist")
    assert f"/quality/merge/{kept.pk}/{twin.pk}/" in text_of(client.get("/quality/duplicates/"))
    page = text_of(client.get(f"/quality/merge/{kept.pk}/{twin.pk}/"))
    assert "480 б." in page
    assert "482 б." in page
    # Everything as it is proposed, but the extent of the other one.
    chosen: dict[str, list[str]] = {}
    for tag in re.findall(r"<input type=\"(?:radio|checkbox)\"[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag)[1], re.search(r'value="([^"]+)"', tag)[1]  # type: ignore[index]
        if name == "one-300":
            if value.startswith("right"):
                chosen[name] = [value]
        elif " checked" in tag:
            chosen.setdefault(name, []).append(value)
    versions = re.search(r'name="versions" value="([^"]+)"', page)[1]  # type: ignore[index]
    answer = client.post(f"/quality/merge/{kept.pk}/{twin.pk}/", {**chosen, "versions": versions})
    assert answer.status_code == 302, text_of(answer)
    kept.refresh_from_db()
    assert (kept.extent, kept.summary) == ("482 б.", "Роман-эпопея.")
    # The address of the other one leads to it.
    moved = client.get(f"/catalog/records/{twin.pk}/")
    assert (moved.status_code, moved["Location"]) == (301, f"/catalog/records/{kept.pk}/")
    merge = Merge.objects.get()
    assert "Абай жолы" in text_of(client.get("/quality/merges/"))
    client.post(f"/quality/merges/{merge.pk}/undo/")
    assert client.get(f"/catalog/records/{twin.pk}/").status_code == 200
    kept.refresh_from_db()
    assert kept.extent == "480 б."


def test_a_merge_of_a_record_that_has_changed_asks_again(world: Any) -> None:
    kept, twin = (described(world.librarian, world.school, title) for title in ("Бір", "Бір."))
    client = signed_in("methodist")
    answer = client.post(f"/quality/merge/{kept.pk}/{twin.pk}/", {"versions": "1,7"})
    assert answer.status_code == 422
    answer = client.post(f"/quality/merge/{kept.pk}/{twin.pk}/", {"versions": "x"})
    assert answer.status_code == 422
    assert not Merge.objects.exists()


def test_records_to_merge_are_named_by_number_isbn_or_address(world: Any) -> None:
    one = described(world.librarian, world.school, "Бір", isbns=ISBNS[:1])
    two = described(world.librarian, world.school, "Екі")
    client = signed_in("methodist")
    answer = client.get("/quality/merge/", {"first": ISBNS[0], "second": f"https://x.kz/catalog/records/{two.pk}/"})
    assert answer["Location"] == f"/quality/merge/{one.pk}/{two.pk}/"
    assert "KZ9" in text_of(client.get("/quality/merge/", {"first": "KZ9", "second": two.control_number}))
    answer = client.get("/quality/merge/", {"first": two.control_number, "second": two.control_number})
    assert answer.status_code == 200


def test_a_school_changes_a_shared_record_by_a_proposal(world: Any) -> None:
    imported(world.librarian, world.school, marc("1", agency="A", isbns=ISBNS[:1]))
    imported(world.neighbour_librarian, world.neighbour, marc("2", agency="B", isbns=ISBNS[:1]))
    record = Record.objects.get()
    librarian, methodist = signed_in("librarian"), signed_in("methodist")
    text = queries.marc_of(record).to_text() + "\n=500 ##$aМұқабасы қатты"
    answer = librarian.post(f"/catalog/records/{record.pk}/marc/", {"text": text, "note": "Мұқаба"})
    assert answer.status_code == 302, text_of(answer)
    record.refresh_from_db()
    assert record.version == 1
    proposal = Proposal.objects.get()
    assert "Мұқаба" in text_of(librarian.get("/quality/proposals/"))
    page = text_of(methodist.get(f"/quality/proposals/{proposal.pk}/"))
    assert "Мұқабасы қатты" in page
    methodist.post(f"/quality/proposals/{proposal.pk}/", {"decision": "accept", "answer": "Рақмет"})
    record.refresh_from_db()
    assert "Мұқабасы қатты" in record.marc
    assert "Рақмет" in text_of(librarian.get(f"/quality/proposals/{proposal.pk}/"))
    assert signed_in("neighbour").get(f"/quality/proposals/{proposal.pk}/").status_code == 404


def test_a_batch_from_the_form_to_its_undoing(world: Any) -> None:
    for number in range(3):
        described(world.librarian, world.school, f"Абай {number}", publisher="Жазушы")
    indexing.rebuild()
    client = signed_in("methodist")
    facts = {"query": "Абай", "operation": "ADD_FIELD", "tag": "650", "code": "a", "text": "Роман"}
    page = client.post("/quality/batches/new/", facts)
    batch = Batch.objects.get()
    assert page["Location"] == f"/quality/batches/{batch.pk}/"
    assert text_of(client.get(f"/quality/batches/{batch.pk}/")).count("$aРоман") == 3
    client.post(f"/quality/batches/{batch.pk}/", {"what": "run"})
    while jobs.run_next():
        pass
    assert [record.subjects for record in Record.objects.all()] == [["Роман"]] * 3
    client.post(f"/quality/batches/{batch.pk}/", {"what": "undo"})
    while jobs.run_next():
        pass
    assert [record.subjects for record in Record.objects.all()] == [[]] * 3
    refused = client.post("/quality/batches/new/", facts | {"tag": "001"})
    assert refused.status_code == 422


def test_incomplete_records_of_one_s_library_and_of_all(world: Any, django_assert_max_num_queries: Any) -> None:
    services.flag_records([described(world.librarian, world.school, "Абай жолы", subjects=()).pk])
    client = signed_in("librarian")
    with django_assert_max_num_queries(20):
        page = text_of(client.get("/quality/"))
    assert "/quality/rules/NO_SUBJECT/" in page
    assert "Абай жолы" not in text_of(client.get("/quality/rules/NO_SUBJECT/"))
    assert "Абай жолы" in text_of(client.get("/quality/rules/NO_SUBJECT/?all=1"))
    assert client.get("/quality/rules/OTHER/").status_code == 404
