"""Loan policies of a node, its own and inherited."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.circulation import policies as rules
from kitaphana.circulation import queries, services
from kitaphana.circulation.forms import PolicyForm
from kitaphana.circulation.models import LoanPolicy
from kitaphana.circulation.views.workplace import library_of
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within


@page(Permission.CIRCULATION_POLICIES)
def policies(request: Request) -> HttpResponse:
    """What is in force at a node (``?node=`` its code), where it comes from, and the form to set it here."""
    node = _node(request)
    chosen = _chosen(request, node)
    form = PolicyForm(
        request.POST or None,
        initial={
            "category": request.GET.get("category", ""),
            "fund": request.GET.get("fund", ""),
            **asdict(chosen.terms),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.set_policy(
                actor=request.actor,
                organization=node,
                category=form.cleaned_data["category"],
                fund_type=form.cleaned_data["fund"],
                terms=form.terms(),
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The policy holds from now on, here and in everything below."))
            return redirect(_address(node))
    reach = request.actor.reach(Permission.CIRCULATION_POLICIES)
    context = {
        "node": node,
        "lines": queries.policy_table(node),
        "form": form,
        "nodes": [one for one in organizations.lineage(node) if reach.covers(one.path)],
        "children": list(organizations.children_of(node)[:200]),
    }
    return render(request, "circulation/policies.html", context, status=422 if form.is_bound else 200)


@page(Permission.CIRCULATION_POLICIES)
@require_POST
def policy_remove(request: Request, pk: int) -> HttpResponse:
    """Remove a node's own policy; what is inherited holds again."""
    reach = within(request.actor.reach(Permission.CIRCULATION_POLICIES), "organization__path")
    row = LoanPolicy.objects.select_related("organization").filter(reach, pk=pk).first()
    if row is None:
        raise NotFound
    services.remove_policy(
        actor=request.actor,
        organization=row.organization,
        policy=row,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    messages.success(request, _("Removed; the inherited policy holds again."))
    return redirect(_address(row.organization))


def _node(request: Request) -> Organization:
    reach = within(request.actor.reach(Permission.CIRCULATION_POLICIES))
    code = request.GET.get("node", "").replace("\x00", "")
    if not code:
        if request.library and request.actor.may(Permission.CIRCULATION_POLICIES, request.library.path):
            return library_of(request)
        found: Organization | None = Organization.objects.filter(reach).order_by("path").first()
    else:
        found = Organization.objects.filter(reach, code=code).first()
    if found is None:
        raise NotFound
    return found


def _chosen(request: Request, node: Organization) -> rules.Policy:
    """The policy whose figures fill the form: of the asked row, else of pupils and the core fund."""
    row = LoanPolicy.objects.filter(pk=number(request.GET.get("row")) or 0, organization=node).first()
    if row is not None:
        return rules.Policy(rules.terms_of(row), row.category, row.fund)
    return queries.policy_for(node, request.GET.get("category") or "PUPIL", request.GET.get("fund") or "CORE")


def _address(node: Organization) -> str:
    return f"{reverse('circulation:policies')}?node={node.code}"
