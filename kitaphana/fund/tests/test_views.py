"""The fund's pages: they open in every language, a parcel is received and worn books leave."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.catalog.models import Record, RecordIsbn
from kitaphana.core.access import Actor
from kitaphana.core.clock import today
from kitaphana.core.ids import new_id
from kitaphana.fund.models import Act, Copy, Draft
from kitaphana.fund.tests.factories import COMMISSION, receive, record
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor, language: str = "en") -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


def with_isbn(isbn: str, **columns: Any) -> Record:
    edition = record(isbns=[isbn], **columns)
    RecordIsbn.objects.create(record=edition, isbn=isbn)
    return edition


PAGES = [
    "acts",
    "inventory_book",
    "summary_book",
    "copies",
    "cards",
    "labels",
    "receipt_new",
    "write_off_new",
    "transfers",
    "transfer_new",
    "approvals",
    "periods",
    "accounting",
    "opening",
]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("filled", [False, True])
def test_every_page_opens(world, language: str, filled: bool) -> None:
    if filled:
        receive(world.librarian, world.school, 8)
    client = signed_in(world.librarian, language)
    for name in PAGES:
        assert client.get(reverse(f"fund:{name}")).status_code == 200, name
    for part in "123":
        assert client.get(reverse("fund:summary_book"), {"part": part, "year": 2026}).status_code == 200
    for act in Act.objects.all():
        assert client.get(reverse("fund:act", args=[act.pk])).status_code == 200
        assert client.get(reverse("fund:labels"), {"act": act.pk}).status_code == 200


@pytest.mark.parametrize("name", ["inventory_book_pdf", "inventory_book_xlsx", "summary_book_pdf", "summary_book_xlsx"])
def test_papers_can_be_downloaded(world, name: str) -> None:
    act = receive(world.librarian, world.school, 2)
    client = signed_in(world.librarian)
    answer = client.get(reverse(f"fund:{name}"), {"language": "kk", "year": 2026})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert content.startswith(b"%PDF" if name.endswith("pdf") else b"PK")
    assert client.get(reverse("fund:act_pdf", args=[act.pk])).content.startswith(b"%PDF")
    labels = client.get(reverse("fund:labels_pdf"), {"act": act.pk, "sheet": "65", "kind": "SPINE", "start": 4})
    assert labels.content.startswith(b"%PDF")


def test_pages_of_another_library_are_closed(world) -> None:
    act = receive(world.librarian, world.school, 2)
    client = signed_in(world.neighbour_librarian)
    for name in PAGES:
        assert client.get(reverse(f"fund:{name}"), {"library": "S-1"}).status_code == 403, name
    for name in ("act", "act_pdf", "act_xlsx"):
        assert client.get(reverse(f"fund:{name}", args=[act.pk])).status_code == 404
    answer = client.post(reverse("fund:act_reverse", args=[act.pk]), {"command_id": str(new_id())})
    assert answer.status_code == 404
    assert Act.objects.count() == 1


def test_parcel_is_received_by_scanning(world) -> None:
    with_isbn("9786017002015", title="Абай жолы")
    client = signed_in(world.librarian)
    address = reverse("fund:receipt_new")

    def scan(code: str, command_id: str = "") -> Any:
        return client.post(
            address, {"code": code, "command_id": command_id or str(new_id())}, headers={"HX-Request": "true"}
        )

    assert "Абай жолы" in scan("9786017002015").content.decode()
    scan("*1200,50")
    same = str(new_id())
    scan('ұ.ү,қ".ққәқ"ғ', same)  # the Kazakh keyboard layout
    scan('ұ.ү,қ".ққәқ"ғ', same)  # the answer was lost and the scan sent again
    line = Draft.objects.get().content["lines"][0]
    assert (line["quantity"], line["price"]) == (2, "1200.50")
    assert 'data-outcome="refused"' in scan("9785170881574").content.decode()
    client.post(address, {"action": "header", "source": "OWN", "document_number": "77", "on": str(today())})
    answer = client.post(address, {"action": "post", "source": "OWN", "document_number": "77", "on": str(today())})
    act = Act.objects.get()
    assert answer.url == reverse("fund:act", args=[act.pk])
    assert (act.source, act.document_number, Copy.objects.count()) == ("OWN", "77", 2)
    assert not Draft.objects.exists()


def test_refused_post_keeps_the_draft(world) -> None:
    with_isbn("9786017002015")
    client = signed_in(world.librarian)
    address = reverse("fund:receipt_new")
    client.post(address, {"code": "9786017002015", "command_id": str(new_id())})
    answer = client.post(address, {"action": "post", "source": "GIFT", "document_number": "", "commission": ""})
    assert "commission of at least 3" in answer.content.decode()
    assert not Act.objects.exists()
    assert len(Draft.objects.get().content["lines"]) == 1


def test_lines_are_changed_and_removed(world) -> None:
    with_isbn("9786017002015")
    client = signed_in(world.librarian)
    address = reverse("fund:receipt_new")
    client.post(address, {"code": "9786017002015", "command_id": str(new_id())})
    client.post(
        address,
        {
            "action": "lines",
            "quantity-0": "2",
            "price-0": "1 500,00",
            "off-0": "on",
            "barcodes-0": "AB-1 AB-2",
        },
    )
    line = Draft.objects.get().content["lines"][0]
    assert (line["quantity"], line["price"], line["is_on_balance"]) == (2, "1500.00", False)
    assert line["barcodes"] == ["AB-1", "AB-2"]
    client.post(address, {"action": "lines", "remove": "0"})
    assert Draft.objects.get().content["lines"] == []


def test_worn_books_are_written_off_by_scanning(world) -> None:
    receive(world.librarian, world.school, 3)
    first, second, third = Copy.objects.order_by("inventory_number")
    client = signed_in(world.librarian)
    address = reverse("fund:write_off_new")
    client.post(address, {"code": first.barcode, "command_id": str(new_id())})
    client.post(address, {"code": "2", "command_id": str(new_id())})  # its inventory number
    client.post(address, {"action": "pick", "copy": [third.pk]})
    client.post(address, {"remove": third.pk})
    commission = "\n".join(f"{member['name']}, {member['position']}" for member in COMMISSION)
    client.post(address, {"action": "post", "reason": "WORN", "commission": commission, "on": str(today())})
    act = Act.objects.get(kind="WRITE_OFF")
    assert act.commission == COMMISSION
    withdrawn = Copy.objects.filter(withdrawn_by__act=act).order_by("inventory_number")
    assert list(withdrawn) == [first, second]
    answer = client.post(address, {"code": first.barcode, "command_id": str(new_id())})
    assert "no longer in the fund" in answer.content.decode()


def test_act_is_reversed_from_its_page(world) -> None:
    act = receive(world.librarian, world.school, 1)
    client = signed_in(world.librarian)
    body = {"command_id": str(new_id()), "on": str(today()), "note": "қате"}
    client.post(reverse("fund:act_reverse", args=[act.pk]), body)
    client.post(reverse("fund:act_reverse", args=[act.pk]), body)
    assert Act.objects.get(reverses=act).note == "қате"


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_a_fixed_number_of_statements(world, rows: int, django_assert_num_queries) -> None:
    for number in range(rows):
        receive(world.librarian, world.school, 2, title=f"Кітап {number}")
    client = signed_in(world.librarian)
    client.get(reverse("fund:acts"))
    for name, statements in STATEMENTS.items():
        with django_assert_num_queries(statements):
            client.get(reverse(f"fund:{name}"))


STATEMENTS = {"acts": 8, "cards": 7, "inventory_book": 7, "summary_book": 9, "copies": 4}
