"""Reading ISBNs out of what people type and records hold."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = re.compile(r"[\s\-‐‑–—.]+")
_ISBN_WORD: Final = re.compile(r"isbn(?:-?1[03])?:?", re.IGNORECASE)
_CYRILLIC_X: Final = str.maketrans("ХхXx", "XXXX")


def compact(text: str) -> str:
    """The digits (and a final X) of an ISBN without hyphens, blanks and the word ISBN; "" when other signs
    remain.
    """
    plain = _SIGNS.sub("", _ISBN_WORD.sub("", text)).translate(_CYRILLIC_X)
    if not re.fullmatch(r"[0-9]+X?", plain):
        return ""
    return plain


def check_digit_10(nine: str) -> str:
    """The check sign of the first nine digits of an ISBN-10."""
    total = sum((10 - place) * int(digit) for place, digit in enumerate(nine))
    value = -total % 11
    return "X" if value == 10 else str(value)


def check_digit_13(twelve: str) -> str:
    """The check digit of the first twelve digits of an ISBN-13."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return str(-total % 10)


def to_13(isbn: str) -> str:
    """The ISBN-13 of a compact ISBN-10; anything else comes back unchanged."""
    if len(isbn) == 10 and isbn[:9].isdigit():
        twelve = "978" + isbn[:9]
        return twelve + check_digit_13(twelve)
    return isbn


def forms(isbn: str) -> tuple[str, ...]:
    """All compact forms under which an ISBN is looked up: itself, as ISBN-13 and, for 978, as ISBN-10."""
    plain = compact(isbn)
    if not plain:
        # «978-601-282-344-5 (қатты мұқаба)»: the leading number counts.
        match = re.match(r"[0-9\-‐‑–— ]{9,}[XxХх]?", isbn.strip())
        plain = compact(match.group()) if match else ""
    if not plain:
        return ()
    found = [plain, to_13(plain)]
    if len(plain) == 13 and plain.startswith("978"):
        found.append(plain[3:12] + check_digit_10(plain[3:12]))
    return tuple(dict.fromkeys(found))
