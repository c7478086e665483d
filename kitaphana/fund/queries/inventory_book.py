"""The inventory book: one line a copy, in the order of inventory numbers, for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from kitaphana.fund.models import Copy
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """A line of the book. A withdrawn copy keeps its line and gets the number and date of the act."""

    copy_id: int
    inventory_number: int
    barcode: str
    on: date
    receipt_entry: int | None
    receipt_act_id: int
    record_id: int
    author: str
    title: str
    place: str
    publisher: str
    year: int | None
    price: Decimal
    class_mark: str
    withdrawal_act_id: int | None
    withdrawal_number: int | None
    withdrawal_on: date | None
    note: str

    @property
    def imprint(self) -> str:
        """Place: publisher, year."""
        before = ": ".join(part for part in (self.place, self.publisher) if part)
        return ", ".join(part for part in (before, str(self.year or "")) if part)

    @property
    def heading(self) -> str:
        """Author. Title."""
        return ". ".join(part for part in (self.author.rstrip("."), self.title) if part)


_COLUMNS = (
    "pk",
    "inventory_number",
    "barcode",
    "received_by__act__on",
    "received_by__act__receipt_entry",
    "received_by__act_id",
    "record_id",
    "received_by__edition",
    "record__authors",
    "record__title",
    "record__place",
    "record__publisher",
    "record__year",
    "price",
    "shelf_mark",
    "withdrawn_by__act_id",
    "withdrawn_by__act__number",
    "withdrawn_by__act__on",
    "note",
)


def _line(row: tuple[Any, ...]) -> InventoryLine:
    values = list(row)
    edition, authors = values.pop(7), values[8]
    if edition:  # as it was described at the receipt: the book prints the same for ever
        values[7:12] = [edition[name] for name in ("author", "title", "place", "publisher", "year")]
        if entered := edition.get("entered_on"):  # what a former book says stands here as it stood there
            values[3] = date.fromisoformat(entered)
    else:
        values[7] = str(authors[0]) if authors else ""
    values[13] = values[13].split("\n", 1)[0]
    return InventoryLine(*values)


def _copies(library: Organization, fund: str) -> QuerySet[Copy]:
    rows: QuerySet[Copy] = Copy.objects.filter(library=library, fund=fund)
    return rows.order_by("inventory_number")


def inventory_lines(
    library: Organization,
    fund: str,
    *,
    first: int = 1,
    last: int | None = None,
    received_year: int | None = None,
) -> Iterator[InventoryLine]:
    """Lines from one inventory number to another, both included, streamed: memory does not grow with the
    book."""
    rows = _copies(library, fund).filter(inventory_number__gte=first)
    if last is not None:
        rows = rows.filter(inventory_number__lte=last)
    if received_year is not None:
        rows = rows.filter(received_by__act__year=received_year)
    for row in rows.values_list(*_COLUMNS).iterator(chunk_size=2000):
        yield _line(row)


@dataclass(frozen=True, slots=True)
class InventoryPage:
    """A page of the book on screen."""

    lines: list[InventoryLine]
    first: int
    next_number: int | None
    """The inventory number the next page begins with; None: this is the last."""
    previous_number: int | None
    last_number: int
    """The greatest number given out; 0: the book is empty."""

    @property
    def total(self) -> Decimal:
        """Sum of the prices on the page."""
        return sum((line.price for line in self.lines), Decimal("0.00"))


def inventory_book(
    library: Organization,
    fund: str,
    *,
    from_number: int = 1,
    limit: int = 50,
    received_year: int | None = None,
) -> InventoryPage:
    """A page of the book: up to ``limit`` lines from an inventory number on. A fixed number of statements."""
    rows = _copies(library, fund)
    if received_year is not None:
        rows = rows.filter(received_by__act__year=received_year)
    found = [_line(row) for row in rows.filter(inventory_number__gte=from_number).values_list(*_COLUMNS)[: limit + 1]]
    earlier = list(
        rows.filter(inventory_number__lt=from_number)
        .order_by("-inventory_number")
        .values_list("inventory_number", flat=True)[:limit]
    )
    return InventoryPage(
        lines=found[:limit],
        first=from_number,
        next_number=found[limit].inventory_number if len(found) > limit else None,
        previous_number=earlier[-1] if earlier else None,
        last_number=rows.aggregate(last=Max("inventory_number"))["last"] or 0,
    )
