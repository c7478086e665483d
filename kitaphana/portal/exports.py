"""Results of a search as a file: all that were found, up to a limit, for a reading list, a spreadsheet, another system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Final

from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from kitaphana.catalog import exports
from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.portal import asking

MOST: Final = 5_000
"""So many results a file holds; the page says so where more were found."""
Address = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Results:
    """A form of results: streamed in pieces, or made whole before it is sent."""

    media_type: str
    label: str | Promise
    stream: Callable[[Iterator[Record], Address], Iterator[bytes]] | None = None
    whole: Callable[[Iterator[Record], Address], IO[bytes]] | None = None


def _form(name: str) -> Results:
    form = exports.FORMS[name]

    def stream(records: Iterator[Record], address: Address) -> Iterator[bytes]:
        return exports.stream(form, exports.items_of(records, address))

    return Results(form.media_type, form.label, stream=stream)


FORMS: Final[dict[str, Results]] = {
    "xlsx": Results(exports.XLSX, _("Table (XLSX)"), whole=exports.as_xlsx),
    "csv": Results("text/csv; charset=utf-8", _("Table (CSV)"), stream=exports.as_csv),
    "docx": Results(
        exports.DOCX, _("List of references by GOST (DOCX)"), whole=lambda records, _address: exports.as_gost_docx(records)
    ),
    "txt": Results(
        "text/plain; charset=utf-8", _("List of references by GOST (text)"),
        stream=lambda records, _address: exports.as_gost_text(records),
    ),
    "ris": _form("ris"),
    "bib": _form("bibtex"),
    "mrc": _form("marc21"),
    "xml": _form("marcxml"),
}  # fmt: skip
"""Forms by the ending of the file's name, in the order in which they are offered."""


def choices(query: QueryDict) -> list[dict[str, Any]]:
    """The forms as links that keep what was asked."""
    asked = query.copy()
    asked.pop("cursor", None)
    kept = f"?{asked.urlencode()}" if asked else ""
    return [
        {"label": form.label, "url": f"{reverse('portal:search_file', args=[ending])}{kept}"}
        for ending, form in FORMS.items()
    ]


@page(None)
def search_file(request: Request, extension: str) -> HttpResponseBase:
    """What a search finds, as a file; the address takes the same words and filters as the page."""
    form = FORMS.get(extension)
    if form is None:
        raise NotFound()
    text, sort = asking.text_of(request.GET), asking.sort_of(request.GET)
    library = asking.own_library(request)
    ids = catalog.found_ids(
        text,
        filters=asking.filters_of(request.GET),
        sort=sort,
        most=MOST,
        prefer_library_id=library.pk if library else None,
        near=asking.near_of(request),
    )
    records = exports.records_of(ids)
    address = partial(_address, request.build_absolute_uri("/").rstrip("/"))
    name = f"catalogue.{extension}"
    if form.whole is not None:
        made = form.whole(records, address)
        return FileResponse(made, as_attachment=True, filename=name, content_type=form.media_type)
    stream = form.stream(records, address) if form.stream else iter(())
    response = StreamingHttpResponse(_in_language(stream, get_language() or "kk"), content_type=form.media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _in_language(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """The pieces, made in a language: when they are asked for, the request is over and its language forgotten."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _address(root: str, pk: int) -> str:
    return f"{root}{reverse('portal:record', args=[pk])}"
