"""REST of the catalogue."""

from __future__ import annotations

import json
from typing import Annotated, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status

from kitaphana.catalog import exports, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.errors import BadIsbn, TooLongForIso
from kitaphana.catalog.models import Record
from kitaphana.catalog.typed_text import one_line
from kitaphana.core import clock
from kitaphana.core.errors import NotFound
from kitaphana.core.web import paging
from kitaphana.core.web.page import Request
from kitaphana.formats import iso2709, schema_org
from kitaphana.formats.bibliographic import Description
from kitaphana.formats.isbn import normalize
from kitaphana.organizations.models import Organization

router = Router(tags=["catalog"])
Sort = Literal["relevance", "title", "year_new", "year_old", "added"]


class RecordOut(Schema):
    """An edition."""

    id: int
    control_number: str = Field(description="MARC 001")
    title: str
    subtitle: str
    authors: list[str]
    year: int | None
    language: str = Field(description="MARC language code (ISO 639-2/B)")
    kind: str
    isbns: list[str] = Field(description="13 digits each")
    publisher: str
    place: str
    extent: str
    series: str
    udc: str
    bbk: str
    age_from: int | None
    age_to: int | None
    grade: int | None
    summary: str
    subjects: list[str]
    version: int
    cover_url: str | None

    @staticmethod
    def resolve_cover_url(record: Record) -> str | None:
        """Address of the cover picture, where there is one."""
        return reverse("catalog:cover", args=[record.cover.removeprefix("covers/")]) if record.cover else None


class RecordList(Schema):
    """A page of search results."""

    results: list[RecordOut]
    next: str | None
    total: int
    facets: dict[str, list[tuple[str | int, int]]]


class RecordIn(Schema):
    """A description of an edition."""

    command_id: UUID
    library: str = Field(description="Code of the library that describes")
    title: str
    subtitle: str = ""
    responsibility: str = ""
    authors: list[str] = []
    isbns: list[str] = []
    year: int | None = None
    publisher: str = ""
    place: str = ""
    language: str = Field("", pattern="^([a-z]{3})?$", description="MARC language code (ISO 639-2/B)")
    extent: str = ""
    series: str = ""
    edition: str = ""
    summary: str = ""
    subjects: list[str] = []
    udc: str = ""
    bbk: str = ""
    age_from: int | None = Field(None, ge=0, le=99)
    age_to: int | None = Field(None, ge=0, le=99)
    grade: int | None = Field(None, ge=0, le=12)
    kind: RecordKind = RecordKind.BOOK


class Filters(Schema):
    """What narrows a search; repeated values are alternatives."""

    language: list[str] = []
    kind: list[str] = []
    library: list[str] = Field([], description="Codes of libraries that hold the edition")
    age: list[str] = Field([], description="Age bands: 0-5, 6-10, 11-13, 14-17, 18+")
    grade: int | None = Field(None, ge=0, le=12)
    # The index holds 64-bit numbers; no year of an edition is longer than four digits.
    year_from: int | None = Field(None, ge=0, le=9999)
    year_to: int | None = Field(None, ge=0, le=9999)


class SuggestionOut(Schema):
    """A text to offer while typing."""

    text: str
    kind: str
    record_id: int | None


class Suggestions(Schema):
    """What can be offered."""

    results: list[SuggestionOut]


def _filters(given: Filters) -> dict[str, list[str | int]]:
    filters: dict[str, list[str | int]] = {}
    for name, values in (("languages", given.language), ("kinds", given.kind), ("age", given.age)):
        if values:
            filters[name] = list(values)
    if given.library:
        filters["library_ids"] = list(
            Organization.objects.filter(code__in=given.library).values_list("pk", flat=True)
        ) or [0]
    for name, value in (("grade", given.grade), ("year_from", given.year_from), ("year_to", given.year_to)):
        if value is not None:
            filters[name] = [value]
    return filters


@router.get("/records", response={200: RecordList}, auth=None)
def search_records(
    request: HttpRequest,
    filters: Annotated[Filters, Query(...)],
    q: Annotated[str, Query(max_length=400)] = "",
    sort: Sort = "relevance",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    facets: bool = False,
) -> dict[str, object]:
    """Search the union catalogue: word forms, any keyboard, Latin, ISBN with or without hyphens."""
    offset = paging.offset_of(cursor)
    found = queries.search(q, filters=_filters(filters), sort=sort, offset=offset, limit=limit, facets=facets)
    more = offset + limit < found.total and offset + limit < paging.DEEPEST
    return {
        "results": found.records,
        "next": paging.cursor_of(offset + limit) if more else None,
        "total": found.total,
        "facets": found.facets,
    }


