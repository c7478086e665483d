"""What is wrong gets a clear sentence in the person's language, never a broken page, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import Hands, Rest, isbn13

LANGUAGES = ["kk"]  # every sentence is translated by test_translations; the browser need not repeat them
LETTERS = {"kk": "[әғқңөұүһі]", "ru": "[а-яё]", "en": "[a-z]"}
HUGE = "Ә" * (5 * 1024 * 1024)  # ten megabytes of UTF-8
OpenPage = Callable[..., Page]


def expect_sentence(place: Locator, language: str) -> None:
    """A sentence of several words, in the language, that shows no machinery."""
    expect(place).to_be_visible()
    text = place.inner_text()
    assert len(text.split()) >= 3, text
    assert re.search(LETTERS[language], text.casefold()), text
    if language == "en":
        assert not re.search("[а-яё]{4}", re.sub("«[^»]*»|“[^”]*”", "", text).casefold()), text
    assert not re.search(r"Traceback|Exception|Error:|None\b|<class", text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", b"alpha;beta\n1;2\n"),
        ("empty.csv", b""),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        ("list.xlsx", b"PK\x03\x04 not a workbook"),
    ],
)
def test_a_wrong_list_of_readers_is_refused(
    site: Site, open_page: OpenPage, language: str, name: str, content: bytes
) -> None:
    page = open_page("librarian", language)
    page.goto("/people/import/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.locator("main form.form button[type=submit]").click()
    expect_sentence(page.locator("main .field-error, main .alert-error").last, language)
    expect(page.locator("input[type=file]")).to_be_visible()  # the next try is one choice away


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_barcode_that_is_taken_is_refused_and_the_act_stays(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    isbn = isbn13(960 + LANGUAGES.index(language))
    Rest(page, site).describe(f"Екінші жапсырма {language}", isbns=[isbn])
    hands = Hands(page)
    page.goto("/fund/receipts/new/")
    hands.scan(isbn)
    page.locator("#table tbody details summary").first.click()
    page.locator("#barcodes-0").fill(site.school["barcodes"][0])
    page.keyboard.press("Tab")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("button[name=action][value=post]").click()
    refusal = page.locator("main .alert-error").first
    expect_sentence(refusal, language)
    expect(refusal).to_contain_text(site.school["barcodes"][0])
    expect(page.locator("#table tbody tr")).to_have_count(1)
    page.locator("button[name=action][value=discard]").click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_cards_and_books_are_named(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    for path in ("/desk/", "/desk/return/"):
        page.goto(path)
        for code in ("999999999999", "2009999999999", "'; drop table", "\u202e<b>x</b>"):
            answer = hands.scan(code)
            assert answer.status < 500
            expect_sentence(page.locator("[data-result=error], [data-result=warning]").first, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_megabytes_in_the_scan_box_stop_nothing(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    for path, shown in (("/desk/", "#desk"), ("/fund/receipts/new/", "#table"), ("/fund/write-offs/new/", "#list")):
        page.goto(path)
        box = page.locator("#scan-input")
        expect(box).to_be_focused()
        page.evaluate("text => { document.querySelector('#scan-input').value = text }", HUGE)
        with page.expect_response(lambda response: response.request.method == "POST") as answer:
            page.keyboard.press("Enter")
        assert answer.value.status < 500
        expect_sentence(page.locator(f"{shown} .alert, {shown} h1 ~ p, {shown} .refusal").first, language)
        expect(box).to_be_focused()
    page.goto("/desk/")
    hands.scan(site.school["cards"][0])
    expect(page.locator("#desk .desk-reader")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_fields_are_named_and_the_rest_stays(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    page.goto("/catalog/records/new/")
    page.locator("#id_title").fill("Бір кітап")
    page.locator("#id_isbn").fill("978-601-0000-00-2")
    page.locator("#id_subtitle").fill("оқулық")
    page.locator("#description .form-actions button[type=submit]").click()
    expect_sentence(page.locator("main .field-error, main .alert-warning, main .alert-error").first, language)
    expect(page.locator("#id_subtitle")).to_have_value("оқулық")
    page.goto("/people/new/")
    page.locator("#id_surname").fill("Қатебаев")
    page.locator("#id_iin").fill("123456789012")
    page.locator("main form.form button[type=submit]").first.click()
    expect_sentence(page.locator("main .field-error, main .alert-error").first, language)
    expect(page.locator("#id_surname")).to_have_value("Қатебаев")


@pytest.mark.parametrize(
    "path", ["/catalog/records/999999/", "/fund/acts/999999/", "/people/reader/999999/", "/nowhere/"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_there_says_so(site: Site, open_page: OpenPage, path: str, language: str) -> None:
    page = open_page("librarian", language)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    expect_sentence(page.locator("main .refusal"), language)
