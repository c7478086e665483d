"""International Standard Book Numbers."""

from __future__ import annotations

import re
from typing import Final

from stdnum import isbn as _stdnum

_CANDIDATE: Final = re.compile(r"(?<![\dXx])(?:97[89][\s\-‐–—]?)?(?:\d[\s\-‐–—]?){9}[\dXxХх](?![\d])")
# Registrant lengths of Kazakhstan's groups by the seven digits after the group (International ISBN Agency, 2023);
# asked where the library's own table knows none.
_KAZAKH: Final = {
    "601": (
        (0, 1999999, 2),
        (2000000, 6999999, 3),
        (7000000, 7999999, 4),
        (8000000, 8499999, 5),
        (8500000, 9999999, 2),
    ),
    "9965": ((0, 3999999, 2), (4000000, 8999999, 3), (9000000, 9999999, 4)),
}


def normalize(text: str) -> str | None:
    """13 digits of a valid ISBN-10 or ISBN-13 in any writing; None where it is not valid."""
    compact = re.sub(r"[\s\-‐–—.]", "", text).upper().replace("Х", "X")
    compact = compact.removeprefix("ISBN").lstrip(":")
    if len(compact) == 13 and compact.isascii() and compact.isdigit():
        return compact if compact[:3] in {"978", "979"} and check_digit(compact[:12]) == compact[12] else None
    if len(compact) == 10 and compact.isascii() and re.fullmatch(r"\d{9}[\dX]", compact):
        if sum((10 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(compact)) % 11:
            return None
        body = "978" + compact[:9]
        return body + check_digit(body)
    return None


def check_digit(body: str) -> str:
    """The thirteenth digit for the first twelve."""
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def is_valid(text: str) -> bool:
    """Whether a text is an ISBN with the right check digit, in any writing."""
    return normalize(text) is not None


def hyphenate(isbn13: str) -> str:
    """A valid ISBN-13 with hyphens; unknown ranges are left together."""
    parts = _stdnum.split(isbn13)
    if not parts[2]:
        for group, ranges in _KAZAKH.items():
            if isbn13.startswith("978" + group):
                rest = isbn13[3 + len(group) : 12]
                key = int((rest + "0000000")[:7])
                length = next((length for low, high, length in ranges if low <= key <= high), 0)
                parts = ("978", group, rest[:length], rest[length:], isbn13[12])
    return "-".join(part for part in parts if part)


def find_isbns(text: str) -> list[str]:
    """Every valid ISBN in a text, as 13 digits, in order, once each."""
    found = (normalize(match.group()) for match in _CANDIDATE.finditer(text))
    return list(dict.fromkeys(isbn for isbn in found if isbn))
