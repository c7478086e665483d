"""A class, its set and the books for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kitaphana.catalog.models import Record
from kitaphana.circulation.tests.factories import AT, ON, reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.fund import services as fund
from kitaphana.fund.models import Stock
from kitaphana.fund.tests.factories import receipt, record
from kitaphana.people.models import Membership, SchoolClass


def textbook_set(organization: Any, grade: int = 6, *, school_year: int = 2026, language: str = "kaz") -> TextbookSet:
    """An approved set without titles."""
    return TextbookSet.objects.create(
        organization=organization,
        grade=grade,
        language=language,
        school_year=school_year,
        is_approved=True,
        approved_at=AT,
    )


def title(one_set: TextbookSet, subject: str, *records: Record, **facts: Any) -> SetTitle:
    """A line of a set with its editions in their order of preference."""
    row = SetTitle.objects.create(textbook_set=one_set, position=one_set.titles.count() + 1, subject=subject, **facts)
    for rank, one in enumerate(records, start=1):
        SetEdition.objects.create(title=row, record=one, rank=rank)
    return row


def stock(library: Any, book: Record, quantity: int, price: str = "1500.00") -> Stock:
    """Volumes of an edition received by count."""
    line = fund.ReceiptLine(record=book, quantity=quantity, price=Decimal(price), is_counted=True)
    fund.receive(
        actor=SYSTEM, library=library, receipt=receipt(line, on=ON - timedelta(days=20)), at=AT, command_id=new_id()
    )
    return Stock.objects.get(library=library, record=book)


def school_class(
    library: Any, pupils: int, *, grade: int = 6, letter: str = "Б"
) -> tuple[SchoolClass, list[Membership]]:
    """A class of so many pupils, in the order of their names."""
    members = [reader(library, surname=f"Оқушы{number:02d}", grade=grade, letter=letter) for number in range(pupils)]
    return SchoolClass.objects.select_related("library").get(
        library=library, grade=grade, letter=letter, school_year=2026
    ), members


def books(*titles: str) -> list[Record]:
    """Records of textbooks."""
    return [record(name, kind="TEXTBOOK", year=2025) for name in titles]
