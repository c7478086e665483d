"""Lists of books: one's own, and the page that is shared. Saved searches."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog.models import Record
from kitaphana.collections import services as lists
from kitaphana.collections.enums import Every
from kitaphana.collections.models import BookList, BookListItem, SavedSearch
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.portal.asking import own_library
from kitaphana.portal.views import shelf


def _me(request: Request) -> int:
    """The account that asks; these pages are open to the signed-in only."""
    return request.actor.user_id or 0


def _mine(request: Request, pk: int) -> BookList:
    found = BookList.objects.select_related("library").filter(pk=min(pk, 2**62), user_id=_me(request)).first()
    if found is None:
        raise NotFound()
    return found


def _item(request: Request, pk: int) -> BookListItem:
    items = BookListItem.objects.select_related("book_list")
    found = items.filter(pk=min(pk, 2**62), book_list__user_id=_me(request)).first()
    if found is None:
        raise NotFound()
    return found


@page(Permission.OWN_ACCOUNT)
def my_lists(request: Request) -> HttpResponse:
    """My lists, the one changed last first; a new one begins with its name."""
    if request.method == "POST":
        try:
            made = lists.save_list(
                actor=request.actor,
                title=request.POST.get("title", ""),
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}".strip())
            return redirect("portal:my_lists")
        return redirect("portal:my_list", made.pk)
    found = BookList.objects.filter(user_id=_me(request)).order_by("-changed_at")
    searches = SavedSearch.objects.filter(user_id=_me(request)).order_by("name")
    context = {"lists": found, "searches": searches, "periods": Every.choices}
    return render(request, "portal/my_lists.html", context)


@page(Permission.OWN_ACCOUNT)
def my_list(request: Request, pk: int) -> HttpResponse:
    """One of my lists: its name, who may see it, its books in their order."""
    one = _mine(request, pk)
    may_publish = bool(request.library) and request.actor.may(Permission.CATALOG_EDIT, request.library.path)
    if request.method == "POST":
        library = request.library if may_publish and "for_library" in request.POST else None
        try:
            lists.save_list(
                actor=request.actor, book_list=one, title=request.POST.get("title", ""),
                description=request.POST.get("description", ""), is_shared="is_shared" in request.POST, library=library,
                at=clock.now(), command_id=command_id_of(request),
            )  # fmt: skip
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The list is saved."))
        return redirect("portal:my_list", pk)
    context = {
        "list": one,
        "items": one.items.select_related("record").defer("record__marc"),
        "address": request.build_absolute_uri(reverse("portal:shared_list", args=[one.token])),
        "may_publish": may_publish,
    }
    return render(request, "portal/my_list.html", context)


@page(Permission.OWN_ACCOUNT)
@require_POST
def delete_list(request: Request, pk: int) -> HttpResponse:
    """Delete a list of mine."""
    lists.delete_list(actor=request.actor, book_list=_mine(request, pk), at=clock.now())
    messages.success(request, _("The list is deleted."))
    return redirect("portal:my_lists")


@page(Permission.OWN_ACCOUNT)
@require_POST
def change_item(request: Request, pk: int) -> HttpResponse:
    """Move a book up or down, take it out, or say something about it."""
    item, what = _item(request, pk), request.POST.get("what", "")
    if what in {"up", "down"}:
        lists.move_book(actor=request.actor, item=item, by=-1 if what == "up" else 1, at=clock.now())
    elif what == "remove":
        lists.remove_book(actor=request.actor, item=item, at=clock.now())
    elif what == "note":
        lists.set_note(actor=request.actor, item=item, note=request.POST.get("note", ""), at=clock.now())
    return redirect(f"{reverse('portal:my_list', args=[item.book_list_id])}#books")


@page(Permission.OWN_ACCOUNT)
def add_to_list(request: Request, pk: int) -> HttpResponse:
    """Put an edition into one of my lists, or into a new one."""
    record = Record.objects.filter(pk=min(pk, 2**62), removed_at=None).first()
    if record is None:
        raise NotFound()
    if request.method == "POST":
        try:
            chosen = number(request.POST.get("list"))
            target = (
                _mine(request, chosen)
                if chosen is not None
                else lists.save_list(
                    actor=request.actor,
                    title=request.POST.get("title", ""),
                    at=clock.now(),
                    command_id=command_id_of(request),
                )
            )
            lists.add_book(actor=request.actor, book_list=target, record=record, at=clock.now())
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}".strip())
            return redirect("portal:add_to_list", pk)
        messages.success(request, _("The book is in the list «%(title)s».") % {"title": target.title})
        return redirect("portal:record", pk)
    found = BookList.objects.filter(user_id=_me(request)).order_by("-changed_at")
    return render(request, "portal/add_to_list.html", {"record": record, "lists": found})


def _shared(token: str) -> BookList:
    found = BookList.objects.select_related("library").filter(token=token[:32], is_shared=True).first()
    if found is None:
        raise NotFound()
    return found


@page(None)
def shared_list(request: Request, token: str) -> HttpResponse:
    """A list as anybody with its address sees it; whose it is, is told only of a library's list."""
    one = _shared(token)
    items = list(one.items.select_related("record").defer("record__marc"))
    own = own_library(request) or one.library
    shown = shelf([item.record for item in items], own)
    context = {"list": one, "shown": list(zip(items, shown, strict=True)), "own": own}
    return render(request, "portal/shared_list.html", context)


