"""The TCP server: a thread for each machine, so that none waits for another."""

from __future__ import annotations

import logging
import socketserver
import threading
from typing import Any, Final

from django.db import close_old_connections, connection

from kitaphana.formats import sip2
from kitaphana.formats.sip2 import Message
from kitaphana.protocols.sip2.session import Session

log = logging.getLogger(__name__)

IDLE: Final = 600
"""Seconds of silence after which a connection is ended; machines ask for the status more often."""
MOST: Final = 200
"""Connections at once."""


class _Connection(socketserver.BaseRequestHandler):
    """One machine: lines end with CR, LF or both."""

    server: Server

    def handle(self) -> None:
        if not self.server.places.acquire(blocking=False):
            log.warning("SIP2: too many connections")
            return
        try:
            self._talk()
        except (OSError, TimeoutError):
            log.info("SIP2 %s: the line broke", self.client_address[0])
        finally:
            connection.close()
            self.server.places.release()

    def _talk(self) -> None:
        session = Session(str(self.client_address[0]))
        self.request.settimeout(self.server.idle)
        waiting = b""
        while not session.is_over:
            data = self.request.recv(4096)
            if not data:
                return
            waiting = (waiting + data).replace(b"\n", b"\r")
            *lines, waiting = waiting.split(b"\r")
            if len(waiting) > sip2.LONGEST:
                self.request.sendall(sip2.build(Message("96")))
                return
            for line in lines:
                if line.strip():
                    self.request.sendall(self._answer(session, line))

    def _answer(self, session: Session, line: bytes) -> bytes:
        close_old_connections()
        try:
            return session.answer(line)
        except Exception:  # one bad message must not end the machine's connection
            log.exception("SIP2 %s: a message failed", session.address)
            connection.close()
            return sip2.build(Message("96"))


class Server(socketserver.ThreadingTCPServer):
    """Listens for machines until it is shut down."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, host: str, port: int, *, idle: float = IDLE, most: int = MOST) -> None:
        self.idle = idle
        self.places = threading.BoundedSemaphore(most)
        super().__init__((host, port), _Connection)

    @property
    def port(self) -> int:
        """The port it listens on (chosen by the system where 0 was asked for)."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken lines are normal: a line in the log, not a trace on the console."""
        log.warning("SIP2 %s: the connection ended with an error", client_address, exc_info=True)
