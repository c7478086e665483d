"""The real server over loopback HTTP: lending through REST, pages, memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.timing import latencies, row

PORT = 8391
BASE = f"http://127.0.0.1:{PORT}"
CHECKOUTS = 400
PAGES = 150


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Start ``kitaphana serve``, lend over REST, open pages, read its memory, stop it."""
    from benchmarks.world import library, stock
    from kitaphana.people.enums import Role
    from kitaphana.people.models import RoleAssignment, User
    from kitaphana.people.services import make_token

    cards, barcodes = stock()
    place = library()
    user = User.objects.create_user("bench", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=place, role=Role.LIBRARIAN)
    token = make_token(user)
    program = Path(sys.executable).parent / "kitaphana"
    began = time.perf_counter()
    server = subprocess.Popen([program, "serve", "--port", str(PORT)], env=os.environ)
    try:
        _wait(f"{BASE}/readyz")
        yield row("http: start to first answer", time.perf_counter() - began, "s")
        yield from _checkouts(token, place.code, cards, barcodes[-CHECKOUTS:])
        for name, path in (("home", "/"), ("search", "/catalog/?q=%D0%BA%D1%96%D1%82%D0%B0%D0%BF")):
            seconds = [_timed(lambda path=path: _get(path)) for _ in range(PAGES)]
            yield from latencies(f"http: page {name}", seconds)
            with ThreadPoolExecutor(4) as pool:
                seconds = list(pool.map(lambda _, path=path: _timed(lambda: _get(path)), range(PAGES)))
            yield from latencies(f"http: page {name}, 4 clients", seconds)
        yield row("http: memory of the server's processes", _memory(server.pid) / 1e6, "MB")
    finally:
        server.terminate()
        server.wait(20)


def _checkouts(token: str, library: str, cards: list[str], barcodes: list[str]) -> Iterator[dict[str, Any]]:
    def lend(number: int) -> float:
        body = {
            "command_id": str(uuid.uuid4()),
            "library": library,
            "card": cards[number % len(cards)],
            "barcode": barcodes[number],
        }
        request = urllib.request.Request(
            f"{BASE}/api/v1/circulation/checkouts",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        return _timed(lambda: urllib.request.urlopen(request, timeout=10).read())

    half = len(barcodes) // 2
    yield from latencies("http: checkout, 1 client", [lend(number) for number in range(half)])
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        seconds = list(pool.map(lend, range(half, len(barcodes))))
    yield row("http: checkouts, 4 clients", len(seconds) / (time.perf_counter() - began), "loans/s")
    yield from latencies("http: checkout, 4 clients", seconds)


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _get(path: str) -> bytes:
    with urllib.request.urlopen(BASE + path, timeout=10) as answer:
        return bytes(answer.read())


def _wait(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _memory(pid: int) -> float:
    """Resident bytes of a process and its children (Linux), shared pages counted once by PSS where readable."""
    total = 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    for one in [str(pid), *children]:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total
