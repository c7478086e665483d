"""The exchange with the accountant: totals by account and source, comparison, the act."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund import errors, queries
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy, Reconciliation, Stock
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, record
from kitaphana.fund.tests.test_views import signed_in
from kitaphana.people.roster import read_cells

pytestmark = pytest.mark.django_db
FIRST = date(2026, 9, 5)


def receive(world: Any, book: Any, quantity: int, price: str, source: str, **more: Any) -> Any:
    line = {"record": book, "quantity": quantity, "price": Decimal(price)}
    parts = {name: more.pop(name) for name in ("is_counted", "is_on_balance") if name in more}
    return fund.receive(
        actor=world.librarian,
        library=world.school,
        receipt=receipt(fund.ReceiptLine(**line, **parts), source=source, **more),
        at=AT,
        command_id=new_id(),
    )


def write_off(world: Any, copies: Any = (), counted: Any = ()) -> Any:
    facts = fund.WriteOff(on=ON, reason="WORN", commission=COMMISSION, copies=copies, counted=counted)
    return fund.write_off(actor=world.librarian, library=world.school, write_off=facts, at=AT, command_id=new_id())


def totals(world: Any, first: date = FIRST, last: date = ON) -> dict[str, tuple[int, int, int, int]]:
    book = queries.accounts(world.school, first, last)
    return {
        line.key: (line.opening.copies, line.came.copies, line.went.copies, line.closing.copies) for line in book.lines
    }


@pytest.fixture
def filled(world: Any) -> Any:
    before = FIRST - timedelta(days=2)
    abai, tales, algebra = record("Абай жолы"), record("Ертегілер"), record("Алгебра", kind="TEXTBOOK")
    receive(world, abai, 10, "1000", "LOCAL_BUDGET", on=before)
    receive(world, tales, 4, "500", "GIFT", is_on_balance=False)
    receive(world, algebra, 30, "2000", "NATIONAL_BUDGET", is_counted=True, on=before)
    receive(world, algebra, 20, "2000", "LOCAL_BUDGET", is_counted=True)
    write_off(world, copies=list(Copy.objects.filter(record=abai)[:3]))
    write_off(world, counted=[fund.CountedLine(Stock.objects.get(), 35)])
    return world


def test_totals_follow_the_source_by_which_things_came(filled: Any) -> None:
    assert totals(filled) == {
        "CORE/ON/LOCAL_BUDGET": (10, 0, 3, 7),
        "TEXTBOOK/ON/NATIONAL_BUDGET": (30, 0, 30, 0),
        "TEXTBOOK/ON/LOCAL_BUDGET": (0, 20, 5, 15),
        "CORE/OFF/GIFT": (0, 4, 0, 4),
    }
    book = queries.accounts(filled.school, FIRST, ON)
    assert book.sums().closing.amount == Decimal("39000.00")
    assert book.sums(is_on_balance=False).closing.amount == Decimal("2000.00")
    for kind in ("CORE", "TEXTBOOK"):
        balance = queries.balance(filled.school, kind, ON).total
        mine = [line.closing for line in book.lines if line.fund == kind]
        assert (sum(one.copies for one in mine), sum(one.amount for one in mine)) == (balance.copies, balance.amount)


def test_a_reversed_act_puts_back_what_it_took(filled: Any) -> None:
    for act in queries.acts(filled.librarian.reach(_view()), library=filled.school).filter(kind="WRITE_OFF"):
        fund.reverse(actor=filled.librarian, act=act, on=ON, at=AT, command_id=new_id())
    assert {key: one[3] for key, one in totals(filled).items()} == {
        "CORE/ON/LOCAL_BUDGET": 10,
        "TEXTBOOK/ON/NATIONAL_BUDGET": 30,
        "TEXTBOOK/ON/LOCAL_BUDGET": 20,
        "CORE/OFF/GIFT": 4,
    }
    gift = queries.acts(filled.librarian.reach(_view()), library=filled.school).get(source="GIFT")
    fund.reverse(actor=filled.librarian, act=gift, on=ON, at=AT, command_id=new_id())
    assert "CORE/OFF/GIFT" not in totals(filled)


def _view() -> Any:
    from kitaphana.core.access import Permission

    return Permission.FUND_VIEW


def test_totals_need_a_fixed_number_of_statements(filled: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        queries.accounts(filled.school, FIRST, ON)


def test_the_workbook_goes_to_the_accountant_and_back(filled: Any) -> None:
    client = signed_in(filled.librarian)
    period = {"first": FIRST.isoformat(), "last": ON.isoformat()}
    answer = client.get(reverse("fund:accounting_xlsx"), period | {"language": "ru"})
    rows = list(read_cells(b"".join(answer.streaming_content), "totals.xlsx"))
    theirs = {"CORE/ON/LOCAL_BUDGET": (8, 8000), "CORE/OFF/GIFT": (4, 2000)}
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, [*row[:12], *theirs.get(row[0], ("", ""))])
    book.close()
    file = SimpleUploadedFile("back.xlsx", stream.getvalue())
    page = client.post(reverse("fund:accounting"), period | {"file": file, "compare": "1"})
    assert page.status_code == 200
    differing = [row for row in page.context["rows"] if row.differs]
    assert [(row.line.key, row.copies_differ, row.amount_differs) for row in differing] == [
        ("CORE/ON/LOCAL_BUDGET", -1, Decimal("-1000.00"))
    ]
    assert [act.kind for act, _cell in differing[0].acts] == ["WRITE_OFF"]
    assert Reconciliation.objects.count() == 0


def test_typed_figures_are_kept_and_printed(filled: Any) -> None:
    client = signed_in(filled.librarian)
    sent = {
        "first": FIRST.isoformat(),
        "last": ON.isoformat(),
        "copies-CORE/ON/LOCAL_BUDGET": "7",
        "amount-CORE/ON/LOCAL_BUDGET": "7 000,00",
        "amount-CORE/OFF/GIFT": "1999.5",
        "accountant": "Серікова А.",
        "command_id": str(new_id()),
        "keep": "1",
    }
    for _again in range(2):
        page = client.post(reverse("fund:accounting"), sent, follow=True)
        assert page.status_code == 200
    kept = Reconciliation.objects.get()
    assert (kept.on, kept.accountant, len(kept.lines)) == (ON, "Серікова А.", 4)
    gift = next(line for line in kept.lines if line["source"] == "GIFT")
    assert (gift["amount"], gift["their_amount"], gift["their_copies"]) == ("2000.00", "1999.50", None)
    for language in ("kk", "ru"):
        pdf = client.get(reverse("fund:reconciliation_pdf", args=[kept.pk]), {"language": language})
        assert pdf.content.startswith(b"%PDF")
    assert signed_in(filled.neighbour_librarian).get(reverse("fund:reconciliation", args=[kept.pk])).status_code == 404


def test_refusals(filled: Any) -> None:
    values = {"library": filled.school, "first": FIRST, "on": ON, "accountant": "", "at": AT, "command_id": new_id()}
    theirs = {"CORE/ON/LOCAL_BUDGET": fund.Theirs(copies=1)}
    with pytest.raises(errors.NothingToCompare):
        fund.reconcile(actor=filled.librarian, theirs={}, **values)
    with pytest.raises(NotAllowed):
        fund.reconcile(actor=filled.neighbour_librarian, theirs=theirs, **values)
    with pytest.raises(errors.DateInFuture):
        fund.reconcile(actor=filled.librarian, theirs=theirs, **{**values, "on": ON + timedelta(days=5)})


def test_the_page_opens_empty_and_for_those_who_only_look(world: Any) -> None:
    assert signed_in(world.librarian).get(reverse("fund:accounting")).status_code == 200
    assert signed_in(world.director).get(reverse("fund:accounting")).status_code == 200
