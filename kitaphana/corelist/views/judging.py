"""The experts' two sheets: points by criterion, and votes. Every field saves itself; a button saves all of them."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import queries, services
from kitaphana.corelist.enums import Choice, ProposalState, State
from kitaphana.corelist.judgement import weighted_mean
from kitaphana.corelist.models import MOST_POINTS, Criterion, DeclaredConflict, Expert, Proposal, Score, Version, Vote
from kitaphana.corelist.services.rights import require_expert
from kitaphana.corelist.views.places import command_id_of, number, proposal_of, working_version

_FIELD = re.compile(r"p-([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")


def _sheet(version: Version, expert: Expert) -> list[dict[str, Any]]:
    """The lines of the score sheet of one expert (four statements)."""
    criteria = list(Criterion.objects.filter(core_list=version.core_list_id).order_by("position"))
    weights = {one.pk: one.weight for one in criteria}
    given: dict[int, dict[int, int]] = {}
    mine = Score.objects.filter(expert=expert, proposal__version=version)
    for proposal, criterion, points in mine.values_list("proposal_id", "criterion_id", "points"):
        given.setdefault(proposal, {})[criterion] = points
    conflicts = set(DeclaredConflict.objects.filter(expert=expert).values_list("proposal_id", flat=True))
    return [
        {
            "proposal": one,
            "cells": [(criterion, given.get(one.pk, {}).get(criterion.pk)) for criterion in criteria],
            "mean": weighted_mean(weights, given.get(one.pk, {}).items()),
            "is_whole": len(given.get(one.pk, {})) == len(criteria),
            "is_conflicted": one.pk in conflicts,
        }
        for one in queries.proposals_of(version).filter(state=ProposalState.OPEN)
    ]


@page(Permission.LIST_SCORE)
def scores(request: Request, pk: int) -> HttpResponse:
    """All titles of a version × all criteria on one sheet."""
    version = working_version(request, pk)
    expert = require_expert(request.actor, version.core_list)
    lines = _sheet(version, expert)
    context = {
        "version": version,
        "one": version.core_list,
        "criteria": list(Criterion.objects.filter(core_list=version.core_list_id).order_by("position")),
        "lines": lines,
        "is_open": version.state == State.REVIEW,
        "most": MOST_POINTS,
        "done": sum(1 for one in lines if one["is_whole"]),
        "all": sum(1 for one in lines if not one["is_conflicted"]),
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
        line = next((one for one in _sheet(version, expert) if one["proposal"].pk == last), None)
        context = {"line": line, "refused": refused, "saved": changed > 0}
        return render(request, "corelist/_score_cell.html", context)
    if refused:
        messages.error(request, refused)
    elif changed:
        messages.success(request, _("The points are saved."))
    return redirect("corelist:scores", version.pk)


def _ballot(version: Version, expert: Expert, only: Proposal | None = None) -> list[dict[str, Any]]:
    """The lines of the ballot of one expert (eight statements)."""
    rows = queries.proposals_of(version)
    if only is not None:
        rows = rows.filter(pk=only.pk)
    mine = dict(Vote.objects.filter(expert=expert, proposal__version=version).values_list("proposal_id", "choice"))
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
    lines = _ballot(version, expert)
    context = {
        "version": version,
        "one": version.core_list,
        "lines": lines,
        "choices": Choice.choices,
        "is_open": version.state == State.VOTE,
        "done": sum(1 for one in lines if one["mine"]),
        "all": sum(1 for one in lines if not one["is_conflicted"]),
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
        line = next(iter(_ballot(version, expert, proposal)), None)
        context = {"line": line, "choices": Choice.choices, "refused": refused}
        return render(request, "corelist/_vote_row.html", context)
    if refused:
        messages.error(request, refused)
    return redirect("corelist:votes", version.pk) if version is not None else redirect("corelist:proposal", pk)
