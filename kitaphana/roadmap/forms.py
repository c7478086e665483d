"""What is typed on the pages of the roadmap, read into values."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from kitaphana.roadmap.errors import BadValue, BadYear


def number_of(text: str) -> Decimal:
    """A number as people write it: «12,5», «1 200».

    :raises BadValue: it is none.
    """
    plain = "".join(text.split()).replace(",", ".").removesuffix("%").removesuffix("₸")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise BadValue from None
    if not found.is_finite() or len(plain) > 20:
        raise BadValue
    return found


def year_of(text: str) -> int:
    """A year.

    :raises BadYear: it is none.
    """
    plain = text.strip()
    if len(plain) != 4 or not plain.isascii() or not plain.isdigit():
        raise BadYear(year=plain[:10] or "—")
    return int(plain)
