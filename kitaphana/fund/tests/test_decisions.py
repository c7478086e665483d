"""The director's pages: approving and refusing acts, closing periods, the register of acts."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kitaphana.core.clock import today
from kitaphana.core.ids import new_id
from kitaphana.fund import documents, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import WithdrawalReason
from kitaphana.fund.models import Act, Approval, ClosedPeriod, Copy, Draft
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, receive, record
from kitaphana.fund.tests.test_documents import keep, text_of
from kitaphana.fund.tests.test_views import signed_in, with_isbn

pytestmark = pytest.mark.django_db


def written_off(world: Any, reason: str = "WORN", **columns: Any) -> Act:
    act = receive(world.librarian, world.school, 2, **columns)
    return fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(
            on=ON, reason=reason, copies=list(Copy.objects.filter(received_by__act=act)), commission=COMMISSION
        ),
        at=AT,
        command_id=new_id(),
    )


def test_the_director_approves_in_one_click(world: Any) -> None:
    act = written_off(world)
    address = reverse("fund:approvals")
    client = signed_in(world.director)
    page = client.get(address).content.decode()
    assert "Approve" in page
    assert client.get(reverse("fund:acts")).content.decode().count("Waits for approval") == 1
    assert "Waits for approval" in client.get(reverse("fund:act", args=[act.pk])).content.decode()
    facts = {"command_id": str(new_id()), "name": "Серікова А. Б.", "approve": act.pk}
    for _ in range(2):
        client.post(address, facts)
    approval = Approval.objects.get()
    assert (approval.act, approval.is_approved, approval.name) == (act, True, "Серікова А. Б.")
    page = client.get(reverse("fund:act", args=[act.pk])).content.decode()
    assert "Серікова А. Б." in page
    assert "Waits for approval" not in page
    assert 'value="Серікова А. Б."' not in client.get(address).content.decode()  # nothing waits, no form
    for language, word in {"kk": "БЕКІТЕМІН", "ru": "УТВЕРЖДАЮ"}.items():
        content = documents.act_pdf(queries.act_page(act), language=language)
        keep(f"approved_{language}.pdf", content)
        assert word in text_of(content)
        assert "Серікова А. Б." in text_of(content)
    answer = client.post(address, {**facts, "command_id": str(new_id())})
    assert (answer.status_code, "decided on already" in answer.content.decode()) == (409, True)


def test_a_refusal_needs_a_reason_and_reverses_the_act(world: Any) -> None:
    act, other = written_off(world), written_off(world, title="Басқа кітап")
    address = reverse("fund:approvals")
    client = signed_in(world.director)
    typed = {"name": "Серікова А. Б.", f"note-{act.pk}": " ", f"note-{other.pk}": "жазылған"}
    answer = client.post(address, {**typed, "command_id": str(new_id()), "refuse": act.pk})
    assert answer.status_code == 422
    assert "not said why" in answer.content.decode()
    assert 'value="жазылған"' in answer.content.decode()
    client.post(address, {**typed, f"note-{act.pk}": "Тізім қате", "command_id": str(new_id()), "refuse": act.pk})
    assert act.reversed_by.note == "Тізім қате"
    page = client.get(address).content.decode()
    assert "Тізім қате" in page
    content = documents.act_pdf(queries.act_page(act), language="kk")
    assert "Тізім қате" in text_of(content)


def test_librarians_see_the_queue_but_do_not_decide(world: Any) -> None:
    act = written_off(world)
    client = signed_in(world.librarian)
    page = client.get(reverse("fund:approvals")).content.decode()
    assert f"№ {act.number}/{act.year}" in page
    assert 'name="approve"' not in page
    facts = {"command_id": str(new_id()), "approve": act.pk, "name": "Мен"}
    assert client.post(reverse("fund:approvals"), facts).status_code == 403
    assert signed_in(world.neighbour_librarian).post(reverse("fund:approvals"), facts).status_code == 404
    assert not Approval.objects.exists()


@pytest.mark.parametrize("number", [1, 4])
def test_the_queue_takes_a_fixed_number_of_statements(world: Any, number: int, django_assert_num_queries: Any) -> None:
    for index in range(number):
        written_off(world, title=f"Кітап {index}")
    client = signed_in(world.director)
    with django_assert_num_queries(6):
        client.get(reverse("fund:approvals"))
    assert queries.count_waiting(world.director.reach(fund_view())) == number


def fund_view() -> Any:
    from kitaphana.core.access import Permission

    return Permission.FUND_VIEW


# Periods


def test_the_director_closes_the_year(world: Any) -> None:
    year = today().year - 1
    receive(world.librarian, world.school)
    book = record()
    fund.receive(
        actor=world.librarian,
        library=world.school,
        receipt=receipt(fund.ReceiptLine(record=book, quantity=1, price=Decimal(100)), on=date(year, 5, 5)),
        at=AT,
        command_id=new_id(),
    )
    address = reverse("fund:periods")
    assert "Close a period" not in signed_in(world.librarian).get(address).content.decode()
    assert signed_in(world.librarian).post(address, {"until": f"{year}-12-31"}).status_code == 403
    client = signed_in(world.director)
    answer = client.post(address, {"until": str(today()), "command_id": str(new_id())})
    assert "not over yet" in answer.content.decode()
    assert f'value="{today()}"' in answer.content.decode()
    assert client.post(address, {"until": "чепуха"}).status_code == 422
    facts = {"until": f"{year}-12-31", "command_id": str(new_id())}
    for _ in range(2):
        answer = client.post(address, facts, follow=True)
    period = ClosedPeriod.objects.get()
    page = answer.content.decode()
    assert period.digest in page
    assert "director" in page  # who closed it
    book_page = client.get(reverse("fund:summary_book"), {"year": year}).content.decode()
    assert f"The year {year} is closed" in book_page
    assert "is closed" not in client.get(reverse("fund:summary_book"), {"year": year + 1}).content.decode()


def test_a_receipt_into_a_closed_period_is_refused_and_kept(world: Any) -> None:
    year = today().year - 1
    fund.close_period(actor=world.director, library=world.school, until=date(year, 12, 31), at=AT, command_id=new_id())
    with_isbn("9786017002015")
    client = signed_in(world.librarian)
    address = reverse("fund:receipt_new")
    client.post(address, {"code": "9786017002015", "command_id": str(new_id())})
    answer = client.post(address, {"action": "post", "source": "OWN", "on": f"{year}-12-30", "document_number": "77"})
    page = answer.content.decode()
    assert "The books are closed up to" in page
    assert f'value="{year}-12-30"' in page
    assert 'value="77"' in page
    assert len(Draft.objects.get().content["lines"]) == 1


# Papers


@pytest.mark.parametrize("reason", list(WithdrawalReason))
def test_every_reason_has_its_own_title(world: Any, reason: str) -> None:
    act = written_off(world, reason)
    titles = {}
    for language in ("kk", "ru"):
        content = documents.act_pdf(queries.act_page(act), language=language)
        keep(f"write_off_{reason}_{language}.pdf", content)
        text = text_of(content)
        titles[language] = text
        for member in COMMISSION:
            assert member["name"] in text
            assert member["position"] in text
    assert "Комиссия төрағасы" in titles["kk"]
    assert "Председатель комиссии" in titles["ru"]
    word = {
        "WORN": ("Тозған", "ветхой"),
        "OBSOLETE": ("ескірген", "устаревшей"),
        "LOSS": ("Жоғалған", "утраченной"),
        "DEFECT": ("Ақауы", "дефектной"),
        "PROFILE": ("Бейінге", "непрофильной"),
        "DUPLICATE": ("Артық", "дублетной"),
        "TRANSFER": ("Басқа ұйымға", "переданной"),
    }[reason]
    assert word[0] in titles["kk"]
    assert word[1] in titles["ru"]


def test_the_register_of_acts_of_a_year(world: Any, django_assert_num_queries: Any) -> None:
    approved, refused = written_off(world), written_off(world, "LOSS", title="Жоғалған кітап")
    waiting = written_off(world, "DEFECT", title="Ақауы бар кітап")
    for act, is_approved in ((approved, True), (refused, False)):
        fund.decide(
            actor=world.director,
            act=act,
            is_approved=is_approved,
            name="Серікова А. Б.",
            on=ON,
            at=AT,
            note="" if is_approved else "Ізделсін",
            command_id=new_id(),
        )
    with django_assert_num_queries(2):
        lines = list(queries.register(world.school, ON.year))
    assert len(lines) == 7
    book = queries.summary_book(world.school, "CORE", ON.year)
    assert sum(line.received for line in lines) == book.receipts_total.total.copies == 6
    assert sum(line.withdrawn_amount for line in lines) == book.withdrawals_total.total.amount
    assert [line.act for line in lines if line.waits] == [waiting]
    client = signed_in(world.director)
    words = {"kk": ["Актілер тізілімі", "Бекітуді күтуде", "Бекітілді"], "ru": ["Реестр актов", "Ожидает", "Утверждён"]}
    for language, expected in words.items():
        asked = {"language": language, "year": ON.year}
        content = client.get(reverse("fund:register_pdf"), asked).content
        keep(f"register_{language}.pdf", content)
        assert all(word in text_of(content) for word in expected), text_of(content)
        stream = b"".join(client.get(reverse("fund:register_xlsx"), asked).streaming_content)
        rows = CalamineWorkbook.from_filelike(io.BytesIO(stream)).get_sheet_by_index(0).to_python()
        assert len(rows) == 2 + 7 + 1
        assert rows[-1][5:7] == [6, 4]
