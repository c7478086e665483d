"""The frame of every page, tried on the page of the design system and on refusals."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from fontTools.ttLib import TTFont

from kitaphana.core.documents import render

KAZAKH = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
KAZAKH_LATIN = "ÄäĞğİıÑñÖöŞşŪūÜü"


class Ids(HTMLParser):
    """Collects ids, inline styles and scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        if "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(tag)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_design_page_opens_in_each_language_with_nothing_inline(client: Client, language: str) -> None:
    client.cookies["language"] = language
    response = client.get("/design/")
    html = response.content.decode()
    page = Ids(html)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in html
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.django_db
def test_theme_and_low_vision_stand_on_the_page_before_any_script(client: Client) -> None:
    client.post("/preferences/", {"theme": "dark", "low_vision": "1"})
    html = client.get("/design/").content.decode()
    assert re.search(r'<html lang="kk" data-theme="dark" data-vision="low">', html)


@pytest.mark.django_db
def test_missing_page_answers_404_with_words_and_a_way_on(client: Client) -> None:
    response = client.get("/no-such-page-anywhere/")
    html = response.content.decode()
    assert response.status_code == 404
    assert 'href="/"' in html
    assert "404" in html


@pytest.mark.django_db
def test_missing_page_answers_htmx_with_a_fragment(client: Client) -> None:
    response = client.get("/no-such-page-anywhere/", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert response.status_code == 404
    assert html.lstrip().startswith('<div data-outcome="refused">')
    assert "<html" not in html


@pytest.mark.parametrize(
    "path",
    [
        Path(render.__file__).parent.parent / "static" / "core" / "fonts" / "inter.woff2",
        *sorted((Path(render.__file__).parent / "fonts").glob("*.ttf")),
    ],
    ids=lambda path: path.name,
)
def test_font_has_every_letter_of_our_languages(path: Path) -> None:
    needed = KAZAKH + KAZAKH.lower() + KAZAKH_LATIN + "«»„“”–—…№₸•→←✓×"
    known = TTFont(path).getBestCmap()
    assert [sign for sign in needed if ord(sign) not in known] == []
