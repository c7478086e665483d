"""Pages of count-based stock: receiving by count, cards, changed accounting, writing counted volumes off."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from kitaphana.core.clock import today
from kitaphana.core.ids import new_id
from kitaphana.fund import queries
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act, Copy, Draft, Stock
from kitaphana.fund.tests.factories import AT, COMMISSION, receipt, receive, record
from kitaphana.fund.tests.test_documents import keep, text_of
from kitaphana.fund.tests.test_views import signed_in, with_isbn

pytestmark = pytest.mark.django_db

RECEIVE = "/fund/receipts/new/"


def counted(world: Any, quantity: int = 30, price: str = "1500.00", **columns: Any) -> Stock:
    """A textbook received by count."""
    book = record(**{"title": "Алгебра. 7-сынып", "kind": "TEXTBOOK", "udc": "512", **columns})
    line = fund.ReceiptLine(record=book, quantity=quantity, price=Decimal(price), is_counted=True)
    fund.receive(actor=world.librarian, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    return Stock.objects.get(library=world.school, record=book)


def scan(client: Client, address: str, code: str) -> Any:
    return client.post(address, {"code": code, "command_id": str(new_id())}, headers={"HX-Request": "true"})


# Receiving


def test_textbooks_are_received_by_count_and_literature_with_numbers(world: Any) -> None:
    with_isbn("9786017002015", title="Алгебра", kind="TEXTBOOK")
    client = signed_in(world.librarian)
    answer = scan(client, RECEIVE, "9786017002015").content.decode()
    assert 'name="counted-0" checked' in answer
    scan(client, RECEIVE, "30*1500")
    answer = client.post(RECEIVE, {"action": "post", "source": "LOCAL_BUDGET", "on": str(today())}, follow=True)
    assert "registration cards have their new lines" in answer.content.decode()
    stock = Stock.objects.get()
    assert (stock.quantity, stock.fund, stock.card_number) == (30, "TEXTBOOK", 1)
    assert not Copy.objects.exists()
    with_isbn("9785170881574", title="Абай жолы")
    assert 'name="counted-0" checked' not in scan(client, RECEIVE, "9785170881574").content.decode()


def test_the_way_of_accounting_is_switched_once_for_the_parcel(world: Any) -> None:
    with_isbn("9786017002015", title="Алгебра", kind="TEXTBOOK")
    with_isbn("9785170881574", title="Кітапша", kind="TEXTBOOK")
    client = signed_in(world.librarian)
    scan(client, RECEIVE, "9786017002015")
    client.post(RECEIVE, {"action": "keeping", "keeping": "NUMBERS"}, headers={"HX-Request": "true"})
    scan(client, RECEIVE, "9785170881574")
    assert [line["is_counted"] for line in Draft.objects.get().content["lines"]] == [False, False]
    # A single line is switched back, and loses labels that were given for it.
    posted = {"action": "lines", "quantity-1": "5", "price-1": "700", "counted-1": "on", "barcodes-1": "A1 A2"}
    client.post(RECEIVE, {**posted, "quantity-0": "1", "price-0": "700"})
    lines = Draft.objects.get().content["lines"]
    assert [line["is_counted"] for line in lines] == [False, True]
    assert lines[1]["barcodes"] == []
    client.post(RECEIVE, {"action": "post", "keeping": "NUMBERS", "source": "OWN", "on": str(today())})
    assert (Copy.objects.count(), Stock.objects.get().quantity) == (1, 5)


def test_what_goes_into_the_textbook_fund_is_counted(world: Any) -> None:
    with_isbn("9786017002015", title="Жұмыс дәптері", kind="BROCHURE")
    client = signed_in(world.librarian)
    scan(client, RECEIVE, "9786017002015")
    assert Draft.objects.get().content["lines"][0]["is_counted"] is False
    answer = client.post(RECEIVE, {"action": "keeping", "fund": "TEXTBOOK"}, headers={"HX-Request": "true"})
    assert 'name="counted-0" checked' in answer.content.decode()
    client.post(RECEIVE, {"action": "post", "fund": "TEXTBOOK", "keeping": "", "source": "OWN", "on": str(today())})
    assert Stock.objects.get().fund == "TEXTBOOK"


def test_a_draft_of_an_unknown_way_of_accounting_is_read(world: Any) -> None:
    client = signed_in(world.librarian)
    assert client.post(RECEIVE, {"action": "keeping", "keeping": "чепуха"}).status_code == 200
    assert Draft.objects.get().content["header"]["keeping"] == ""


def test_a_counted_receipt_by_rest_and_the_list_of_cards(world: Any, django_assert_num_queries: Any) -> None:
    client = signed_in(world.librarian)
    books = [record(title, kind="TEXTBOOK") for title in ("Алгебра", "Физика", "Химия")]
    content = {
        "command_id": str(new_id()),
        "library": "S-1",
        "on": "2026-09-10",
        "source": "LOCAL_BUDGET",
        "lines": [{"record": book.pk, "quantity": 25, "price": "900.00", "is_counted": True} for book in books],
    }
    answer = client.post("/api/v1/fund/receipts", json.dumps(content), content_type="application/json")
    assert (answer.status_code, answer.json()["copies"]) == (201, [])
    with django_assert_num_queries(4):
        listed = client.get("/api/v1/fund/stocks?library=S-1&limit=2").json()
    assert [(row["card_number"], row["title"], row["on_shelf"]) for row in listed["results"]] == [
        (1, "Алгебра", 25),
        (2, "Физика", 25),
    ]
    rest = client.get("/api/v1/fund/stocks", {"library": "S-1", "cursor": listed["next"]}).json()
    assert [row["card_number"] for row in rest["results"]] == [3]
    found = client.get("/api/v1/fund/stocks", {"library": "S-1", "q": "Физ"}).json()
    assert [row["card_number"] for row in found["results"]] == [2]
    assert client.get("/api/v1/fund/stocks?library=S-2").status_code == 403
    lines = client.get(f"/api/v1/fund/acts/{Act.objects.get().pk}").json()["lines"]
    assert [(line["card_number"], line["inventory_numbers"]) for line in lines] == [(1, []), (2, []), (3, [])]
    assert Act.objects.count() == 1


# Writing off

WRITE_OFF = "/fund/write-offs/new/"
COMMISSION_TEXT = "\n".join(f"{member['name']}, {member['position']}" for member in COMMISSION)


def posted(**more: Any) -> dict[str, Any]:
    return {"action": "post", "reason": "WORN", "commission": COMMISSION_TEXT, "on": str(today()), **more}


def test_counted_volumes_are_written_off_by_isbn_card_or_title(world: Any) -> None:
    book = with_isbn("9786017002015", title="Алгебра. 7-сынып", kind="TEXTBOOK")
    for price in ("1500.00", "1800.00"):
        line = fund.ReceiptLine(record=book, quantity=10, price=Decimal(price), is_counted=True)
        fund.receive(actor=world.librarian, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    client = signed_in(world.librarian)
    assert "Алгебра" in scan(client, WRITE_OFF, "9786017002015").content.decode()
    scan(client, WRITE_OFF, "1")  # the number of its card
    scan(client, WRITE_OFF, "алгебра")
    same = str(new_id())
    for _ in range(2):  # an answer was lost and the scan sent again
        client.post(WRITE_OFF, {"code": "Алгебра", "command_id": same})
    assert Draft.objects.get().content["counted"] == [{"stock": Stock.objects.get().pk, "quantity": 4, "price": ""}]
    scan(client, WRITE_OFF, "12*")
    answer = client.post(WRITE_OFF, {"action": "lines", "quantity-0": "12", "price-0": "1800.00"}).content.decode()
    assert "only 10 on the shelf" in answer
    answer = client.post(WRITE_OFF, posted()).content.decode()
    assert "only 10 on the shelf" in answer
    assert 'value="12"' in answer  # what was typed is still there
    client.post(WRITE_OFF, {"action": "lines", "quantity-0": "4", "price-0": "1800.00"})
    answer = client.post(WRITE_OFF, posted(), follow=True).content.decode()
    assert "card 1" in answer
    act = Act.objects.get(kind="WRITE_OFF")
    assert [(entry.quantity, entry.price) for entry in act.entries.all()] == [(-4, Decimal("1800.00"))]
    assert not Draft.objects.exists()


def test_a_number_of_a_copy_and_of_a_card_is_asked_about(world: Any) -> None:
    stock = counted(world)
    receive(world.librarian, world.school, kind="TEXTBOOK", title="Химия")
    client = signed_in(world.librarian)
    answer = scan(client, WRITE_OFF, "1").content.decode()
    assert "Copy No. 1: Химия" in answer
    assert "Card No. 1: Алгебра" in answer
    client.post(WRITE_OFF, {"action": "pick", "stock": stock.pk})
    client.post(WRITE_OFF, {"action": "pick", "copy": Copy.objects.get().pk})
    draft = Draft.objects.get().content
    assert (draft["copies"], len(draft["counted"])) == ([Copy.objects.get().pk], 1)
    client.post(WRITE_OFF, {"action": "lines", "remove_counted": "0"})
    assert Draft.objects.get().content["counted"] == []


def test_unknown_and_foreign_codes_are_refused_in_words(world: Any) -> None:
    stock = counted(world)
    receive(world.librarian, world.school)
    client = signed_in(world.librarian)
    assert "no such registration card" in scan(client, WRITE_OFF, "9786017002015").content.decode()
    assert "There is no copy" in scan(client, WRITE_OFF, "777777").content.decode()
    scan(client, WRITE_OFF, "Алгебра")
    assert "core fund and of the textbook fund" in scan(client, WRITE_OFF, Copy.objects.get().barcode).content.decode()
    foreign = signed_in(world.neighbour_librarian)
    answer = foreign.post(WRITE_OFF, {"action": "pick", "stock": stock.pk}).content.decode()
    assert "no such registration card" in answer


@pytest.mark.parametrize("cards", [1, 5])
def test_the_draft_takes_a_fixed_number_of_statements(world: Any, cards: int, django_assert_num_queries: Any) -> None:
    stocks = [counted(world, title=f"Оқулық {number}") for number in range(cards)]
    client = signed_in(world.librarian)
    for stock in stocks:
        client.post(WRITE_OFF, {"action": "pick", "stock": stock.pk})
    with django_assert_num_queries(7):
        client.get(WRITE_OFF)


# Cards


def test_the_card_file_shows_totals_and_prints(world: Any, django_assert_num_queries: Any) -> None:
    algebra = counted(world, 30, "1500.00", grade=7, subjects=["Математика"], publisher="Мектеп")
    counted(world, 20, "900.50", title="Физика. 8-сынып")
    client = signed_in(world.librarian)
    client.get(reverse("fund:cards"))
    with django_assert_num_queries(7):
        answer = client.get(reverse("fund:cards")).content.decode()
    assert "63,010.00 ₸" in answer
    for language, words in {"kk": ["ОҚУЛЫҚ", "Қалдық"], "ru": ["КАРТОЧКА", "Остаток"]}.items():
        for address in (reverse("fund:cards_pdf"), reverse("fund:card_pdf", args=[algebra.pk])):
            content = client.get(address, {"language": language}).content
            text = text_of(content)
            assert all(word in text for word in [*words, "Математика", "Мектеп", "1 500,00"]), text
        keep(f"cards_{language}.pdf", content)
        assert len(PdfReader(io.BytesIO(client.get(reverse("fund:cards_pdf")).content)).pages) == 2
        for address in (reverse("fund:cards_xlsx"), reverse("fund:card_xlsx", args=[algebra.pk])):
            stream = b"".join(client.get(address, {"language": language}).streaming_content)
            rows = CalamineWorkbook.from_filelike(io.BytesIO(stream)).get_sheet_by_index(0).to_python()
            assert rows[2][0] == 1
            assert rows[2][-1] == 30
    assert signed_in(world.director).get(reverse("fund:card", args=[algebra.pk])).status_code == 200
    assert signed_in(world.neighbour_librarian).get(reverse("fund:card_pdf", args=[algebra.pk])).status_code == 404


def test_a_long_run_of_cards_is_read_in_parts(world: Any, django_assert_num_queries: Any) -> None:
    books = [record(f"Оқулық {number}", kind="TEXTBOOK") for number in range(205)]
    lines = [fund.ReceiptLine(record=book, quantity=2, price=Decimal(900), is_counted=True) for book in books]
    fund.receive(actor=world.librarian, library=world.school, receipt=receipt(*lines), at=AT, command_id=new_id())
    with django_assert_num_queries(6):
        assert [card.stock.card_number for card in queries.card_run(world.school, "TEXTBOOK")] == list(range(1, 206))
    answer = signed_in(world.librarian).get(reverse("fund:cards")).content.decode()
    assert "№ 201–205" in answer


def test_counted_volumes_get_numbers_on_the_card_page(world: Any) -> None:
    stock = counted(world, 10)
    address = reverse("fund:card_convert", args=[stock.pk])
    client = signed_in(world.librarian)
    facts = {"command_id": str(new_id()), "on": str(today()), "quantity": "12", "grounds": "№ 5 бұйрық"}
    answer = client.post(address, facts)
    assert answer.status_code == 409
    assert "only 10 on the shelf" in answer.content.decode()
    assert 'value="12"' in answer.content.decode()
    for _ in range(2):
        client.post(address, facts | {"quantity": "4"})
    assert Copy.objects.count() == 4
    assert Act.objects.get(kind="CONVERSION").grounds == "№ 5 бұйрық"
    assert signed_in(world.director).post(address, facts | {"command_id": str(new_id())}).status_code == 403
    assert "Change the way" not in signed_in(world.director).get(reverse("fund:card", args=[stock.pk])).content.decode()


def test_chosen_copies_are_kept_by_count(world: Any) -> None:
    receive(world.librarian, world.school, 3, kind="TEXTBOOK", title="Химия")
    copies = [copy.pk for copy in Copy.objects.order_by("pk")]
    client = signed_in(world.librarian)
    assert "Keep the chosen ones by count" in client.get(reverse("fund:copies")).content.decode()
    address = reverse("fund:copies_convert")
    assert client.get(address, {"copy": copies[:2]}).content.decode().count('name="copy"') == 2
    assert "No copies were chosen" in client.get(address).content.decode()
    facts = {"command_id": str(new_id()), "copy": copies[:2]}
    answer = client.post(address, facts | {"on": "2020-01-01", "grounds": "бұйрық"})
    assert "received only on" in answer.content.decode()
    assert 'value="бұйрық"' in answer.content.decode()
    client.post(address, facts | {"on": str(today())})
    assert Stock.objects.get().quantity == 2
    for name in ("act_pdf", "act_xlsx"):
        assert client.get(reverse(f"fund:{name}", args=[Act.objects.get(kind="CONVERSION").pk])).status_code == 200
    foreign = facts | {"command_id": str(new_id())}
    assert signed_in(world.neighbour_librarian).post(address, foreign).status_code == 422


def test_an_overseer_stays_in_the_chosen_library(world: Any) -> None:
    with_isbn("9786017002015", title="Алгебра", kind="TEXTBOOK")
    client = signed_in(world.administrator)
    address = f"{RECEIVE}?library=S-2"
    assert address in client.get(address).content.decode()
    scan(client, address, "9786017002015")
    client.post(address, {"action": "post", "source": "OWN", "on": str(today())})
    assert Stock.objects.get().library == world.neighbour
    address = f"{WRITE_OFF}?library=S-2"
    assert address in scan(client, address, "Алгебра").content.decode()
    assert client.post(address, {"action": "discard"}).url == address
