"""Somebody else's self-check client (Sip2) borrows, renews, holds and returns over TCP; twenty machines at once."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from Sip2.sip2 import Sip2

from kitaphana.formats import sip2
from tests.protocols.conftest import KITAPHANA, Server

MAKE = """
import json
from datetime import date, datetime, timezone
from decimal import Decimal
import django
django.setup()
from kitaphana.catalog.models import Record
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.core.text.kazakh import sort_key
from kitaphana.core.text.names import name_key
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership, Person, User
from kitaphana.protocols.sip2 import services
from kitaphana.protocols.sip2.models import Terminal

at = datetime.now(timezone.utc)
school = Organization.objects.get(code="S-1")
lines = [
    fund.ReceiptLine(record=Record.objects.get(title=title), quantity=quantity, price=Decimal(1500))
    for title, quantity in (("Абай жолы", 3), ("Путь Абая", 200))
]
fund.receive(actor=SYSTEM, library=school, command_id=new_id(), at=at,
             receipt=fund.Receipt(on=date(2026, 9, 10), source="LOCAL_BUDGET", document_number="1", lines=tuple(lines)))
cards = []
for number in range(60):
    name = f"Әлібеков{number} Мұхтар"
    person = Person.objects.create(surname=f"Әлібеков{number}", given_name="Мұхтар", name_key=name_key(name), sort_key=sort_key(name))
    card = f"9001{number:08d}"
    Membership.objects.create(library=school, person=person, category="TEACHER", card_number=card,
                              registered_on=date(2026, 9, 1), valid_until=date(2030, 8, 31))
    cards.append(card)
User.objects.create_user("oqyrman", "Kitap-2026!", person=Person.objects.get(surname="Әлібеков0"))
words = {}
for login, pin in (("kiosk", False), ("strict", True)):
    terminal = Terminal(library=school, name=login, login=login, needs_pin=pin)
    words[login] = services.save_terminal(actor=SYSTEM, terminal=terminal, at=at)
barcodes = {
    title: list(Copy.objects.filter(library=school, record__title=title).order_by("pk").values_list("barcode", flat=True))
    for title in ("Абай жолы", "Путь Абая")
}
print(json.dumps({"cards": cards, "words": words, "barcodes": barcodes}))
"""


@dataclass
class Desk:
    """A running SIP2 server and what is in the library."""

    port: int
    cards: list[str]
    words: dict[str, str]
    barcodes: dict[str, list[str]]


@pytest.fixture(scope="module")
def desk(server: Server) -> Iterator[Desk]:
    """The school's readers and books, and ``kitaphana sip2`` on a free port."""
    import json

    environment = server.environment | {"DJANGO_SETTINGS_MODULE": "kitaphana.project.settings"}
    made = subprocess.run(
        [sys.executable, "-c", MAKE], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout.splitlines()[-1])
    process = subprocess.Popen([KITAPHANA, "sip2", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(re.search(r":(\d+)$", process.stdout.readline().strip())[1])  # type: ignore[index]
    yield Desk(port, **facts)
    process.terminate()
    assert process.wait(20) == 0


def machine(desk: Desk, *, login: str = "kiosk", crc: bool = True, tmp: Path | None = None) -> Any:
    """A client of somebody else, signed in."""
    client = Sip2()
    client.hostName, client.hostPort, client.tlsEnable = "127.0.0.1", desk.port, False
    client.withCrc = client.withSeq = crc
    client.language, client.institutionId, client.loglevel = "000", "S-1", "ERROR"
    client.logfile_path = str(tmp or "/tmp") + "/"
    client.socketTimeout = 20
    client.log = logging.getLogger("sip2-client")
    client.connect()
    answer = client.sip_login_response(client.get_response(client.sip_login_request(login, desk.words[login])))
    assert answer["fixed"]["Ok"] == "1"
    return client


def test_a_reader_serves_themselves(desk: Desk, tmp_path: Path) -> None:
    client = machine(desk, tmp=tmp_path)
    status = client.sip_sc_status_response(client.get_response(client.sip_sc_status_request()))
    assert status["fixed"]["OnlineStatus"] == "Y"
    assert status["variable"]["AO"] == ["S-1"]
    client.patron = desk.cards[0]
    barcode = desk.barcodes["Абай жолы"][0]

    patron = client.sip_patron_status_response(client.get_response(client.sip_patron_status_request()))
    assert patron["variable"]["BL"] == ["Y"]
    assert patron["variable"]["AE"] == ["Әлібеков0 Мұхтар"]

    lent = client.sip_checkout_response(client.get_response(client.sip_checkout_request(barcode)))
    assert lent["fixed"]["Ok"] == "1", lent
    assert lent["variable"]["AJ"] == ["Абай жолы"]
    assert re.fullmatch(r"\d\d\.\d\d\.\d{4}", lent["variable"]["AH"][0])

    known = client.sip_item_information_response(client.get_response(client.sip_item_information_request(barcode)))
    assert known["fixed"]["CirculationStatus"] == "04"
    info = client.sip_patron_information_response(client.get_response(client.sip_patron_information_request("charged")))
    assert int(info["fixed"]["ChargedItemsCount"]) == 1
    assert info["variable"]["AU"] == [barcode]

    renewed = client.sip_renew_response(client.get_response(client.sip_renew_request(barcode)))
    assert renewed["variable"]["AJ"] == ["Абай жолы"]
    everything = client.get_response(client.sip_renew_all_request())
    assert everything.startswith("66")

    other = machine(desk, tmp=tmp_path)
    other.patron = desk.cards[1]
    refused = other.sip_checkout_response(other.get_response(other.sip_checkout_request(barcode)))
    assert refused["fixed"]["Ok"] == "0"
    assert refused["variable"]["AF"][0]
    held = other.get_response(other.sip_hold_request("+", itemIdentifier=barcode))
    assert held.startswith("161")

    back = client.sip_checkin_response(client.get_response(client.sip_checkin_request(barcode)))
    assert back["fixed"]["Ok"] == "1"
    end = client.get_response(client.sip_end_patron_session_request())
    assert end.startswith("36Y")


def test_without_error_detection_and_with_resend(desk: Desk, tmp_path: Path) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), 20) as line:
        line.sendall(f"9300CNkiosk|CO{desk.words['kiosk']}|\r".encode())
        assert line.recv(100) == b"941\r"
        line.sendall(b"97\r")
        assert line.recv(100) == b"941\r"
        line.sendall(b"9300CNkiosk|AY1AZ0000\r")
        assert line.recv(100) == b"96\r"
        line.sendall(b"\xff\xfe\x00garbage\r\n\r\n")
        assert line.recv(100) == b"96\r"
        line.sendall(b"23000" + b"20260910    120000" + b"AOS-1|AAnobody|\r")
        assert b"BLN" in line.recv(1000)


