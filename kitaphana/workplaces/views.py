"""The first page of methodists, departments and ministries, and the way down to a book."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.workplaces import best, late, queries, waiting

VIEW = Permission.REPORTS_ACCEPT
PAGE = 50


def _node(request: Request, code: str = "") -> Organization:
    reach = request.actor.reach(VIEW)
    if code := code or request.GET.get("node", "").strip():
        return organizations.organization_by_code(code, reach)
    tops = organizations.top_nodes(reach)
    if not tops:
        raise NotFound
    return tops[0]


def _place(request: Request, node: Organization) -> dict[str, Any]:
    return {
        "node": node,
        "lineage": [one for one in organizations.lineage(node)[:-1] if request.actor.may(VIEW, one.path)],
        "may_write": request.actor.may(Permission.LETTERS_SEND, node.path),
    }


@page(VIEW)
def today(request: Request) -> HttpResponse:
    """What waits for me, who is late, who is best; the nodes below lead further down."""
    node = _node(request)
    if node.is_library:
        return _library(request, node)
    day = clock.today()
    children = [one for one in organizations.children_of(node) if not one.is_closed]
    code = request.GET.get("late", "")
    debt = late.debt_of(code)
    context = {
        **_place(request, node),
        "today": day,
        "items": waiting.waiting(waiting.desk_of(request.actor, day)),
        "branches": organizations.branches(children),
        "debts": late.DEBTS,
        "late": late.by_child(node, children, day),
        "debt": debt,
        "measures": best.MEASURES,
        "best": best.ranking(node, children, day, request.GET.get("by", "")),
    }
    if debt is not None:
        found = Paginator(debt.found(node, day).order_by("path"), PAGE * 2)
        context |= {
            "owing": found.get_page(request.GET.get("page")),
            "address_query": urlencode({"node": node.code, "late": debt.code}),
        }
    return render(request, "workplaces/today.html", context)


def _library(request: Request, library: Organization) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    context = {
        **_place(request, library),
        "q": text,
        "titles": Paginator(queries.titles_of(library, text), PAGE).get_page(request.GET.get("page")),
        "address_query": urlencode({"node": library.code, "q": text}),
    }
    return render(request, "workplaces/library.html", context)


@page(VIEW)
def title(request: Request, code: str, pk: int) -> HttpResponse:
    """The copies of a title in a library."""
    library = _node(request, code)
    copies = Paginator(queries.copies_of(library, pk), PAGE * 2).get_page(request.GET.get("page"))
    if not copies:
        raise NotFound
    context = {**_place(request, library), "record": copies[0].record, "copies": copies}
    return render(request, "workplaces/title.html", context)


@page(VIEW)
def copy(request: Request, pk: int) -> HttpResponse:
    """One book: where it came from, what it cost, where it is."""
    one = queries.copy_within(pk, request.actor.reach(VIEW))
    context = {
        **_place(request, one.library),
        "copy": one,
        "may_see_act": request.actor.may(Permission.FUND_VIEW, one.library.path),
        "loans": queries.loans_of(one),
    }
    return render(request, "workplaces/copy.html", context)
