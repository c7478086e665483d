"""REST of circulation."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kitaphana.circulation.models import Loan
from kitaphana.circulation.tests.factories import copies, reader
from kitaphana.core.ids import new_id
from kitaphana.people import services as people
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db

API = "/api/v1/circulation"


class Caller:
    """A program with a librarian's token."""

    def __init__(self, login: str) -> None:
        self.client = Client()
        token = people.make_token(User.objects.get(login=login))
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def post(self, path: str, **data: Any) -> Any:
        body = {"command_id": str(new_id()), "library": "S-1"} | data
        return self.client.post(f"{API}/{path}", body, content_type="application/json", headers=self.headers)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"{API}/{path}", query, headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"{API}/{path}", headers=self.headers)


@pytest.fixture
def caller(world) -> Caller:
    return Caller("librarian")


def test_a_day_through_the_api(world, caller) -> None:
    (copy,) = copies(world.school)
    membership, other = reader(world.school), reader(world.school, "Бекова")
    command = str(new_id())
    answers = [
        caller.post("checkouts", command_id=command, card=membership.card_number, barcode=copy.barcode)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    loan = answers[0].json()
    assert loan["record"] == {"id": copy.record_id, "title": "Абай жолы"}
    assert loan["reader"] == {"card": membership.card_number, "name": "Серікова Айгерім"}
    assert Loan.objects.count() == 1

    refused = caller.post("checkouts", card=other.card_number, barcode=copy.barcode)
    assert refused.status_code == 409
    assert refused.json()["code"] == "circulation.copy_on_loan"

    hold = caller.post("holds", card=other.card_number, record=copy.record_id)
    assert (hold.status_code, hold.json()["state"]) == (201, "WAITING")
    assert caller.post("renewals", barcode=copy.barcode).json()["code"] == "circulation.renewal_hold_waiting"

    returned = caller.post("checkins", barcode=copy.barcode)
    assert returned.status_code == 200
    assert returned.json()["hold"]["id"] == hold.json()["id"]
    assert returned.json()["loan"]["id"] == loan["id"]
    assert returned.json()["next_action"] == "HOLD_SHELF"
    assert caller.delete(f"holds/{hold.json()['id']}").json()["state"] == "CANCELLED"
    assert caller.post("checkins", barcode=copy.barcode).json()["loan"] is None


def test_loans_are_listed_by_pages(world, caller) -> None:
    membership = reader(world.school, category="TEACHER", grade=None)
    for copy in copies(world.school, 3):
        caller.post("checkouts", card=membership.card_number, barcode=copy.barcode)
    first = caller.get("loans", library="S-1", card=membership.card_number, limit=2).json()
    rest = caller.get("loans", library="S-1", limit=2, cursor=first["next"]).json()
    assert [len(first["results"]), len(rest["results"]), rest["next"]] == [2, 1, None]
    assert Caller("neighbour").get("loans").json()["results"] == []
    assert caller.get("loans", card="nobody").status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"card": "0"}, 404, "circulation.unknown_card"),
        ({"barcode": "0"}, 404, "circulation.unknown_barcode"),
        ({"library": "S-2"}, 403, "not_allowed"),
        ({"command_id": "x"}, 422, "request.invalid"),
        ({"card": "9" * 100}, 422, "request.invalid"),
    ],
)
def test_refusals_are_problems_with_stable_codes(world, caller, change: Any, status: int, code: str) -> None:
    (copy,) = copies(world.school)
    good = {"card": reader(world.school).card_number, "barcode": copy.barcode}
    answer = caller.post("checkouts", **{**good, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert Loan.objects.count() == 0


def test_without_a_token_nothing_is_done(world) -> None:
    assert Client().post(f"{API}/checkins", {}, content_type="application/json").status_code == 401
