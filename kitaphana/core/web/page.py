"""What every view declares: who may open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed


class Request(HttpRequest):
    """A request as our views see it: ``ActorMiddleware`` has added who acts and in which library."""

    actor: Actor
    library: Any
    """The library the person works in now (an ``Organization``), or None."""
    htmx: Any


def command_id_of(request: HttpRequest) -> UUID | None:
    """The id of the command that the form carries; None where it is missing or spoilt."""
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return None


def number(text: str | None) -> int | None:
    """A row's id out of a form or an address; None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


View = Callable[Concatenate[Request, ...], HttpResponseBase]


def page(permission: Permission | None) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Declare a view's permission: None is public, else one that the person must have somewhere.

    Somebody not signed in is sent to the sign-in page; somebody without the right is refused. Which rows the
    person may see or change is decided again by queries (``reach``) and commands (``require``).
    """

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission is not None:
                if not request.user.is_authenticated:
                    if request.headers.get("HX-Request"):
                        response = HttpResponse(status=401)
                        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
                        return response
                    return redirect_to_login(request.get_full_path())
                if not request.actor.may_somewhere(permission):
                    raise NotAllowed()
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the access-matrix test
        guarded.is_page = True  # type: ignore[attr-defined]  # every URL must lead to one; a test says so
        return guarded

    return decorate
