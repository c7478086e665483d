"""The catalogue: a file of records is imported, an edition is described, received, lent, found and returned."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import ROUND, Hands, Rest, isbn13, sample

LANGUAGES = ["kk", "ru", "en"]
OpenPage = Callable[..., Page]


def import_file(page: Page, name: str, content: bytes) -> None:
    """Send a file on the import page and wait for the report."""
    page.goto("/catalog/import/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/marc", "buffer": content})
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/(jobs|catalog/import)/"))
    result = page.locator("#job a.button-primary")
    expect(result).to_be_visible(timeout=20_000)
    result.click()
    page.wait_for_url(re.compile(r"/catalog/import/\d+/"))


def counts(page: Page) -> dict[str, int]:
    """The report's tiles: read, imported, updated, merged, rejected."""
    values = [int(re.sub(r"\D", "", text)) for text in page.locator(".tile-value").all_inner_texts()]
    return dict(zip(["read", "imported", "updated", "merged", "rejected"], values, strict=True))


@pytest.mark.parametrize(("language", "file", "title"), [
    ("kk", "kaz-constructed.mrc", "Қилы заман"),
    ("ru", "u5278992.mrc", "Sindrom Petrushki"),
    ("en", "summerland.mrc", "Summerland"),
])  # fmt: skip
def test_the_main_journey_from_a_file_to_a_returned_book(
    site: Site, open_page: OpenPage, language: str, file: str, title: str
) -> None:
    """Import → receive → lend → find → return, by pages alone."""
    page = open_page("librarian", language)
    hands = Hands(page)
    import_file(page, file, sample(f"marc/{file}").read_bytes())
    found = counts(page)
    assert found["rejected"] == 0
    assert found["read"] == sum(found.values()) - found["read"] >= 1
    page.goto(f"/catalog/?q={title}")
    link = page.locator(".result-title a").first
    name = link.inner_text()
    assert title.casefold() in name.casefold()
    link.click()
    page.wait_for_url("**/catalog/records/*/")
    record = page.url
    expect(page.locator("h1")).to_have_text(name)

    page.goto("/fund/receipts/new/")
    hands.scan(name)
    if page.locator("#table button[name=record]").count():
        page.locator("#table button[name=record]", has_text=name).first.click()
    expect(page.locator("#table tbody th").first).to_contain_text(name)
    hands.scan("1*2100")
    page.locator("button[name=action][value=post]").click()
    page.wait_for_url("**/fund/acts/*/")
    page.locator("a[href*='/fund/labels/'][href*='act=']").click()
    barcode = page.locator("main table tbody td:nth-child(3)").first.inner_text()

    page.goto("/desk/")
    hands.scan(site.school["cards"][4])
    hands.scan(barcode)
    expect(page.locator("[data-result=success]")).to_be_visible()
    page.goto(record)
    expect(page.locator("tr.is-own .badge-warn")).to_be_visible()
    page.goto("/desk/return/")
    hands.scan(barcode)
    expect(page.locator("[data-result=success]").first).to_be_visible()
    page.goto(record)
    expect(page.locator("tr.is-own .badge-good")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edition_is_described_received_lent_and_found_within_two_seconds(
    site: Site, open_page: OpenPage, language: str
) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    number = 600 + LANGUAGES.index(language)
    isbn, title = isbn13(number), f"Көкжиектің арғы жағы {ROUND}{number}"
    page.goto("/fund/receipts/new/")
    hands.scan(isbn)
    page.locator("#table [data-outcome=refused] a").click()  # not in the catalogue: describe it now
    page.wait_for_url("**/catalog/records/new/**")
    expect(page.locator("#id_isbn")).to_have_value(re.compile(r"978"))
    hands.fill(page.locator("#id_title"), title)
    hands.fill(page.locator("#id_authors input").first, "Тілеуберген, Ақерке")
    hands.fill(page.locator("#id_publisher"), "Мектеп")
    hands.fill(page.locator("#id_year"), "2024")
    hands.fill(page.locator("#id_udc"), "821.512.122-3")
    visitor = open_page(None, language)
    page.locator("#description .form-actions button[type=submit]").click()
    began = time.monotonic()
    page.wait_for_url("**/fund/receipts/new/**")
    while not visitor.request.get("/api/v1/catalog/records", params={"q": isbn}).json()["results"]:
        assert time.monotonic() - began < 2, "the new edition is not in the OPAC after two seconds"
    expect(page.locator("#table tbody th").first).to_contain_text(title)  # it is on the receiving table at once
    visitor.goto(f"/catalog/?q=көкжиектің {ROUND}{number}")
    expect(visitor.locator(".result-title a").first).to_have_text(title)
    hands.scan("1*1800")
    page.locator("button[name=action][value=post]").click()
    page.wait_for_url("**/fund/acts/*/")
    page.locator("a[href*='/fund/labels/'][href*='act=']").click()
    barcode = page.locator("main table tbody td:nth-child(3)").first.inner_text()
    page.goto("/desk/")
    hands.scan(site.school["cards"][5])
    hands.scan(barcode)
    expect(page.locator("#desk tbody")).to_contain_text(title)
    page.goto("/desk/return/")
    hands.scan(barcode)
    expect(page.locator("[data-result=success]").first).to_be_visible()

    # The same edition again: by ISBN, and by title and author typed otherwise.
    page.goto("/catalog/records/new/")
    page.locator("#first-isbn").fill(isbn)
    page.keyboard.press("Enter")
    expect(page.locator("a.offer-title")).to_have_text([title])
    page.goto("/catalog/records/new/")
    page.locator("#id_title").fill(title.upper())
    page.locator("#id_authors input").first.fill("ТІЛЕУБЕРГЕН, Ақерке")
    page.locator("#id_year").fill("2024")
    page.keyboard.press("Tab")
    expect(page.locator("#duplicates a.offer-title")).to_have_text([title])
    page.locator("#description .form-actions button[type=submit]").click()
    expect(page.locator("main .alert-warning a.offer-title").first).to_have_text(title)
    expect(page.locator("#id_title")).to_have_value(title.upper())


def test_the_marc_view_changes_a_field_and_remembers(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    record = Rest(page, site).describe("Көне жазба", isbns=[isbn13(700)], authors=["Бөлекбай, Сара"], year=2020)
    page.goto(f"/catalog/records/{record}/marc/")
    box = page.locator("#id_text")
    text = box.input_value()
    assert "245" in text
    box.fill(text + "\n=500 ##$aЕскерту: екінші басылым")
    page.locator("main form.form-marc button[type=submit]").click()
    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert "екінші басылым" in page.locator("#id_text").input_value()
    page.goto(f"/catalog/records/{record}/history/")
    expect(page.locator(".marc-lines ins").first).to_contain_text("екінші басылым")
    for kind in ("mrc", "xml"):
        answer = page.request.get(f"/catalog/records/{record}/record.{kind}")
        assert answer.ok
        assert "екінші басылым".encode() in answer.body()


def test_a_bad_line_of_marc_is_named_and_the_text_stays(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    record = Rest(page, site).describe("Қате жол", isbns=[isbn13(701)])
    page.goto(f"/catalog/records/{record}/marc/")
    box = page.locator("#id_text")
    bad = box.input_value() + "\nбұл MARC емес"
    box.fill(bad)
    page.locator("main form.form-marc button[type=submit]").click()
    expect(page.locator("#id_text_error")).to_contain_text(re.compile(r"\d"))
    assert page.locator("#id_text").input_value().replace("\r\n", "\n") == bad


def test_editing_changes_what_visitors_see(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    record = Rest(page, site).describe("Ескі атау", isbns=[isbn13(702)])
    page.goto(f"/catalog/records/{record}/edit/")
    page.locator("#id_title").fill("Жаңа атау")
    page.locator("#description .form-actions button[type=submit]").click()
    page.wait_for_url(f"**/catalog/records/{record}/")
    expect(page.locator("h1")).to_have_text("Жаңа атау")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_with_bad_records_is_reported_record_by_record(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    good = sample("marc/one.dat").read_bytes()
    broken = sample("marc/bad_utf_byte.utf8.marc").read_bytes()
    import_file(page, f"mixed-{language}.mrc", good + broken[:40] + b"\x1d" + good)
    found = counts(page)
    assert sum(found.values()) >= 2
    assert found["rejected"] >= 1
    assert found["read"] == sum(found.values()) - found["read"]
    line = page.locator("main table tbody tr", has=page.locator(".badge-wrong")).first
    assert len(line.locator("td").nth(2).inner_text().strip()) > 15
    rejected = page.request.get(str(page.locator("a[href*='/rejected']").get_attribute("href")))
    assert broken[:30] in rejected.body()


def test_a_cover_is_photographed(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    page.context.grant_permissions(["camera"])
    record = Rest(page, site).describe("Суретке түскен кітап", isbns=[isbn13(703)])
    page.goto(f"/catalog/records/{record}/edit/")
    page.locator("button[data-camera]").click()
    expect(page.locator("#camera")).to_be_visible()
    page.locator("#camera [data-keep]").click()
    expect(page.locator("#camera")).to_be_hidden()
    page.locator("#description .form-actions button[type=submit]").click()
    page.wait_for_url(f"**/catalog/records/{record}/")
    cover = page.locator(".record-cover img")
    expect(cover).to_be_visible()
    assert cover.evaluate("one => one.naturalWidth") > 100
