"""The REST API keeps what it promises: its description, its refusals, its rights; tried by another program too."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings

from kitaphana.api.urls import api
from kitaphana.circulation.tests.factories import copies, reader
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.ids import new_id
from kitaphana.people import services as people
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.people.roles import PERMISSIONS

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
@pytest.mark.parametrize("body", ['{"command_id"', "[1, 2", '"\\ud800"', '{"card": "\\u0000"}', "\x00", "9" * 5000])
def test_a_broken_body_is_a_problem(world: Any, body: str) -> None:
    user = User.objects.get(pk=world.librarian.user_id)
    token = people.make_token(user, name="test", at=clock.now())
    answer = Client(raise_request_exception=False).post(
        "/api/v1/circulation/checkouts", body, content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code in (400, 422)
    assert is_problem(answer)


@pytest.mark.django_db
def test_a_zero_byte_is_refused_and_a_written_one_is_text(world: Any) -> None:
    user = User.objects.get(pk=world.librarian.user_id)
    token = people.make_token(user, name="test", at=clock.now())
    for library, status in (("A\\u0000", 400), ("A\\\\u0000", 404)):
        answer = Client(raise_request_exception=False).post(
            "/api/v1/circulation/checkins", f'{{"command_id": "{new_id()}", "library": "{library}", "barcode": "1"}}',
            content_type="application/json", headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert (answer.status_code, is_problem(answer)) == (status, True)


@pytest.fixture
def whole_test_connection() -> Iterator[None]:
    """Requests made past Django's own test client do not close the connection that holds the test's transaction."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def api_schema(world: Any, whole_test_connection: None) -> Any:
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


def good_bodies(library: str) -> dict[str, dict[str, Any]]:
    """A well-formed body of every command, so that the right is asked and not only the form."""
    common = {"command_id": str(new_id()), "library": library}
    line = {"record": 1, "quantity": 1, "price": "1.00"}
    return {
        "/api/v1/catalog/records": {**common, "title": "Абай жолы"},
        "/api/v1/circulation/checkins": {**common, "barcode": "2"},
        "/api/v1/circulation/checkouts": {**common, "card": "1", "barcode": "2"},
        "/api/v1/circulation/holds": {**common, "card": "1", "record": 1},
        "/api/v1/circulation/renewals": {**common, "barcode": "2"},
        "/api/v1/fund/receipts": {**common, "on": "2026-09-01", "source": "GIFT", "lines": [line]},
    }


NEEDED = {
    "/api/v1/catalog/records": Permission.CATALOG_EDIT,
    "/api/v1/circulation/checkins": Permission.CIRCULATION_LEND,
    "/api/v1/circulation/checkouts": Permission.CIRCULATION_LEND,
    "/api/v1/circulation/holds": Permission.CIRCULATION_LEND,
    "/api/v1/circulation/renewals": Permission.CIRCULATION_LEND,
    "/api/v1/fund/receipts": Permission.FUND_RECEIVE,
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_command_that_a_role_lacks_is_refused_with_403(world: Any, role: Role) -> None:
    user = User.objects.create_user("somebody", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=world.faraway, role=role)
    headers = {"Authorization": f"Bearer {people.make_token(user, name='test', at=clock.now())}"}
    assert set(NEEDED) == {address for method, address in OPERATIONS if method == "post"}
    for library in (world.faraway, world.school):
        for address, body in good_bodies(library.code).items():
            answer = Client(raise_request_exception=False).post(
                address, body, content_type="application/json", headers=headers
            )
            may = library is world.faraway and NEEDED[address] in PERMISSIONS[role]
            assert (answer.status_code == 403) is not may, (address, library.code, answer.content)
            assert answer.status_code < 500
            assert answer.status_code < 400 or is_problem(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["year_from", "year_to", "grade"])
@pytest.mark.parametrize("value", ["9" * 30, "-" + "9" * 30, str(2**63)])
def test_numbers_beyond_the_index_are_refused(world: Any, name: str, value: str) -> None:
    answer = Client(raise_request_exception=False).get(f"/api/v1/catalog/records?{name}={value}")
    assert answer.status_code == 422
    assert is_problem(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["neighbour", "stranger"])
def test_nobody_learns_whether_another_schools_card_exists(world: Any, login: str) -> None:
    (copy,) = copies(world.school)
    real = reader(world.school).card_number
    token = people.make_token(User.objects.get(login=login), name="test", at=clock.now())
    client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    def ask(card: str) -> list[tuple[int, str]]:
        body = {"command_id": str(new_id()), "library": "S-1", "card": card, "record": copy.record_id}
        answers = [
            client.post("/api/v1/circulation/holds", body, content_type="application/json"),
            client.get("/api/v1/circulation/loans", {"card": card}),
        ]
        return [(answer.status_code, answer.json()["code"]) for answer in answers]

    assert ask(real) == ask("123")
