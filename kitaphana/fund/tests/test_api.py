"""REST of the fund: receiving, acts, copies, rights."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from kitaphana.core.access import Actor
from kitaphana.core.ids import new_id
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import receive, record
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(**changes: Any) -> dict[str, Any]:
    return {
        "command_id": str(new_id()),
        "library": "S-1",
        "on": "2026-09-10",
        "source": "LOCAL_BUDGET",
        "document_number": "45",
        **changes,
    }


def post(client: Client, content: dict[str, Any]) -> Any:
    return client.post("/api/v1/fund/receipts", json.dumps(content), content_type="application/json")


def test_receipt_answers_201_with_the_new_copies_and_repeats(world) -> None:
    edition = record()
    content = body(lines=[{"record": edition.pk, "quantity": 2, "price": "2500.00"}])
    client = signed_in(world.librarian)
    answer = post(client, content)
    assert answer.status_code == 201, answer.content
    act = Act.objects.get()
    assert answer.json() == {
        "id": act.pk,
        "number": 1,
        "on": "2026-09-10",
        "fund": "CORE",
        "copies": [
            {"barcode": "2000010000012", "inventory_number": 1, "record": edition.pk},
            {"barcode": "2000010000029", "inventory_number": 2, "record": edition.pk},
        ],
    }
    assert post(client, content).json() == answer.json()
    assert Copy.objects.count() == 2


def test_receipt_into_another_library_is_refused(world) -> None:
    content = body(lines=[{"record": record().pk, "quantity": 1, "price": 1}])
    answer = post(signed_in(world.neighbour_librarian), content)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not Act.objects.exists()


def test_unknown_record_and_taken_barcode_have_stable_codes(world) -> None:
    client = signed_in(world.librarian)
    answer = post(client, body(lines=[{"record": 999, "quantity": 1, "price": 1}]))
    assert (answer.status_code, answer.json()["code"]) == (404, "fund.record_not_found")
    line = {"record": record().pk, "quantity": 1, "price": 1, "barcodes": ["A100"]}
    assert post(client, body(lines=[line])).status_code == 201
    answer = post(client, body(lines=[line]))
    assert (answer.status_code, answer.json()["code"]) == (409, "fund.barcode_taken")


def test_acts_and_copies_are_listed_within_reach(world) -> None:
    act = receive(world.librarian, world.school, 3)
    receive(world.neighbour_librarian, world.neighbour)
    client = signed_in(world.librarian)
    listed = client.get("/api/v1/fund/acts").json()
    assert [row["id"] for row in listed["results"]] == [act.pk]
    assert listed["results"][0]["copies"] == 3
    assert listed["results"][0]["amount"] in ("7500.00", "7500", 7500.0)
    detail = client.get(f"/api/v1/fund/acts/{act.pk}").json()
    assert detail["lines"][0]["inventory_numbers"] == [1, 2, 3]
    other = Act.objects.exclude(pk=act.pk).get()
    assert client.get(f"/api/v1/fund/acts/{other.pk}").json()["code"] == "fund.act_not_found"
    found = client.get("/api/v1/fund/copies?library=S-1&barcode=2000010000012").json()
    assert [row["inventory_number"] for row in found["results"]] == [1]
    assert client.get("/api/v1/fund/copies?library=S-2").status_code == 403
    assert len(signed_in(world.methodist).get("/api/v1/fund/acts").json()["results"]) == 2


@pytest.mark.parametrize("acts", [1, 3])
def test_lists_take_a_fixed_number_of_statements(world, acts: int, django_assert_num_queries) -> None:
    for _ in range(acts):
        receive(world.librarian, world.school, 2)
    client = signed_in(world.librarian)
    with django_assert_num_queries(3):  # session and user, roles, acts
        client.get("/api/v1/fund/acts")
    with django_assert_num_queries(4):  # … and the library
        client.get("/api/v1/fund/copies?library=S-1")
