"""The author mark (авторлық белгі): the first letter of the heading and two digits for what follows it.

The table is our own: two digits spread the second and third letters in the order of the Kazakh alphabet, so that
books stand in that order on the shelf. A library that uses a printed table edits the mark of the record.
"""

from __future__ import annotations

import re
from typing import Final

from kitaphana.core.text.kazakh import repair_homoglyphs

_CYRILLIC: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_LETTER: Final = re.compile(r"[^\W\d_]")


def author_mark(heading: str) -> str:
    """The mark of a heading («Әуезов, Мұхтар» or a title where there is no author): «Ә 82»; empty for no letters."""
    letters = _LETTER.findall(repair_homoglyphs(heading.split(",", maxsplit=1)[0]).lower())
    if not letters:
        return ""
    alphabet = _CYRILLIC if letters[0] in _CYRILLIC else _LATIN
    places = [alphabet.find(letter) if letter in alphabet else 0 for letter in letters[1:3]]
    places += [0] * (2 - len(places))
    size = len(alphabet)
    return f"{letters[0].upper()} {11 + (places[0] * size + places[1]) * 88 // (size * size):02d}"
