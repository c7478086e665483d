"""Every address × every role: declared, and closed to those who lack the permission."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kitaphana.core.access import Permission
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.people.roles import PERMISSIONS

SAMPLE = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-7000-8000-000000000000", "path": "x"}


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address of our own pages with sample values in its holes, and its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        text = str(pattern.pattern)
        for name, converter in getattr(pattern.pattern, "converters", {}).items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            kind = {"string": "str"}.get(kind, kind)
            text = text.replace(f"<{kind}:{name}>", SAMPLE[kind]).replace(f"<{name}>", SAMPLE["str"])
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "ninja":
                yield from addresses(pattern, prefix + text)
        elif isinstance(pattern, URLPattern):
            yield prefix + text, pattern.callback


PAGES = sorted(addresses(), key=lambda page: page[0])


@pytest.mark.parametrize(("address", "view"), PAGES, ids=[address for address, _ in PAGES])
def test_every_view_declares_who_may_open_it(address: str, view: Any) -> None:
    assert getattr(view, "is_page", False), f"{address} lacks @page"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role])
def test_pages_are_closed_to_roles_without_the_permission(world: Any, role: Role | None) -> None:
    user = User.objects.create_user("somebody", "Kitap-2026!")
    permissions: frozenset[Permission] = frozenset()
    if role is not None:
        RoleAssignment.objects.create(user=user, organization=world.school, role=role)
        permissions = PERMISSIONS[role]
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    wrong = []
    for address, view in PAGES:
        if view.permission is None:
            continue
        status = client.get(address).status_code
        if view.permission not in permissions and status != 403:
            wrong.append((address, status))
        if view.permission in permissions and status >= 500:
            wrong.append((address, status))
    assert wrong == []


@pytest.mark.django_db
def test_a_visitor_is_sent_to_the_sign_in_page() -> None:
    client = Client()
    wrong = []
    for address, view in PAGES:
        response = client.get(address)
        if view.permission is None:
            if response.status_code >= 500:
                wrong.append((address, response.status_code))
        elif response.status_code != 302 or not response["Location"].startswith("/sign-in/"):
            wrong.append((address, response.status_code))
    assert wrong == []
