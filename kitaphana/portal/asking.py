"""What a reader asks of the catalogue: words, filters and order in an address, and whose library comes first."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from kitaphana.catalog.search.index import Near
from kitaphana.core.web.page import Request
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership

SORTS = ("relevance", "near", "year_new", "year_old", "title", "added")
LONGEST = 400


def own_library(request: Request) -> Organization | None:
    """The library a signed-in person belongs to: where they work, else where they have a card."""
    if not request.user.is_authenticated:
        return None
    if request.library:
        found: Organization = request.library
        return found
    membership = (
        Membership.objects.filter(person_id=request.actor.person_id, left_on__isnull=True)
        .select_related("library")
        .order_by("-registered_on")
        .first()
        if request.actor.person_id
        else None
    )
    return membership.library if membership else None


def near_of(request: Request) -> Near | None:
    """Where the reader is: the library of the address (``near``), else the own one; with its district and region."""
    asked = number_of(request.GET.get("near", ""))
    own = own_library(request)
    library_id = asked if asked is not None else own.pk if own else None
    if library_id is None:
        return None
    areas = organizations.areas_of({library_id})
    return Near(library_id, areas[library_id]) if library_id in areas else None


def text_of(query: QueryDict) -> str:
    """The words."""
    return query.get("q", "").strip()[:LONGEST]


def chosen_sort(query: QueryDict) -> str:
    """The order that was chosen."""
    sort = query.get("sort", "relevance")
    return sort if sort in SORTS else "relevance"


def sort_of(query: QueryDict) -> str:
    """The order to search in: without words there is no relevance, what came last is first."""
    sort = chosen_sort(query)
    return sort if text_of(query) or sort != "relevance" else "added"


def values_of(query: QueryDict, name: str) -> list[str]:
    """The values of a filter that say something."""
    return [value for value in query.getlist(name) if value]


def number_of(text: str) -> int | None:
    """The number, where it is one that an id or a year may be."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def filters_of(query: QueryDict) -> dict[str, list[Any]]:
    """The filters as the index takes them."""
    filters: dict[str, list[Any]] = {}
    for parameter, name in (("language", "languages"), ("kind", "kinds"), ("age", "age")):
        if values := values_of(query, parameter):
            filters[name] = values
    for parameter, name in (("library", "library_ids"), ("area", "areas")):
        if ids := [number for value in values_of(query, parameter) if (number := number_of(value)) is not None]:
            filters[name] = ids
    year = number_of(query.get("year", ""))
    if year is not None:
        filters["year_from"] = filters["year_to"] = [year]
    for parameter in ("year_from", "year_to"):
        if (number := number_of(query.get(parameter, ""))) is not None:
            filters[parameter] = [number]
    return filters
