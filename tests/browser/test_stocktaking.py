"""Stocktaking in a real browser: what was scanned survives a lost connection and a closed tab, and two people may
scan at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site

OpenPage = Callable[..., Page]


def scan(page: Page, code: str) -> None:
    """Type as a scanner does; the box is empty at once, whether the server answers or not."""
    box = page.locator("#scan-input")
    page.bring_to_front()
    expect(box).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(box).to_have_value("")


def figure(page: Page, name: str) -> Locator:
    return page.locator(f"[data-figure={name}]")


def number(page: Page, name: str) -> int:
    return int(re.sub(r"\D", "", figure(page, name).inner_text()))


def under_way(page: Page) -> str:
    """The stocktaking of the core fund that is open, begun if there is none; returns its address."""
    page.goto("/fund/stocktaking/")
    mine = page.locator("tr", has=page.locator(".badge-new")).locator("th a")
    if mine.count() == 0:
        page.goto("/fund/stocktaking/new/")
        page.select_option("select[name=fund]", "CORE")
        page.locator("form.card button[type=submit]").click()
    else:
        mine.first.click()
    expect(page.locator("#scan-input")).to_be_visible()
    return page.url


def test_scans_survive_a_lost_connection_and_a_closed_tab(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk", phone=True)
    address = under_way(page)
    first, second, third = site.school["barcodes"][4:7]
    before = number(page, "found")
    page.fill("#s-shelf", "Терезе жағы")
    page.locator("#scan-input").focus()
    scan(page, first)
    expect(page.locator("#scanned")).to_contain_text(first)
    page.context.set_offline(True)
    scan(page, second)
    scan(page, third)
    expect(page.locator("[data-scan-count]")).to_have_text("2")
    context = page.context
    page.close(run_before_unload=False)  # The power went: nobody was asked anything.
    context.set_offline(False)

    again = context.new_page()
    again.goto(address)
    for code in (second, third):
        expect(again.locator("#scanned")).to_contain_text(code)
    expect(again.locator("#scanned .scans-facts", has_text="Терезе жағы").first).to_be_visible()
    expect(again.locator("[data-scan-waiting]")).to_be_hidden()
    expect(again.locator("#s-shelf")).to_have_value("Терезе жағы")
    again.goto(address)
    doubles = number(again, "doubles")
    again.goto(address)  # Opened once more: nothing is sent a second time.
    expect(figure(again, "doubles")).to_have_text(str(doubles))
    assert number(again, "found") <= before + 3
    assert again.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('scan:')).length") == 0
    for code in (first, second, third):
        expect(again.locator("#scanned")).to_contain_text(code)


def test_an_unknown_book_warns_and_undo_takes_it_back(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    under_way(page)
    surplus = number(page, "surplus")
    scan(page, "31415926")
    expect(page.locator("[data-result=error]")).to_be_visible()
    expect(figure(page, "surplus")).to_have_text(str(surplus + 1))
    page.locator("#scanned li", has_text="31415926").locator("button").click()
    expect(figure(page, "surplus")).to_have_text(str(surplus))


def test_two_people_scan_the_same_book_at_once(site: Site, open_page: OpenPage) -> None:
    one, two = open_page("librarian", "kk"), open_page("librarian", "en", phone=True)
    address = under_way(one)
    two.goto(address)
    code = site.school["barcodes"][3]
    before = one.locator("#scanned li", has_text=code).count()
    scan(one, code)
    scan(two, code)
    for page in (one, two):
        expect(page.locator("#scanned li", has_text=code).first).to_be_visible()
    one.goto(address)
    expect(one.locator("#scanned li", has_text=code)).to_have_count(before + 2)
    expect(one.locator("#scanned li", has_text=code).locator(".badge-warn").first).to_be_visible()
