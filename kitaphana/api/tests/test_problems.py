"""Every refusal of the API is a problem (RFC 9457) in the caller's language; who calls is a token or a session."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from kitaphana.people.services import make_token

BACKEND = "django.contrib.auth.backends.ModelBackend"
CHECKOUTS = "/api/v1/circulation/checkouts"


@pytest.fixture
def user(world: Any) -> Any:
    return get_user_model().objects.get(pk=world.librarian.user_id)


@pytest.fixture
def bearer(user: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(user)}"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("post", CHECKOUTS, "{bad", 400, "request.refused"),
        ("post", CHECKOUTS, "{}", 422, "request.invalid"),
        ("get", "/api/v1/nowhere", "", 404, "request.http_404"),
        ("get", "/api/v1/catalog/records/1", "", 404, "not_found"),
        ("get", "/api/v1/catalog/records?cursor=zzz", "", 422, "paging.bad_cursor"),
    ],
)
def test_refusals_are_problems(
    bearer: dict[str, str], method: str, path: str, body: str, status: int, code: str
) -> None:
    answer = getattr(Client(), method)(path, data=body, content_type="application/json", headers=bearer)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"], problem["code"]) == ("about:blank", status, code)
    assert problem["title"]


@pytest.mark.parametrize(("language", "title"), [("kk", "Мұнда ештеңе табылмады."), ("ru", "Здесь ничего не найдено.")])
def test_the_caller_chooses_the_language(bearer: dict[str, str], language: str, title: str) -> None:
    answer = Client().get("/api/v1/catalog/records/1", headers={**bearer, "Accept-Language": language})
    assert answer.json()["title"] == title


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_nobody_is_told_to_sign_in(world: Any, headers: dict[str, str]) -> None:
    answer = Client().get("/api/v1/people/?card=1", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "request.not_signed_in"


def test_a_session_needs_the_forms_secret_and_a_token_does_not(user: Any, bearer: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend=BACKEND)
    assert client.post(CHECKOUTS, "{}", content_type="application/json").status_code == 403
    plain = Client(enforce_csrf_checks=True)
    assert plain.post(CHECKOUTS, "{}", content_type="application/json", headers=bearer).status_code == 422


def test_the_description_is_openapi_3_1_and_names_the_problems(world: Any) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "Problem" in schema["components"]["schemas"]
    for path in (CHECKOUTS, "/api/v1/circulation/checkins", "/api/v1/circulation/renewals", "/api/v1/fund/receipts"):
        assert "command_id" in str(schema["paths"][path]["post"]["requestBody"]) or "$ref" in str(schema["paths"][path])
        assert {"400", "401", "403", "404", "409", "422"} <= set(schema["paths"][path]["post"]["responses"])


def test_the_documentation_page_runs_no_inline_script(world: Any) -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert "<script>" not in page
    assert "//cdn" not in page
