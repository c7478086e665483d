"""Whoever does whatever in whatever order: the route holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from kitaphana.core.errors import DomainError
from kitaphana.corelist import checks, queries, services
from kitaphana.corelist.enums import Choice, Move, Party, ProposalState, State
from kitaphana.corelist.models import ListEntry, Proposal, Step
from kitaphana.corelist.tests.factories import AT, LATER, Commission, book, commission
from kitaphana.corelist.transitions import TABLE, moves_of

pytestmark = pytest.mark.django_db
PARTIES = [Party.MANAGER, Party.EXPERTS, Party.EDUCATION, Party.CULTURE]
ANYTHING = st.tuples(st.sampled_from(list(Move)), st.sampled_from(PARTIES))
WAYS = st.sampled_from(["work", "forward", "forward", "forward", "back"])
"""What the table has in the state, done by its party: so that walks get somewhere."""


@pytest.fixture
def team(world: Any) -> Commission:
    return commission(world.country)


def people(team: Commission) -> dict[Party, Any]:
    return {
        Party.MANAGER: team.manager, Party.EXPERTS: team.experts[0],
        Party.EDUCATION: team.education, Party.CULTURE: team.culture, Party.EVERYONE: team.manager,
    }  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(walk=st.lists(st.one_of(WAYS, WAYS, ANYTHING), min_size=5, max_size=40))
def test_no_walk_leaves_the_route(team: Commission, walk: list[str | tuple[Move, Party]]) -> None:
    with transaction.atomic():
        version = team.begin()
        team.propose()
        for one in walk:
            if isinstance(one, tuple):
                move, party = one
            else:
                legal = [(move, edge.who) for move, edge in moves_of(version.state) if way_of(move) == one]
                if not legal:
                    continue
                move, party = legal[0]
            before = (version.state, Step.objects.filter(version=version).count())
            try:
                _do(team, version, move, party)
            except DomainError:
                version.refresh_from_db()
                assert (version.state, Step.objects.filter(version=version).count()) == before
                continue
            version.refresh_from_db()
            edge = TABLE.get((State(before[0]), move))
            if edge is not None and edge.is_step:
                assert edge.who == party
                assert (version.state, Step.objects.filter(version=version).count()) == (edge.next, before[1] + 1)
            else:
                assert version.state == before[0]
        event(str(version.state))
        entries = ListEntry.objects.filter(version=version)
        assert entries.exists() is (version.state == State.PUBLISHED)
        accepted = Proposal.objects.filter(version=version, state=ProposalState.ACCEPTED)
        if version.state in (State.DRAFT, State.REVIEW, State.VOTE):
            assert not accepted.exists()
        assert len(queries.composition(version)) == accepted.count()
        assert list(checks.invariants()) == []
        transaction.set_rollback(True)


def way_of(move: Move) -> str:
    """Whether a move is work inside a state, leads on, or back."""
    if move in (Move.PROPOSE, Move.SCORE, Move.VOTE):
        return "work"
    return "back" if move == Move.RETURN else "forward" if move != Move.EDIT else ""


def _do(team: Commission, version: Any, move: Move, party: Party) -> None:
    actor = people(team)[party]
    if move == Move.PROPOSE:
        team.propose(book(), by=actor)
        return
    if move in (Move.SCORE, Move.VOTE):
        for proposal in queries.proposals_of(version):
            for expert in team.experts:
                if move == Move.VOTE:
                    choice = Choice.NO if proposal.pk % 3 == 0 else Choice.YES
                    services.vote(actor=expert, proposal=proposal, choice=choice, at=AT)
                else:
                    criterion = team.core_list.criteria.first()
                    assert criterion
                    services.score(actor=expert, proposal=proposal, criterion=criterion, points=5, at=AT)
        return
    if move == Move.CLOSE_VOTE and version.state == State.VOTE:
        _do(team, version, Move.VOTE, Party.EXPERTS)
    services.take_step(actor=actor, version=version, move=move, comment="Себебі", at=LATER)
