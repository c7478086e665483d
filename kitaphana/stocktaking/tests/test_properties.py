"""Whatever is scanned, lent, returned, taken back and written off in whatever order, every expected copy is counted
once and no scan is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kitaphana.circulation.tests.factories import AT, copies, give_back, lend, reader
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy
from kitaphana.fund.tests.factories import COMMISSION
from kitaphana.stocktaking import checks, queries, services
from kitaphana.stocktaking.models import Line, Scan
from kitaphana.stocktaking.tests.test_services import begin

COPIES = st.integers(0, 5)


@pytest.mark.django_db
def test_any_interleaving_counts_every_copy_once(world) -> None:
    """A machine of random commands beside a plain model of which scans still stand."""

    class Shelves(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.savepoint = transaction.savepoint()
            self.books = copies(world.school, 4)
            self.books += copies(world.school, 1, kind="TEXTBOOK") + copies(world.neighbour, 1)
            self.membership = reader(world.school, category="TEACHER")
            self.mine = begin(world)
            self.now = AT + timedelta(minutes=1)
            self.standing: list[tuple[int, str]] = []
            self.commands: list[tuple[UUID, str]] = []

        def teardown(self) -> None:
            if hasattr(self, "savepoint"):
                transaction.savepoint_rollback(self.savepoint)

        def tick(self) -> Any:
            self.now += timedelta(minutes=1)
            return self.now

        @rule(what=COPIES)
        def scan(self, what: int) -> None:
            self._scan(self.books[what].barcode, new_id())

        @rule(code=st.sampled_from(["777", "778"]))
        def scan_unknown(self, code: str) -> None:
            self._scan(code, new_id())

        @rule(data=st.data())
        def send_again(self, data: st.DataObject) -> None:
            if self.commands:
                command, code = data.draw(st.sampled_from(self.commands))
                before = Scan.objects.count()
                services.scan(
                    actor=world.librarian, stocktaking=self.mine, code=code, at=self.tick(), command_id=command
                )
                assert Scan.objects.count() == before

        def _scan(self, code: str, command: UUID) -> None:
            done = services.scan(
                actor=world.librarian, stocktaking=self.mine, code=code, at=self.tick(), command_id=command
            )
            assert done.scan.is_double == any(code == other for _pk, other in self.standing)
            self.standing.append((done.scan.pk, code))
            self.commands.append((command, code))

        @rule(data=st.data())
        def undo(self, data: st.DataObject) -> None:
            if not self.standing:
                return
            pk, code = data.draw(st.sampled_from(self.standing))
            services.undo(actor=world.librarian, stocktaking=self.mine, scan=Scan.objects.get(pk=pk), at=self.tick())
            self.standing.remove((pk, code))

        @rule(what=st.integers(0, 3))
        def lend(self, what: int) -> None:
            self._attempt(lambda: lend(world.librarian, self.membership, self.books[what], self.tick(), override="с"))

        @rule(what=st.integers(0, 3))
        def give_back(self, what: int) -> None:
            self._attempt(lambda: give_back(world.librarian, self.books[what], self.tick()))

        @rule(what=st.integers(0, 3))
        def write_off(self, what: int) -> None:
            self._attempt(
                lambda: fund.write_off(
                    actor=world.librarian,
                    library=world.school,
                    write_off=fund.WriteOff(
                        on=AT.date(), reason="WORN", copies=[self.books[what]], commission=COMMISSION
                    ),
                    at=self.tick(),
                    command_id=new_id(),
                )
            )

        def _attempt(self, command: Any) -> None:
            try:
                with transaction.atomic():
                    command()
            except DomainError:
                pass

        @invariant()
        def every_copy_is_counted_once(self) -> None:
            if not hasattr(self, "savepoint"):
                return
            figures = queries.progress(self.mine)
            parts = (figures.found, figures.on_loan, figures.returned, figures.withdrawn, figures.left)
            assert min(parts) >= 0
            assert sum(parts) == figures.expected == 4
            left = {line.copy_id for line in queries.unseen(self.mine)}
            assert len(left) == figures.left

        @invariant()
        def no_scan_is_lost(self) -> None:
            if not hasattr(self, "savepoint"):
                return
            codes = {code for _pk, code in self.standing}
            expected = {book.barcode for book in self.books[:4]}
            found = set(Line.objects.filter(scan__isnull=False).values_list("copy__barcode", flat=True))
            assert found == codes & expected
            assert Scan.objects.filter(undone_at=None).count() == len(self.standing)
            assert Scan.objects.filter(undone_at=None, is_double=False).count() == len(codes)
            assert list(checks.invariants()) == []

        @invariant()
        def the_end_would_fix_these_figures(self) -> None:
            if not hasattr(self, "savepoint"):
                return
            before = queries.progress(self.mine)
            point = transaction.savepoint()
            closed = services.close(actor=world.librarian, stocktaking=self.mine, at=self.now)
            assert queries.progress(closed) == before
            assert list(checks.invariants()) == []
            missing = {line.copy_id for line in queries.still_missing(closed)}
            lost = set(Copy.objects.filter(pk__in=missing, state="IN_FUND").values_list("pk", flat=True))
            assert missing == lost
            transaction.savepoint_rollback(point)

    run_state_machine_as_test(
        Shelves,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
