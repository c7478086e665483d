"""Pages of accounts, roles and the workplace."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import organization_by_code
from kitaphana.people import queries, services
from kitaphana.people.enums import Role
from kitaphana.people.forms import RoleForm
from kitaphana.people.models import ApiToken, RoleAssignment, User

SHOWN = 100


def _node(request: Request, code: str) -> Organization:
    return organization_by_code(code, request.actor.reach(Permission.ROLES_ASSIGN))


@page(Permission.ROLES_ASSIGN)
@sensitive_variables("made")
def roles(request: Request, code: str) -> HttpResponse:
    """Roles in force at a node; give one to an account, which is made where the login is new."""
    node = _node(request, code)
    choices = queries.assignable_roles(request.actor, node)
    form = RoleForm(request.POST or None, roles=choices)
    made = None
    if request.method == "POST" and form.is_valid():
        login, role = form.cleaned_data["login"].strip(), Role(form.cleaned_data["role"])
        user = User.objects.filter(login=login).first()
        try:
            if user is None:
                made = services.create_account(
                    actor=request.actor, organization=node, role=role, login=login, at=clock.now()
                )
            else:
                services.assign_role(actor=request.actor, user=user, organization=node, role=role, at=clock.now())
        except DomainError as refusal:
            form.add_error("login", f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("The role is given."))
            if made is None:
                return redirect("people:roles", node.code)
            form = RoleForm(roles=choices)
    assigned = [
        {"assignment": one, "is_here": one.organization_id == node.pk, "label": Role(one.role).label}
        for one in queries.roles_at(node)
    ]
    context = {"node": node, "form": form, "assigned": assigned, "made": made}
    response = render(request, "people/roles.html", context, status=422 if form.errors else 200)
    if made is not None:
        response["Cache-Control"] = "no-store"
    return response


@page(Permission.ROLES_ASSIGN)
@require_POST
def role_revoke(request: Request, code: str, pk: int) -> HttpResponse:
    """Take a role away."""
    node = _node(request, code)
    assignment = get_object_or_404(
        RoleAssignment.objects.select_related("organization", "user"), pk=pk, organization=node
    )
    services.revoke_role(actor=request.actor, assignment=assignment, at=clock.now())
    messages.success(request, _("The role is taken away."))
    return redirect("people:roles", node.code)


@page(Permission.ROLES_ASSIGN)
@require_POST
def password_reset(request: Request, code: str, pk: int) -> HttpResponse:
    """A new one-time password for an account that has a role here; it is shown once."""
    node = _node(request, code)
    user = get_object_or_404(User, pk=pk, roles__organization=node)
    made = services.reset_password(actor=request.actor, organization=node, user=user, at=clock.now())
    response = render(request, "people/password_told.html", {"node": node, "made": made})
    response["Cache-Control"] = "no-store"
    return response


@page(Permission.NUMBERS_VIEW)
def workplaces(request: Request) -> HttpResponse:
    """The libraries one may work in; choose one."""
    text = request.GET.get("q", "").strip()
    found = list(queries.workplaces(request.actor, text)[: SHOWN + 1])
    context = {"text": text, "libraries": found[:SHOWN], "has_more": len(found) > SHOWN}
    template = "people/_workplaces.html" if request.htmx and not request.htmx.boosted else "people/workplaces.html"
    return render(request, template, context)


@page(Permission.OWN_ACCOUNT)
@sensitive_variables("token")
def tokens(request: Request) -> HttpResponse:
    """One's own API tokens: make one (shown once), remove all."""
    user = get_object_or_404(User, pk=request.actor.user_id)
    token = ""
    if request.method == "POST":
        if "revoke" in request.POST:
            services.revoke_tokens(actor=request.actor, user=user, at=clock.now())
            messages.success(request, _("All your tokens are removed."))
            return redirect("people:tokens")
        token = services.make_token(user, name=request.POST.get("name", "").strip(), at=clock.now())
    context = {"tokens": ApiToken.objects.filter(user=user).order_by("-pk"), "token": token}
    response = render(request, "people/tokens.html", context)
    response["Cache-Control"] = "no-store"
    return response
