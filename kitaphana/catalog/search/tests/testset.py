"""The test sets: real works, the queries about them, and made-up records beside them.

The first set is what the search was developed with. The second, the held-out one, adds works and queries that were
written before the search was run on any of them; what is changed for a query of it ends its innocence, so changes
follow general evidence only (``docs/algorithms/search.md``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.catalog.search.isbn import check_digit_13

DATA: Final = Path(__file__).parent / "data"
HELD_OUT_IDS: Final = 10_000
DISTRACTOR_IDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TestQuery:
    """A query, what sort of difficulty it stands for, and the ids any of which is a right answer."""

    __test__ = False

    kind: str
    text: str
    expected: frozenset[int]


def _lines(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("|")


def _isbn(number: int) -> str:
    """A valid ISBN of Kazakhstan's group 601; which one a work has does not matter to the test."""
    twelve = f"978601{number:06d}"
    return twelve + check_digit_13(twelve)


@dataclass(frozen=True, slots=True)
class TestSet:
    """Works and the queries about them."""

    __test__ = False

    works: list[SearchDocument]
    queries: list[TestQuery]


def developed() -> TestSet:
    """The set the search was made with."""
    records = works()
    asked = _asked("queries.txt", records)
    return TestSet(records, asked + _by_isbn(records[3::17]))


def held_out() -> TestSet:
    """The works of both files with the queries that nobody has tuned for."""
    more = _works("works_held_out.txt", HELD_OUT_IDS)
    records = works() + more
    asked = _asked("queries_held_out.txt", records)
    return TestSet(records, asked + _by_isbn(more[2::11]))


def works() -> list[SearchDocument]:
    """The real works of the first set; every one but each fifth has an ISBN, as in old stock."""
    return _works("works.txt", 0)


def queries() -> list[TestQuery]:
    """The queries of the first set, and ISBNs in the ways people write them."""
    return developed().queries


def forms() -> list[tuple[str, str]]:
    """(form, lemma) of Kazakh nouns, names and adjectives, in lower case; lemmas count as forms as well."""
    found: set[tuple[str, str]] = set()
    for lemma, line in _lines("forms_kk.txt"):
        found |= {(form.lower(), lemma.lower()) for form in (lemma, *line.split())}
    return sorted(found)


def _works(name: str, after: int) -> list[SearchDocument]:
    found = []
    for number, (language, kind, year, grade, author, title, subject) in enumerate(_lines(name), after + 1):
        found.append(
            SearchDocument(
                id=number,
                title=title,
                subtitle="",
                alternative_titles=(),
                authors=tuple(name.strip() for name in author.split(";") if name.strip()),
                subjects=(subject,) if subject else (),
                isbns=() if number % 5 == 0 else (_isbn((number * 577 + 13) % 500_000),),
                year=int(year) or None,
                language=language,
                kind=kind,
                age_from=None,
                age_to=None,
                grade=int(grade) if grade else None,
                udc="",
                publisher="",
                series="",
                library_ids=(1 + number % 7,),
                added=number,
            )
        )
    return found


def _asked(name: str, records: list[SearchDocument]) -> list[TestQuery]:
    ids: dict[str, list[int]] = {}
    for record in records:
        ids.setdefault(record.title, []).append(record.id)
    return [
        TestQuery(kind, text, frozenset(number for title in titles.split(";;") for number in ids[title]))
        for kind, text, titles in _lines(name)
    ]


def _by_isbn(records: list[SearchDocument]) -> list[TestQuery]:
    found = []
    for record in records:
        if not record.isbns:
            continue
        isbn = record.isbns[0]
        written = (
            isbn,
            f"{isbn[:3]}-{isbn[3:6]}-{isbn[6:9]}-{isbn[9:12]}-{isbn[12]}",
            f"ISBN {isbn[:3]} {isbn[3:6]} {isbn[6:12]} {isbn[12]}",
            isbn[:11],
        )[record.id % 4]
        found.append(TestQuery("isbn", written, frozenset({record.id})))
    return found


def _as_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


_KAZAKH_ENDINGS: Final = ("", "", "", "лар", "ы", "дың", "да", "тар", "і", "лер")


def distractors(count: int, seed: int = 7, testset: TestSet | None = None) -> Iterator[SearchDocument]:
    """Made-up records of the same words: titles are random mixtures of the words of the real ones, authors
    too.

    Harder than foreign vocabulary, because every word of a query occurs in many of them. Word frequencies
    fall as in real text. A mixture that equals a real title or a query word for word is left out: it would be a
    right answer itself.
    """
    rng = random.Random(seed)
    testset = testset or developed()
    records = testset.works
    by_language: dict[str, list[str]] = {}
    for record in records:
        for word in record.title.replace(".", " ").replace(",", " ").split():
            by_language.setdefault(record.language, []).append(word)
    syllables = [
        "ба",
        "қа",
        "са",
        "та",
        "ма",
        "ла",
        "ра",
        "жан",
        "бек",
        "гүл",
        "тау",
        "көл",
        "дар",
        "нұр",
        "әл",
        "ер",
        "сұл",
        "тан",
        "мер",
        "өз",
        "ақ",
        "қы",
        "зы",
        "ай",
        "ша",
    ]
    invented = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(8000)]
    # Authors asked for by surname alone get no made-up books: those would be right answers too.
    asked_alone = {
        record.authors[0].split()[0]
        for query in testset.queries
        if len(query.expected) > 3 or " " not in query.text
        for record in records
        if record.id in query.expected and record.authors
    }
    surnames = sorted({name.split()[0] for record in records for name in record.authors} - asked_alone)
    given = sorted({name.split()[1] for record in records for name in record.authors if " " in name})
    texts = [record.title for record in records] + [query.text for query in testset.queries]
    real = {_as_words(text) for text in texts}
    made = 0
    while made < count:
        language = rng.choices(("kk", "ru", "en"), (60, 35, 5))[0]
        words = by_language[language]
        length = rng.choices((1, 2, 3, 4, 5, 6), (5, 25, 30, 20, 12, 8))[0]
        title_words = []
        for _ in range(length):
            if rng.random() < 0.25:
                title_words.append(rng.choice(words))
            else:
                # A falling distribution over the invented words.
                invented_word = invented[int(len(invented) * rng.random() ** 3)]
                title_words.append(invented_word + rng.choice(_KAZAKH_ENDINGS))
        title = " ".join(title_words)
        if _as_words(title) in real:
            continue
        title = title[:1].upper() + title[1:]
        if rng.random() < 0.15:
            surname = rng.choice(surnames)
        else:
            surname = invented[int(len(invented) * rng.random() ** 2)].capitalize() + rng.choice(
                ("ов", "ев", "ұлы", "")
            )
        author = f"{surname} {rng.choice(given)}"
        number = DISTRACTOR_IDS + made
        made += 1
        yield SearchDocument(
            id=number,
            title=title,
            subtitle="",
            alternative_titles=(),
            authors=(author,),
            subjects=(rng.choice(("Роман", "Әңгіме", "Тарих", "Өлең", "Повесть", "Математика", "Физика")),),
            isbns=(_isbn(500_000 + made % 500_000),),
            year=rng.randint(1950, 2025),
            language=language,
            kind=rng.choices(("BOOK", "TEXTBOOK", "PERIODICAL"), (75, 20, 5))[0],
            age_from=None,
            age_to=None,
            grade=rng.randint(1, 11) if rng.random() < 0.2 else None,
            udc="",
            publisher="Мектеп",
            series="",
            library_ids=tuple(rng.sample(range(1, 60), rng.randint(1, 3))),
            added=made,
        )
