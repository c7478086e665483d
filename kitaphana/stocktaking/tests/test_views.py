"""Pages of stocktaking, as two librarians with phones use them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kitaphana.circulation.tests.factories import copies, lend, reader
from kitaphana.core import clock
from kitaphana.core.ids import new_id
from kitaphana.fund.forms import commission_text
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import COMMISSION
from kitaphana.people.models import User
from kitaphana.stocktaking import queries, services
from kitaphana.stocktaking.models import Scan, StockCount, Stocktaking
from kitaphana.stocktaking.tests.test_services import counted_title

pytestmark = pytest.mark.django_db


def signed_in(login: str, language: str = "en") -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


@pytest.fixture
def client(world: Any) -> Client:
    return signed_in("librarian")


def begin(client: Client, **fields: Any) -> Stocktaking:
    data = {"fund": "CORE", "occasion": "PLANNED", "commission": commission_text(COMMISSION), **fields}
    answer = client.post(reverse("stocktaking:start"), {**data, "command_id": str(new_id())})
    assert answer.status_code == 302, answer.content.decode()
    return Stocktaking.objects.latest("pk")


def scan(client: Client, mine: Stocktaking, code: str, **fields: Any) -> Any:
    data = {"code": code, "command_id": str(new_id()), **fields}
    return client.post(reverse("stocktaking:scan", args=[mine.pk]), data, headers={"HX-Request": "true"})


def test_from_the_first_shelf_to_the_act(world, client) -> None:
    assert "No stocktaking yet" in client.get(reverse("stocktaking:list")).content.decode()
    one, two, lost = copies(world.school, 3)
    lend(world.librarian, reader(world.school), two, clock.now())
    mine = begin(client, grounds="№ 7 бұйрық")
    answer = scan(client, mine, one.barcode, shelf="Терезе", marks="821")
    assert "Found: «Абай жолы»" in answer.content.decode()
    assert answer["HX-Trigger"] == "scanned"
    unknown = scan(client, mine, "99000", shelf="Терезе", marks="821").content.decode()
    assert 'data-outcome="refused"' in unknown
    page = client.get(reverse("stocktaking:stocktaking", args=[mine.pk])).content.decode()
    assert 'value="Терезе"' in page
    assert 'type="text" name="code"' in page
    assert f'data-scan-keep="stocktaking-{mine.pk}"' in page
    figures = client.get(reverse("stocktaking:progress", args=[mine.pk])).content.decode()
    for name, value in (("expected", 3), ("found", 1), ("on_loan", 1), ("left", 1), ("surplus", 1)):
        assert f'data-figure="{name}">{value}<' in figures
    client.post(reverse("stocktaking:close", args=[mine.pk]), {"command_id": str(new_id())})
    missing = client.get(reverse("stocktaking:listed", args=[mine.pk, "left"])).content.decode()
    assert lost.barcode in missing
    assert one.barcode not in missing
    written = client.post(
        reverse("stocktaking:listed", args=[mine.pk, "left"]),
        {
            "which": "all",
            "on": clock.today().isoformat(),
            "commission": commission_text(COMMISSION),
            "grounds": "№ 1 түгендеу",
            "command_id": str(new_id()),
        },
    )
    act = Act.objects.get(kind="WRITE_OFF")
    assert written["Location"] == reverse("fund:act", args=[act.pk])
    assert (act.reason, act.grounds) == ("LOSS", "№ 1 түгендеу")
    assert "written off" in client.get(reverse("stocktaking:listed", args=[mine.pk, "left"])).content.decode()


def test_a_refused_write_off_says_why(world, client) -> None:
    copies(world.school, 1)
    mine = begin(client)
    address = reverse("stocktaking:listed", args=[mine.pk, "left"])
    open_one = client.post(address, {"line": mine.lines.get().pk, "command_id": str(new_id())})
    assert open_one.status_code == 409
    services.close(actor=world.librarian, stocktaking=mine, at=clock.now())
    nothing = client.post(address, {"command_id": str(new_id())})
    assert "Nothing is chosen." in nothing.content.decode()
    too_few = client.post(address, {"which": "all", "commission": "Бір адам", "command_id": str(new_id())})
    assert too_few.status_code == 422
    assert "Бір адам" in too_few.content.decode()


def test_a_repeated_scan_of_the_queue_counts_once(world, client) -> None:
    (one,) = copies(world.school, 1)
    mine, command = begin(client), str(new_id())
    for _round in range(2):
        assert scan(client, mine, one.barcode, command_id=command).status_code == 200
    assert Scan.objects.count() == 1


def test_the_scan_works_without_scripts_and_undo_takes_back(world, client) -> None:
    (one,) = copies(world.school, 1)
    mine = begin(client)
    data = {"code": one.barcode, "command_id": str(new_id())}
    assert client.post(reverse("stocktaking:scan", args=[mine.pk]), data).status_code == 302
    row = Scan.objects.get()
    undone = client.post(
        reverse("stocktaking:undo", args=[mine.pk]),
        {"scan": row.pk, "command_id": str(new_id())},
        headers={"HX-Request": "true"},
    )
    assert "Taken back" in undone.content.decode()
    assert queries.progress(mine).found == 0
    client.post(reverse("stocktaking:undo", args=[mine.pk]), {"scan": "x", "command_id": str(new_id())})


def test_a_scan_after_the_end_is_kept(world, client) -> None:
    (one,) = copies(world.school, 1)
    mine = begin(client)
    client.post(reverse("stocktaking:close", args=[mine.pk]), {"command_id": str(new_id())})
    assert "It turned up" in scan(client, mine, one.barcode).content.decode()
    assert "turned up" in client.get(reverse("stocktaking:listed", args=[mine.pk, "left"])).content.decode()


@pytest.mark.parametrize("name", ["left", "misplaced", "lent", "received", "doubles", "surplus"])
def test_every_list_opens(world, client, name: str) -> None:
    one, two = copies(world.school, 2)
    lend(world.librarian, reader(world.school), two, clock.now())
    mine = begin(client)
    (new,) = copies(world.school, 1)
    (foreign,) = copies(world.neighbour, 1)
    for code, marks in ((one.barcode, "51"), (one.barcode, ""), (two.barcode, ""), (new.barcode, ""), ("12", ""),
                        (foreign.barcode, "")):  # fmt: skip
        scan(client, mine, code, marks=marks)
    for _state in range(2):
        page = client.get(reverse("stocktaking:listed", args=[mine.pk, name]))
        assert page.status_code == 200
        services.close(actor=world.librarian, stocktaking=mine, at=clock.now())
    assert client.get(reverse("stocktaking:listed", args=[mine.pk, "x"])).status_code == 404


def test_surplus_is_received_from_its_list(world, client) -> None:
    (one,) = copies(world.school, 1)
    mine = begin(client)
    scan(client, mine, "44000001")
    row = Scan.objects.get(barcode="44000001")
    address = reverse("stocktaking:listed", args=[mine.pk, "surplus"])
    data = {
        f"scan-{row.pk}": "1",
        f"record-{row.pk}": "nothing",
        f"price-{row.pk}": "1 500,50",
        "source": "GIFT",
        "commission": commission_text(COMMISSION),
        "command_id": str(new_id()),
    }
    assert client.post(address, data).status_code == 422
    answer = client.post(address, {**data, f"record-{row.pk}": one.record.control_number})
    assert answer.status_code == 302
    received = Copy.objects.get(barcode="44000001")
    assert (str(received.price), received.record_id) == ("1500.50", one.record_id)
    assert "received by an act" in client.get(address).content.decode()


def test_titles_are_counted(world, client) -> None:
    stock = counted_title(world, 12, title="Алгебра", grade=7)
    mine = begin(client, fund="TEXTBOOK")
    address = reverse("stocktaking:count", args=[mine.pk])
    assert "Алгебра" in client.get(address).content.decode()
    typed = {"stock": stock.pk, "counted": "11", "command_id": str(new_id())}
    row = client.post(address, typed, headers={"HX-Request": "true"}).content.decode()
    assert ">-1<" in row
    assert StockCount.objects.get().difference == -1
    wrong = client.post(address, {**typed, "counted": "x", "command_id": str(new_id())}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    client.post(address, {**typed, "counted": "12", "command_id": str(new_id())})
    assert "Алгебра" not in client.get(address, {"only": "different"}).content.decode()


def test_the_excess_of_a_counted_title_is_received_once_it_is_closed(world, client) -> None:
    stock = counted_title(world, 12, title="Алгебра", grade=7)
    mine = begin(client, fund="TEXTBOOK")
    services.count_stock(actor=world.librarian, stocktaking=mine, stock=stock, counted=15, at=clock.now())
    address = reverse("stocktaking:listed", args=[mine.pk, "surplus"])
    data = {
        f"title-{stock.pk}": "1",
        f"title-price-{stock.pk}": "1200",
        "source": "GIFT",
        "commission": commission_text(COMMISSION),
        "command_id": str(new_id()),
    }
    assert client.post(address, data).status_code == 422
    services.close(actor=world.librarian, stocktaking=mine, at=clock.now())
    assert 'value="1200' in client.get(address).content.decode()
    for _round in range(2):
        client.post(address, data)
    stock.refresh_from_db()
    assert stock.quantity == 15
    assert client.post(address, {**data, "command_id": str(new_id())}).status_code == 422


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_papers(world, client, language: str) -> None:
    copies(world.school, 2)
    counted_title(world, 3)
    mine = begin(client)
    scan(client, mine, "555")
    services.close(actor=world.librarian, stocktaking=mine, at=clock.now())
    paper = client.get(reverse("stocktaking:pdf", args=[mine.pk]), {"language": language})
    assert paper.content.startswith(b"%PDF")
    sheet = client.get(reverse("stocktaking:xlsx", args=[mine.pk]), {"language": language})
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(sheet.streaming_content)))
    assert len(book.sheet_names) == 3
    assert any("555" in row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def test_a_director_sees_and_does_not_touch(world, client) -> None:
    (one,) = copies(world.school, 1)
    mine = begin(client)
    director = signed_in("director")
    page = director.get(reverse("stocktaking:stocktaking", args=[mine.pk]))
    assert page.status_code == 200
    assert "data-scan" not in page.content.decode()
    assert scan(director, mine, one.barcode).status_code == 403


def test_somebody_of_another_school_finds_nothing(world, client) -> None:
    copies(world.school, 1)
    mine = begin(client)
    other = signed_in("neighbour")
    for name in ("stocktaking", "progress", "count", "pdf", "xlsx"):
        assert other.get(reverse(f"stocktaking:{name}", args=[mine.pk])).status_code == 404
    assert scan(other, mine, "1").status_code == 404


def test_a_scan_through_the_page_costs_a_fixed_number_of_statements(world, client) -> None:
    books = copies(world.school, 40)
    mine = begin(client)
    counts = []
    for book in books:
        with CaptureQueriesContext(connection) as asked:
            scan(client, mine, book.barcode, shelf="1")
        counts.append(len(asked))
    assert len(set(counts[12:])) == 1, counts
    assert counts[-1] <= 16
