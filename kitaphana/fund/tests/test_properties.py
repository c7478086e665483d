"""Whatever is received, written off, replaced and reversed in whatever order, the books agree."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import checks, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState, WithdrawalReason
from kitaphana.fund.models import Act, Copy
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
                st.tuples(st.integers(0, 2), st.integers(1, 4), PRICES, st.booleans()), min_size=1, max_size=3
            ),
            name=st.sampled_from(["CORE", "TEXTBOOK"]),
        )
        def receive(self, lines: list[tuple[int, int, Decimal, bool]], name: str) -> None:
            made = [
                fund.ReceiptLine(record=self.records[index], quantity=count, price=price, is_on_balance=balance)
                for index, count, price, balance in lines
            ]
            fund.receive(
                actor=world.librarian, library=world.school, at=AT, command_id=new_id(),
                receipt=receipt(*made, fund=name, on=self.day),
            )  # fmt: skip

        @rule(data=st.data(), reason=st.sampled_from(WithdrawalReason.values))
        def write_off(self, data: st.DataObject, reason: str) -> None:
            copies = list(Copy.objects.filter(state=CopyState.IN_FUND).order_by("pk"))
            if not copies:
                return
            chosen = data.draw(st.lists(st.sampled_from(copies), min_size=1, max_size=5, unique=True))
            self._try(
                lambda: fund.write_off(
                    actor=world.librarian, library=world.school, at=AT, command_id=new_id(),
                    write_off=fund.WriteOff(on=self.day, reason=reason, copies=chosen, commission=COMMISSION),
                )
            )  # fmt: skip

        @rule(data=st.data(), price=PRICES)
        def replace(self, data: st.DataObject, price: Decimal) -> None:
            copies = list(Copy.objects.order_by("pk"))
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
            acts = list(Act.objects.order_by("pk"))
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
                assert list(checks.invariants(world.school)) == []
                for name in ("CORE", "TEXTBOOK"):
                    held = Copy.objects.filter(fund=name, state=CopyState.IN_FUND)
                    figures = queries.balance(world.school, name, ON)
                    assert figures.total.copies == held.count()
                    assert figures.titles == held.values("record").distinct().count()
                    assert all(cell.copies >= 0 for cell in figures.contents.values())

        @invariant()
        def every_act_lists_its_copies(self) -> None:
            if hasattr(self, "savepoint"):
                for act in Act.objects.all():
                    for line in queries.act_page(act).lines:
                        assert len(line.copies) == line.volumes, (act, ActKind(act.kind))

    run_state_machine_as_test(
        Fund,
        settings=settings(
            max_examples=30,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
        ),
    )
