"""What a librarian's hands do in the browser tests: scanning, counting scans and clicks, and preparing the shelf."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.conftest import Site

SAMPLES = Path(os.environ.get("KITAPHANA_SAMPLES", Path(__file__).parents[3] / "shared" / "samples"))
ALMATY = timedelta(hours=5)
ROUND = int(time.time()) % 800 + 200
"""Three digits of this run, so that a site that was tried before can be tried again."""
TAIL = "".join("абгдезикмн"[int(digit)] for digit in str(ROUND))
"""The same in letters, for names."""


def sample(name: str) -> Path:
    """A real file of records; its absence is forgiven only on a newcomer's machine."""
    if not SAMPLES.is_dir() and "CI" not in os.environ:
        pytest.skip("the sample files are not here")
    return SAMPLES / name


def isbn13(number: int) -> str:
    """A valid ISBN of Kazakhstan (978-601) that no demo book bears: ``number`` has three digits."""
    body = f"978601{ROUND}{number:03d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


@dataclass
class Hands:
    """A librarian at a page, counting what it costs: ``scans`` (a scanner's line with its Enter), ``clicks``, ``keys``
    (single keys such as F3), ``fields`` (fields filled by typing)."""

    page: Page
    counted: dict[str, int] = field(default_factory=lambda: {"scans": 0, "clicks": 0, "keys": 0, "fields": 0})

    def scan(self, text: str) -> Response:
        """Type fast into the focused scan box and press Enter; back when the server's answer is shown."""
        box = self.page.locator("#scan-input")
        self.page.bring_to_front()
        expect(box).to_be_focused()
        self.page.keyboard.type(text)
        with self.page.expect_response(lambda response: response.request.method == "POST") as answer:
            self.page.keyboard.press("Enter")
        expect(box).to_have_value("")
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        self.counted["scans"] += 1
        return answer.value

    def click(self, target: Locator) -> None:
        """One click."""
        target.click()
        self.counted["clicks"] += 1

    def key(self, name: str) -> None:
        """One key."""
        self.page.keyboard.press(name)
        self.counted["keys"] += 1

    def fill(self, target: Locator, text: str) -> None:
        """Type into a field."""
        target.fill(text)
        self.counted["fields"] += 1


@dataclass
class Rest:
    """The REST API as somebody's program: prepares the shelf for a test without the pages it is about."""

    page: Page
    site: Site
    role: str = "librarian"

    def _call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = self.page.request.fetch(
            f"/api/v1/{path}",
            method=method,
            data=body if method != "GET" else None,
            headers={"Authorization": f"Bearer {self.site.facts['users'][self.role]['token']}"},
        )
        assert answer.ok, answer.text()
        found: dict[str, Any] = answer.json()
        return found

    @property
    def library(self) -> str:
        """Code of the demo's first school."""
        return str(self.site.school["code"])

    def search(self, text: str) -> list[dict[str, Any]]:
        """Records found by ``text``."""
        answer = self.page.request.get("/api/v1/catalog/records", params={"q": text, "limit": "20"})
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def describe(self, title: str, **more: Any) -> int:
        """A new edition; returns the record's id."""
        body = {"command_id": str(uuid4()), "library": self.library, "title": title, "language": "kaz", **more}
        return int(self._call("POST", "catalog/records", **body)["id"])

    def receive(self, record: int, copies: int = 1) -> list[str]:
        """Copies of a record by an act of receipt; returns their barcodes."""
        act = self._call(
            "POST",
            "fund/receipts",
            command_id=str(uuid4()),
            library=self.library,
            on=(datetime.now(UTC) + ALMATY).date().isoformat(),
            source="LOCAL_BUDGET",
            document_number="1",
            lines=[{"record": record, "quantity": copies, "price": "1200.00"}],
        )
        return [copy["barcode"] for copy in act["copies"]]

    def lend(self, card: str, barcode: str) -> dict[str, Any]:
        """Lend a copy."""
        return self._call(
            "POST", "circulation/checkouts", command_id=str(uuid4()), library=self.library, card=card, barcode=barcode
        )

    def take_back(self, barcode: str) -> dict[str, Any]:
        """Return a copy."""
        return self._call(
            "POST", "circulation/checkins", command_id=str(uuid4()), library=self.library, barcode=barcode
        )


def own_card(page: Page) -> str:
    """The card number of the signed-in reader."""
    page.goto("/my/card/")
    found = re.search(r"\b\d{12}\b", page.locator("main").inner_text())
    assert found, "the card shows no number"
    return found.group()


def switch_language(page: Page, language: str) -> None:
    """Use the switch in the top bar."""
    page.locator("details.dropdown summary", has=page.locator(".dropdown-code")).click()
    page.locator(f"button[name=language][value={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
