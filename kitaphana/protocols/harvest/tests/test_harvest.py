"""Harvesting from a server that misbehaves as servers do."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import AT, LATER, marc
from kitaphana.core import jobs
from kitaphana.formats import marcxml
from kitaphana.people.models import User
from kitaphana.protocols.harvest import services
from kitaphana.protocols.harvest.models import HarvestRun, HarvestSource

pytestmark = pytest.mark.django_db
Answer = Callable[[dict[str, str]], tuple[int, bytes]]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Start a real server that answers as told; gives its address."""
    servers = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                status, body = answer(asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/oai"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def page(*numbers: int, token: str = "", deleted: int = 0, error: str = "") -> bytes:
    """A page of ListRecords."""
    body = "".join(
        f"<record><header><identifier>oai:x:{number}</identifier></header><metadata>"
        + etree.tostring(marcxml.element_of(marc(str(number), f"Кітап {number}", agency="X"))).decode()
        + "</metadata></record>"
        for number in numbers
    )
    body += '<record><header status="deleted"><identifier>oai:x:9</identifier></header></record>' * deleted
    body = (
        f"<error code='{error}'>no</error>"
        if error
        else f"<ListRecords>{body}<resumptionToken>{token}</resumptionToken></ListRecords>"
    )
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-09-10T07:00:00Z</responseDate>'
        f"{body}</OAI-PMH>"
    ).encode()


def source_of(world: Any, address: str) -> HarvestSource:
    return HarvestSource.objects.create(name="Көрші", address=address, library=world.school)


def titles() -> list[str]:
    return sorted(Record.objects.values_list("title", flat=True))


def test_everything_comes_once_and_then_only_what_is_new(world: Any, serve: Any) -> None:
    asked = []

    def answer(arguments: dict[str, str]) -> tuple[int, bytes]:
        asked.append(arguments)
        if "resumptionToken" in arguments:
            return 200, page(3, deleted=1)
        return 200, page(error="noRecordsMatch") if "from" in arguments else page(1, 2, token="next")

    source = source_of(world, serve(answer))
    run = services.harvest(source=source, at=AT)
    assert (run.read, run.deleted, run.problem) == (3, 1, "")
    assert run.report is not None
    assert run.report.imported == 3
    assert titles() == ["Кітап 1", "Кітап 2", "Кітап 3"]
    source.refresh_from_db()
    assert (source.since, source.token) == ("2026-09-10T07:00:00Z", "")
    again = services.harvest(source=source, at=LATER)
    assert (again.read, again.problem) == (0, "")
    assert asked[-1]["from"] == "2026-09-10T07:00:00Z"
    assert services.due(LATER) == []


def test_a_broken_line_keeps_what_came_and_goes_on_from_there(world: Any, serve: Any) -> None:
    is_broken = True

    def answer(arguments: dict[str, str]) -> tuple[int, bytes]:
        if arguments.get("resumptionToken") == "next":
            return (503, b"") if is_broken else (200, page(3))
        return 200, page(1, 2, token="next")

    source = source_of(world, serve(answer))
    run = services.harvest(source=source, at=AT)
    assert "503" in run.problem
    assert titles() == ["Кітап 1", "Кітап 2"]
    source.refresh_from_db()
    assert (source.token, source.since) == ("next", "")
    is_broken = False
    run = services.harvest(source=source, at=LATER)
    assert (run.read, run.problem) == (1, "")
    assert titles() == ["Кітап 1", "Кітап 2", "Кітап 3"]


def test_a_token_that_the_server_forgot_begins_anew(world: Any, serve: Any) -> None:
    def answer(arguments: dict[str, str]) -> tuple[int, bytes]:
        return 200, page(error="badResumptionToken") if "resumptionToken" in arguments else page(1)

    source = source_of(world, serve(answer))
    source.token = "old"
    run = services.harvest(source=source, at=AT)
    assert (run.read, run.problem) == (1, "")


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b""), (200, b"<html>"), (200, b"<a/>"), (200, page(error="badArgument")), (200, b"")],
)
def test_what_goes_wrong_is_said_and_nothing_is_lost(world: Any, serve: Any, status: int, body: bytes) -> None:
    run = services.harvest(source=source_of(world, serve(lambda _: (status, body))), at=AT)
    assert run.problem
    assert run.finished_at is not None
    assert not Record.objects.exists()


def test_no_server_and_no_web_address(world: Any) -> None:
    for address in ("http://127.0.0.1:9/oai", "file:///etc/passwd"):
        source = HarvestSource.objects.create(name=address, address=address, library=world.school)
        assert services.harvest(source=source, at=AT).problem


def test_other_peoples_answer(world: Any, serve: Any, samples: Path) -> None:
    data = (samples / "oai/list_records_response.xml").read_bytes()
    run = services.harvest(source=source_of(world, serve(lambda _: (200, data))), at=AT)
    assert run.finished_at is not None
    assert run.read + run.deleted > 0 or run.problem


def test_the_pages(world: Any, serve: Any) -> None:
    client = Client()
    client.force_login(User.objects.get(login="administrator"), backend="django.contrib.auth.backends.ModelBackend")
    facts = {
        "name": "Ұлттық кітапхана", "address": serve(lambda _: (200, page(1))), "prefix": "marc21", "set_spec": "",
        "every_hours": "12", "is_active": "on", "library_code": world.school.code,
    }  # fmt: skip
    answer = client.post("/harvest/new/", facts)
    assert answer.status_code == 302, answer.content.decode()
    source = HarvestSource.objects.get()
    client.post(f"/harvest/{source.pk}/run/")
    while jobs.run_next():
        pass
    assert HarvestRun.objects.get().read == 1
    text = client.get(f"/harvest/{source.pk}/").content.decode()
    assert source.address in text
    assert "Ұлттық кітапхана" in client.get("/harvest/").content.decode()
    # Another set is another list: it is read from its beginning.
    client.post(f"/harvest/{source.pk}/edit/", facts | {"set_spec": "books"})
    source.refresh_from_db()
    assert (source.set_spec, source.since) == ("books", "")
    for wrong in ({"address": "ftp://x"}, {"library_code": "NONE"}, {"every_hours": "0"}):
        assert client.post("/harvest/new/", facts | {"name": "Екінші"} | wrong).status_code == 422
