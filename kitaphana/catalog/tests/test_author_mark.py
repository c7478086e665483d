"""The table of author marks: whole, ascending, and in the order of the alphabet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.catalog.author_mark import _ALPHABETS, _RANKS, TABLE, author_mark

CYRILLIC = _ALPHABETS[0]


def test_table_has_every_letter_and_ascending_numbers() -> None:
    rows = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [row[0].lower() for row in rows] == [letter for alphabet in _ALPHABETS for letter in alphabet]
    for first, *pairs in rows:
        beginnings, numbers = pairs[::2], [int(number) for number in pairs[1::2]]
        assert numbers == sorted(set(numbers)), first
        assert (numbers[0], numbers[-1] <= 99, beginnings[0]) == (11, True, first.lower())
        ranks = [[_RANKS[letter] for letter in beginning] for beginning in beginnings]
        assert ranks == sorted(ranks), first


@pytest.mark.parametrize(
    ("heading", "mark"),
    [
        ("Әуезов, Мұхтар", "Ә 87"),
        ("ӘУЕЗОВ", "Ә 87"),
        ("Әу", "Ә 86"),
        ("Ә", "Ә 11"),
        ("«Қазақстан тарихы»", "Қ 16"),
        ("Əуезов", "Ә 87"),
        ("", ""),
        ("1984", ""),
        ("ვეფხისტყაოსანი", "Ვ"),
    ],
)
def test_author_mark_examples(heading: str, mark: str) -> None:
    assert author_mark(heading) == mark


words = st.text(st.sampled_from(CYRILLIC), min_size=1, max_size=6)


@given(words, words)
def test_author_mark_keeps_the_order_of_the_alphabet(one: str, other: str) -> None:
    first, second = sorted((one, other), key=lambda word: [_RANKS[letter] for letter in word])
    if first[0] == second[0]:
        assert author_mark(first) <= author_mark(second)
