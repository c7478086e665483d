"""Search that knows Kazakh: analysis of words, a local index, and its evaluation.

Pure Python without Django: the index is fed with :class:`SearchDocument` and answers with record ids. It is
derived data: it can be deleted and built again from the database at any time, and is never asked for truth.
"""

from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.catalog.search.expressions import And, Expression, Not, Or, Range, Term
from kitaphana.catalog.search.index import (
    VERSION,
    Entry,
    Hit,
    Index,
    IndexLocked,
    IndexUnusable,
    Near,
    Query,
    Results,
    Suggestion,
)

__all__ = [
    "VERSION",
    "And",
    "Entry",
    "Expression",
    "Hit",
    "Index",
    "IndexLocked",
    "IndexUnusable",
    "Near",
    "Not",
    "Or",
    "Query",
    "Range",
    "Results",
    "SearchDocument",
    "Suggestion",
    "Term",
]
