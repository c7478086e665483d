"""The alphabetical lists, and what is near."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.catalog import indexing
from kitaphana.circulation.tests.factories import copies
from kitaphana.portal.browsing import PAGE
from kitaphana.portal.tests.test_book_lists import signed_in

pytestmark = pytest.mark.django_db


def _lines(text: str) -> list[tuple[str, str, int]]:
    found = re.findall(r'<li><a href="([^"]+)">([^<]*)</a><span class="muted">(\d+)</span>', text)
    return [(unescape(url), unescape(label), int(count)) for url, label, count in found]


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_a_heading_of_every_list_leads_to_its_records(
    language: str, world: Any, django_assert_max_num_queries: Any
) -> None:
    copies(world.school, title="Абай «жолы»", authors=["Әуезов, Мұхтар"], udc="821.512.122", bbk="84(5Қаз)")
    copies(world.school, title="Қараш-қараш", authors=["Әуезов, Мұхтар"], subjects=["Повестер"], udc="82-32")
    indexing.rebuild()
    anybody = Client()
    anybody.cookies["language"] = language
    for name, wanted in (
        ("author", [("Әуезов, Мұхтар", 2)]),
        ("title", [("Абай «жолы»", 1), ("Қараш-қараш", 1)]),
        ("subject", [("Повестер", 1)]),
        ("udc", [("82-32", 1), ("821.512.122", 1)]),
        ("bbk", [("84(5Қаз)", 1)]),
    ):
        with django_assert_max_num_queries(4):
            text = anybody.get(reverse("portal:browse"), {"list": name}).content.decode()
        lines = _lines(text)
        assert [(label, count) for _url, label, count in lines] == wanted
        for url, _label, count in lines:
            assert anybody.get(url).context["total"] == count


def test_long_lists_are_turned_over_both_ways(world: Any) -> None:
    names = [f"Кітап {number:03}" for number in range(PAGE * 2 + 5)]
    for name in names:
        copies(world.school, title=name)
    indexing.rebuild()
    anybody = Client()

    def turn(text: str, way: str) -> str:
        found = re.search(rf'rel="{way}" href="([^"]+)"', text)
        assert found
        return anybody.get(unescape(found[1])).content.decode()

    first = anybody.get(reverse("portal:browse"), {"list": "title"}).content.decode()
    second = turn(first, "next")
    third = turn(second, "next")
    assert [label for text in (first, second, third) for _url, label, _count in _lines(text)] == names
    assert _lines(turn(third, "prev")) == _lines(second)
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in third
    middle = anybody.get(reverse("portal:browse"), {"list": "title", "from": "кітап 40"}).content.decode()
    assert _lines(middle)[0][1] == "Кітап 040"


def test_near_me_is_counted_and_comes_first(world: Any) -> None:
    copies(world.school, title="Абай жолы: бірінші кітап")
    copies(world.neighbour, title="Абай жолы")
    indexing.rebuild()
    librarian = signed_in("librarian")
    answer = librarian.get(reverse("portal:search"), {"q": "абай", "sort": "near"})
    assert [one.record.title for one in answer.context["results"]] == ["Абай жолы: бірінші кітап", "Абай жолы"]
    near = dict(answer.context["facets"])["Маған жақын"]
    assert [choice.count for choice in near[:2]] == [1, 2]
    inside = librarian.get(near[1].url)
    assert inside.context["total"] == 2
    assert [chip.label for chip in inside.context["chips"]] == [near[1].label]


def test_anybody_says_where_they_are_from_the_page_of_a_library(world: Any) -> None:
    copies(world.school, title="Абай жолы: бірінші кітап")
    copies(world.neighbour, title="Абай жолы")
    indexing.rebuild()
    anybody = Client()
    page = anybody.get(reverse("portal:library", args=[world.school.code])).content.decode()
    found = re.search(r'href="(/catalog/\?near=[^"]+)"', page)
    assert found
    answer = anybody.get(unescape(found[1]), {"q": "абай", "near": world.school.pk, "sort": "near"})
    assert answer.context["results"][0].record.title == "Абай жолы: бірінші кітап"
    assert anybody.get(reverse("portal:search"), {"near": "99999999"}).status_code == 200
