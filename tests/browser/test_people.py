"""A school's list is loaded, and loaded again; a reader is registered; cards are printed; classes are promoted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kitaphana.core.text.identifiers import check_digit
from tests.browser.conftest import Site
from tests.browser.steps import ROUND, TAIL, Hands

OpenPage = Callable[..., Page]

NEW_PUPILS = [("Бейбарысов", "Елнұр"), ("Қаңлыбаева", "Гүлназ"), ("Өскенбай", "Іңкәр")]


def iin(born: str, century_and_sex: int, number: int) -> str:
    """A valid IIN: ``born`` is YYMMDD."""
    for serial in range(number, number + 20):
        first = f"{born}{century_and_sex}{serial:04d}"
        digit = check_digit(first)
        if digit is not None:
            return f"{first}{digit}"
    raise AssertionError("no IIN in twenty numbers")


def the_list(tail: str) -> bytes:
    """A school's list as a spreadsheet saves it: three good rows and five bad ones."""
    rows = ["Тегі;Аты;Туған күні;ЖСН;Сынып"]
    for n, (surname, name) in enumerate(NEW_PUPILS):
        rows.append(
            f"{surname}{tail};{name};1{n}.03.2014;{iin(f'14031{n}', 5 + n % 2, 1000 + 6 * ROUND + n + 20 * len(tail))};6 А"
        )
    rows += [
        f"Жансұлтан{tail};Ерасыл;12.05.2013;130512500001;6 А",  # the last digit of the IIN is wrong
        f"Темірлан{tail};Асқар;31.02.2013;;6 А",  # no such day
        f"Сабырова{tail};Айша;12.05.2013;;44 Ъ",  # no such class
        ";;12.05.2013;;6 А",  # no name
        rows[1],  # the same pupil again
    ]
    return ("\ufeff" + "\r\n".join(rows)).encode()


def figures(page: Page) -> list[int]:
    """The numbers of the tiles: rows, new, changed, unchanged, rejected."""
    return [int(re.sub(r"\D", "", text)) for text in page.locator(".tile-value").all_inner_texts()]


def upload(hands: Hands, content: bytes) -> None:
    """Choose the file and look inside."""
    page = hands.page
    page.goto("/people/import/")
    page.locator("input[type=file]").set_input_files({"name": "мектеп.csv", "mimeType": "text/csv", "buffer": content})
    hands.click(page.locator("main form.form button[type=submit]"))
    page.wait_for_url(re.compile(r"/people/import/[0-9a-f-]{36}/"))


def confirm(hands: Hands) -> None:
    """Import the good rows and wait for the report."""
    hands.click(hands.page.locator("form[action$='/confirm/'] button"))
    expect(hands.page.locator("#run .alert-success")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("language", "tail"), [("kk", TAIL), ("ru", TAIL + "ов"), ("en", TAIL + "ева")])
def test_a_school_is_loaded_and_nobody_is_doubled(site: Site, open_page: OpenPage, language: str, tail: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    upload(hands, the_list(tail))
    assert figures(page) == [8, 3, 0, 0, 5]
    bad = page.locator("section", has=page.locator("#bad")).locator("tbody tr")
    assert [int(text) for text in bad.locator("th").all_inner_texts()] == [5, 6, 7, 8, 9]
    reasons = bad.locator("td:last-child").all_inner_texts()
    assert len(set(reasons)) == 5
    assert all(len(reason) > 10 for reason in reasons)
    expect(bad.nth(0)).to_contain_text("…0001")  # never shown in full
    expect(bad.nth(1)).to_contain_text("31.02.2013")
    expect(bad.nth(2)).to_contain_text("44")
    expect(bad.nth(4)).to_contain_text("2")
    confirm(hands)
    assert figures(page) == [8, 3, 0, 0, 5]
    expect(page.locator("section", has=page.locator("#bad")).locator("tbody tr")).to_have_count(5)
    assert hands.counted["clicks"] == 2
    page.goto(f"/people/?q={NEW_PUPILS[1][0]}{tail}")
    expect(page.locator("tbody tr").filter(has_text=f"{NEW_PUPILS[1][0]}{tail} Гүлназ")).to_have_count(1)
    upload(hands, the_list(tail))
    assert figures(page) == [8, 0, 0, 3, 5]
    confirm(hands)
    page.goto(f"/people/?q={NEW_PUPILS[1][0]}{tail}")
    expect(page.locator("tbody tr").filter(has_text=f"{NEW_PUPILS[1][0]}{tail} Гүлназ")).to_have_count(1)


def test_a_list_may_be_looked_at_and_left(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    upload(Hands(page), the_list(f"{TAIL}қызы"))
    page.locator("form[action$='/discard/'] button").click()
    page.goto(f"/people/?q={NEW_PUPILS[0][0]}{TAIL}қызы")
    expect(page.locator("tbody tr", has_text=f"Бейбарысов{TAIL}қызы")).to_have_count(0)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_new_reader_gets_a_card_and_borrows(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    page.goto("/people/new/")
    surname = {"kk": "Жаңабергенов", "ru": "Новикова", "en": "Newmanova"}[language] + TAIL
    hands.fill(page.locator("#id_surname"), surname)
    hands.fill(page.locator("#id_given_name"), "Әлия")
    page.locator("#id_category").select_option("PUPIL")
    page.locator("#id_school_class").select_option(index=3)
    hands.click(page.locator("main form.form button[type=submit]").first)
    page.wait_for_url("**/people/reader/*/")
    card = page.locator("dl.facts dd").first.inner_text()
    pdf = page.request.get(str(page.locator("a[href*='/people/cards/']").get_attribute("href")))
    assert pdf.ok
    assert pdf.body().startswith(b"%PDF")
    page.goto("/desk/")
    hands.scan(card)
    expect(page.locator("#desk h2").first).to_contain_text(surname)
    book = site.school["barcodes"][6 + ["kk", "ru", "en"].index(language)]
    hands.scan(book)
    expect(page.locator("[data-result=success]")).to_be_visible()
    hands.key("F3")
    hands.scan(book)
    expect(page.locator("[data-result=success]")).to_be_visible()


def test_cards_of_a_class_open_as_pdf(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian")
    page.goto("/people/classes/")
    page.locator("main tbody th a").first.click()
    link = page.locator("a[href*='/people/cards/']")
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.ok
    assert answer.body().startswith(b"%PDF")


def test_promotion_is_seen_before_it_happens(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    page.goto("/people/classes/")
    names = page.locator("main tbody th").all_inner_texts()
    page.locator("a[href*='/people/classes/promote/']").click()
    page.locator("a.button[href^='?year=']").last.click()  # the school moves into the next year
    moving, leaving, _debtors = figures(page)
    assert moving > 0
    assert leaving > 0
    counted = [int(text) for text in page.locator("main tbody td.number").all_inner_texts()]
    assert sum(counted) == moving + leaving
    page.goto("/people/classes/")
    assert page.locator("main tbody th").all_inner_texts() == names, "looking must change nothing"
