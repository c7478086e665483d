"""Measure the search: ``python -m kitaphana.catalog.search.evaluate [--distractors N] [--misses] [--treebank
FILE]``.

Prints conflation of word forms (precision, recall, F1) on a treebank in CoNLL-U and retrieval (success at 1
and 5, mean reciprocal rank) on the package's own works and queries, and times.
"""

# ruff: noqa: T201  printing tables is what this module is for
from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitaphana.catalog.search.index import Index, Query
from kitaphana.catalog.search.kazakh_stemmer import stem
from kitaphana.catalog.search.tests.testset import TestQuery, distractors, queries, works

_NOMINAL: Final = frozenset({"NOUN", "PROPN", "ADJ"})


@dataclass(frozen=True, slots=True)
class Conflation:
    """How well keys agree with lemmas over all pairs of different forms."""

    forms: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def nominal_forms(treebank: Path) -> list[tuple[str, str]]:
    """Different (form, lemma) of nouns, names and adjectives in a CoNLL-U file; lemmas count as forms as
    well.
    """
    found: set[tuple[str, str]] = set()
    for line in treebank.read_text("utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit() and columns[3] in _NOMINAL and columns[1].isalpha():
            lemma = columns[2].lower()
            found |= {(columns[1].lower(), lemma), (lemma, lemma)}
    return sorted(found)


def conflation(forms: Sequence[tuple[str, str]], key: Callable[[str], str]) -> Conflation:
    """Compare keys with lemmas: two forms should have one key exactly when they have one lemma."""
    keyed = [(form, key(form), lemma) for form, lemma in forms]
    both = wrong = missed = 0
    for place, (form, form_key, lemma) in enumerate(keyed):
        for other, other_key, other_lemma in keyed[:place]:
            if form == other:
                continue
            same_key, same_lemma = form_key == other_key, lemma == other_lemma
            both += same_key and same_lemma
            wrong += same_key and not same_lemma
            missed += same_lemma and not same_key
    return Conflation(
        len(forms),
        both / (both + wrong) if both + wrong else 0.0,
        both / (both + missed) if both + missed else 0.0,
    )


@dataclass(slots=True)
class Retrieval:
    """Sums over queries: how many, right first, right among five, reciprocal ranks within ten."""

    asked: int = 0
    first: int = 0
    five: int = 0
    reciprocal: float = 0.0

    def add(self, rank: int | None) -> None:
        """Count one query by the rank of its first right answer, ``None`` when not among ten."""
        self.asked += 1
        if rank is not None:
            self.first += rank == 1
            self.five += rank <= 5
            self.reciprocal += 1 / rank

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank at 10."""
        return self.reciprocal / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Retrieval over all queries and by kind, the misses, and the time of each query in milliseconds."""

    total: Retrieval
    by_kind: dict[str, Retrieval]
    misses: list[tuple[TestQuery, int | None, list[int]]]
    milliseconds: list[float]


def retrieval(index: Index, asked: Iterable[TestQuery], *, facets: bool = False) -> Report:
    """Ask every query and see at which place the right record comes."""
    report = Report(Retrieval(), {}, [], [])
    for query in asked:
        start = time.perf_counter()
        results = index.search(Query(query.text, limit=10, facets=facets))
        report.milliseconds.append((time.perf_counter() - start) * 1000)
        found = [hit.id for hit in results.hits]
        rank = next((place for place, number in enumerate(found, 1) if number in query.expected), None)
        report.total.add(rank)
        report.by_kind.setdefault(query.kind, Retrieval()).add(rank)
        if rank != 1:
            report.misses.append((query, rank, found[:3]))
    return report


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which the given share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _print_retrieval(report: Report) -> None:
    print(f"{'kind':<20}{'queries':>8}{'s@1':>8}{'s@5':>8}{'MRR@10':>8}")
    for kind, result in [*report.by_kind.items(), ("all", report.total)]:
        print(
            f"{kind:<20}{result.asked:>8}{result.first / result.asked:>8.3f}"
            f"{result.five / result.asked:>8.3f}{result.mrr:>8.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurements that were asked for and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m kitaphana.catalog.search.evaluate", description=__doc__)
    parser.add_argument("--distractors", type=int, default=0, help="made-up records beside the real ones")
    parser.add_argument("--treebank", type=Path, help="a CoNLL-U file for the stemmer")
    parser.add_argument("--misses", action="store_true", help="list the queries whose record is not first")
    parser.add_argument("--index", type=Path, help="directory for the index; in memory when not given")
    options = parser.parse_args(arguments)

    if options.treebank:
        forms = nominal_forms(options.treebank)
        print(f"{'stemmer':<20}{'forms':>8}{'P':>8}{'R':>8}{'F1':>8}")
        keys: list[tuple[str, Callable[[str], str]]] = [
            ("none", lambda form: form),
            ("first five letters", lambda form: form[:5]),
            ("slots", lambda form: stem(form, ())),
            ("slots and lexicon", stem),
        ]
        for name, key in keys:
            result = conflation(forms, key)
            print(f"{name:<20}{result.forms:>8}{result.precision:>8.3f}{result.recall:>8.3f}{result.f1:>8.3f}")
        print()

    index = Index.open(options.index, writable=True)
    records = works()
    titles = {record.id: record.title for record in records}
    start = time.perf_counter()
    added = index.add(records) + index.add(distractors(options.distractors), replace=False)
    index.commit(1, "evaluation")
    seconds = time.perf_counter() - start
    print(f"{added} records indexed in {seconds:.1f} s ({added / seconds:.0f} a second, with making them up)\n")
    asked = queries()
    report = retrieval(index, asked)
    _print_retrieval(report)
    timed = retrieval(index, asked, facets=True).milliseconds
    suggested: list[float] = []
    for query in asked:
        for length in (2, 4, 7):
            start = time.perf_counter()
            index.suggest(query.text[:length])
            suggested.append((time.perf_counter() - start) * 1000)
    print()
    for name, values in (
        ("search", report.milliseconds),
        ("search with facets", timed),
        ("suggestion", suggested),
    ):
        print(
            f"{name}: p50 {percentile(values, 0.5):.1f} ms, p95 {percentile(values, 0.95):.1f} ms, "
            f"max {max(values):.1f} ms"
        )
    print(f"memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    if options.misses:
        print()
        for query, rank, found in report.misses:
            expected = " / ".join(titles[number] for number in sorted(query.expected)[:3])
            got = " / ".join(titles.get(number, f"#{number}") for number in found)
            print(f"{query.kind}: «{query.text}» wants «{expected}», place {rank}, got {got}")
    index.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
