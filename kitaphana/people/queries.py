"""Reads of people: who acts, which readers, which classes."""

from __future__ import annotations

import hashlib

from django.db.models import Q

from kitaphana.core.access import Actor, Grant, Permission
from kitaphana.organizations.models import Organization, within
from kitaphana.people.enums import Role
from kitaphana.people.models import ApiToken, RoleAssignment, User
from kitaphana.people.roles import PERMISSIONS


def actor_of(user: User, *, address: str = "") -> Actor:
    """The user as an actor, with the grants of all their roles (one statement)."""
    grants = tuple(
        Grant(path, PERMISSIONS[Role(role)])
        for path, role in RoleAssignment.objects.filter(user=user, user__is_active=True).values_list(
            "organization__path", "role"
        )
    )
    return Actor(user_id=user.pk, grants=grants, person_id=user.person_id, address=address, name=user.login)


def workplace(actor: Actor, *, preferred_id: int | None = None) -> Organization | None:
    """The library the actor works in: the chosen one if it is within reach, else the first within reach."""
    reach = actor.reach(Permission.NUMBERS_VIEW)
    libraries = Organization.objects.filter(within(reach), is_library=True, is_closed=False)
    if preferred_id is not None:
        chosen: Organization | None = libraries.filter(pk=preferred_id).first()
        if chosen is not None:
            return chosen
    first: Organization | None = libraries.order_by("path").first()
    return first


def token_digest(token: str) -> str:
    """The digest under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(token: str) -> ApiToken | None:
    """The token's row with its active user, or None."""
    return ApiToken.objects.select_related("user").filter(Q(user__is_active=True), digest=token_digest(token)).first()
