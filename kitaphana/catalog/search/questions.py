"""Questions put to a search index and its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kitaphana.catalog.search.expressions import Expression


@dataclass(frozen=True, slots=True)
class Near:
    """Where a reader is: the own library, and the nodes above it from the nearest up."""

    library_id: int
    areas: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    ``filters``: ``languages`` and ``kinds`` (codes), ``library_ids``, ``areas`` (districts, regions), ``age`` (band
    codes), ``grade`` (numbers), ``year_from`` and ``year_to`` (one year each); values of one filter are
    alternatives. Unknown names are refused. ``sort``: relevance, near (what the own library holds, then its
    district, then its region; by relevance within), title, year_new, year_old, added. Empty text finds everything
    the filters let through. Where an ``expression`` is given it says what is looked for, and the text does not.
    """

    text: str = ""
    filters: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    facets: bool = False
    prefer_library: int | None = None
    expression: Expression | None = None
    near: Near | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found; the score compares within one answer only and is 0 where the order is not by
    relevance.
    """

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits. ``facets``: language, kind, age_band, year, decade and library with the number of
    records; ``near`` has the own library's id and the areas above it, where the question says where the reader is.
    """

    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[Any, int]]]
    corrections: str | None = None
    """The query as it was probably meant, when a word of it is in no record."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to offer while typing: a title (then with the record's id) or an author."""

    text: str
    kind: str
    record_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an alphabetical list: a heading as a record writes it, and how many records have it."""

    text: str
    count: int
