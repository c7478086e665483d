"""What anybody may see: the portal's first page, the public catalogue, the libraries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any
from urllib.parse import urlencode

from django.db.models import Min
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.catalog import languages
from kitaphana.catalog import queries as catalog
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.catalog.search.documents import AGE_BANDS
from kitaphana.circulation import queries as circulation
from kitaphana.collections.models import BookList
from kitaphana.core import clock
from kitaphana.core.access import EVERYWHERE
from kitaphana.core.errors import NotFound
from kitaphana.core.web import paging
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import reading
from kitaphana.fund import queries as fund
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership
from kitaphana.portal import citing, exports
from kitaphana.portal.asking import (
    chosen_sort,
    filters_of,
    near_of,
    number_of,
    own_library,
    sort_of,
    text_of,
)
from kitaphana.serials import queries as serials

PAGE = 24
SHELF = 12
MOST_EDITIONS = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: a link that adds or removes it."""

    label: str
    count: int
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition in a list: its picture, its page, and how it stands in the reader's library."""

    record: Record
    url: str
    note: str
    tone: str
    editions: list[Shown] = field(default_factory=list)
    """Further editions of the same work that were found with it."""

    @property
    def cover_url(self) -> str:
        """Address of the cover picture; empty where one is drawn."""
        return cover_url(self.record)


def cover_url(record: Record) -> str:
    """Address of a record's cover picture; empty where it has none."""
    return reverse("catalog:cover", args=[record.cover.removeprefix("covers/")]) if record.cover else ""


def shelf(records: Sequence[Record], library: Organization | None) -> list[Shown]:
    """Records with a word on where they are (three statements, however many records)."""
    standing = circulation.availability([record.pk for record in records], [library]) if library and records else {}
    shown = []
    # All addresses are alike but for the number; two dozen of them cost more than the database's answer.
    before, after = reverse("portal:record", args=[0]).rsplit("0", 1)
    for record in records:
        note, tone = "", ""
        figures = standing.get(record.pk, {}).get(library.pk) if library else None
        if figures is not None and figures.total:
            note, tone = (_("On the shelf"), "good") if figures.free > 0 else (_("On loan"), "warn")
        shown.append(Shown(record, f"{before}{record.pk}{after}", note, tone))
    for one in shown:
        one.record.cover_url = one.cover_url  # type: ignore[attr-defined]  # the cover tag asks the record for it
    return shown


def gathered(shown: Sequence[Shown]) -> list[Shown]:
    """Editions of one work under the one that came first; one that the reader's library has speaks for the work."""
    first: dict[str, Shown] = {}
    kept: list[Shown] = []
    for one in shown:
        key = one.record.gather_key
        if key and key in first:
            first[key].editions.append(one)
        else:
            kept.append(one)
            if key:
                first[key] = one
    return kept


@page(None)
def home(request: Request) -> HttpResponse:
    """The first page: a big search, what is new, books for children, the libraries."""
    library = own_library(request)
    filters: dict[str, list[Any]] = {"library_ids": [library.pk]} if library else {}
    new = catalog.search("", filters=filters, sort="added", limit=SHELF)
    young = catalog.search(
        "", filters={**filters, "age": ["6-10"], "kinds": [RecordKind.BOOK.value]}, sort="year_new", limit=SHELF
    )
    places = organizations.libraries(EVERYWHERE).filter(is_closed=False)
    context = {
        "new": shelf(new.records, library),
        "young": shelf(young.records, library),
        "total": new.total,
        "library_count": places.count(),
        "copy_count": Copy.objects.filter(state=CopyState.IN_FUND, **({"library": library} if library else {})).count(),
        "libraries": places.order_by("path")[:6],
        "own": library,
    }
    return render(request, "portal/home.html", context)


