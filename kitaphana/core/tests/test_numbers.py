"""Number series: without gaps and doubles, also when commands fail or run at once."""

from __future__ import annotations

import pytest
from django.db import transaction

from kitaphana.core import numbers
from kitaphana.core.tests.threads import at_once


@pytest.mark.django_db
def test_take_counts_on_for_each_library_and_series() -> None:
    assert list(numbers.take(1, "act")) == [1]
    assert list(numbers.take(1, "act", 3)) == [2, 3, 4]
    assert list(numbers.take(2, "act")) == [1]
    assert list(numbers.take(1, "inventory")) == [1]
    assert list(numbers.take(1, "act")) == [5]


@pytest.mark.django_db
def test_take_of_a_rolled_back_command_gives_the_numbers_back() -> None:
    assert list(numbers.take(1, "act")) == [1]
    with transaction.atomic():
        assert list(numbers.take(1, "act", 10)) == list(range(2, 12))
        transaction.set_rollback(True)
    assert list(numbers.take(1, "act")) == [2]


@pytest.mark.django_db(transaction=True)
def test_take_outside_a_command_is_refused() -> None:
    with pytest.raises(RuntimeError):
        numbers.take(1, "act")


def test_take_at_once_leaves_no_gap_and_gives_nothing_twice(committed: None) -> None:
    def work() -> list[int]:
        mine: list[int] = []
        for turn in range(20):
            with transaction.atomic():
                taken = numbers.take(1, "act", 2)
                if turn % 4 == 3:
                    transaction.set_rollback(True)
                else:
                    mine += taken
        return mine

    results = at_once(*[work] * 4)
    assert all(isinstance(result, list) for result in results), results
    assert sorted(number for result in results for number in result) == list(range(1, 121))
