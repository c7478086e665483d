"""The pages of the authority file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kitaphana.authorities.models import Authority
from kitaphana.core import jobs
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_heading_is_written_changed_merged_and_read(world: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in("methodist")
    facts = {
        "kind": "PERSON",
        "heading": "Құнанбайұлы, Абай",
        "dates": "1845–1904",
        "variants": "Кунанбаев, Абай\nKunanbaev",
    }
    answer = client.post("/authorities/new/", facts)
    one = Authority.objects.get()
    assert answer["Location"] == f"/catalog/names/{one.pk}/"
    assert client.post("/authorities/new/", facts).status_code == 422
    page = Client().get(f"/catalog/names/{one.pk}/").content.decode()
    assert "Кунанбаев, Абай" in page
    with django_assert_max_num_queries(12):
        assert "Құнанбайұлы, Абай" in client.get("/authorities/?q=кунанб&kind=PERSON").content.decode()
    changed = facts | {"heading": "Абай", "former": "", "notes": "Ақын"}
    client.post(f"/authorities/{one.pk}/edit/", {**changed, "expected_version": 1})
    one.refresh_from_db()
    assert (one.heading, one.version) == ("Абай", 2)
    assert "Ақын" in client.get(f"/authorities/{one.pk}/history/").content.decode()
    client.post("/authorities/new/", {"kind": "PERSON", "heading": "Абай Кунанбаев"})
    other = Authority.objects.exclude(pk=one.pk).get()
    assert f"?with={other.pk}" in client.get(f"/authorities/{one.pk}/merge/?q=абай").content.decode()
    assert other.heading in client.get(f"/authorities/{one.pk}/merge/?with={other.pk}").content.decode()
    client.post(f"/authorities/{one.pk}/merge/", {"with": other.pk, "keep": one.pk})
    moved = client.get(f"/catalog/names/{other.pk}/")
    assert (moved.status_code, moved["Location"]) == (301, f"/catalog/names/{one.pk}/")


def test_a_librarian_reads_but_does_not_write(world: Any) -> None:
    client = signed_in("librarian")
    assert client.get("/authorities/").status_code == 200
    assert client.get("/authorities/new/").status_code == 403


def test_a_file_is_imported_in_the_background(world: Any, samples: Path) -> None:
    client = signed_in("methodist")
    with (samples / "marc/auth-subset100.mrc").open("rb") as file:
        answer = client.post("/authorities/import/", {"file": file})
    assert answer.status_code == 302
    while jobs.run_next():
        pass
    assert Authority.objects.count() == 17
    job = answer["Location"].rstrip("/").rpartition("/")[2]
    assert "17" in client.get(f"/authorities/import/job/{job}/").content.decode()
    with (samples / "SOURCES.md").open("rb") as file:
        assert client.post("/authorities/import/", {"file": file}).status_code == 422
