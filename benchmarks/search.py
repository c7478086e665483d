"""Search latency inside the process: 10,000, 100,000 and (``--large``) 1,000,000 records."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.synthetic import documents, works
from benchmarks.timing import latencies, row


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Build an index of each size, then search it with facets and ask it for suggestions."""
    from kitaphana.catalog.search.index import Index, Query

    for size in [10_000, 100_000] + ([1_000_000] if large else []):
        index = Index.open(folder / f"index-{size}", writable=True)
        began = time.perf_counter()
        index.add(documents(size))
        index.commit(size, "bench")
        index.reload()
        yield row(f"search: build an index of {size:,}", size / (time.perf_counter() - began), "records/s")
        maker = random.Random(3)
        titles = [title for title, *_ in works(2000)]
        queries = [" ".join(maker.choice(titles).split()[: maker.randint(1, 3)]) for _ in range(400)]
        for text in queries[:50]:
            index.search(Query(text=text, limit=20, facets=True))
        seconds, suggestions = [], []
        for text in queries:
            began = time.perf_counter()
            index.search(Query(text=text, limit=20, facets=True))
            seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
            index.suggest(text[:4])
            suggestions.append(time.perf_counter() - began)
        yield from latencies(f"search: {size:,} records, with facets", seconds)
        yield from latencies(f"search: {size:,} records, suggestion", suggestions)
        index.close()
