"""How a record is written into the index: the fields and their keys."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import tantivy

from kitaphana.catalog.search import analysis, isbn
from kitaphana.catalog.search.analysis import JOINED
from kitaphana.catalog.search.cores import cores
from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.core.text.kazakh import sort_key

WORD_FIELDS: Final = (
    ("title", 3.0), ("author", 2.0), ("sub", 0.8), ("series", 0.8), ("subject", 0.6), ("publisher", 0.25), ("rest", 0.25),
)  # fmt: skip
"""Where a word is found, and how much that counts."""

NO_YEAR: Final = 9999
LETTER: Final[dict[str, str]] = {
    "title": "t", "author": "a", "subject": "s", "series": "r", "publisher": "p", "udc": "u", "bbk": "b", "year": "y",
    "language": "l",
}  # fmt: skip
"""Stands before the keys of a field where several share one field of the index."""
LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    name: codes
    for codes, names in (
        (("kaz", "kk"), "kaz kk қазақ қазақша казахский казахша kazakh qazaq qazaqsha"),
        (("rus", "ru"), "rus ru орыс орысша русский russian"),
        (("eng", "en"), "eng en ағылшын ағылшынша английский english"),
        (("ger", "de"), "ger deu de неміс немісше немецкий german"),
        (("fre", "fr"), "fre fra fr француз французша французский french"),
        (("tur", "tr"), "tur tr түрік түрікше турецкий turkish"),
        (("chi", "zh"), "chi zho zh қытай қытайша китайский chinese"),
        (("uig", "ug"), "uig ug ұйғыр ұйғырша уйгурский uyghur"),
        (("uzb", "uz"), "uzb uz өзбек өзбекше узбекский uzbek"),
    )
    for name in names.split()
}
"""Names of languages as readers type them → the codes that records have."""
CLASSES: Final = frozenset({"udc", "bbk"})
CLASS_LETTERS: Final = 16
"""So many signs of a class number are indexed as beginnings."""
HEAD_SIZES: Final = (2, 4, 7)
"""Beginnings of headings that are indexed, so that an alphabetical list finds its place in a million."""
HEADING_LETTERS: Final = 120
ORDER_LETTERS: Final = 48
BEGINNINGS: Final = (1, 2, 3, 4)
"""Very many words begin with few letters: those beginnings are indexed as such."""
TITLE_START: Final = "^"
"""Stands before the first letters of a title in the field of beginnings."""

_CLASS_END: Final = re.compile(r"[;,]")
_CLASS_DROPPED: Final = re.compile(r"[.\s]")


def schema() -> tantivy.Schema:
    """The fields of the index."""
    build = tantivy.SchemaBuilder()
    build.add_integer_field("id", indexed=True, fast=True)
    for name, _ in WORD_FIELDS:
        build.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    build.add_text_field("phrase", tokenizer_name="whitespace", index_option="position")
    for name in ("begin", "class"):
        build.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("whole", "core", "isbn", "heading", "head"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("language", "kind", "age", "order"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("library", "year", "grade"):
        build.add_integer_field(name, indexed=True, fast=True)
    build.add_integer_field("area", indexed=True)
    for name in ("year_known", "added"):
        build.add_integer_field(name, fast=True)
    build.add_bytes_field("shown", stored=True)
    return build.build()


def title_start(bones: str) -> str:
    """The key of the first letters of a title, one word whatever stands in it."""
    return TITLE_START + bones.rstrip().replace(" ", "_")


def begun(schema: tantivy.Schema, field: str, start: str) -> tantivy.Query:
    """Records with a key in the field that begins so. (A pattern would do the same, but costs most of a
    millisecond to be understood.)
    """
    return tantivy.Query.fuzzy_term_query(schema, field, start, distance=0, prefix=True)


@lru_cache(maxsize=20_000)
def _name_key(text: str) -> str:
    return sort_key(text)[:HEADING_LETTERS].rstrip()


def compact_class(text: str) -> str:
    """A class number without dots and blanks, in small letters: «821.512.122-31» is 821512122-31."""
    return _CLASS_DROPPED.sub("", text).casefold()[:HEADING_LETTERS]


def classes(text: str) -> list[str]:
    """The class numbers of one field; several stand between semicolons or commas."""
    return [part.strip() for part in _CLASS_END.split(text) if part.strip()] if text else []


def heading_key(field: str, text: str) -> str:
    """By which a heading is told from others and put in order: alphabetical for words, by signs for class numbers."""
    if field in CLASSES:
        return compact_class(text)
    if field == "year":
        return text.zfill(4)
    if field == "language":
        return text
    return _name_key(text) if field != "title" else sort_key(text)[:HEADING_LETTERS].rstrip()


def headings(document: SearchDocument) -> Iterator[tuple[str, str]]:
    """(field, text) of everything the alphabetical lists show of a record."""
    yield "title", document.title
    for field, texts in (
        ("author", document.authors),
        ("subject", document.subjects),
        ("series", (document.series,)),
        ("publisher", (document.publisher,)),
        ("udc", classes(document.udc)),
        ("bbk", classes(document.bbk)),
        ("language", (document.language,)),
    ):
        for text in texts:
            if text:
                yield field, text
    if document.year and 0 < document.year < NO_YEAR:
        yield "year", str(document.year)


def _phrase(field: str, texts: Iterable[str]) -> Iterator[str]:
    """Skeletons of texts in their order, each with the field's letter; a gap word keeps phrases within a text."""
    letter = LETTER[field]
    for text in texts:
        if text:
            yield " ".join([letter + bone for bone in analysis.text_skeleton(text).split()])


