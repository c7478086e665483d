"""The catalogue by branches of knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from kitaphana.catalog import indexing, schedules
from kitaphana.catalog.tests.factories import described

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", schedules.SCHEMES)
def test_every_class_has_names_and_a_way_to_the_top(scheme: str) -> None:
    table = schedules.classes(scheme)
    assert len(table) > 60
    for one in table.values():
        assert all(one.names)
        assert [step.code for step in schedules.above(scheme, one.code)] == sorted(
            (step.code for step in schedules.above(scheme, one.code)), key=len
        )
    assert {one.code for one in schedules.below(scheme, "")} >= {"2", "5", "8"}


def test_a_class_counts_and_shows_what_is_below_it(world: Any, django_assert_max_num_queries: Any) -> None:
    described(world.librarian, world.school, "Абай жолы", udc="821.512.122-31", bbk="84(5Қаз)")
    described(world.librarian, world.school, "Алгебра", udc="512", bbk="22.14")
    indexing.rebuild()
    client = Client()
    client.cookies["language"] = "en"
    with django_assert_max_num_queries(8):
        text = client.get("/catalog/classes/udc/").content.decode()
    assert "Mathematics. Natural sciences" in text
    inside = client.get("/catalog/classes/udc/", {"code": "821.512.122"}).content.decode()
    assert "Абай жолы" in inside
    assert "Алгебра" not in inside
    assert "Абай жолы" in client.get("/catalog/classes/bbk/", {"code": "84(5Қаз"}).content.decode()
    assert client.get("/catalog/classes/udc/", {"code": "xyz"}).status_code == 404
    assert client.get("/catalog/classes/dewey/").status_code == 404


def test_a_licensed_table_takes_the_place_of_ours(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules/udc.tsv").write_text("5\tЖаратылыстану\n51\tМатематика\tМатематика\tMathematics\n", "utf-8")
    assert [one.code for one in schedules.below("udc", "5")] == ["51"]
    assert schedules.classes("udc")["5"].name("en") == "Жаратылыстану"
