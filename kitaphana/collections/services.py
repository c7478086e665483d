"""Commands over one's own lists and saved searches."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from kitaphana.catalog.models import Record
from kitaphana.collections import errors
from kitaphana.collections.enums import Every
from kitaphana.collections.models import BookList, BookListItem, SavedSearch
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.organizations.models import Organization

MOST_LISTS: Final = 100
MOST_BOOKS: Final = 500
MOST_SEARCHES: Final = 50
MOST_NEWS: Final = 200


def _require_own(actor: Actor, user_id: int) -> None:
    if actor.user_id is None or actor.user_id != user_id:
        raise NotAllowed()


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:longest]


@transaction.atomic
def save_list(
    *,
    actor: Actor,
    title: str,
    at: datetime,
    book_list: BookList | None = None,
    description: str = "",
    is_shared: bool = False,
    library: Organization | None = None,
    command_id: UUID | None = None,
) -> BookList:
    """Begin a list, or change its name, text and who may see it. Staff may publish it in their library's name.

    :raises NoListTitle: it has no name.
    :raises TooManyLists: a person keeps a hundred.
    """
    if actor.user_id is None:
        raise NotAllowed()
    if (repeat := audit.repeated(command_id)) is not None:
        return BookList.objects.get(pk=repeat.object_id)
    if library is not None:
        actor.require(Permission.CATALOG_EDIT, library.path)
    name = _line(title, 200)
    if not name:
        raise errors.NoListTitle()
    if book_list is None:
        if BookList.objects.filter(user_id=actor.user_id).count() >= MOST_LISTS:
            raise errors.TooManyLists(limit=MOST_LISTS)
        book_list = BookList(user_id=actor.user_id, token=secrets.token_urlsafe(18), made_at=at)
    else:
        book_list = BookList.objects.select_for_update().get(pk=book_list.pk)
        _require_own(actor, book_list.user_id)
    book_list.title, book_list.description = name, description.replace("\x00", "").strip()[:2000]
    book_list.is_shared, book_list.library, book_list.changed_at = is_shared, library, at
    book_list.save()
    audit.record(
        actor, "collections.list_saved", book_list, at=at, library_id=library.pk if library else None,
        command_id=command_id, after={"title": name, "shared": is_shared},
    )  # fmt: skip
    return book_list


@transaction.atomic
def delete_list(*, actor: Actor, book_list: BookList, at: datetime) -> None:
    """Delete one's own list; its address stops working."""
    _require_own(actor, book_list.user_id)
    audit.record(
        actor, "collections.list_deleted", book_list, at=at, library_id=None, before={"title": book_list.title}
    )
    book_list.delete()


@transaction.atomic
def add_book(*, actor: Actor, book_list: BookList, record: Record, at: datetime, note: str = "") -> BookListItem:
    """Put an edition at the end of a list; one that is there stays where it is.

    :raises ListFull: it has five hundred books.
    """
    book_list = BookList.objects.select_for_update().get(pk=book_list.pk)
    _require_own(actor, book_list.user_id)
    present = BookListItem.objects.filter(book_list=book_list, record=record).first()
    if present is not None:
        return present
    last = BookListItem.objects.filter(book_list=book_list).aggregate(last=Max("place"))["last"] or 0
    if last >= MOST_BOOKS:
        raise errors.ListFull(limit=MOST_BOOKS)
    BookList.objects.filter(pk=book_list.pk).update(changed_at=at)
    return BookListItem.objects.create(book_list=book_list, record=record, place=last + 1, note=_line(note, 500))


@transaction.atomic
def remove_book(*, actor: Actor, item: BookListItem, at: datetime) -> None:
    """Take an edition out; those after it move up."""
    book_list = BookList.objects.select_for_update().get(pk=item.book_list_id)
    _require_own(actor, book_list.user_id)
    BookListItem.objects.filter(book_list=book_list, place__gt=item.place).update(place=F("place") - 1)
    item.delete()
    BookList.objects.filter(pk=book_list.pk).update(changed_at=at)


@transaction.atomic
def move_book(*, actor: Actor, item: BookListItem, by: int, at: datetime) -> None:
    """Move an edition up (-1) or down (+1); at the edge it stays."""
    book_list = BookList.objects.select_for_update().get(pk=item.book_list_id)
    _require_own(actor, book_list.user_id)
    item = BookListItem.objects.get(pk=item.pk)
    other = BookListItem.objects.filter(book_list=book_list, place=item.place + by).first()
    if other is None or by not in {-1, 1}:
        return
    BookListItem.objects.filter(pk=item.pk).update(place=other.place)
    BookListItem.objects.filter(pk=other.pk).update(place=item.place)
    BookList.objects.filter(pk=book_list.pk).update(changed_at=at)


@transaction.atomic
def set_note(*, actor: Actor, item: BookListItem, note: str, at: datetime) -> None:
    """Say something about a book of the list."""
    _require_own(actor, item.book_list.user_id)
    BookListItem.objects.filter(pk=item.pk).update(note=_line(note, 500))
    BookList.objects.filter(pk=item.book_list_id).update(changed_at=at)


@transaction.atomic
def save_search(*, actor: Actor, name: str, query: str, at: datetime, every: str = Every.DAY) -> SavedSearch:
    """Keep a search; the same one again keeps its place and takes the new name.

    :raises TooManyLists: a person keeps fifty.
    """
    if actor.user_id is None:
        raise NotAllowed()
    mine = SavedSearch.objects.filter(user_id=actor.user_id)
    if mine.count() >= MOST_SEARCHES and not mine.filter(query=query[:1000]).exists():
        raise errors.TooManyLists(limit=MOST_SEARCHES)
    saved, _ = SavedSearch.objects.update_or_create(
        user_id=actor.user_id, query=query[:1000],
        defaults={"name": _line(name, 200) or "—", "every": every if every in Every.values else Every.DAY},
        create_defaults={
            "name": _line(name, 200) or "—", "every": every if every in Every.values else Every.DAY,
            "made_at": at, "looked_at": at,
        },
    )  # fmt: skip
    return saved


def note_found(search: SavedSearch, ids: list[int], *, at: datetime) -> None:
    """Keep what came since the program last looked; what the person has not seen yet stays."""
    search.looked_at = at
    if ids:
        search.found = list(dict.fromkeys([*ids, *search.found]))[:MOST_NEWS]
        search.found_at = at
    search.save(update_fields=["looked_at", "found", "found_at"])


@transaction.atomic
def mark_seen(*, actor: Actor, search: SavedSearch) -> None:
    """The person has looked: nothing of it is news any more."""
    _require_own(actor, search.user_id)
    SavedSearch.objects.filter(pk=search.pk).update(found=[])


@transaction.atomic
def delete_search(*, actor: Actor, search: SavedSearch) -> None:
    """Forget one's own search."""
    _require_own(actor, search.user_id)
    search.delete()
