"""The REST API keeps what it promises: its description, its refusals, its rights; tried by another program too."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings

from kitaphana.api.urls import api
from kitaphana.core import clock
from kitaphana.people import services as people
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location("openapi_tool", ROOT / "tools" / "openapi.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "made"), [("openapi.json", "openapi"), ("errors.md", "errors")])
def test_the_reference_is_what_the_program_says(name: str, made: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == getattr(_tool(), made)(), "run `make schema`"


def operations() -> list[tuple[str, str]]:
    """(method, address with sample values) of every operation."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        address = path
        while "{" in address:
            before, _, rest = address.partition("{")
            address = f"{before}1{rest.partition('}')[2]}"
        found += [(method, address) for method in methods if method in ("get", "post", "put", "patch", "delete")]
    return sorted(found)


OPERATIONS = operations()


def is_problem(answer: Any) -> bool:
    """Whether an answer is problem details with a stable code."""
    if not answer["Content-Type"].startswith("application/problem+json"):
        return False
    body = json.loads(answer.content)
    return body["status"] == answer.status_code and bool(body["code"]) and bool(body["title"])


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role])
def test_every_operation_and_every_role(world: Any, role: Role | None) -> None:
    user = User.objects.create_user("somebody", "Kitap-2026!")
    if role is not None:
        RoleAssignment.objects.create(user=user, organization=world.faraway, role=role)
    token = people.make_token(user, name="test", at=clock.now())
    client = Client(raise_request_exception=False)
    wrong = []
    for method, address in OPERATIONS:
        stranger = getattr(client, method)(address, {}, content_type="application/json")
        known = getattr(client, method)(
            address, {}, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
        )
        # The catalogue is public to read; everything else asks who one is.
        allowed = (200, 401, 404, 422) if method == "get" else (401,)
        if stranger.status_code not in allowed or (stranger.status_code >= 400 and not is_problem(stranger)):
            wrong.append((method, address, "nobody", stranger.status_code))
        if known.status_code >= 500 or (known.status_code >= 400 and not is_problem(known)):
            wrong.append((method, address, role, known.status_code, known.content[:200]))
        # Nobody may write in a school that the role does not reach.
        if method != "get" and known.status_code < 300:
            wrong.append((method, address, role, known.status_code))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/v1/no/such/address", 404),
        ("get", "/api/v2/", 404),
        ("delete", "/api/v1/circulation/checkouts", 405),
        ("put", "/api/v1/catalog/records", 405),
        ("post", "/api/v1/circulation/checkouts", 401),
        ("get", "/api/v1/catalog/records?q=%00", 400),
    ],
)
def test_refusals_are_problems(method: str, address: str, status: int) -> None:
    answer = getattr(Client(raise_request_exception=False), method)(address)
    assert answer.status_code == status
    assert is_problem(answer)
    if status == 405:
        assert answer["Allow"]


@pytest.mark.django_db
@pytest.mark.parametrize("body", ['{"command_id"', "[1, 2", '"\\ud800"', "\x00", "9" * 5000])
def test_a_broken_body_is_a_problem(world: Any, body: str) -> None:
    user = User.objects.get(pk=world.librarian.user_id)
    token = people.make_token(user, name="test", at=clock.now())
    answer = Client(raise_request_exception=False).post(
        "/api/v1/circulation/checkouts", body, content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code in (400, 422)
    assert is_problem(answer)


@pytest.fixture
def api_schema(world: Any) -> Any:
    """The API as another program reads it, with a librarian's token."""
    user = User.objects.get(pk=world.librarian.user_id)
    token = people.make_token(user, name="schemathesis", at=clock.now())
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    schema.config.update(headers={"Authorization": f"Bearer {token}", "Host": "localhost"})
    return schema


@pytest.mark.django_db
def test_no_operation_breaks_its_description(api_schema: Any) -> None:
    """Schemathesis makes up requests, right and wrong ones, from the description alone."""
    from schemathesis import checks

    tried = 0
    for result in api_schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(
                checks=[
                    checks.not_a_server_error,
                    checks.status_code_conformance,
                    checks.content_type_conformance,
                    checks.response_schema_conformance,
                ]
            )

        ask()
        tried += 1
    assert tried == len(OPERATIONS)
