"""Every page a role can open from its menu: accessible, small, whole, in its language."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site

PUBLIC = [
    "/", "/catalog/", "/catalog/?q=абай", "/sign-in/", "/design/", "/lists/", "/lists/route/", "/lists/versions/1/",
    "/give/", "/give/1/", "/give/1/?own=1", "/catalog/browse/", "/catalog/classes/udc/", "/catalog/records/1/",
]  # fmt: skip
STAFF = [
    "/desk/", "/desk/return/", "/desk/holds/", "/desk/overdue/", "/desk/policies/", "/people/", "/people/new/",
    "/people/import/", "/people/classes/", "/people/classes/promote/", "/fund/", "/fund/receipts/new/",
    "/fund/write-offs/new/", "/fund/inventory-book/", "/fund/summary-book/", "/fund/labels/", "/fund/copies/",
    "/fund/cards/", "/fund/transfers/", "/fund/transfers/new/", "/fund/approvals/", "/fund/periods/", "/catalog/import/",
    "/catalog/records/new/", "/network/", "/numbers/", "/jobs/", "/journal/", "/textbooks/", "/textbooks/debts/",
    "/textbooks/sets/", "/textbooks/provision/", "/textbooks/redistribution/", "/textbooks/classes/64/",
    "/fund/stocktaking/", "/fund/stocktaking/new/", "/fund/weeding/", "/numbers/diary/", "/numbers/annual/",
    "/lists/", "/lists/1/", "/lists/1/propose/", "/lists/waiting/", "/lists/groups/", "/lists/versions/2/",
    "/textbooks/orders/", "/textbooks/orders/1/", "/textbooks/used-up/", "/renewal/", "/renewal/?only=all",
    "/renewal/plan/", "/rules/", "/rules/1/", "/fund/opening/", "/fund/accounting/", "/curriculum/works/",
    "/curriculum/works/1/", "/curriculum/works/classes/", "/curriculum/works/import/", "/letters/", "/reports/", "/reports/1/",
    "/reports/new/?example=fund", "/reports/records/?source=ledger&row=kind", "/serials/", "/serials/subscriptions/",
    "/serials/subscriptions/1/", "/serials/subscriptions/new/", "/catalog/records/new/?template=periodical",
    "/catalog/records/new/marc/", "/catalog/records/1/marc/", "/copy/", "/quality/", "/authorities/",
]  # fmt: skip
METHODIST = [
    "/purchases/", "/purchases/estimates/new/", "/purchases/estimates/1/", "/purchases/orders/", "/purchases/orders/1/",
    "/purchases/deliveries/1/", "/purchases/budgets/", "/purchases/budgets/1/", "/purchases/prices/", "/roadmap/",
    "/roadmap/measures/L6/", "/roadmap/compare/", "/indicators/", "/indicators/U1/", "/indicators/registry/",
    "/indicators/compare/?node=BUR-003", "/submissions/", "/submissions/2/", "/submissions/consolidated/",
    "/submissions/draft/?node=BUR-017&kind=NEDB", "/give/campaigns/", "/give/campaigns/new/", "/give/campaigns/1/",
    "/give/campaigns/pledges/2/",
]  # fmt: skip
READER = ["/my/", "/my/history/", "/my/lists/"]
PAGES = (
    [(None, path) for path in PUBLIC]
    + [("librarian", path) for path in STAFF]
    + [("methodist", path) for path in METHODIST]
    + [("reader", path) for path in READER]
)
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("role", [None, "librarian", "methodist", "reader"])
def test_pages_are_accessible_and_fit_a_laptop_and_a_phone(
    site: Site, open_page: OpenPage, role: str | None, language: str
) -> None:
    wrong = []
    for phone in (False, True):
        page = open_page(role, language, phone=phone)
        for owner, path in PAGES:
            if owner != role:
                continue
            answer = page.goto(path)
            assert answer is not None
            if answer.status != 200:
                wrong.append((path, answer.status))
                continue
            if page.locator("html").get_attribute("lang") != language:
                wrong.append((path, "lang"))
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                wrong.append((path, f"{'phone' if phone else 'laptop'}: {wide} px too wide"))
            # What axe looks at is the same in every language; the width of the words is not.
            if not phone and language == "kk":
                found = Axe().run(page).response["violations"]
                wrong += [(path, one["id"], one["nodes"][0]["html"][:120]) for one in found]
    assert wrong == []


def test_the_first_page_is_light(site: Site, open_page: OpenPage) -> None:
    page = open_page()
    sizes = {}

    def keep(response: object) -> None:
        body = response.body()  # type: ignore[attr-defined]
        kind = response.headers.get("content-type", "")  # type: ignore[attr-defined]
        packed = body if "font" in kind or "image/webp" in kind else gzip.compress(body)
        sizes[response.url] = len(packed)  # type: ignore[attr-defined]

    page.on("response", keep)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 150_000, sizes


def test_the_menu_leads_where_the_keys_lead(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian")
    page.goto("/people/")
    page.keyboard.press("F2")
    page.wait_for_url("**/desk/")
    page.keyboard.press("F3")
    page.wait_for_url("**/desk/return/")
    page.keyboard.press("F4")
    page.wait_for_url("**/people/")
