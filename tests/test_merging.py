"""Two records of one edition become one: holdings, loans and holds follow, and come back when it is undone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kitaphana.catalog import errors, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Merge, Record
from kitaphana.catalog.tests.factories import AT, LATER, described
from kitaphana.circulation import services
from kitaphana.circulation.models import Hold, Loan, StockLoan
from kitaphana.circulation.tests.factories import reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act, Copy, LedgerEntry, Stock
from kitaphana.fund.tests.factories import receipt
from kitaphana.project import invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(world: Any) -> tuple[Record, Record]:
    """The same edition described twice."""
    kept = described(world.librarian, world.school, "Алгебра", year=2020, isbns=("9786017002015",))
    twin = described(world.librarian, world.school, "Алгебра.", year=2021, isbns=("9786012823448",), summary="7-сынып")
    return kept, twin


def receive(library: Any, record: Record, quantity: int, *, counted: bool = False, price: str = "1500.00") -> Act:
    line = fund.ReceiptLine(record=record, quantity=quantity, price=Decimal(price), is_counted=counted)
    return fund.receive(actor=SYSTEM, library=library, receipt=receipt(line), at=AT, command_id=new_id())


def merge(world: Any, kept: Record, twin: Record, **more: Any) -> Merge:
    return catalog.merge_records(
        actor=world.methodist, library=world.school, winner=kept, loser=twin, marc=queries.marc_of(kept), at=LATER, **more
    )  # fmt: skip


def undo(world: Any, one: Merge) -> None:
    catalog.undo_merge(actor=world.methodist, library=world.school, merge=one, at=LATER)


def agree() -> None:
    assert [(one.code, one.params) for one in invariants.violations() if one.code[:7] != "people."] == []


def picture() -> dict[str, Any]:
    """Everything that a merge may move."""
    return {
        "copies": sorted(Copy.objects.values_list("pk", "record")),
        "stocks": sorted(Stock.objects.values_list("pk", "record", "quantity", "issued")),
        "lots": sorted(Stock.objects.values_list("lots__pk", "lots__joined_from", "pk")),
        "ledger": sorted(LedgerEntry.objects.values_list("pk", "record")),
        "loans": sorted(StockLoan.objects.values_list("pk", "stock")),
        "holds": sorted(Hold.objects.values_list("pk", "record")),
        "records": sorted(Record.objects.values_list("pk", "isbns", "title", "year", "summary", "match_key", "gather_key")),
    }  # fmt: skip


def test_copies_loans_and_holds_follow_and_come_back(world: Any, pair: tuple[Record, Record]) -> None:
    kept, twin = pair
    receive(world.school, twin, 2)
    copy = Copy.objects.order_by("pk").first()
    member, waiting = reader(world.school), reader(world.school, "Қасымов", "Нұрлан")
    services.check_out(
        actor=SYSTEM,
        library=world.school,
        card=member.card_number,
        barcode=copy.barcode,
        at=AT,
        command_id=new_id(),  # type: ignore[union-attr]
    )
    services.place_hold(
        actor=SYSTEM, library=world.school, person=waiting.person, record=twin, at=AT, command_id=new_id()
    )
    before = picture()
    one = merge(world, kept, twin)
    assert set(Copy.objects.values_list("record", flat=True)) == {kept.pk}
    assert Hold.objects.get().record == kept
    assert Loan.objects.get().copy.record == kept
    twin.refresh_from_db()
    assert (twin.merged_into, twin.isbns) == (kept, [])
    kept.refresh_from_db()
    assert set(kept.isbns) == {"9786017002015", "9786012823448"}
    assert kept.summary == "7-сынып"
    assert list(queries.record_by_isbn("9786012823448")) == [kept]
    agree()
    undo(world, one)
    assert picture() == before
    agree()
    with pytest.raises(errors.CannotUndoMerge):
        undo(world, one)


def test_two_registration_cards_of_a_school_become_one_and_part_again(world: Any, pair: tuple[Record, Record]) -> None:
    kept, twin = pair
    receive(world.school, kept, 20, counted=True)
    receive(world.school, twin, 30, counted=True)
    receive(world.neighbour, twin, 5, counted=True)
    pupil = reader(world.school)
    cards = {stock.record_id: stock for stock in Stock.objects.filter(library=world.school)}
    services.issue(
        actor=SYSTEM, library=world.school, lines=[services.IssueLine(pupil.person_id, cards[twin.pk].pk)], at=AT, command_id=new_id()
    )  # fmt: skip
    before = picture()
    one = merge(world, kept, twin)
    card = Stock.objects.get(library=world.school, record=kept)
    assert (card.quantity, card.issued) == (50, 1)
    assert StockLoan.objects.get().stock == card
    assert Stock.objects.get(library=world.neighbour).record == kept
    agree()
    # The joined card works on: lend and take back, write off from the lots that came along.
    services.issue(
        actor=SYSTEM, library=world.school, lines=[services.IssueLine(pupil.person_id, card.pk, 2)], at=AT, command_id=new_id()
    )  # fmt: skip
    agree()
    loans = StockLoan.objects.exclude(quantity=1)
    services.take_back(
        actor=SYSTEM, library=world.school, lines=[services.ReturnLine(loan.pk, loan.quantity) for loan in loans], at=AT, command_id=new_id()
    )  # fmt: skip
    StockLoan.objects.exclude(returned_at=None)
    undo(world, one)
    agree()
    after = picture()
    assert after["stocks"] == before["stocks"]
    assert after["lots"] == before["lots"]
    assert after["ledger"] == before["ledger"]


def test_a_chain_of_merges_leads_to_the_last_and_is_undone_from_its_end(
    world: Any, pair: tuple[Record, Record]
) -> None:
    kept, twin = pair
    third = described(world.librarian, world.school, "Алгебра, 7", year=2022)
    first = merge(world, kept, twin)
    kept.refresh_from_db()
    second = catalog.merge_records(
        actor=world.methodist, library=world.school, winner=third, loser=kept, marc=queries.marc_of(third), at=LATER
    )
    twin.refresh_from_db()
    assert twin.merged_into == third
    with pytest.raises(errors.CannotUndoMerge):
        undo(world, first)
    undo(world, second)
    undo(world, first)
    twin.refresh_from_db()
    assert twin.merged_into is None
    agree()


def test_refusals(world: Any, pair: tuple[Record, Record]) -> None:
    kept, twin = pair
    with pytest.raises(NotAllowed):
        catalog.merge_records(
            actor=world.librarian, library=world.school, winner=kept, loser=twin, marc=queries.marc_of(kept), at=AT
        )
    with pytest.raises(errors.CannotMerge):
        merge(world, kept, kept)
    with pytest.raises(errors.Changed):
        merge(world, kept, twin, expected_versions=(1, 9))
    merge(world, kept, twin, expected_versions=(1, 1))
    with pytest.raises(errors.CannotMerge):
        merge(world, kept, twin)


def test_the_database_lets_a_ledger_line_change_only_along_a_merge(world: Any, pair: tuple[Record, Record]) -> None:
    kept, twin = pair
    receive(world.school, twin, 2)
    entry = LedgerEntry.objects.get()
    for column, value in (("record_id", kept.pk), ("quantity", 3), ("amount", 1)):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE fund_ledgerentry SET {column} = %s WHERE id = %s", [value, entry.pk])
    merge(world, kept, twin)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE fund_ledgerentry SET quantity = 3 WHERE id = %s", [entry.pk])


def test_nothing_is_received_under_a_record_that_is_gone(world: Any, pair: tuple[Record, Record]) -> None:
    kept, twin = pair
    merge(world, kept, twin)
    with pytest.raises(fund_errors.RecordGone):
        receive(world.school, Record.objects.get(pk=twin.pk), 1)
    receive(world.school, kept, 1)
    agree()
