"""How well real works are found: the bars the search must keep."""

import pytest

from kitaphana.catalog.search import Index
from kitaphana.catalog.search.evaluate import conflation, percentile, retrieval
from kitaphana.catalog.search.kazakh_stemmer import stem
from kitaphana.catalog.search.tests.testset import developed, distractors, forms, held_out

pytestmark = pytest.mark.once


def _report(testset, count):
    index = Index.open(None, writable=True)
    index.add(testset.works)
    index.add(distractors(count, testset=testset), replace=False)
    index.commit(1, "evaluation")
    report = retrieval(index, testset.queries)
    index.close()
    return report


def _misses(report):
    return [(query.kind, query.text, rank) for query, rank, _ in report.misses]


@pytest.mark.parametrize(("testset", "works", "asked"), [(developed, 300, 250), (held_out, 600, 300)])
def test_the_sets_are_large_enough(testset, works, asked):
    chosen = testset()
    assert len(chosen.works) >= works
    assert len({record.id for record in chosen.works}) == len(chosen.works)
    assert len(chosen.queries) >= asked
    assert len({query.text for query in chosen.queries}) == len(chosen.queries)


def test_no_query_is_in_both_sets():
    assert not {query.text for query in developed().queries} & {query.text for query in held_out().queries}


@pytest.mark.parametrize("testset", [developed, held_out])
def test_records_alone(testset):
    report = _report(testset(), 0)
    assert report.total.mrr >= 0.98, _misses(report)
    assert report.total.recall >= 0.98, _misses(report)
    assert all(result.mrr >= 0.97 for result in report.by_kind.values()), _misses(report)


@pytest.mark.parametrize("testset", [developed, held_out])
def test_beside_five_thousand_made_up_records(testset):
    report = _report(testset(), 5000)
    assert report.total.mrr >= 0.97, _misses(report)
    assert all(result.mrr >= 0.93 for result in report.by_kind.values()), _misses(report)


@pytest.mark.slow
@pytest.mark.parametrize("testset", [developed, held_out])
def test_beside_fifty_thousand_made_up_records(testset):
    report = _report(testset(), 50_000)
    assert report.total.mrr >= 0.965, _misses(report)
    assert percentile(report.milliseconds, 0.95) < 100


def test_forms_of_a_word_have_one_stem():
    pairs = forms()
    assert len(pairs) - len({lemma for _, lemma in pairs}) >= 300
    measured = conflation(pairs, stem)
    assert measured.precision >= 0.97
    assert measured.recall >= 0.95
    assert measured.f1 >= 0.965
