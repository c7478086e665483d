"""The catalogue as alphabetical lists: authors, titles, subjects, class numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.catalog import queries as catalog
from kitaphana.core.web.page import Request, page

LISTS = ("author", "title", "subject", "udc", "bbk")
PAGE = 40
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A heading, how many records have it, and the address of those."""

    text: str
    count: int
    url: str


def heading_url(field: str, text: str) -> str:
    """Address of the search results of one heading, in the search language so that a person can read and change it."""
    words = {
        "author": pgettext("search field", "author"),
        "title": pgettext("search field", "title"),
        "subject": pgettext("search field", "subject"),
        "udc": pgettext("search field", "udc"),
        "bbk": pgettext("search field", "bbk"),
    }
    # Quotation marks do not count in a heading.
    asked = f'{words[field]}:="{text.translate(_NO_QUOTES)}"'
    return f"{reverse('portal:search')}?{urlencode({'q': asked})}"


_NO_QUOTES = str.maketrans("", "", '"“”„«»')


def _address(field: str, start: str) -> str:
    asked = {"list": field, **({"from": start} if start else {})}
    return f"{reverse('portal:browse')}?{urlencode(asked)}"


@page(None)
def browse(request: Request) -> HttpResponse:
    """A page of a list from a letter or a text on; no statement but those of every page, the index has the list."""
    field = request.GET.get("list", "")
    if field not in LISTS:
        field = LISTS[0]
    start = request.GET.get("from", "").strip()[:MOST_LETTERS]
    # One more than is shown tells where the next page begins; a page before it where that one did.
    around = catalog.browse(field, start, limit=PAGE + 1, back=PAGE) if start else catalog.browse(field, limit=PAGE + 1)
    before = catalog.browse(field, start, limit=0, back=PAGE) if start else []
    entries = around[len(before) :]
    letters = catalog.initials(field)
    context: dict[str, Any] = {
        "field": field,
        "start": start,
        "tabs": [
            {"label": label, "url": _address(name, ""), "active": name == field}
            for name, label in (
                ("author", _("Authors")),
                ("title", _("Titles")),
                ("subject", _("Subjects")),
                ("udc", _("UDC")),
                ("bbk", _("BBK")),
            )
        ],
        "letters": [(letter, _address(field, letter), start == letter) for letter in letters],
        "lines": [Line(one.text, one.count, heading_url(field, one.text)) for one in entries[:PAGE]],
        "previous": _address(field, before[0].text) if before else None,
        "next": _address(field, entries[PAGE].text) if len(entries) > PAGE else None,
    }
    return render(request, "portal/browse.html", context)