class _Asked:
    """What the address of a search asks for, and the addresses of the same search with one thing changed."""

    def __init__(self, query: QueryDict) -> None:
        self._page = reverse("portal:search")
        self._values = {name: values for name, values in query.lists() if name != "cursor"}
        self._written = {name: _written(name, values) for name, values in self._values.items()}

    def values(self, name: str) -> list[str]:
        """The values of a filter that say something."""
        return [value for value in self._values.get(name, ()) if value]

    def address(self, name: str, value: str) -> str:
        """The search's address with a value of a facet added, or removed where it is set already."""
        values = self._values.get(name, [])
        if value in values:
            values = [one for one in values if one != value]
        else:
            values = [value] if name == "year" else [*values, value]
        parts = {**self._written, name: _written(name, values)}
        return f"{self._page}?{'&'.join(part for part in parts.values() if part)}"

    def foremost(self, name: str, counted: Iterable[tuple[Any, int]], most: int = 10) -> list[tuple[str, int]]:
        """The values of a facet that are shown: those in force, then the most frequent."""
        asked = set(self.values(name))
        found = [(str(value), count) for value, count in counted if value not in ("", None)]
        found.sort(key=lambda one: one[0] not in asked)
        return found[:most]


def _written(name: str, values: Sequence[str]) -> str:
    return urlencode([(name, value) for value in values])


def _choices(asked: _Asked, name: str, counted: Sequence[tuple[str, int]], labels: dict[str, str]) -> list[Choice]:
    chosen = set(asked.values(name))
    return [
        Choice(labels.get(value, value), count, asked.address(name, value), value in chosen) for value, count in counted
    ]


def _nearby(asked: _Asked, counted: Sequence[tuple[int, int]], labels: dict[str, str]) -> list[Choice]:
    """The reader's library and the areas around it with what they hold, the nearest first."""
    return [
        Choice(labels.get(str(place), ""), count, asked.address(name, str(place)), str(place) in asked.values(name))
        for name, (place, count) in zip(chain(["library"], repeat("area")), counted, strict=False)
        if count
    ]


def _chips(asked: _Asked, labels: dict[str, dict[str, str]]) -> list[Choice]:
    """The filters in force, even those that let nothing through, each with the address without it."""
    return [
        Choice(labels.get(name, {}).get(value, value), 0, asked.address(name, value), True)
        for name in ("language", "kind", "age", "library", "area", "year", "year_from", "year_to")
        for value in asked.values(name)
    ]


@page(None)
def search(request: Request) -> HttpResponse:
    """Search results with facets; empty words and filters show the whole catalogue."""
    text = text_of(request.GET)
    library = own_library(request)
    near = near_of(request)
    sort = chosen_sort(request.GET)
    offset = paging.offset_of(request.GET.get("cursor"))
    found = catalog.search(
        text,
        filters=filters_of(request.GET),
        sort=sort_of(request.GET),
        offset=offset,
        limit=PAGE,
        facets=True,
        prefer_library_id=library.pk if library else None,
        near=near,
    )
    asked = _Asked(request.GET)
    facets = {
        name: asked.foremost(name, found.facets.get(facet, ()))
        for name, facet in (("language", "language"), ("kind", "kind"), ("age", "age_band"), ("library", "library"))
    }
    facets["year"] = asked.foremost("year", sorted(found.facets.get("year", []), reverse=True))
    around = found.facets.get("near", [])
    wanted = [
        number
        for name in ("library", "area")
        for value in asked.values(name)
        if (number := number_of(value)) is not None
    ]
    library_names = organizations.names_of(
        [int(value) for value, _count in facets["library"]] + [place for place, _count in around] + wanted
    )
    kinds = {kind.value: str(kind.label) for kind in RecordKind}
    ages = {code: _age_label(code) for code, _low, _high in AGE_BANDS}
    codes = {*(value for value, _count in facets["language"]), *asked.values("language")}
    tongues = {code: languages.language_name(code) for code in codes}
    places = {str(pk): name for pk, name in library_names.items()}
    groups = [
        (_("Near me"), _nearby(asked, around, places)),
        (_("Language"), _choices(asked, "language", facets["language"], tongues)),
        (_("Kind"), _choices(asked, "kind", facets["kind"], kinds)),
        (_("Age"), _choices(asked, "age", facets["age"], ages)),
        (_("Library"), _choices(asked, "library", facets["library"], places)),
        (_("Year"), _choices(asked, "year", facets["year"], {})),
    ]
    following = offset + PAGE
    labels = {"language": tongues, "kind": kinds, "age": ages, "library": places, "area": places}
    context = {
        "text": text,
        "total": found.total,
        "results": gathered(shelf(found.records, library))
        if sort in {"relevance", "near"}
        else shelf(found.records, library),
        "facets": [(title, choices) for title, choices in groups if choices],
        "chips": _chips(asked, labels),
        "correction": found.corrections,
        "sort": sort,
        "sorts": [one for one in _sorts() if one[0] != "near" or near],
        "kept": [
            (name, value) for name, values in request.GET.lists() if name not in {"sort", "cursor"} for value in values
        ],
        "next": paging.cursor_of(following) if following < min(found.total, paging.DEEPEST) else None,
        "own": library,
        "files": exports.choices(request.GET) if found.total else [],
        "most": exports.MOST if found.total > exports.MOST else 0,
        "examples": _examples(),
    }
    return render(request, "portal/search.html", context)


