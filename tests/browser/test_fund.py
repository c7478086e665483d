"""The fund: a parcel is received by ISBN, labelled, partly written off, and the books of account show both acts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import ROUND, Hands, Rest, isbn13

LANGUAGES = ["kk", "ru", "en"]
OpenPage = Callable[..., Page]


def act_id(page: Page) -> str:
    """The act whose page is open."""
    found = re.search(r"/fund/acts/(\d+)/", page.url)
    assert found
    return found.group(1)


def barcodes_of(page: Page) -> list[str]:
    """Barcodes on the label page of the act that is open."""
    page.locator("a[href*='/fund/labels/'][href*='act=']").click()
    page.wait_for_url("**/fund/labels/**")
    return page.locator("main table tbody td[data-label]:nth-child(3)").all_inner_texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parcel_is_received_labelled_and_partly_written_off(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    rest, hands = Rest(page, site), Hands(page)
    start = 100 * (LANGUAGES.index(language) + 1)
    isbns = [isbn13(start + place) for place in range(5)]
    for place, isbn in enumerate(isbns):
        rest.describe(
            f"Сәлемдеме {ROUND} {language} {place}", isbns=[isbn], authors=["Сыншы, Айдос"], udc="821.512.122"
        )

    # Five titles, two copies of each: the ISBN, then how many and at what price for the first only; a parcel of one
    # price needs no more.
    page.goto("/fund/receipts/new/")
    hands.scan(isbns[0])
    hands.scan("2*1500")
    for isbn in isbns[1:]:
        hands.scan(isbn)
        hands.scan(isbn)
    expect(page.locator("#table tbody tr")).to_have_count(5)
    expect(page.locator("#table tfoot td.number").first).to_have_text("10")
    hands.fill(page.locator("#h-number"), f"П-{language}")
    page.keyboard.press("Tab")
    hands.click(page.locator("button[name=action][value=post]"))
    page.wait_for_url("**/fund/acts/*/")
    assert hands.counted == {"scans": 10, "clicks": 1, "keys": 0, "fields": 1}
    receipt = act_id(page)
    expect(page.locator(".tile-value").first).to_have_text("10")
    expect(page.locator("main")).to_contain_text(f"П-{language}")
    for paper in ("act.pdf?language=kk", "act.pdf?language=ru"):
        answer = page.request.get(f"/fund/acts/{receipt}/{paper}")
        assert answer.body().startswith(b"%PDF"), paper

    labels = barcodes_of(page)
    assert len(labels) == 10
    sheet = page.request.get(str(page.locator("a[href*='labels.pdf']").get_attribute("href")))
    assert sheet.ok
    assert sheet.body().startswith(b"%PDF")

    hands = Hands(page)
    page.goto("/fund/write-offs/new/")
    hands.scan(labels[0])
    hands.scan(labels[2])
    hands.fill(page.locator("#h-commission"), "Серікова А. Б., директор\nОмаров Д. К., мұғалім\nКим Е. В., есепші")
    hands.fill(page.locator("#h-grounds"), "№ 12 бұйрық")
    page.keyboard.press("Tab")
    expect(page.locator(".htmx-request")).to_have_count(0)
    hands.click(page.locator("button[name=action][value=post]"))
    page.wait_for_url("**/fund/acts/*/")
    assert hands.counted == {"scans": 2, "clicks": 1, "keys": 0, "fields": 2}
    withdrawal = act_id(page)
    expect(page.locator(".tile-value").first).to_contain_text("2")

    for part, act in (("1", receipt), ("2", withdrawal)):
        page.goto(f"/fund/summary-book/?part={part}")
        expect(page.locator(f"main table a[href*='/fund/acts/{act}/']").first).to_be_visible()
    page.goto("/fund/summary-book/?part=3")
    expect(page.locator("main table").first).to_be_visible()
    page.goto(f"/fund/copies/?text={labels[0]}&state=")
    expect(page.locator("main table tbody tr")).to_have_count(1)
    number = re.sub(r"\D", "", page.locator("main table tbody tr td.number").first.inner_text())
    page.goto(f"/fund/inventory-book/?from={number}")
    expect(page.locator(f"main table a[href*='/fund/acts/{withdrawal}/']").first).to_be_visible()
    expect(page.locator(f"main table a[href*='/fund/acts/{receipt}/']").first).to_be_visible()

    page.goto("/desk/")
    hands.scan(site.school["cards"][2])
    hands.scan(labels[0])
    expect(page.locator("[data-result=error]")).to_be_visible()


def test_a_slip_in_the_act_is_mended_in_the_line(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    rest, hands = Rest(page, site), Hands(page)
    isbns = [isbn13(900), isbn13(901)]
    for isbn in isbns:
        rest.describe(f"Опечатка {isbn}", isbns=[isbn])
    page.goto("/fund/receipts/new/")
    for isbn in isbns:
        hands.scan(isbn)
    page.locator("button[name=remove]").first.click()
    expect(page.locator("#table tbody tr")).to_have_count(1)
    page.locator("input[name=quantity-0]").fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("#table tfoot td.number").first).to_have_text("3")
    page.reload()  # a power cut
    expect(page.locator("#table tfoot td.number").first).to_have_text("3")
    page.locator("button[name=action][value=discard]").click()
    expect(page.locator("#table tbody tr")).to_have_count(0)


def test_an_act_posted_by_mistake_is_reversed(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    rest = Rest(page, site)
    isbn = isbn13(950)
    rest.describe("Қате акт", isbns=[isbn])
    hands = Hands(page)
    page.goto("/fund/receipts/new/")
    hands.scan(isbn)
    hands.scan("1*900")
    page.locator("button[name=action][value=post]").click()
    page.wait_for_url("**/fund/acts/*/")
    first = act_id(page)
    page.locator("aside details summary").click()
    page.locator("#reverse-note").fill("Екі рет енгізілген")
    page.locator("form[action$='/reverse/'] button").click()
    page.wait_for_url(lambda url: f"/fund/acts/{first}/" not in url)
    expect(page.locator(f"main a[href*='/fund/acts/{first}/']").first).to_be_visible()
