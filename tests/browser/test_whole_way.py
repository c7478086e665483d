"""From a librarian's proposal to a pupil's hands: the national list, the plan, the money, the shelf, the roadmap."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.sixty_schools import PASSWORD, SCHOOLS
from tests.browser.steps import ROUND, Hands, Rest, isbn13

OpenPage = Callable[..., Page]
PRICE = Decimal("1850.50")
NORM = 2
"""Pupils to a copy: each school needs two, and the first of five equal years buys one of them."""
MEASURE = "L6"
"""The roadmap's planned renewal of the core fund."""


@pytest.fixture
def way(site: Site) -> dict[str, Any]:
    """A district of sixty schools and a list that gathers proposals."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.sixty_schools", str(ROUND)],
        env=site.environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    facts: dict[str, Any] = json.loads(made.stdout)
    return facts


@pytest.fixture
def enter(open_page: OpenPage) -> Callable[[str], Page]:
    """A page signed in as somebody, in English: one for each person."""
    pages: dict[str, Page] = {}

    def entered(login: str) -> Page:
        if login not in pages:
            page = pages[login] = open_page(None, "en")
            page.goto("/sign-in/")
            page.fill("input[name=username]", login)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return pages[login]

    return entered


def figure(page: Page, label: str) -> Decimal:
    """The figure of a tile."""
    text = page.locator(".tile", has=page.get_by_text(label, exact=True)).locator(".tile-value").inner_text()
    return Decimal(re.sub(r"[^\d.]", "", text))


def test_a_title_goes_the_whole_way(site: Site, way: dict[str, Any], enter: Callable[[str], Page]) -> None:
    rest = Rest(enter("librarian"), site)
    title = f"Сарыжайлау хикаясы {ROUND}"
    rest.describe(title, isbns=[isbn13(777)], authors=["Жайлауов, Сәкен"])
    version = publish(way, enter, title, isbn13(777))
    recount(way, enter)
    before = roadmap(enter, way["district"])
    plan(way, enter, title)
    order, ordered = buy(way, enter)
    receive(way, enter, order)
    lend(way, enter, title)
    recount(way, enter)
    after = roadmap(enter, way["district"])
    assert version
    assert after - before == ordered == SCHOOLS


def publish(way: dict[str, Any], enter: Callable[[str], Page], title: str, isbn: str) -> str:
    """Proposed by the school's librarian, scored, voted, approved by both ministries, published."""
    page = enter(way["librarian"])
    page.goto(f"/lists/{way['list']}/propose/")
    page.fill("#q", isbn)
    page.keyboard.press("Enter")
    page.get_by_label("One copy for so many pupils").fill(str(NORM))
    page.get_by_label("Grade from").fill("6")
    page.get_by_label("Grade to").fill("6")
    page.get_by_label("Justification").fill("Балалар сұрайды, кітапханада жоқ.")
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.locator("main")).to_contain_text(title)

    keeper = enter(way["keeper"])
    keeper.goto(f"/lists/{way['list']}/")
    keeper.get_by_role("link", name="Version 1").click()
    version = keeper.url
    step(keeper, "Give to the experts")
    for login in way["experts"]:
        expert = enter(login)
        expert.goto(version)
        expert.get_by_role("link", name="My score sheet").click()
        for field in expert.locator(".core-points").all():
            field.fill("9")
        expert.get_by_role("button", name="Save all").click()
    keeper.goto(version)
    step(keeper, "Open the vote")
    for login in way["experts"]:
        expert = enter(login)
        expert.goto(version)
        expert.get_by_role("link", name="My ballot").click()
        vote = expert.locator("button[value=YES]")
        vote.click()
        expect(vote).to_have_attribute("aria-pressed", "true")
    keeper.goto(version)
    step(keeper, "Close the vote")
    for login in ("ministry", "ministry-culture"):
        ministry = enter(login)
        ministry.goto(version)
        step(ministry, "Approve")
    keeper.goto(version)
    step(keeper, "Publish")
    expect(keeper.locator("main")).to_contain_text("Version 1, published")
    visitor = enter(way["librarian"])
    answer = visitor.request.get(f"{version}list.csv")
    assert title in answer.text()
    return version


def step(page: Page, name: str) -> None:
    """A signed step of the route."""
    page.get_by_role("button", name=name, exact=True).click()