def _record(pk: int) -> Record:
    record = Record.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if record is None:
        raise NotFound()
    return record


@router.get("/records/{int:pk}", response={200: RecordOut}, auth=None)
def read_record(request: HttpRequest, pk: int) -> Record:
    """One edition."""
    return _record(pk)


Form = Literal[
    "iso2709", "marc8", "marcxml", "json", "unimarc", "mods", "dc", "ris", "bibtex", "gost", "jsonld"
]  # fmt: skip
_FORMS: dict[str, Form] = {
    "application/marcxml+xml": "marcxml",
    "application/xml": "marcxml",
    "text/xml": "marcxml",
    "application/marc": "iso2709",
    "application/json": "json",
    "application/marc-in-json": "json",
    "application/ld+json": "jsonld",
    "application/mods+xml": "mods",
    "application/x-research-info-systems": "ris",
    "application/x-bibtex": "bibtex",
    "text/plain": "gost",
}
"""Forms of a record by media type; the first is given to those who accept anything."""
_MEDIA_TYPES: dict[Form, str] = {"json": "application/json", "jsonld": "application/ld+json"}
"""Where a form is sent as another type than its file has."""


@router.get("/records/{int:pk}/marc", auth=None, response={200: None})
def read_marc(request: HttpRequest, pk: int, format: Form | None = None) -> HttpResponse:
    """The edition in the form that `Accept` or, before it, `format` asks for.

    MARC 21 as ISO 2709 in UTF-8 (`iso2709`, `application/marc`) or MARC-8 (`marc8`), MARCXML (`marcxml`,
    `application/marcxml+xml`) or MARC-in-JSON (`json`); UNIMARC/RUSMARC (`unimarc`; the header `Lost-Fields` names
    what had no place in it), MODS, Dublin Core (`dc`), RIS, BibTeX, the description by GOST 7.1 (`gost`,
    `text/plain`), schema.org (`jsonld`, `application/ld+json`).
    """
    record = _record(pk)
    accepted = request.get_preferred_type(list(_FORMS)) or "application/marcxml+xml"
    form = format or _FORMS[accepted]
    url = request.build_absolute_uri(reverse("portal:record", args=[pk]))
    lost: list[str] = []
    if form == "jsonld":
        data = json.dumps(schema_org.json_ld(queries.marc_of(record), url=url), ensure_ascii=False).encode()
        media_type = _MEDIA_TYPES[form]
    else:
        shape = exports.FORMS["marc21" if form == "iso2709" else form]
        media_type = _MEDIA_TYPES.get(form, shape.media_type)
        item = exports.Item(queries.marc_of(record), url)
        try:
            data = exports.written(shape, item, lost=lambda _number, fields: lost.extend(fields))
        except iso2709.RecordTooLong as error:
            raise TooLongForIso() from error
    response = HttpResponse(data, content_type=media_type)
    response["Vary"] = "Accept"
    if lost:
        response["Lost-Fields"] = ", ".join(lost)
    return response


@router.post("/records", response={201: RecordOut})
def create_record(request: HttpRequest, body: RecordIn) -> Status[Record]:
    """Describe an edition. Repeating a command_id returns the first record."""
    library = Organization.objects.filter(code=body.library, is_library=True).first()
    if library is None:
        raise NotFound()
    isbns = []
    for text in body.isbns:
        isbn = normalize(text)
        if isbn is None:
            raise BadIsbn(value=text)
        isbns.append(isbn)
    facts = body.model_dump(exclude={"command_id", "library", "isbns"})
    facts |= {name: one_line(value) for name, value in facts.items() if isinstance(value, str)}
    facts |= {name: tuple(text for one in facts[name] if (text := one_line(one))) for name in ("authors", "subjects")}
    record = catalog.describe_record(
        actor=cast(Request, request).actor,
        library=library,
        description=Description(**facts, isbns=tuple(isbns)),
        at=clock.now(),
        command_id=body.command_id,
    )
    return Status(201, record)


@router.get("/suggest", response={200: Suggestions}, auth=None)
def suggest(
    request: HttpRequest, q: Annotated[str, Query(max_length=200)], limit: Annotated[int, Query(ge=1, le=20)] = 8
) -> dict[str, object]:
    """Titles and authors that begin or sound like what is being typed."""
    return {"results": queries.suggest(q, limit=limit)}
