"""MARC import through the command that pages and the command line use, with indexing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.synthetic import marc
from benchmarks.timing import row

COUNT = 20_000


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Import a file of made-up records and bring the index up to date."""
    from benchmarks.world import library
    from kitaphana.catalog import indexing
    from kitaphana.catalog import services as catalog
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.formats import iso2709

    path = folder / "bench.mrc"
    with path.open("wb") as stream:
        for record in marc(COUNT):
            stream.write(iso2709.write(record))
    began = time.perf_counter()
    with path.open("rb") as stream:
        report = catalog.import_marc(
            actor=SYSTEM, library=library(), stream=stream, file_name=path.name, at=clock.now()
        )
    stored = time.perf_counter() - began
    indexing.bring_up_to_date()
    assert report.read == COUNT
    assert report.rejected == 0
    yield row(f"import: {COUNT:,} MARC records stored", COUNT / stored, "records/s")
    yield row(f"import: {COUNT:,} MARC records stored and indexed", COUNT / (time.perf_counter() - began), "records/s")
