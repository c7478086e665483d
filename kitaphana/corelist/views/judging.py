"""The experts' two sheets: points by criterion, and votes. Every field saves itself; a button saves all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import boards, queries, services
from kitaphana.corelist.enums import Choice, ProposalState, State
from kitaphana.corelist.judgement import weighted_mean
from kitaphana.corelist.models import MOST_POINTS, Criterion, DeclaredConflict, Expert, Proposal, Score, Version, Vote
from kitaphana.corelist.services.rights import require_expert
from kitaphana.corelist.views.lists import A_PAGE
from kitaphana.corelist.views.places import command_id_of, number, proposal_of, working_version

_FIELD = re.compile(r"p-([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")


def _lines(version: Version, expert: Expert, proposals: Iterable[Proposal]) -> list[dict[str, Any]]:
    """Lines of the score sheet of one expert (four statements)."""
    proposals = list(proposals)
    criteria = list(Criterion.objects.filter(core_list=version.core_list_id).order_by("position"))
    weights = {one.pk: one.weight for one in criteria}
    given: dict[int, dict[int, int]] = {}
    mine = Score.objects.filter(expert=expert, proposal__in=proposals)
    for proposal, criterion, points in mine.values_list("proposal_id", "criterion_id", "points"):
        given.setdefault(proposal, {})[criterion] = points
    conflicts = set(
        DeclaredConflict.objects.filter(expert=expert, proposal__in=proposals).values_list("proposal_id", flat=True)
    )
    return [
        {
            "proposal": one,
            "cells": [(criterion, given.get(one.pk, {}).get(criterion.pk)) for criterion in criteria],
            "mean": weighted_mean(weights, given.get(one.pk, {}).items()),
            "is_whole": len(given.get(one.pk, {})) == len(criteria),
            "is_conflicted": one.pk in conflicts,
        }
        for one in proposals
    ]


def _shown(request: Request, version: Version, expert: Expert, done: QuerySet[Any, Any]) -> dict[str, Any]:
    """A page of the titles under consideration, all or those still to be judged, and how far the expert is."""
    rows = queries.proposals_of(version).filter(state=ProposalState.OPEN)
    only_left = bool(request.GET.get("left"))
    if only_left:
        rows = rows.exclude(pk__in=done).exclude(conflicts__expert=expert)
    left, of = boards.titles_left([version], {version.core_list_id: [expert]}).get((version.pk, expert.pk), (0, 0))
    found = Paginator(rows, A_PAGE).get_page(number(request.GET.get("page")) or 1)
    return {
        "version": version,
        "one": version.core_list,
        "found": found,
        "total": found.paginator.count,
        "only_left": only_left,
        "done": of - left,
        "all": of,
    }


@page(Permission.LIST_SCORE)
def scores(request: Request, pk: int) -> HttpResponse:
    """All titles of a version × all criteria on one sheet."""
    version = working_version(request, pk)
    expert = require_expert(request.actor, version.core_list)
    criteria = list(Criterion.objects.filter(core_list=version.core_list_id).order_by("position"))
    whole = (
        Score.objects.filter(expert=expert, proposal__version=version)
        .values("proposal")
        .annotate(n=Count("pk"))
        .filter(n=len(criteria))
        .values("proposal")
    )
    context = _shown(request, version, expert, whole)
    context |= {
        "criteria": criteria,
        "lines": _lines(version, expert, context["found"].object_list),
        "is_open": version.state == State.REVIEW,
        "most": MOST_POINTS,
    }
    return render(request, "corelist/scores.html", context)


@page(Permission.LIST_SCORE)
@require_POST
def score(request: Request, pk: int) -> HttpResponse:
    """Save one field (a script sends it alone) or the whole sheet (the button)."""
    version = working_version(request, pk)
    expert = require_expert(request.actor, version.core_list)
    criteria = {one.pk: one for one in Criterion.objects.filter(core_list=version.core_list_id)}
    titles = {one.pk: one for one in queries.proposals_of(version).select_related("core_list__organization", "record")}
    present = {
        (proposal, criterion): points
        for proposal, criterion, points in Score.objects.filter(expert=expert, proposal__version=version).values_list(
            "proposal_id", "criterion_id", "points"
        )
    }
    refused, changed, last = "", 0, None
    for name, text in request.POST.items():
        match = _FIELD.fullmatch(name)
        if match is None:
            continue
        proposal, criterion = titles.get(int(match[1])), criteria.get(int(match[2]))
        if proposal is None or criterion is None:
            continue
        last = proposal.pk
        typed = str(text).strip()
        points = None if not typed else number(typed)
        if typed and points is None:
            points = -1
        if points == present.get((proposal.pk, criterion.pk)):
            continue
        try:
            services.score(actor=request.actor, proposal=proposal, criterion=criterion, points=points, at=clock.now())
            changed += 1
        except DomainError as refusal:
            refused = f"{refusal} {refusal.advice_text}".strip()
    if request.headers.get("HX-Request"):
        line = next(iter(_lines(version, expert, [titles[last]] if last else [])), None)
        context = {"line": line, "refused": refused, "saved": changed > 0}
        return render(request, "corelist/_score_cell.html", context)
    if refused:
        messages.error(request, refused)
    elif changed:
        messages.success(request, _("The points are saved."))
    return redirect("corelist:scores", version.pk)


def _ballot(version: Version, expert: Expert, rows: Iterable[Proposal]) -> list[dict[str, Any]]:
    """Lines of the ballot of one expert (seven statements)."""
    rows = list(rows)
    mine = dict(Vote.objects.filter(expert=expert, proposal__in=rows).values_list("proposal_id", "choice"))
    judged = queries.judged(version.core_list, rows)
    return [
        {
            "proposal": one.proposal,
            "judged": one,
            "mine": mine.get(one.proposal.pk, ""),
            "is_conflicted": expert.pk in one.conflicted,
            "is_open": version.state == State.VOTE and one.proposal.state == ProposalState.OPEN,
        }
        for one in judged
    ]


@page(Permission.LIST_SCORE)
def votes(request: Request, pk: int) -> HttpResponse:
    """The ballot: every title with its score and three buttons."""
    version = working_version(request, pk)
    expert = require_expert(request.actor, version.core_list)
    voted = Vote.objects.filter(expert=expert, proposal__version=version).values("proposal")
    context = _shown(request, version, expert, voted)
    context |= {
        "lines": _ballot(version, expert, context["found"].object_list),
        "choices": Choice.choices,
        "is_open": version.state == State.VOTE,
    }
    return render(request, "corelist/votes.html", context)


@page(Permission.LIST_SCORE)
@require_POST
def vote(request: Request, pk: int) -> HttpResponse:
    """Vote on a title."""
    proposal = proposal_of(request, pk)
    refused = ""
    try:
        services.vote(
            actor=request.actor,
            proposal=proposal,
            choice=request.POST.get("choice", ""),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        refused = f"{refusal} {refusal.advice_text}".strip()
    version = proposal.version
    expert = queries.expert_of(request.actor, proposal.core_list)
    if request.headers.get("HX-Request") and version is not None and expert is not None:
        line = next(iter(_ballot(version, expert, queries.proposals_of(version).filter(pk=pk))), None)
        context = {"line": line, "choices": Choice.choices, "refused": refused}
        return render(request, "corelist/_vote_row.html", context)
    if refused:
        messages.error(request, refused)
    return redirect("corelist:votes", version.pk) if version is not None else redirect("corelist:proposal", pk)
