"""Recognising a work of the reading list in the catalogue. Knows no database.

Schools write authors as they speak («Мұхтар Әуезов», «М. Әуезов»), catalogues turn them round («Әуезов, Мұхтар»), and
surnames come in two forms («Дулатов», «Дулатұлы»). Titles must agree wholly: a collection that holds the work among
others is joined to it by a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from kitaphana.catalog.matching import title_key
from kitaphana.core.text.kazakh import sort_key
from kitaphana.core.text.skeleton import skeleton

_WORD: Final = re.compile(r"\w+")
_FORMS: Final = re.compile(r"(?:ули|улы|кизи|ова?|ева?|и)$")
"""Endings in which two forms of one surname differ, in the letter space of skeletons."""
SORT_TITLE_LENGTH: Final = 250
"""As long as the catalogue's column for sorting."""


def _stem(word: str) -> str:
    """A word of a name without the ending that changes with the fashion; short words stay whole."""
    known = skeleton(word)
    while len(known) > 4:
        shorter = _FORMS.sub("", known)
        if shorter == known or len(shorter) < 4:
            return known
        known = shorter
    return known


def name_words(name: str) -> frozenset[str]:
    """Words of a name by which it is compared; initials are left out."""
    return frozenset(_stem(word) for word in _WORD.findall(name) if len(word) > 1)


def surname_of(author: str) -> str:
    """The surname of a name in either order: before the comma, else the last word that is no initial."""
    before, comma, _after = author.partition(",")
    words = [word for word in _WORD.findall(before if comma else author) if len(word) > 1]
    if not words:
        return ""
    return " ".join(_stem(word) for word in words) if comma else _stem(words[-1])


def key_of(author: str, title: str) -> str:
    """Digest of title and surname: the same for every way of writing them, 32 hex digits."""
    return hashlib.sha256(f"{title_key(title)}|{surname_of(author)}".encode()).hexdigest()[:32]


def is_edition(author: str, title: str, record_title: str, record_authors: Sequence[str]) -> bool:
    """Whether a record with these columns is an edition of the work: titles agree and so does one author.

    A work without an author (folklore) agrees only with records that have none either.
    """
    key = title_key(title)
    if not key or key != title_key(record_title):
        return False
    if not author:
        return not record_authors
    known = name_words(author)
    for name in record_authors:
        surname = name_words(name.partition(",")[0])
        if surname and surname <= known:
            return True
    return False


def sort_title(title: str) -> str:
    """By what the catalogue's index of titles finds a work."""
    return sort_key(title)[:SORT_TITLE_LENGTH]
