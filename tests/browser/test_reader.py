"""A visitor and a reader: search that knows Kazakh, facets, suggestions, my books, holds, history, languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import Hands, Rest, own_card, switch_language

OpenPage = Callable[..., Page]


def ask(page: Page, text: str) -> None:
    """Type a question into the big box of the first page and press Enter."""
    page.goto("/")
    box = page.locator("form.search-large input[name=q]")
    box.fill(text)
    box.press("Enter")
    page.wait_for_url("**/catalog/?*")


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("кітаптарымыздан", "кітап"),
        ("abai zholy", "Абай жолы"),
        ("Абай жлы", "Абай жолы"),
        ("абай жолы", "Абай жолы"),
        ("koshpendiler", "Көшпенділер"),
        ("кошпендилер", "Көшпенділер"),
        ("кітапхана", "кітап"),
        ("китапхана", "кітап"),
    ],
)
def test_a_visitor_finds_a_book_however_it_is_typed(open_page: OpenPage, typed: str, title: str) -> None:
    page = open_page()
    ask(page, typed)
    first = page.locator(".result-title a").first
    expect(first).to_contain_text(title)
    name = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#where")).to_be_visible()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_isbn_with_hyphens_leads_to_where_the_book_is(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page(None, language)
    isbn = next(record["isbns"][0] for record in Rest(page, site).search("Абай жолы") if record["isbns"])
    ask(page, f"{isbn[:3]}-{isbn[3:6]}-{isbn[6:9]}-{isbn[9:12]}-{isbn[12]}")
    expect(page.locator(".result")).to_have_count(1)
    page.locator(".result-title a").click()
    expect(page.locator("main")).to_contain_text(isbn[-1])
    row = page.locator("table tbody tr").first
    expect(row.locator("th")).not_to_be_empty()
    expect(row.locator(".badge").first).to_contain_text(re.compile(r"\d"))


def test_nothing_found_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page(None, "ru")
    ask(page, "щшгнекуцйфыв")
    expect(page.locator(".result")).to_have_count(0)
    page.locator("main .empty a").first.click()
    expect(page.locator(".result").first).to_be_visible()


def test_facets_narrow_and_can_be_taken_off(open_page: OpenPage) -> None:
    page = open_page(None, "kk")
    page.goto("/catalog/")
    before = _total(page)
    for _step in range(2):
        values = page.locator(".facet-values a:not([aria-current])")
        for place in range(values.count()):
            link = values.nth(place)
            count = int(re.sub(r"\D", "", link.locator("span").nth(1).inner_text()))
            if count < _total(page):
                link.click()
                page.wait_for_load_state()
                assert _total(page) == count, "the facet promised another number"
                break
    assert _total(page) < before
    chips = page.locator("a.chip:not(.chip-quiet)")
    expect(chips).to_have_count(2)
    chips.first.click()
    expect(chips).to_have_count(1)
    page.locator("a.chip-quiet").click()
    expect(chips).to_have_count(0)
    assert _total(page) == before


def _total(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("section [role=status]").first.inner_text()))


def test_suggestions_come_while_typing_and_are_chosen_by_keys(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/")
    box = page.locator("form.search-large input[name=q]")
    box.press_sequentially("көшпен", delay=30)
    options = page.locator("form.search-large [role=option]")
    expect(options.first).to_be_visible()
    expect(options.first).to_contain_text("Көшпенділер")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url(re.compile(r"/catalog/"))
    expect(page.locator("h1")).to_contain_text("Көшпенділер")


@pytest.mark.parametrize("path", ["/catalog/?q=абай&language=kaz", "/libraries/", "/"])
def test_switching_the_language_keeps_the_page(open_page: OpenPage, path: str) -> None:
    page = open_page(None, "kk")
    page.goto(path)
    here = urlparse(page.url)
    for language in ("ru", "en", "kk"):
        switch_language(page, language)
        now = urlparse(page.url)
        assert (now.path, parse_qs(now.query)) == (here.path, parse_qs(here.query))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_reader_sees_the_own_books_and_renews(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("reader", language)
    rest = Rest(page, site)
    title = f"Менің кітабым {language}"
    barcode = rest.receive(rest.describe(title))[0]
    rest.lend(own_card(page), barcode)
    hands = Hands(page)
    page.goto("/my/")
    loan = page.locator(".my-loans li", has_text=title)
    expect(loan).to_contain_text(re.compile(r"\d\d\.\d\d\.\d{4}"))
    hands.click(loan.locator("button"))
    expect(page.locator("#messages .alert-success")).to_be_visible()
    expect(loan).to_be_visible()
    assert hands.counted["clicks"] == 1
    rest.take_back(barcode)
    page.goto("/my/history/")
    expect(page.locator("main")).to_contain_text(title)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_reader_waits_in_the_queue_and_leaves_it(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("reader", language)
    rest = Rest(page, site)
    title = f"Кезектегі кітап {language}"
    record = rest.describe(title)
    barcode = rest.receive(record)[0]
    rest.lend(site.school["cards"][7], barcode)
    page.goto(f"/catalog/records/{record}/")
    row = page.locator("tr.is-own")
    expect(row).to_contain_text(re.compile(r"\d\d\.\d\d\.\d{4}"))
    row.locator("button").click()
    page.wait_for_url("**/my/")
    hold = page.locator("section", has=page.locator("#holds")).locator("li", has_text=title)
    expect(hold).to_contain_text("1")
    hold.locator("button").click()
    expect(hold).to_have_count(0)
    answer = rest.take_back(barcode)
    assert answer["hold"] is None


def test_a_held_book_waits_for_its_reader(site: Site, open_page: OpenPage) -> None:
    page = open_page("reader")
    rest = Rest(page, site)
    title = "Күткен кітабым"
    record = rest.describe(title)
    barcode = rest.receive(record)[0]
    rest.lend(site.school["cards"][7], barcode)
    card = own_card(page)
    page.goto(f"/catalog/records/{record}/")
    page.locator("tr.is-own button").click()
    page.wait_for_url("**/my/")
    desk = open_page("librarian")
    desk.goto("/desk/return/")
    Hands(desk).scan(barcode)
    expect(desk.locator("#desk .badge-new").first).to_be_visible()
    desk.goto("/desk/holds/")
    expect(desk.locator("section", has=desk.locator("#shelf"))).to_contain_text(title)
    page.goto("/my/")
    expect(page.locator("section", has=page.locator("#holds")).locator("li", has_text=title)).to_contain_text(
        re.compile(r"\d\d\.\d\d\.\d{4}")
    )
    desk.goto("/desk/")
    Hands(desk).scan(card)
    Hands(desk).scan(barcode)
    expect(desk.locator("[data-result=success]")).to_be_visible()
    rest.take_back(barcode)


def test_history_is_switched_off_and_on(site: Site, open_page: OpenPage) -> None:
    page = open_page("reader", "ru")
    page.goto("/my/history/")
    switch = page.locator("main form.card button")
    expect(page.locator("input[name=keep]")).to_have_value("0")
    switch.click()
    expect(page.locator("input[name=keep]")).to_have_value("1")
    expect(page.locator("main table")).to_have_count(0)
    switch.click()
    expect(page.locator("input[name=keep]")).to_have_value("0")
    rest = Rest(page, site)
    title = "Тарихтағы кітап"
    barcode = rest.receive(rest.describe(title))[0]
    rest.lend(own_card(page), barcode)
    rest.take_back(barcode)
    page.goto("/my/history/")
    expect(page.locator("main")).to_contain_text(title)
