"""Recognising the same edition in two descriptions.

Two rules, both careful: a pair left apart is a visible duplicate that a person can merge, a pair merged wrongly is
a book that nobody finds again.

* An ISBN in common **and** the same title. An ISBN alone is no identity: textbooks share one over parts and years.
* The same title, first author and year (``match_key``), unless ISBN *and* publisher both say that it is another one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final, Protocol

from kitaphana.core.text.skeleton import skeleton
from kitaphana.formats.bibliographic import Description

_WORD: Final = re.compile(r"\w+")
_PRINTED: Final = frozenset({"BOOK", "TEXTBOOK", "BROCHURE", "OTHER"})
"""Kinds that two descriptions of one volume may disagree about."""


class Known(Protocol):
    """What is looked at of a record that is here already."""

    title: str
    subtitle: str
    authors: list[str]
    isbns: list[str]
    year: int | None
    publisher: str
    language: str
    kind: str


def title_key(title: str, subtitle: str = "") -> str:
    """A title in one letter space for all scripts and keyboards, without punctuation."""
    return " ".join(filter(None, (skeleton(word) for word in _WORD.findall(f"{title} {subtitle}"))))


def surname_key(name: str) -> str:
    """The part of a name before its comma, in the same letter space; a name without a comma is taken whole."""
    return skeleton(name.partition(",")[0].strip())


def match_key(description: Description) -> str:
    """Digest of normalised title, first author's surname and year, 64 hex digits.

    Empty without a year or an author: then too many different books would look the same.
    """
    if description.year is None or not description.authors:
        return ""
    title, surname = title_key(description.title, description.subtitle), surname_key(description.authors[0])
    if not title or not surname:
        return ""
    return hashlib.sha256(f"{title}|{surname}|{description.year}".encode()).hexdigest()


def work_key(title: str, authors: Sequence[str], language: str, grade: int | None) -> str:
    """Digest of what all editions of a text in one language share: title and first author's surname (and the grade of
    a textbook), 32 hex digits. Empty without an author."""
    key, surname = title_key(title), surname_key(authors[0]) if authors else ""
    if not key or not surname:
        return ""
    return hashlib.sha256(f"{key}|{surname}|{language}|{grade or ''}".encode()).hexdigest()[:32]


def is_same_by_isbn(one: Description, known: Known) -> bool:
    """Whether a record that shares an ISBN is the same edition.

    The titles agree, with subtitles or without; then the numbers in both (grade, part, volume) must agree too.
    Years and languages must not differ where both are known.
    """
    if not _could_be(one, known) or (one.year and known.year and one.year != known.year):
        return False
    whole, known_whole = title_key(one.title, one.subtitle), title_key(known.title, known.subtitle)
    if whole == known_whole:
        return bool(whole)
    bare = title_key(one.title)
    return bool(bare) and bare == title_key(known.title) and _numbers(whole) == _numbers(known_whole)


def is_same_by_key(one: Description, known: Known) -> bool:
    """Whether a record with the same match key is the same edition: not where ISBN and publisher both differ."""
    if not _could_be(one, known):
        return False
    other_isbn = bool(one.isbns and known.isbns and not set(one.isbns) & set(known.isbns))
    publisher, known_publisher = title_key(one.publisher), title_key(known.publisher)
    return not (other_isbn and publisher and known_publisher and publisher != known_publisher)


def is_other_book(one: Description, known: Known, *, is_same_file: bool = False) -> bool:
    """Whether a record that came under the number of a known one is clearly a different book.

    Some programs number the records of every export from 1, others give one number to all. A corrected title is no
    proof: besides it, the author, the year or the ISBN must differ as well, or both came in the same file.
    """
    if set(one.isbns) & set(known.isbns):
        return False
    words = set(title_key(one.title, one.subtitle).split())
    known_words = set(title_key(known.title, known.subtitle).split())
    if 2 * len(words & known_words) >= min(len(words), len(known_words)):
        return False
    return is_same_file or bool(
        (one.isbns and known.isbns)
        or (one.authors and known.authors and surname_key(one.authors[0]) != surname_key(known.authors[0]))
        or (one.year and known.year and one.year != known.year)
    )


def _could_be(one: Description, known: Known) -> bool:
    if one.language and known.language and one.language != known.language:
        return False
    return one.kind == known.kind or {one.kind, known.kind} <= _PRINTED


def _numbers(key: str) -> list[str]:
    return [word for word in key.split() if word.isdigit()]