@page(None)
def shared_list_csv(request: Request, token: str) -> HttpResponse:
    """The list as a table."""
    one = _shared(token)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_("Author"), _("Title"), _("Publisher"), _("Year"), "ISBN", _("Note")])
    for item in one.items.select_related("record"):
        record = item.record
        row = [
            "; ".join(record.authors),
            record.title,
            record.publisher,
            record.year or "",
            " ".join(record.isbns),
            item.note,
        ]
        writer.writerow([f"'{cell}" if str(cell)[:1] in {"=", "+", "-", "@"} else cell for cell in row])
    response = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="list.csv"'
    return response


# Saved searches


@page(Permission.OWN_ACCOUNT)
@require_POST
def save_search(request: Request) -> HttpResponse:
    """Keep the search of the results page."""
    query = QueryDict(request.POST.get("query", "")[:1000], mutable=True)
    for name in ("cursor", "sort"):
        query.pop(name, None)
    try:
        saved = lists.save_search(
            actor=request.actor,
            name=request.POST.get("name", "") or query.get("q", ""),
            query=query.urlencode(),
            at=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
    else:
        messages.success(
            request, _("The search «%(name)s» is kept: you will see here what is new.") % {"name": saved.name}
        )
    return redirect("portal:my_lists")


def _search(request: Request, pk: int) -> SavedSearch:
    found = SavedSearch.objects.filter(pk=min(pk, 2**62), user_id=_me(request)).first()
    if found is None:
        raise NotFound()
    return found


@page(Permission.OWN_ACCOUNT)
def saved_search(request: Request, pk: int) -> HttpResponse:
    """What is new in a search since I last looked; then it is no news any more."""
    search = _search(request, pk)
    if request.method == "POST":
        return _changed(request, search)
    records = Record.objects.defer("marc").filter(removed_at=None).in_bulk(search.found)
    shown = shelf([records[pk] for pk in search.found if pk in records], own_library(request))
    if search.found:
        lists.mark_seen(actor=request.actor, search=search)
    again = f"{reverse('portal:search')}?{search.query}&{urlencode({'sort': 'added'})}"
    context: dict[str, Any] = {"search": search, "shown": shown, "again": again, "periods": Every.choices}
    return render(request, "portal/saved_search.html", context)


def _changed(request: Request, search: SavedSearch) -> HttpResponse:
    if request.POST.get("what") == "delete":
        lists.delete_search(actor=request.actor, search=search)
        messages.success(request, _("The search is forgotten."))
    else:
        lists.save_search(
            actor=request.actor,
            name=search.name,
            query=search.query,
            at=clock.now(),
            every=request.POST.get("every", ""),
        )
    return redirect("portal:my_lists")
