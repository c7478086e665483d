"""Two years of a school's library, day by day, through the same commands as at the desk."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.circulation import services as circulation
from kitaphana.circulation.models import Loan
from kitaphana.core import ids
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.fund import services as fund
from kitaphana.fund.enums import FundType, ReceiptSource, WithdrawalReason
from kitaphana.fund.models import Act, Copy
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import is_open
from kitaphana.people.models import Membership

COMMISSION = (
    fund.Member(name="Сейітова Гүлмира Асқарқызы", position="Директордың орынбасары"),
    fund.Member(name="Омарова Айнұр Серікқызы", position="Педагог-кітапханашы"),
    fund.Member(name="Ким Елена Викторовна", position="Бухгалтер"),
)


def moment(day: date, maker: random.Random) -> datetime:
    """A moment of a working day."""
    return timezone.make_aware(datetime.combine(day, time(maker.randint(9, 16), maker.randint(0, 59))))


def receive(
    library: Organization,
    records: Sequence[Record],
    *,
    on: date,
    source: ReceiptSource,
    kind: FundType,
    most: int,
    maker: random.Random,
) -> Act:
    """An act of receipt with one to ``most`` volumes of each edition."""
    lines = [
        fund.ReceiptLine(record=record, quantity=maker.randint(1, most), price=Decimal(maker.randrange(900, 5200, 50)))
        for record in records
    ]
    bought = source in {ReceiptSource.NATIONAL_BUDGET, ReceiptSource.LOCAL_BUDGET}
    receipt = fund.Receipt(
        on=on,
        fund=kind,
        source=source,
        supplier="«Кітап әлемі» ЖШС" if bought else "Түлектер қауымдастығы",
        document_number=str(maker.randint(100, 999)) if bought else "",
        document_on=on if bought else None,
        commission=() if bought else COMMISSION,
        lines=lines,
    )
    return fund.receive(actor=SYSTEM, library=library, receipt=receipt, at=moment(on, maker), command_id=ids.new_id())


def write_off_worn(library: Organization, *, on: date, count: int, maker: random.Random) -> None:
    """An act of write-off of a few worn volumes that nobody has borrowed."""
    shelf = Copy.objects.filter(library=library, fund=FundType.CORE, state="IN_FUND").exclude(
        pk__in=_lent_copies(library)
    )
    copies = maker.sample(list(shelf.order_by("id")), k=min(count, shelf.count()))
    fund.write_off(
        actor=SYSTEM,
        library=library,
        write_off=fund.WriteOff(
            on=on,
            reason=WithdrawalReason.WORN,
            grounds="Қор тексерісінің нәтижесі",
            commission=COMMISSION,
            copies=copies,
        ),
        at=moment(on, maker),
        command_id=ids.new_id(),
    )


def _lent_copies(library: Organization) -> list[int]:
    return list(Loan.objects.filter(library=library, returned_at__isnull=True).values_list("copy_id", flat=True))


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def lend_and_return(library: Organization, *, first: date, last: date, loans_a_day: float, maker: random.Random) -> int:
    """Loans and returns of a period; most come back in time, some late, a few not at all. Returns the loans made."""
    readers = list(Membership.objects.filter(library=library, left_on__isnull=True).order_by("id"))
    copies = list(
        Copy.objects.filter(library=library, state="IN_FUND", fund=FundType.CORE)
        .exclude(record__kind=RecordKind.TEXTBOOK)
        .order_by("id")
    )
    open_loans = Loan.objects.filter(library=library, returned_at__isnull=True).select_related("copy").order_by("pk")
    lent = {loan.copy_id for loan in open_loans}
    # What is out when the period begins comes back in its first weeks; one book of forty stays away.
    due = [
        (first + timedelta(days=maker.randint(0, 12)), loan.copy_id, loan.copy.barcode)
        for loan in open_loans
        if maker.random() < 0.975
    ]
    heapq.heapify(due)
    made = 0
    for day in _days(first, last):
        if (6, 10) < (day.month, day.day) < (8, 20) or not is_open(library, day):
            continue
        with transaction.atomic():
            while due and due[0][0] <= day:
                _, pk, barcode = heapq.heappop(due)
                circulation.check_in(
                    actor=SYSTEM, library=library, barcode=barcode, at=moment(day, maker), command_id=ids.new_id()
                )
                lent.discard(pk)
            for _number in range(int(loans_a_day + maker.random())):
                reader = readers[int(len(readers) * maker.random() ** 1.6)]
                copy = copies[int(len(copies) * maker.random() ** 1.3)]
                if copy.pk in lent:
                    continue
                try:
                    circulation.check_out(
                        actor=SYSTEM,
                        library=library,
                        card=reader.card_number,
                        barcode=copy.barcode,
                        at=moment(day, maker),
                        command_id=ids.new_id(),
                    )
                except DomainError:
                    # A limit, an overdue book, a written-off volume: the reader leaves without it.
                    continue
                made += 1
                lent.add(copy.pk)
                if maker.random() < 0.996:
                    heapq.heappush(due, (day + timedelta(days=maker.randint(2, 17)), copy.pk, copy.barcode))
    return made
