"""Reading CQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats import cql
from kitaphana.formats.cql import Boolean, Clause, CqlError, Modifier, Query, SortKey, parse


def clause(term: str, index: str = "cql.serverChoice", relation: str = "=", *modifiers: Modifier) -> Clause:
    return Clause(index, relation, modifiers, term)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("абай", clause("абай")),
        ('"абай жолы"', clause("абай жолы")),
        ("dc.title = абай", clause("абай", "dc.title")),
        ("title=абай", clause("абай", "title")),
        ('title any "абай жолы"', clause("абай жолы", "title", "any")),
        ("year >= 1990", clause("1990", "year", ">=")),
        ('title cql.exact "Абай"', clause("Абай", "title", "exact")),
        (
            "title =/relevant/cql.string абай",
            clause("абай", "title", "=", Modifier("relevant"), Modifier("cql.string")),
        ),
        ('a "q \\"x\\""', None),
        ("a and b", Boolean("and", (), clause("a"), clause("b"))),
        ("a AND b or c", Boolean("or", (), Boolean("and", (), clause("a"), clause("b")), clause("c"))),
        ("a and (b or c)", Boolean("and", (), clause("a"), Boolean("or", (), clause("b"), clause("c")))),
        ("a not title=b", Boolean("not", (), clause("a"), clause("b", "title"))),
        (
            "a prox/unit=word/distance<3 b",
            Boolean("prox", (Modifier("unit", "=", "word"), Modifier("distance", "<", "3")), clause("a"), clause("b")),
        ),
        ("((a))", clause("a")),
    ],
)
def test_queries(text: str, root: cql.Node | None) -> None:
    if root is None:
        with pytest.raises(CqlError):
            parse(text)
        return
    assert parse(text).root == root


def test_order_and_prefixes() -> None:
    text = '> dc = "info:srw/context-set/1/dc-v1.1" dc.title = абай sortBy dc.date/sort.descending title'
    assert parse(text) == Query(
        clause("абай", "dc.title"),
        (SortKey("dc.date", (Modifier("sort.descending"),)), SortKey("title", ())),
        (("dc", "info:srw/context-set/1/dc-v1.1"),),
    )


@pytest.mark.parametrize(
    ("text", "position"),
    [("", 0), ("(a", 2), ("a)", 1), ("a and", 5), ('"a', 0), ("title =", 7), ("= a", 0), ("a sortBy", 8), ("/a", 0)],
)
def test_what_can_not_be_read_says_where(text: str, position: int) -> None:
    with pytest.raises(CqlError) as refused:
        parse(text)
    assert refused.value.position == position


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    place = 0
    try:
        parse(text)
    except CqlError as refused:
        place = refused.position
    assert 0 <= place <= len(text)


def test_deep_and_long_queries_are_refused() -> None:
    for text in ("(" * 500 + "a" + ")" * 500, "a " * 3000):
        with pytest.raises(CqlError):
            parse(text)
