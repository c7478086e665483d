"""Readers, copies and loans for the tests of circulation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from kitaphana.circulation import services
from kitaphana.circulation.models import Loan
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.core.text.kazakh import sort_key
from kitaphana.core.text.names import name_key
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy
from kitaphana.fund.tests.factories import receipt, record
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership, Person, SchoolClass

AT = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)
"""A Monday."""
ON = date(2026, 9, 14)
_numbers = count(1)


def copies(library: Organization, quantity: int = 1, *, is_reference: bool = False, **columns: Any) -> list[Copy]:
    """Receive copies of one new edition; in the order of their inventory numbers."""
    line = fund.ReceiptLine(
        record=record(**columns), quantity=quantity, price=Decimal("2500.00"), is_reference=is_reference
    )
    act = fund.receive(actor=SYSTEM, library=library, receipt=receipt(line), at=AT, command_id=new_id())
    return list(
        Copy.objects.filter(received_by__act=act).select_related("record", "library").order_by("inventory_number")
    )


def reader(
    library: Organization,
    surname: str = "Серікова",
    given_name: str = "Айгерім",
    *,
    category: str = "PUPIL",
    grade: int | None = 6,
    letter: str = "Б",
    **columns: Any,
) -> Membership:
    """A reader of a library with a valid card, a pupil of 6 «Б» unless told otherwise."""
    person = Person.objects.create(
        surname=surname,
        given_name=given_name,
        name_key=name_key(f"{surname} {given_name}"),
        sort_key=sort_key(f"{surname} {given_name}"),
    )
    school_class = None
    if grade is not None and category == "PUPIL":
        school_class, _ = SchoolClass.objects.get_or_create(
            library=library, school_year=2026, grade=grade, letter=letter
        )
    values: dict[str, Any] = {
        "card_number": f"900001{next(_numbers):06d}",
        "registered_on": date(2026, 9, 1),
        "valid_until": date(2027, 8, 31),
    }
    return Membership.objects.create(
        library=library, person=person, category=category, school_class=school_class, **{**values, **columns}
    )


def lend(actor: Any, membership: Membership, copy: Copy, at: datetime = AT, **options: Any) -> Loan:
    """Lend a copy to a reader."""
    return services.check_out(
        actor=actor,
        library=membership.library,
        card=membership.card_number,
        barcode=copy.barcode,
        at=at,
        command_id=options.pop("command_id", None) or new_id(),
        **options,
    )


def give_back(actor: Any, copy: Copy, at: datetime = AT, **options: Any) -> services.CheckIn:
    """Take a copy back in its own library."""
    return services.check_in(
        actor=actor,
        library=copy.library,
        barcode=copy.barcode,
        at=at,
        command_id=options.pop("command_id", None) or new_id(),
    )
