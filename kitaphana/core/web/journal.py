"""The journal of commands as the person sees it: who did what, where, with what before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kitaphana.core import hooks
from kitaphana.core.access import Permission
from kitaphana.core.models import AuditEntry
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate


def _entries(request: Request) -> Any:
    reach = request.actor.reach(Permission.AUDIT_VIEW)
    entries = AuditEntry.objects.all()
    if "" in reach.prefixes:
        return entries
    if hooks.libraries_within is None:
        return entries.none()
    return entries.filter(library_id__in=hooks.libraries_within(reach))


def _differences(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    before, after = entry.before or {}, entry.after or {}
    return [(name, before.get(name), after.get(name)) for name in {**before, **after}]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@page(Permission.AUDIT_VIEW)
def journal(request: Request) -> HttpResponse:
    """Entries of the libraries within reach, newest first, by action, person, day or thing."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("action", "who", "since", "until", "kind", "id")}
    entries = _entries(request)
    if chosen["action"]:
        entries = entries.filter(action=chosen["action"])
    if chosen["who"]:
        entries = entries.filter(actor_name__icontains=chosen["who"])
    if since := _day(chosen["since"]):
        entries = entries.filter(at__date__gte=since)
    if until := _day(chosen["until"]):
        entries = entries.filter(at__date__lte=until)
    if chosen["kind"] and chosen["id"].isdecimal() and len(chosen["id"]) < 19:
        entries = entries.filter(object_kind=chosen["kind"], object_id=int(chosen["id"]))
    rows, following = paginate(entries, request.GET.get("cursor"), descending=True)
    names = hooks.library_names({row.library_id for row in rows if row.library_id}) if hooks.library_names else {}
    lines = [
        {
            "entry": row,
            "label": hooks.label_of(row.action),
            "library": names.get(row.library_id or 0, ""),
            "differences": _differences(row),
        }
        for row in rows
    ]
    actions = sorted(((code, str(label)) for code, label in hooks.action_labels.items()), key=lambda item: item[1])
    kept = request.GET.copy()
    kept.pop("cursor", None)
    context = {
        "lines": lines,
        "next": following,
        "chosen": chosen,
        "actions": actions,
        "kept": kept.urlencode(),
    }
    template = "core/_journal.html" if request.htmx and not request.htmx.boosted else "core/journal.html"
    return render(request, template, context)
