"""Barcodes of copies: EAN-13 of the in-store range.

``2`` + five digits of the library + six digits of a serial number + the check digit. Numbers that begin with
2 are left by GS1 to the inner use of shops and libraries, so a copy's label can never be taken for an ISBN
(978, 979).
"""

from __future__ import annotations

from typing import Final

LAST_SERIAL: Final = 999_999


def check_digit(digits: str) -> int:
    """The check digit of EAN-13 for the first twelve digits."""
    return -sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(digits)) % 10


def is_ean13(code: str) -> bool:
    """Whether a code is thirteen digits with a right check digit."""
    return len(code) == 13 and code.isascii() and code.isdigit() and check_digit(code[:12]) == int(code[12])


def copy_barcode(library_prefix: int, serial: int) -> str:
    """The barcode of a library's copy with a serial number of 1 … 999,999.

    :raises ValueError: prefix or serial don't fit their digits.
    """
    if not 0 <= library_prefix <= 99_999 or not 1 <= serial <= LAST_SERIAL:
        raise ValueError(f"no barcode for library {library_prefix}, serial {serial}")
    digits = f"2{library_prefix:05d}{serial:06d}"
    return f"{digits}{check_digit(digits)}"
