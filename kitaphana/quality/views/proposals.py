"""Proposals of changes: what libraries ask for, what the methodical centre decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kitaphana.catalog import queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.enums import ProposalState
from kitaphana.catalog.models import Proposal
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.formats.marc import line_of
from kitaphana.people.models import User
from kitaphana.quality.views import command_id

PAGE = 50


@page(Permission.CATALOG_EDIT)
def proposals(request: Request) -> HttpResponse:
    """The proposals of the libraries in reach: those that wait, or those that are decided."""
    state = request.GET.get("state", "")
    found = Proposal.objects.within(request.actor.reach(Permission.CATALOG_EDIT)).select_related("record", "library")
    found = found.filter(state=ProposalState.OPEN) if state != "decided" else found.exclude(state=ProposalState.OPEN)
    rows, following = paginate(
        found.defer("marc", "base_marc", "record__marc"), request.GET.get("cursor"), PAGE, descending=True
    )
    return render(request, "quality/proposals.html", {"rows": rows, "next": following, "state": state})


@page(Permission.CATALOG_EDIT)
def proposal(request: Request, pk: int) -> HttpResponse:
    """One proposal with its lines; the methodical centre accepts or returns it, the library may take it back."""
    reach = request.actor.reach(Permission.CATALOG_EDIT)
    one = Proposal.objects.within(reach).select_related("record", "library").filter(pk=min(pk, 2**62)).first()
    if one is None:
        raise NotFound()
    may_decide = request.actor.may(Permission.CATALOG_SHARED, one.library.path)
    if request.method == "POST":
        return _decided(request, one)
    current = queries.marc_of(one.record)
    proposed = catalog.rebased(one, current)
    user = User.objects.filter(pk=one.actor_id).first()
    context = {
        "proposal": one,
        "record": one.record,
        "who": str(user) if user else "",
        "gone": [line_of(field) for field in current.fields if field not in proposed.fields],
        "come": [line_of(field) for field in proposed.fields if field not in current.fields],
        "is_stale": one.record.version != one.base_version,
        "may_decide": may_decide and one.state == ProposalState.OPEN,
        "may_withdraw": request.library == one.library and one.state == ProposalState.OPEN,
    }
    return render(request, "quality/proposal.html", context)


def _decided(request: Request, one: Proposal) -> HttpResponse:
    decision = request.POST.get("decision", "")
    try:
        if decision == "withdraw":
            catalog.withdraw_proposal(actor=request.actor, proposal=one, at=clock.now(), command_id=command_id(request))
            messages.success(request, _("The proposal is taken back."))
        elif decision in {"accept", "return"}:
            catalog.decide_proposal(
                actor=request.actor, proposal=one, is_accepted=decision == "accept", at=clock.now(),
                answer=request.POST.get("answer", ""), command_id=command_id(request),
            )  # fmt: skip
            messages.success(
                request,
                _("The record is changed as proposed.") if decision == "accept" else _("The proposal is returned."),
            )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
    return redirect("quality:proposal", one.pk)
