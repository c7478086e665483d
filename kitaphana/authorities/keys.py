"""The key under which the spellings of a heading meet."""

from __future__ import annotations

import re
from typing import Final

from kitaphana.authorities.enums import Form
from kitaphana.core.text.kazakh import KAZAKH_ONLY
from kitaphana.core.text.skeleton import skeleton

_WORD: Final = re.compile(r"\w+")


def key_of(text: str) -> str:
    """A heading in one letter space for all scripts and keyboards, without punctuation and order marks; 200 letters."""
    return " ".join(filter(None, (skeleton(word) for word in _WORD.findall(text))))[:200]


def form_of(text: str, *, is_former: bool = False) -> Form:
    """In which spelling a form is, by its letters."""
    if is_former:
        return Form.FORMER
    letters = {letter for letter in text.casefold() if letter.isalpha()}
    if letters & KAZAKH_ONLY:
        return Form.KAZAKH
    if any("\u0400" <= letter <= "\u04ff" for letter in letters):
        return Form.RUSSIAN
    if letters and all(letter < "\u0250" for letter in letters):
        return Form.LATIN
    return Form.OTHER
