"""Arithmetic of scores and votes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.corelist.judgement import Tally, weighted_mean


def tally(yes: int, no: int, abstain: int, entitled: int, quorum: int = 50, majority: int = 50) -> Tally:
    return Tally(yes, no, abstain, entitled, quorum, majority)


def test_the_mean_is_weighted_and_leaves_out_what_nobody_scored() -> None:
    weights = {1: 60, 2: 40, 3: 50}
    assert weighted_mean(weights, [(1, 10), (1, 5), (2, 5)]) == Decimal("6.50")
    assert weighted_mean(weights, [(1, 7)]) == Decimal("7.00")
    assert weighted_mean(weights, []) is None
    assert weighted_mean(weights, [(9, 7)]) is None


@pytest.mark.parametrize(
    ("one", "quorum", "accepted"),
    [
        (tally(2, 0, 0, 4), True, True),  # half of four have voted
        (tally(1, 0, 0, 4), False, False),
        (tally(1, 0, 1, 4), True, True),  # an abstention counts for the quorum only
        (tally(0, 0, 3, 3), True, False),
        (tally(2, 2, 0, 4), True, False),  # more than half, not half
        (tally(2, 1, 0, 3, majority=66), True, True),  # two thirds
        (tally(2, 1, 0, 3, majority=67), True, False),
        (tally(0, 0, 0, 0), False, False),  # everybody has a conflict
        (tally(2, 0, 0, 3, quorum=100), False, False),
    ],
)
def test_quorum_and_majority(one: Tally, quorum: bool, accepted: bool) -> None:
    assert (one.has_quorum, one.is_accepted) == (quorum, accepted)


counts = st.integers(0, 30)


@given(counts, counts, counts, counts, st.integers(1, 100), st.integers(1, 99))
def test_another_vote_for_never_takes_a_title_out(
    yes: int, no: int, abstain: int, silent: int, quorum: int, majority: int
) -> None:
    entitled = yes + no + abstain + silent
    one = tally(yes, no, abstain, entitled, quorum, majority)
    if one.is_accepted and silent:
        assert tally(yes + 1, no, abstain, entitled, quorum, majority).is_accepted
    if one.is_accepted:
        assert one.has_quorum
        assert yes > 0


@given(
    st.dictionaries(st.integers(1, 4), st.integers(1, 100), min_size=1),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 10))),
)
def test_a_mean_lies_between_the_points(weights: dict[int, int], points: list[tuple[int, int]]) -> None:
    mean = weighted_mean(weights, points)
    counted = [value for criterion, value in points if criterion in weights]
    if counted:
        assert min(counted) <= mean <= max(counted)
    else:
        assert mean is None
