"""Pages of those who keep the authorities."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kitaphana.authorities import jobs, queries
from kitaphana.authorities import services as keeping
from kitaphana.authorities.enums import Kind
from kitaphana.authorities.errors import NoAuthorities
from kitaphana.authorities.forms import AuthorityForm, ImportForm, initial_of
from kitaphana.authorities.models import Authority, AuthorityVersion
from kitaphana.authorities.reports import MESSAGES
from kitaphana.core import clock
from kitaphana.core import jobs as background
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.ids import new_id
from kitaphana.core.models import Job
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import cursor_of, offset_of
from kitaphana.formats import detect
from kitaphana.formats.marc import MarcRecord
from kitaphana.people.models import User

PAGE = 50


def _authority(pk: int) -> Authority:
    found = Authority.objects.filter(pk=pk).select_related("merged_into").first() if pk < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def _command_id(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return new_id()


@page(Permission.CATALOG_EDIT)
def authorities(request: Request) -> HttpResponse:
    """All headings in the order of the alphabet, by kind, found by any of their forms."""
    text = request.GET.get("q", "").strip()[:200]
    kind = request.GET.get("kind", "")
    offset = offset_of(request.GET.get("cursor"))
    found = queries.search(text, kind=kind if kind in Kind.values else "")
    rows = list(found.annotate(used=Count("headings", distinct=True))[offset : offset + PAGE + 1])
    forms = queries.forms_of(row.pk for row in rows[:PAGE])
    shown = [(row, [form for form in forms.get(row.pk, ()) if form != row.heading][:4]) for row in rows[:PAGE]]
    context = {
        "shown": shown,
        "text": text,
        "kind": kind,
        "kinds": Kind.choices,
        "next": cursor_of(offset + PAGE) if len(rows) > PAGE else None,
    }
    return render(request, "authorities/authorities.html", context)


@page(Permission.CATALOG_SHARED)
def authority_new(request: Request) -> HttpResponse:
    """Write a new heading."""
    initial = {"heading": request.GET.get("heading", "")[:300], "kind": request.GET.get("kind", "")}
    form = AuthorityForm(request.POST or None, initial=initial)
    return _written(request, form, None)


@page(Permission.CATALOG_SHARED)
def authority_edit(request: Request, pk: int) -> HttpResponse:
    """Change a heading and what leads to it."""
    authority = _authority(pk)
    if authority.merged_into_id:
        return redirect("authorities:authority_edit", authority.merged_into_id)
    form = AuthorityForm(request.POST or None, initial=initial_of(queries.description_of(authority)), is_new=False)
    return _written(request, form, authority)


def _written(request: Request, form: AuthorityForm, authority: Authority | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("expected_version", "")
        try:
            saved = keeping.save_authority(
                actor=request.actor,
                description=form.description(authority.kind if authority else ""),
                at=clock.now(),
                authority=authority,
                expected_version=int(version) if version.isdecimal() and version.isascii() else None,
                command_id=_command_id(request),
            )
        except DomainError as refusal:
            form.add_error("heading", f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The authority record is saved: %(heading)s") % {"heading": saved.heading})
            return redirect("portal:authority", saved.pk)
    context = {"form": form, "authority": authority}
    return render(request, "authorities/authority_form.html", context, status=422 if form.errors else 200)


@page(Permission.CATALOG_SHARED)
def authority_merge(request: Request, pk: int) -> HttpResponse:
    """Find the other record of the same person or subject, compare, make them one."""
    authority = _authority(pk)
    if authority.removed_at is not None:
        return redirect("portal:authority", authority.merged_into_id or authority.pk)
    other = _other(request, authority)
    if request.method == "POST" and other is not None:
        winner, loser = (authority, other) if request.POST.get("keep") == str(authority.pk) else (other, authority)
        try:
            saved = keeping.merge_authorities(
                actor=request.actor, winner=winner, loser=loser, at=clock.now(), command_id=_command_id(request)
            )
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}".strip())
            return redirect("authorities:authority_merge", pk)
        messages.success(request, _("Two authority records are one now: %(heading)s") % {"heading": saved.heading})
        return redirect("portal:authority", saved.pk)
    text = request.GET.get("q", authority.heading.partition(",")[0])[:200]
    found = queries.search(text, kind=authority.kind).exclude(pk=pk)[:20] if other is None else []
    pair = []
    if other is not None:
        pair = [(one, queries.description_of(one), one.headings.count()) for one in (authority, other)]
    context = {"authority": authority, "found": found, "text": text, "pair": pair, "other": other}
    return render(request, "authorities/authority_merge.html", context)


def _other(request: Request, authority: Authority) -> Authority | None:
    given = request.POST.get("with") or request.GET.get("with") or ""
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        return None
    same_kind = Authority.objects.filter(kind=authority.kind, removed_at=None).exclude(pk=authority.pk)
    return same_kind.filter(pk=int(given)).first()


@page(Permission.CATALOG_EDIT)
def authority_history(request: Request, pk: int) -> HttpResponse:
    """Every change of an authority with its lines."""
    authority = _authority(pk)
    rows = list(AuthorityVersion.objects.filter(authority=authority).order_by("-version")[:PAGE])
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[row.actor_id for row in rows if row.actor_id])}
    changes = []
    newer = authority.marc
    for row in rows:
        before, after = (_lines(text) for text in (row.marc, newer))
        changes.append(
            {
                "version": row,
                "number": row.version + 1,
                "who": names.get(row.actor_id or 0, ""),
                "gone": [line for line in before if line not in after],
                "come": [line for line in after if line not in before],
            }
        )
        newer = row.marc
    return render(request, "authorities/authority_history.html", {"authority": authority, "changes": changes})


def _lines(marc: str) -> list[str]:
    return MarcRecord.from_json(json.loads(marc)).to_text().split("\n")


@page(Permission.CATALOG_SHARED)
def upload(request: Request) -> HttpResponse:
    """Choose a file of authority records; it is imported in the background."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            detect.open_records(file)
        except detect.NotMarc:
            refusal = NoAuthorities()
            form.add_error("file", f"{refusal} {refusal.advice_text}")
        else:
            file.seek(0)
            kept = jobs.keep(file)
            with transaction.atomic():
                job = background.enqueue(
                    jobs.IMPORT, actor_id=request.actor.user_id, library_id=None,
                    upload=str(kept), name=file.name[:250], user=request.actor.user_id,
                )  # fmt: skip
            return redirect("job", job.pk)
    return render(request, "authorities/import.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.CATALOG_SHARED)
def import_job(request: Request, pk: int) -> HttpResponse:
    """What became of a file of authority records."""
    job = get_object_or_404(Job, pk=pk, name=jobs.IMPORT, actor_id=request.actor.user_id)
    if not job.result:
        return redirect(reverse("job", args=[pk]))
    result: dict[str, Any] = job.result
    problems = [(number, place, MESSAGES.get(code, code)) for number, place, code in result["problems"]]
    return render(request, "authorities/import_job.html", {"result": result, "problems": problems})
