"""One search: the queries made of words and expressions, and the answer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import tantivy
from tantivy import Occur

from kitaphana.catalog.search import analysis, isbn
from kitaphana.catalog.search.analysis import JOINED, NAME, SKELETON, STEM, STEM_SKELETON, SURFACE, VARIANT, Word
from kitaphana.catalog.search.cores import cores
from kitaphana.catalog.search.expressions import And, Expression, Not, Or, Range, Term, terms
from kitaphana.catalog.search.hints import Hints, read_hints
from kitaphana.catalog.search.questions import Hit, Near, Query, Results
from kitaphana.catalog.search.storing import (
    CLASS_LETTERS,
    CLASSES,
    LANGUAGES,
    LETTER,
    NO_YEAR,
    WORD_FIELDS,
    begun,
    compact_class,
    heading_key,
    texts_of,
)
from kitaphana.catalog.search.typed_language import parse, phrases

_MAX_QUERY_LETTERS: Final = 400
_MAX_QUERY_WORDS: Final = 16
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_LEAST_ISBN: Final = 4
_YEAR_DIGITS: Final = 4
_MOST_DIGITS: Final = 15
_LARGEST: Final = 2**62
_MOST_FREQUENCIES: Final = 50_000
_MAX_WINDOW: Final = 10_000
"""Hits beyond this place are not paged to; a reader refines the query instead."""

_SURFACE_BOOST: Final = 1.6
_STEM_BOOST: Final = 1.3
_SKELETON_BOOST: Final = 1.0
_STEM_SKELETON_BOOST: Final = 0.8
_NAME_BOOST: Final = 1.8
_VARIANT_BOOST: Final = 1.2
_JOINED_BOOST: Final = 2.0
_COVERAGE: Final = 40.0
"""Added for each word of the query that a record has, large against BM25: found words first, then rarity."""
_WHOLE_TITLE: Final = 30.0
_SAME_CORE: Final = 30.0
_BEGUN_CORE: Final = 8.0
"""Added for each of up to three words when a title begins with the core of the query and goes on."""
_MOST_BEGUN: Final = 3
_GRADE_IN_TITLE: Final = 12.0
_OTHER_THAN_NAME: Final = 0.9
"""Times which a guess that a misspelt surname is a word of a title counts."""
_ISBN: Final = 400.0
_FUZZY_NEAR, _FUZZY_FAR = 0.7, 0.35
_FUZZY_COVERAGE: Final = 0.8
_TIE: Final = 0.05
_GRADE_BOOST: Final = 12.0
_LANGUAGE_BOOST: Final = 4.0
_KIND_BOOST: Final = 3.0
_OPTIONAL_COVERAGE: Final = 8.0
_LIBRARY_BOOST: Final = 2.0
_NEAR_BOOST: Final = 2000.0
"""More than all words of a query together: where order is by nearness, that comes first."""

_FIELD_NAMES: Final = frozenset(name for name, _ in WORD_FIELDS)
_TARGETS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "any": WORD_FIELDS,
    "title": (("title", 3.0), ("sub", 0.8)),
    "author": (("author", 2.0),),
    "subject": (("subject", 1.0),),
    "publisher": (("publisher", 1.0),),
    "series": (("series", 1.0),),
}
"""Fields of the index in which the words of a term are looked for."""
_PHRASED: Final = {"any": ("title", "author", "subject", "series", "publisher")}

NEAR: Final = "near"
SORTS: Final = {
    "title": ("order", tantivy.Order.Asc),
    "year_new": ("year", tantivy.Order.Desc),
    "year_old": ("year_known", tantivy.Order.Asc),
    "added": ("added", tantivy.Order.Desc),
}
FILTERS: Final = frozenset({"languages", "kinds", "library_ids", "areas", "age", "grade", "year_from", "year_to"})
_FACETS: Final = {
    "language": ("language", 50),
    "kind": ("kind", 50),
    "age_band": ("age", 20),
    "year": ("year", 200),
    "library": ("library", 100),
}


def _filtered(query: tantivy.Query, filters: list[tuple[Occur, tantivy.Query]]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Must, query), *filters]) if filters else query


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    return tantivy.Query.boost_query(query, boost)


@dataclass(frozen=True, slots=True)
class _Group:
    """The query of one word: with its score, and cheaper for counting only."""

    scored: tantivy.Query
    matched: tantivy.Query


def _is_surname(word: Word) -> bool:
    """Whether a word looks like a surname: it has an ending such as -ов, -ұлы."""
    return word.name != word.skeleton


def _plain(query: tantivy.Query) -> _Group:
    return _Group(query, query)


def _nothing() -> _Group:
    return _plain(tantivy.Query.empty_query())


class Search:
    """One search: its words, the queries made of them, the answer."""

    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, frequencies: dict[tuple[str, str], int]
    ) -> None:
        self.searcher = searcher
        self.frequencies = frequencies
        self.schema = schema
        self.query = query
        self.unknown: list[Word] = []

    def _term(self, field_name: str, value: str | int) -> tantivy.Query:
        return tantivy.Query.term_query(
            self.schema, field_name, value, "freq" if field_name in _FIELD_NAMES else "basic"
        )

    def _fuzzy(self, field_name: str, value: str, distance: int) -> tantivy.Query:
        return tantivy.Query.fuzzy_term_query(self.schema, field_name, value, distance)

    def _frequency(self, field_name: str, key: str) -> int:
        """How many records have a key; a question has some eighty keys, and readers ask for the same words."""
        found = self.frequencies.get((field_name, key))
        if found is None:
            if len(self.frequencies) >= _MOST_FREQUENCIES:
                self.frequencies.clear()
            found = self.frequencies[field_name, key] = self.searcher.doc_freq(field_name, key)
        return found

    # One word

    def _word_terms(self, word: Word, fields: Iterable[tuple[str, float]]) -> list[tantivy.Query]:
        terms: list[tantivy.Query] = []
        keys = [(SURFACE + word.surface, _SURFACE_BOOST), (SKELETON + word.skeleton, _SKELETON_BOOST)]
        keys += [(STEM + stem, _STEM_BOOST) for stem in word.stems]
        keys += [(STEM_SKELETON + bones, _STEM_SKELETON_BOOST) for bones in word.stem_skeletons]
        if word.variant:
            keys.append((VARIANT + word.variant, _VARIANT_BOOST))
        for name, weight in fields:
            frequency = self._frequency
            terms.extend(_boosted(self._term(name, key), weight * boost) for key, boost in keys if frequency(name, key))
            if name == "author" and word.name and frequency(name, NAME + word.name):
                terms.append(_boosted(self._term(name, NAME + word.name), weight * _NAME_BOOST))
        return terms

    def _is_known(self, word: Word) -> bool:
        """Whether the word, in any form, is in a title or with an author; other words may be misspelt."""
        if not word.surface.isalpha():
            return True
        keys = [SKELETON + word.skeleton]
        if not _is_surname(word):
            # «Айматов» is no form of a word «аймат».
            keys += [STEM_SKELETON + bones for bones in word.stem_skeletons]
        if word.variant:
            keys.append(VARIANT + word.variant)
        if any(self._frequency(name, key) for name in ("title", "author") for key in keys):
            return True
        return bool(word.name and self._frequency("author", NAME + word.name))

    def _fuzzy_query(self, word: Word, fields: Sequence[tuple[str, float]], coverage: float) -> tantivy.Query | None:
        """Records with a word one slip away or, when there is none, two; ``None`` for words too short to
        guess.
        """
        names = {name for name, _ in fields}
        stems = sorted({SKELETON + word.skeleton, *(STEM_SKELETON + bones for bones in word.stem_skeletons)})
        keys = [("title", key) for key in stems] if "title" in names else []
        if "author" in names:
            keys.append(("author", SKELETON + word.skeleton))
            if word.name:
                keys.append(("author", NAME + word.name))
        for distance, letters, share in ((1, 4, _FUZZY_NEAR), (2, 7, _FUZZY_FAR)):
            terms = [
                tantivy.Query.const_score_query(
                    self._fuzzy(name, key, distance),
                    coverage * share * (_OTHER_THAN_NAME if name == "title" and _is_surname(word) else 1.0),
                )
                # A key has one letter more than its word.
                for name, key in keys
                if len(key) > letters
            ]
            if not terms:
                return None
            query = tantivy.Query.disjunction_max_query(terms, 0.0)
            # Two slips cost far more to look for than one: only asked for when one finds nothing.
            if distance == 2 or self.searcher.search(query, 1, count=False).hits:
                return query
        return None

    def _word_query(
        self,
        word: Word,
        fields: Sequence[tuple[str, float]],
        joined: Iterable[str],
        coverage: float,
        *,
        guess: bool = True,
    ) -> _Group | None:
        """Everything that counts as finding this word; ``None`` when no record can have it."""
        terms = self._word_terms(word, fields)
        if word.surface.isdecimal() and fields is WORD_FIELDS:
            number = int(word.surface)
            if 0 <= number <= 12 and len(word.surface) <= 2:
                terms.append(tantivy.Query.const_score_query(self._term("grade", number), _GRADE_BOOST))
            elif 1000 <= number <= 2100:
                terms.append(tantivy.Query.const_score_query(self._term("year", number), 1.0))
        has_joined = False
        for text in joined if fields[0][0] == "title" else ():
            for key in (SKELETON + text, JOINED + text):
                if self._frequency("title", key):
                    has_joined = True
                    terms.append(_boosted(self._term("title", key), _JOINED_BOOST))
        fuzzy = None
        if guess and not has_joined and not self._is_known(word):
            self.unknown.append(word)
            fuzzy = self._fuzzy_query(word, fields, coverage * _FUZZY_COVERAGE)
        if not terms:
            return _Group(fuzzy, fuzzy) if fuzzy is not None else None
        best = tantivy.Query.disjunction_max_query(terms, _TIE)
        scored = tantivy.Query.boolean_query(
            [(Occur.Should, best), (Occur.Should, tantivy.Query.const_score_query(best, coverage))]
        )
        if fuzzy is None:
            return _Group(scored, best)
        return _Group(
            tantivy.Query.disjunction_max_query([scored, fuzzy], 0.0),
            tantivy.Query.disjunction_max_query([best, fuzzy], 0.0),
        )

    # The whole text

    def _isbn_query(self, text: str) -> tantivy.Query | None:
        digits = isbn.compact(text)
        bare = len(digits) in (10, 13) or any(sign in text for sign in "-‐–") or "isbn" in text.casefold()
        if len(digits) < _LEAST_ISBN or not (bare or len(digits) >= 7):
            return None
        if len(digits) in (10, 13):
            exact = [form for form in isbn.forms(digits) if self._frequency("isbn", form)]
            if exact:
                return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self.schema, "isbn", exact), _ISBN)
        return tantivy.Query.const_score_query(self._isbn_begun(digits), _ISBN)

    def _isbn_begun(self, digits: str) -> tantivy.Query:
        starts = [digits] if digits.startswith(("978", "979")) else [digits, f"978{digits}"]
        found = [begun(self.schema, "isbn", start) for start in starts]
        return tantivy.Query.disjunction_max_query(found)

    def _text_queries(self, text: str) -> Iterator[_Group]:
        """Queries for the text, strictest first; the caller takes the first that finds something."""
        exact = self._isbn_query(text)
        if exact is not None:
            yield _Group(exact, exact)
        required: list[tantivy.Query] = []
        groups: list[_Group] = []
        optional: list[tantivy.Query] = []
        missing = 0
        cited, rest = phrases(text)
        required += [self._phrase("any", words) for words in cited]
        if rest:
            missing += self._add_words(rest, "any", groups, optional)
        optional += self._whole(text) + self._own()
        if not groups and not required:
            if missing or not optional:
                nothing = tantivy.Query.empty_query()
                yield _Group(nothing, nothing)
            else:
                any_of = tantivy.Query.boolean_query([(Occur.Should, query) for query in optional])
                yield _Group(any_of, any_of)
            return
        least = max(1, (len(groups) + 1) // 2) if groups else 0
        for minimum in range(len(groups), least - 1, -1):
            scored = [(Occur.Must, query) for query in required]
            matched = list(scored)
            if groups:
                words = [(Occur.Should, group.scored) for group in groups]
                scored.append((Occur.Must, tantivy.Query.boolean_query(words, minimum)))
                words = [(Occur.Should, group.matched) for group in groups]
                matched.append((Occur.Must, tantivy.Query.boolean_query(words, minimum)))
            scored += [(Occur.Should, query) for query in optional]
            yield _Group(tantivy.Query.boolean_query(scored), tantivy.Query.boolean_query(matched))

    def _add_words(
        self, text: str, field_name: str, groups: list[_Group], optional: list[tantivy.Query], *, guess: bool = True
    ) -> int:
        """Make queries of a part's words; returns how many words that count are in no record."""
        fields = _TARGETS[field_name]
        words = analysis.words(text)[:_MAX_QUERY_WORDS]
        hints = read_hints(words) if field_name == "any" else Hints()
        # «роман» alone is what is looked for; beside other words it only helps.
        only_helpers = hints.grade is None and len(hints.optional_words) == len(words)
        missing = 0
        before = len(groups)
        if hints.grade is not None:
            grade = self._grade_query(hints, words)
            groups.append(_Group(grade, grade))
        for position, word in enumerate(words):
            if position in hints.grade_words:
                continue
            near = words[max(0, position - 1) : position + 2]
            joined = [left.skeleton + right.skeleton for left, right in itertools.pairwise(near)]
            # The word itself may be two in the title: «дүниежүзі» finds «Дүние жүзі».
            joined.append(word.skeleton)
            light = position in hints.optional_words and not only_helpers
            coverage = _OPTIONAL_COVERAGE if light else _COVERAGE
            found = self._word_query(word, fields, joined, coverage, guess=guess)
            if found is None:
                missing += not light
            elif light:
                optional.append(found.scored)
            else:
                groups.append(found)
        if hints.kind and only_helpers:
            # «оқулық» alone: all textbooks, whether their titles say so or not.
            kind = tantivy.Query.const_score_query(self._term("kind", hints.kind), _KIND_BOOST)
            words_found = [group.scored for group in groups[before:]]
            either = tantivy.Query.disjunction_max_query([kind, *words_found], 0.0)
            groups[before:] = [_Group(either, either)]
            missing = 0
        optional += self._hint_queries(hints)
        return missing

    # Expressions

    def _expressed(self, expression: Expression, *, guess: bool = True) -> _Group:
        """The query of a tree. ``guess`` allows slips of the finger; not for what is taken away."""
        match expression:
            case Term():
                return self._expressed_term(expression, guess=guess)
            case Range():
                within = self._range(expression.field, expression.low, expression.high)
                return _Group(within, within)
            case Or(parts=parts):
                found = [self._expressed(part, guess=guess) for part in parts]
                if not found:
                    return _nothing()
                return _Group(
                    tantivy.Query.boolean_query([(Occur.Should, one.scored) for one in found], 1),
                    tantivy.Query.boolean_query([(Occur.Should, one.matched) for one in found], 1),
                )
            case And(parts=parts):
                wanted = [self._expressed(part, guess=guess) for part in parts if not isinstance(part, Not)]
                unwanted = [
                    (Occur.MustNot, self._expressed(part.part, guess=False).matched)
                    for part in parts
                    if isinstance(part, Not)
                ]
                if not wanted:
                    everything = tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
                    wanted = [_Group(everything, everything)]
                if len(wanted) == 1 and not unwanted:
                    return wanted[0]
                return _Group(
                    tantivy.Query.boolean_query([*((Occur.Must, one.scored) for one in wanted), *unwanted]),
                    tantivy.Query.boolean_query([*((Occur.Must, one.matched) for one in wanted), *unwanted]),
                )
            case Not():
                return self._expressed(And((expression,)))

    def _expressed_term(self, term: Term, *, guess: bool) -> _Group:
        text = " ".join(term.text[:_MAX_QUERY_LETTERS].split())
        if term.field == "isbn":
            return _plain(self._isbn_term(text))
        if term.field in {"year", "grade", "id"}:
            return _plain(self._number(term.field, text, prefix=term.prefix))
        if term.field in {"language", "kind"}:
            codes = LANGUAGES.get(text.casefold(), (text,)) if term.field == "language" else (text.upper(),)
            return _plain(tantivy.Query.term_set_query(self.schema, term.field, list(codes)))
        if term.exact:
            return _plain(self._headed(term.field, text))
        if term.field in CLASSES:
            return _plain(self._classed(term.field, text))
        if term.phrase:
            return _plain(self._phrase(term.field, text))
        return self._expressed_words(term, text, guess=guess)

    def _expressed_words(self, term: Term, text: str, *, guess: bool) -> _Group:
        groups: list[_Group] = []
        optional: list[tantivy.Query] = []
        if term.prefix:
            bones = analysis.text_skeleton(text).split()
            if not bones:
                return _nothing()
            groups.append(_plain(self._begun(term.field, bones[-1])))
            # What stands before the last word; a digraph never crosses words.
            *before, _last = analysis.tokens(analysis.normalise(text))
            text = " ".join(before)
        missing = self._add_words(text, term.field, groups, optional, guess=guess) if text else 0
        if missing or not groups:
            return _nothing()
        scored = [(Occur.Must, group.scored) for group in groups]
        scored += [(Occur.Should, query) for query in optional]
        return _Group(
            tantivy.Query.boolean_query(scored),
            tantivy.Query.boolean_query([(Occur.Must, group.matched) for group in groups]),
        )

    def _begun(self, field: str, bones: str) -> tantivy.Query:
        """Records with a word that begins so."""
        found = [
            tantivy.Query.const_score_query(begun(self.schema, name, SKELETON + bones), weight)
            for name, weight in _TARGETS[field]
        ]
        return tantivy.Query.boost_query(tantivy.Query.disjunction_max_query(found), _COVERAGE / 3)

    def _headed(self, field: str, text: str) -> tantivy.Query:
        """Records one heading of which is this text."""
        found = []
        for name in _PHRASED.get(field, (field,)):
            key = heading_key(name, text)
            if key:
                found.append(self._term("heading", LETTER[name] + key))
        if not found:
            return tantivy.Query.empty_query()
        return tantivy.Query.const_score_query(tantivy.Query.disjunction_max_query(found), _COVERAGE)

    def _classed(self, field: str, text: str) -> tantivy.Query:
        """Records of a class and of the classes below it."""
        key = compact_class(text)
        if not key:
            return tantivy.Query.empty_query()
        if len(key) > CLASS_LETTERS:
            return self._headed(field, text)
        return tantivy.Query.const_score_query(self._term("class", LETTER[field] + key), _COVERAGE)

    def _isbn_term(self, text: str) -> tantivy.Query:
        digits = isbn.compact(text)
        if len(digits) < _LEAST_ISBN:
            return tantivy.Query.empty_query()
        if len(digits) in (10, 13):
            return tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(self.schema, "isbn", list(isbn.forms(digits))), _COVERAGE
            )
        return tantivy.Query.const_score_query(self._isbn_begun(digits), _COVERAGE)

    def _number(self, field: str, text: str, *, prefix: bool) -> tantivy.Query:
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            return tantivy.Query.empty_query()
        number = int(text)
        if prefix and field == "year" and len(text) < _YEAR_DIGITS:
            step = 10 ** (_YEAR_DIGITS - len(text))
            return self._range(field, number * step, (number + 1) * step - 1)
        if field == "year" and not 0 < number < NO_YEAR:
            return tantivy.Query.empty_query()
        return tantivy.Query.const_score_query(self._term(field, number), _COVERAGE)

    def _range(self, field: str, low: int | None, high: int | None) -> tantivy.Query:
        """Records whose number is between two; a record without one is in no range."""
        least, most = (1, NO_YEAR - 1) if field == "year" else (0, _LARGEST)
        low = least if low is None else max(low, least)
        high = most if high is None else min(high, most)
        if low > high:
            return tantivy.Query.empty_query()
        return tantivy.Query.const_score_query(
            tantivy.Query.range_query(self.schema, field, tantivy.FieldType.Integer, low, high), 0.0
        )

    def _phrase(self, field: str, text: str) -> tantivy.Query:
        bones = analysis.text_skeleton(text).split()[:_MAX_QUERY_WORDS]
        if not bones:
            return tantivy.Query.all_query()
        found = []
        for name in _PHRASED.get(field, (field,)):
            words = [LETTER[name] + bone for bone in bones]
            if all(self._frequency("phrase", word) for word in words):
                found.append(
                    tantivy.Query.phrase_query(self.schema, "phrase", list(words))
                    if len(words) > 1
                    else tantivy.Query.term_query(self.schema, "phrase", words[0], "position")
                )
        return tantivy.Query.disjunction_max_query(found) if found else tantivy.Query.empty_query()

    def _grade_query(self, hints: Hints, words: list[Word]) -> tantivy.Query:
        assert hints.grade is not None  # only asked for a query with a grade
        number = str(hints.grade)
        in_title = tantivy.Query.boolean_query(
            [
                (Occur.Must, self._term("title", SURFACE + number)),
                (
                    Occur.Must,
                    tantivy.Query.boolean_query(
                        [
                            (Occur.Should, term)
                            for position in hints.grade_words
                            if not words[position].surface.isdecimal()
                            for term in self._word_terms(words[position], (("title", 1.0), ("sub", 1.0)))
                        ]
                    ),
                ),
            ]
        )
        either = tantivy.Query.disjunction_max_query(
            [self._term("grade", hints.grade), self._term("sub", SURFACE + number)]
        )
        named = tantivy.Query.const_score_query(in_title, _COVERAGE + _GRADE_IN_TITLE)
        return tantivy.Query.disjunction_max_query([tantivy.Query.const_score_query(either, _COVERAGE), named], 0.0)

    def _hint_queries(self, hints: Hints) -> list[tantivy.Query]:
        wanted: list[tantivy.Query] = []
        if hints.language:
            wanted.append(tantivy.Query.const_score_query(self._term("language", hints.language), _LANGUAGE_BOOST))
        if hints.kind:
            wanted.append(tantivy.Query.const_score_query(self._term("kind", hints.kind), _KIND_BOOST))
        return wanted

    def _whole(self, text: str) -> list[tantivy.Query]:
        """What adds to records whose title is the text, in any form of its words, or begins with it."""
        found = []
        whole = analysis.text_skeleton(text)
        if whole and self._frequency("whole", whole):
            found.append(tantivy.Query.const_score_query(self._term("whole", whole), _WHOLE_TITLE))
        words = analysis.split_words(text)[0][:_MAX_QUERY_WORDS]
        asked = cores(words)
        if same := [core for core in asked if self._frequency("core", core)]:
            found.append(
                tantivy.Query.const_score_query(
                    tantivy.Query.term_set_query(self.schema, "core", list(same)), _SAME_CORE
                )
            )
        length = asked[0].count(" ") + 1 if asked else 0
        # Very many titles begin with some one word; such a beginning says little, but for a textbook's.
        if length > 1 or (asked and read_hints(words).grade is not None):
            begun_so = [begun(self.schema, "core", f"{core} ") for core in asked]
            found.append(
                tantivy.Query.const_score_query(
                    tantivy.Query.disjunction_max_query(begun_so), _BEGUN_CORE * min(length, _MOST_BEGUN)
                )
            )
        return found

    def _own(self) -> list[tantivy.Query]:
        """What adds to records of the reader's own library, and by steps to those nearby when order is by that."""
        extras = []
        if self.query.prefer_library is not None:
            own = self._term("library", self.query.prefer_library)
            extras.append(tantivy.Query.const_score_query(own, _LIBRARY_BOOST))
        if self.query.sort == NEAR and self.query.near is not None:
            extras += [
                tantivy.Query.const_score_query(place, _NEAR_BOOST) for _, place in self._places(self.query.near)
            ]
        return extras

    def _places(self, near: Near) -> list[tuple[int, tantivy.Query]]:
        """The own library and the areas around it; whatever the library holds is also in its areas."""
        return [
            (near.library_id, self._term("library", near.library_id)),
            *((area, self._term("area", area)) for area in near.areas),
        ]

    # Filters

    def _filter_queries(self) -> list[tantivy.Query]:
        filters = self.query.filters
        found: list[tantivy.Query] = []
        for name, field_name in (
            ("languages", "language"),
            ("kinds", "kind"),
            ("age", "age"),
            ("library_ids", "library"),
            ("areas", "area"),
            ("grade", "grade"),
        ):
            values = list(filters.get(name) or ())
            if values:
                found.append(tantivy.Query.term_set_query(self.schema, field_name, values))
        year_from = next(iter(filters.get("year_from") or ()), None)
        year_to = next(iter(filters.get("year_to") or ()), None)
        if year_from is not None or year_to is not None:
            found.append(self._range("year", year_from, year_to))
        return found

    def _preferred(self, group: _Group, expression: Expression) -> _Group:
        """With what stands first among equals: the very title that was asked for, the reader's own library."""
        asked = {term.text for term in terms(expression) if term.field in {"any", "title"} and not term.prefix}
        extras = [extra for text in sorted(asked) for extra in self._whole(text)] + self._own()
        if not extras:
            return group
        first = [(Occur.Should, extra) for extra in extras]
        return _Group(tantivy.Query.boolean_query([(Occur.Must, group.scored), *first]), group.matched)

    def run(self) -> Results:
        """Ask, strictest query first, and count the facets of the answer."""
        text = " ".join(self.query.text[:_MAX_QUERY_LETTERS].split())
        filters = [(Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in self._filter_queries()]
        expression = self.query.expression or (parse(text) if text else None)
        if expression is not None:
            candidates = iter([self._preferred(self._expressed(expression), expression)])
        elif text:
            candidates = self._text_queries(text)
        else:
            everything = tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
            preferred = [(Occur.Should, query) for query in self._own()]
            browse = tantivy.Query.boolean_query([(Occur.Must, everything), *preferred])
            candidates = iter([_Group(browse, everything)])
        total, matched = 0, tantivy.Query.empty_query()
        for candidate in candidates:
            matched = candidate.matched
            result = self._collect(_filtered(candidate.scored, filters))
            total = int(result.count)  # type: ignore[attr-defined]  # missing in tantivy's stubs
            if total:
                break
        addresses = [address for _, address in result.hits]
        ids = self.searcher.fast_field_values("id", addresses) if addresses else []
        by_relevance = self.query.sort not in SORTS
        hits = [
            Hit(int(record_id), float(score) if by_relevance else 0.0)
            for record_id, (score, _) in zip(ids, result.hits, strict=True)
            if record_id is not None
        ]
        facets = self._facets(_filtered(matched, filters)) if self.query.facets else {}
        return Results(total, hits, facets, self._corrections(text, addresses))

    def _collect(self, query: tantivy.Query) -> tantivy.SearchResult:
        offset = min(max(0, self.query.offset), _MAX_WINDOW)
        limit = max(1, min(self.query.limit, 1000))
        if self.query.sort not in SORTS:
            return self.searcher.search(query, limit, offset=offset)
        field_name, order = SORTS[self.query.sort]
        return self.searcher.search(query, limit, offset=offset, order_by_field=field_name, order=order)

    def _facets(self, query: tantivy.Query) -> dict[str, list[tuple[Any, int]]]:
        wanted = {name: {"terms": {"field": field_name, "size": size}} for name, (field_name, size) in _FACETS.items()}
        answer = self.searcher.aggregate(query, wanted)
        facets: dict[str, list[tuple[Any, int]]] = {}
        for name in _FACETS:
            values = [(bucket["key"], int(bucket["doc_count"])) for bucket in answer[name]["buckets"]]
            if name in ("year", "library"):
                values = [(int(key), number) for key, number in values if int(key)]
            facets[name] = values
        facets["year"].sort(reverse=True)
        decades: dict[int, int] = {}
        for year, number in facets["year"]:
            decades[year - year % 10] = decades.get(year - year % 10, 0) + number
        facets["decade"] = list(decades.items())
        if self.query.near is not None:
            facets["near"] = [(place, self._count(query, within)) for place, within in self._places(self.query.near)]
        return facets

    def _count(self, query: tantivy.Query, within: tantivy.Query) -> int:
        both = tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
        return int(self.searcher.search(both, 1).count)  # type: ignore[attr-defined]  # missing in tantivy's stubs

    def _corrections(self, text: str, addresses: Sequence[tantivy.DocAddress]) -> str | None:
        """The query with its unknown words replaced by the nearest words of the first hit."""
        if not self.unknown or not addresses:
            return None
        texts = texts_of(self.searcher, addresses[0])
        spelled = {
            analysis.word(token).skeleton: token
            for token in analysis.tokens(analysis.normalise(" ".join([*texts["title"], *texts["author"]])))
        }
        corrected = text
        changed = False
        for word in self.unknown:
            near = min(spelled, key=lambda bones: _distance(bones, word.skeleton), default="")
            # A Latin word is not put right by a Cyrillic one: it was understood already.
            same_script = bool(near) and spelled[near].isascii() == word.surface.isascii()
            if same_script and 0 < _distance(near, word.skeleton) <= 2:
                for token in _LETTERS.findall(text):
                    plain = analysis.tokens(analysis.normalise(token))
                    if plain and analysis.word(plain[0]).surface == word.surface:
                        corrected = corrected.replace(token, spelled[near])
                        changed = True
        return corrected if changed else None


def _distance(left: str, right: str) -> int:
    """Letters to add, drop or change between two short words."""
    if abs(len(left) - len(right)) > 3:
        return 4
    row = list(range(len(right) + 1))
    for place, letter in enumerate(left, 1):
        previous, row[0] = row[0], place
        for other, symbol in enumerate(right, 1):
            previous, row[other] = (
                row[other],
                min(row[other] + 1, row[other - 1] + 1, previous + (letter != symbol)),
            )
    return row[-1]
