"""From prices and budgets through estimates and orders to books in the fund and money paid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kitaphana.acquisitions import checks, errors, queries, services
from kitaphana.acquisitions.enums import ClaimState, EstimateState, OrderState
from kitaphana.acquisitions.models import Budget, BudgetChange, Distribution, Estimate, Order, Payment, PriceSource
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.text.identifiers import bin_is_valid
from kitaphana.fund import checks as fund_checks
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import record
from kitaphana.organizations.models import Organization

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 15, 6, 0, tzinfo=UTC)
DAY = date(2026, 9, 15)
BIN = next(text for tail in range(10) if bin_is_valid(text := f"05044000123{tail}"))


def budget(world: Any, amount: str = "100000") -> Budget:
    return services.change_budget(
        actor=SYSTEM, organization=world.district, year=2026, source="LOCAL_BUDGET", kind="FICTION",
        amount=Decimal(amount), reason="Бюджет", at=AT, command_id=new_id(),
    )  # fmt: skip


def estimate(world: Any, *, approved: bool = True, quantities: tuple[int, int] = (3, 2)) -> Any:
    edition = record()
    lines = [
        services.EstimateLineInput(edition, library, quantity, Decimal("1500.50"))
        for library, quantity in zip((world.school, world.neighbour), quantities, strict=True)
    ]
    made = services.create_estimate(
        actor=world.methodist, organization=world.district, year=2026, title="Көркем әдебиет", lines=lines, at=AT
    )
    if approved:
        services.submit_estimate(actor=world.methodist, estimate=made, at=AT)
        made = services.decide_estimate(actor=SYSTEM, estimate=made, is_approved=True, at=AT)
    return made


def supplier(world: Any) -> Any:
    return services.add_supplier(actor=world.methodist, organization=world.district, name="Кітап", bin=BIN, at=AT)


def order(world: Any, money: Budget | None = None) -> Order:
    return services.create_order(
        actor=world.methodist, estimate=estimate(world), supplier=supplier(world), budget=money or budget(world), at=AT
    )


def placed(world: Any) -> Order:
    return services.place_order(actor=world.methodist, order=order(world), at=AT)


def come(actor: Any, mine: Order, library: Organization, quantity: int, **more: Any) -> Any:
    share = Distribution.objects.get(line__order=mine, library=library)
    options = {"document": "ТТН-1", "on": DAY, "at": AT, "command_id": new_id()}
    return services.deliver(
        actor=actor, order=mine, library=library, lines=[services.Came(share, quantity, **more)], **options
    )


def figures(world: Any) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    (one,) = queries.figures(Organization.objects.filter(pk=world.district.pk), 2026)
    return one.planned, one.committed, one.spent, one.free


def test_the_whole_way_of_a_districts_purchase(world, django_assert_num_queries) -> None:
    mine = placed(world)
    assert (str(mine), mine.total, mine.state) == ("1/2026", Decimal("7502.50"), OrderState.PLACED)
    assert figures(world) == (Decimal(100000), Decimal("7502.50"), 0, Decimal("92497.50"))
    come(world.librarian, mine, world.school, 2, defective=1)
    mine.refresh_from_db()
    assert (mine.state, mine.delivered) == (OrderState.PARTLY_DELIVERED, Decimal("3001.00"))
    act = Act.objects.get(library=world.school)
    assert (act.source, act.supplier, act.document_number) == ("LOCAL_BUDGET", "Кітап", "ТТН-1")
    assert set(Copy.objects.filter(library=world.school).values_list("price", flat=True)) == {Decimal("1500.50")}
    come(world.librarian, mine, world.school, 1)
    come(world.neighbour_librarian, mine, world.neighbour, 2)
    mine.refresh_from_db()
    assert mine.state == OrderState.DELIVERED
    services.pay(actor=world.methodist, order=mine, amount=Decimal("7502.50"), on=DAY, document="№ 7", at=AT)
    with django_assert_num_queries(2):
        assert figures(world) == (Decimal(100000), 0, Decimal("7502.50"), Decimal("92497.50"))
    services.close_order(actor=world.methodist, order=mine, reason="Орындалды", at=AT)
    assert list(checks.invariants()) == []
    assert list(fund_checks.invariants()) == []


def test_a_closed_order_frees_what_did_not_come(world) -> None:
    mine = placed(world)
    come(world.librarian, mine, world.school, 1)
    services.pay(actor=world.methodist, order=mine, amount=Decimal("2000"), on=DAY, document="№ 7", at=AT)
    with pytest.raises(errors.MoreThanBound):
        services.close_order(actor=world.methodist, order=mine, reason="Жоқ", at=AT)
    come(world.librarian, mine, world.school, 1)
    services.close_order(actor=world.methodist, order=mine, reason="Жоқ", at=AT)
    assert figures(world) == (Decimal(100000), Decimal("1001.00"), Decimal(2000), Decimal(96999))
    with pytest.raises(errors.WrongState):
        come(world.librarian, mine, world.school, 1)


def test_beyond_the_budget_only_with_a_name_and_a_reason(world) -> None:
    mine = order(world, budget(world, "7000"))
    with pytest.raises(errors.BeyondBudget):
        services.place_order(actor=world.methodist, order=mine, at=AT)
    with pytest.raises(NotAllowed):
        services.approve_overrun(actor=world.methodist, order=mine, reason="Керек", at=AT)
    with pytest.raises(errors.ReasonMissing):
        services.approve_overrun(actor=SYSTEM, order=mine, reason=" ", at=AT)
    approved = services.approve_overrun(actor=SYSTEM, order=mine, reason="Керек", at=AT)
    assert (approved.overrun, approved.overrun_by_name) == (Decimal("502.50"), "Kitaphana")
    budget(world, "-100")
    with pytest.raises(errors.BeyondBudget):
        services.place_order(actor=world.methodist, order=mine, at=AT)
    services.approve_overrun(actor=SYSTEM, order=mine, reason="Керек", at=AT)
    services.place_order(actor=world.methodist, order=mine, at=AT)
    assert figures(world)[3] == Decimal("-602.50")


def test_no_more_is_delivered_than_ordered_and_nothing_of_others(world) -> None:
    mine = placed(world)
    for quantity, refusal in ((4, errors.MoreThanOrdered), (-1, errors.BadAmount), (0, errors.BadAmount)):
        with pytest.raises(refusal):
            come(world.librarian, mine, world.school, quantity)
    with pytest.raises(NotAllowed):
        come(world.neighbour_librarian, mine, world.school, 1)
    foreign = Distribution.objects.get(library=world.neighbour)
    with pytest.raises(errors.BadChoice):
        services.deliver(
            actor=world.librarian, order=mine, library=world.school, document="1", on=DAY,
            lines=[services.Came(foreign, 1)], at=AT,
        )  # fmt: skip
    assert not Act.objects.exists()


def test_repeated_commands_do_nothing_twice(world) -> None:
    mine, one = placed(world), new_id()
    share = Distribution.objects.get(line__order=mine, library=world.school)
    facts = {"order": mine, "library": world.school, "document": "1", "on": DAY, "at": AT, "command_id": one}
    first = services.deliver(actor=world.librarian, lines=[services.Came(share, 1)], **facts)
    assert services.deliver(actor=world.librarian, lines=[services.Came(share, 1)], **facts) == first
    assert Copy.objects.count() == 1
    with pytest.raises(errors.CommandReused):
        services.pay(actor=world.methodist, order=mine, amount=Decimal(1), on=DAY, document="1", at=AT, command_id=one)


def test_a_returned_estimate_becomes_the_next_version(world) -> None:
    made = estimate(world, approved=False)
    with pytest.raises(errors.WrongState):
        services.decide_estimate(actor=SYSTEM, estimate=made, is_approved=True, at=AT)
    services.submit_estimate(actor=world.methodist, estimate=made, at=AT)
    with pytest.raises(NotAllowed):
        services.decide_estimate(actor=world.methodist, estimate=made, is_approved=True, at=AT)
    with pytest.raises(errors.ReasonMissing):
        services.decide_estimate(actor=SYSTEM, estimate=made, is_approved=False, at=AT)
    services.decide_estimate(actor=SYSTEM, estimate=made, is_approved=False, reason="Қымбат", at=AT)
    line = services.EstimateLineInput(record(), world.school, 1, Decimal(900))
    facts = {"actor": world.methodist, "organization": world.district, "year": 2026, "title": "Кітап", "at": AT}
    second = services.create_estimate(lines=[line], copied_from=made, **facts)
    assert (second.version, second.state) == (2, EstimateState.DRAFT)
    with pytest.raises(errors.WrongState):
        services.create_estimate(lines=[line], copied_from=made, **facts)
    with pytest.raises(errors.ForeignLibrary):
        services.create_estimate(lines=[services.EstimateLineInput(record(), world.faraway, 1)], **facts)
    empty = services.create_estimate(lines=[], **facts)
    with pytest.raises(errors.NothingToBuy):
        services.submit_estimate(actor=world.methodist, estimate=empty, at=AT)


def test_a_draft_is_changed_and_thrown_away(world) -> None:
    made = estimate(world, approved=False)
    first, second = made.lines.order_by("pk")
    more = services.EstimateLineInput(first.record, world.neighbour, 4)
    facts = {"actor": world.methodist, "estimate": made, "at": AT}
    services.change_estimate(
        quantities={first.pk: 0}, prices={first.record_id: Decimal("10.555")}, more=[more], **facts
    )
    assert list(made.lines.values_list("pk", "quantity", "price")) == [(second.pk, 6, Decimal("10.56"))]
    for wrong in ({"quantities": {first.pk: 1}}, {"quantities": {second.pk: -1}}):
        with pytest.raises(errors.BadAmount):
            services.change_estimate(**wrong, **facts)
    with pytest.raises(NotAllowed):
        services.discard_estimate(**{**facts, "actor": world.librarian})
    services.discard_estimate(**facts)
    assert Estimate.objects.count() == 0


def test_a_cancelled_draft_frees_its_lines(world) -> None:
    mine = order(world)
    with pytest.raises(errors.ReasonMissing):
        services.cancel_order(actor=world.methodist, order=mine, reason=" ", at=AT)
    services.cancel_order(actor=world.methodist, order=mine, reason="Қате", at=AT)
    again = services.create_order(
        actor=world.methodist, estimate=mine.estimate, supplier=mine.supplier, budget=mine.budget, at=AT
    )
    assert (str(again), again.total) == ("2/2026", mine.total)
    with pytest.raises(errors.WrongState):
        services.place_order(actor=world.methodist, order=mine, at=AT)
    assert list(checks.invariants()) == []


def test_a_claim_is_made_of_what_was_wrong_and_ends_once(world) -> None:
    mine = placed(world)
    good = come(world.librarian, mine, world.school, 1)
    bad = come(world.librarian, mine, world.school, 1, defective=1)
    facts = {"actor": world.methodist, "text": "Ауыстырыңыз", "answer_by": DAY, "at": AT}
    with pytest.raises(errors.NothingToBuy):
        services.raise_claim(delivery=good, **facts)
    with pytest.raises(NotAllowed):
        services.raise_claim(delivery=bad, **{**facts, "actor": world.neighbour_librarian})
    claim = services.raise_claim(delivery=bad, **facts)
    assert (str(claim), claim.state) == ("1/2026", ClaimState.OPEN)
    with pytest.raises(errors.WrongState):
        services.raise_claim(delivery=bad, **facts)
    settle = {"actor": world.methodist, "claim": claim, "at": AT}
    with pytest.raises(errors.BadChoice):
        services.settle_claim(state="OPEN", outcome="жоқ", **settle)
    services.settle_claim(state="REPLACED", outcome="Ауыстырды", **settle)
    with pytest.raises(errors.WrongState):
        services.settle_claim(state="REFUSED", outcome="жоқ", **settle)


def test_the_latest_price_within_a_year_is_taken(world) -> None:
    edition = record()
    facts = {"actor": world.methodist, "organization": world.district, "record": edition, "source": "Прайс", "at": AT}
    for price, on in ((700, date(2025, 1, 1)), (900, date(2026, 5, 1)), (800, date(2026, 3, 1))):
        services.note_price(price=Decimal(price), on=on, **facts)
    made = services.create_estimate(
        actor=world.methodist, organization=world.district, year=2026, title="Кітап", at=AT,
        lines=[services.EstimateLineInput(edition, world.school, 1)],
    )  # fmt: skip
    line = made.lines.get()
    assert (line.price, line.price_source.on) == (Decimal(900), date(2026, 5, 1))
    with pytest.raises(errors.BadChoice):
        services.note_price(
            **{**facts, "actor": SYSTEM, "organization": world.faraway},
            price=Decimal(1),
            on=DAY,
            supplier=supplier(world),
        )
    assert PriceSource.objects.count() == 3


def test_a_line_is_ordered_once(world) -> None:
    mine = order(world)
    with pytest.raises(errors.NothingToBuy):
        services.create_order(
            actor=world.methodist, estimate=mine.estimate, supplier=mine.supplier, budget=mine.budget, at=AT
        )


def test_a_budget_stays_above_its_orders(world) -> None:
    placed(world)
    with pytest.raises(errors.BudgetBelowOrders):
        budget(world, "-99000")
    budget(world, "-92000.01")
    assert figures(world)[3] == Decimal("497.49")
    assert list(checks.invariants()) == []
    with pytest.raises(errors.BadSupplier):
        services.add_supplier(actor=SYSTEM, organization=world.district, name="Кітап", bin="123456789012", at=AT)


def test_moved_money_is_never_changed(world) -> None:
    budget(world)
    for change in (
        lambda: BudgetChange.objects.update(amount=1),
        lambda: BudgetChange.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    mine = order(world)
    services.place_order(actor=world.methodist, order=mine, at=AT)
    services.pay(actor=world.methodist, order=mine, amount=Decimal(1), on=DAY, document="1", at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.update(amount=2)


def test_the_check_finds_what_is_broken(world) -> None:
    mine = placed(world)
    Distribution.objects.filter(line__order=mine, library=world.school).update(quantity=9, delivered=1)
    Order.objects.filter(pk=mine.pk).update(number=5)
    codes = {one.code for one in checks.invariants()}
    assert codes == {
        "acquisitions.numbers_have_gap",
        "acquisitions.distribution_differs",
        "acquisitions.delivered_differs",
        "acquisitions.sums_differ",
    }
