"""Lending and returning through the commands, on the installation's database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import latencies, row

COUNT = 2500


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Lend COUNT copies, return them."""
    from benchmarks.world import library, stock
    from kitaphana.circulation import services as circulation
    from kitaphana.core import clock, ids
    from kitaphana.core.access import SYSTEM

    cards, barcodes = stock()
    place = library()
    seconds = []
    began = time.perf_counter()
    for number, barcode in enumerate(barcodes[:COUNT]):
        start = time.perf_counter()
        circulation.check_out(
            actor=SYSTEM, library=place, card=cards[number % len(cards)], barcode=barcode, at=clock.now(),
            command_id=ids.new_id(),
        )  # fmt: skip
        seconds.append(time.perf_counter() - start)
    yield row("checkout: service", COUNT / (time.perf_counter() - began), "loans/s")
    yield from latencies("checkout: service", seconds)
    began = time.perf_counter()
    for barcode in barcodes[:COUNT]:
        circulation.check_in(actor=SYSTEM, library=place, barcode=barcode, at=clock.now(), command_id=ids.new_id())
    yield row("checkin: service", COUNT / (time.perf_counter() - began), "returns/s")
