"""Evening out: which school sends what to which, so that every shortage that surplus can cover is covered with few
parcels.

How much can be covered is known beforehand: for each title the smaller of all surplus and all deficit. Among all
ways to cover that, one with few pairs of schools is looked for: a transport problem in which a pair costs its first
volume (a fixed charge). A small district is solved to the end by a mixed integer program of a solver library (HiGHS).
For a large one linear programs approach it: each round makes pairs that carry little dearer and pairs that carry much
cheaper (dynamic slope scaling), and the best round is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

ROUNDS = 4
"""Linear programs for a large district."""
SMALL = 2_000
"""Up to so many possible moves the mixed integer program is tried too."""
PATIENCE = 3.0
"""Seconds it may take; what it has found by then counts."""


@dataclass(frozen=True, slots=True)
class Move:
    """Volumes of a title from one library to another."""

    sender: int
    receiver: int
    title: int
    quantity: int


Amounts = Mapping[int, Mapping[int, int]]
"""Title id → library id → volumes."""


def coverable(surplus: Amounts, deficit: Amounts) -> int:
    """The volumes of shortage that surplus can cover."""
    return sum(
        min(sum(surplus[title].values()), sum(deficit[title].values())) for title in surplus.keys() & deficit.keys()
    )


def suggest(surplus: Amounts, deficit: Amounts, *, rounds: int = ROUNDS) -> list[Move]:
    """Moves that cover everything coverable, with few pairs of libraries; ordered by sender, receiver and title.

    No library sends more of a title than its surplus or receives more than its deficit.
    """
    titles = sorted(title for title in surplus.keys() & deficit.keys() if any(surplus[title].values()))
    arcs = [
        (sender, receiver, title)
        for title in titles
        for sender, left in surplus[title].items()
        if left > 0
        for receiver, lack in deficit[title].items()
        if lack > 0 and receiver != sender
    ]
    if not arcs:
        return []
    return _solve(arcs, surplus, deficit, rounds)


def _solve(arcs: list[tuple[int, int, int]], surplus: Amounts, deficit: Amounts, rounds: int) -> list[Move]:
    # Loaded only where it is used: a village school never pays for it.
    import numpy
    from scipy.optimize import Bounds, LinearConstraint, linprog, milp
    from scipy.sparse import csr_array, hstack, vstack

    out_rows: dict[tuple[int, int], int] = {}
    in_rows: dict[tuple[int, int], int] = {}
    pairs: dict[tuple[int, int], int] = {}
    out_of, into, pair_of = [], [], []
    for sender, receiver, title in arcs:
        out_of.append(out_rows.setdefault((title, sender), len(out_rows)))
        into.append(in_rows.setdefault((title, receiver), len(in_rows)))
        pair_of.append(pairs.setdefault((sender, receiver), len(pairs)))
    count = len(arcs)
    columns = numpy.arange(count)
    ones = numpy.ones(count)
    given = numpy.array([surplus[title][library] for title, library in out_rows])
    wanted = numpy.array([deficit[title][library] for title, library in in_rows])
    by_title: dict[int, int] = {}
    title_of = numpy.array([by_title.setdefault(title, len(by_title)) for _sender, _receiver, title in arcs])
    total = numpy.array([min(sum(surplus[title].values()), sum(deficit[title].values())) for title in by_title])
    limits = csr_array(
        (
            numpy.concatenate([ones, ones]),
            (numpy.concatenate([out_of, numpy.array(into) + len(out_rows)]), numpy.concatenate([columns, columns])),
        ),
        shape=(len(out_rows) + len(in_rows), count),
    )
    everything = csr_array((ones, (title_of, columns)), shape=(len(by_title), count))
    place = numpy.array(pair_of)
    most = numpy.array([min(surplus[title][sender], deficit[title][receiver]) for sender, receiver, title in arcs])
    price = numpy.ones(len(pairs))
    best: numpy.ndarray | None = None
    fewest = len(pairs) + 1
    for _round in range(rounds):
        result = linprog(
            price[place],
            A_ub=limits,
            b_ub=numpy.concatenate([given, wanted]),
            A_eq=everything,
            b_eq=total,
            method="highs",
        )
        if result.x is None:
            break
        # A transport problem has whole solutions at its corners; rounding only removes the solver's tolerance.
        flow = numpy.rint(result.x)
        carried = numpy.bincount(place, weights=flow, minlength=len(pairs))
        used = int((carried > 0).sum())
        if used < fewest:
            fewest, best = used, flow
        # The price of a volume is the parcel divided by what the pair carried; unused pairs get dearer slowly.
        price = numpy.where(carried > 0, 1.0 / numpy.maximum(carried, 1.0), numpy.minimum(price * 1.5, 4.0))
    if count <= SMALL and fewest > 1:
        # Every move needs its pair to be open: flow of the arc ≤ most · open.
        of_pair = csr_array((most.astype(float), (columns, place)), shape=(count, len(pairs)))
        closed = hstack([csr_array((ones, (columns, columns)), shape=(count, count)), -of_pair])
        none = csr_array((limits.shape[0], len(pairs)))
        exact = milp(
            numpy.concatenate([numpy.zeros(count), numpy.ones(len(pairs))]),
            integrality=numpy.concatenate([numpy.zeros(count), numpy.ones(len(pairs))]),
            bounds=Bounds(0, numpy.concatenate([most, numpy.ones(len(pairs))])),
            constraints=[
                LinearConstraint(
                    vstack([hstack([limits, none]), closed]),
                    -numpy.inf,
                    numpy.concatenate([given, wanted, numpy.zeros(count)]),
                ),
                LinearConstraint(hstack([everything, csr_array((len(by_title), len(pairs)))]), total, total),
            ],
            options={"time_limit": PATIENCE},
        )
        if exact.x is not None:
            # With the open pairs known, the flow is a transport problem again and comes out whole.
            is_open = exact.x[count:] > 0.5
            result = linprog(
                numpy.zeros(count),
                A_ub=limits,
                b_ub=numpy.concatenate([given, wanted]),
                A_eq=everything,
                b_eq=total,
                bounds=numpy.column_stack([numpy.zeros(count), numpy.where(is_open[place], most, 0)]),
                method="highs",
            )
            if result.x is not None and int(is_open.sum()) < fewest:
                best = numpy.rint(result.x)
    if best is None:
        return []
    moves = [Move(*arcs[index], int(best[index])) for index in numpy.nonzero(best > 0)[0]]
    return sorted(moves, key=lambda move: (move.sender, move.receiver, move.title))


def as_amounts(rows: list[tuple[int, int, int]]) -> dict[int, dict[int, int]]:
    """(title id, library id, volumes) rows as ``Amounts``."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for title, library, quantity in rows:
        if quantity > 0:
            found[title][library] = quantity
    return found
