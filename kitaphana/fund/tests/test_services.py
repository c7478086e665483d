"""Commands of the fund: what they post, what they refuse, that a repeat changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kitaphana.core.access import Actor
from kitaphana.core.errors import DomainError, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry, Change
from kitaphana.fund import checks, errors, hooks, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState
from kitaphana.fund.models import Act, Copy, Draft, LedgerEntry, Withdrawal
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, receive, record
from kitaphana.organizations.models import Organization

pytestmark = pytest.mark.django_db


def line(quantity: int = 1, price: str = "2500.00", **fields: Any) -> fund.ReceiptLine:
    return fund.ReceiptLine(
        record=fields.pop("edition", None) or record(), quantity=quantity, price=Decimal(price), **fields
    )


def post(world, command: fund.Receipt, *, actor: Actor | None = None, library: Any = None, **more: Any) -> Act:
    return fund.receive(
        actor=actor or world.librarian,
        library=library or world.school,
        receipt=command,
        at=AT,
        command_id=more.get("command_id") or new_id(),
    )


def write_off(world, copies: list[Copy], *, actor: Actor | None = None, command_id: Any = None, **fields: Any) -> Act:
    values: dict[str, Any] = {"on": ON, "reason": "WORN", "commission": COMMISSION, "copies": copies}
    return fund.write_off(
        actor=actor or world.librarian,
        library=world.school,
        at=AT,
        command_id=command_id or new_id(),
        write_off=fund.WriteOff(**{**values, **fields}),
    )


def refused(error: type[DomainError], command: Callable[[], object]) -> DomainError:
    """The command is refused with this error and nothing is written."""
    before = [model.objects.count() for model in (Act, LedgerEntry, Copy, Withdrawal, AuditEntry, Change)]
    states = list(Copy.objects.order_by("pk").values_list("state", flat=True))
    with pytest.raises(error) as caught, transaction.atomic():
        command()
    assert [model.objects.count() for model in (Act, LedgerEntry, Copy, Withdrawal, AuditEntry, Change)] == before
    assert list(Copy.objects.order_by("pk").values_list("state", flat=True)) == states
    assert str(caught.value)
    assert caught.value.advice_text or error is NotAllowed
    return caught.value


@pytest.fixture
def in_use() -> Iterator[set[int]]:
    """Ids of copies that a domain above holds."""
    held: set[int] = set()

    def question(ids: list[int]) -> dict[int, str]:
        return {pk: "ол 6 «Б» оқушысында" for pk in ids if pk in held}

    hooks.copies_in_use.append(question)
    yield held
    hooks.copies_in_use.remove(question)


# --- receiving


def test_receive_gives_every_volume_a_number_and_a_barcode(world) -> None:
    act = post(world, receipt(line(2), line(1, "100.50", edition=record("Физика", udc="53", language="rus"))))
    assert (act.number, act.receipt_entry, act.withdrawal_entry, act.year) == (1, 1, None, 2026)
    assert list(act.entries.order_by("pk").values_list("quantity", "amount", "language_group", "content_group")) == [
        (2, Decimal("5000.00"), "KAZAKH", "FICTION"),
        (1, Decimal("100.50"), "RUSSIAN", "NATURAL"),
    ]
    copies = list(Copy.objects.order_by("inventory_number"))
    assert [copy.inventory_number for copy in copies] == [1, 2, 3]
    assert [copy.barcode for copy in copies] == ["2000010000012", "2000010000029", "2000010000036"]
    assert copies[0].shelf_mark == "821.512.122\nӘ82"
    entry = AuditEntry.objects.get(action="fund.receive")
    assert (entry.object_id, entry.after["copies"], entry.after["amount"]) == (act.pk, 3, "5100.50")
    assert set(Change.objects.filter(kind="catalog.record").values_list("object_id", flat=True)) == {
        copy.record_id for copy in copies
    }
    assert list(checks.invariants(world.school)) == []


def test_receive_repeated_returns_the_first_act(world) -> None:
    command_id, command = new_id(), receipt(line(2))
    first = post(world, command, command_id=command_id)
    assert post(world, command, command_id=command_id) == first
    assert Copy.objects.count() == 2


def test_command_id_of_something_else_is_refused(world) -> None:
    act = receive(world.librarian, world.school)
    used = AuditEntry.objects.get(object_id=act.pk, action="fund.receive").command_id
    refused(
        errors.CommandIdReused,
        lambda: post(world, receipt(line()), actor=world.neighbour_librarian, library=world.neighbour, command_id=used),
    )


def test_funds_have_their_own_inventory_numbers(world) -> None:
    post(world, receipt(line(2)))
    act = post(world, receipt(line(3, edition=record(kind="TEXTBOOK"))))
    assert act.fund == "TEXTBOOK"
    assert (act.number, act.receipt_entry) == (2, 1)
    assert list(act.entries.get().copies_received.order_by("pk").values_list("inventory_number", flat=True)) == [
        1,
        2,
        3,
    ]


def test_given_labels_are_used_and_never_given_again(world) -> None:
    ours = "2000010000012"  # printed ahead: the first number of the library's own series
    post(world, receipt(line(2, barcodes=[ours, "kt-00017"])))
    post(world, receipt(line(1)))
    assert list(Copy.objects.order_by("pk").values_list("barcode", flat=True)) == [
        ours,
        "kt-00017",
        "2000010000029",
    ]


@pytest.mark.parametrize("who", ["neighbour_librarian", "director", "methodist", "stranger"])
def test_receive_without_the_right_is_refused(world, who: str) -> None:
    refused(NotAllowed, lambda: post(world, receipt(line()), actor=getattr(world, who)))


RECEIPT_REFUSALS: list[tuple[type[DomainError], Callable[[], fund.Receipt]]] = [
    (errors.NoLines, receipt),
    (errors.DateInFuture, lambda: receipt(line(), on=ON + timedelta(days=1))),
    (errors.BadSource, lambda: receipt(line(), source="STOLEN")),
    (errors.BadSource, lambda: receipt(line(), fund="RARE")),
    (errors.BadQuantity, lambda: receipt(line(0))),
    (errors.BadPrice, lambda: receipt(line(1, "-1"))),
    (errors.BadPrice, lambda: receipt(line(1, "9786017002015"))),
    (errors.BadPrice, lambda: receipt(line(1, "NaN"))),
    (errors.TooMany, lambda: receipt(line(15_000), line(5_001))),
    (errors.MixedFunds, lambda: receipt(line(), line(edition=record(kind="TEXTBOOK")))),
    (errors.CommissionTooSmall, lambda: receipt(line(), source="GIFT", document_number=" ")),
    (
        errors.CommissionTooSmall,
        lambda: receipt(line(), source="GIFT", document_number="", commission=COMMISSION[:2]),
    ),
    (errors.BarcodesDoNotMatch, lambda: receipt(line(2, barcodes=["A1"]))),
    (errors.BarcodeTaken, lambda: receipt(line(1, barcodes=["TAKEN-1"]))),
    (errors.BarcodeTaken, lambda: receipt(line(2, barcodes=["A1", "A1"]))),
    (errors.BadBarcode, lambda: receipt(line(1, barcodes=["two words 2"]))),
    (errors.BadBarcode, lambda: receipt(line(1, barcodes=["9" * 31]))),
]


@pytest.mark.parametrize(("error", "command"), RECEIPT_REFUSALS)
def test_receive_refuses(world, error: type[DomainError], command: Callable[[], fund.Receipt]) -> None:
    post(world, receipt(line(1, barcodes=["TAKEN-1"])))
    asked = command()
    refused(error, lambda: post(world, asked))


def test_receive_into_what_is_no_working_library_is_refused(world) -> None:
    asked = receipt(line())
    refused(errors.NotALibrary, lambda: post(world, asked, actor=world.administrator, library=world.district))
    Organization.objects.filter(pk=world.school.pk).update(is_closed=True)
    world.school.refresh_from_db()
    refused(errors.LibraryClosed, lambda: post(world, asked))


def test_receive_into_a_room_of_somebody_else_is_refused(world) -> None:
    asked = receipt(line(location=world.neighbour))
    refused(errors.BadLocation, lambda: post(world, asked))


def test_receive_takes_a_fixed_number_of_statements_per_line(world) -> None:
    def statements(lines: int, volumes: int) -> int:
        asked = receipt(*[line(volumes) for _ in range(lines)])
        with CaptureQueriesContext(connection) as queries_made:
            post(world, asked)
        return len(queries_made)

    statements(1, 1)  # the library's series of numbers are begun
    small = statements(1, 1)
    assert statements(10, 3) == small
    # 1200 volumes: only the rows themselves are sent in parcels (SQLite takes 999 values a statement).
    assert statements(40, 30) <= small + 25


# --- writing off


def test_write_off_takes_copies_out_of_the_columns_they_came_into(world) -> None:
    act = receive(world.librarian, world.school, 3)
    edition = act.entries.get().record
    type(edition).objects.filter(pk=edition.pk).update(udc="53", language="rus", kind="BROCHURE")
    copies = list(Copy.objects.order_by("pk"))
    out = write_off(world, copies[:2], grounds=" № 12 бұйрық ")
    entry = out.entries.get()
    assert (entry.quantity, entry.amount, entry.kind, entry.language_group, entry.content_group) == (
        -2,
        Decimal("-5000.00"),
        "BOOK",
        "KAZAKH",
        "FICTION",
    )
    assert (out.number, out.withdrawal_entry, out.receipt_entry, out.grounds) == (1, 1, None, "№ 12 бұйрық")
    assert list(Copy.objects.order_by("pk").values_list("state", flat=True)) == [
        "WRITTEN_OFF",
        "WRITTEN_OFF",
        "IN_FUND",
    ]
    assert list(checks.invariants(world.school)) == []


def test_write_off_repeated_returns_the_first_act(world) -> None:
    receive(world.librarian, world.school, 2)
    command_id, copies = new_id(), list(Copy.objects.all())
    first = write_off(world, copies, command_id=command_id)
    assert write_off(world, copies, command_id=command_id) == first


def test_write_off_of_a_lent_copy_is_refused(world, in_use) -> None:
    receive(world.librarian, world.school, 2)
    copies = list(Copy.objects.order_by("pk"))
    in_use.add(copies[1].pk)
    error = refused(errors.CopyInUse, lambda: write_off(world, copies))
    assert "6 «Б»" in str(error)


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (errors.DateInFuture, {"on": ON + timedelta(days=1)}),
        (errors.DateBeforeReceipt, {"on": ON - timedelta(days=1)}),
        (errors.BadSource, {"reason": "SOLD"}),
        (errors.CommissionTooSmall, {"commission": COMMISSION[:2]}),
    ],
)
def test_write_off_refuses(world, error: type[DomainError], fields: dict[str, Any]) -> None:
    receive(world.librarian, world.school, 2)
    copies = list(Copy.objects.all())
    refused(error, lambda: write_off(world, copies, **fields))
    refused(errors.NoLines, lambda: write_off(world, []))


def test_write_off_of_wrong_copies_is_refused(world) -> None:
    receive(world.librarian, world.school, 2)
    gone, here = Copy.objects.order_by("pk")
    write_off(world, [gone])
    refused(errors.CopyNotInFund, lambda: write_off(world, [gone, here]))
    receive(world.neighbour_librarian, world.neighbour)
    foreign = Copy.objects.get(library=world.neighbour)
    refused(errors.CopyOfAnotherLibrary, lambda: write_off(world, [foreign, here]))
    receive(world.librarian, world.school, kind="TEXTBOOK")
    textbook = Copy.objects.get(fund="TEXTBOOK")
    refused(errors.MixedFunds, lambda: write_off(world, [textbook, here]))
    refused(errors.CopyNotFound, lambda: write_off(world, [Copy(pk=10**9)]))
    refused(NotAllowed, lambda: write_off(world, [here], actor=world.neighbour_librarian))
    refused(NotAllowed, lambda: write_off(world, [here], actor=world.director))


# --- replacement


def test_replacement_is_one_act_with_two_sides(world) -> None:
    receive(world.librarian, world.school, 2)
    lost = Copy.objects.order_by("pk")[0]
    act = fund.replace_lost(
        actor=world.librarian,
        library=world.school,
        lost=lost,
        replacement=record("Көшпенділер", udc="53"),
        price=Decimal(3000),
        on=ON,
        at=AT,
        command_id=new_id(),
    )
    assert (act.receipt_entry, act.withdrawal_entry, act.reason, act.source) == (2, 1, "LOSS", "REPLACEMENT")
    assert sorted(act.entries.values_list("quantity", "price")) == [(-1, Decimal(2500)), (1, Decimal(3000))]
    came = Copy.objects.get(received_by__act=act)
    assert (came.inventory_number, came.record.title, came.state) == (3, "Көшпенділер", "IN_FUND")
    lost.refresh_from_db()
    assert lost.state == CopyState.WRITTEN_OFF
    assert list(checks.invariants(world.school)) == []


def test_replacement_of_a_lent_or_withdrawn_copy_is_refused(world, in_use) -> None:
    receive(world.librarian, world.school, 2)
    edition = record("Көшпенділер")
    gone, lent = Copy.objects.order_by("pk")
    write_off(world, [gone])
    in_use.add(lent.pk)

    def replace(copy: Copy, **fields: Any) -> Callable[[], Act]:
        values = {"actor": world.librarian, "library": world.school, "price": Decimal(1), "on": ON, "at": AT}
        return lambda: fund.replace_lost(lost=copy, replacement=edition, **{**values, **fields})

    refused(errors.CopyNotInFund, replace(gone))
    refused(errors.CopyInUse, replace(lent))
    in_use.clear()
    refused(errors.BadPrice, replace(lent, price=Decimal(-1)))
    refused(errors.DateInFuture, replace(lent, on=ON + timedelta(days=1)))
    refused(errors.DateBeforeReceipt, replace(lent, on=ON - timedelta(days=1)))
    refused(errors.BarcodeTaken, replace(lent, barcode=gone.barcode))
    refused(NotAllowed, replace(lent, actor=world.neighbour_librarian))


# --- reversal


def reverse(world, act: Act, **fields: Any) -> Act:
    values: dict[str, Any] = {"actor": world.librarian, "on": ON, "at": AT, "command_id": new_id()}
    return fund.reverse(act=act, **{**values, **fields})


def test_reversed_receipt_leaves_its_copies_withdrawn_for_ever(world) -> None:
    act = receive(world.librarian, world.school, 2)
    command_id = new_id()
    reversing = reverse(world, act, command_id=command_id)
    assert reverse(world, act, command_id=command_id) == reversing
    assert (reversing.receipt_entry, reversing.withdrawal_entry) == (2, None)
    entry = reversing.entries.get()
    assert set(Copy.objects.values_list("state", "withdrawn_by")) == {("WRITTEN_OFF", entry.pk)}
    book = queries.summary_book(world.school, "CORE", 2026)
    assert [(e.number, e.figures.total.copies, e.figures.titles) for e in book.receipts] == [
        (1, 2, 1),
        (2, -2, -1),
    ]
    assert (book.receipts_total.total.copies, book.withdrawals, book.closing.titles) == (0, [], 0)
    assert receive(world.librarian, world.school).entries.get().copies_received.get().inventory_number == 3
    assert list(checks.invariants(world.school)) == []


def test_reversed_write_off_brings_the_copies_back(world) -> None:
    receive(world.librarian, world.school, 2)
    copies = list(Copy.objects.order_by("pk"))
    out = write_off(world, copies)
    back = reverse(world, out)
    assert set(Copy.objects.values_list("state", "withdrawn_by")) == {("IN_FUND", None)}
    assert [copy.pk for copy in queries.act_page(out).copies] == [copy.pk for copy in copies]
    assert [copy.pk for copy in queries.act_page(back).copies] == [copy.pk for copy in copies]
    book = queries.summary_book(world.school, "CORE", 2026)
    assert [e.figures.reasons["WORN"].copies for e in book.withdrawals] == [2, -2]
    write_off(world, copies)
    assert list(checks.invariants(world.school)) == []


def test_reversal_refuses(world, in_use) -> None:
    act = receive(world.librarian, world.school, 2)
    first = Copy.objects.order_by("pk")[0]
    in_use.add(first.pk)
    refused(errors.CopyInUse, lambda: reverse(world, act))
    in_use.clear()
    refused(errors.DateBeforeReceipt, lambda: reverse(world, act, on=date(2026, 9, 9)))
    refused(errors.DateInFuture, lambda: reverse(world, act, on=date(2026, 9, 11)))
    refused(NotAllowed, lambda: reverse(world, act, actor=world.neighbour_librarian))
    out = write_off(world, [first])
    refused(errors.ActHasFollowers, lambda: reverse(world, act))
    back = reverse(world, out)
    refused(errors.ActReversed, lambda: reverse(world, out))
    refused(errors.ReversalIsFinal, lambda: reverse(world, back))


# --- the store


@pytest.mark.parametrize("model", [LedgerEntry, Act, Withdrawal])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_posted_rows_can_be_neither_changed_nor_removed(world, model: Any, change: str) -> None:
    receive(world.librarian, world.school, 1)
    write_off(world, list(Copy.objects.all()))
    table = model._meta.db_table
    statement = f"UPDATE {table} SET id = id" if change == "update" else f"DELETE FROM {table}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert model.objects.exists()


def test_numbers_of_a_refused_command_are_given_back(world) -> None:
    receive(world.librarian, world.school, 2)
    taken = Copy.objects.order_by("pk")[0].barcode
    asked = receipt(line(2, barcodes=["A-1", taken]))
    refused(errors.BarcodeTaken, lambda: post(world, asked))
    act = receive(world.librarian, world.school, 1)
    assert (act.number, act.receipt_entry) == (2, 2)
    assert list(checks.invariants(world.school)) == []


def test_draft_belongs_to_one_person_and_library(world) -> None:
    content = {"lines": [1]}
    fund.save_draft(actor=world.librarian, library=world.school, kind=ActKind.RECEIPT, content=content, at=AT)
    first = Draft.objects.get()
    fund.save_draft(actor=world.librarian, library=world.school, kind=ActKind.RECEIPT, content={}, at=AT)
    assert Draft.objects.get().command_id == first.command_id
    administrator = fund.draft_of(actor=world.administrator, library=world.school, kind=ActKind.RECEIPT)
    assert administrator is None
    with pytest.raises(NotAllowed):
        fund.draft_of(actor=world.neighbour_librarian, library=world.school, kind=ActKind.RECEIPT)
    fund.discard_draft(actor=world.librarian, library=world.school, kind=ActKind.RECEIPT)
    assert not Draft.objects.exists()
