"""Made-up bibliographic records in any number: words of real titles by Zipf's law, names, years, ISBNs."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import kitaphana
from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.formats.marc import Field, MarcRecord, Subfield
from kitaphana.project.demo import names

WORKS = Path(kitaphana.__file__).parent / "project/demo/works.tsv"


def _vocabulary() -> tuple[list[str], list[str]]:
    with WORKS.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    words = sorted({word for work in rows for word in f"{work['title']} {work['summary']}".split() if word.isalpha()})
    syllables = [
        "ба",
        "ла",
        "қы",
        "зыл",
        "тау",
        "дың",
        "кө",
        "ше",
        "ру",
        "ға",
        "ны",
        "мен",
        "өз",
        "ен",
        "дер",
        "жү",
        "рек",
    ]
    maker = random.Random(1)
    words += ["".join(maker.choices(syllables, k=maker.randint(2, 4))) for _ in range(30_000)]
    people = [f"{surname}, {given}" for surname in names.SURNAMES for given in names.BOYS + names.GIRLS]
    return words, people


def isbn(number: int) -> str:
    """A valid Kazakh ISBN-13 from a running number."""
    body = f"978601{number % 1_000_000:06d}"
    return body + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def works(count: int, *, seed: int = 7) -> Iterator[tuple[str, str, str, int, str]]:
    """(title, author, language, year, ISBN) ``count`` times, the same for the same seed."""
    words, people = _vocabulary()
    maker = random.Random(seed)
    weights = [1 / (rank + 5) for rank in range(len(words))]
    total = 0.0
    cumulative = [total := total + weight for weight in weights]
    for number in range(count):
        title = " ".join(maker.choices(words, cum_weights=cumulative, k=maker.randint(2, 6))).capitalize()
        yield title, maker.choice(people), maker.choice(("kaz", "kaz", "rus")), maker.randint(1950, 2026), isbn(number)


def documents(count: int) -> Iterator[SearchDocument]:
    """Documents for the index alone."""
    for number, (title, author, language, year, one) in enumerate(works(count), 1):
        yield SearchDocument(
            id=number, title=title, subtitle="", alternative_titles=(), authors=(author,), subjects=("Әдебиет",),
            isbns=(one,), year=year, language=language, kind="BOOK", age_from=None, age_to=None, grade=None,
            udc="821.512.122", publisher="Атамұра", series="", library_ids=(number % 50 + 1,),
        )  # fmt: skip


def marc(count: int) -> Iterator[MarcRecord]:
    """Records as MARC 21."""
    for number, (title, author, language, year, one) in enumerate(works(count), 1):
        fields = [
            Field("001", data=f"bench{number:09d}"),
            Field("003", data="KZ-BENCH"),
            Field("008", data=f"261123s{year}    kz            000 1 {language}  "),
            Field("020", " ", " ", [Subfield("a", one)]),
            Field("080", " ", " ", [Subfield("a", "821.512.122")]),
            Field("100", "1", " ", [Subfield("a", author)]),
            Field("245", "1", "0", [Subfield("a", title)]),
            Field("260", " ", " ", [Subfield("a", "Алматы"), Subfield("b", "Атамұра"), Subfield("c", str(year))]),
            Field("300", " ", " ", [Subfield("a", "240 б.")]),
            Field("650", " ", "4", [Subfield("a", "Әдебиет")]),
        ]
        yield MarcRecord("00000nam a2200000   4500", fields)
