"""Template tags, components and static files of the core."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from kitaphana.core.templatetags import ui
from kitaphana.core.web.design import ExampleForm

CORE = Path(ui.__file__).resolve().parent.parent
STATIC = CORE / "static"
COMPONENTS = sorted((CORE / "templates" / "components").glob("*.html"))


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_icon_without_label_is_decoration() -> None:
    assert render("{% icon 'book' %}") == (
        '<svg class="icon" aria-hidden="true"><use href="/static/core/icons.svg#book"/></svg>'
    )


def test_icon_with_label_is_read_aloud_and_escaped() -> None:
    assert render("{% icon 'book' label %}", label='a"b') == (
        '<svg class="icon" role="img" aria-label="a&quot;b"><use href="/static/core/icons.svg#book"/></svg>'
    )


def test_every_icon_named_in_core_templates_exists() -> None:
    known = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "core" / "icons.svg").read_text()))
    used = {
        name
        for page in (CORE / "templates").rglob("*.html")
        for name in re.findall(r"""(?:\{% icon "|icon=")([a-z-]+)\"""", page.read_text())
    }
    assert used - known == set()
    assert len(known) >= 40


def test_command_id_is_fresh_each_time() -> None:
    one, other = UUID(ui.command_id()), UUID(ui.command_id())
    assert one != other


def test_cover_with_picture_shows_it() -> None:
    html = render("{% cover record %}", record={"title": "Абай жолы", "cover_url": "/files/a.webp"})
    assert html == (
        '<span class="cover">'
        '<img src="/files/a.webp" alt="" width="160" height="236" loading="lazy" decoding="async"></span>'
    )


def test_cover_without_picture_is_drawn_with_the_kinds_colour() -> None:
    html = render("{% cover record %}", record={"title": "<Абай> жолы", "authors": ["М. Әуезов"], "kind": "TEXTBOOK"})
    assert "cover-textbook" in html
    assert "&lt;Абай&gt;</tspan>" in html
    assert "М. Әуезов" in html
    assert "style=" not in html


def test_cover_of_nothing_is_drawn() -> None:
    assert "cover-other" in render("{% cover record %}", record={})


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        ("", 3, []),
        ("Абай жолы", 3, ["Абай жолы"]),
        ("Қазақстан тарихы", 3, ["Қазақстан", "тарихы"]),
        ("бір екі үш төрт бес алты жеті сегіз тоғыз он", 2, ["бір екі үш", "төрт бес…"]),
    ],
)
def test_wrap_breaks_lines(text: str, most: int, lines: list[str]) -> None:
    assert ui.wrap(text, 20, 124, most) == lines


def test_wrap_breaks_a_word_longer_than_a_line() -> None:
    lines = ui.wrap("электрондандырылмағандықтан", 20, 124, 9)
    assert "".join(line.removesuffix("-") for line in lines) == "электрондандырылмағандықтан"
    assert all(ui._width(line, 20) <= 124 for line in lines)


def test_names_joins_a_list_and_leaves_text() -> None:
    assert (ui.names(["А", "Б"]), ui.names("А. Б."), ui.names(None)) == ("А, Б", "А. Б.", "")


def test_sort_address_turns_round_and_forgets_the_cursor() -> None:
    request = RequestFactory().get("/?q=абай&sort=title&cursor=x")
    context = Context({"request": request})
    asked = QueryDict(ui.sort_address(context, "title")[1:])
    assert asked.dict() == {"q": "абай", "sort": "-title"}
    assert ui.sort_state(context, "title") == "ascending"
    assert ui.sort_state(context, "year") == "none"
    assert ui.sort_state(Context({"request": RequestFactory().get("/")}), "year", "-year") == "descending"


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_component_compiles_and_has_nothing_inline(path: Path) -> None:
    get_template(f"components/{path.name}")
    source = path.read_text()
    assert " style=" not in source
    assert not re.search(r"\son[a-z]+=", source)
    assert "<script" not in source


def test_field_ties_help_and_errors_to_the_control() -> None:
    form = ExampleForm({"isbn": "1"})
    form.add_error("isbn", "wrong")
    html = render_to_string("components/field.html", {"field": form["isbn"]})
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert [f'id="{part}"' in html for part in described[1].split()] == [True, True]
    assert 'aria-invalid="true"' in html


def test_scan_component_carries_a_command_id() -> None:
    html = render_to_string("components/scan.html", {"url": "/x/", "target": "#out", "label": "Scan"})
    assert re.search(r'name="command_id" value="[0-9a-f-]{36}"', html)
    assert 'data-target="#out"' in html


def test_first_page_keeps_the_budget_of_weight() -> None:
    core = STATIC / "core"
    style = packed(*(p for p in (core / "css").glob("*.css") if p.name != "design.css"))
    script = packed(*(core / "js").glob("*.js"))
    letters = sum(path.stat().st_size for path in (core / "fonts").glob("*.woff2"))
    htmx = packed(STATIC / "vendor" / "htmx" / "htmx.min.js")
    assert style <= 20_000
    assert script <= 10_000
    assert letters <= 75_000
    assert style + script + letters + htmx + packed(core / "icons.svg", core / "logo.svg") < 120_000


def test_vendored_files_are_what_the_list_says() -> None:
    vendor = STATIC / "vendor"
    listed = re.findall(r"\| `([^`]+)` .*`([0-9a-f]{64})` \|", (vendor / "VENDORED.md").read_text())
    assert [(name, sha256((vendor / name).read_bytes()).hexdigest()) for name, _ in listed] == listed
    assert len(listed) == 1
