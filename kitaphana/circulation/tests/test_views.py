"""Pages of circulation, as a librarian with a scanner uses them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kitaphana.circulation import services
from kitaphana.circulation.models import Hold, Loan, LoanPolicy, ReaderNote
from kitaphana.circulation.tests.factories import AT, copies, give_back, lend, reader
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db

KAZAKH = str.maketrans("1234567890", '"әіңғ,.үұқ')


@pytest.fixture
def client(world) -> Client:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def scan(client: Client, text: str, *, fragment: bool = True, mode: str = "scan", **fields: Any) -> Any:
    headers = {"HX-Request": "true"} if fragment else {}
    data = {"code": text, "command_id": str(new_id()), **fields}
    return client.post(reverse(f"circulation:{mode}"), data, headers=headers)


def test_three_books_are_lent_by_four_scans(world, client) -> None:
    membership, books = reader(world.school), copies(world.school, 3)
    opened = scan(client, membership.card_number.translate(KAZAKH))
    assert f'name="reader" value="{membership.pk}"' in opened.content.decode()
    for copy in books:
        answer = scan(client, copy.barcode.translate(KAZAKH), reader=membership.pk)
        assert answer.status_code == 200
        assert "Lent: «Абай жолы»" in answer.content.decode()
    assert Loan.objects.filter(person=membership.person, returned_at=None).count() == 3
    page = client.get(reverse("circulation:desk"), {"reader": membership.pk}).content.decode()
    assert page.index(books[2].barcode) < page.index(books[1].barcode) < page.index(books[0].barcode)
    assert page.count("Undo") == 3


def test_the_desk_works_without_scripts(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    opened = scan(client, membership.card_number, fragment=False)
    assert opened["Location"].endswith(f"?reader={membership.pk}")
    assert scan(client, copy.barcode, fragment=False, reader=membership.pk).status_code == 302
    assert Loan.objects.count() == 1
    refused = scan(client, copy.barcode, fragment=False, reader=membership.pk)
    assert refused.status_code == 409
    assert "<html" in refused.content.decode()


def test_a_repeated_scan_form_lends_once(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    command = str(new_id())
    for _ in range(2):
        assert scan(client, copy.barcode, reader=membership.pk, command_id=command).status_code == 200
    assert Loan.objects.count() == 1


def test_a_refusal_offers_the_override_and_the_reason_passes_it(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school, is_reference=True)
    answer = scan(client, copy.barcode, reader=membership.pk)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "for the reading room only" in text
    assert 'name="override"' in text
    assert scan(client, copy.barcode, reader=membership.pk, override="for an exhibition").status_code == 200
    assert Loan.objects.get().override_reason == "for an exhibition"


def test_a_book_without_a_reader_shows_who_has_it(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    lend(SYSTEM, membership, copy)
    text = scan(client, copy.barcode).content.decode()
    assert "Серікова Айгерім" in text
    assert Loan.objects.filter(returned_at=None).count() == 1


def test_an_isbn_offers_the_copies_of_the_edition(world, client) -> None:
    from kitaphana.catalog.models import RecordIsbn

    (copy,) = copies(world.school)
    RecordIsbn.objects.create(record=copy.record, isbn="9786017002015")
    answer = scan(client, 'ұ.ү,қ".ққәқ"ғ', reader=reader(world.school).pk)
    assert answer.status_code == 422
    assert copy.barcode in answer.content.decode()
    assert Loan.objects.count() == 0


def test_letters_look_for_a_name(world, client) -> None:
    one, two = reader(world.school, "Ахметов", "Дәулет"), reader(world.school, "Ахметова", "Жанна")
    text = scan(client, "ахметов").content.decode()
    assert "Ахметов Дәулет" in text
    assert "Ахметова Жанна" in text
    assert f'name="reader" value="{two.pk}"' in scan(client, "Ахметова Жанна").content.decode()
    assert f'name="reader" value="{one.pk}"' in scan(client, "Akhmetov Daulet").content.decode()
    assert scan(client, "Жоқбаев").status_code == 404


@pytest.mark.parametrize("text", ["", "   ", "0", "<script>", "9" * 5000, "\x00", "'; DROP TABLE"])
def test_nonsense_is_answered_calmly(world, client, text: str) -> None:
    assert scan(client, text).status_code in (200, 404)
    assert scan(client, text, reader=reader(world.school).pk).status_code in (200, 404)
    assert scan(client, text, mode="return_scan").status_code in (200, 404)


def test_returning_tells_what_happened(world, client) -> None:
    (copy,) = copies(world.school)
    lend(SYSTEM, reader(world.school), copy)
    services.place_hold(
        actor=SYSTEM,
        library=world.school,
        record=copy.record,
        person=reader(world.school, "Бекова").person,
        at=AT,
    )
    text = scan(client, copy.barcode, mode="return_scan").content.decode()
    assert "Put it on the hold shelf for Бекова Айгерім" in text
    assert Hold.objects.get().state == "READY"
    (foreign,) = copies(world.neighbour)
    assert scan(client, foreign.barcode, mode="return_scan").status_code == 409
    membership = reader(world.school)
    away = scan(client, membership.card_number, mode="return_scan")
    assert away["HX-Redirect"].endswith(f"?reader={membership.pk}")


def test_undo_takes_the_book_back(world, client) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    loan = lend(SYSTEM, membership, copy, clock.now())
    answer = client.post(
        reverse("circulation:loan_return", args=[loan.pk]),
        {"command_id": str(new_id())},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    loan.refresh_from_db()
    assert loan.returned_at is not None


def test_the_desk_costs_the_same_with_one_loan_and_with_three(world, client) -> None:
    membership, books = reader(world.school), copies(world.school, 3)
    counts = []
    for number, copy in enumerate(books):
        lend(SYSTEM, membership, copy)
        if number in (0, 2):
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("circulation:desk"), {"reader": membership.pk})
            counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize("name", ["holds", "overdue", "return"])
def test_lists_cost_the_same_with_one_row_and_with_three(world, client, name: str) -> None:
    counts = []
    for number in range(3):
        owner, other = reader(world.school, f"Оқырман {number}"), reader(world.school, f"Кезек {number}")
        late, held, returned = copies(world.school, 3, title=f"Кітап {number}")
        lend(SYSTEM, owner, returned, clock.now())
        lend(SYSTEM, owner, late)
        give_back(SYSTEM, returned, clock.now())
        services.place_hold(actor=SYSTEM, library=world.school, record=held.record, person=other.person, at=AT)
        if number in (0, 2):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(f"circulation:{name}")).status_code == 200
            counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_reader_page_does_what_it_offers(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    (wanted,) = copies(world.school, title="Қан мен тер")
    lend(SYSTEM, membership, copy, clock.now())
    address = reverse("circulation:reader", args=[membership.pk])
    assert "Қан мен тер" in client.get(address, {"q": "қан"}).content.decode()
    client.post(reverse("circulation:hold_place", args=[membership.pk]), {"record": wanted.record_id})
    hold = Hold.objects.get()
    client.post(reverse("circulation:hold_cancel", args=[hold.pk]), {"next": address})
    hold.refresh_from_db()
    assert hold.state == "CANCELLED"
    client.post(reverse("circulation:note_add", args=[membership.pk]), {"text": "Жыртық", "is_blocking": "on"})
    note = ReaderNote.objects.get()
    assert "Жыртық" in client.get(address).content.decode()
    client.post(reverse("circulation:note_close", args=[note.pk]))
    note.refresh_from_db()
    assert note.closed_at is not None
    assert client.post(reverse("circulation:renew_all", args=[membership.pk])).status_code == 302


def test_a_lost_book_is_replaced_on_its_page(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    loan = lend(SYSTEM, membership, copy)
    address = reverse("circulation:lost", args=[loan.pk])
    assert client.get(address).status_code == 200
    answer = client.post(
        address,
        {
            "way": "replace",
            "replacement": copy.record_id,
            "price": "2500",
            "commission": "Әлиева Г. С., төраға",
        },
    )
    assert answer.status_code == 302
    loan.refresh_from_db()
    assert loan.end == "REPLACED"


def test_another_librarian_sees_nothing_of_this_library(world) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    loan = lend(SYSTEM, membership, copy)
    other = Client()
    other.force_login(User.objects.get(login="neighbour"), backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(reverse("circulation:reader", args=[membership.pk])).status_code == 404
    assert other.get(reverse("circulation:form", args=[membership.pk])).status_code == 404
    assert other.get(reverse("circulation:receipt", args=[membership.pk])).status_code == 404
    assert other.get(reverse("circulation:lost", args=[loan.pk])).status_code == 403
    assert "Серікова" not in other.get(reverse("circulation:overdue")).content.decode()
    scan(other, membership.card_number)
    assert scan(other, copy.barcode, mode="return_scan").status_code == 409
    loan.refresh_from_db()
    assert loan.returned_at is None


def test_policies_are_set_and_removed_on_the_page(world, client) -> None:
    address = reverse("circulation:policies")
    assert client.get(address).status_code == 200
    fields = {
        "category": "PUPIL",
        "fund": "CORE",
        "loan_days": "10",
        "max_loans": "4",
        "max_renewals": "1",
        "max_holds": "2",
        "hold_shelf_days": "2",
        "due_day": "",
    }
    assert client.post(address, {**fields, "loan_days": "0"}).status_code == 422
    assert client.post(address, fields).status_code == 302
    row = LoanPolicy.objects.get()
    assert (row.organization_id, row.loan_days) == (world.school.pk, 10)
    client.post(reverse("circulation:policy_remove", args=[row.pk]))
    assert LoanPolicy.objects.count() == 0


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_papers_are_made(world, client, language: str) -> None:
    import io

    from pypdf import PdfReader

    membership, (copy,) = reader(world.school), copies(world.school)
    lend(SYSTEM, membership, copy)
    for name, arguments in (("form", [membership.pk]), ("overdue_slips", [])):
        body = client.get(reverse(f"circulation:{name}", args=arguments), {"language": language}).content
        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(body)).pages)
        assert "Серікова Айгерім" in text
        assert "Әуезов М. Абай жолы" in text
    heading = {"kk": "Оқырман формуляры", "ru": "Формуляр читателя", "en": "Reader's form"}[language]
    form = client.get(reverse("circulation:form", args=[membership.pk]), {"language": language}).content
    assert heading in PdfReader(io.BytesIO(form)).pages[0].extract_text().replace("’", "'")


def test_the_overdue_sheet_opens(world, client) -> None:
    import io

    from python_calamine import CalamineWorkbook

    (copy,) = copies(world.school)
    lend(SYSTEM, reader(world.school), copy)
    body = client.get(reverse("circulation:overdue_sheet")).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert rows[3][:3] == ["6 «Б»", "Серікова Айгерім", "Әуезов М. Абай жолы"]


def test_the_receipt_lists_what_was_lent_today(world, client) -> None:
    membership, (copy,) = reader(world.school), copies(world.school)
    lend(SYSTEM, membership, copy, clock.now())
    for paper in ("58", "80", "a4", "nonsense"):
        text = client.get(reverse("circulation:receipt", args=[membership.pk]), {"paper": paper}).content.decode()
        assert copy.barcode in text
