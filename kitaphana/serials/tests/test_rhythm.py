"""When issues are expected."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.serials.enums import Frequency
from kitaphana.serials.rhythm import expected

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("frequency", "count", "first", "last"),
    [
        (Frequency.WORKDAYS, 261, date(2027, 1, 1), date(2027, 12, 31)),
        (Frequency.TWICE_A_WEEK, 105, date(2027, 1, 1), date(2027, 12, 31)),
        (Frequency.WEEKLY, 53, date(2027, 1, 1), date(2027, 12, 31)),
        (Frequency.FORTNIGHTLY, 27, date(2027, 1, 1), date(2027, 12, 31)),
        (Frequency.TWICE_A_MONTH, 24, date(2027, 1, 1), date(2027, 12, 15)),
        (Frequency.MONTHLY, 12, date(2027, 1, 1), date(2027, 12, 1)),
        (Frequency.EVERY_TWO_MONTHS, 6, date(2027, 1, 1), date(2027, 11, 1)),
        (Frequency.QUARTERLY, 4, date(2027, 1, 1), date(2027, 10, 1)),
        (Frequency.TWICE_A_YEAR, 2, date(2027, 1, 1), date(2027, 7, 1)),
        (Frequency.YEARLY, 1, date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_year(frequency: Frequency, count: int, first: date, last: date) -> None:
    plan = expected(frequency, date(2027, 1, 1), date(2027, 12, 31))
    assert (len(plan), plan[0].on, plan[-1].on) == (count, first, last)


def test_the_last_day_of_a_month_stays_the_last() -> None:
    days = [one.on for one in expected(Frequency.MONTHLY, date(2027, 1, 31), date(2027, 4, 30))]
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


def test_numbers_go_on_and_begin_anew_with_the_year() -> None:
    plan = expected(Frequency.QUARTERLY, date(2026, 10, 1), date(2027, 4, 30), first_number=4)
    assert [(one.year, one.number) for one in plan] == [(2026, 4), (2027, 1), (2027, 2)]


@given(
    st.sampled_from(Frequency.values),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 800),
    st.integers(1, 60),
)
def test_every_issue_is_in_the_period_once_and_in_order(frequency: str, start: date, days: int, number: int) -> None:
    end = start + timedelta(days=days)
    plan = expected(frequency, start, end, number)
    assert all(start <= one.on <= end and one.year == one.on.year for one in plan)
    assert [one.on for one in plan] == sorted({one.on for one in plan})
    assert len({(one.year, one.number) for one in plan}) == len(plan)
    assert not plan or plan[0].number == number
