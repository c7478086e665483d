"""The roadmap for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.people import services as people
from kitaphana.people.models import User
from kitaphana.roadmap import services
from kitaphana.roadmap.models import Measure

pytestmark = pytest.mark.django_db


def client_of(login: str) -> Client:
    token = people.make_token(User.objects.get(login=login), name="test", at=clock.now())
    return Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})


def test_board_measure_and_changes_are_read(world: Any, django_assert_max_num_queries: Any) -> None:
    year = clock.today().year
    for value in (40, 50):
        services.set_target(
            actor=SYSTEM, measure=Measure.objects.get(code="M7"), node=world.region, year=year, value=Decimal(value),
            reason="бұйрық", at=clock.now(),
        )  # fmt: skip
    client = client_of("administrator")
    with django_assert_max_num_queries(32):
        board = client.get("/api/v1/roadmap/board", {"node": "AKM"}).json()
    row = next(one for one in board["results"] if one["measure"]["code"] == "M7")
    assert (board["year"], row["measure"]["direction"], row["line"]["light"]) == (year, "D3", "RED")
    assert [Decimal(row["line"][name]) for name in ("target", "numerator", "denominator", "value")] == [50, 0, 2, 0]
    found = client.get("/api/v1/roadmap/measures/M7", {"node": "AKM", "year": year}).json()
    assert [(one["node"], one["line"]["origin"]) for one in found["places"]] == [("AKM-01", "COMPUTED")]
    assert [one["year"] for one in found["years"]] == [year, year + 1]
    first = client.get("/api/v1/roadmap/measures/M7/changes", {"node": "S-1", "limit": 1}).json()
    assert [(Decimal(one["old"]), Decimal(one["new"]), one["node"]) for one in first["results"]] == [(40, 50, "AKM")]
    second = client.get("/api/v1/roadmap/measures/M7/changes", {"node": "S-1", "cursor": first["next"]}).json()
    assert [one["old"] for one in second["results"]] == [None]


def test_what_is_out_of_reach_is_not_there(world: Any) -> None:
    client = client_of("librarian")
    assert client.get("/api/v1/roadmap/board", {"node": "S-1"}).status_code == 200
    for address, asked, status in (
        ("board", {"node": "S-2"}, 404), ("board", {"node": "S-1", "year": 99999}, 422),
        ("measures/X9", {"node": "S-1"}, 404), ("measures/L6/changes", {"node": "KZ"}, 404),
    ):  # fmt: skip
        assert client.get(f"/api/v1/roadmap/{address}", asked).status_code == status
    assert client_of("stranger").get("/api/v1/roadmap/board", {"node": "S-1"}).status_code == 403
