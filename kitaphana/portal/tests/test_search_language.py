"""The search language on the page: its help, and what its examples find."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kitaphana.catalog import indexing
from kitaphana.catalog.search.typed_language import parse
from kitaphana.circulation.tests.factories import copies
from kitaphana.portal.views import _examples

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_every_example_of_the_help_uses_the_language(language: str) -> None:
    with translation.override(language):
        examples = [example for example, _meaning in _examples()]
    assert all(parse(example) is not None for example in examples[1:])
    assert examples[0].strip('"') != examples[0]


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_the_examples_of_the_page_are_links_that_find(language: str, world: Any) -> None:
    copies(world.school, title="Абай жолы", authors=["Әуезов, Мұхтар"], language="kaz")
    copies(world.school, title="Абай", authors=["Жиренчин, Әбіш"], language="kaz")
    copies(world.school, title="Алгебра", year=2018, authors=[])
    copies(world.school, title="Көшпенділер. Кочевники", authors=["Есенберлин, Ілияс"])
    indexing.bring_up_to_date()
    anybody = Client()
    anybody.cookies["language"] = language
    page = anybody.get(reverse("portal:search")).content.decode()
    links = re.findall(r'<dt><a href="([^"]+)"', page)
    assert len(links) == 6
    for link in links:
        assert anybody.get(link).context["total"], unquote(link)


def test_operators_and_filters_go_together(world: Any) -> None:
    copies(world.school, title="Абай жолы", authors=["Әуезов, Мұхтар"], language="kaz")
    copies(world.school, title="Абай", authors=["Жиренчин, Әбіш"], language="rus")
    indexing.bring_up_to_date()
    answer = Client().get(reverse("portal:search"), {"q": "абай -автор:әуезов", "language": "rus"})
    assert [one.record.title for one in answer.context["results"]] == ["Абай"]
    answer = Client().get(reverse("portal:search"), {"q": "абай -автор:әуезов", "language": "kaz"})
    assert answer.context["total"] == 0
