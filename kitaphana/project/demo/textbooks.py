"""The demo's textbooks: bought by count, issued to classes in September, taken back in May."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal

from kitaphana.catalog.models import Record
from kitaphana.circulation import services as circulation
from kitaphana.circulation.enums import Condition
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import ReturnLine
from kitaphana.core import ids
from kitaphana.core.access import SYSTEM
from kitaphana.curriculum import queries as curriculum
from kitaphana.fund import queries as fund_queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import FundType, ReceiptSource
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.project.demo.life import moment
from kitaphana.textbooks import services as textbooks
from kitaphana.textbooks.errors import NothingLeftToIssue

_OFTEN = (Condition.NEW, Condition.GOOD, Condition.GOOD, Condition.GOOD, Condition.FAIR)


def _classes(school: Organization, school_year: int) -> list[SchoolClass]:
    return list(
        SchoolClass.objects.filter(library=school, school_year=school_year)
        .select_related("library", "teacher")
        .order_by("grade", "letter")
    )


def buy(school: Organization, school_year: int, *, on: date, maker: random.Random) -> None:
    """Receive by count what the sets of the year need and the school has not; a few titles come too few."""
    classes = _classes(school, school_year)
    views = curriculum.sets_for_classes(school, classes)
    need: Counter[int] = Counter()
    editions: dict[int, tuple[int, ...]] = {}
    for one in classes:
        pupils = Membership.objects.filter(school_class=one, left_on__isnull=True).count()
        for title in views[one.pk].titles if one.pk in views else ():
            if title.record_ids:
                editions[title.record_ids[0]] = title.record_ids
                need[title.record_ids[0]] += pupils * title.per_pupil + title.per_teacher
    records = Record.objects.in_bulk(list(need))
    held = fund_queries.stocks_of(school, [pk for ids_ in editions.values() for pk in ids_])
    lines = []
    for record_id, count in sorted(need.items()):
        has = sum(held[pk].quantity for pk in editions[record_id] if pk in held)
        wanted = count + 2 if maker.random() < 0.9 else int(count * 0.7)
        if wanted > has:
            price = Decimal(maker.randrange(1200, 3400, 50))
            lines.append(fund.ReceiptLine(records[record_id], wanted - has, price, is_counted=True))
    if lines:
        receipt = fund.Receipt(
            on=on,
            fund=FundType.TEXTBOOK,
            source=ReceiptSource.LOCAL_BUDGET,
            supplier="«Кітап әлемі» ЖШС",
            document_number=str(maker.randint(100, 999)),
            document_on=on,
            lines=lines,
        )
        at = moment(on, maker)
        fund.receive(actor=SYSTEM, library=school, receipt=receipt, at=at, command_id=ids.new_id())


def issue(school: Organization, school_year: int, *, on: date, maker: random.Random) -> None:
    """Issue every class its set; the last two classes still wait, as in any real September."""
    classes = _classes(school, school_year)
    for one in classes[:-2] if len(classes) > 4 else classes[:-1]:
        view = curriculum.sets_for_classes(school, [one]).get(one.pk)
        if view is None:
            continue
        conditions = {(0, f"t{title.id}"): str(maker.choice(_OFTEN).value) for title in view.titles}
        try:
            textbooks.issue_set(
                actor=SYSTEM, school_class=one, conditions=conditions, at=moment(on, maker), command_id=ids.new_id()
            )
        except NothingLeftToIssue:
            continue


def take_back(school: Organization, *, on: date, maker: random.Random) -> None:
    """Take back at the end of the school year; one volume of sixty is missing."""
    loans = StockLoan.objects.filter(library=school, returned_at__isnull=True).order_by("pk")
    lines = [
        ReturnLine(pk, None, str(maker.choice(_OFTEN[1:]).value))
        for pk in loans.values_list("pk", flat=True)
        if maker.random() > 1 / 60
    ]
    if lines:
        at = moment(on, maker)
        circulation.take_back(actor=SYSTEM, library=school, lines=lines, at=at, command_id=ids.new_id())
