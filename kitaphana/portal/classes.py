"""The catalogue by branches of knowledge: UDC and BBK."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from kitaphana.catalog import indexing, schedules
from kitaphana.catalog import queries as catalog
from kitaphana.catalog.search.expressions import Term
from kitaphana.catalog.search.index import Query
from kitaphana.core.errors import NotFound
from kitaphana.core.web import paging
from kitaphana.core.web.page import Request, page
from kitaphana.portal.asking import own_library
from kitaphana.portal.views import PAGE, shelf


@page(None)
def classes(request: Request, scheme: str) -> HttpResponse:
    """The classes under one, each with the number of its titles, and the titles of this one."""
    if scheme not in schedules.SCHEMES:
        raise NotFound()
    code = request.GET.get("code", "")[:40]
    table = schedules.classes(scheme)
    if code and code not in table:
        raise NotFound()
    language = get_language() or "kk"
    searcher = indexing.index()
    children = [
        {
            "code": one.code,
            "name": one.name(language),
            "count": searcher.search(Query(expression=Term(scheme, one.code), limit=1)).total,
        }
        for one in schedules.below(scheme, code)
    ]
    context: dict[str, Any] = {
        "scheme": scheme,
        "code": code,
        "name": table[code].name(language) if code else "",
        "above": [(one.code, one.name(language)) for one in schedules.above(scheme, code)],
        "children": children,
    }
    if code:
        own = own_library(request)
        offset = paging.offset_of(request.GET.get("cursor"))
        found = catalog.search(
            "", expression=Term(scheme, code), sort="title", offset=offset, limit=PAGE,
            prefer_library_id=own.pk if own else None,
        )  # fmt: skip
        following = offset + PAGE
        context |= {
            "total": found.total,
            "shown": shelf(found.records, own),
            "next": paging.cursor_of(following) if following < min(found.total, paging.DEEPEST) else None,
        }
    return render(request, "portal/classes.html", context)
