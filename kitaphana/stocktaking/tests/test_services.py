"""Beginning, scanning, taking back, counting, closing, and the corrections of the ledger."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitaphana.circulation.tests.factories import AT, copies, give_back, lend, reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.fund import checks as fund_checks
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy, Stock
from kitaphana.fund.tests.factories import COMMISSION, receipt, record
from kitaphana.stocktaking import checks, errors, queries, services
from kitaphana.stocktaking.enums import Outcome, Result
from kitaphana.stocktaking.models import Line, Scan, Stocktaking

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
EVENING = AT + timedelta(hours=8)


def begin(world: Any, **plan: Any) -> Stocktaking:
    plan = {"fund": "CORE", "grounds": "№ 12 бұйрық", "commission": COMMISSION, **plan}
    return services.start(
        actor=world.librarian, library=world.school, plan=services.Plan(**plan), at=AT, command_id=new_id()
    )


def scan(world: Any, stocktaking: Stocktaking, code: str, **options: Any) -> services.Scanned:
    values = {"at": LATER, "command_id": new_id(), "actor": world.librarian, **options}
    return services.scan(stocktaking=stocktaking, code=code, **values)


def close(world: Any, stocktaking: Stocktaking) -> Stocktaking:
    return services.close(actor=world.librarian, stocktaking=stocktaking, at=EVENING, command_id=new_id())


def test_what_is_in_the_fund_is_expected(world) -> None:
    copies(world.school, 3)
    copies(world.neighbour, 2)
    copies(world.school, 1, kind="TEXTBOOK")
    begun = begin(world)
    assert (begun.number, begun.year, begun.expected) == (1, 2026, 3)
    assert Line.objects.filter(stocktaking=begun).count() == 3
    assert queries.progress(begun).left == 3
    close(world, begun)
    assert begin(world).number == 2
    assert list(checks.invariants()) == []


def test_a_second_one_of_the_same_books_is_refused_and_takes_no_number(world) -> None:
    copies(world.school, 1)
    copies(world.school, 1, kind="TEXTBOOK")
    begin(world)
    with pytest.raises(errors.AlreadyRuns):
        begin(world)
    assert begin(world, fund="TEXTBOOK").number == 2


def test_an_empty_fund_is_not_checked(world) -> None:
    with pytest.raises(errors.NothingToCount):
        begin(world)


def test_only_those_who_may_take_stock(world) -> None:
    copies(world.school, 1)
    for somebody in (world.stranger, world.neighbour_librarian, world.methodist):
        with pytest.raises(NotAllowed):
            services.start(actor=somebody, library=world.school, plan=services.Plan(fund="CORE"), at=AT)
    begun = begin(world)
    for command in (
        lambda: services.scan(actor=world.stranger, stocktaking=begun, code="1", at=LATER, command_id=new_id()),
        lambda: services.close(actor=world.neighbour_librarian, stocktaking=begun, at=LATER),
    ):
        with pytest.raises(NotAllowed):
            command()


def test_every_scan_is_told_apart(world) -> None:
    one, two, three, lost = copies(world.school, 4)
    (foreign,) = copies(world.neighbour, 1)
    (other_fund,) = copies(world.school, 1, kind="TEXTBOOK")
    membership = reader(world.school)
    lend(world.librarian, membership, two)
    fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(on=AT.date(), reason="WORN", copies=[lost], commission=COMMISSION),
        at=AT,
        command_id=new_id(),
    )
    begun = begin(world)
    (new,) = copies(world.school, 1)
    here = services.Place(shelf="Терезе жағы", marks="84, 821")
    elsewhere = services.Place(shelf="Есік жағы", marks="51")
    assert scan(world, begun, one.barcode, place=here).scan.outcome == Outcome.FOUND
    again = scan(world, begun, one.barcode, place=here).scan
    assert (again.outcome, again.is_double) == (Outcome.FOUND, True)
    assert scan(world, begun, two.barcode).scan.outcome == Outcome.ON_LOAN
    misplaced = scan(world, begun, three.barcode, place=elsewhere).scan
    assert (misplaced.outcome, misplaced.shelf) == (Outcome.MISPLACED, "Есік жағы")
    assert "821.512.122" in misplaced.note
    assert scan(world, begun, other_fund.barcode).scan.outcome == Outcome.MISPLACED
    assert scan(world, begun, new.barcode).scan.outcome == Outcome.NEW
    assert scan(world, begun, lost.barcode).scan.outcome == Outcome.WRITTEN_OFF
    assert scan(world, begun, foreign.barcode).scan.outcome == Outcome.FOREIGN
    assert scan(world, begun, "777").scan.outcome == Outcome.UNKNOWN
    assert scan(world, begun, "777").scan.is_double
    figures = queries.progress(begun)
    assert (figures.expected, figures.found, figures.left) == (3, 3, 0)
    assert (figures.misplaced, figures.lent_on_shelf, figures.new, figures.doubles) == (2, 1, 1, 2)
    assert figures.surplus == 3
    assert list(checks.invariants()) == []


def test_inventory_numbers_and_the_kazakh_layout_are_understood(world) -> None:
    one, two = copies(world.school, 2)
    begun = begin(world)
    assert scan(world, begun, f"№ {one.inventory_number}").scan.copy_id == one.pk
    typed = two.barcode.translate(str.maketrans("1234567890", '"әіңғ,.үұқ'))
    assert scan(world, begun, typed).scan.copy_id == two.pk
    assert scan(world, begun, one.barcode).scan.is_double


def test_a_repeated_scan_changes_nothing(world) -> None:
    (one,) = copies(world.school, 1)
    begun, command = begin(world), new_id()
    first = scan(world, begun, one.barcode, command_id=command)
    second = scan(world, begun, one.barcode, command_id=command)
    assert (second.is_repeat, second.scan.pk) == (True, first.scan.pk)
    assert Scan.objects.count() == 1
    close(world, begun)
    other = begin(world)
    with pytest.raises(errors.CommandReused):
        scan(world, other, one.barcode, command_id=command)


def test_undo_gives_the_place_to_the_second_scan(world) -> None:
    (one,) = copies(world.school, 1)
    begun = begin(world)
    first, second = (scan(world, begun, one.barcode).scan for _ in range(2))
    take_back = {"actor": world.librarian, "stocktaking": begun, "at": LATER}
    services.undo(scan=first, **take_back)
    services.undo(scan=first, **take_back)
    figures = queries.progress(begun)
    assert (figures.found, figures.doubles) == (1, 0)
    services.undo(scan=second, **take_back)
    assert queries.progress(begun).found == 0
    assert not scan(world, begun, one.barcode).scan.is_double
    assert AuditEntry.objects.filter(action="stocktaking.undo").count() == 2
    assert list(checks.invariants()) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_scan_costs_at_most_six_statements(world, known: bool) -> None:
    books = copies(world.school, 30)
    begun = begin(world)
    for book in books[:20]:
        scan(world, begun, book.barcode)
    code = books[25].barcode if known else "123"
    with CaptureQueriesContext(
        connection,
    ) as asked:
        scan(world, begun, code)
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 6, statements


def test_lent_and_returned_books_are_present(world) -> None:
    lent, back, found, gone, missing = copies(world.school, 5)
    membership = reader(world.school, category="TEACHER")
    begun = begin(world)
    lend(world.librarian, membership, lent, LATER)
    lend(world.librarian, membership, back, LATER)
    give_back(world.librarian, back, LATER + timedelta(hours=1))
    scan(world, begun, found.barcode)
    lend(world.librarian, membership, found, LATER + timedelta(hours=2))
    fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(on=AT.date(), reason="WORN", copies=[gone], commission=COMMISSION),
        at=LATER,
        command_id=new_id(),
    )
    before = queries.progress(begun)
    closed = close(world, begun)
    after = queries.progress(closed)
    assert before == after
    assert (after.found, after.on_loan, after.returned, after.withdrawn, after.left) == (1, 1, 1, 1, 1)
    assert [line.copy_id for line in queries.unseen(closed)] == [missing.pk]
    assert list(checks.invariants()) == []
    assert services.close(actor=world.librarian, stocktaking=closed, at=EVENING).missing == 1


def test_what_arrives_after_the_end_turns_up(world) -> None:
    one, two = copies(world.school, 2)
    begun = begin(world)
    closed = close(world, begun)
    assert scan(world, closed, one.barcode).turned_up
    assert [line.copy_id for line in queries.still_missing(closed)] == [two.pk]
    assert queries.progress(closed).left == 2
    assert list(checks.invariants()) == []


def test_missing_books_are_written_off_by_choice(world) -> None:
    scanned, lost, lent_later, kept = copies(world.school, 4)
    begun = begin(world)
    scan(world, begun, scanned.barcode)
    closed = close(world, begun)
    lines = {line.copy_id: line.pk for line in queries.still_missing(closed)}
    lend(world.librarian, reader(world.school), lent_later, EVENING + timedelta(minutes=5))
    options = {
        "actor": world.librarian,
        "stocktaking": closed,
        "line_ids": [lines[lost.pk], lines[lent_later.pk]],
        "loss": services.LossAct(on=EVENING.date(), commission=COMMISSION, grounds="№ 1/2026 түгендеу"),
        "at": EVENING + timedelta(minutes=10),
        "command_id": new_id(),
    }
    written = services.write_off_missing(**options)
    assert (written.act.reason, written.skipped) == ("LOSS", 1)
    assert services.write_off_missing(**options) == written
    lost.refresh_from_db()
    assert lost.state == "WRITTEN_OFF"
    assert Copy.objects.get(pk=kept.pk).state == "IN_FUND"
    assert [line.copy_id for line in queries.still_missing(closed)] == [kept.pk]
    with pytest.raises(errors.NotMissing):
        services.write_off_missing(**{**options, "command_id": new_id()})
    assert list(fund_checks.invariants()) == []


def test_an_open_one_writes_nothing_off(world) -> None:
    copies(world.school, 1)
    begun = begin(world)
    with pytest.raises(errors.StillOpen):
        services.write_off_missing(
            actor=world.librarian,
            stocktaking=begun,
            line_ids=[Line.objects.get().pk],
            loss=services.LossAct(on=AT.date(), commission=COMMISSION),
            at=LATER,
            command_id=new_id(),
        )


def test_surplus_is_received(world) -> None:
    one, gone = copies(world.school, 2)
    fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(on=AT.date(), reason="LOSS", copies=[gone], commission=COMMISSION),
        at=AT,
        command_id=new_id(),
    )
    begun = begin(world)
    scan(world, begun, "5550001")
    scan(world, begun, gone.barcode)
    closed = close(world, begun)
    books = [
        services.Surplus(barcode=code, record=one.record, price=Decimal("900.00")) for code in ("5550001", gone.barcode)
    ]
    options: dict[str, Any] = {
        "actor": world.librarian,
        "stocktaking": closed,
        "books": books,
        "source": "GIFT",
        "on": EVENING.date(),
        "commission": COMMISSION,
        "at": EVENING,
        "command_id": new_id(),
    }
    act = services.receive_surplus(**options)
    assert services.receive_surplus(**options) == act
    received = Copy.objects.filter(received_by__act=act)
    assert received.count() == 2
    assert received.filter(barcode="5550001").exists()
    assert not queries.receivable(closed).exists()
    with pytest.raises(errors.NothingInSurplus):
        services.receive_surplus(**{**options, "command_id": new_id()})
    assert list(fund_checks.invariants()) == []


def counted_title(world: Any, quantity: int, **columns: Any) -> Stock:
    edition = record(kind="TEXTBOOK", **columns)
    line = fund.ReceiptLine(record=edition, quantity=quantity, price=Decimal("1200.00"), is_counted=True)
    fund.receive(actor=SYSTEM, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    return Stock.objects.get(record=edition, library=world.school)


def test_titles_kept_by_count_are_counted_and_the_shortage_written_off(world) -> None:
    stock = counted_title(world, 30, title="Алгебра", grade=7)
    begun = begin(world, fund="TEXTBOOK")
    assert begun.expected == 0
    row = services.count_stock(actor=world.librarian, stocktaking=begun, stock=stock, counted=30, at=LATER)
    assert row.difference == 0
    row = services.count_stock(actor=world.librarian, stocktaking=begun, stock=stock, counted=28, at=LATER)
    assert row.difference == -2
    figures = queries.counted(begun)
    assert (figures.titles, figures.done, figures.short, figures.over) == (1, 1, 2, 0)
    closed = close(world, begun)
    with pytest.raises(errors.Closed):
        services.count_stock(actor=world.librarian, stocktaking=closed, stock=stock, counted=1, at=EVENING)
    options: dict[str, Any] = {
        "actor": world.librarian,
        "stocktaking": closed,
        "line_ids": [],
        "stock_ids": [stock.pk],
        "loss": services.LossAct(on=EVENING.date(), commission=COMMISSION),
        "at": EVENING,
        "command_id": new_id(),
    }
    written = services.write_off_missing(**options)
    assert written.act.fund == "TEXTBOOK"
    assert services.write_off_missing(**options) == written
    with pytest.raises(errors.NotMissing):
        services.write_off_missing(**{**options, "command_id": new_id()})
    stock.refresh_from_db()
    assert stock.quantity == 28
    assert list(checks.invariants()) == []


def test_a_room_is_checked_alone(world) -> None:
    from kitaphana.organizations.models import Organization

    room = Organization.objects.add_child(world.school, {"kind": "ROOM", "code": "S-1-R", "name_kk": "Оқу залы"})
    line = fund.ReceiptLine(record=record(), quantity=2, price=Decimal("10.00"), location=room)
    fund.receive(actor=SYSTEM, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    (outside,) = copies(world.school, 1)
    begun = begin(world, location=room)
    assert begun.expected == 2
    inside = Copy.objects.filter(location=room).first()
    assert scan(world, begun, inside.barcode).scan.outcome == Outcome.FOUND
    stray = scan(world, begun, outside.barcode).scan
    assert stray.outcome == Outcome.MISPLACED
    with pytest.raises(errors.AlreadyRuns):
        begin(world)
    assert queries.progress(begun).found == 1


def test_result_by_balance(world) -> None:
    copies(world.school, 2)
    begun = begin(world)
    closed = close(world, begun)
    (row,) = queries.balances(closed)
    assert (row.result, row.is_on_balance, row.copies, row.amount) == (Result.MISSING, True, 2, Decimal("5000.00"))
