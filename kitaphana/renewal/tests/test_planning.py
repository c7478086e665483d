"""The plan: equal steps, most needed and cheapest first, never beyond the money."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kitaphana.renewal.planning import Cells, plan


def cells(*rows: tuple[int, int, int, int, int]) -> Cells:
    """Rows of library, title, missing, needed, price."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Cells(*columns)


def test_every_library_takes_equal_steps_when_money_is_no_matter() -> None:
    years = plan(cells((0, 0, 7, 10, 100), (0, 1, 3, 10, 300), (1, 0, 4, 4, 100)), [None] * 5)
    assert [list(year[:2]) for year in years] == [[2, 0], [2, 0], [2, 0], [1, 1], [0, 2]]
    assert [int(year[2]) for year in years] == [1, 1, 1, 1, 0]


def test_the_most_needed_comes_first_then_the_cheapest() -> None:
    first = plan(cells((0, 0, 5, 50, 100), (0, 1, 5, 5, 100), (0, 2, 5, 5, 900)), [None, None, None])[0]
    assert list(first) == [0, 5, 0]


def test_a_year_without_money_moves_its_share_to_the_years_after() -> None:
    years = plan(cells((0, 0, 10, 10, 100)), [0, None, None, None, None])
    assert [int(year[0]) for year in years] == [0, 3, 3, 2, 2]


def test_what_the_money_never_covers_stays_missing() -> None:
    years = plan(cells((0, 0, 10, 10, 1000)), [2000] * 5)
    assert [int(year[0]) for year in years] == [2, 2, 2, 2, 2]
    years = plan(cells((0, 0, 10, 10, 1000)), [1999] * 5)
    assert [int(year[0]) for year in years] == [1, 1, 1, 1, 1]


rows = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(0, 40), st.integers(1, 30), st.integers(0, 20), st.integers(0, 900_000)
    ).map(lambda row: (row[0], row[1], row[2], row[2] + row[3], row[4])),
    min_size=1,
    max_size=60,
)


@settings(max_examples=120, deadline=None)
@given(rows=rows, budgets=st.lists(st.none() | st.integers(0, 20_000_000), min_size=1, max_size=6))
def test_no_plan_buys_too_much_or_spends_too_much(
    rows: list[tuple[int, int, int, int, int]], budgets: list[int | None]
) -> None:
    given_cells = cells(*rows)
    years = plan(given_cells, budgets)
    total = sum(years)
    assert (total <= given_cells.missing).all()
    left = given_cells.missing.copy()
    for place, (year, budget) in enumerate(zip(years, budgets, strict=True)):
        assert (year >= 0).all()
        if budget is not None:
            assert int((year * given_cells.price).sum()) <= budget
        for library in set(given_cells.library.tolist()):
            here = given_cells.library == library
            step = -(-int(left[here].sum()) // (len(budgets) - place))
            assert int(year[here].sum()) <= step
            if budget is None:
                assert int(year[here].sum()) == step
        left = left - year
    if budgets[-1] is None:
        assert (total == given_cells.missing).all()
    assert all((one == other).all() for one, other in zip(years, plan(given_cells, budgets), strict=True))


def test_money_is_spent_as_far_as_it_buys_something() -> None:
    years = plan(cells((0, 0, 5, 5, 700), (0, 1, 50, 50, 300)), [2000])
    spent = int(years[0][0]) * 700 + int(years[0][1]) * 300
    assert 2000 - spent < 300


def test_a_district_of_60_schools_and_3000_titles_is_planned_in_under_five_seconds() -> None:
    maker = np.random.default_rng(7)
    libraries, titles = 60, 3000
    needed = maker.integers(1, 40, libraries * titles)
    missing = np.maximum(needed - maker.integers(0, 40, libraries * titles), 0)
    price = np.tile(maker.integers(80_000, 900_000, titles), libraries)
    library = np.repeat(np.arange(libraries), titles)
    title = np.tile(np.arange(titles), libraries)
    some = missing > 0
    given_cells = Cells(library[some], title[some], missing[some], needed[some], price[some])
    whole = int((missing * price).sum())
    began = time.process_time()
    years = plan(given_cells, [whole // 8] * 5)
    assert time.process_time() - began < 5
    spent = [int((year * given_cells.price).sum()) for year in years]
    assert max(spent) <= whole // 8
    # The first years are held by their steps (the cheapest comes first), the last ones by the money.
    assert spent[-1] > whole // 8 * 0.999
    assert int(years[0].sum()) >= int(missing.sum()) // 5
