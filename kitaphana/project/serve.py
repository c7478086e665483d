"""``kitaphana serve``: the web server and the background work, with nothing else to start.

The parent process only watches; each worker process is a whole Kitaphana with its own threads for background jobs and
for keeping the search index current (see ``project/wsgi.py``).
"""

from __future__ import annotations

import argparse
import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kitaphana.project import options


def main(arguments: list[str]) -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="kitaphana serve", description="Web and background work in one program.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=int(options.get("PORT")), help="port (default $PORT or 8000)")
    parser.add_argument("--workers", type=int, default=1, help="worker processes (default 1)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each worker (default 4)")
    chosen = parser.parse_args(arguments)
    os.environ["KITAPHANA_BACKGROUND"] = "1"
    Granian(
        "kitaphana.project.wsgi:application",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=chosen.workers,
        blocking_threads=chosen.threads,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        websockets=False,
        backlog=2048,
    ).serve()
