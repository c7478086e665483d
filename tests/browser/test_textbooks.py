"""September and May in the browser: a set to a class by one click, exceptions by keys and scans, back in May."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import Hands

OpenPage = Callable[..., Page]
CLASSES = {"kk": "11 «А»", "ru": "11 «Ә»"}
"""The demo leaves the last two classes of the gymnasium without their books."""


def of_class(page: Page, name: str) -> None:
    """From the list of classes to the grid of one."""
    page.goto("/textbooks/")
    row = page.locator("main table tbody tr").filter(has_text=name)
    row.locator("a.button").first.click()
    page.wait_for_url(re.compile(r"/textbooks/classes/\d+/$"))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_class_gets_its_set_and_brings_it_back(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    of_class(page, CLASSES[language])
    boxes = page.locator(".grid-cell input[type=checkbox]")
    marked = boxes.count()
    assert marked > 100
    expect(page.locator("[data-grid-count]")).to_have_text(re.compile(r"^\d{3}$"))

    # By keys alone: the first pupil has an own book of the first title, the second title is in poor condition.
    boxes.first.focus()
    page.keyboard.press("Space")
    expect(boxes.first).not_to_be_checked()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("4")
    expect(page.locator("td[data-condition='4']")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(boxes.nth(1)).not_to_be_focused()

    hands.click(page.locator("[data-grid-submit]"))
    page.wait_for_url(re.compile(r"batch="))
    assert hands.counted["clicks"] == 1
    expect(boxes).to_have_count(1)  # only the unmarked one is left
    page.locator("form.alert button").click()  # undo
    page.wait_for_url(re.compile(r"/classes/\d+/$"))
    expect(boxes).to_have_count(marked)
    page.locator("[data-grid-submit]").click()
    page.wait_for_url(re.compile(r"batch="))
    expect(boxes).to_have_count(0)
    for kind in (
        "sheet.pdf?language=kk",
        "sheet.pdf?language=ru",
        "notices.pdf?language=kk",
        "clearance.pdf?language=ru",
    ):
        answer = page.request.get(page.url.split("?")[0] + kind)
        assert answer.body().startswith(b"%PDF"), kind

    # May: all but one come back.
    page.goto(page.url.split("?")[0] + "return/")
    assert boxes.count() >= marked  # and what somebody still has of last year
    boxes.nth(3).uncheck()
    page.locator("#condition").select_option("FAIR")
    page.locator("[data-grid-submit]").click()
    expect(boxes).to_have_count(1)
    page.goto("/textbooks/debts/?all=1")
    expect(page.locator("main")).to_contain_text(CLASSES[language])


def test_a_scan_chooses_the_pupil_and_marks_the_book(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    of_class(page, "11 «Ә»")
    row = page.locator(".class-grid tbody tr").nth(2)
    row.locator("th a").click()
    card = re.search(r"\d{9,}", page.locator("main").inner_text())
    assert card
    page.go_back()
    hands = Hands(page)
    page.locator("#scan-input").click()
    hands.scan(card.group())
    expect(page.locator("tr.is-chosen")).to_have_count(1)
    hands.scan("9786017002015")
    expect(page.locator("#scan-answer [data-outcome=refused]")).to_be_visible()


def test_the_methodist_sees_who_lacks_and_has_transfers_suggested(site: Site, open_page: OpenPage) -> None:
    page = open_page("methodist", "kk")
    page.goto("/textbooks/provision/")
    rows = page.locator("main table").first.locator("tbody tr")
    expect(rows.first).to_be_visible()
    rows.first.locator("a").first.click()
    page.wait_for_url(re.compile(r"node="))
    expect(page.locator("main table").first).to_be_visible()
    page.goto("/textbooks/redistribution/")
    page.locator("form button.button-primary").first.click()
    page.wait_for_url(re.compile(r"node="))
    expect(page.locator(".toast, .messages, [role=status]").first).to_be_visible()


def test_the_director_approves_an_order_and_it_is_seen_above(open_page: OpenPage) -> None:
    page = open_page("director", "kk")
    page.goto("/textbooks/orders/")
    page.locator("main table a").first.click()
    page.locator("button[name=action][value=APPROVE]").click()
    expect(page.locator("ol.steps li.done")).to_have_count(1)
    expect(page.locator("ol.steps [aria-current=step]")).to_be_visible()
    expect(page.locator("#steps ~ ol li")).to_have_count(2)  # sent, approved
    with page.expect_download() as paper:
        page.locator("a[href$='order.xlsx']").click()
    assert paper.value.suggested_filename.endswith(".xlsx")


def test_a_methodist_corrects_a_rule_for_the_district(open_page: OpenPage) -> None:
    page = open_page("methodist", "kk")
    page.goto("/rules/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/rules/\d+/$"))
    page.get_by_role("spinbutton").first.fill("4")
    page.locator("button[name=action][value=save]").click()
    expect(page.locator("#differences ~ table tbody tr, [aria-labelledby=differences] tbody tr").first).to_contain_text(
        "4"
    )
    page.locator("#p-note").fill("Бұйрық өзгерді")
    page.locator("button[name=action][value=put_in_force]").click()
    expect(page.locator("button[name=action][value=end]")).to_be_visible()
    page.goto("/rules/")
    expect(page.locator(".badge-good")).to_have_count(1)
