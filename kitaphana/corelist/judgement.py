"""Arithmetic of scores and votes: whole numbers in, exact numbers out. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def weighted_mean(weights: Mapping[int, int], points: Iterable[tuple[int, int]]) -> Decimal | None:
    """The mean of points (criterion, points) by criterion, weighted; to two places, None without any points.

    A criterion that nobody has scored does not count: its weight is left out.
    """
    given: dict[int, list[int]] = {}
    for criterion, value in points:
        if criterion in weights:
            given.setdefault(criterion, []).append(value)
    if not given:
        return None
    total = sum(weights[criterion] for criterion in given)
    mean = (
        sum((Fraction(sum(values), len(values)) * weights[one] for one, values in given.items()), Fraction(0)) / total
    )
    return (Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one title."""

    yes: int
    no: int
    abstain: int
    entitled: int
    """Experts of the commission who have declared no conflict."""
    quorum_percent: int
    majority_percent: int

    @property
    def cast(self) -> int:
        """Votes given; abstentions count for the quorum."""
        return self.yes + self.no + self.abstain

    @property
    def needed(self) -> int:
        """Votes that the quorum asks for; at least one."""
        return max(1, -(-self.entitled * self.quorum_percent // 100))

    @property
    def has_quorum(self) -> bool:
        """Whether enough experts have voted."""
        return self.cast >= self.needed

    @property
    def is_accepted(self) -> bool:
        """Whether a quorum has voted and more than the majority's share of those for or against is for."""
        return self.has_quorum and self.yes * 100 > self.majority_percent * (self.yes + self.no)
