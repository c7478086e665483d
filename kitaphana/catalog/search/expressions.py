"""What is looked for, as a tree: words in fields, ranges, and how they are joined.

The typed query language, CQL of the protocols and programs all build these; :class:`~kitaphana.catalog.search.index.
Query` takes one beside its text. A tree says what a record must have; how spelling, endings and scripts meet is the
same as for plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FIELDS: Final = frozenset(
    {
        "any", "title", "author", "subject", "isbn", "publisher", "series", "year", "language", "kind", "udc", "bbk",
        "grade", "id",
    }
)  # fmt: skip
"""Where a term may be looked for. ``title`` has subtitles and other titles too, ``author`` and ``subject`` every form
of a name. ``udc`` and ``bbk`` find a class and all below it; ``language`` and ``kind`` take codes."""

RANGE_FIELDS: Final = frozenset({"year", "grade", "id"})
"""Numbers, which have a range."""

BROWSED_FIELDS: Final = frozenset(
    {"title", "author", "subject", "series", "publisher", "udc", "bbk", "year", "language"}
)
"""Fields with an alphabetical list (``Index.browse``)."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words in a field, all of which a record must have there.

    ``phrase``: beside each other and in this order. ``prefix``: the last word is only a beginning (not together with
    ``phrase``). ``exact``: the whole heading (title, name, subject, class …) is this text, letter for letter but for
    capitals and punctuation. Slips of the finger are forgiven as in plain text, but not in what is taken away.
    """

    field: str
    text: str
    phrase: bool = False
    prefix: bool = False
    exact: bool = False

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise ValueError(f"unknown field: {self.field}")


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``low`` to ``high``, both included; ``None`` leaves a side open."""

    field: str
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if self.field not in RANGE_FIELDS:
            raise ValueError(f"no range of: {self.field}")


@dataclass(frozen=True, slots=True)
class Not:
    """Records without that. Inside :class:`And` it takes away from the others; alone it is all records but those."""

    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    """Records with every part. No parts: all records."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Records with any of the parts. No parts: none."""

    parts: tuple[Expression, ...]


Expression = Term | Range | Not | And | Or


def terms(expression: Expression) -> Iterator[Term]:
    """The terms of a tree that are looked for (not those that are taken away), from left to right."""
    if isinstance(expression, Term):
        yield expression
    elif isinstance(expression, And | Or):
        for part in expression.parts:
            yield from terms(part)
