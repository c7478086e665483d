"""Two people at once, on real transactions: the same step, the same title, a vote beside the end of voting."""

from __future__ import annotations

import pytest

from kitaphana.circulation.tests.test_races import at_once, real
from kitaphana.core.ids import new_id
from kitaphana.corelist import checks, errors, services
from kitaphana.corelist.enums import Choice, Move, State
from kitaphana.corelist.models import Proposal, Step, Version
from kitaphana.corelist.services import ProposalFacts
from kitaphana.corelist.tests.factories import AT, LATER, Commission, book, commission

__all__ = ["real"]  # a fixture: the small world in a database as it is at work


@pytest.fixture
def team(real) -> Commission:
    return commission(real.country)


def test_a_version_begun_twice_at_once_is_one(team: Commission) -> None:
    results = at_once(*[team.begin] * 3)
    assert Version.objects.count() == 1
    assert sum(isinstance(one, errors.VersionUnderWay) for one in results) == 2


def test_a_step_taken_twice_at_once_is_one(team: Commission) -> None:
    version = team.begin()
    team.propose()
    command = new_id()

    def review(command_id=None):
        return lambda: services.take_step(
            actor=team.manager, version=version, move=Move.OPEN_REVIEW, at=AT, command_id=command_id
        )

    same = at_once(review(command), review(command))
    assert len({one.pk for one in same}) == 1
    others = at_once(review(), review())
    assert all(isinstance(one, errors.NotNow) for one in others)
    assert Step.objects.count() == 2
    assert list(checks.invariants()) == []


def test_a_title_proposed_twice_at_once_is_one(team: Commission) -> None:
    team.begin()
    edition = book()

    def propose() -> Proposal:
        facts = ProposalFacts(record=edition, reason="Керек")
        return services.propose(actor=team.manager, core_list=team.core_list, facts=facts, at=AT)

    results = at_once(*[propose] * 3)
    assert Proposal.objects.count() == 1
    assert sum(isinstance(one, errors.AlreadyProposed) for one in results) == 2


def test_a_vote_beside_the_end_of_voting_counts_or_is_refused(team: Commission) -> None:
    version = team.begin()
    proposal = team.propose()
    team.to(version, State.VOTE)
    for expert in team.experts[:2]:
        services.vote(actor=expert, proposal=proposal, choice=Choice.YES, at=AT)
    voted, closed = at_once(
        lambda: services.vote(actor=team.experts[2], proposal=proposal, choice=Choice.NO, at=AT),
        lambda: services.take_step(actor=team.manager, version=version, move=Move.CLOSE_VOTE, at=LATER),
    )
    assert isinstance(closed, Step)
    counted = '"NO"' in closed.content
    assert counted is not isinstance(voted, errors.NotNow)
    assert Proposal.objects.get().state == "ACCEPTED"
    assert list(checks.invariants()) == []
