"""The readers' catalogue over loopback HTTP at 100,000 records: result pages with facets, and suggestions."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.http import BASE, PORT, _memory, _wait
from benchmarks.synthetic import marc, works
from benchmarks.timing import latencies, row

RECORDS = 100_000
ASKED = 400
"""Requests of each kind; each asks for other words, so that no answer is remembered from the one before."""


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Import RECORDS records, index them, start ``kitaphana serve``, search as 1 and as 4 readers at once."""
    from benchmarks.world import library
    from kitaphana.catalog import indexing
    from kitaphana.catalog import services as catalog
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.formats import iso2709

    place = library()
    path = folder / "opac.mrc"
    with path.open("wb") as stream:
        for record in marc(RECORDS):
            stream.write(iso2709.write(record))
    began = time.perf_counter()
    with path.open("rb") as stream:
        report = catalog.import_marc(actor=SYSTEM, library=place, stream=stream, file_name=path.name, at=clock.now())
    indexing.bring_up_to_date()
    assert report.rejected == 0
    yield row(f"opac: {RECORDS:,} records imported and indexed", RECORDS / (time.perf_counter() - began), "records/s")

    server = subprocess.Popen([sys.executable, "-m", "kitaphana.cli", "serve", "--port", str(PORT)], env=os.environ)
    try:
        _wait(f"{BASE}/readyz")
        pages, suggestions = _addresses()
        for address in pages[:40] + suggestions[:40]:
            _Reader().get(address)
        for what, addresses in (("result page", pages[40:]), ("suggestion", suggestions[40:])):
            for readers in (1, 4):
                yield from _ask(f"opac: {what}, {RECORDS:,} records", addresses, readers)
        yield row("opac: memory of the server's processes", _memory(server.pid) / 1e6, "MB")
    finally:
        server.terminate()
        server.wait(20)


def _addresses() -> tuple[list[str], list[str]]:
    """Result pages of one to three words of made-up titles; beginnings of such titles."""
    maker = random.Random(3)
    titles = [title for title, *_ in works(2000)]
    pages, suggestions = [], []
    for _number in range(ASKED + 40):
        words = maker.choice(titles).split()
        pages.append("/catalog/?q=" + quote(" ".join(words[: maker.randint(1, 3)])))
        suggestions.append("/catalog/suggest?q=" + quote(words[0][: maker.randint(2, 6)]))
    return pages, suggestions


class _Reader:
    """A browser: one connection that is kept, opened anew when the server has closed it."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)

    def get(self, path: str) -> float:
        """Fetch a page whole; the seconds it took."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": "language=kk"})
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        return time.perf_counter() - began


def _ask(what: str, addresses: list[str], readers: int) -> Iterator[dict[str, Any]]:
    own = threading.local()

    def get(path: str) -> float:
        if not hasattr(own, "reader"):
            own.reader = _Reader()
        return float(own.reader.get(path))

    began = time.perf_counter()
    with ThreadPoolExecutor(readers) as pool:
        seconds = list(pool.map(get, addresses))
    name = f"{what}, {readers} client{'s' if readers > 1 else ''}"
    yield row(name, len(seconds) / (time.perf_counter() - began), "requests/s")
    yield from latencies(name, seconds)
