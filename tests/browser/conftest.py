"""A real server over a fresh demo, driven by a real browser; at the end the books must agree."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
KITAPHANA = str(Path(sys.executable).parent / "kitaphana")
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--use-fake-device-for-media-stream"]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """The running installation."""

    address: str
    data: Path
    facts: dict[str, Any]
    environment: dict[str, str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``kitaphana …`` beside the server, on the same data."""
        return subprocess.run(
            [KITAPHANA, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )

    @property
    def school(self) -> dict[str, Any]:
        """The demo's first school."""
        return self.facts["libraries"][0]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo installation served by ``kitaphana serve``; ``kitaphana check`` must pass when all is done.

    ``KITAPHANA_SITE`` (data folder) and ``KITAPHANA_SITE_URL`` name a running demo to use instead.
    """
    if running := os.environ.get("KITAPHANA_SITE"):  # a demo that is served already: quick rounds while writing tests
        facts = json.loads((Path(running) / "demo.json").read_text(encoding="utf-8"))
        yield Site(os.environ["KITAPHANA_SITE_URL"], Path(running), facts, {**os.environ, "KITAPHANA_DATA": running})
        return
    data = tmp_path_factory.mktemp("site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "DATABASE_URL"))},
        "KITAPHANA_DATA": str(data),
        "PORT": str(port),
        "KITAPHANA_LOG": "WARNING",
    }
    environment.pop("KITAPHANA_SECRET_KEY", None)
    for command in (
        (
            "collectstatic",
            "--noinput",
            "--verbosity",
            "0",
            "--ignore",
            "*.map",
            "--ignore",
            "redoc*",
            "--ignore",
            "swagger*",
        ),
        ("migrate", "--verbosity", "0"),
        ("demo",),
    ):
        subprocess.run([KITAPHANA, *command], env=environment, check=True, timeout=300)
    log = (data / "server.log").open("wb")
    server = subprocess.Popen([KITAPHANA, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/readyz")
        facts = json.loads((data / "demo.json").read_text(encoding="utf-8"))
        site = Site(address, data, facts, environment)
        yield site
        checked = site.command("check")
        assert checked.returncode == 0, checked.stdout
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail("the server did not start")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.getuid() == 0 else FLAGS
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(role, language, phone=False)``: a page signed in as the demo's user of that role (None: nobody).

    Any request that leaves the site, any script error and any answer of 500 fails the test.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(role: str | None = None, language: str = "kk", *, phone: bool = False) -> Page:
        size = {"width": 375, "height": 740} if phone else {"width": 1280, "height": 800}
        context = browser.new_context(viewport=size, locale="kk-KZ", base_url=site.address)
        context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site.address, "data:", "blob:"))
                else troubles.append(f"leaves the site: {request.url}")
            ),
        )
        page.on(
            "response",
            lambda response: troubles.append(f"{response.status}: {response.url}") if response.status >= 500 else None,
        )
        page.on(
            "console",
            lambda message: (
                troubles.append(f"console: {message.text}")
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        if role is not None:
            user = site.facts["users"][role]
            page.goto("/sign-in/")
            page.fill("input[name=username]", user["login"])
            page.fill("input[name=password]", user["password"])
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