def talk(desk: Desk, *lines: str, login: str = "kiosk") -> list[str]:
    """Raw lines over a connection of its own."""
    answers = []
    with socket.create_connection(("127.0.0.1", desk.port), 30) as line:
        for text in (f"9300CN{login}|CO{desk.words[login]}|", *lines):
            line.sendall(text.encode() + b"\r")
            data = b""
            while not data.endswith(b"\r"):
                data += line.recv(4096)
            answers.append(data.decode().strip())
    return answers[1:]


def now() -> str:
    return sip2.stamp(datetime.now())  # noqa: DTZ005 - a machine's own clock


def checkout(card: str, barcode: str, at: str = "") -> str:
    return f"11NN{at or now()}{' ' * 18}AOS-1|AA{card}|AB{barcode}|AC|"


def test_a_message_sent_again_over_a_new_line_lends_once(desk: Desk) -> None:
    text = checkout(desk.cards[2], desk.barcodes["Абай жолы"][1])
    first, again = talk(desk, text)[0], talk(desk, text)[0]
    assert first[:3] == again[:3] == "121"
    # The same at another second is another wish: the copy is out.
    later = checkout(desk.cards[2], desk.barcodes["Абай жолы"][1], at=now()[:-2] + "61")
    assert talk(desk, later)[0].startswith("120")


def test_a_machine_that_asks_for_the_password(desk: Desk) -> None:
    barcode = desk.barcodes["Абай жолы"][2]
    wrong, right = talk(
        desk, checkout(desk.cards[0], barcode) + "ADwrong|", checkout(desk.cards[0], barcode) + "ADKitap-2026!|", login="strict"
    )  # fmt: skip
    assert wrong.startswith("120")
    assert "AF" in wrong
    assert right.startswith("121"), right


def test_messages_are_in_the_language_asked_for(desk: Desk) -> None:
    texts = {
        code: talk(desk, f"63{code}{now()}{' ' * 10}AOS-1|AAnobody|")[0].partition("AF")[2]
        for code in ("000", "001", "015")
    }
    assert texts["001"].startswith("No reader")
    assert len(set(texts.values())) == 3


def test_a_login_that_is_wrong_is_refused_and_in_the_end_cut_off(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), 20) as line:
        for _ in range(5):
            line.sendall(b"9300CNkiosk|COwrong|\r")
            assert line.recv(100) == b"940\r"
        assert line.recv(100) == b""
    with socket.create_connection(("127.0.0.1", desk.port), 20) as line:
        line.sendall(checkout("1", "2").encode() + b"\r")
        assert line.recv(100) == b"940\r"


def test_twenty_machines_lend_two_hundred_copies_once_each(desk: Desk) -> None:
    barcodes = desk.barcodes["Путь Абая"]

    def serve(number: int) -> list[str]:
        # Each machine serves three readers; every copy is tried by two machines.
        mine = [
            *barcodes[number * 10 : number * 10 + 10],
            *barcodes[(number * 10 + 10) % 200 : (number * 10 + 10) % 200 + 10],
        ]
        lines = [checkout(desk.cards[number * 3 + place % 3], barcode) for place, barcode in enumerate(mine)]
        return [answer for answer in talk(desk, *lines) if answer.startswith("121")]

    with ThreadPoolExecutor(20) as machines:
        lent = [answer for answers in machines.map(serve, range(20)) for answer in answers]
    found = Counter(re.search(r"AB([^|]+)\|", answer)[1] for answer in lent)  # type: ignore[index]
    assert max(found.values()) == 1
    assert len(found) > 100
