"""Measure the search: ``python -m kitaphana.catalog.search.evaluate [--held-out] [--distractors N] [--misses] [--treebank
FILE]``.

Prints conflation of word forms (precision, recall, F1) on the package's own pairs or a treebank in CoNLL-U, and
retrieval (precision, recall, success at 1 and 5, mean reciprocal rank) on its works and queries, and times.
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
from kitaphana.catalog.search.tests.testset import TestQuery, developed, distractors, forms, held_out

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
    """Sums over queries: how many, right first, right among five, reciprocal ranks within ten; and of the right
    records, what share is among the ten first (recall) and among as many first as there are right ones (precision).
    """

    asked: int = 0
    first: int = 0
    five: int = 0
    reciprocal: float = 0.0
    precise: float = 0.0
    recalled: float = 0.0

    def add(self, found: Sequence[int], expected: frozenset[int]) -> int | None:
        """Count one query by the ids of its ten first answers; returns the place of the first right one."""
        self.asked += 1
        right = [number in expected for number in found]
        self.precise += sum(right[: len(expected)]) / len(expected)
        self.recalled += sum(right) / min(len(expected), 10)
        rank = right.index(True) + 1 if any(right) else None
        if rank is not None:
            self.first += rank == 1
            self.five += rank <= 5
            self.reciprocal += 1 / rank
        return rank

    @property
    def precision(self) -> float:
        """Mean R-precision: of the first R answers, R being the number of right records, how many are right."""
        return self.precise / self.asked if self.asked else 0.0

    @property
    def recall(self) -> float:
        """Mean share of the right records among the ten first answers."""
        return self.recalled / self.asked if self.asked else 0.0

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
        rank = report.total.add(found, query.expected)
        report.by_kind.setdefault(query.kind, Retrieval()).add(found, query.expected)
        if rank != 1:
            report.misses.append((query, rank, found[:3]))
    return report


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which the given share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _print_retrieval(report: Report) -> None:
    print(f"{'kind':<20}{'queries':>8}{'P':>8}{'R@10':>8}{'s@1':>8}{'s@5':>8}{'MRR@10':>8}")
    for kind, result in [*report.by_kind.items(), ("all", report.total)]:
        print(
            f"{kind:<20}{result.asked:>8}{result.precision:>8.3f}{result.recall:>8.3f}{result.first / result.asked:>8.3f}"
            f"{result.five / result.asked:>8.3f}{result.mrr:>8.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurements that were asked for and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m kitaphana.catalog.search.evaluate", description=__doc__)
    parser.add_argument("--distractors", type=int, default=0, help="made-up records beside the real ones")
    parser.add_argument("--treebank", type=Path, help="a CoNLL-U file for the stemmer")
    parser.add_argument("--held-out", action="store_true", help="the queries nobody has tuned for")
    parser.add_argument("--forms", action="store_true", help="the stemmer on the package's form-lemma pairs")
    parser.add_argument("--misses", action="store_true", help="list the queries whose record is not first")
    parser.add_argument(
        "--index", type=Path, help="directory for the index, asked as it is when filled; else in memory"
    )
    options = parser.parse_args(arguments)

    if options.forms or options.treebank:
        pairs = nominal_forms(options.treebank) if options.treebank else forms()
        print(f"{'stemmer':<20}{'forms':>8}{'P':>8}{'R':>8}{'F1':>8}")
        keys: list[tuple[str, Callable[[str], str]]] = [
            ("none", lambda form: form),
            ("first five letters", lambda form: form[:5]),
            ("slots", lambda form: stem(form, ())),
            ("slots and lexicon", stem),
        ]
        for name, key in keys:
            result = conflation(pairs, key)
            print(f"{name:<20}{result.forms:>8}{result.precision:>8.3f}{result.recall:>8.3f}{result.f1:>8.3f}")
        print()

    index = Index.open(options.index, writable=True)
    testset = held_out() if options.held_out else developed()
    records = testset.works
    titles = {record.id: record.title for record in records}
    if not index.count():
        start = time.perf_counter()
        made = distractors(options.distractors, testset=testset)
        added = index.add(records) + index.add(made, replace=False)
        index.commit(1, "evaluation")
        seconds = time.perf_counter() - start
        print(f"{added} records indexed in {seconds:.1f} s ({added / seconds:.0f} a second, with making them up)\n")
    asked = testset.queries
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
