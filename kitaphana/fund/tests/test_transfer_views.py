"""Transfers on their pages: a draft is sent, the other library accepts or refuses, papers for both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.core.clock import today
from kitaphana.core.ids import new_id
from kitaphana.fund import checks, errors
from kitaphana.fund import services as fund
from kitaphana.fund.enums import TransferState
from kitaphana.fund.models import Act, Copy, Draft, Stock, Transfer
from kitaphana.fund.tests.factories import AT, ON, receipt, receive
from kitaphana.fund.tests.test_counted_views import counted, scan
from kitaphana.fund.tests.test_documents import keep, text_of
from kitaphana.fund.tests.test_views import signed_in, with_isbn

pytestmark = pytest.mark.django_db

NEW = "/fund/transfers/new/"


def sent(world: Any, quantity: int = 5, **columns: Any) -> Transfer:
    stock = counted(world, 10, **columns)
    return fund.send(
        actor=world.librarian,
        library=world.school,
        sending=fund.Sending(on=ON, to_library=world.neighbour, counted=[fund.CountedLine(stock, quantity)]),
        at=AT,
        command_id=new_id(),
    )


def post(client: Client, transfer: Transfer, action: str, **facts: str) -> Any:
    address = reverse(f"fund:transfer_{action}", args=[transfer.pk])
    return client.post(address, {"command_id": str(new_id()), **facts})


def test_books_are_sent_by_scanning_and_accepted_by_the_other_side(world: Any) -> None:
    book = with_isbn("9786017002015", title="Алгебра. 7-сынып", kind="TEXTBOOK")
    line = fund.ReceiptLine(record=book, quantity=10, price=Decimal(1500), is_counted=True)
    fund.receive(actor=world.librarian, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    receive(world.librarian, world.school, 1, kind="TEXTBOOK", title="Химия")
    client = signed_in(world.librarian)
    scan(client, NEW, "9786017002015")
    scan(client, NEW, "4*")
    scan(client, NEW, Copy.objects.get().barcode)
    answer = client.post(NEW, {"action": "post", "on": str(today()), "grounds": "№ 7 бұйрық"}).content.decode()
    assert "not said where the books go" in answer
    assert "№ 7 бұйрық" in answer
    assert "S-2" in client.get(NEW, {"find": "2 мектеп"}).content.decode()
    assert "no such library" in client.get(NEW, {"find": "жоқ нәрсе"}).content.decode()
    client.post(NEW, {"action": "library", "to": "S-2"})
    assert "№ 2 мектеп" in client.get(NEW).content.decode() or "Школа № 2" in client.get(NEW).content.decode()
    answer = client.post(NEW, {"action": "post", "on": str(today()), "grounds": "№ 7 бұйрық"}, follow=True)
    transfer = Transfer.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("fund:transfer", args=[transfer.pk])
    assert not Draft.objects.exists()
    assert Stock.objects.get().quantity == 6
    other = signed_in(world.neighbour_librarian)
    assert "Waits for you" in other.get(reverse("fund:transfers")).content.decode()
    assert "Waits for you" not in client.get(reverse("fund:transfers")).content.decode()
    page = other.get(reverse("fund:transfer", args=[transfer.pk])).content.decode()
    assert "Accept" in page
    assert reverse("fund:act", args=[transfer.act_out_id]) not in page  # the books of another library
    answer = post(other, transfer, "accept", on=str(today()))
    assert answer.url == reverse("fund:act", args=[Act.objects.latest("pk").pk])
    assert Stock.objects.get(library=world.neighbour).quantity == 4
    assert Copy.objects.filter(library=world.neighbour).count() == 1
    answer = post(other, transfer, "refuse", note="кеш")
    assert answer.status_code == 409
    assert "received or refused already" in answer.content.decode()
    assert list(checks.invariants()) == []


def test_a_refused_transfer_says_why(world: Any) -> None:
    transfer = sent(world)
    assert post(signed_in(world.librarian), transfer, "accept").status_code == 403
    assert post(signed_in(world.director), transfer, "refuse", note="").status_code == 403
    client = signed_in(world.neighbour_librarian)
    answer = post(client, transfer, "accept", on="2020-01-01")
    assert "received only on" in answer.content.decode()
    assert 'value="2020-01-01"' in answer.content.decode()
    post(client, transfer, "refuse", note="Бізге керек емес")
    assert "Бізге керек емес" in client.get(reverse("fund:transfer", args=[transfer.pk])).content.decode()
    assert Stock.objects.get(library=world.school).quantity == 10


def test_strangers_do_not_see_a_transfer(world: Any) -> None:
    transfer = sent(world)
    for name in ("transfer", "transfer_pdf", "transfer_xlsx"):
        address = reverse(f"fund:{name}", args=[transfer.pk])
        assert signed_in(world.methodist).get(address).status_code == 200
        assert signed_in(world.neighbour_librarian).get(address).status_code == 200
        assert signed_in(world.stranger).get(address).status_code == 403
    assert signed_in(world.director).get(NEW).status_code == 403


def test_a_foreign_transfer_is_not_found(world: Any) -> None:
    from kitaphana.people import queries as people
    from kitaphana.people.enums import Role
    from kitaphana.people.models import RoleAssignment, User

    transfer = sent(world)
    user = User.objects.create_user("faraway", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=world.faraway, role=Role.LIBRARIAN)
    client = signed_in(people.actor_of(user))
    assert client.get(reverse("fund:transfer", args=[transfer.pk])).status_code == 404


def test_the_act_of_transfer_is_signed_by_both_sides(world: Any) -> None:
    receive(world.librarian, world.school, 3, kind="TEXTBOOK", title="Химия. 8-сынып")
    stock = counted(world, 10)
    transfer = fund.send(
        actor=world.librarian,
        library=world.school,
        sending=fund.Sending(
            on=ON,
            to_library=world.neighbour,
            copies=list(Copy.objects.all()),
            counted=[fund.CountedLine(stock, 4)],
            grounds="Білім басқармасының 01.09.2026 № 15 бұйрығы",
        ),
        at=AT,
        command_id=new_id(),
    )
    words = {"kk": ["Тапсырды", "Қабылдады", "№ 1 карточка"], "ru": ["Передал", "Принял", "карточка № 1"]}
    for language, expected in words.items():
        address = reverse("fund:transfer_pdf", args=[transfer.pk])
        content = signed_in(world.neighbour_librarian).get(address, {"language": language}).content
        keep(f"transfer_{language}.pdf", content)
        assert all(word in text_of(content) for word in expected), text_of(content)


def test_a_reversed_act_of_transfer_can_not_be_received(world: Any) -> None:
    transfer = sent(world)
    fund.reverse(actor=world.librarian, act=transfer.act_out, on=ON, at=AT, command_id=new_id(), note="қате")
    transfer.refresh_from_db()
    assert (transfer.state, transfer.note) == (TransferState.REFUSED, "қате")
    with pytest.raises(errors.TransferEnded):
        fund.accept(actor=world.neighbour_librarian, transfer=transfer, on=ON, at=AT, command_id=new_id())
    received = sent(world, title="Физика. 8-сынып")
    fund.accept(actor=world.neighbour_librarian, transfer=received, on=ON, at=AT, command_id=new_id())
    with pytest.raises(errors.TransferEnded):
        fund.reverse(actor=world.librarian, act=received.act_out, on=ON, at=AT, command_id=new_id())
    with pytest.raises(errors.TransferEnded):
        fund.decide(
            actor=world.director,
            act=received.act_out,
            is_approved=False,
            name="Директор",
            on=ON,
            at=AT,
            command_id=new_id(),
        )
    assert list(checks.invariants()) == []


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_of_transfers_takes_a_fixed_number_of_statements(
    world: Any, number: int, django_assert_num_queries: Any
) -> None:
    for index in range(number):
        sent(world, title=f"Оқулық {index}")
    client = signed_in(world.librarian)
    with django_assert_num_queries(5):
        client.get(reverse("fund:transfers"))


@pytest.mark.parametrize("titles", [1, 5])
def test_a_transfer_is_shown_in_a_fixed_number_of_statements(
    world: Any, titles: int, django_assert_num_queries: Any
) -> None:
    stocks = [counted(world, 10, title=f"Оқулық {number}") for number in range(titles)]
    transfer = fund.send(
        actor=world.librarian,
        library=world.school,
        sending=fund.Sending(
            on=ON, to_library=world.neighbour, counted=[fund.CountedLine(stock, 2) for stock in stocks]
        ),
        at=AT,
        command_id=new_id(),
    )
    client = signed_in(world.neighbour_librarian)
    with django_assert_num_queries(10):
        client.get(reverse("fund:transfer", args=[transfer.pk]))


def test_the_director_refuses_what_is_on_its_way(world: Any) -> None:
    transfer = sent(world)
    client = signed_in(world.director)
    facts = {"command_id": str(new_id()), "name": "Директор", "refuse": transfer.act_out_id}
    client.post(reverse("fund:approvals"), {**facts, f"note-{transfer.act_out_id}": "Өзімізге керек"})
    transfer.refresh_from_db()
    assert (transfer.state, transfer.note) == (TransferState.REFUSED, "Өзімізге керек")
    assert Stock.objects.get().quantity == 10
    page = signed_in(world.neighbour_librarian).get(reverse("fund:transfer", args=[transfer.pk])).content.decode()
    assert "Өзімізге керек" in page
    assert "/accept/" not in page
