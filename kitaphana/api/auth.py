"""Who calls: a bearer token (``kitaphana token USER``) or the session of a signed-in person."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from kitaphana.core.access import Actor
from kitaphana.core.web.page import Request


class TokenAuth(HttpBearer):
    """``Authorization: Bearer <token>``; the middleware has looked the token up already."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The token's owner as an actor, or None."""
        actor = cast(Request, request).actor
        return actor if actor.user_id is not None else None


class SignedIn(SessionAuth):
    """The session cookie, with the CSRF token that our own pages send."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The signed-in person as an actor, or None."""
        actor = cast(Request, request).actor
        return actor if actor.user_id is not None else None
