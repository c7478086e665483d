"""The union catalogue of the country: a million records held by 8,000 libraries, imported, indexed, searched over HTTP.

``python -m benchmarks union --records 100000 --libraries 800`` is a quick try; the bars are for a million on 2 cores.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.http import BASE, PORT, _memory, _wait
from benchmarks.opac import _addresses, _ask, _Reader
from benchmarks.synthetic import marc
from benchmarks.timing import row

REGIONS, DISTRICTS = 20, 200
CHUNK = 20_000
CHANGES = 10
PATIENCE = 30
"""Seconds until a change that is not found is a mistake."""


def run(folder: Path, *, large: bool, records: int = 1_000_000, libraries: int = 8_000) -> Iterator[dict[str, Any]]:
    """Import with the index following, rebuild the index, serve, ask as 4 readers at once, change a record."""
    from benchmarks.world import library
    from kitaphana.catalog import indexing
    from kitaphana.catalog.models import Record
    from kitaphana.core import jobs
    from kitaphana.core.models import Job, JobState
    from kitaphana.organizations.models import Organization
    from kitaphana.project.management.commands.prepare import collect_static

    yield row("union: load average before", os.getloadavg()[0], "")
    place = Organization.objects.get(code="BENCH") if (folder / "filled").exists() else library()
    collect_static()
    if not (folder / "filled").exists():
        yield from _imported(folder, place, records)
        yield row(f"union: holdings of {libraries:,} libraries", _hold(_country(libraries)), "")
        (folder / "filled").touch()
    began = time.perf_counter()
    done = indexing.rebuild()
    assert done == Record.objects.filter(removed_at=None).count()
    seconds = time.perf_counter() - began
    yield row(f"union: index of {done:,} records built anew", seconds, "s")
    # What is measured is the day: the jobs of the night are done.
    jobs.enqueue_due_schedules()
    Job.objects.filter(state=JobState.WAITING).update(state=JobState.DONE)
    size = sum(one.stat().st_size for one in (folder / "index").rglob("*") if one.is_file())
    yield row("union: index on disk", size / 1e6, "MB")

    server = subprocess.Popen([sys.executable, "-m", "kitaphana.cli", "serve", "--port", str(PORT)], env=os.environ)
    try:
        _wait(f"{BASE}/readyz")
        pages, suggestions = _addresses()
        for address in pages[:40] + suggestions[:40]:
            _Reader().get(address)
        for what, addresses in (("result page with facets", pages[40:]), ("suggestion", suggestions[40:])):
            for readers in (1, 4):
                yield from _ask(f"union: {what}", addresses, readers)
        yield row("union: a change until it is found, at worst", max(_seen(place, one) for one in range(CHANGES)), "s")
        yield row("union: memory of the server's processes (PSS)", _memory(server.pid) / 1e6, "MB")
        yield row("union: memory of the serving process (private)", max(_private(server.pid)) / 1e6, "MB")
        yield row("union: load average after", os.getloadavg()[0], "")
    finally:
        server.terminate()
        server.wait(20)


def _imported(folder: Path, place: Any, records: int) -> Iterator[dict[str, Any]]:
    """The import that pages and the command line use, and the index after it."""
    from kitaphana.catalog import indexing
    from kitaphana.catalog import services as catalog
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.formats import iso2709

    path = folder / "union.mrc"
    with path.open("wb") as stream:
        for record in marc(records):
            stream.write(iso2709.write(record))
    began = time.perf_counter()
    with path.open("rb") as stream:
        report = catalog.import_marc(actor=SYSTEM, library=place, stream=stream, file_name=path.name, at=clock.now())
    stored = time.perf_counter() - began
    indexing.bring_up_to_date()
    seconds = time.perf_counter() - began
    path.unlink()
    assert report.read == records
    assert report.rejected == 0
    yield row(f"union: {records:,} records stored", stored, "s")
    yield row(f"union: {records:,} records stored and indexed", seconds, "s")
    yield row("union: records stored and indexed", records / seconds, "records/s")
    yield row("union: records merged as the same edition", report.merged, "")


def _country(libraries: int) -> list[Any]:
    """Schools by districts and regions, written at once; their paths are counted here."""
    from kitaphana.organizations.enums import OrganizationKind as Kind
    from kitaphana.organizations.models import Organization

    country = Organization.objects.add_root({"kind": Kind.COUNTRY, "code": "KZ-U", "name_kk": "Қазақстан"})

    def under(parents: list[Any], count: int, kind: Kind, code: str, **more: Any) -> list[Any]:
        made = []
        for number in range(count):
            parent = parents[number % len(parents)]
            step = Organization._int2str(number // len(parents) + 1).rjust(Organization.steplen, "0")
            made.append(
                Organization(
                    kind=kind, code=f"{code}-{number}", name_kk=f"№{number + 1} {kind.label}", path=parent.path + step,
                    depth=parent.depth + 1, **more,
                )
            )  # fmt: skip
            parent.numchild += 1
        Organization.objects.bulk_create(made, batch_size=500)
        Organization.objects.bulk_update(parents, ["numchild"], batch_size=500)
        return made

    regions = under([country], REGIONS, Kind.REGION, "UR")
    districts = under(regions, DISTRICTS, Kind.DISTRICT, "UD")
    return under(districts, libraries, Kind.SCHOOL, "US", is_library=True)


def _hold(libraries: list[Any]) -> int:
    """Spread volumes over the libraries, as the fund counts textbooks: most records are in one or two, every fiftieth
    in forty. Straight into the table; what is measured here only reads it.
    """
    from django.db import transaction

    from kitaphana.catalog.models import Record
    from kitaphana.core import bulk
    from kitaphana.fund.enums import FundType
    from kitaphana.fund.models import Stock

    ids = [one.pk for one in libraries]
    maker = random.Random(5)
    written = 0
    rows: list[Stock] = []
    cards: Counter[int] = Counter()
    for pk in Record.objects.order_by("id").values_list("id", flat=True).iterator(chunk_size=10_000):
        held = 40 if pk % 50 == 0 else maker.choice((0, 1, 1, 2))
        for library in {maker.choice(ids) for _ in range(held)}:
            cards[library] += 1
            rows.append(
                Stock(library_id=library, record_id=pk, fund=FundType.CORE, quantity=3, card_number=cards[library])
            )
        if len(rows) > CHUNK:
            with transaction.atomic():
                written += bulk.insert(rows)
            rows = []
    with transaction.atomic():
        return written + bulk.insert(rows)


def _private(pid: int) -> list[float]:
    """Bytes that belong to each process alone: what is not a page of a file that others may share (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    found = []
    for one in [str(pid), *children]:
        lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        found.append(sum(int(line.split()[1]) * 1024.0 for line in lines if line.startswith("Private_")))
    return found


def _seen(place: Any, number: int) -> float:
    """Seconds from the saving of a new record until a reader's search finds it."""
    from kitaphana.catalog import services as catalog
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.formats.marc import Field, Subfield

    word = "".join("бвгджзклмн"[int(digit)] for digit in f"{number:07d}") + "өзгеріс"
    changed = next(marc(1))
    changed.fields = [one for one in changed.fields if one.tag not in {"001", "020", "245"}]
    changed.fields.append(Field("245", "1", "0", [Subfield("a", word.capitalize())]))
    began = time.perf_counter()
    catalog.save_marc(actor=SYSTEM, library=place, record=None, marc=changed, at=clock.now())
    reader = _Reader()
    while time.perf_counter() - began < PATIENCE:
        reader.connection.request("GET", f"/catalog/?q={quote(word)}")
        if word.capitalize() in reader.connection.getresponse().read().decode():
            return time.perf_counter() - began
        time.sleep(0.05)
    raise RuntimeError("the change was not found")
