"""A librarian's day without a mouse: every step by keys and scanner, the focus always in sight, never lost, never caught."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import ROUND, Hands, Rest, isbn13

OpenPage = Callable[..., Page]
FAR = 120
"""More presses of Tab than any page of the day needs."""

SEEN = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return {name: "", faults: ["nothing has the focus"]};
  const name = node.outerHTML.slice(0, 140);
  const box = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  const faults = [];
  if (box.width < 2 || box.height < 2 || style.visibility !== "visible") faults.push("not to be seen");
  if (box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth) faults.push("out of sight");
  else {
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const mine = top && (node.contains(top) || top.contains(node) || [...(node.labels ?? [])].some((one) => one.contains(top)));
    if (!mine) faults.push(`covered by ${top?.outerHTML.slice(0, 80)}`);
  }
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  if (!ring) faults.push(`no ring: ${style.outlineStyle} ${style.outlineWidth}`);
  return {name, faults};
}"""


class Keys(Hands):
    """Hands that own no mouse; wherever they stop, the focus must be in sight with its ring."""

    def look(self) -> None:
        """The focused element is visible, uncovered and ringed."""
        seen: dict[str, Any] = self.page.evaluate(SEEN)
        assert seen["faults"] == [], (self.page.url, seen)

    def tab_to(self, target: Locator, *, back: bool = False) -> None:
        """Press Tab (Shift+Tab) until ``target`` has the focus, looking at every stop.

        Between the last stop and the first the browser's own bar has its turn; that happens once.
        """
        expect(target).to_be_visible()
        outside = 0
        for _step in range(FAR):
            self.key("Shift+Tab" if back else "Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                outside += 1
                assert outside == 1, f"the focus is lost on {self.page.url}"
                continue
            self.look()
            if target.evaluate("node => node === document.activeElement"):
                return
        pytest.fail(f"{target} is not reached by Tab on {self.page.url}")

    def press(self, target: Locator, *, back: bool = False) -> None:
        """Tab to a link or a button and press Enter on it."""
        self.tab_to(target, back=back)
        self.key("Enter")

    def write(self, target: Locator, text: str, *, back: bool = False) -> None:
        """Tab to a field and type; Enter inside the text is a new line."""
        self.tab_to(target, back=back)
        self.page.keyboard.type(text)
        self.counted["fields"] += 1

    def settled(self) -> None:
        """What was typed has been kept by the server."""
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


@pytest.fixture(autouse=True)
def no_mouse(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this file a click of the mouse is a failure."""

    def refuse(*_arguments: Any, **_more: Any) -> None:
        pytest.fail("the mouse was used")

    for owner, names in ((Locator, ("click", "dblclick", "hover", "tap", "check")), (Page, ("click", "hover", "tap"))):
        for name in names:
            monkeypatch.setattr(owner, name, refuse)


def sign_in(page: Page, site: Site) -> Keys:
    """By keys from the sign-in page to the first page of the day."""
    keys = Keys(page)
    user = site.facts["users"]["librarian"]
    page.goto("/sign-in/")
    page.bring_to_front()
    name = page.locator("input[name=username]")
    if not name.evaluate("node => node === document.activeElement"):
        keys.tab_to(name)
    keys.look()
    page.keyboard.type(user["login"])
    keys.write(page.locator("input[name=password]"), user["password"])
    keys.key("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return keys


def lend_and_take_back(keys: Keys, card: str, books: list[str]) -> None:
    """F2, the card, the books; F3, the books."""
    page = keys.page
    keys.key("F2")
    page.wait_for_url("**/desk/")
    keys.scan(card)
    keys.look()
    for book in books:
        keys.scan(book)
        keys.look()
        expect(page.locator("[data-result=success]").first).to_be_visible()
        expect(page.locator("#desk tbody").first).to_contain_text(book)
    keys.key("F3")
    page.wait_for_url("**/desk/return/")
    for book in books:
        keys.scan(book)
        keys.look()
        expect(page.locator("[data-result=success]").first).to_be_visible()


def find_by_suggestion(keys: Keys, text: str) -> None:
    """``/``, a few letters, the arrow, Enter: the record is open."""
    page = keys.page
    keys.key("Shift+Tab")  # out of the scan box, where «/» is a letter
    keys.look()
    keys.key("/")
    box = page.locator("[data-key='/']").first
    expect(box).to_be_focused()
    keys.look()
    page.keyboard.type(text)
    expect(page.locator(".suggest-item").first).to_be_visible()
    keys.key("ArrowDown")
    chosen = page.locator(".suggest-item[aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    keys.key("Enter")
    page.wait_for_url(re.compile(r"/catalog/records/\d+/|/catalog/\?"))


def test_a_day_is_worked_without_a_mouse(site: Site, open_page: OpenPage) -> None:
    page = open_page(None, "kk")
    rest = Rest(page, site)
    title = f"Пернетақта {ROUND}"
    isbns = [isbn13(970), isbn13(971)]
    records = [rest.describe(f"{title} {isbn}", isbns=[isbn]) for isbn in isbns]
    books = rest.receive(records[0], copies=3)

    keys = sign_in(page, site)
    lend_and_take_back(keys, site.school["cards"][1], books)
    find_by_suggestion(keys, "абай")
    expect(page.locator("main h1")).to_be_visible()

    # The parcel: scans, the number of the document, the act.
    keys.press(page.locator(".nav a[href='/fund/']").first)
    page.wait_for_url("**/fund/")
    keys.press(page.locator("main a[href^='/fund/receipts/new/']").first)
    page.wait_for_url("**/fund/receipts/new/**")
    for isbn in isbns:
        keys.scan(isbn)
        keys.scan("2*1500")
    keys.look()
    keys.write(page.locator("#h-number"), f"К-{ROUND}")
    keys.key("Tab")
    keys.settled()
    keys.press(page.locator("button[name=action][value=post]"), back=True)
    page.wait_for_url("**/fund/acts/*/")
    expect(page.locator("main")).to_contain_text(f"К-{ROUND}")
    expect(page.locator(".tile-value").first).to_have_text("4")
    act = page.url

    # The list of acts leads back to the act; its labels name the copies.
    keys.press(page.locator(".nav a[href='/fund/']").first)
    page.wait_for_url("**/fund/")
    keys.press(page.locator(f"main a[href='{act.removeprefix(site.address)}']").first)
    page.wait_for_url(act)
    keys.press(page.locator("a[href*='/fund/labels/'][href*='act=']"))
    page.wait_for_url("**/fund/labels/**")
    labels = page.locator("main table tbody td[data-label]:nth-child(3)").all_inner_texts()
    assert len(labels) == 4

    # One of them leaves the fund.
    keys.press(page.locator(".nav a[href='/fund/']").first)
    page.wait_for_url("**/fund/")
    keys.press(page.locator("main a[href^='/fund/write-offs/new/']").first)
    page.wait_for_url("**/fund/write-offs/new/**")
    keys.scan(labels[0])
    commission = page.locator("#h-commission")
    keys.tab_to(commission)
    keys.key("Control+a")
    page.keyboard.type("Серікова А. Б., директор\nОмаров Д. К., мұғалім\nКим Е. В., есепші")
    keys.tab_to(page.locator("#h-grounds"))
    keys.key("Control+a")
    page.keyboard.type("№ 12 бұйрық")
    keys.key("Tab")
    keys.settled()
    keys.press(page.locator("button[name=action][value=post]"), back=True)
    page.wait_for_url("**/fund/acts/*/")
    expect(page.locator(".tile-value").first).to_contain_text("1")


@pytest.mark.parametrize(("language", "number"), [("ru", 972), ("en", 973)])
def test_a_book_is_lent_by_keys_in_other_languages(site: Site, open_page: OpenPage, language: str, number: int) -> None:
    page = open_page(None, language)
    rest = Rest(page, site)
    books = rest.receive(rest.describe(f"Пернетақта {number}", isbns=[isbn13(number)]))
    keys = sign_in(page, site)
    lend_and_take_back(keys, site.school["cards"][1], books)
    find_by_suggestion(keys, "абай")


def test_the_first_tab_offers_the_way_past_the_menu(site: Site, open_page: OpenPage) -> None:
    page = open_page(None, "kk")
    keys = Keys(page)
    page.goto("/catalog/?q=абай")
    keys.key("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    keys.look()
    keys.key("Enter")
    expect(page.locator("#main")).to_be_focused()
    keys.key("Tab")
    keys.look()
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_dropdowns_and_suggestions_close_on_escape(site: Site, open_page: OpenPage) -> None:
    page = open_page(None, "kk")
    keys = Keys(page)
    page.goto("/catalog/")
    language = page.locator("details.dropdown summary", has=page.locator(".dropdown-code"))
    keys.press(language)
    expect(page.locator("button[name=language]").first).to_be_visible()
    keys.key("Tab")
    keys.look()
    keys.key("Escape")
    expect(page.locator("button[name=language]").first).to_be_hidden()
    expect(language).to_be_focused()
    keys.look()
    keys.tab_to(page.locator("main a, main button").first)
    keys.key("/")
    page.keyboard.type("аба")
    expect(page.locator(".suggest-item").first).to_be_visible()
    keys.key("Escape")
    expect(page.locator(".suggest-item").first).to_be_hidden()
    expect(page.locator("[data-key='/']").first).to_have_value("аба")


def test_a_dialog_keeps_the_focus_and_gives_it_back(site: Site, open_page: OpenPage) -> None:
    page = open_page(None, "kk")
    keys = Keys(page)
    page.goto("/design/")
    opener = page.locator("[data-dialog-open]").first
    keys.press(opener)
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    stops = set()
    for _step in range(12):
        keys.key("Tab")
        # Past the last stop the browser's own bar has its turn; the page behind never has.
        where = page.evaluate(
            "() => { const node = document.activeElement; const inside = !!node.closest('dialog[open]');"
            " return inside ? node.outerHTML : node === document.body ? '' : 'behind: ' + node.outerHTML }"
        )
        assert not where.startswith("behind"), where
        if where and not where.startswith("<dialog"):
            keys.look()
            stops.add(where)
    assert len(stops) >= 3, stops
    keys.key("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    keys.look()
