"""Whatever is received, written off, replaced and reversed in whatever order, the books agree."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import checks, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState, WithdrawalReason
from kitaphana.fund.models import Act, Copy, Stock
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, record

PRICES = st.decimals(min_value=0, max_value=9999, places=2)


@pytest.mark.django_db
def test_any_sequence_of_acts_keeps_the_books(world) -> None:
    """A machine of random commands, each run against the same empty library."""

    class Fund(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.savepoint = transaction.savepoint()
            self.records = [
                record("Абай жолы", udc="821.512.122", language="kaz"),
                record("Физика", kind="TEXTBOOK", udc="53", language="rus"),
                record("English songs", kind="AUDIO", udc="", bbk="", language="eng"),
            ]
            self.day = ON - timedelta(days=400)

        def teardown(self) -> None:
            if hasattr(self, "savepoint"):
                transaction.savepoint_rollback(self.savepoint)

        @rule(days=st.integers(0, 120))
        def wait(self, days: int) -> None:
            self.day = min(ON, self.day + timedelta(days=days))

        @rule(
            lines=st.lists(
                st.tuples(st.integers(0, 2), st.integers(1, 4), PRICES, st.booleans(), st.booleans()),
                min_size=1,
                max_size=3,
            ),
            name=st.sampled_from(["CORE", "TEXTBOOK"]),
        )
        def receive(self, lines: list[tuple[int, int, Decimal, bool, bool]], name: str) -> None:
            made = [
                fund.ReceiptLine(
                    record=self.records[index], quantity=count, price=price, is_on_balance=balance, is_counted=counted
                )
                for index, count, price, balance, counted in lines
            ]
            fund.receive(
                actor=world.librarian, library=world.school, at=AT, command_id=new_id(),
                receipt=receipt(*made, fund=name, on=self.day),
            )  # fmt: skip

        @rule(data=st.data(), reason=st.sampled_from(WithdrawalReason.values))
        def write_off(self, data: st.DataObject, reason: str) -> None:
            copies = list(Copy.objects.filter(state=CopyState.IN_FUND, library=world.school).order_by("pk"))
            if not copies:
                return
            chosen = data.draw(st.lists(st.sampled_from(copies), min_size=1, max_size=5, unique=True))
            self._try(
                lambda: fund.write_off(
                    actor=world.librarian, library=world.school, at=AT, command_id=new_id(),
                    write_off=fund.WriteOff(on=self.day, reason=reason, copies=chosen, commission=COMMISSION),
                )
            )  # fmt: skip

        def _some_counted(self, data: st.DataObject) -> list[fund.CountedLine]:
            stocks = list(Stock.objects.filter(library=world.school).order_by("pk"))
            if not stocks:
                return []
            chosen = data.draw(st.lists(st.sampled_from(stocks), min_size=1, max_size=2, unique=True))
            return [fund.CountedLine(stock, data.draw(st.integers(1, 5))) for stock in chosen]

        @rule(data=st.data(), reason=st.sampled_from(WithdrawalReason.values))
        def write_off_counted(self, data: st.DataObject, reason: str) -> None:
            self._try(
                lambda: fund.write_off(
                    actor=world.librarian, library=world.school, at=AT, command_id=new_id(),
                    write_off=fund.WriteOff(
                        on=self.day, reason=reason, counted=self._some_counted(data), commission=COMMISSION
                    ),
                )
            )  # fmt: skip

        @rule(data=st.data(), to_count=st.booleans())
        def convert(self, data: st.DataObject, to_count: bool) -> None:
            copies = list(Copy.objects.filter(state=CopyState.IN_FUND, library=world.school).order_by("pk"))
            chosen = (
                data.draw(st.lists(st.sampled_from(copies), max_size=3, unique=True)) if copies and to_count else []
            )
            before = {name: queries.balance(world.school, name, ON).total for name in ("CORE", "TEXTBOOK")}
            self._try(
                lambda: fund.convert(
                    actor=world.librarian, library=world.school, at=AT, command_id=new_id(),
                    conversion=fund.Conversion(
                        on=self.day, copies=chosen, counted=[] if to_count else self._some_counted(data)
                    ),
                )
            )  # fmt: skip
            assert before == {name: queries.balance(world.school, name, ON).total for name in ("CORE", "TEXTBOOK")}

        @rule(data=st.data(), is_accepted=st.booleans())
        def transfer(self, data: st.DataObject, is_accepted: bool) -> None:
            def both() -> None:
                sending = fund.Sending(on=self.day, to_library=world.neighbour, counted=self._some_counted(data))
                sent = fund.send(
                    actor=world.librarian, library=world.school, sending=sending, at=AT, command_id=new_id()
                )
                more = {"transfer": sent, "on": self.day, "at": AT, "command_id": new_id()}
                if is_accepted:
                    fund.accept(actor=world.neighbour_librarian, **more)
                else:
                    fund.refuse(actor=world.neighbour_librarian, note="", **more)

            self._try(both)

        @rule(data=st.data())
        def issue_or_take_back(self, data: st.DataObject) -> None:
            """What circulation does to a card when readers take and bring."""
            counts = {line.stock.pk: line.quantity * data.draw(st.sampled_from([1, -1])) for line in
                      self._some_counted(data)}  # fmt: skip
            with contextlib.suppress(DomainError), transaction.atomic():
                fund.lock_stock(world.school, counts)
                fund.issue_stock(counts)

        @rule(data=st.data(), price=PRICES)
        def replace(self, data: st.DataObject, price: Decimal) -> None:
            copies = [*Copy.objects.order_by("pk"), *Stock.objects.filter(library=world.school).order_by("pk")]
            if copies:
                lost = data.draw(st.sampled_from(copies))
                self._try(
                    lambda: fund.replace_lost(
                        actor=world.librarian, library=world.school, lost=lost, replacement=self.records[0],
                        price=price, on=self.day, at=AT,
                    )
                )  # fmt: skip

        @rule(data=st.data())
        def reverse(self, data: st.DataObject) -> None:
            acts = list(Act.objects.filter(library=world.school).order_by("pk"))
            if acts:
                act = data.draw(st.sampled_from(acts))
                self._try(lambda: fund.reverse(actor=world.librarian, act=act, on=self.day, at=AT, command_id=new_id()))

        def _try(self, command) -> None:
            """Carry a command out or see it refused without a trace."""
            before = (Act.objects.count(), Copy.objects.filter(state=CopyState.IN_FUND).count())
            try:
                command()
            except DomainError:
                assert (Act.objects.count(), Copy.objects.filter(state=CopyState.IN_FUND).count()) == before

        @invariant()
        def books_agree(self) -> None:
            if hasattr(self, "savepoint"):
                assert list(checks.invariants()) == []
                for name in ("CORE", "TEXTBOOK"):
                    held = Copy.objects.filter(library=world.school, fund=name, state=CopyState.IN_FUND)
                    cards = Stock.objects.filter(library=world.school, fund=name, quantity__gt=0)
                    figures = queries.balance(world.school, name, ON)
                    counted = cards.aggregate(n=Sum("quantity"))["n"] or 0
                    assert figures.total.copies == held.count() + counted
                    titles = set(held.values_list("record", flat=True)) | set(cards.values_list("record", flat=True))
                    assert figures.titles == len(titles)
                    assert all(cell.copies >= 0 for cell in figures.contents.values())

        @invariant()
        def every_act_lists_its_copies(self) -> None:
            if hasattr(self, "savepoint"):
                for act in Act.objects.all():
                    for line in queries.act_page(act).lines:
                        listed = 0 if line.card_number else line.volumes
                        assert len(line.copies) == listed, (act, ActKind(act.kind))

    run_state_machine_as_test(
        Fund,
        settings=settings(
            max_examples=30,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
        ),
    )
