"""A report from the librarian to the consolidated sum, by everybody who has a part in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import ALMATY

OpenPage = Callable[..., Page]


def test_a_report_is_returned_mended_signed_accepted_and_added_up(site: Site, open_page: OpenPage) -> None:
    year = (datetime.now(UTC) + ALMATY).year
    librarian, director, ministry = (open_page(role, "ru") for role in ("librarian", "director", "ministry"))
    librarian.goto(f"/submissions/?year={year}")
    librarian.get_by_role("link", name="Посмотреть").first.click()
    readers = (
        librarian.locator("tr", has=librarian.get_by_text("readers", exact=True)).locator("td a").first.inner_text()
    )
    send(librarian)
    address = librarian.url
    director.goto(address)
    director.locator("#s-comment").fill("Проверьте посещения")
    director.get_by_role("button", name="Вернуть", exact=True).click()
    expect(director.locator(".page-head")).to_contain_text("Возвращён")
    librarian.goto(address)
    expect(librarian.locator("main")).to_contain_text("Проверьте посещения")
    librarian.get_by_role("link", name="Исправить и отправить заново").click()
    send(librarian)
    director.goto(librarian.url)
    director.get_by_role("button", name="Подписать", exact=True).click()
    expect(director.locator(".page-head")).to_contain_text("В районе")
    ministry.goto(librarian.url)
    ministry.get_by_role("button", name="Принять", exact=True).click()
    expect(ministry.locator(".page-head")).to_contain_text("В области")
    ministry.goto(f"/submissions/consolidated/?node=AST-SRY&year={year}&kind=ANNUAL")
    whole = ministry.locator("a[href*='figures/readers/']")
    expect(whole).to_have_text(readers)
    whole.click()
    expect(ministry.locator("main")).to_contain_text(readers)


def send(page: Page) -> None:
    """Say something of the warnings and send."""
    page.locator("#e-note").fill("Цифры проверены")
    page.get_by_role("button", name="Отправить директору").click()
    expect(page.locator(".page-head")).to_contain_text("У директора")
