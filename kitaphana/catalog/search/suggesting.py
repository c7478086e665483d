"""What to offer while somebody types."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy
from tantivy import Occur

from kitaphana.catalog.search import analysis
from kitaphana.catalog.search.analysis import SKELETON
from kitaphana.catalog.search.questions import Suggestion
from kitaphana.catalog.search.storing import BEGINNINGS, begun, texts_of, title_start


def suggest(
    searcher: tantivy.Searcher, schema: tantivy.Schema, prefix: str, limit: int, library_id: int | None
) -> list[Suggestion]:
    """Titles and authors whose words begin with what was typed."""
    bones = analysis.text_skeleton(prefix[:100]).split()[:8]
    if not bones:
        return []
    *complete, last = bones
    clauses: list[tuple[Occur, tantivy.Query]] = []
    for bone in complete:
        either = [tantivy.Query.term_query(schema, name, SKELETON + bone, "freq") for name in ("title", "author")]
        clauses.append((Occur.Must, tantivy.Query.const_score_query(tantivy.Query.disjunction_max_query(either), 1.0)))
    start = " ".join(bones)
    if len(last) <= BEGINNINGS[-1]:
        beginning = tantivy.Query.term_query(schema, "begin", last, "basic")
    else:
        beginning = tantivy.Query.disjunction_max_query(
            [begun(schema, name, SKELETON + last) for name in ("title", "author")]
        )
    clauses.append((Occur.Must, tantivy.Query.const_score_query(beginning, 1.0)))
    if len(start) <= BEGINNINGS[-1]:
        first = tantivy.Query.term_query(schema, "begin", title_start(start), "basic")
    else:
        first = begun(schema, "whole", start)
    clauses.append((Occur.Should, tantivy.Query.const_score_query(first, 5.0)))
    if library_id is not None:
        clauses.append(
            (
                Occur.Must,
                tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "library", library_id), 0.0),
            )
        )
    result = searcher.search(tantivy.Query.boolean_query(clauses), max(limit * 4, 16), count=False)
    addresses = [address for _, address in result.hits]
    ids = searcher.fast_field_values("id", addresses) if addresses else []
    titles: dict[str, Suggestion] = {}
    authors: dict[str, Suggestion] = {}
    for address, record_id in zip(addresses, ids, strict=True):
        texts = texts_of(searcher, address)
        title, names = texts["title"][0], texts["author"]
        if _has_words(title, complete, last):
            titles.setdefault(title.casefold(), Suggestion(title, "title", int(record_id or 0)))
        for name in names:
            if _has_words(name, complete, last):
                authors.setdefault(name.casefold(), Suggestion(name, "author"))
    # What begins with the very letters typed comes before what only sounds so: «аб» is Абай rather than Әбіш.
    typed = analysis.tokens(analysis.normalise(prefix))[-1:] or [""]
    letters = typed[0]

    def sounds_only(suggestion: Suggestion) -> bool:
        words = analysis.tokens(analysis.normalise(suggestion.text))
        return not any(word.startswith(letters) for word in words)

    people = sorted(authors.values(), key=sounds_only)
    works = sorted(titles.values(), key=sounds_only)
    # Two authors at most stand before the titles, so that a common name does not crowd them out.
    ahead = [person for person in people if not sounds_only(person)][:2]
    return [*ahead, *works, *(person for person in people if person not in ahead)][:limit]


def _has_words(text: str, complete: Sequence[str], last: str) -> bool:
    bones = analysis.text_skeleton(text).split()
    return all(word in bones for word in complete) and any(word.startswith(last) for word in bones)
