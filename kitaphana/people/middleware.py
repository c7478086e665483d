"""Puts who acts, and in which library, on the request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from kitaphana.core.access import ANONYMOUS, Actor
from kitaphana.core.web.page import Request
from kitaphana.people import queries

LIBRARY_KEY = "library"


class ActorMiddleware:
    """``request.actor`` (rights) and ``request.library`` (where the person works now), both computed when
    asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, plain: HttpRequest) -> HttpResponse:
        request = cast("Request", plain)
        request.actor = cast("Actor", SimpleLazyObject(lambda: _actor(request)))
        request.library = SimpleLazyObject(lambda: _library(request))
        if _must_change_password(request):
            return redirect("change_password")
        return self.get_response(request)


def _must_change_password(request: Request) -> bool:
    """Whether a page is asked for with a password that somebody else has read; only then is the account
    looked up.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(_open_prefixes()):
        return False
    return bool(request.user.is_authenticated and request.user.must_change_password)


@cache
def _open_prefixes() -> tuple[str, ...]:
    names = (
        "change_password",
        "sign_in",
        "sign_out",
        "set_language",
        "preferences",
        "healthz",
        "readyz",
        "metrics",
    )
    return (*(reverse(name) for name in names), f"/{settings.STATIC_URL.strip('/')}/")


def _actor(request: Request) -> Actor:
    address = request.META.get("REMOTE_ADDR", "")
    if request.path.startswith("/api/") and request.headers.get("Authorization", "").startswith("Bearer "):
        token = queries.user_of_token(request.headers["Authorization"].removeprefix("Bearer ").strip())
        return ANONYMOUS if token is None else queries.actor_of(token.user, address=address)
    if not request.user.is_authenticated:
        return ANONYMOUS
    return queries.actor_of(request.user, address=address)


def _library(request: Request) -> object:
    if not request.user.is_authenticated:
        return None
    return queries.workplace(request.actor, preferred_id=request.session.get(LIBRARY_KEY))
