"""Count-based volumes: issued to many at once, taken back, settled; cards and loans agree whatever happens."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kitaphana.catalog.models import RecordIsbn
from kitaphana.circulation import checks, errors, queries, services
from kitaphana.circulation.enums import LoanEnd
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import IssueLine, ReturnLine, Settlement
from kitaphana.circulation.tests.factories import AT, ON, copies, lend, reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund import checks as fund_checks
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act, Stock
from kitaphana.fund.tests.factories import COMMISSION, receipt, record
from kitaphana.people.models import Membership, User

pytestmark = pytest.mark.django_db


def stock(library: Any, quantity: int = 40, title: str = "Алгебра", price: str = "1500.00") -> Stock:
    book = record(title, kind="TEXTBOOK")
    line = fund.ReceiptLine(record=book, quantity=quantity, price=Decimal(price), is_counted=True)
    fund.receive(
        actor=SYSTEM, library=library, receipt=receipt(line, on=ON - timedelta(days=20)), at=AT, command_id=new_id()
    )
    return Stock.objects.get(library=library, record=book)


def issue(world: Any, *lines: IssueLine, **more: Any) -> services.Issued:
    facts: dict[str, Any] = {"actor": world.librarian, "library": world.school, "at": AT, "command_id": new_id()}
    return services.issue(lines=lines, **facts | more)


def take_back(world: Any, *lines: ReturnLine, **more: Any) -> int:
    facts: dict[str, Any] = {
        "actor": world.librarian,
        "library": world.school,
        "at": AT + timedelta(days=200),
        "command_id": new_id(),
    }
    return services.take_back(lines=lines, **facts | more)


def agree() -> None:
    assert [*checks.invariants(), *fund_checks.invariants()] == []


def on_shelf(card: Stock) -> int:
    card.refresh_from_db()
    return card.on_shelf


def test_a_set_goes_to_a_class_in_one_command(world: Any) -> None:
    algebra, physics = stock(world.school), stock(world.school, title="Физика")
    pupils = [reader(world.school, surname=f"Оқушы{number}") for number in range(3)]
    lines = [IssueLine(pupil.person_id, card.pk, condition="GOOD") for pupil in pupils for card in (algebra, physics)]
    command = new_id()
    done = issue(world, *lines, command_id=command)
    assert (done.people, done.volumes) == (3, 6)
    assert issue(world, *lines, command_id=command) == done
    assert (on_shelf(algebra), on_shelf(physics)) == (37, 37)
    loans = queries.open_stock_loans([pupils[0].person_id])
    assert [loan.stock.record.title for loan in loans] == ["Алгебра", "Физика"]
    assert {(loan.category, loan.school_class_id, loan.condition_out) for loan in loans} == {
        ("PUPIL", pupils[0].school_class_id, "GOOD")
    }
    agree()


def test_textbooks_are_due_at_the_end_of_the_school_year(world: Any) -> None:
    from kitaphana.circulation.policies import Terms

    services.set_policy(
        actor=world.methodist,
        organization=world.district,
        category="",
        fund_type="TEXTBOOK",
        terms=Terms(
            loan_days=30,
            max_loans=0,
            max_renewals=0,
            max_holds=0,
            hold_shelf_days=3,
            blocks_when_overdue=False,
            due_day="05-25",
            keeps_last_copy=False,
        ),
        at=AT,
    )
    pupil, card = reader(world.school), stock(world.school)
    issue(world, IssueLine(pupil.person_id, card.pk))
    assert StockLoan.objects.get().due_on == date(2027, 5, 25)


def test_limits_do_not_hold_and_three_hundred_volumes_cost_as_much_as_one(
    world: Any, django_assert_max_num_queries: Any
) -> None:
    teacher = reader(world.school, category="TEACHER", grade=None)
    cards = [stock(world.school, 30, f"Кітап {number}") for number in range(12)]
    issue(world, IssueLine(teacher.person_id, cards[0].pk))
    with django_assert_max_num_queries(13):
        issue(world, IssueLine(teacher.person_id, cards[0].pk))
    with django_assert_max_num_queries(13):
        issue(world, *(IssueLine(teacher.person_id, card.pk, 25) for card in cards))
    assert queries.open_stock_loan_counts(world.school.pk, [teacher.person_id]) == {teacher.person_id: 302}
    loans = queries.open_stock_loans([teacher.person_id])
    with django_assert_max_num_queries(12):
        take_back(world, *(ReturnLine(loan.pk) for loan in loans))
    agree()


def test_more_than_stands_on_the_shelf_is_refused_whole(world: Any) -> None:
    pupils = [reader(world.school, surname=f"Оқушы{number}") for number in range(3)]
    plenty, scarce = stock(world.school), stock(world.school, 2, "Химия")
    lines = [IssueLine(pupil.person_id, card.pk) for pupil in pupils for card in (plenty, scarce)]
    with pytest.raises(fund_errors.StockNotEnough) as refusal:
        issue(world, *lines)
    assert refusal.value.params == {"title": "Химия", "count": 2}
    assert not StockLoan.objects.exists()
    assert on_shelf(plenty) == 40


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (errors.NothingToIssue, {"lines": []}),
        (errors.BadIssueQuantity, {"quantity": 0}),
        (errors.TooManyVolumes, {"quantity": 20_001}),
        (errors.BadCondition, {"condition": "ТАМАША"}),
        (errors.NotReaders, {"person_id": 999_999}),
        (fund_errors.StockNotFound, {"stock_id": 999_999}),
    ],
)
def test_issue_refuses(world: Any, error: type[DomainError], change: dict[str, Any]) -> None:
    facts = {"person_id": reader(world.school).person_id, "stock_id": stock(world.school).pk} | change
    lines = change["lines"] if "lines" in change else [IssueLine(**facts)]
    with pytest.raises(error):
        issue(world, *lines)


def test_another_library_can_neither_issue_nor_take_back(world: Any) -> None:
    pupil, card = reader(world.school), stock(world.school)
    with pytest.raises(NotAllowed):
        issue(world, IssueLine(pupil.person_id, card.pk), actor=world.neighbour_librarian)
    issue(world, IssueLine(pupil.person_id, card.pk))
    loan = StockLoan.objects.get()
    line = ReturnLine(loan.pk)
    assert take_back(world, line, actor=world.neighbour_librarian, library=world.neighbour) == 0
    assert on_shelf(card) == 39


def test_a_part_comes_back(world: Any) -> None:
    teacher, card = reader(world.school, category="TEACHER", grade=None), stock(world.school)
    issue(world, IssueLine(teacher.person_id, card.pk, 10))
    loan = StockLoan.objects.get()
    assert take_back(world, ReturnLine(loan.pk, 4, "FAIR")) == 4
    loan.refresh_from_db()
    assert (loan.quantity, loan.returned_at) == (6, None)
    ended = StockLoan.objects.get(returned_at__isnull=False)
    assert (ended.quantity, ended.condition_in, ended.end) == (4, "FAIR", LoanEnd.RETURNED)
    with pytest.raises(errors.BadIssueQuantity):
        take_back(world, ReturnLine(loan.pk, 7))
    assert on_shelf(card) == 34
    agree()


def test_an_issue_is_undone(world: Any) -> None:
    pupils = [reader(world.school, surname=f"Оқушы{number}") for number in range(3)]
    card = stock(world.school)
    done = issue(world, *(IssueLine(pupil.person_id, card.pk) for pupil in pupils))
    take_back(world, ReturnLine(StockLoan.objects.first().pk))
    undone = services.undo_issue(
        actor=world.librarian, library=world.school, batch=done.batch, at=AT + timedelta(days=1), command_id=new_id()
    )
    assert undone == 2
    assert on_shelf(card) == 40
    agree()


def test_a_reader_who_keeps_no_history_is_forgotten_at_return(world: Any) -> None:
    pupil, card = reader(world.school), stock(world.school)
    pupil.person.keeps_history = False
    pupil.person.save()
    issue(world, IssueLine(pupil.person_id, card.pk))
    take_back(world, ReturnLine(StockLoan.objects.get().pk))
    assert StockLoan.objects.get().person_id is None


@pytest.mark.parametrize("how", list(Settlement))
def test_a_lost_textbook_is_settled_by_an_act(world: Any, how: Settlement) -> None:
    pupil, card = reader(world.school), stock(world.school, 10)
    issue(world, IssueLine(pupil.person_id, card.pk, 2))
    facts: dict[str, Any] = {
        "actor": world.librarian,
        "library": world.school,
        "loan": StockLoan.objects.get(),
        "how": how,
        "on": ON,
        "at": AT + timedelta(days=1),
        "replacement": card.record if how is Settlement.REPLACED else None,
        "price": Decimal("1600.00"),
        "grounds": "№ 12 түбіртек",
        "commission": COMMISSION,
        "command_id": new_id(),
    }
    act = services.settle(**facts)
    assert act == services.settle(**facts)
    assert act.reason == "LOSS"
    card.refresh_from_db()
    assert (card.quantity, card.issued) == ((10, 1) if how is Settlement.REPLACED else (9, 1))
    assert {(loan.quantity, loan.end) for loan in StockLoan.objects.all()} == {(1, ""), (1, how.value)}
    services.settle(**facts | {"command_id": new_id(), "loan": StockLoan.objects.get(end="")})
    with pytest.raises(errors.LoanEnded):
        services.settle(**facts | {"command_id": new_id(), "loan": StockLoan.objects.first()})
    agree()


def test_debts_go_with_the_person_to_another_library(world: Any, django_assert_num_queries: Any) -> None:
    pupil, card = reader(world.school), stock(world.school)
    novel = copies(world.school, title="Абай жолы")[0]
    lend(world.librarian, pupil, novel)
    issue(world, IssueLine(pupil.person_id, card.pk))
    with django_assert_num_queries(3):
        found = queries.debts([pupil.person_id])
    assert [(debt.library, debt.record.title, debt.quantity, debt.price) for debt in found[pupil.person_id]] == [
        (world.school, "Абай жолы", 1, Decimal("2500.00")),
        (world.school, "Алгебра", 1, Decimal("1500.00")),
    ]


def test_any_sequence_of_issues_and_returns_keeps_cards_and_loans(world: Any) -> None:
    """A machine of random commands."""
    run_state_machine_as_test(
        machine(world),
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )


def machine(world: Any) -> type[RuleBasedStateMachine]:
    """Issues, returns, undoings, settlements and write-offs in any order, in one library."""

    class Hands(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.savepoint = transaction.savepoint()
            self.people = [reader(world.school, surname=f"Оқушы{number}").person_id for number in range(4)]
            self.cards = [stock(world.school, quantity, f"Кітап {quantity}") for quantity in (2, 5, 9)]
            self.at = AT
            self.batches: list[Any] = []

        def teardown(self) -> None:
            if hasattr(self, "savepoint"):
                transaction.savepoint_rollback(self.savepoint)

        @rule(
            lines=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=6)
        )
        def issue(self, lines: list[tuple[int, int, int]]) -> None:
            made = [IssueLine(self.people[person], self.cards[card].pk, count) for person, card, count in lines]
            with contextlib.suppress(fund_errors.StockNotEnough):
                self.batches.append(issue(world, *made, at=self.at).batch)

        @rule(data=st.data(), days=st.integers(0, 60))
        def take_back(self, data: st.DataObject, days: int) -> None:
            self.at += timedelta(days=days)
            loans = list(StockLoan.objects.filter(returned_at__isnull=True).order_by("pk"))
            if loans:
                chosen = data.draw(st.lists(st.sampled_from(loans), min_size=1, max_size=4, unique=True))
                lines = [ReturnLine(loan.pk, data.draw(st.integers(1, loan.quantity))) for loan in chosen]
                take_back(world, *lines, at=self.at)

        @rule(data=st.data())
        def undo(self, data: st.DataObject) -> None:
            if self.batches:
                batch = data.draw(st.sampled_from(self.batches))
                services.undo_issue(
                    actor=world.librarian, library=world.school, batch=batch, at=self.at, command_id=new_id()
                )

        @rule(data=st.data(), how=st.sampled_from(Settlement))
        def settle(self, data: st.DataObject, how: Settlement) -> None:
            loans = list(StockLoan.objects.filter(returned_at__isnull=True).order_by("pk"))
            if loans:
                loan = data.draw(st.sampled_from(loans))
                services.settle(
                    actor=world.librarian,
                    library=world.school,
                    loan=loan,
                    how=how,
                    on=self.at.date(),
                    at=self.at,
                    replacement=self.cards[0].record,
                    price=Decimal(100),
                    commission=COMMISSION,
                    command_id=new_id(),
                )

        @rule(card=st.integers(0, 2), count=st.integers(1, 4))
        def write_off(self, card: int, count: int) -> None:
            with contextlib.suppress(fund_errors.StockNotEnough):
                fund.write_off(
                    actor=world.librarian,
                    library=world.school,
                    write_off=fund.WriteOff(
                        on=self.at.date(),
                        reason="WORN",
                        commission=COMMISSION,
                        counted=[fund.CountedLine(self.cards[card], count)],
                    ),
                    at=self.at,
                    command_id=new_id(),
                )

        @invariant()
        def everything_agrees(self) -> None:
            if hasattr(self, "savepoint"):
                agree()
                assert Act.objects.exists()

    return Hands


def test_an_isbn_at_the_desk_issues_a_volume_kept_by_count(world: Any, client: Any) -> None:
    pupil, card = reader(world.school), stock(world.school, 2)
    RecordIsbn.objects.create(record=card.record, isbn="9786010000001")
    client.force_login(
        User.objects.get(pk=world.librarian.user_id), backend="django.contrib.auth.backends.ModelBackend"
    )
    facts = {"reader": pupil.pk, "code": "9786010000001"}
    for left in (1, 0):
        client.post(reverse("circulation:scan"), facts | {"command_id": new_id()}, headers={"HX-Request": "true"})
        assert on_shelf(card) == left
    answer = client.post(reverse("circulation:scan"), facts | {"command_id": new_id()}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    page = client.get(reverse("circulation:reader", args=[pupil.pk]))
    assert page.context["counted"] == 2
    assert page.context["elsewhere"] == []


def test_the_reader_page_of_the_new_school_shows_the_debts_of_the_old_one(world: Any, client: Any) -> None:
    pupil, card = reader(world.school), stock(world.school)
    issue(world, IssueLine(pupil.person_id, card.pk))
    pupil.left_on = ON
    pupil.save()
    moved = Membership.objects.create(
        library=world.neighbour, person=pupil.person, category="PUPIL", card_number="900002000001",
        registered_on=ON, valid_until=date(2027, 8, 31),
    )  # fmt: skip
    client.force_login(
        User.objects.get(pk=world.neighbour_librarian.user_id), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(reverse("circulation:reader", args=[moved.pk]))
    assert [(debt.library, debt.record.title) for debt in page.context["elsewhere"]] == [(world.school, "Алгебра")]
