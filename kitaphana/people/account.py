"""Signing in and out, and where one starts after it."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, page
from kitaphana.organizations.models import Organization
from kitaphana.people.middleware import LIBRARY_KEY

sign_in = page(None)(LoginView.as_view(template_name="people/sign_in.html", redirect_authenticated_user=True))
change_password = page(Permission.OWN_ACCOUNT)(
    PasswordChangeView.as_view(template_name="people/change_password.html", success_url=reverse_lazy("start"))
)


@page(None)
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("portal:home")


@page(Permission.OWN_ACCOUNT)
def start(request: Request) -> HttpResponse:
    """Lead each to the page the day begins with: the desk, the numbers, or one's own books."""
    if request.actor.may_somewhere(Permission.CIRCULATION_LEND):
        return redirect("circulation:desk")
    if request.actor.may_somewhere(Permission.NUMBERS_VIEW):
        return redirect("monitoring:dashboard")
    return redirect("portal:my")


@page(Permission.NUMBERS_VIEW)
@require_POST
def choose_workplace(request: Request) -> HttpResponse:
    """Work in another library of one's reach (form field ``library``: its code)."""
    chosen = get_object_or_404(
        Organization.objects.within(request.actor.reach(Permission.NUMBERS_VIEW)),
        code=request.POST.get("library", ""),
        is_library=True,
    )
    request.session[LIBRARY_KEY] = chosen.pk
    return redirect(request.POST.get("next") if request.POST.get("next", "").startswith("/") else "start")
