"""The search index: tantivy over ready-made keys.

Each process opens the index directory for reading; one at a time may also write. The directory holds derived
data only and a small file that says how far in the change sequence it is. All text is analysed by
:mod:`kitaphana.catalog.search.analysis`; tantivy sees finished keys separated by blanks.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import tantivy
from tantivy import Occur

from kitaphana.catalog.search import analysis, isbn
from kitaphana.catalog.search.analysis import (
    JOINED,
    NAME,
    SKELETON,
    STEM,
    STEM_SKELETON,
    SURFACE,
    VARIANT,
    Word,
)
from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.catalog.search.hints import Hints, read_hints
from kitaphana.core.text.kazakh import sort_key

VERSION: Final = "2"
"""Raised whenever schema or analysis change: an index of another version is unusable and is built again."""

_STATE_FILE: Final = "kitaphana-state.json"
_WRITER_HEAP_BYTES: Final = 24_000_000
_MAX_QUERY_LETTERS: Final = 400
_MAX_QUERY_WORDS: Final = 16
_MAX_WINDOW: Final = 10_000
"""Hits beyond this place are not paged to; a reader refines the query instead."""
_ORDER_LETTERS: Final = 48

# Where a word is found, and how much that counts (search design, P6).
_FIELDS: Final = (("title", 3.0), ("author", 2.0), ("sub", 0.8), ("subject", 0.6), ("rest", 0.25))
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
_ISBN: Final = 400.0
_FUZZY_NEAR, _FUZZY_FAR = 0.7, 0.35
_FUZZY_COVERAGE: Final = 0.8
_TIE: Final = 0.05
_GRADE_BOOST: Final = 12.0
_LANGUAGE_BOOST: Final = 4.0
_KIND_BOOST: Final = 3.0
_OPTIONAL_COVERAGE: Final = 8.0
_LIBRARY_BOOST: Final = 2.0


class IndexUnusable(Exception):
    """The directory holds no index, a broken one, or one of another version: delete it and build again."""


class IndexLocked(Exception):
    """Another process writes to this index."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    ``filters``: ``languages`` and ``kinds`` (codes), ``library_ids``, ``age`` (band codes), ``grade``
    (numbers), ``year_from`` and ``year_to`` (one year each); values of one filter are alternatives. Unknown
    names are refused. ``sort``: relevance, title, year_new, year_old, added. Empty text finds everything the
    filters let through.
    """

    text: str = ""
    filters: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    facets: bool = False
    prefer_library: int | None = None


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
    records.
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


_SORTS: Final = {
    "title": ("order", tantivy.Order.Asc),
    "year_new": ("year", tantivy.Order.Desc),
    "year_old": ("year_known", tantivy.Order.Asc),
    "added": ("added", tantivy.Order.Desc),
}
_FILTERS: Final = frozenset({"languages", "kinds", "library_ids", "age", "grade", "year_from", "year_to"})
_FACETS: Final = {
    "language": ("language", 50),
    "kind": ("kind", 50),
    "age_band": ("age", 20),
    "year": ("year", 200),
    "library": ("library", 100),
}


def _schema() -> tantivy.Schema:
    build = tantivy.SchemaBuilder()
    build.add_integer_field("id", indexed=True, fast=True)
    for name, _ in _FIELDS:
        build.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    build.add_text_field("phrase", tokenizer_name="whitespace", index_option="position")
    build.add_text_field("begin", tokenizer_name="whitespace", index_option="basic")
    build.add_text_field("whole", tokenizer_name="raw", index_option="basic")
    build.add_text_field("isbn", tokenizer_name="raw", index_option="basic")
    for name in ("language", "kind", "age", "order"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("library", "year", "grade"):
        build.add_integer_field(name, indexed=True, fast=True)
    for name in ("year_known", "added"):
        build.add_integer_field(name, fast=True)
    build.add_bytes_field("shown", stored=True)
    return build.build()


_NO_YEAR: Final = 9999
_TITLE_START: Final = "^"
"""Stands before the first letters of a title in the field of beginnings."""


def _document(document: SearchDocument) -> dict[str, Any]:
    """The keys and values of one record, as tantivy takes them."""
    title_words, title_joined = analysis.split_words(document.title)
    title = [word.indexed for word in (*title_words, *title_joined)]
    title.extend(JOINED + left.skeleton + right.skeleton for left, right in itertools.pairwise(title_words))
    author_words = [word for name in document.authors for word in analysis.words(name)]
    variant_words = [word for name in document.author_variants for word in analysis.words(name)]
    sub_texts = [text for text in (document.subtitle, *document.alternative_titles, document.series) if text]
    subjects = [
        word.indexed for text in (*document.subjects, *document.subject_variants) for word in analysis.words(text)
    ]
    rest_texts = (document.publisher, document.udc, document.summary)
    rest = [word.indexed for text in rest_texts if text for word in analysis.words(text)]
    title_bones = " ".join([word.skeleton for word in title_words])
    whole = {title_bones}
    phrases = [title_bones]
    for text in (document.subtitle, *document.alternative_titles):
        if text:
            bones = analysis.text_skeleton(text)
            phrases.append(bones)
            whole.add(f"{title_bones} {bones}" if text is document.subtitle else bones)
    phrases.append(" ".join([word.skeleton for word in author_words]))
    begin = {word.skeleton[:size] for word in (*title_words, *author_words) for size in (1, 2)}
    begin.update(_TITLE_START + title_bones[:size] for size in (1, 2))
    year = document.year if document.year and 0 < document.year < _NO_YEAR else 0
    fields: dict[str, Any] = {
        "id": document.id,
        "title": " ".join(title),
        "author": " ".join(dict.fromkeys(word.indexed_name for word in (*author_words, *variant_words))),
        "sub": " ".join([word.indexed for text in sub_texts for word in analysis.words(text)]),
        "subject": " ".join(subjects),
        "rest": " ".join(rest),
        # A gap word between the texts keeps phrases from running across them.
        "phrase": " | ".join(phrases),
        "begin": " ".join(begin),
        "whole": [text for text in whole if text],
        "isbn": [form for text in document.isbns for form in isbn.forms(text)],
        "language": document.language,
        "kind": document.kind,
        "age": list(document.age_bands),
        "order": sort_key(document.title)[:_ORDER_LETTERS],
        "library": list(document.library_ids),
        "year": year,
        "year_known": year or _NO_YEAR,
        "added": document.added,
        "shown": json.dumps([document.title, list(document.authors)], ensure_ascii=False).encode(),
    }
    if document.grade is not None:
        fields["grade"] = document.grade
    return fields


class Index:
    """One search index. Searching is safe from several threads; writing from one at a time."""

    def __init__(self, engine: tantivy.Index, schema: tantivy.Schema, path: Path | None, *, writable: bool) -> None:
        self._engine = engine
        self._schema = schema
        self._path = path
        self._writable = writable
        self._writer: tantivy.IndexWriter | None = None
        self._write_lock = threading.Lock()
        self._state: tuple[str, int] = ("", 0)
        self._engine.config_reader("manual")
        self._read_state()
        self._engine.reload()
        self._searcher = self._engine.searcher()

    # Life of an index

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None, *, writable: bool) -> Self:
        """Open the index in a directory, or an empty one in memory for ``None``.

        A writable open makes a missing directory or an empty one into a new index.

        :raises IndexUnusable: no index is there (read only), it is broken or has another version.
        """
        schema = _schema()
        if path is None:
            return cls(tantivy.Index(schema), schema, None, writable=True)
        folder = Path(path)
        exists = folder.is_dir() and any(folder.iterdir())
        if not exists:
            if not writable:
                raise IndexUnusable(f"there is no index in {folder}")
            folder.mkdir(parents=True, exist_ok=True)
            engine = tantivy.Index(schema, path=str(folder))
            _write_state(folder, "", 0)
            return cls(engine, schema, folder, writable=True)
        state = _load_state(folder)
        if state.get("version") != VERSION:
            raise IndexUnusable(f"the index in {folder} has version {state.get('version')!r}, not {VERSION!r}")
        try:
            engine = tantivy.Index(schema, path=str(folder))
            return cls(engine, schema, folder, writable=writable)
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexUnusable(f"the index in {folder} cannot be read: {error}") from error

    @staticmethod
    def destroy(path: str | os.PathLike[str]) -> None:
        """Delete an index directory, whatever is in it. Nobody may have it open for writing."""
        shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        """Give up writing (uncommitted changes are lost) and let others write."""
        with self._write_lock:
            if self._writer is not None:
                self._writer.rollback()
                self._writer.wait_merging_threads()
                self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Writing

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise IndexLocked("this index was opened for reading only")
        if self._writer is None:
            try:
                self._writer = self._engine.writer(_WRITER_HEAP_BYTES, 1)
            except ValueError as error:
                raise IndexLocked(f"another process writes to the index: {error}") from error
        return self._writer

    def add(self, documents: Iterable[SearchDocument], *, replace: bool = True) -> int:
        """Add documents, in place of those with the same id; visible after :meth:`commit`.

        :param replace: ``False`` skips looking for older versions; only for filling an empty index with
            unique ids.
        :returns: how many were added.
        :raises IndexLocked: another process writes.
        """
        added = 0
        with self._write_lock:
            writer = self._open_writer()
            for document in documents:
                if replace:
                    writer.delete_documents_by_term("id", document.id)
                writer.add_document(tantivy.Document.from_dict(_document(document), self._schema))
                added += 1
        return added

    def delete(self, ids: Iterable[int]) -> None:
        """Remove records; ids that are not there do not matter. Visible after :meth:`commit`."""
        with self._write_lock:
            writer = self._open_writer()
            for record_id in ids:
                writer.delete_documents_by_term("id", record_id)

    def commit(self, sequence: int, epoch: str) -> None:
        """Make changes durable and visible, and remember how far in the change sequence the index is.

        The state is written after the data: after a crash between the two the last changes are applied once
        more, which changes nothing.
        """
        with self._write_lock:
            self._open_writer().commit()
            self._state = (epoch, sequence)
            if self._path is not None:
                _write_state(self._path, epoch, sequence)
        self.reload()

    @property
    def sequence(self) -> tuple[str, int]:
        """Epoch and number of the last change the index has; ("", 0) for a new index."""
        return self._state

    def reload(self) -> None:
        """See what has been committed since, also by another process.

        :raises IndexUnusable: the directory was deleted or replaced by another version.
        """
        try:
            self._read_state()
            self._engine.reload()
            self._searcher = self._engine.searcher()
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexUnusable(f"the index cannot be read any more: {error}") from error

    def _read_state(self) -> None:
        if self._path is not None:
            state = _load_state(self._path)
            if state.get("version") != VERSION:
                raise IndexUnusable(f"the index now has version {state.get('version')!r}")
            self._state = (str(state.get("epoch", "")), int(state.get("sequence", 0)))

    def count(self) -> int:
        """How many records the index holds."""
        return int(self._searcher.num_docs)

    # Reading

    def search(self, query: Query) -> Results:
        """Find records. Never raises for what a reader typed.

        Only records that have every word are found; when there are none, records with one word fewer, down to
        half of them. Words such as «роман», «оқулық», «туралы» help the order but need not be there.

        :raises ValueError: unknown filter or sort: a mistake of the caller.
        """
        if unknown := set(query.filters) - _FILTERS:
            raise ValueError(f"unknown filters: {sorted(unknown)}")
        if query.sort != "relevance" and query.sort not in _SORTS:
            raise ValueError(f"unknown sort: {query.sort}")
        return _Search(self._searcher, self._schema, query).run()

    def suggest(self, prefix: str, limit: int = 8, library_id: int | None = None) -> list[Suggestion]:
        """Titles and authors whose words begin with what was typed so far, in any script or keyboard."""
        return _suggest(self._searcher, self._schema, prefix, limit, library_id)


def _load_state(folder: Path) -> dict[str, Any]:
    try:
        state = json.loads((folder / _STATE_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"the state of the index in {folder} cannot be read: {error}") from error
    if not isinstance(state, dict):
        raise IndexUnusable(f"the state of the index in {folder} is not an object")
    return state


def _write_state(folder: Path, epoch: str, sequence: int) -> None:
    temporary = folder / f"{_STATE_FILE}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"version": VERSION, "epoch": epoch, "sequence": sequence}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / _STATE_FILE)


def _filtered(query: tantivy.Query, filters: list[tuple[Occur, tantivy.Query]]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Must, query), *filters]) if filters else query


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    return tantivy.Query.boost_query(query, boost)


@dataclass(frozen=True, slots=True)
class _Group:
    """The query of one word: with its score, and cheaper for counting only."""

    scored: tantivy.Query
    matched: tantivy.Query


class _Search:
    """One search: its words, the queries made of them, the answer."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query) -> None:
        self.searcher = searcher
        self.schema = schema
        self.query = query
        self.unknown: list[Word] = []

    def _term(self, field_name: str, value: str | int) -> tantivy.Query:
        return tantivy.Query.term_query(
            self.schema, field_name, value, "freq" if field_name in _FIELD_NAMES else "basic"
        )

    def _fuzzy(self, field_name: str, value: str, distance: int) -> tantivy.Query:
        return tantivy.Query.fuzzy_term_query(self.schema, field_name, value, distance)

    # One word

    def _word_terms(self, word: Word, fields: Iterable[tuple[str, float]]) -> list[tantivy.Query]:
        terms: list[tantivy.Query] = []
        keys = [(SURFACE + word.surface, _SURFACE_BOOST), (SKELETON + word.skeleton, _SKELETON_BOOST)]
        keys += [(STEM + stem, _STEM_BOOST) for stem in word.stems]
        keys += [(STEM_SKELETON + bones, _STEM_SKELETON_BOOST) for bones in word.stem_skeletons]
        if word.variant:
            keys.append((VARIANT + word.variant, _VARIANT_BOOST))
        for name, weight in fields:
            frequency = self.searcher.doc_freq
            terms.extend(_boosted(self._term(name, key), weight * boost) for key, boost in keys if frequency(name, key))
            if name == "author" and word.name and frequency(name, NAME + word.name):
                terms.append(_boosted(self._term(name, NAME + word.name), weight * _NAME_BOOST))
        return terms

    def _is_known(self, word: Word) -> bool:
        """Whether the word, in any form, is in a title or with an author; other words may be misspelt."""
        if not word.surface.isalpha():
            return True
        keys = [SKELETON + word.skeleton, *(STEM_SKELETON + bones for bones in word.stem_skeletons)]
        if word.variant:
            keys.append(VARIANT + word.variant)
        if any(self.searcher.doc_freq(name, key) for name in ("title", "author") for key in keys):
            return True
        return bool(word.name and self.searcher.doc_freq("author", NAME + word.name))

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
                tantivy.Query.const_score_query(self._fuzzy(name, key, distance), coverage * share)
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
        self, word: Word, fields: Sequence[tuple[str, float]], joined: Iterable[str], coverage: float
    ) -> _Group | None:
        """Everything that counts as finding this word; ``None`` when no record can have it."""
        terms = self._word_terms(word, fields)
        if word.surface.isdecimal():
            number = int(word.surface)
            if 0 <= number <= 12 and len(word.surface) <= 2:
                terms.append(tantivy.Query.const_score_query(self._term("grade", number), _GRADE_BOOST))
            elif 1000 <= number <= 2100:
                terms.append(tantivy.Query.const_score_query(self._term("year", number), 1.0))
        has_joined = False
        for text in joined:
            for key in (SKELETON + text, JOINED + text):
                if self.searcher.doc_freq("title", key):
                    has_joined = True
                    terms.append(_boosted(self._term("title", key), _JOINED_BOOST))
        fuzzy = None
        if not has_joined and not self._is_known(word):
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
        if len(digits) < 4 or not (bare or len(digits) >= 7):
            return None
        if len(digits) in (10, 13):
            exact = [form for form in isbn.forms(digits) if self.searcher.doc_freq("isbn", form)]
            if exact:
                return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self.schema, "isbn", exact), _ISBN)
        starts = [digits] if digits.startswith(("978", "979")) else [digits, f"978{digits}"]
        found = [tantivy.Query.regex_query(self.schema, "isbn", f"{start}.*") for start in starts]
        return tantivy.Query.const_score_query(tantivy.Query.disjunction_max_query(found), _ISBN)

    def _text_queries(self, text: str) -> Iterator[_Group]:
        """Queries for the text, strictest first; the caller takes the first that finds something."""
        exact = self._isbn_query(text)
        if exact is not None:
            yield _Group(exact, exact)
        required: list[tantivy.Query] = []
        groups: list[_Group] = []
        optional: list[tantivy.Query] = []
        missing = 0
        for part in _parse(text):
            if part.phrase:
                required.append(self._phrase(part.text))
                continue
            missing += self._add_words(part, groups, optional)
        optional += self._extras(text)
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

    def _add_words(self, part: _Part, groups: list[_Group], optional: list[tantivy.Query]) -> int:
        """Make queries of a part's words; returns how many words that count are in no record."""
        fields = [(name, weight) for name, weight in _FIELDS if part.field_name in ("", name)]
        words = analysis.words(part.text)[:_MAX_QUERY_WORDS]
        hints = read_hints(words) if not part.field_name else Hints()
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
            found = self._word_query(word, fields, joined, _OPTIONAL_COVERAGE if light else _COVERAGE)
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

    def _phrase(self, text: str) -> tantivy.Query:
        bones = analysis.text_skeleton(text).split()
        if not bones:
            return tantivy.Query.all_query()
        if len(bones) == 1:
            return tantivy.Query.term_query(self.schema, "phrase", bones[0], "position")
        return tantivy.Query.phrase_query(self.schema, "phrase", list(bones))

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
            [self._term("grade", hints.grade), in_title, self._term("sub", SURFACE + number)]
        )
        return tantivy.Query.const_score_query(either, _COVERAGE)

    def _hint_queries(self, hints: Hints) -> list[tantivy.Query]:
        wanted: list[tantivy.Query] = []
        if hints.language:
            wanted.append(tantivy.Query.const_score_query(self._term("language", hints.language), _LANGUAGE_BOOST))
        if hints.kind:
            wanted.append(tantivy.Query.const_score_query(self._term("kind", hints.kind), _KIND_BOOST))
        return wanted

    def _extras(self, text: str) -> list[tantivy.Query]:
        extras = []
        whole = analysis.text_skeleton(text)
        if whole and self.searcher.doc_freq("whole", whole):
            extras.append(tantivy.Query.const_score_query(self._term("whole", whole), _WHOLE_TITLE))
        if self.query.prefer_library is not None:
            extras.append(
                tantivy.Query.const_score_query(self._term("library", self.query.prefer_library), _LIBRARY_BOOST)
            )
        return extras

    # Filters

    def _filter_queries(self) -> list[tantivy.Query]:
        filters = self.query.filters
        found: list[tantivy.Query] = []
        for name, field_name in (
            ("languages", "language"),
            ("kinds", "kind"),
            ("age", "age"),
            ("library_ids", "library"),
            ("grade", "grade"),
        ):
            values = list(filters.get(name) or ())
            if values:
                found.append(tantivy.Query.term_set_query(self.schema, field_name, values))
        year_from = next(iter(filters.get("year_from") or ()), None)
        year_to = next(iter(filters.get("year_to") or ()), None)
        if year_from is not None or year_to is not None:
            found.append(
                tantivy.Query.range_query(
                    self.schema,
                    "year",
                    tantivy.FieldType.Integer,
                    max(1, int(year_from)) if year_from is not None else 1,
                    int(year_to) if year_to is not None else _NO_YEAR,
                )
            )
        return found

    def run(self) -> Results:
        text = " ".join(self.query.text[:_MAX_QUERY_LETTERS].split())
        filters = [(Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in self._filter_queries()]
        if text:
            candidates = self._text_queries(text)
        else:
            everything = tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
            preferred = [(Occur.Should, query) for query in self._extras("")]
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
        by_relevance = self.query.sort == "relevance"
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
        if self.query.sort == "relevance":
            return self.searcher.search(query, limit, offset=offset)
        field_name, order = _SORTS[self.query.sort]
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
        return facets

    def _corrections(self, text: str, addresses: Sequence[tantivy.DocAddress]) -> str | None:
        """The query with its unknown words replaced by the nearest words of the first hit."""
        if not self.unknown or not addresses:
            return None
        title, authors = _shown(self.searcher, addresses[0])
        spelled = {
            analysis.word(token).skeleton: token
            for token in analysis.tokens(analysis.normalise(" ".join([title, *authors])))
        }
        corrected = text
        changed = False
        for word in self.unknown:
            near = min(spelled, key=lambda bones: _distance(bones, word.skeleton), default="")
            # A Latin word is not put right by a Cyrillic one: it was understood already.
            same_script = bool(near) and spelled[near].isascii() == word.surface.isascii()
            if same_script and 0 < _distance(near, word.skeleton) <= 2:
                for token in text.split():
                    plain = analysis.tokens(analysis.normalise(token))
                    if plain and analysis.word(plain[0]).surface == word.surface:
                        corrected = corrected.replace(token, spelled[near])
                        changed = True
        return corrected if changed else None


_FIELD_NAMES: Final = frozenset(name for name, _ in _FIELDS)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a query: free words, words for one field, or a phrase."""

    text: str
    field_name: str = ""
    phrase: bool = False


_FIELD_WORDS: Final = {
    "author": "author", "автор": "author", "авторы": "author",
    "title": "title", "атауы": "title", "название": "title", "заглавие": "title",
    "subject": "subject", "тақырып": "subject", "тема": "subject",
}  # fmt: skip


def _parse(text: str) -> list[_Part]:
    """Split a query into phrases in quotes, ``author:`` words and the rest. Lone quotes and colons are
    plain text.
    """
    parts: list[_Part] = []
    rest: list[str] = []
    position = 0
    pieces = text.replace("“", '"').replace("”", '"').replace("„", '"')
    while position < len(pieces):
        if pieces[position] == '"':
            end = pieces.find('"', position + 1)
            if end > position:
                inner = pieces[position + 1 : end].strip()
                if inner:
                    parts.append(_Part(inner, phrase=True))
                position = end + 1
                continue
        end = position
        while end < len(pieces) and not pieces[end].isspace() and pieces[end] != '"':
            end += 1
        token = pieces[position : max(end, position + 1)]
        position = max(end, position + 1)
        head, colon, tail = token.partition(":")
        name = _FIELD_WORDS.get(head.casefold()) if colon else None
        if name:
            if tail:
                parts.append(_Part(tail, name))
            continue
        rest.append(token)
    joined = " ".join(" ".join(rest).split())
    if joined:
        parts.append(_Part(joined))
    return parts


def _shown(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> tuple[str, list[str]]:
    title, authors = json.loads(bytes(searcher.doc(address).get_first("shown") or b'["", []]'))
    return title, authors


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


def _suggest(
    searcher: tantivy.Searcher, schema: tantivy.Schema, prefix: str, limit: int, library_id: int | None
) -> list[Suggestion]:
    bones = analysis.text_skeleton(prefix[:100]).split()[:8]
    if not bones:
        return []
    *complete, last = bones
    clauses: list[tuple[Occur, tantivy.Query]] = []
    for bone in complete:
        either = [tantivy.Query.term_query(schema, name, SKELETON + bone, "freq") for name in ("title", "author")]
        clauses.append((Occur.Must, tantivy.Query.const_score_query(tantivy.Query.disjunction_max_query(either), 1.0)))
    start = " ".join(bones)
    if len(last) <= 2:
        # Very many words begin with one or two letters: those beginnings are indexed as such.
        beginning = tantivy.Query.term_query(schema, "begin", last, "basic")
    else:
        beginning = tantivy.Query.disjunction_max_query(
            [tantivy.Query.regex_query(schema, name, f"{SKELETON}{last}.*") for name in ("title", "author")]
        )
    clauses.append((Occur.Must, tantivy.Query.const_score_query(beginning, 1.0)))
    if len(start) <= 2:
        first = tantivy.Query.term_query(schema, "begin", _TITLE_START + start, "basic")
    else:
        first = tantivy.Query.regex_query(schema, "whole", f"{start}.*")
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
        title, names = _shown(searcher, address)
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
