"""Numbers the state gives: IIN of a person, BIN of an organisation, KATO of a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

_FIRST_WEIGHTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_CENTURIES: Final = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
_FOREIGNER: Final = "0"
_RESIDENCE: Final = frozenset("456")
"""Fifth digit of a BIN: resident, non-resident, joint entrepreneurship."""

KATO_REGIONS: Final = frozenset(
    {"10", "11", "15", "19", "23", "27", "31", "33", "35", "39", "43", "47", "55", "59", "61", "62", "63"}
    | {"71", "75", "79"}
)
"""First two digits of KATO: the regions and the three cities of republican importance."""


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11


def check_digit(first_eleven: str) -> str | None:
    """The twelfth digit of an IIN or BIN; None where the first eleven digits belong to no valid number."""
    digits = [int(digit) for digit in first_eleven]
    rest = _weighted(digits, _FIRST_WEIGHTS)
    if rest == 10:
        rest = _weighted(digits, _SECOND_WEIGHTS)
    return None if rest == 10 else str(rest)


def _is_twelve_digits(number: str) -> bool:
    return len(number) == 12 and number.isascii() and number.isdigit()


def birth_date_of_iin(iin: str) -> date | None:
    """The day of birth inside a well-formed IIN; None where the number does not tell it (foreigners)."""
    if not _is_twelve_digits(iin) or iin[6] not in _CENTURIES:
        return None
    try:
        return date(_CENTURIES[iin[6]] + int(iin[:2]), int(iin[2:4]), int(iin[4:6]))
    except ValueError:
        return None


def sex_of_iin(iin: str) -> str:
    """``M`` or ``F`` from the seventh digit (odd: male), or an empty text where it does not tell."""
    if not _is_twelve_digits(iin) or iin[6] not in _CENTURIES:
        return ""
    return "M" if int(iin[6]) % 2 else "F"


def iin_is_valid(iin: str) -> bool:
    """Whether twelve digits are an IIN: a real day of birth, a known century digit, the right check digit."""
    if not _is_twelve_digits(iin) or check_digit(iin[:11]) != iin[11]:
        return False
    if iin[6] == _FOREIGNER:
        return 1 <= int(iin[2:4]) <= 12 and 1 <= int(iin[4:6]) <= 31
    return birth_date_of_iin(iin) is not None


def bin_is_valid(number: str) -> bool:
    """Whether twelve digits are a BIN: month of registration, kind of residence, the right check digit."""
    return (
        _is_twelve_digits(number)
        and 1 <= int(number[2:4]) <= 12
        and number[4] in _RESIDENCE
        and check_digit(number[:11]) == number[11]
    )


def kato_is_valid(code: str) -> bool:
    """Whether nine digits begin with a region of KATO."""
    return len(code) == 9 and code.isascii() and code.isdigit() and code[:2] in KATO_REGIONS


def masked(number: str) -> str:
    """An IIN as it may be shown: only the last four digits."""
    return f"••••••{number[-4:]}" if number else ""
