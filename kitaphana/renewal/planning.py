"""Which missing copies are bought in which year: equal yearly steps for every library, most needed and cheapest first,
never beyond the budget.

A year is a linear program: how many copies of which kind a library buys. Its step (the equal share of what it still
lacks) bounds each library, the money bounds all of them together; the most need for the money is looked for by a
solver library (HiGHS). Cells of a library that are alike in price and need are one variable, so that a district of 60
schools and 3,000 titles stays small. What the solver splits is rounded down, and the rest of the step and of the money
is then spent copy by copy. Sums are whole tiyn throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

Ints = NDArray[np.int64]

NEED_WEIGHT = 2.0
"""How much more an uncovered need counts than a low price."""
CLASSES = 20
"""Classes of need that are told apart."""
PRICE_STEP = 1.05
"""Prices within this ratio are one class in the linear program (by the higher one: the money is never overspent)."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What libraries lack of titles.

    ``library`` and ``title`` (indexes from 0), ``missing`` (copies, > 0), ``needed`` (copies, ≥ missing) and ``price``
    (tiyn a copy) are arrays of one length: one cell each.
    """

    library: Ints
    title: Ints
    missing: Ints
    needed: Ints
    price: Ints


def plan(cells: Cells, budgets: Sequence[int | None], done: Ints | None = None) -> list[Ints]:
    """Copies of each cell to buy in each year; ``budgets`` holds a year's money in tiyn, None where it is not limited.

    ``done`` says how many copies each library got in the first year already: they count for its step. Without limits everything is bought by the last year and each library's years differ by one copy at most. Where the
    money of a year does not last, what is left is spread over the years after it. Deterministic.
    """
    left = cells.missing.copy()
    libraries = int(cells.library.max()) + 1 if len(cells.library) else 0
    years = []
    for place, budget in enumerate(budgets):
        lacks = np.bincount(cells.library, weights=left, minlength=libraries).astype(np.int64)
        if place or done is None:
            steps = -(-lacks // (len(budgets) - place))
        else:
            steps = np.maximum(-(-(lacks + done[:libraries]) // len(budgets)) - done[:libraries], 0)
        bought = _year(cells, left, steps, budget)
        left = left - bought
        years.append(bought)
    return years


def _scores(cells: Cells, left: Ints) -> NDArray[np.float64]:
    """How much a copy of each cell is worth buying: 0 to NEED_WEIGHT + 1."""
    dearest = max(int(cells.price.max()), 1)
    return NEED_WEIGHT * (left / cells.needed) + (1 - cells.price / dearest)


def _year(cells: Cells, left: Ints, steps: Ints, budget: int | None) -> Ints:
    bought = np.zeros_like(left)
    if not left.any():
        return bought
    scores = _scores(cells, left)
    # Best first within a library; ties by title, so that the same question has the same answer.
    order = np.lexsort((cells.title, cells.price, -scores, cells.library))
    if budget is None or _cost(cells, _fill(cells, left, steps, order)) <= budget:
        return _fill(cells, left, steps, order)
    if budget <= 0:
        return bought
    bought = _solved(cells, left, steps, budget, scores, order)
    return _spend_rest(cells, left, steps, budget, bought, scores)


def _cost(cells: Cells, bought: Ints) -> int:
    return int((bought * cells.price).sum())


def _fill(cells: Cells, left: Ints, room: Ints, order: Ints) -> Ints:
    """Take the cells in an order until each library's room is used up."""
    before = np.cumsum(left[order]) - left[order]
    at = cells.library[order]
    starts = np.concatenate(([True], at[1:] != at[:-1]))
    # What stands before a cell within its own library.
    base = np.maximum.accumulate(np.where(starts, before, -1))
    taken = np.clip(room[at] - (before - base), 0, left[order])
    bought = np.zeros_like(left)
    bought[order] = taken
    return bought


def _solved(cells: Cells, left: Ints, steps: Ints, budget: int, scores: NDArray[np.float64], order: Ints) -> Ints:
    """The linear program over classes, rounded down to whole copies and given to the cells of each class, best first."""
    need_class = np.minimum((scores * CLASSES / (NEED_WEIGHT + 1)).astype(np.int64), CLASSES - 1)
    price_class = np.ceil(np.log(np.maximum(cells.price, 1)) / np.log(PRICE_STEP)).astype(np.int64)
    keys = np.stack((cells.library, need_class, price_class), axis=1)
    groups, group_of = np.unique(keys, axis=0, return_inverse=True)
    group_of = group_of.reshape(-1)
    count = len(groups)
    size = np.bincount(group_of, weights=left, minlength=count)
    dearest = np.zeros(count, dtype=np.int64)
    np.maximum.at(dearest, group_of, cells.price)
    worth = np.bincount(group_of, weights=scores, minlength=count) / np.bincount(group_of, minlength=count)
    columns = np.arange(count)
    rows = coo_array(
        (
            np.concatenate((np.ones(count), dearest / 100)),
            (np.concatenate((groups[:, 0], np.full(count, len(steps)))), np.concatenate((columns, columns))),
        ),
        shape=(len(steps) + 1, count),
    ).tocsr()
    answer = linprog(
        -worth,
        A_ub=rows,
        b_ub=np.concatenate((steps.astype(np.float64), [budget / 100])),
        bounds=np.stack((np.zeros(count), size), axis=1),
        method="highs",
    )
    if answer.x is None:  # the program is always feasible (buying nothing); a solver may still give up
        return np.zeros_like(left)
    room = np.floor(answer.x + 1e-6).astype(np.int64)
    # Best first within a class: the order within the library, kept by a stable sort over classes.
    by_class = order[np.argsort(group_of[order], kind="stable")]
    amount = left[by_class]
    before = np.cumsum(amount) - amount
    at = group_of[by_class]
    starts = np.concatenate(([True], at[1:] != at[:-1]))
    base = np.maximum.accumulate(np.where(starts, before, -1))
    bought = np.zeros_like(left)
    bought[by_class] = np.clip(room[at] - (before - base), 0, amount)
    return _within(cells, bought, budget, scores)


def _within(cells: Cells, bought: Ints, budget: int, scores: NDArray[np.float64]) -> Ints:
    """Give back the least needed copies where rounding in the solver overspent (by tiyn, if at all)."""
    over = _cost(cells, bought) - budget
    for cell in np.lexsort((cells.title, scores)):
        if over <= 0:
            break
        if bought[cell] and cells.price[cell]:
            back = min(int(bought[cell]), -(-over // int(cells.price[cell])))
            bought[cell] -= back
            over -= back * int(cells.price[cell])
    return bought


def _spend_rest(cells: Cells, left: Ints, steps: Ints, budget: int, bought: Ints, scores: NDArray[np.float64]) -> Ints:
    """Use up what rounding left of the steps and of the money, best copy for the money first."""
    money = budget - _cost(cells, bought)
    room = steps - np.bincount(cells.library, weights=bought, minlength=len(steps)).astype(np.int64)
    cheapest = int(cells.price.min())
    for cell in np.lexsort((cells.title, cells.library, -scores / np.maximum(cells.price, 1))):
        if money < cheapest:
            break
        price, place = int(cells.price[cell]), int(cells.library[cell])
        more = min(int(left[cell] - bought[cell]), int(room[place]), money // price if price else int(room[place]))
        if more > 0:
            bought[cell] += more
            room[place] -= more
            money -= more * price
    return bought
