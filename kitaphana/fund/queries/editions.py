"""Finding the edition that lies on the receiving table."""

from __future__ import annotations

from decimal import Decimal

from stdnum import isbn as isbn_numbers

from kitaphana.catalog.models import Record
from kitaphana.core.text.scanner import decode_scan
from kitaphana.fund.models import LedgerEntry
from kitaphana.organizations.models import Organization


def isbn_in(text: str) -> str | None:
    """The ISBN that was scanned or typed, as 13 digits; None: the text is no ISBN."""
    code = decode_scan(text)
    if not isbn_numbers.is_valid(code):
        return None
    return str(isbn_numbers.to_isbn13(code)).replace("-", "").replace(" ", "")


def last_price(library: Organization, record: Record) -> Decimal | None:
    """The price at which the library received the edition last; None: it never did."""
    return (
        LedgerEntry.objects.filter(library=library, record=record, quantity__gt=0)
        .order_by("-pk")
        .values_list("price", flat=True)
        .first()
    )
