"""Works and authorities as readers see them: editions gathered, names with all their forms."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kitaphana.authorities import queries as authorities
from kitaphana.authorities.enums import Form
from kitaphana.authorities.models import Authority, HeadingForm
from kitaphana.catalog import languages, works
from kitaphana.catalog import queries as catalog
from kitaphana.catalog.enums import HeadingRole
from kitaphana.catalog.models import Record, RecordHeading
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import cursor_of, offset_of
from kitaphana.portal.asking import own_library
from kitaphana.portal.views import PAGE, Shown, shelf

MOST_EDITIONS = 300


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The editions of a work in one language, newest first."""

    language: str
    editions: list[Shown]


@page(None)
def editions(request: Request, pk: int) -> HttpResponse:
    """All editions and translations of the work that a record is an edition of, by language."""
    record = Record.objects.filter(pk=pk).select_related("merged_into").first() if pk < 2**63 else None
    if record is None:
        raise NotFound()
    if record.merged_into_id:
        return redirect("portal:editions", record.merged_into_id, permanent=True)
    own = own_library(request)
    found = list(catalog.editions_of(record)[:MOST_EDITIONS])
    shown = shelf(found, own)
    by_language: dict[str, list[Shown]] = {}
    for one in shown:
        by_language.setdefault(one.record.language, []).append(one)
    groups = [
        InLanguage(languages.language_name(code) if code else "", rows)
        for code, rows in sorted(by_language.items(), key=lambda item: (item[0] != record.language, item[0]))
    ]
    context = {
        "record": record,
        "groups": groups,
        "total": len(found),
        "own": own,
        "owned": sum(1 for one in shown if one.note),
        "uniform": works.uniform_title(catalog.marc_of(record)),
    }
    return render(request, "portal/editions.html", context)


@page(None)
def authority(request: Request, pk: int) -> HttpResponse:
    """A name or subject: every form under which it is found, and the books."""
    one = Authority.objects.filter(pk=pk).first() if pk < 2**63 else None
    if one is None:
        raise NotFound()
    if one.merged_into_id:
        return redirect("portal:authority", one.merged_into_id, permanent=True)
    own = own_library(request)
    offset = offset_of(request.GET.get("cursor"))
    linked = RecordHeading.objects.filter(authority=one)
    counts = dict(linked.order_by().values_list("role").annotate(n=Count("record", distinct=True)))
    roles = [(role, label, counts[role]) for role, label in HeadingRole.choices if counts.get(role)]
    role = request.GET.get("role", "")
    if role not in counts:
        role = roles[0][0] if roles else HeadingRole.AUTHOR
    records = (
        Record.objects.filter(pk__in=linked.filter(role=role).values("record"), removed_at=None)
        .defer("marc", "summary")
        .order_by("sort_title", "id")
    )
    rows = list(records[offset : offset + PAGE + 1])
    description = authorities.description_of(one)
    related = Authority.objects.filter(Q(heading__in=description.see_also), kind=one.kind, removed_at=None).in_bulk(
        field_name="pk"
    )
    by_heading = {other.heading: other for other in related.values()}
    forms = HeadingForm.objects.filter(authority=one, is_heading=False).order_by("pk")
    context = {
        "authority": one,
        "forms": [(Form(form.form).label, form.text) for form in forms],
        "see_also": [(text, by_heading.get(text)) for text in description.see_also],
        "notes": description.notes,
        "roles": roles,
        "role": role,
        "shown": shelf(rows[:PAGE], own),
        "next": cursor_of(offset + PAGE) if len(rows) > PAGE else None,
        "own": own,
    }
    return render(request, "portal/authority.html", context)
