"""Textbooks by count: a parcel of forty titles, a write-off that the director approves, a transfer that is accepted."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import ROUND, Hands, Rest, isbn13

OpenPage = Callable[..., Page]
TITLES = 40


def test_forty_textbooks_are_received_by_count_written_off_and_handed_over(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    rest, hands = Rest(page, site), Hands(page)
    isbns = [isbn13(500 + place) for place in range(TITLES)]
    for place, isbn in enumerate(isbns):
        rest.describe(f"Оқулық {ROUND} {place}", isbns=[isbn], kind="TEXTBOOK", udc="512")

    # Forty titles of one price, four of each: the scanner alone, then one click.
    page.goto("/fund/receipts/new/")
    hands.scan(isbns[0])
    page.locator("input[name=quantity-0]").fill("4")
    page.locator("input[name=price-0]").fill("1500")
    page.locator("input[name=price-0]").press("Tab")
    expect(page.locator("#table tfoot td.number").first).to_have_text("4")
    page.locator("#scan-input").focus()
    for isbn in isbns[1:]:
        hands.scan(isbn)
    expect(page.locator("#table tbody input[name^=counted-]:checked")).to_have_count(TITLES)
    hands.click(page.locator("button[name=action][value=post]"))
    page.wait_for_url("**/fund/acts/*/")
    assert hands.counted["scans"] <= TITLES
    assert hands.counted["clicks"] <= 5
    expect(page.locator(".tile-value").first).to_have_text(str(TITLES + 3))
    expect(page.locator("main tbody td a[href*='/fund/cards/']")).to_have_count(TITLES)

    # Two of the first title are worn out.
    page.goto("/fund/write-offs/new/")
    hands.scan(isbns[0])
    hands.scan("2*")
    page.locator("#h-commission").fill("Серікова А. Б., орынбасар\nҚасымов Н. Ж., мұғалім\nПетрова О. И., кітапханашы")
    page.locator("button[name=action][value=post]").click()
    page.wait_for_url("**/fund/acts/*/")
    act = re.search(r"/fund/acts/(\d+)/", page.url)
    assert act
    director = open_page("director", "kk")
    director.goto("/fund/approvals/")
    director.locator("#name").fill("Сейітова Г. А.")
    director.locator(f"button[name=approve][value='{act.group(1)}']").click()
    expect(director.locator(".alert-success")).to_be_visible()
    page.reload()
    expect(page.locator("aside")).to_contain_text("Сейітова Г. А.")

    # One goes to the neighbour, who accepts it.
    page.goto("/fund/transfers/new/")
    other = site.facts["libraries"][1]["code"]
    page.locator("#find").fill(other)
    page.locator("#find").press("Enter")
    page.locator(f"button[name=to][value='{other}']").click()
    hands.scan(isbns[0])
    page.locator("button[name=action][value=post]").click()
    page.wait_for_url(re.compile(r"/fund/transfers/\d+/"))
    neighbour = open_page("administrator", "ru")
    neighbour.goto(page.url)
    neighbour.locator("form[action$='/accept/'] button[type=submit]").click()
    neighbour.wait_for_url("**/fund/acts/*/")
    page.reload()
    expect(page.locator("aside .badge-good")).to_be_visible()
