"""Pages of the rules: what holds here, what a version says, making a version of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, page
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.regulations import parameters, queries, services
from kitaphana.regulations.enums import Subject
from kitaphana.regulations.models import RulePack


def _node(request: Request) -> Organization:
    """The node in the address, else the library one works in, else the highest one within reach."""
    reach = request.actor.reach(Permission.FUND_VIEW)
    if code := (request.GET.get("node") or request.POST.get("node")):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]


@page(Permission.FUND_VIEW)
def overview(request: Request) -> HttpResponse:
    """Each subject: the version in force at a node, where it comes from, the others."""
    node, today = _node(request), clock.today()
    subjects = []
    for subject in Subject:
        versions = queries.versions_of(subject, node)
        mine = request.actor.may(Permission.RULES_EDIT, node.path)
        subjects.append(
            {
                "subject": subject,
                "pack": queries.pack_on(subject, today, node),
                "versions": [
                    one
                    for one in versions
                    if not one.is_draft
                    or (one.organization and request.actor.may(Permission.RULES_EDIT, one.organization.path))
                ],
                "may_begin": mine and not any(one.is_draft and one.organization_id == node.pk for one in versions),
            }
        )
    return render(request, "regulations/overview.html", {"node": node, "subjects": subjects, "today": today})


@dataclass(frozen=True, slots=True)
class Shown:
    """A parameter on the page: as it is, and as it was typed."""

    field: parameters.Field
    typed: str
    options: tuple[tuple[str, str, bool], ...]
    """Code, words, chosen."""


def _sections(pack: RulePack, typed: dict[str, list[str]]) -> list[tuple[str, list[Shown]]]:
    shown = []
    for field in parameters.fields(pack.subject, pack.parameters):
        given = typed.get(field.name)
        chosen = given if given is not None else list(field.value or ()) if field.options else []
        options = tuple((code, words, code in chosen) for code, words in field.options)
        shown.append(Shown(field, given[-1] if given else field.typed, options))
    return [(section, list(found)) for section, found in groupby(shown, key=lambda one: one.field.section)]


@page(Permission.FUND_VIEW)
def version(request: Request, pk: int) -> HttpResponse:
    """What a version says, and what it says otherwise than the one it replaced; a draft as a form."""
    pack = queries.pack_within(pk, request.actor)
    if request.method == "POST":
        return _done(request, pack)
    return _show(request, pack)


def _show(request: Request, pack: RulePack, typed: dict[str, list[str]] | None = None) -> HttpResponse:
    node = pack.organization or _node(request)
    may_edit = pack.organization is not None and request.actor.may(Permission.RULES_EDIT, pack.organization.path)
    before = _before(pack, node)
    context = {
        "pack": pack,
        "node": node,
        "sections": _sections(pack, typed or {}),
        "before": before,
        "differences": parameters.differences(pack.subject, before.parameters, pack.parameters) if before else [],
        "may_edit": may_edit and pack.is_draft,
        "may_end": may_edit and not pack.is_draft and pack.valid_until is None,
        "today": clock.today(),
    }
    return render(request, "regulations/version.html", context)


def _before(pack: RulePack, node: Organization) -> RulePack | None:
    """The version that held where this one came: the last one of the same node, else of those above."""
    versions = [one for one in queries.versions_of(pack.subject, node) if not one.is_draft and one.pk != pack.pk]
    own = [one for one in versions if one.organization_id == pack.organization_id and one.version < pack.version]
    above = [one for one in versions if one.organization_id != pack.organization_id]
    return next(iter([*own, *above]), None)


def _day(text: str) -> date:
    try:
        return parse_date(text) or clock.today()
    except ValueError:
        return clock.today()


def _done(request: Request, pack: RulePack) -> HttpResponse:
    action = request.POST.get("action", "")
    common: dict[str, Any] = {
        "actor": request.actor,
        "pack": pack,
        "at": clock.now(),
        "command_id": command_id_of(request),
    }
    try:
        if action == "discard":
            services.discard_draft(**common)
            messages.info(request, _("The draft was thrown away."))
            return redirect(
                f"{reverse('regulations:overview')}?node={pack.organization.code if pack.organization else ''}"
            )
        if action in ("save", "put_in_force"):
            typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
            if action == "save":
                services.change_draft(typed=typed, act=request.POST.get("act", ""), **common)
                messages.success(request, _("The draft is saved; it does not hold yet."))
            else:
                services.put_in_force(
                    valid_from=_day(request.POST.get("valid_from", "")), note=request.POST.get("note", ""), **common
                )
                messages.success(request, _("The rules are in force from the day you chose."))
        elif action == "end":
            services.end_version(until=_day(request.POST.get("until", "")), **common)
            messages.success(request, _("After this day the rules from above hold again."))
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
        if action == "save":
            return _show(request, pack, {name: request.POST.getlist(name) for name in request.POST})
    return redirect("regulations:version", pack.pk)


@page(Permission.RULES_EDIT)
@require_POST
def begin(request: Request) -> HttpResponse:
    """Begin a version of one's own."""
    node = _node(request)
    subject = request.POST.get("subject", "")
    try:
        pack = services.draft_version(
            actor=request.actor,
            organization=node,
            subject=subject if subject in Subject.values else Subject.FUND,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
        return redirect(f"{reverse('regulations:overview')}?node={node.code}")
    return redirect("regulations:version", pack.pk)
