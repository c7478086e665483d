"""What goes on beside the requests of a web process: jobs, and the search index following the database."""

from __future__ import annotations

import atexit
import threading

from kitaphana.catalog import indexing
from kitaphana.core import jobs


def start() -> threading.Event:
    """Start the threads; setting the returned event (also done at exit) ends them."""
    stop = threading.Event()
    for name, loop in (("jobs", jobs.run_worker), ("index", indexing.follow)):
        threading.Thread(target=loop, args=(stop,), name=name, daemon=True).start()
    atexit.register(stop.set)
    return stop