def _examples() -> list[tuple[str, str]]:
    """Examples of the search language, each of which works as it stands, with what it asks for."""
    return [
        (pgettext("search example", '"Abai zholy"'), _("These words, beside each other and in this order.")),
        (
            pgettext("search example", "author:Auezov"),
            _("Only in one place: author, title, subject, publisher, series, isbn, udc, language, kind, grade."),
        ),
        (pgettext("search example", "algebra year:2017-2024"), _("Published in these years.")),
        (
            pgettext("search example", "(Abai OR Shakarim) language:kazakh"),
            _("Either of them. AND, OR and NOT are written in capitals; brackets hold together."),
        ),
        (pgettext("search example", "Abai -author:Auezov"), _("Without that: a minus right before the word.")),
        (pgettext("search example", "koshpen*"), _("Words that begin so.")),
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("relevance", _("Best first")),
        ("near", _("Nearest first")),
        ("year_new", _("Newest first")),
        ("year_old", _("Oldest first")),
        ("title", _("By title")),
        ("added", _("Lately added")),
    ]


def _age_label(code: str) -> str:
    if code.endswith("+"):
        return _("%(age)s and older") % {"age": code.removesuffix("+")}
    low, high = code.split("-")
    return _("%(low)s–%(high)s years") % {"low": low, "high": high}


@page(None)
def suggest(request: Request) -> HttpResponse:
    """Titles and authors for what is being typed, as the combobox reads them."""
    text = request.GET.get("q", "").strip()[:200]
    items = []
    for one in catalog.suggest(text) if text else []:
        url = reverse("portal:record", args=[one.record_id]) if one.record_id else ""
        hint = _("author") if one.kind == "author" else ""
        items.append({"label": one.text, "value": one.text, "hint": hint, "url": url})
    return JsonResponse({"items": items}, json_dumps_params={"ensure_ascii": False})


@dataclass(frozen=True, slots=True)
class Holding:
    """How an edition stands at one library."""

    library: Organization
    shelf_mark: str
    total: int
    free: int
    due_on: Any
    waiting: int
    is_own: bool


@page(None)
def record(request: Request, pk: int) -> HttpResponse:
    """An edition: what it is, where it is, when it will be back."""
    one = Record.objects.filter(pk=pk).first()
    if one is None:
        raise NotFound()
    if one.merged_into_id:
        return redirect("portal:record", one.merged_into_id, permanent=True)
    own = own_library(request)
    editions = [other for other in catalog.editions_of(one)[:MOST_EDITIONS] if other.pk != one.pk]
    names = catalog.authorities_of(one)
    libraries, more = _places(one, own)
    standing = circulation.availability([one.pk], [place.pk for place, _mark in libraries]).get(one.pk, {})
    holdings = [
        Holding(
            library=place,
            shelf_mark=mark.replace("\n", " / "),
            total=standing[place.pk].total,
            free=max(standing[place.pk].free, 0),
            due_on=standing[place.pk].due_on,
            waiting=standing[place.pk].waiting,
            is_own=own is not None and place.pk == own.pk,
        )
        for place, mark in libraries
        if place.pk in standing
    ]
    one.cover_url = cover_url(one)  # type: ignore[attr-defined]  # the cover tag asks the record for it
    context = {
        "record": one,
        "holdings": holdings,
        "own": own,
        "more": more,
        "can_hold": own is not None and _is_reader(request, own),
        "language": languages.language_name(one.language) if one.language else "",
        "citations": citing.citations(one),
        "files": citing.files(one),
        "json_ld": citing.json_ld(one, request.build_absolute_uri("/").rstrip("/"), editions),
        "editions": shelf(editions[:SHELF], own),
        "edition_count": len(editions),
        "names": names,
        "others": shelf(_other_books(one), own),
        "facts": catalog.description_of(one),
        "host": catalog.host_of(one),
        "issues": _issues(one, own),
        "parts": list(catalog.parts_of(one)[:MOST_PARTS]),
        "programme": reading.places_of_record(one, own, clock.school_year(clock.today())),
        "today": clock.today(),
    }
    return render(request, "portal/record.html", context)


