"""Random operations on a district of schools: whatever people do, the books, the cards and the loans agree.

Each seed is a district of its own. Half a million operations, in an hour and a half on one core::

    KITAPHANA_OPERATIONS=20000 KITAPHANA_SEEDS=25 pytest kitaphana/textbooks/tests/test_random_operations.py
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kitaphana.circulation import checks as circulation_checks
from kitaphana.circulation import services as lending
from kitaphana.circulation.models import Loan, StockLoan
from kitaphana.circulation.services import IssueLine, ReturnLine, Settlement
from kitaphana.circulation.tests.factories import AT, reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import checks as fund_checks
from kitaphana.fund import services as fund
from kitaphana.fund.enums import CopyState, WithdrawalReason
from kitaphana.fund.models import Act, Copy, Stock, Transfer
from kitaphana.fund.tests.factories import COMMISSION, receipt
from kitaphana.textbooks import provision, services
from kitaphana.textbooks.tests.factories import books, school_class, textbook_set, title

OPERATIONS = int(os.environ.get("KITAPHANA_OPERATIONS", "1500"))
SEEDS = int(os.environ.get("KITAPHANA_SEEDS", "1"))


class District:
    """Two schools with a class each, six titles, and somebody who does anything in any order."""

    def __init__(self, world: Any, maker: random.Random) -> None:
        self.maker = maker
        self.at = AT
        self.schools = [world.school, world.neighbour]
        self.titles = books(*(f"Пән {number}" for number in range(6)))
        six = textbook_set(world.country)
        self.lines = [title(six, book.title, book) for book in self.titles]
        self.classes = [school_class(school, 5)[0] for school in self.schools]
        self.readers = {school.pk: [reader(school, grade=8, letter="А") for _ in range(4)] for school in self.schools}
        self.batches: list[tuple[Any, Any]] = []
        self.refused: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.what: list[tuple[int, Callable[[Any], object]]] = [
            (6, self.issue_set), (14, self.issue), (16, self.take_back), (2, self.undo), (2, self.settle),
            (3, self.receive), (3, self.write_off), (2, self.convert), (2, self.transfer), (1, self.reverse),
            (10, self.lend), (10, self.bring), (1, self.own), (1, self.count),
        ]  # fmt: skip

    def step(self) -> None:
        """One operation of one school, a moment after the last."""
        self.at += timedelta(minutes=self.maker.randint(0, 3))
        operation = self.maker.choices([call for _, call in self.what], [weight for weight, _ in self.what])[0]
        try:
            operation(self.maker.choice(self.schools))
            self.done[operation.__name__] += 1
        except DomainError as refusal:
            self.refused[refusal.code] += 1

    def some(self, rows: Any) -> Any:
        """A random row of a queryset; None where it is empty."""
        number = rows.count()
        return rows.order_by("pk")[self.maker.randrange(number)] if number else None

    def common(self, school: Any) -> dict[str, Any]:
        return {"actor": SYSTEM, "library": school, "at": self.at, "command_id": new_id()}

    @property
    def on(self) -> Any:
        return self.at.date()

    def receive(self, school: Any) -> None:
        line = fund.ReceiptLine(
            self.maker.choice(self.titles),
            self.maker.randint(1, 12),
            Decimal(self.maker.choice([1500, 1800])),
            is_counted=self.maker.random() < 0.8,
        )
        fund.receive(receipt=receipt(line, on=self.on), **self.common(school))

    def issue_set(self, school: Any) -> None:
        one = next(one for one in self.classes if one.library_id == school.pk)
        issued = services.issue_set(actor=SYSTEM, school_class=one, at=self.at, command_id=new_id())
        self.batches.append((school, issued.issued.batch))

    def issue(self, school: Any) -> None:
        stock = self.some(Stock.objects.filter(library=school))
        if stock is not None:
            line = IssueLine(
                self.maker.choice(self.readers[school.pk]).person_id,
                stock.pk,
                self.maker.randint(1, 3),
                is_returnable=self.maker.random() < 0.95,
            )
            done = lending.issue(lines=[line], **self.common(school))
            self.batches.append((school, done.batch))

    def take_back(self, school: Any) -> None:
        loan = self.some(StockLoan.objects.filter(library=school, returned_at__isnull=True))
        if loan is not None:
            line = ReturnLine(loan.pk, self.maker.randint(1, loan.quantity), self.maker.choice(["", "GOOD", "POOR"]))
            lending.take_back(lines=[line], **self.common(school))

    def undo(self, _school: Any) -> None:
        if self.batches:
            school, batch = self.batches.pop(self.maker.randrange(len(self.batches)))
            self.batches = self.batches[-50:]
            lending.undo_issue(batch=batch, **self.common(school))

    def settle(self, school: Any) -> None:
        loan = self.some(StockLoan.objects.filter(library=school, returned_at__isnull=True))
        if loan is not None:
            lending.settle(
                loan=loan,
                how=self.maker.choice(list(Settlement)),
                on=self.on,
                replacement=self.maker.choice(self.titles),
                price=Decimal(1500),
                commission=COMMISSION,
                **self.common(school),
            )

    def counted(self, school: Any) -> list[fund.CountedLine]:
        stock = self.some(Stock.objects.filter(library=school))
        return [fund.CountedLine(stock, self.maker.randint(1, 4))] if stock is not None else []

    def copies(self, school: Any) -> list[Copy]:
        copy = self.some(Copy.objects.filter(library=school, state=CopyState.IN_FUND))
        return [copy] if copy is not None else []

    def volumes(self, school: Any) -> dict[str, Any]:
        if self.maker.random() < 0.6:
            return {"counted": self.counted(school)}
        return {"copies": self.copies(school)}

    def write_off(self, school: Any) -> None:
        reason = self.maker.choice(WithdrawalReason.values)
        fund.write_off(
            write_off=fund.WriteOff(on=self.on, reason=reason, commission=COMMISSION, **self.volumes(school)),
            **self.common(school),
        )

    def convert(self, school: Any) -> None:
        fund.convert(conversion=fund.Conversion(on=self.on, **self.volumes(school)), **self.common(school))

    def transfer(self, school: Any) -> None:
        waiting = Transfer.objects.filter(state="IN_TRANSIT").first()
        if waiting is not None:
            more = {"actor": SYSTEM, "transfer": waiting, "on": self.on, "at": self.at, "command_id": new_id()}
            if self.maker.random() < 0.7:
                fund.accept(**more)
            else:
                fund.refuse(note="", **more)
            return
        other = self.schools[0] if school == self.schools[1] else self.schools[1]
        fund.send(sending=fund.Sending(on=self.on, to_library=other, **self.volumes(school)), **self.common(school))

    def reverse(self, school: Any) -> None:
        act = Act.objects.filter(library=school).order_by("-pk")[self.maker.randint(0, 5) :].first()
        if act is not None:
            fund.reverse(actor=SYSTEM, act=act, on=self.on, at=self.at, command_id=new_id())

    def lend(self, school: Any) -> None:
        copy = self.some(Copy.objects.filter(library=school, state=CopyState.IN_FUND))
        if copy is not None:
            member = self.maker.choice(self.readers[school.pk])
            lending.check_out(
                card=member.card_number, barcode=copy.barcode, override="сабаққа керек", **self.common(school)
            )

    def bring(self, school: Any) -> None:
        loan = self.some(Loan.objects.filter(library=school, returned_at__isnull=True).select_related("copy"))
        if loan is not None:
            lending.check_in(barcode=loan.copy.barcode, **self.common(school))

    def own(self, school: Any) -> None:
        one = next(one for one in self.classes if one.library_id == school.pk)
        member = self.maker.choice(list(one.members.all()))
        command = self.maker.choice([services.mark_own, services.clear_own])
        command(
            actor=SYSTEM,
            school_class=one,
            person_id=member.person_id,
            title_id=self.maker.choice(self.lines).id,
            at=self.at,
            command_id=new_id(),
        )

    def count(self, school: Any) -> None:
        total = provision.count(school, 2026, at=self.at)
        assert total.provided + total.deficit == total.needed


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_operations_never_break_an_invariant(world: Any, seed: int) -> None:
    district = District(world, random.Random(20260901 + seed))
    for number in range(OPERATIONS):
        district.step()
        if number % 500 == 499 or number == OPERATIONS - 1:
            assert [*fund_checks.invariants(), *circulation_checks.invariants()] == [], number
    assert sum(district.done.values()) > OPERATIONS * 0.4, (district.done, district.refused)
    assert len(district.done) == len(district.what) or OPERATIONS < 1000, district.done
