"""``python -m benchmarks [NAME …] [--large]``: measure, print a table, write ``benchmarks/results/latest.json``.

Everything happens in a throw-away data folder; the HTTP measurements start the real server on a free loopback port.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from functools import partial
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the chosen benchmarks (all by default)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "names", nargs="*", help="search import checkout http opac year roadmap replan today (default: all), union"
    )
    parser.add_argument(
        "--records", type=int, default=1_000_000, help="size of the union catalogue (default 1,000,000)"
    )
    parser.add_argument("--libraries", type=int, default=8_000, help="libraries that hold it (default 8,000)")
    parser.add_argument("--large", action="store_true", help="search also with 1,000,000 records")
    parser.add_argument("--data", help="a folder to keep; the union catalogue is not imported into it a second time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kitaphana-bench-") as thrown_away:
        folder = chosen.data or thrown_away
        os.environ["KITAPHANA_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "kitaphana.project.settings"
        os.environ.setdefault("KITAPHANA_LOG", "WARNING")
        import django

        django.setup()
        from benchmarks import checkout, http, importing, opac, replan, roadmap, school_year, search, today, union

        suites = {
            "search": search.run, "import": importing.run, "checkout": checkout.run, "http": http.run, "opac": opac.run,
            "year": school_year.run, "roadmap": roadmap.run, "replan": replan.run, "today": today.run,
        }  # fmt: skip
        if "union" in chosen.names:
            # It takes half an hour: only when asked for.
            suites["union"] = partial(union.run, records=chosen.records, libraries=chosen.libraries)
        rows = []
        for name, run in suites.items():
            if chosen.names and name not in chosen.names:
                continue
            for row in run(Path(folder), large=chosen.large):
                rows.append(row)
                print(f"{row['what']:<64} {row['value']:>12} {row['unit']}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    (RESULTS / "latest.json").write_text(
        json.dumps({"machine": machine, "rows": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
