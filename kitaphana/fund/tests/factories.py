"""Editions and receipts for the fund's tests."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kitaphana.catalog.extraction import to_text
from kitaphana.catalog.models import Record
from kitaphana.core.access import Actor
from kitaphana.core.ids import new_id
from kitaphana.formats.bibliographic import Description, build
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act
from kitaphana.organizations.models import Organization

AT = datetime(2026, 9, 10, 7, 0, tzinfo=UTC)
ON = date(2026, 9, 10)
COMMISSION = [
    fund.Member(name="Әлиева Г. С.", position="директордың орынбасары"),
    fund.Member(name="Қасымов Н. Ж.", position="мұғалім"),
    fund.Member(name="Петрова О. И.", position="кітапханашы"),
]


def record(title: str = "Абай жолы", **columns: Any) -> Record:
    """An edition straight in the table, with a MARC that says what its columns say."""
    values: dict[str, Any] = {
        "control_number": f"KZ{new_id().hex[-10:]}",
        "title": title,
        "authors": ["Әуезов, Мұхтар"],
        "language": "kaz",
        "kind": "BOOK",
        "udc": "821.512.122",
        "author_mark": "Ә82",
        "place": "Алматы",
        "publisher": "Жазушы",
        "year": 2020,
        "sort_title": title,
        "made_at": AT,
        "changed_at": AT,
    }
    values |= columns
    values.setdefault("marc", to_text(build(_described(values))))
    return Record.objects.create(**values)


def _described(values: dict[str, Any]) -> Description:
    known = {field.name for field in fields(Description)}
    facts = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Description(**{name: value for name, value in facts.items() if name in known})


def receipt(*lines: fund.ReceiptLine, **fields: Any) -> fund.Receipt:
    """A receipt from the local budget dated 10 September 2026."""
    values: dict[str, Any] = {"on": ON, "source": "LOCAL_BUDGET", "document_number": "45", "lines": lines}
    return fund.Receipt(**{**values, **fields})


def receive(actor: Actor, library: Organization, quantity: int = 1, price: str = "2500.00", **columns: Any) -> Act:
    """Post a receipt of one new edition."""
    line = fund.ReceiptLine(record=record(**columns), quantity=quantity, price=Decimal(price))
    return fund.receive(actor=actor, library=library, receipt=receipt(line), at=AT, command_id=new_id())
