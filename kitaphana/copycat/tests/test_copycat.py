"""Asking other catalogues: real servers that answer, dawdle, refuse and talk nonsense; YAZ's own Z39.50 server."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from kitaphana.catalog import queries
from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import ISBNS, described, marc
from kitaphana.copycat import asking
from kitaphana.copycat.models import Target
from kitaphana.formats import marcxml, unimarc
from kitaphana.people.models import User

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
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the other side has given up

            def log_message(self, *arguments: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/sru"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def response(*records: Any, is_escaped: bool = False, diagnostic: str = "") -> bytes:
    """A searchRetrieveResponse of version 1.1."""
    body = ""
    for record in records:
        text = etree.tostring(marcxml.element_of(record)).decode()
        text = text.replace("&", "&amp;").replace("<", "&lt;") if is_escaped else text
        body += f"<record><recordSchema>marcxml</recordSchema><recordData>{text}</recordData></record>"
    said = (
        '<diagnostics><diagnostic xmlns="http://www.loc.gov/zing/srw/diagnostic/"><uri>info:srw/diagnostic/1/10</uri>'
        f"<message>{diagnostic}</message></diagnostic></diagnostics>"
        if diagnostic
        else ""
    )
    return (
        '<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.1</version>'
        f"<numberOfRecords>{len(records)}</numberOfRecords><records>{body}</records>{said}</searchRetrieveResponse>"
    ).encode()


def target(address: str, name: str = "Ұлттық кітапхана", **more: Any) -> Target:
    return Target.objects.create(name=name, address=address, **more)


def test_an_isbn_goes_into_its_index_and_words_into_theirs(serve: Any) -> None:
    asked = []

    def answer(arguments: dict[str, str]) -> tuple[int, bytes]:
        asked.append(arguments)
        return 200, response(marc("1", isbns=ISBNS[:1]))

    one = target(serve(answer))
    found = asking.ask(one, "978-601-7002-01-5")
    assert found.problem == ""
    assert found.found[0].description.title == "Абай жолы"
    asking.ask(one, 'абай "жолы"')
    assert [arguments["query"] for arguments in asked] == [
        'bath.isbn="9786017002015"', 'cql.anywhere all "абай  жолы"',
    ]  # fmt: skip


def test_records_that_are_escaped_and_records_in_unimarc(serve: Any) -> None:
    escaped = asking.ask(target(serve(lambda _: (200, response(marc("1"), is_escaped=True)))), "абай")
    assert [one.description.title for one in escaped.found] == ["Абай жолы"]
    turned = unimarc.to_unimarc(marc("1")).record
    found = asking.ask(target(serve(lambda _: (200, response(turned))), "РНБ"), "абай").found
    assert found[0].description.title == "Абай жолы"
    assert found[0].description.authors[0].startswith("Әуезов")
    assert found[0].marc.first("245") is not None


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (500, b"", "copycat.refused"),
        (200, b"<html", "copycat.bad_answer"),
        (200, response(diagnostic="Query syntax error"), "copycat.diagnostic"),
    ],
)
def test_what_goes_wrong_is_said(serve: Any, status: int, body: bytes, problem: str) -> None:
    assert asking.ask(target(serve(lambda _: (status, body))), "абай").problem == problem


def test_no_server_and_no_web_address() -> None:
    assert asking.ask(target("http://127.0.0.1:9/x"), "абай").problem == "copycat.not_reached"
    assert asking.ask(target("file:///etc/passwd", "Файл"), "абай").problem == "copycat.bad_address"


def test_a_slow_catalogue_holds_nobody_up(serve: Any) -> None:
    def slow(_: dict[str, str]) -> tuple[int, bytes]:
        time.sleep(6)
        return 200, response(marc("1"))

    quick = serve(lambda _: (200, response(marc("1"))))
    targets = [
        target(serve(slow), "Баяу", seconds=1),
        target(quick, "Жылдам"),
        target(serve(slow), "Тағы баяу", seconds=1),
    ]
    begun = time.monotonic()
    answers = asking.ask_all(targets, "абай")
    assert time.monotonic() - begun < 4
    assert [answer.problem for answer in answers] == ["copycat.too_slow", "", "copycat.too_slow"]
    assert len(answers[1].found) == 1


@pytest.fixture(scope="module")
def z3950() -> Iterator[str]:
    """YAZ's test server on a free port."""
    program = shutil.which("yaz-ztest")
    assert program is not None, "yaz-ztest is missing: install the system's package «yaz»"
    assert asking.has_z3950(), "yaz-client is missing: install the system's package «yaz»"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([program, f"@:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"127.0.0.1:{port}/Default"
    process.terminate()
    process.wait(10)


def test_z3950_through_the_systems_client(z3950: str) -> None:
    found = asking.ask(target(z3950, kind="Z3950", isbn_index="", any_index="", seconds=15), "computer")
    assert found.problem == "", found.details
    assert found.found
    assert all(one.description.title for one in found.found)
    nowhere = asking.ask(target("127.0.0.1:9/x", "Жоқ", kind="Z3950"), "abai")
    assert nowhere.problem == "copycat.not_reached"
    wrong = asking.ask(target("host;rm -rf/x", "Қате", kind="Z3950"), "abai")
    assert wrong.problem == "copycat.bad_address"


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_from_the_scan_to_our_record(world: Any, serve: Any) -> None:
    theirs = marc("b123", "Көшпенділер", agency="KZ-NB", isbns=ISBNS[1:2], authors=("Есенберлин, Ілияс",))
    target(serve(lambda _: (200, response(theirs))))
    client = signed_in("librarian")
    text = client.get("/copy/", {"q": ISBNS[1]}).content.decode()
    assert "/copy/answers/" in text
    text = client.get("/copy/answers/", {"q": ISBNS[1]}).content.decode()
    sealed = re.search(r'name="sealed" value="([^"]+)"', text)
    assert sealed is not None
    answer = client.post("/copy/take/", {"sealed": sealed[1]})
    record = Record.objects.get()
    assert answer["Location"] == f"/catalog/records/{record.pk}/edit/"
    taken = queries.marc_of(record)
    assert (record.title, taken.first("035").get("a")) == ("Көшпенділер", "(KZ-NB)b123")  # type: ignore[union-attr]
    assert record.control_number.startswith("KZ")
    # Pressed twice: one record. Another wish for the same book: it is here already.
    assert client.post("/copy/take/", {"sealed": sealed[1]}).status_code == 409
    assert client.post("/copy/take/", {"sealed": "nonsense"}).status_code == 404
    assert Record.objects.count() == 1
    assert client.post("/copy/take/", {"sealed": sealed[1], "anyway": "1"}).status_code == 302


def test_our_own_catalogue_comes_first(world: Any) -> None:
    described(world.librarian, world.school, isbns=ISBNS[:1])
    text = signed_in("librarian").get("/copy/", {"q": ISBNS[0]}).content.decode()
    assert "Абай жолы" in text


def test_targets_are_set_up_by_the_administrator(world: Any, serve: Any) -> None:
    facts = {
        "name": "Конгресс", "kind": "SRU", "address": serve(lambda _: (200, response(marc("1")))), "version": "1.1",
        "schema": "marcxml", "isbn_index": "bath.isbn", "any_index": "cql.anywhere", "dialect": "auto", "seconds": "8",
        "position": "1", "is_active": "on",
    }  # fmt: skip
    client = signed_in("administrator")
    assert client.post("/copy/targets/new/", facts).status_code == 302
    one = Target.objects.get()
    assert "Абай жолы" in client.get(f"/copy/targets/{one.pk}/try/", {"q": "абай"}).content.decode()
    assert client.post("/copy/targets/new/", facts | {"name": "Б", "address": "ftp://x"}).status_code == 422
    assert client.post(f"/copy/targets/{one.pk}/", facts | {"seconds": "90"}).status_code == 422
    assert signed_in("librarian").get("/copy/targets/new/").status_code == 403
    assert one.name in signed_in("librarian").get("/copy/targets/").content.decode()