def fields(document: SearchDocument) -> dict[str, Any]:
    """The keys and values of one record, as tantivy takes them."""
    title_words, title_joined = analysis.split_words(document.title)
    title = [word.indexed for word in (*title_words, *title_joined)]
    title.extend(JOINED + left.skeleton + right.skeleton for left, right in itertools.pairwise(title_words))
    author_words = [word for name in document.authors for word in analysis.words(name)]
    variant_words = [word for name in document.author_variants for word in analysis.words(name)]
    sub_texts = [text for text in (document.subtitle, *document.alternative_titles) if text]
    subjects = [
        word.indexed for text in (*document.subjects, *document.subject_variants) for word in analysis.words(text)
    ]
    rest_texts = (document.udc, document.bbk, document.summary)
    title_bones = " ".join([word.skeleton for word in title_words])
    whole = {title_bones}
    title_cores = dict.fromkeys(cores(title_words))
    for text in document.alternative_titles:
        title_cores.update(dict.fromkeys(cores(analysis.split_words(text)[0])))
    for text in sub_texts:
        bones = analysis.text_skeleton(text)
        whole.add(f"{title_bones} {bones}" if text is document.subtitle else bones)
    phrases = [
        *_phrase("title", (document.title, *sub_texts)),
        *_phrase("author", (*document.authors, *document.author_variants)),
        *_phrase("subject", (*document.subjects, *document.subject_variants)),
        *_phrase("series", (document.series,)),
        *_phrase("publisher", (document.publisher,)),
    ]
    begin = {word.skeleton[:size] for word in (*title_words, *author_words) for size in BEGINNINGS}
    begin.update(title_start(title_bones[:size]) for size in BEGINNINGS)
    classed = {
        LETTER[field] + compact_class(one)[:size]
        for field, text in (("udc", document.udc), ("bbk", document.bbk))
        for one in classes(text)
        for size in range(1, min(len(compact_class(one)), CLASS_LETTERS) + 1)
    }
    heads: set[str] = set()
    keys: set[str] = set()
    for field, text in headings(document):
        key = heading_key(field, text)
        if key:
            letter = LETTER[field]
            keys.add(letter + key)
            heads.update(f"{size}{letter}{key[:size]}" for size in HEAD_SIZES)
    year = document.year if document.year and 0 < document.year < NO_YEAR else 0
    found: dict[str, Any] = {
        "id": document.id,
        "title": " ".join(title),
        "author": " ".join(dict.fromkeys(word.indexed_name for word in (*author_words, *variant_words))),
        "sub": " ".join([word.indexed for text in sub_texts for word in analysis.words(text)]),
        "series": " ".join([word.indexed for word in analysis.words(document.series)]),
        "subject": " ".join(subjects),
        "publisher": " ".join([word.indexed for word in analysis.words(document.publisher)]),
        "rest": " ".join([word.indexed for text in rest_texts if text for word in analysis.words(text)]),
        "phrase": " | ".join(phrases),
        "begin": " ".join(begin),
        "class": " ".join(classed),
        "whole": [text for text in whole if text],
        "core": list(title_cores),
        "isbn": [form for text in document.isbns for form in isbn.forms(text)],
        "heading": list(keys),
        "head": list(heads),
        "language": document.language,
        "kind": document.kind,
        "age": list(document.age_bands),
        "order": sort_key(document.title)[:ORDER_LETTERS],
        "library": list(document.library_ids),
        "area": list(document.areas),
        "year": year,
        "year_known": year or NO_YEAR,
        "added": document.added,
        "shown": shown(document),
    }
    if document.grade is not None:
        found["grade"] = document.grade
    return found


def shown(document: SearchDocument) -> bytes:
    """What lists and suggestions write, in the record's own spelling."""
    more = [document.series, document.publisher, document.udc, document.bbk]
    while more and not more[-1]:
        more.pop()
    texts = [document.title, list(document.authors), list(document.subjects), *more]
    return json.dumps(texts, ensure_ascii=False).encode()


def texts_of(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> dict[str, list[str]]:
    """The stored texts of a record by field."""
    stored: list[Any] = json.loads(bytes(searcher.doc(address).get_first("shown") or b'["", [], []]'))
    title, authors, subjects, series, publisher, udc, bbk = stored + [""] * (7 - len(stored))
    return {
        "title": [title],
        "author": authors,
        "subject": subjects,
        "series": [series],
        "publisher": [publisher],
        "udc": classes(udc),
        "bbk": classes(bbk),
    }
