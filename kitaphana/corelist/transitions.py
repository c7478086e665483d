"""The route of a version: the one table that commands, pages and the diagram read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kitaphana.corelist.enums import Move, Party, State


@dataclass(frozen=True, slots=True)
class Transition:
    """Who may do something in a state, and where the version stands afterwards."""

    who: Party
    next: State
    is_step: bool = True
    """Signed and kept for good; False: work inside the state."""
    needs_comment: bool = False


TABLE: Final[dict[tuple[State, Move], Transition]] = {
    (State.DRAFT, Move.PROPOSE): Transition(Party.EVERYONE, State.DRAFT, is_step=False),
    (State.DRAFT, Move.EDIT): Transition(Party.MANAGER, State.DRAFT, is_step=False),
    (State.DRAFT, Move.OPEN_REVIEW): Transition(Party.MANAGER, State.REVIEW),
    (State.REVIEW, Move.SCORE): Transition(Party.EXPERTS, State.REVIEW, is_step=False),
    (State.REVIEW, Move.OPEN_VOTE): Transition(Party.MANAGER, State.VOTE),
    (State.REVIEW, Move.RETURN): Transition(Party.MANAGER, State.DRAFT, needs_comment=True),
    (State.VOTE, Move.VOTE): Transition(Party.EXPERTS, State.VOTE, is_step=False),
    (State.VOTE, Move.CLOSE_VOTE): Transition(Party.MANAGER, State.EDUCATION),
    (State.VOTE, Move.RETURN): Transition(Party.MANAGER, State.REVIEW, needs_comment=True),
    (State.EDUCATION, Move.APPROVE): Transition(Party.EDUCATION, State.CULTURE),
    (State.EDUCATION, Move.RETURN): Transition(Party.EDUCATION, State.DRAFT, needs_comment=True),
    (State.CULTURE, Move.APPROVE): Transition(Party.CULTURE, State.APPROVED),
    (State.CULTURE, Move.RETURN): Transition(Party.CULTURE, State.DRAFT, needs_comment=True),
    (State.APPROVED, Move.PUBLISH): Transition(Party.MANAGER, State.PUBLISHED),
    (State.APPROVED, Move.RETURN): Transition(Party.MANAGER, State.DRAFT, needs_comment=True),
}
"""A version sent back by a ministry begins again with the working group; every signature is given anew."""


def transition(state: str, move: str) -> Transition | None:
    """What the table says, or None: it can't be done now."""
    return TABLE.get((State(state), Move(move)))


def moves_of(state: str) -> Iterator[tuple[Move, Transition]]:
    """Everything that can be done in a state, in the order of the table."""
    for (one, move), found in TABLE.items():
        if one == state:
            yield move, found


def parties_of(state: str) -> list[Party]:
    """Whom a state waits for: those who have work or a step in it, the one who acts first before others."""
    found: list[Party] = []
    for move, one in moves_of(state):
        if move != Move.RETURN and one.who not in found:
            found.append(one.who)
    return found
