"""Lists of books and saved searches, by command and by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kitaphana.catalog import indexing
from kitaphana.catalog.tests.factories import AT, described
from kitaphana.collections import errors, services
from kitaphana.collections.models import BookList, BookListItem, SavedSearch
from kitaphana.core import clock
from kitaphana.core.errors import NotAllowed
from kitaphana.people.models import User
from kitaphana.portal import jobs

pytestmark = pytest.mark.django_db


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def order(book_list: BookList) -> list[str]:
    return [item.record.title for item in book_list.items.all()]


def test_books_are_put_together_moved_and_taken_out(world: Any) -> None:
    records = [described(world.librarian, world.school, title) for title in ("Бір", "Екі", "Үш")]
    mine = services.save_list(actor=world.librarian, title="Жазға, 7-сынып", at=AT)
    items = [services.add_book(actor=world.librarian, book_list=mine, record=one, at=AT) for one in records]
    assert services.add_book(actor=world.librarian, book_list=mine, record=records[0], at=AT) == items[0]
    services.move_book(actor=world.librarian, item=items[2], by=-1, at=AT)
    assert order(mine) == ["Бір", "Үш", "Екі"]
    services.move_book(actor=world.librarian, item=items[0], by=-1, at=AT)
    services.remove_book(actor=world.librarian, item=BookListItem.objects.get(pk=items[0].pk), at=AT)
    assert order(mine) == ["Үш", "Екі"]
    assert list(mine.items.values_list("place", flat=True)) == [1, 2]
    with pytest.raises(NotAllowed):
        services.add_book(actor=world.neighbour_librarian, book_list=mine, record=records[0], at=AT)
    with pytest.raises(NotAllowed):
        services.delete_list(actor=world.neighbour_librarian, book_list=mine, at=AT)
    with pytest.raises(errors.NoListTitle):
        services.save_list(actor=world.librarian, title="  ", at=AT)


def test_lists_and_books_have_a_limit(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_LISTS", 1)
    monkeypatch.setattr(services, "MOST_BOOKS", 1)
    mine = services.save_list(actor=world.librarian, title="Бір", at=AT)
    with pytest.raises(errors.TooManyLists):
        services.save_list(actor=world.librarian, title="Екі", at=AT)
    first, second = (described(world.librarian, world.school, title) for title in ("Бір", "Екі"))
    services.add_book(actor=world.librarian, book_list=mine, record=first, at=AT)
    with pytest.raises(errors.ListFull):
        services.add_book(actor=world.librarian, book_list=mine, record=second, at=AT)


def test_only_who_has_the_address_sees_a_shared_list_and_nobody_whose_it_is(world: Any) -> None:
    record = described(world.librarian, world.school, "Абай жолы")
    client = signed_in("librarian")
    answer = client.post("/my/lists/", {"title": "Жазға оқу"})
    mine = BookList.objects.get()
    assert answer["Location"] == f"/my/lists/{mine.pk}/"
    client.post(f"/my/lists/add/{record.pk}/", {"list": mine.pk})
    item = BookListItem.objects.get()
    client.post(f"/my/lists/items/{item.pk}/", {"what": "note", "note": "Бірінші кітап"})
    address = f"/shared/{mine.token}/"
    assert Client().get(address).status_code == 404
    client.post(f"/my/lists/{mine.pk}/", {"title": "Жазға оқу", "description": "Демалыста", "is_shared": "on"})
    text = Client().get(address).content.decode()
    assert "Абай жолы" in text
    assert "Бірінші кітап" in text
    assert "librarian" not in text
    assert "Абай жолы" in Client().get(f"{address}list.csv").content.decode()
    assert signed_in("neighbour").get(f"/my/lists/{mine.pk}/").status_code == 404
    client.post(f"/my/lists/{mine.pk}/", {"title": "Жазға оқу", "is_shared": "on", "for_library": "on"})
    assert "Жазға оқу" in Client().get(f"/libraries/{world.school.code}/").content.decode()
    client.post(f"/my/lists/{mine.pk}/delete/")
    assert Client().get(address).status_code == 404


def test_a_formula_in_a_table_is_inert(world: Any) -> None:
    record = described(world.librarian, world.school, "=HYPERLINK(1)")
    mine = services.save_list(actor=world.librarian, title="Бір", at=AT, is_shared=True)
    services.add_book(actor=world.librarian, book_list=mine, record=record, at=AT)
    assert "'=HYPERLINK(1)" in Client().get(f"/shared/{mine.token}/list.csv").content.decode()


def test_news_of_a_saved_search_come_once(world: Any) -> None:
    described(world.librarian, world.school, "Абай ескі")
    indexing.rebuild()
    client = signed_in("librarian")
    client.post("/my/searches/save/", {"query": "q=абай&cursor=x&sort=title", "name": "Абай туралы"})
    search = SavedSearch.objects.get()
    assert (search.name, search.query) == ("Абай туралы", "q=%D0%B0%D0%B1%D0%B0%D0%B9")
    SavedSearch.objects.update(looked_at=AT + timedelta(days=1))
    assert jobs.look(clock.now()) == 0
    SavedSearch.objects.update(looked_at=AT - timedelta(days=1))
    described(world.librarian, world.school, "Абай жаңа")
    described(world.librarian, world.school, "Басқа кітап")
    indexing.rebuild()
    assert jobs.look(clock.now()) == 1
    search.refresh_from_db()
    assert len(search.found) == 2
    assert jobs.look(clock.now()) == 0
    assert "Абай жаңа" in client.get(f"/my/searches/{search.pk}/").content.decode()
    assert "Абай жаңа" not in client.get(f"/my/searches/{search.pk}/").content.decode()
    client.post(f"/my/searches/{search.pk}/", {"every": "NEVER"})
    search.refresh_from_db()
    assert search.every == "NEVER"
    assert signed_in("neighbour").get(f"/my/searches/{search.pk}/").status_code == 404
    client.post(f"/my/searches/{search.pk}/", {"what": "delete"})
    assert not SavedSearch.objects.exists()


def test_the_same_search_is_kept_once(world: Any) -> None:
    for name in ("Бір", "Екі"):
        services.save_search(actor=world.librarian, name=name, query="q=абай", at=AT)
    assert SavedSearch.objects.get().name == "Екі"
