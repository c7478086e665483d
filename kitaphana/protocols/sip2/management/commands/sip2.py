"""``kitaphana sip2``: serve self-check machines and gates."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kitaphana.protocols.sip2.server import Server


class Command(BaseCommand):
    """Listen for machines until a signal ends it."""

    help = "Serve self-check machines and gates by SIP2."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=6001, help="port (default 6001; 0: any free one)")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Serve."""
        with Server(options["host"], options["port"]) as server:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
            self.stdout.write(f"SIP2 on {options['host']}:{server.port}")
            self.stdout.flush()
            server.serve_forever(poll_interval=0.2)
