"""Card numbers: digits only, so that a scanner under any keyboard layout can be understood.

``9`` + 5 digits of the library + 5 digits of the reader + a Luhn check digit = 12 digits.
"""

from __future__ import annotations

from datetime import date

from kitaphana.core import clock, numbers
from kitaphana.organizations.models import Organization
from kitaphana.people.errors import LibraryHasNoNumber
from kitaphana.people.models import Membership

SERIES = "card"


def luhn_digit(digits: str) -> str:
    """The check digit that makes ``digits`` + itself pass Luhn's test."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit)
        if position % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return str(-total % 10)


def card_number(prefix: int, serial: int) -> str:
    """The card number of the ``serial``-th reader of the library with that barcode prefix."""
    body = f"9{prefix:05d}{serial:05d}"
    return body + luhn_digit(body)


def is_ours(number: str) -> bool:
    """Whether a number was made by :func:`card_number` (form and check digit)."""
    return (
        len(number) == 12
        and number.isascii()
        and number.isdigit()
        and number[0] == "9"
        and luhn_digit(number[:-1]) == number[-1]
    )


def take(library: Organization, count: int = 1) -> list[str]:
    """Fresh card numbers of a library, inside a command's transaction. Numbers somebody typed in are passed
    over.

    :raises LibraryHasNoNumber: the node is not a library.
    """
    if library.barcode_prefix is None:
        raise LibraryHasNoNumber(name=library.name)
    found: list[str] = []
    while len(found) < count:
        serials = numbers.take(library.pk, SERIES, count - len(found))
        fresh = [card_number(library.barcode_prefix, serial) for serial in serials]
        taken = set(
            Membership.objects.filter(library=library, card_number__in=fresh).values_list("card_number", flat=True)
        )
        found += [number for number in fresh if number not in taken]
    return found


def valid_until(on: date) -> date:
    """Until when a card serves that was given on a day: the end of September after that school year.

    The ticket is valid for one year and is re-registered yearly; September is the month it is done in.
    """
    return date(clock.school_year(on) + 1, 9, 30)
