"""Alphabetical lists of the index: titles, names, subjects, class numbers, with the number of records of each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import tantivy

from kitaphana.catalog.search.questions import Entry
from kitaphana.catalog.search.storing import CLASSES, HEAD_SIZES, LETTER, heading_key, texts_of
from kitaphana.core.text.kazakh import ALPHABET

_ENOUGH: Final = 400
"""A stretch of the list with no more records than that is read at once; a longer one by its parts."""
_MOST: Final = 200
_LETTERS: Final = ALPHABET + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def browse(
    searcher: tantivy.Searcher, schema: tantivy.Schema, field: str, start: str, limit: int, back: int
) -> list[Entry]:
    """``limit`` entries from the first that is not before ``start``, after up to ``back`` entries that are."""
    letter = LETTER[field]
    key = heading_key(field, start) if start.strip() else ""
    before = (
        _entries(searcher, schema, field, _walk(searcher, letter, key, is_down=False)) if back and key else iter(())
    )
    after = _entries(searcher, schema, field, _walk(searcher, letter, key, is_down=True))
    return [*reversed(list(islice(before, min(back, _MOST)))), *islice(after, max(0, min(limit, _MOST)))]


def initials(searcher: tantivy.Searcher, field: str) -> list[str]:
    """The letters (or the first signs of class numbers) with which headings of a field begin, in their order."""
    beginning = f"{HEAD_SIZES[0]}{LETTER[field]}"
    found = {term[len(beginning)] for term, _count in searcher.terms_with_prefix("head", beginning)}
    if field in CLASSES:
        return sorted(found)
    return [letter for letter in _LETTERS if heading_key(field, letter)[0] in found]


def _entries(searcher: tantivy.Searcher, schema: tantivy.Schema, field: str, keys: Iterator[str]) -> Iterator[Entry]:
    for key in keys:
        result = searcher.search(tantivy.Query.term_query(schema, "heading", LETTER[field] + key, "basic"), 1)
        count = int(result.count)  # type: ignore[attr-defined]  # missing in tantivy's stubs
        # The dictionary still has headings of records that were deleted lately.
        if count:
            texts = [key.lstrip("0") or "0"] if field == "year" else [key] if field == "language" else None
            if texts is None:
                texts = [
                    text for text in texts_of(searcher, result.hits[0][1])[field] if heading_key(field, text) == key
                ]
            yield Entry(texts[0] if texts else key, count)


def _walk(searcher: tantivy.Searcher, letter: str, start: str, *, is_down: bool) -> Iterator[str]:
    """Keys from ``start`` down the alphabet, or those before it up the alphabet."""

    def parts(level: int, beginning: str) -> Iterator[str]:
        size = HEAD_SIZES[level]
        edge = start[:size]
        found = searcher.terms_with_prefix("head", f"{size}{letter}{beginning}")
        skipped = len(f"{size}{letter}")
        for part, count in sorted(((term[skipped:], count) for term, count in found), reverse=not is_down):
            if (part < edge) if is_down else (part > edge):
                continue
            if len(part) < size:
                # A heading shorter than its part: it is the whole of it.
                yield part
            elif count > _ENOUGH and level + 1 < len(HEAD_SIZES):
                yield from parts(level + 1, part)
            else:
                terms = searcher.terms_with_prefix("heading", letter + part)
                yield from sorted((term[1:] for term, _count in terms), reverse=not is_down)

    for key in parts(0, ""):
        if key >= start if is_down else key < start:
            yield key
