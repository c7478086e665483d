"""Whatever is lent, returned, renewed, held and cancelled in whatever order, the invariants hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kitaphana.circulation import checks, services
from kitaphana.circulation.enums import HOLD_TRANSITIONS, HoldState
from kitaphana.circulation.models import Hold, Loan
from kitaphana.circulation.tests.factories import AT, copies, reader
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund.models import Copy

COPIES = st.integers(0, 4)
READERS = st.integers(0, 2)


@pytest.mark.django_db
def test_any_sequence_of_commands_keeps_the_invariants(world) -> None:
    """A machine of random commands beside a plain model of who has what."""

    class Desk(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.savepoint = transaction.savepoint()
            self.readers = [reader(world.school, f"Оқырман {n}") for n in range(3)]
            self.copies = copies(world.school, 3) + copies(world.school, 2, title="Екінші кітап")
            self.now = AT
            self.having: dict[int, int] = {}
            self.states: dict[int, str] = {}

        def teardown(self) -> None:
            if hasattr(self, "savepoint"):
                transaction.savepoint_rollback(self.savepoint)

        def attempt(self, command: Any, **arguments: Any) -> Any:
            """Carry out a command twice with one id: the second time must change nothing."""
            command_id = new_id()
            arguments |= {
                "actor": world.librarian,
                "library": world.school,
                "at": self.now,
                "command_id": command_id,
            }
            try:
                first = command(**arguments)
            except DomainError:
                return None
            before = self.picture()
            command(**arguments)
            assert self.picture() == before
            return first

        def picture(self) -> tuple[Any, ...]:
            return (
                tuple(Loan.objects.order_by("pk").values_list("pk", "person_id", "due_on", "renewals", "returned_at")),
                tuple(Hold.objects.order_by("pk").values_list("pk", "state", "copy_id", "collect_until")),
            )

        @rule(hours=st.integers(1, 24 * 12))
        def wait(self, hours: int) -> None:
            self.now += timedelta(hours=hours)

        @rule(who=READERS, what=COPIES, override=st.sampled_from(["", "себеп"]))
        def check_out(self, who: int, what: int, override: str) -> None:
            copy, membership = self.copies[what], self.readers[who]
            loan = self.attempt(
                services.check_out, card=membership.card_number, barcode=copy.barcode, override=override
            )
            if copy.pk in self.having:
                assert loan is None
            elif override:
                assert loan is not None
            if loan is not None:
                self.having[copy.pk] = membership.person_id

        @rule(what=COPIES)
        def check_in(self, what: int) -> None:
            copy = self.copies[what]
            done = self.attempt(services.check_in, barcode=copy.barcode)
            assert done is not None
            assert (done.loan is not None) == (self.having.pop(copy.pk, None) is not None)

        @rule(what=COPIES, override=st.sampled_from(["", "себеп"]))
        def renew(self, what: int, override: str) -> None:
            self.attempt(services.renew_barcode, barcode=self.copies[what].barcode, override=override)

        @rule(who=READERS, what=COPIES)
        def place_hold(self, who: int, what: int) -> None:
            self.attempt(services.place_hold, record=self.copies[what].record, person=self.readers[who].person)

        @rule(data=st.data())
        def cancel_hold(self, data: st.DataObject) -> None:
            if holds := list(Hold.objects.order_by("pk")):
                self.attempt(services.cancel_hold, hold=data.draw(st.sampled_from(holds)))

        @rule()
        def expire(self) -> None:
            services.expire_holds(actor=world.librarian, at=self.now, library=world.school)

        @invariant()
        def nothing_is_broken(self) -> None:
            if not hasattr(self, "savepoint"):
                return
            assert list(checks.invariants()) == []
            lent = dict(Loan.objects.filter(returned_at=None).values_list("copy_id", "person_id"))
            assert lent == self.having

        @invariant()
        def holds_move_along_the_edges_only(self) -> None:
            if not hasattr(self, "savepoint"):
                return
            now = dict(Hold.objects.values_list("pk", "state"))
            for pk, before in self.states.items():
                after = now[pk]
                # A machine's step may go over two edges at once only through READY (freed and given on).
                reachable = HOLD_TRANSITIONS[HoldState(before)] | {HoldState(before)}
                assert after in reachable, (before, after)
            self.states = now

        @invariant()
        def nobody_waits_in_vain(self) -> None:
            """A copy on the hold shelf belongs to the one who waits longest for the title, or was there
            before."""
            if not hasattr(self, "savepoint"):
                return
            kept = set(Hold.objects.filter(state=HoldState.READY).values_list("copy_id", flat=True))
            assert len(kept) == Hold.objects.filter(state=HoldState.READY).count()
            assert not kept & set(self.having)
            assert kept <= set(Copy.objects.values_list("pk", flat=True))

    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
