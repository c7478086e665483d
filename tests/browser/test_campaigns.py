"""«Give a book»: a campaign is opened, a visitor promises, the library takes the books in, the counter moves."""

from __future__ import annotations

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.steps import TAIL

OpenPage = Callable[..., Page]


def counted(page: Page, label: str) -> int:
    """The figure of a tile."""
    text = page.locator(".tile").filter(has_text=label).first.inner_text().replace("\u00a0", "")
    found = re.search(r"\d+", text)
    assert found, text
    return int(found.group())


def opened(page: Page, name: str) -> str:
    """Opens a campaign with the gaps of the first list as its wishes; returns its address."""
    page.goto("/give/campaigns/")
    page.get_by_role("link", name="Жаңа акция").first.click()
    page.get_by_label("Қазақша атауы").fill(name)
    page.locator("main").get_by_role("button", name="Бастау").click()
    page.get_by_role("button", name="Жетіспейтінін қосу").click()
    page.get_by_role("button", name="Акцияны ашу").click()
    expect(page.get_by_role("button", name="Акцияны жабу")).to_be_visible()
    return page.url


def promised(page: Page, campaign: str, donor: str) -> str:
    """A visitor promises the first book of a campaign; returns the address of the donor's own page."""
    page.goto("/give/")
    page.get_by_role("heading", name=campaign).get_by_role("link").click()
    page.get_by_role("link", name="Мен сыйлаймын").first.click()
    page.get_by_label("Атыңыз").fill(donor)
    page.get_by_label("Телефон немесе электрондық пошта").fill("+7 700 000 00 21")
    page.get_by_label("Акция бетінде атым аталсын").check()
    page.get_by_label("келісемін").check()
    page.get_by_role("button", name="Уәде беремін").click()
    expect(page.locator("main")).to_contain_text("Уәде етілді")
    assert "/give/promises/" in page.url
    return page.url


def test_a_book_goes_from_a_promise_to_the_shelf(open_page: OpenPage) -> None:
    name, donor = f"Кітап сыйла {TAIL}", f"Айгүл {TAIL.title()}ова"
    librarian, visitor = open_page("librarian", "kk"), open_page(None, "kk")
    campaign = opened(librarian, name)
    own = promised(visitor, name, donor)
    librarian.goto(campaign)
    assert (counted(librarian, "Уәде етілді"), counted(librarian, "Тапсырылды")) == (1, 0)
    librarian.get_by_role("row", name=donor).get_by_role("link").click()
    expect(librarian.locator("main")).to_contain_text("+7 700 000 00 21")
    librarian.get_by_label("Бір дананың комиссия бағалаған құны").fill("2 400,50")
    for place, (who, post) in enumerate((("Сейітова Г.", "Төраға"), ("Омарова А.", "Мүше"), ("Ким Е.", "Мүше")), 1):
        librarian.get_by_label(f"Аты-жөні {place}").fill(who)
        librarian.get_by_label(f"Лауазымы {place}").fill(post)
    librarian.get_by_role("button", name="Қорға қабылдау").click()
    expect(librarian.get_by_role("link", name="Қабылдау актісі")).to_be_visible()
    visitor.goto(own)
    expect(visitor.get_by_role("link", name="Алғыс хат")).to_be_visible()
    visitor.get_by_role("link", name=name).click()
    assert (counted(visitor, "Уәде етілді"), counted(visitor, "Тапсырылды")) == (0, 1)
    expect(visitor.locator("section").filter(has_text="Рақмет").last).to_contain_text(donor)


def test_a_district_asks_and_a_promise_is_taken_back(open_page: OpenPage) -> None:
    name, donor = f"Аудан кітабы {TAIL}", f"Ерлан {TAIL.title()}ов"
    methodist, visitor = open_page("methodist", "kk"), open_page(None, "kk")
    campaign = opened(methodist, name)
    promised(visitor, name, donor)
    assert Axe().run(visitor).response["violations"] == []
    visitor.get_by_role("button", name="Әкеле алмаймын").click()
    expect(visitor.locator("main")).to_contain_text("Сыйлаушы бас тартты")
    methodist.goto(campaign)
    assert counted(methodist, "Уәде етілді") == 0
    methodist.get_by_role("button", name="Акцияны жабу").click()
    expect(methodist.locator("main")).to_contain_text("Жабық")
