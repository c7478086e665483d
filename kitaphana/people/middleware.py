"""Puts who acts, and in which library, on the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from kitaphana.core.access import ANONYMOUS, Actor
from kitaphana.core.web.page import Request
from kitaphana.people import queries
from kitaphana.people.models import User

LIBRARY_KEY = "library"


class ActorMiddleware:
    """``request.actor`` (rights) and ``request.library`` (where the person works now), both computed when asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, plain: HttpRequest) -> HttpResponse:
        request = cast(Request, plain)
        request.actor = cast(Actor, SimpleLazyObject(lambda: _actor(request)))
        request.library = SimpleLazyObject(lambda: _library(request))
        return self.get_response(request)


def _actor(request: Request) -> Actor:
    address = request.META.get("REMOTE_ADDR", "")
    if request.path.startswith("/api/") and request.headers.get("Authorization", "").startswith("Bearer "):
        token = queries.user_of_token(request.headers["Authorization"].removeprefix("Bearer ").strip())
        return ANONYMOUS if token is None else queries.actor_of(token.user, address=address)
    if not request.user.is_authenticated:
        return ANONYMOUS
    return queries.actor_of(cast(User, request.user), address=address)


def _library(request: Request) -> object:
    if not request.user.is_authenticated:
        return None
    return queries.workplace(request.actor, preferred_id=request.session.get(LIBRARY_KEY))