def _issues(one: Record, own: Organization | None) -> list[tuple[Organization, str]]:
    """Which issues of a periodical libraries have, the reader's own first."""
    if one.kind != RecordKind.PERIODICAL:
        return []
    found = serials.received_numbers(one.pk)
    ids = sorted(found, key=lambda pk: own is None or pk != own.pk)[:MOST_PLACES]
    places = Organization.objects.in_bulk(ids)
    return [(places[pk], found[pk]) for pk in ids]


MOST_PARTS = 200
"""Articles in the list of a journal's page."""
MOST_PLACES = 30
"""Libraries in the table of a record; textbooks are in thousands of them."""


def _places(one: Record, own: Organization | None) -> tuple[list[tuple[Organization, str]], int]:
    """Libraries that hold an edition with the mark on its spine, the reader's own first, and how many more hold it."""
    ids = list(fund.library_ids_of([one.pk]).get(one.pk, ()))
    if own is not None and own.pk in ids:
        ids.remove(own.pk)
        ids.insert(0, own.pk)
    shown = ids[:MOST_PLACES]
    rows = Copy.objects.filter(record=one, library_id__in=shown, state=CopyState.IN_FUND)
    marks = dict(rows.order_by().values_list("library_id").annotate(mark=Min("shelf_mark")))
    places = Organization.objects.in_bulk(shown)
    return [(places[pk], marks.get(pk) or "") for pk in shown], len(ids) - len(shown)


def _is_reader(request: Request, place: Organization) -> bool:
    return (
        request.actor.person_id is not None
        and Membership.objects.filter(person_id=request.actor.person_id, library=place, left_on__isnull=True).exists()
    )


def _other_books(one: Record) -> list[Record]:
    """Other books by the same author, without editions of the same work; at most six."""
    if not one.authors:
        return []
    found = catalog.search(one.authors[0], limit=20).records
    return [
        other
        for other in found
        if other.pk != one.pk
        and (not one.gather_key or other.gather_key != one.gather_key)
        and set(other.authors) & set(one.authors)
    ][:6]


@page(None)
def libraries(request: Request) -> HttpResponse:
    """Every library of the network, found by name or place."""
    text = request.GET.get("q", "").strip()
    rows = organizations.search(EVERYWHERE, text) if text else organizations.libraries(EVERYWHERE)
    rows = rows.filter(is_library=True, is_closed=False)
    found, following = paging.paginate(rows, request.GET.get("cursor"), 50, key="path")
    return render(request, "portal/libraries.html", {"libraries": found, "next": following, "text": text})


@page(None)
def library(request: Request, code: str) -> HttpResponse:
    """A library: address, hours, what is new in it, search within."""
    place = get_object_or_404(Organization, code=code, is_library=True)
    new = catalog.search("", filters={"library_ids": [place.pk]}, sort="added", limit=SHELF)
    closed = organizations.weekly_closed(place)
    context = {
        "place": place,
        "new": shelf(new.records, place),
        "total": new.total,
        "open_days": [day for day in range(1, 8) if day not in closed],
        "lists": BookList.objects.filter(library=place, is_shared=True).order_by("-changed_at")[:SHELF],
        "is_open_today": organizations.is_open(place, clock.today()),
        "lineage": [node for node in organizations.lineage(place) if node.pk != place.pk],
    }
    return render(request, "portal/library.html", context)
