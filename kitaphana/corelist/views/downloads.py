"""A version against the one before, and a published version as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import exports, queries
from kitaphana.corelist.enums import State
from kitaphana.corelist.models import Version
from kitaphana.corelist.views.places import number, version_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPDS_PAGE = 100


def published_of(request: Request, pk: int) -> Version:
    """A published version.

    :raises NotFound: there is none, or it is still on its way.
    """
    version = version_of(request, pk)
    if version.state != State.PUBLISHED:
        raise NotFound
    return version


def file_name(version: Version, ending: str) -> str:
    """What a download is called."""
    one = version.core_list
    return f"core-list-{one.level.lower()}-{one.language}-{one.age_from}-{one.age_to}-v{version.number}.{ending}"


def _attached(version: Version, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name(version, ending)}"'}


@page(None)
def as_csv(request: Request, pk: int) -> HttpResponse:
    """The titles as CSV."""
    version = published_of(request, pk)
    return HttpResponse(
        exports.as_csv(version), content_type="text/csv; charset=utf-8", headers=_attached(version, "csv")
    )


@page(None)
def as_xlsx(request: Request, pk: int) -> FileResponse:
    """The titles as a workbook."""
    version = published_of(request, pk)
    return FileResponse(
        exports.as_xlsx(version), as_attachment=True, filename=file_name(version, "xlsx"), content_type=XLSX
    )


@page(None)
def as_marc(request: Request, pk: int) -> StreamingHttpResponse:
    """The titles' records as MARC 21 in ISO 2709."""
    version = published_of(request, pk)
    return StreamingHttpResponse(
        exports.as_marc(version), content_type="application/marc", headers=_attached(version, "mrc")
    )


@page(None)
def as_opds(request: Request, pk: int) -> HttpResponse:
    """The titles as an OPDS 1.2 feed for reading programs, a hundred a page."""
    version = published_of(request, pk)
    pages = Paginator(queries.entries_of(version, queries.Wanted()), OPDS_PAGE)
    shown = pages.get_page(number(request.GET.get("page")) or 1)
    start = request.build_absolute_uri(reverse("corelist:opds", args=[pk]))

    def address(place: int) -> str:
        return start if place == 1 else f"{start}?{urlencode({'page': place})}"

    data = exports.as_opds(
        version,
        address=address(shown.number),
        page_address=start,
        root=request.build_absolute_uri("/").rstrip("/"),
        next_address=address(shown.next_page_number()) if shown.has_next() else "",
        entries=list(shown.object_list),
    )
    return HttpResponse(data, content_type=exports.ACQUISITION)


@page(None)
def diff(request: Request, pk: int) -> HttpResponse:
    """What differs from the version before, or from the one of ``?with=``."""
    version = version_of(request, pk)
    asked = number(request.GET.get("with"))
    others = Version.objects.filter(core_list=version.core_list_id, state=State.PUBLISHED).exclude(pk=version.pk)
    other = others.filter(number=asked).first() if asked else queries.before(version)
    if other is None or other.state != State.PUBLISHED:
        raise NotFound
    changes = queries.changes_between(queries.composition(other), queries.composition(version))
    context = {
        "version": version,
        "one": version.core_list,
        "other": other,
        "others": list(others.order_by("-number")),
        "added": [one for one in changes if one.before is None],
        "changed": [one for one in changes if one.before is not None and one.after is not None],
        "removed": [one for one in changes if one.after is None],
    }
    return render(request, "corelist/diff.html", context)
