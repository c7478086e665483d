"""A version: the work on it and its steps while it is under way, the public page once it is published."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import boards, queries, services
from kitaphana.corelist.enums import GRADES, EntryKind, Move, Party, ProposalState, State
from kitaphana.corelist.models import Approver, Step, Version
from kitaphana.corelist.transitions import moves_of
from kitaphana.corelist.views.lists import A_PAGE, asked
from kitaphana.corelist.views.places import attempt, clean, command_id_of, number, version_of, working_version


def _may_take(request: Request, version: Version, party: Party) -> bool:
    """Whether a step is offered to the person; the command asks again."""
    path = version.core_list.organization.path
    if party == Party.MANAGER:
        return request.actor.may(Permission.LIST_MANAGE, path)
    return Approver.objects.filter(
        core_list=version.core_list_id, side=party.value, user=request.actor.user_id or 0
    ).exists()


def road(version: Version) -> list[dict[str, Any]]:
    """The states as the component of steps shows them."""
    states = list(State)
    here = states.index(State(version.state))
    return [
        {"label": state.label, "text": "", "done": place < here or version.state == State.PUBLISHED,
         "active": place == here and version.state != State.PUBLISHED}
        for place, state in enumerate(states)
    ]  # fmt: skip


@page(None)
def version_page(request: Request, pk: int) -> HttpResponse:
    """A version."""
    version = version_of(request, pk)
    if version.state == State.PUBLISHED:
        return _published(request, version)
    return _under_way(request, version)


def _published(request: Request, version: Version) -> HttpResponse:
    wanted = asked(request)
    grades = GRADES.get(version.core_list.level)
    shown = Paginator(queries.entries_of(version, wanted), A_PAGE).get_page(number(request.GET.get("page")) or 1)
    latest = queries.published(version.core_list)
    context = {
        "version": version,
        "one": version.core_list,
        "found": shown,
        "total": shown.paginator.count,
        "wanted": wanted,
        "grades": range(grades[0], grades[1] + 1) if grades else [],
        "ages": range(version.core_list.age_from, version.core_list.age_to + 1),
        "kinds": EntryKind.choices,
        "covers": request.GET.get("view") == "covers",
        "latest": latest if latest != version else None,
        "before": queries.before(version),
        "steps": list(Step.objects.filter(version=version).order_by("number").defer("content")),
        "is_staff": queries.may_propose(request.actor, version.core_list),
    }
    return render(request, "corelist/version.html", context)


def _under_way(request: Request, version: Version) -> HttpResponse:
    core_list = version.core_list
    text, state = clean(request.GET.get("q")), request.GET.get("only", "")
    proposals = queries.proposals_of(version)
    counts = dict(proposals.order_by().values_list("state").annotate(n=Count("pk")))
    if state in ProposalState.values:
        proposals = proposals.filter(state=state)
    proposals = queries.found_by(proposals, text)
    shown = Paginator(proposals.annotate(words=Count("comments")), A_PAGE).get_page(
        number(request.GET.get("page")) or 1
    )
    judged = queries.judged(core_list, shown.object_list)
    moves = [
        (move, edge) for move, edge in moves_of(version.state) if edge.is_step and _may_take(request, version, edge.who)
    ]
    expert = queries.expert_of(request.actor, core_list)
    context = {
        "version": version,
        "one": core_list,
        "judged": judged,
        "found": shown,
        "total": shown.paginator.count,
        "text": text,
        "only": state,
        "states": [(one.value, one.label, counts[one.value]) for one in ProposalState if counts.get(one.value)],
        "has_proposals": bool(counts),
        "road": road(version),
        "moves": moves,
        "waits": [one for one in boards.waiting(request.actor, clock.today()) if one.version.pk == version.pk],
        "may_propose": version.state == State.DRAFT,
        "is_expert": expert is not None,
        "may_manage": request.actor.may(Permission.LIST_MANAGE, core_list.organization.path),
        "shows_scores": version.state != State.DRAFT or any(one.score is not None for one in judged),
        "shows_votes": version.state not in (State.DRAFT, State.REVIEW),
        "steps": list(Step.objects.filter(version=version).order_by("number").defer("content")),
        "titles": len(queries.composition(version)),
        "before": queries.before(version),
    }
    return render(request, "corelist/version_work.html", context)


@page(Permission.LIST_PROPOSE)
def composition(request: Request, pk: int) -> HttpResponse:
    """The titles as they would be published now: what the ministries sign."""
    version = working_version(request, pk)
    lines = queries.composition(version)
    before = queries.before(version)
    changes = queries.changes_between(queries.composition(before) if before else [], lines)
    marks = {one.line.record_id: one.change for one in changes}
    context = {
        "version": version,
        "one": version.core_list,
        "lines": [(one, marks.get(one.record_id)) for one in lines] if before else [(one, None) for one in lines],
        "removed": [one.line for one in changes if one.after is None],
        "before": before,
    }
    return render(request, "corelist/composition.html", context)


@page(Permission.LIST_PROPOSE)
@require_POST
def step(request: Request, pk: int) -> HttpResponse:
    """Take a step of the route."""
    version = working_version(request, pk)
    move, seen = request.POST.get("move", ""), request.POST.get("state", "")
    if move not in Move.values:
        raise NotFound
    attempt(
        request,
        lambda: services.take_step(
            actor=request.actor,
            version=version,
            move=Move(move),
            expected_state=State(seen) if seen in State.values else None,
            comment=request.POST.get("comment", "").replace("\x00", ""),
            at=clock.now(),
            command_id=command_id_of(request),
        ),
        _("The step is signed and kept for good."),
    )
    return redirect("corelist:version", version.pk)


@page(None)
def step_page(request: Request, pk: int, number: int) -> HttpResponse:
    """A signed step: who, when, what, its digest, and the frozen content as it was signed."""
    version = version_of(request, pk)
    found = Step.objects.filter(version=version, number=number).first()
    if found is None:
        raise NotFound
    context = {
        "version": version,
        "one": version.core_list,
        "step": found,
        "holds": services.digest_of(found) == found.digest,
    }
    return render(request, "corelist/step.html", context)
