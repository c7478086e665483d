"""The MARC editor by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import ROUND, Rest, isbn13

OpenPage = Callable[..., Page]


def test_a_record_is_made_in_marc_by_keyboard(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    page.goto("/catalog/records/new/marc/?template=fiction")
    box = page.locator("#id_text")
    expect(page.locator("#findings")).to_contain_text("245")  # no title yet
    box.evaluate("one => { const at = one.value.indexOf('=245') + 9; one.focus(); one.setSelectionRange(at, at); }")
    page.keyboard.type(f"Пернемен жазылған кітап {ROUND}")
    expect(page.locator("#marc-help")).to_contain_text("$a Атауы")
    expect(page.locator("#findings .badge-wrong")).to_have_count(0)
    # A new field: Enter, the tag; its indicators come by themselves.
    page.keyboard.press("Enter")
    page.keyboard.type("500")
    page.keyboard.type("Ескертпе")
    assert "\n=500 ##$aЕскертпе\n" in box.input_value()
    page.keyboard.press("Alt+ArrowUp")
    lines = box.input_value().split("\n")
    place = lines.index("=500 ##$aЕскертпе")
    assert lines[place + 1].startswith("=245")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("501")
    page.keyboard.press("Control+d")
    assert "=501" not in box.input_value()
    # A wrong ISBN is named while it is typed, and the finding leads to its line.
    text = box.input_value().replace("=020 ##$a", "=020 ##$a978-601-7002-01-6")
    box.fill(text)
    expect(page.locator("#findings .badge-wrong")).to_have_count(1)
    page.locator("#findings [data-line]").first.click()
    assert box.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)").startswith("=020")
    page.keyboard.press("Control+s")
    expect(page.locator(".field-error").first).to_contain_text("ISBN")
    box.fill(box.input_value().replace("978-601-7002-01-6", isbn13(710)))
    page.keyboard.press("Control+s")
    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert "Ескертпе" in page.locator("#id_text").input_value()


def test_fixed_fields_are_chosen_in_words(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    record = Rest(page, site).describe("Кодтар", isbns=[isbn13(711)], year=2020)
    page.goto(f"/catalog/records/{record}/marc/")
    page.locator("[data-tools] button").nth(1).click()
    form = page.get_by_label("Литературная форма")
    expect(form).to_be_visible()
    form.select_option("p")
    page.get_by_label("Читательское назначение").select_option("d")
    page.locator("#fixed .dialog-foot [data-dialog-close]").click()
    fixed = next(one for one in page.locator("#id_text").input_value().split("\n") if one.startswith("=008"))
    assert (fixed[5 + 33], fixed[5 + 22], len(fixed)) == ("p", "d", 45)
    page.locator("[data-tools] button").first.click()
    page.get_by_label("Правила описания").select_option("a")
    page.keyboard.press("Escape")
    page.locator("main form.form-marc button[type=submit]").click()
    expect(page.locator("#messages .alert-success")).to_be_visible()
    text = page.locator("#id_text").input_value()
    assert text.startswith("=LDR 00000nam a2200000 a")
