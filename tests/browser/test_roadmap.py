"""The ministry and the roadmap: from the board to the school's books, a target changed, the map by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_the_ministry_walks_from_a_red_light_to_the_school(open_page: OpenPage) -> None:
    page = open_page("ministry", "kk")
    page.goto("/roadmap/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Жол картасы")
    line = page.get_by_role("row", name=re.compile("^L6 "))
    expect(line).to_contain_text("есептелген")
    line.get_by_role("link", name="L6:").click()
    for place in ("Астана қаласы", "Сарыарқа ауданы", "№ 25"):
        page.get_by_role("table", name="Ұйымдар бойынша").get_by_role("link", name=place).click()
    page.get_by_role("link", name="Атаулар бойынша қамтылу").click()
    expect(page).to_have_url(re.compile(r"/renewal/\?node=AST-025"))


def test_a_target_is_changed_with_a_reason_and_its_history_tells(open_page: OpenPage) -> None:
    """A change without a reason is refused in words; the first line of the history is the change that was made."""
    page = open_page("ministry", "ru")
    page.goto("/roadmap/measures/T2/")

    def send(value: str, reason: str) -> None:
        page.get_by_label("Цель, %").fill(value)
        page.get_by_label("Причина").fill(reason)
        page.get_by_role("button", name="Установить цель").click()

    send("91,5", "Протокол № 6")
    expect(page.get_by_text("Цель установлена.")).to_be_visible()
    send("92", "")
    expect(page.get_by_text("Укажите причину")).to_be_visible()
    send("92", "Протокол № 7")
    row = page.get_by_role("table", name="История изменения целей").get_by_role("row").nth(1)
    expect(row).to_contain_text("91,5")
    expect(row).to_contain_text("92")
    expect(row).to_contain_text("Протокол № 7")


def test_the_map_is_walked_with_the_keyboard_and_says_the_same_as_the_table(open_page: OpenPage) -> None:
    page = open_page("ministry", "en")
    page.goto("/roadmap/compare/?measure=T2")
    regions = page.locator(".regions a")
    expect(regions).to_have_count(20)
    told = [one.get_attribute("aria-label") or "" for one in regions.all()]
    table = page.get_by_role("table", name="Ranking")
    for words in told:
        name, rest = words.split(": ")
        expect(table.get_by_role("row", name=name).first).to_contain_text(rest.split(",")[0])
    regions.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("T2")


def test_pages_of_the_roadmap_fit_a_phone(open_page: OpenPage) -> None:
    for role in ("ministry", "department", "librarian"):
        page = open_page(role, "ru", phone=True)
        for path in ("/roadmap/", "/roadmap/measures/T2/", "/roadmap/compare/"):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, (role, path)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (role, path, wide)
