"""One library with readers and books, made by the same commands as everywhere."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

READERS = 300
TITLES = 100
COPIES_EACH = 40


@cache
def library() -> Any:
    """The library, in a migrated database with installed rules."""
    from django.core.management import call_command

    from kitaphana.organizations.enums import OrganizationKind
    from kitaphana.organizations.models import Organization

    call_command("migrate", verbosity=0)
    country = Organization.objects.add_root({"kind": OrganizationKind.COUNTRY, "code": "KZ", "name_kk": "Қазақстан"})
    facts = {"kind": OrganizationKind.SCHOOL, "code": "BENCH", "name_kk": "Мектеп", "is_library": True}
    return Organization.objects.add_child(country, {**facts, "barcode_prefix": 1})


@cache
def stock() -> tuple[list[str], list[str]]:
    """(cards of readers, barcodes of copies on the shelf)."""
    from benchmarks.synthetic import marc
    from kitaphana.catalog import services as catalog
    from kitaphana.core import clock, ids
    from kitaphana.core.access import SYSTEM
    from kitaphana.fund import services as fund
    from kitaphana.fund.enums import FundType, ReceiptSource
    from kitaphana.fund.models import Copy
    from kitaphana.people.enums import Category
    from kitaphana.people.models import Membership, Person

    now = clock.now()
    today = clock.today()
    records = [
        catalog.save_marc(actor=SYSTEM, library=library(), record=None, marc=record, at=now) for record in marc(TITLES)
    ]
    fund.receive(
        actor=SYSTEM,
        library=library(),
        receipt=fund.Receipt(
            on=today,
            fund=FundType.CORE,
            source=ReceiptSource.LOCAL_BUDGET,
            document_number="1",
            document_on=today,
            lines=[fund.ReceiptLine(record=record, quantity=COPIES_EACH, price=Decimal(1500)) for record in records],
        ),
        at=now,
        command_id=ids.new_id(),
    )
    for number in range(READERS):
        person = Person.objects.create(surname=f"Оқырман{number}", given_name="А", name_key=str(number), sort_key="")
        Membership.objects.create(
            library=library(), person=person, category=Category.TEACHER, card_number=f"9{number:09d}",
            registered_on=date(2026, 1, 1), valid_until=today + timedelta(days=300),
        )  # fmt: skip
    cards = list(Membership.objects.values_list("card_number", flat=True).order_by("id"))
    return cards, list(Copy.objects.values_list("barcode", flat=True).order_by("id"))
