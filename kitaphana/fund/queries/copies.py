"""Copies: of a record, by barcode, for labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from kitaphana.catalog.models import Record
from kitaphana.core.access import Reach
from kitaphana.core.text.scanner import decode_scan
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Act, Copy, Stock
from kitaphana.organizations.models import Organization


def library_ids_of(record_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """The libraries that hold a copy or counted volumes in their fund, by record; records held nowhere are absent. One
    statement."""
    copies = Copy.objects.filter(record_id__in=record_ids, state=CopyState.IN_FUND).order_by()
    stocks = Stock.objects.filter(record_id__in=record_ids, quantity__gt=0).order_by()
    pairs = sorted(copies.values_list("record_id", "library_id").union(stocks.values_list("record_id", "library_id")))
    found: dict[int, tuple[int, ...]] = {}
    for record_id, library_id in pairs:
        found[record_id] = (*found.get(record_id, ()), library_id)
    return found


def copies(
    library: Organization,
    *,
    fund: str = "",
    state: str = "",
    barcode: str = "",
    record_id: int | None = None,
    text: str = "",
) -> QuerySet[Copy]:
    """Copies of a library, withdrawn ones included unless ``state`` says otherwise.

    ``text`` is a barcode, an inventory number or a part of a title as it is written.
    """
    found = Copy.objects.filter(library=library).select_related("record", "received_by__act", "withdrawn_by__act")
    if fund:
        found = found.filter(fund=fund)
    if state:
        found = found.filter(state=state)
    if barcode:
        found = found.filter(barcode=decode_scan(barcode))
    if record_id:
        found = found.filter(record_id=record_id)
    if text := text.strip():
        code = decode_scan(text)
        condition = Q(barcode=code) | Q(record__title__icontains=text)
        if code.isascii() and code.isdigit() and len(code) < 10:
            condition |= Q(inventory_number=int(code))
        found = found.filter(condition)
    return found


def copies_of(record: Record, *, library: Organization | None = None, reach: Reach | None = None) -> QuerySet[Copy]:
    """Copies of an edition that are in a fund: of one library, of a reach, or everywhere; by library and
    number."""
    found = Copy.objects.filter(record=record, state=CopyState.IN_FUND).select_related("library", "location")
    if library is not None:
        found = found.filter(library=library)
    if reach is not None:
        found = found.within(reach)
    return found.order_by("library_id", "fund", "inventory_number")


def copy_by_barcode(library: Organization, barcode: str) -> Copy | None:
    """The library's copy with a barcode (as a scanner typed it), withdrawn or not; else None."""
    return (
        Copy.objects.filter(library=library, barcode=decode_scan(barcode))
        .select_related("record", "received_by")
        .first()
    )


def copy_by_code(library: Organization, code: str, *, fund: str = "") -> Copy | None:
    """The copy with a barcode, else the one in the fund with an inventory number, if only one fits."""
    if (copy := copy_by_barcode(library, code)) is not None:
        return copy
    digits = decode_scan(code).removeprefix("№").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    numbered = Copy.objects.filter(library=library, inventory_number=int(digits), state=CopyState.IN_FUND)
    if fund:
        numbered = numbered.filter(fund=fund)
    found = list(numbered.select_related("record", "received_by")[:2])
    return found[0] if len(found) == 1 else None


def copies_received_by(act: Act) -> QuerySet[Copy]:
    """Copies that an act brought in, in the order of their inventory numbers."""
    return Copy.objects.filter(received_by__act=act).select_related("record").order_by("inventory_number")


def label_copies(
    library: Organization,
    *,
    act: Act | None = None,
    copy_ids: Sequence[int] = (),
    fund: str = "",
    first: int | None = None,
    last: int | None = None,
) -> QuerySet[Copy]:
    """Copies in the fund to print labels for: of an act, chosen ones, or a range of inventory numbers of a
    fund."""
    found = Copy.objects.filter(library=library, state=CopyState.IN_FUND).select_related("record")
    if act is not None:
        found = found.filter(received_by__act=act)
    elif copy_ids:
        found = found.filter(pk__in=copy_ids)
    elif fund and (first or last):
        found = found.filter(fund=fund, inventory_number__gte=first or 1)
        if last:
            found = found.filter(inventory_number__lte=last)
    else:
        return found.none()
    return found.order_by("fund", "inventory_number")


def worn_candidates(library: Organization, *, fund: str, published_before: int, today: date) -> QuerySet[Copy]:
    """Copies in the fund whose edition came out before a year: what a librarian looks through for worn
    ones."""
    return (
        Copy.objects.filter(
            library=library,
            fund=fund,
            state=CopyState.IN_FUND,
            record__year__lt=published_before,
            received_by__on__lte=today,
        )
        .select_related("record")
        .order_by("record__year", "inventory_number")
    )
