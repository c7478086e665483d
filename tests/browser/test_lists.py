"""An expert at work on a core list: from the board to the score sheet, field by field, and the ballot."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_a_point_saves_itself_and_is_refused_in_words(open_page: OpenPage) -> None:
    page = open_page("expert", "kk")
    page.goto("/lists/")
    page.get_by_role("row", name="5–9-сыныптарға").get_by_role("link", name="2-нұсқа").click()
    page.get_by_role("link", name="Менің бағалау парағым").click()
    row = page.locator(".core-sheet tbody tr").first
    field, mean = row.locator("input").first, row.locator("td").last
    before, was = mean.inner_text(), field.input_value()
    field.fill("1" if was != "1" else "2")
    field.press("Tab")
    expect(mean).not_to_have_text(before)
    field.fill("11")
    field.press("Tab")
    expect(mean).to_contain_text("0-ден 10-ға дейін")
    page.reload()
    expect(field).to_have_value("1" if was != "1" else "2")
    field.fill(was)
    field.press("Tab")
    expect(mean).to_have_text(before)


def test_a_vote_is_given_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("expert", "ru")
    page.goto("/lists/")
    page.get_by_role("row", name="начальных классов").get_by_role("link", name="Версия 2").click()
    page.get_by_role("link", name="Мой бюллетень").click()
    votes = page.locator(".core-ballot").first
    against, favour = votes.locator("button[value=NO]"), votes.locator("button[value=YES]")
    against.press("Enter")
    expect(against).to_have_attribute("aria-pressed", "true")
    expect(against).to_be_focused()
    favour.press("Enter")
    expect(favour).to_have_attribute("aria-pressed", "true")
    expect(against).to_have_attribute("aria-pressed", "false")


def test_pages_of_every_party_fit_a_phone(open_page: OpenPage) -> None:
    for role in ("expert", "ministry", "methodist", None):
        page = open_page(role, "kk", phone=True)
        for path in (
            "/lists/",
            "/lists/?q=батыр",
            "/lists/route/",
            "/lists/1/",
            "/lists/versions/1/",
            "/lists/waiting/",
        ):
            if role is None and path == "/lists/waiting/":
                continue
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, (role, path)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (role, path, wide)
