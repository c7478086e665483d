"""Signing in and out, the password, and where one starts after it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, page
from kitaphana.organizations.models import Organization
from kitaphana.people import services
from kitaphana.people.forms import NewPasswordForm
from kitaphana.people.middleware import LIBRARY_KEY

sign_in = page(None)(LoginView.as_view(template_name="people/sign_in.html", redirect_authenticated_user=True))


@page(None)
@sensitive_post_parameters()
def change_password(request: Request) -> HttpResponse:
    """Choose a new password; also the only page open to somebody whose password was printed."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    user = request.user
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = services.change_password(user=user, password=form.cleaned_data["new_password1"], at=clock.now())
        update_session_auth_hash(request, changed)
        messages.success(request, _("The password is changed."))
        return redirect("start")
    context = {"form": form, "is_asked": user.must_change_password}
    return render(request, "people/change_password.html", context, status=422 if form.errors else 200)


@page(None)
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("portal:home")


@page(Permission.OWN_ACCOUNT)
def start(request: Request) -> HttpResponse:
    """Lead each to the page the day begins with: the desk, what waits for those above libraries, the numbers, what
    waits for an expert, or one's own books.
    """
    if request.actor.may_somewhere(Permission.CIRCULATION_LEND):
        return redirect("circulation:desk")
    if request.actor.may_somewhere(Permission.REPORTS_ACCEPT):
        return redirect("workplaces:today")
    if request.actor.may_somewhere(Permission.NUMBERS_VIEW):
        return redirect("monitoring:dashboard")
    if request.actor.may_somewhere(Permission.LIST_SCORE):
        return redirect("corelist:waiting")
    return redirect("portal:my")


@page(Permission.NUMBERS_VIEW)
def choose_workplace(request: Request) -> HttpResponse:
    """Work in another library of one's reach (form field ``library``: its code); asked for, the list of them."""
    if request.method != "POST":
        return redirect("people:workplaces")
    chosen = get_object_or_404(
        Organization.objects.within(request.actor.reach(Permission.NUMBERS_VIEW)),
        code=request.POST.get("library", ""),
        is_library=True,
    )
    request.session[LIBRARY_KEY] = chosen.pk
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect("start")
    return redirect(back)
