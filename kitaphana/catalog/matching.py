"""Recognising the same edition in two descriptions."""

from __future__ import annotations

import hashlib
import re

from kitaphana.core.text.skeleton import skeleton
from kitaphana.formats.bibliographic import Description

_WORD = re.compile(r"\w+")


def title_key(title: str, subtitle: str = "") -> str:
    """A title in one letter space for all scripts and keyboards, without punctuation."""
    return " ".join(skeleton(word) for word in _WORD.findall(f"{title} {subtitle}"))


def match_key(description: Description) -> str:
    """Digest of normalised title, first author's surname and year, 64 hex digits.

    Empty without a year or an author: then too many different books would look the same.
    """
    if description.year is None or not description.authors:
        return ""
    surname = skeleton(description.authors[0].split(",")[0].strip())
    text = f"{title_key(description.title, description.subtitle)}|{surname}|{description.year}"
    return hashlib.sha256(text.encode()).hexdigest()


def is_same_edition(one: Description, title: str, subtitle: str, year: int | None) -> bool:
    """Whether a record that shares an ISBN is the same edition: the titles agree and the years do not differ.

    An ISBN alone is no identity: textbooks share one over parts and years.
    """
    if one.year is not None and year is not None and one.year != year:
        return False
    return title_key(one.title, one.subtitle) == title_key(title, subtitle) or title_key(one.title) == title_key(title)
