"""How well real works are found: the bars the search must keep."""

import pytest

from kitaphana.catalog.search import Index
from kitaphana.catalog.search.evaluate import percentile, retrieval
from kitaphana.catalog.search.tests.testset import distractors, queries, works


def _report(count):
    index = Index.open(None, writable=True)
    index.add(works())
    index.add(distractors(count), replace=False)
    index.commit(1, "evaluation")
    report = retrieval(index, queries())
    index.close()
    return report


def _misses(report):
    return [(query.kind, query.text, rank) for query, rank, _ in report.misses]


def test_the_set_is_large_enough():
    assert len(works()) >= 300
    asked = queries()
    assert len(asked) >= 250
    assert len({query.text for query in asked}) == len(asked)


def test_records_alone():
    report = _report(0)
    assert report.total.mrr >= 0.98, _misses(report)
    assert all(result.mrr >= 0.97 for result in report.by_kind.values()), _misses(report)


def test_beside_five_thousand_made_up_records():
    report = _report(5000)
    assert report.total.mrr >= 0.97, _misses(report)
    assert all(result.mrr >= 0.93 for result in report.by_kind.values()), _misses(report)


@pytest.mark.slow
def test_beside_fifty_thousand_made_up_records():
    report = _report(50_000)
    assert report.total.mrr >= 0.95, _misses(report)
    assert percentile(report.milliseconds, 0.95) < 100
