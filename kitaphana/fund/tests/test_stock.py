"""Count-based stock, transfers, changed accounting, approvals and closed periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kitaphana.core.errors import DomainError, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund import checks, errors, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, TransferState
from kitaphana.fund.models import Act, ClosedPeriod, Copy, Stock, Transfer
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def algebra(db: None) -> Any:
    return record("Алгебра. 7-сынып", kind="TEXTBOOK", udc="512", language="kaz")


def counted(world: Any, book: Any, quantity: int = 30, price: str = "1500.00", **more: Any) -> Stock:
    line = fund.ReceiptLine(record=book, quantity=quantity, price=Decimal(price), is_counted=True)
    fund.receive(actor=world.librarian, library=world.school, receipt=receipt(line, **more), at=AT, command_id=new_id())
    return Stock.objects.get(library=world.school, record=book)


def write_off(world: Any, *lines: fund.CountedLine, **more: Any) -> Act:
    facts = {"on": ON, "reason": "WORN", "commission": COMMISSION, "counted": lines} | more
    return fund.write_off(
        actor=world.librarian, library=world.school, write_off=fund.WriteOff(**facts), at=AT, command_id=new_id()
    )


@transaction.atomic
def hand_out(world: Any, stock: Stock, count: int) -> None:
    """What circulation does to a card."""
    fund.lock_stock(world.school, [stock.pk])
    fund.issue_stock({stock.pk: count})


def refused(error: type[DomainError], command: Callable[[], object]) -> DomainError:
    before = Act.objects.count()
    with pytest.raises(error) as caught, transaction.atomic():
        command()
    assert Act.objects.count() == before
    return caught.value


def test_a_counted_receipt_makes_a_card_and_no_copies(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra)
    assert (stock.card_number, stock.quantity, stock.issued, stock.on_shelf) == (1, 30, 0, 30)
    assert stock.fund == "TEXTBOOK"
    assert not Copy.objects.exists()
    stock = counted(world, algebra, 20, "1800.00")
    card = queries.card(stock)
    assert [(lot.price, lot.quantity) for lot in card.lots] == [(Decimal("1500.00"), 30), (Decimal("1800.00"), 20)]
    assert [(line.received, line.balance) for line in card.lines] == [(30, 30), (20, 50)]
    assert (card.received, card.withdrawn, card.amount) == (50, 0, Decimal("81000.00"))
    assert counted(world, record("Физика", kind="TEXTBOOK", udc="53")).card_number == 2
    book = queries.summary_book(world.school, "TEXTBOOK", ON.year)
    assert book.receipts_total.total.copies == 80
    assert list(checks.invariants()) == []


def test_volumes_leave_from_the_oldest_lots_or_at_a_price(world: Any, algebra: Any) -> None:
    counted(world, algebra, 3, "1500.00")
    stock = counted(world, algebra, 5, "1800.00")
    act = write_off(world, fund.CountedLine(stock, 4))
    assert [(entry.quantity, entry.price) for entry in act.entries.order_by("pk")] == [
        (-3, Decimal("1500.00")),
        (-1, Decimal("1800.00")),
    ]
    write_off(world, fund.CountedLine(stock, 2, Decimal("1800.00")))
    refused(errors.StockNotEnough, lambda: write_off(world, fund.CountedLine(stock, 1, Decimal("1500.00"))))
    stock.refresh_from_db()
    assert stock.quantity == 2
    assert list(checks.invariants()) == []


def test_what_readers_have_can_not_leave(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    hand_out(world, stock, 8)
    refusal = refused(errors.StockNotEnough, lambda: write_off(world, fund.CountedLine(stock, 3)))
    assert refusal.params["count"] == 2
    with pytest.raises(errors.StockNotEnough):
        hand_out(world, stock, 3)
    receipt_act = Act.objects.get(kind=ActKind.RECEIPT)
    refused(
        errors.StockNotEnough,
        lambda: fund.reverse(actor=world.librarian, act=receipt_act, on=ON, at=AT, command_id=new_id()),
    )


def test_a_reversed_write_off_brings_counted_volumes_back(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    act = write_off(world, fund.CountedLine(stock, 4))
    fund.reverse(actor=world.librarian, act=act, on=ON, at=AT, command_id=new_id())
    stock.refresh_from_db()
    assert stock.quantity == 10
    assert list(checks.invariants()) == []


def test_a_stock_of_another_library_is_not_found(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra)
    with pytest.raises(errors.StockNotFound):
        fund.write_off(
            actor=world.neighbour_librarian,
            library=world.neighbour,
            write_off=fund.WriteOff(on=ON, reason="WORN", counted=[fund.CountedLine(stock, 1)], commission=COMMISSION),
            at=AT,
            command_id=new_id(),
        )


def test_receiving_forty_titles_by_count_takes_a_fixed_number_of_statements(
    world: Any, django_assert_max_num_queries: Any
) -> None:
    def post(number: int, statements: int) -> None:
        books = [record(f"Оқулық {number}-{index}", kind="TEXTBOOK") for index in range(number)]
        lines = [fund.ReceiptLine(record=book, quantity=25, price=Decimal(900), is_counted=True) for book in books]
        with django_assert_max_num_queries(statements):
            fund.receive(
                actor=world.librarian, library=world.school, receipt=receipt(*lines), at=AT, command_id=new_id()
            )

    post(3, 60)  # the first act of a library makes its number series
    post(3, 27)
    post(40, 27)


# From counted to individual keeping and back


def test_changed_accounting_moves_no_balance(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    before = queries.summary_book(world.school, "TEXTBOOK", ON.year)
    act = fund.convert(
        actor=world.librarian,
        library=world.school,
        conversion=fund.Conversion(on=ON, counted=[fund.CountedLine(stock, 4)], grounds="№ 5 бұйрық"),
        at=AT,
        command_id=new_id(),
    )
    copies = list(Copy.objects.order_by("inventory_number"))
    assert [copy.inventory_number for copy in copies] == [1, 2, 3, 4]
    assert {copy.price for copy in copies} == {Decimal("1500.00")}
    stock.refresh_from_db()
    assert stock.quantity == 6
    fund.convert(
        actor=world.librarian,
        library=world.school,
        conversion=fund.Conversion(on=ON, copies=copies[:2]),
        at=AT,
        command_id=new_id(),
    )
    stock.refresh_from_db()
    assert stock.quantity == 8
    after = queries.summary_book(world.school, "TEXTBOOK", ON.year)
    assert after.closing == before.closing
    assert len(after.receipts) == len(before.receipts)
    assert after.withdrawals == []
    fund.reverse(actor=world.librarian, act=Act.objects.latest("pk"), on=ON, at=AT, command_id=new_id())
    assert list(checks.invariants()) == []
    refused(
        errors.ActHasFollowers,
        lambda: (
            write_off(world, copies=copies[2:3]),
            fund.reverse(actor=world.librarian, act=act, on=ON, at=AT, command_id=new_id()),
        ),
    )


# Transfers


def sent(world: Any, stock: Stock, quantity: int = 5) -> Transfer:
    return fund.send(
        actor=world.librarian,
        library=world.school,
        sending=fund.Sending(on=ON, to_library=world.neighbour, counted=[fund.CountedLine(stock, quantity)]),
        at=AT,
        command_id=new_id(),
    )


def test_a_transfer_is_in_transit_until_received(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    transfer = sent(world, stock)
    stock.refresh_from_db()
    assert (stock.quantity, transfer.state) == (5, TransferState.IN_TRANSIT)
    assert not Stock.objects.filter(library=world.neighbour).exists()
    command = new_id()
    with pytest.raises(NotAllowed):
        fund.accept(actor=world.librarian, transfer=transfer, on=ON, at=AT, command_id=new_id())
    act = fund.accept(actor=world.neighbour_librarian, transfer=transfer, on=ON, at=AT, command_id=command)
    assert act == fund.accept(actor=world.neighbour_librarian, transfer=transfer, on=ON, at=AT, command_id=command)
    assert (act.source, act.supplier) == ("TRANSFER", world.school.name)
    assert Stock.objects.get(library=world.neighbour).quantity == 5
    with pytest.raises(errors.TransferEnded):
        fund.refuse(actor=world.librarian, transfer=transfer, on=ON, at=AT, note="", command_id=new_id())
    assert list(checks.invariants()) == []


def test_a_refused_transfer_is_in_the_first_fund_again(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    transfer = sent(world, stock)
    fund.refuse(
        actor=world.neighbour_librarian, transfer=transfer, on=ON, at=AT, note="Бізге керек емес", command_id=new_id()
    )
    stock.refresh_from_db()
    transfer.refresh_from_db()
    assert (stock.quantity, transfer.state, transfer.note) == (10, TransferState.REFUSED, "Бізге керек емес")
    with pytest.raises(errors.SameLibrary):
        fund.send(
            actor=world.librarian,
            library=world.school,
            sending=fund.Sending(on=ON, to_library=world.school, counted=[fund.CountedLine(stock, 1)]),
            at=AT,
            command_id=new_id(),
        )
    assert list(checks.invariants()) == []


# The director's decisions


def test_the_director_approves_once(world: Any, algebra: Any) -> None:
    act = write_off(world, fund.CountedLine(counted(world, algebra), 2))
    facts: dict[str, Any] = {"act": act, "name": "Серікова А. Б.", "on": ON, "at": AT}
    with pytest.raises(NotAllowed):
        fund.decide(actor=world.librarian, is_approved=True, command_id=new_id(), **facts)
    command = new_id()
    approval = fund.decide(actor=world.director, is_approved=True, command_id=command, **facts)
    assert approval == fund.decide(actor=world.director, is_approved=True, command_id=command, **facts)
    with pytest.raises(errors.AlreadyDecided):
        fund.decide(actor=world.director, is_approved=False, command_id=new_id(), **facts)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        approval.delete()
    with pytest.raises(errors.NoApprovalNeeded):
        fund.decide(
            actor=world.director,
            is_approved=True,
            command_id=new_id(),
            **facts | {"act": Act.objects.get(kind=ActKind.RECEIPT)},
        )


def test_a_refused_act_is_reversed(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    act = write_off(world, fund.CountedLine(stock, 2))
    fund.decide(actor=world.director, act=act, is_approved=False, name="Директор", on=ON, at=AT, command_id=new_id())
    stock.refresh_from_db()
    assert stock.quantity == 10
    assert act.reversed_by.kind == ActKind.REVERSAL
    assert list(checks.invariants()) == []


def test_a_closed_period_never_changes(world: Any, algebra: Any) -> None:
    early = date(ON.year - 1, 12, 20)
    stock = counted(world, algebra, 10, on=early)
    act = Act.objects.get()
    until = date(ON.year - 1, 12, 31)
    before = queries.summary_book(world.school, "TEXTBOOK", early.year)

    def close(day: date, actor: Any = world.director) -> ClosedPeriod:
        return fund.close_period(actor=actor, library=world.school, until=day, at=AT, command_id=new_id())

    with pytest.raises(NotAllowed):
        close(until, world.librarian)
    with pytest.raises(errors.PeriodNotOver):
        close(ON)
    close(until)
    with pytest.raises(errors.PeriodClosed):
        close(until - timedelta(days=40))
    refused(errors.PeriodClosed, lambda: counted(world, algebra, 1, on=until))
    refused(errors.PeriodClosed, lambda: write_off(world, fund.CountedLine(stock, 1), on=until))
    refused(
        errors.PeriodClosed,
        lambda: fund.reverse(actor=world.librarian, act=act, on=until, at=AT, command_id=new_id()),
    )
    fund.reverse(actor=world.librarian, act=act, on=ON, at=AT, command_id=new_id())
    after = queries.summary_book(world.school, "TEXTBOOK", early.year)
    assert (after.receipts_total, after.closing) == (before.receipts_total, before.closing)
    assert list(checks.invariants()) == []


def test_a_broken_seal_is_found(world: Any, algebra: Any) -> None:
    counted(world, algebra, 10, on=date(ON.year - 1, 12, 20))
    ClosedPeriod.objects.create(library=world.school, until=date(ON.year - 1, 12, 31), closed_at=AT, digest="0" * 64)
    assert [violation.code for violation in checks.invariants()] == ["fund.closed_period_changed"]


def test_a_reversed_receipt_of_a_transfer_is_on_its_way_again(world: Any, algebra: Any) -> None:
    stock = counted(world, algebra, 10)
    transfer = sent(world, stock)
    more: dict[str, Any] = {"on": ON, "at": AT}
    act = fund.accept(actor=world.neighbour_librarian, transfer=transfer, command_id=new_id(), **more)
    fund.reverse(actor=world.neighbour_librarian, act=act, command_id=new_id(), **more)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.act_in, transfer.ended_at) == (TransferState.IN_TRANSIT, None, None)
    again = fund.accept(actor=world.neighbour_librarian, transfer=transfer, command_id=new_id(), **more)
    fund.reverse(actor=world.neighbour_librarian, act=again, command_id=new_id(), **more)
    fund.refuse(actor=world.librarian, transfer=transfer, note="", command_id=new_id(), **more)
    stock.refresh_from_db()
    assert stock.quantity == 10
    assert list(checks.invariants()) == []


def test_an_act_taken_back_needs_no_decision(world: Any, algebra: Any) -> None:
    act = write_off(world, fund.CountedLine(counted(world, algebra), 2))
    fund.reverse(actor=world.librarian, act=act, on=ON, at=AT, command_id=new_id())
    with pytest.raises(errors.ActReversed):
        fund.decide(actor=world.director, act=act, is_approved=True, name="Директор", on=ON, at=AT, command_id=new_id())
