"""The librarian's day, in a real browser, in all three languages: scanner and Enter, no mouse where none is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

# What a wedge scanner's digits become under the Kazakh Windows layout.
KAZAKH_DIGITS = dict(zip("1234567890", '"әің', strict=False)) | dict(zip("567890", "ғ,.үұқ", strict=True))
LANGUAGES = ["kk", "ru", "en"]
OpenPage = Callable[..., Page]


def scan(page: Page, text: str) -> None:
    """What a scanner does: type fast and press Enter; the answer has come when the box is empty again."""
    box = page.locator("#scan-input, [data-scan] input[type=text]").first
    page.bring_to_front()
    expect(box).to_be_focused()
    box.press_sequentially(text)
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.keyboard.press("Enter")
    expect(box).to_have_value("")


@pytest.mark.parametrize(("language", "place"), [("kk", 0), ("ru", 3), ("en", 6)])
def test_three_books_are_lent_with_four_scans_and_taken_back_with_three(
    site: Site, open_page: OpenPage, language: str, place: int
) -> None:
    page = open_page("librarian", language)
    card, books = site.school["cards"][place], site.school["barcodes"][place : place + 3]
    page.goto("/desk/")
    scan(page, card)
    for book in books:
        scan(page, book)
        expect(page.locator("[data-result=success]")).to_be_visible()
    for book in books:
        expect(page.locator("#desk tbody")).to_contain_text(book)
    page.keyboard.press("F3")
    page.wait_for_url("**/desk/return/")
    for book in books:
        scan(page, book)
        expect(page.locator("[data-result=success]").first).to_be_visible()
    page.goto("/desk/")
    scan(page, card)
    for book in books:
        expect(page.locator("#desk")).not_to_contain_text(book)


def test_a_scanner_under_the_kazakh_layout_is_understood(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian")
    card, book = site.school["cards"][9], site.school["barcodes"][9]
    page.goto("/desk/")
    scan(page, "".join(KAZAKH_DIGITS[digit] for digit in card))
    scan(page, "".join(KAZAKH_DIGITS[digit] for digit in book))
    expect(page.locator("#desk tbody")).to_contain_text(book)
    page.goto("/desk/return/")
    scan(page, book)
    expect(page.locator("[data-result=success]").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_scan_says_why_and_keeps_the_focus(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    page.goto("/desk/")
    scan(page, "1234567890128")
    expect(page.locator("[data-result=error]")).to_be_visible()
    expect(page.locator("#scan-input")).to_be_focused()


def test_the_same_command_twice_lends_once(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian")
    body = {
        "command_id": "0192aaaa-0000-7000-8000-000000000001",
        "library": site.school["code"],
        "card": site.school["cards"][8],
        "barcode": site.school["barcodes"][8],
    }
    headers = {"Authorization": f"Bearer {site.facts['users']['librarian']['token']}"}
    first = page.request.post("/api/v1/circulation/checkouts", data=body, headers=headers)
    second = page.request.post("/api/v1/circulation/checkouts", data=body, headers=headers)
    assert first.ok
    assert second.ok
    assert first.json()["id"] == second.json()["id"]
    page.request.post(
        "/api/v1/circulation/checkins",
        data={
            "command_id": "0192aaaa-0000-7000-8000-000000000002",
            "library": body["library"],
            "barcode": body["barcode"],
        },
        headers=headers,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parcel_is_received_by_isbn_and_shows_in_the_books(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    found = page.request.get("/api/v1/catalog/records?q=роман&limit=5").json()["results"]
    isbns = [record["isbns"][0] for record in found if record["isbns"]][:3]
    assert len(isbns) == 3
    page.goto("/fund/receipts/new/")
    for isbn in isbns:
        scan(page, isbn)
        scan(page, "2*1500")
    page.fill("#h-number", f"77-{language}")
    page.press("#h-number", "Tab")
    page.locator("button[name=action][value=post]").click()
    page.wait_for_url("**/fund/acts/*/")
    expect(page.locator("main")).to_contain_text(f"77-{language}")
    expect(page.locator("main")).to_contain_text("6")
    page.goto("/fund/inventory-book/")
    expect(page.locator("main table").first).to_be_visible()
    page.goto("/fund/summary-book/")
    expect(page.locator("main table").first).to_be_visible()


@pytest.mark.parametrize("path", ["/fund/inventory-book/book", "/fund/summary-book/book"])
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_books_of_account_come_as_pdf_and_xlsx(site: Site, open_page: OpenPage, path: str, language: str) -> None:
    page = open_page("librarian", language)
    pdf = page.request.get(f"{path}.pdf?language={language}")
    assert pdf.ok
    assert pdf.body().startswith(b"%PDF")
    sheet = page.request.get(f"{path}.xlsx?language={language}")
    assert sheet.ok
    assert sheet.body().startswith(b"PK")