def plan(way: dict[str, Any], enter: Callable[[str], Page], title: str) -> None:
    """The title is a gap of sixty schools; the methodist plans to close it in a year."""
    page = enter(way["methodist"])
    recount(way, enter)
    page.goto(f"/renewal/?node={way['district']}&list={way['list']}")
    page.get_by_role("link", name=title).click()
    expect(page.locator("main tbody tr")).to_have_count(SCHOOLS)
    page.goto(f"/renewal/plan/?node={way['district']}&list={way['list']}")
    page.get_by_role("button", name="Make a plan").click()
    expect(page.locator("main tbody tr")).to_have_count(5)


def recount(way: dict[str, Any], enter: Callable[[str], Page]) -> None:
    """Count the coverage at once instead of waiting for the minute."""
    page = enter(way["methodist"])
    page.goto(f"/renewal/?node={way['district']}&list={way['list']}")
    page.get_by_role("button", name="Count anew").click()


def buy(way: dict[str, Any], enter: Callable[[str], Page]) -> tuple[str, int]:
    """Estimated from the plan, approved by the department, budgeted, ordered in one consolidated order."""
    page, department = enter(way["methodist"]), enter(way["department"])
    page.get_by_role("link", name=re.compile(r"^20\d\d$")).first.click()
    page.get_by_role("button", name="Make an estimate").click()
    estimate = page.url
    price = page.locator("input[name^=price-]")
    price.fill(str(PRICE))
    page.get_by_role("button", name="Save the prices").click()
    volumes = int(figure(page, "Volumes"))
    year = re.search(r"20\d\d", page.locator(".page-head").inner_text())
    assert year
    page.get_by_role("button", name="Send for approval").click()
    department.goto(estimate)
    department.get_by_role("button", name="Approve", exact=True).click()
    department.goto(f"/purchases/budgets/?node={way['district']}&year={year.group()}")
    department.get_by_label("Sum, ₸").fill(str(PRICE * volumes))
    department.get_by_label("Reason").fill("Жыл бюджеті")
    department.get_by_role("button", name="Change the budget").click()

    page.goto(f"/purchases/prices/?node={way['district']}")
    page.get_by_label("Name", exact=True).fill("Сарыжайлау кітабы")
    page.get_by_label("BIN").fill("050440001239")
    page.get_by_role("button", name="Add a supplier").click()
    page.goto(estimate)
    page.get_by_role("button", name="Make an order").click()
    page.get_by_role("button", name="Place the order").click()
    expect(page.locator(".page-head")).to_contain_text("Order placed")
    assert figure(page, "Free in the budget, ₸") == 0
    return page.url, volumes


def receive(way: dict[str, Any], enter: Callable[[str], Page], order: str) -> None:
    """Each school takes its part into the fund by an act: the first by its librarian, the others by a stand-in."""
    for number, school in enumerate(way["schools"][:2]):
        page = enter("administrator" if number else way["librarian"])
        page.goto(f"{order}receive/?library={school}")
        page.get_by_label("Number of the delivery note").fill(f"ТТН-{number}")
        page.get_by_role("button", name="Take into the fund").click()
        expect(page.locator(".page-head")).to_contain_text("Act of receipt")
    # The same form, sent without drawing the page: fifty-eight times.
    request = enter("administrator").request
    for school in way["schools"][2:]:
        form = request.get(f"{order}receive/?library={school}").text()
        fields = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', form))
        kept = ("csrfmiddlewaretoken", "command_id", "library", "on", "q-")
        sent = {name: value for name, value in fields.items() if name.startswith(kept)} | {"document": "ТТН-2"}
        answer = request.post(f"{order}receive/?library={school}", form=sent, headers={"Referer": order})
        assert "Act of receipt" in answer.text(), school
    page = enter(way["methodist"])
    page.goto(order)
    expect(page.locator(".page-head")).to_contain_text(re.compile("delivered"))


def lend(way: dict[str, Any], enter: Callable[[str], Page], title: str) -> None:
    """A pupil borrows the book."""
    page = enter(way["librarian"])
    page.goto(f"/fund/copies/?library={way['schools'][0]}")
    barcode = re.search(r"\b2\d{12}\b", page.locator("main").inner_text())
    assert barcode, "the fund shows no barcode"
    page.goto("/desk/")
    hands = Hands(page)
    hands.scan(way["card"])
    hands.scan(barcode.group())
    expect(page.locator("[data-result=success]")).to_be_visible()
    expect(page.locator("#desk tbody")).to_contain_text(title)


def roadmap(enter: Callable[[str], Page], node: str) -> int:
    """Copies of the core lists held, as the roadmap's board counts them."""
    page = enter("ministry")
    page.goto(f"/roadmap/measures/{MEASURE}/?node={node}")
    return int(figure(page, "copies provided"))
