"""The author mark (авторлық белгі): the first letter of the heading and two digits for what follows it.

The table is our own, ``data/author_marks.txt``: two digits for the second and third letters in the order of the
Kazakh alphabet, so that books stand in that order on the shelf. It is data: an installation may put a printed table
in its place. A library that marks a book otherwise writes its own mark into the record.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Final

from kitaphana.core.text.kazakh import repair_homoglyphs

TABLE: Final = Path(__file__).parent / "data" / "author_marks.txt"
_ALPHABETS: Final = ("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя", "abcdefghijklmnopqrstuvwxyz")
_RANKS: Final = {letter: rank for alphabet in _ALPHABETS for rank, letter in enumerate(alphabet, 1)}
_LETTER: Final = re.compile(r"[^\W\d_]")
Beginnings = tuple[list[tuple[int, ...]], list[int]]


@cache
def _table() -> dict[str, Beginnings]:
    """By first letter: beginnings of words as ranks in the alphabet, ascending, and the number of each."""
    table: dict[str, Beginnings] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        first, *pairs = line.lower().split()
        found = sorted(zip(map(_ranks, pairs[::2]), map(int, pairs[1::2]), strict=True))
        table[first] = ([ranks for ranks, _ in found], [number for _, number in found])
    return table


def _ranks(letters: str) -> tuple[int, ...]:
    return tuple(_RANKS.get(letter, 0) for letter in letters)


@cache
def _number(letters: str) -> int | None:
    known = _table().get(letters[0])
    if known is None:
        return None
    beginnings, numbers = known
    place = bisect_right(beginnings, _ranks(letters))
    return numbers[max(place - 1, 0)]


def author_mark(heading: str) -> str:
    """The mark of a heading («Әуезов, Мұхтар», or a title where there is no author): «Ә 87»; empty for no letters.

    A letter that the table lacks (Georgian, Arabic …) stands without a number.
    """
    letters = "".join(_LETTER.findall(repair_homoglyphs(heading.partition(",")[0]).lower())[:3])
    if not letters:
        return ""
    number = _number(letters)
    return letters[0].upper() if number is None else f"{letters[0].upper()} {number:02d}"
