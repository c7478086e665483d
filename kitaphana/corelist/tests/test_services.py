"""Lists, proposals and judging."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from kitaphana.core.access import ANONYMOUS
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.corelist import errors, queries, services
from kitaphana.corelist.enums import Choice, Move, ProposalState, State
from kitaphana.corelist.models import Comment, CoreList, Criterion, Expert, Proposal, Score, Vote
from kitaphana.corelist.services import CriterionFacts, ListFacts, ProposalFacts
from kitaphana.corelist.tests.factories import AT, Commission, book, commission, somebody, user_of
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment
from kitaphana.people.queries import actor_of

pytestmark = pytest.mark.django_db
ISBN = "9786012345674"


@pytest.fixture
def team(world: Any) -> Commission:
    return commission(world.country)


def facts(**more: Any) -> ListFacts:
    return ListFacts(**{"level": "PRIMARY", "language": "rus", "age_from": 6, "age_to": 10, "name_kk": "А", **more})


def test_a_list_is_made_once_by_the_keeper_of_the_country(world: Any, team: Commission) -> None:
    made = services.make_list(actor=team.manager, organization=world.country, facts=facts(), at=AT)
    with pytest.raises(errors.ListExists):
        services.make_list(actor=team.manager, organization=world.country, facts=facts(), at=AT)
    with pytest.raises(NotAllowed):
        services.make_list(actor=world.methodist, organization=world.country, facts=facts(age_to=9), at=AT)
    with pytest.raises(errors.NotACountry):
        services.make_list(actor=world.methodist, organization=world.district, facts=facts(), at=AT)
    for wrong in (
        {"age_from": 11}, {"quorum_percent": 0}, {"majority_percent": 100}, {"name_kk": " "}, {"level": "X"},
        {"language": "xxx"}, {"age_to": 100}, {"name_ru": "x" * 301},
    ):  # fmt: skip
        with pytest.raises(errors.BadList):
            services.change_list(actor=team.manager, core_list=made, facts=facts(**wrong), at=AT)
    services.change_list(actor=team.manager, core_list=made, facts=facts(quorum_percent=60), at=AT)
    assert CoreList.objects.get(pk=made.pk).quorum_percent == 60
    assert CoreList.objects.count() == 2


def test_rules_stand_still_while_experts_work(team: Commission) -> None:
    version = team.begin()
    team.propose()
    team.to(version, State.REVIEW)
    with pytest.raises(errors.VersionUnderWay):
        services.change_list(actor=team.manager, core_list=team.core_list, facts=facts(), at=AT)
    with pytest.raises(errors.CriteriaInUse):
        services.set_criteria(actor=team.manager, core_list=team.core_list, criteria=[CriterionFacts("Б", 1)], at=AT)


def test_criteria_keep_their_points_by_name(team: Commission) -> None:
    first = Criterion.objects.get(position=1)
    services.set_criteria(
        actor=team.manager,
        core_list=team.core_list,
        criteria=[CriterionFacts("Тілі", 10), CriterionFacts(first.name_kk, 90)],
        at=AT,
    )
    assert list(Criterion.objects.order_by("position").values_list("name_kk", "weight")) == [
        ("Тілі", 10), (first.name_kk, 90),
    ]  # fmt: skip
    assert Criterion.objects.get(weight=90).pk == first.pk
    for wrong in ([], [("А", 0)], [("А", 101)], [("А", 1), ("а ", 1)], [("x" * 301, 1)]):
        with pytest.raises(errors.BadCriteria):
            services.set_criteria(
                actor=team.manager, core_list=team.core_list, criteria=[CriterionFacts(*one) for one in wrong], at=AT
            )


def test_an_appointed_expert_gets_the_role_and_nothing_else(world: Any, team: Commission) -> None:
    teacher = somebody("teacher", world.school, Role.READER)
    services.appoint_expert(actor=team.manager, core_list=team.core_list, user=user_of(teacher), at=AT)
    services.appoint_expert(actor=team.manager, core_list=team.core_list, user=user_of(teacher), at=AT)
    roles = RoleAssignment.objects.filter(user=teacher.user_id).values_list("role", "organization__code")
    assert sorted(roles) == [("EXPERT", "KZ"), ("READER", "S-1")]
    assert Expert.objects.filter(user=teacher.user_id).count() == 1
    with pytest.raises(NotAllowed):
        services.appoint_expert(actor=world.librarian, core_list=team.core_list, user=user_of(world.director), at=AT)


def test_everyone_entitled_proposes_and_nobody_else(world: Any, team: Commission) -> None:
    team.begin()
    for actor in (world.librarian, world.director, world.methodist, team.experts[0], team.education):
        assert team.propose(book(), by=actor).proposer_id == actor.user_id
    reader = somebody("pupil", world.school, Role.READER)
    for actor in (reader, world.stranger, ANONYMOUS):
        with pytest.raises(NotAllowed):
            team.propose(book(), by=actor)
    assert Proposal.objects.count() == 5


def test_a_title_is_proposed_once(team: Commission) -> None:
    team.begin()
    edition = book()
    first = team.propose(edition)
    with pytest.raises(errors.AlreadyProposed):
        team.propose(edition)
    team.propose(record=None, title="Жаңа", isbn=ISBN)
    with pytest.raises(errors.AlreadyProposed):
        services.propose(
            actor=team.manager,
            core_list=team.core_list,
            facts=ProposalFacts(title="Басқа", isbn="978-601-234-567-4", reason="Керек"),
            at=AT,
        )
    services.withdraw_proposal(actor=team.manager, proposal=first, at=AT)
    team.propose(edition)
    assert Proposal.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "}, {"title": ""}, {"grade_from": 4}, {"grade_to": 10}, {"grade_from": 8, "grade_to": 6},
        {"norm_per_pupils": 0}, {"norm_per_pupils": 1001}, {"isbn": "123"}, {"kind": "X"}, {"change": "REMOVE"},
        {"year": 10000}, {"title": "x" * 501},
    ],
)  # fmt: skip
def test_a_proposal_that_cannot_be_is_refused(team: Commission, wrong: dict[str, Any]) -> None:
    team.begin()
    values = {"title": "Жаңа", "reason": "Керек", **wrong}
    with pytest.raises(errors.BadProposal):
        services.propose(actor=team.manager, core_list=team.core_list, facts=ProposalFacts(**values), at=AT)
    assert Proposal.objects.count() == 0


def test_a_proposal_sent_twice_is_one(team: Commission) -> None:
    team.begin()
    command, edition = new_id(), book()
    made = [
        services.propose(
            actor=team.manager,
            core_list=team.core_list,
            facts=ProposalFacts(record=edition, reason="Керек"),
            at=AT,
            command_id=command,
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert AuditEntry.objects.filter(action="corelist.propose").count() == 1


def test_proposals_are_merged_put_off_and_taken_up_again(world: Any, team: Commission) -> None:
    team.begin()
    first, second, third = (team.propose(book(title), by=world.librarian) for title in "АБВ")
    services.merge_proposal(actor=team.manager, proposal=third, into=second, at=AT)
    services.merge_proposal(actor=team.manager, proposal=second, into=first, at=AT)
    assert set(first.merged.values_list("title", flat=True)) == {"Б", "В"}
    with pytest.raises(errors.CannotMerge):
        services.merge_proposal(actor=team.manager, proposal=first, into=first, at=AT)
    with pytest.raises(errors.ProposalClosed):
        services.merge_proposal(actor=team.manager, proposal=second, into=first, at=AT)
    with pytest.raises(NotAllowed):
        services.defer_proposal(actor=world.librarian, proposal=first, at=AT)
    services.defer_proposal(actor=team.manager, proposal=first, reason="Басылым күтіледі", at=AT)
    first.refresh_from_db()
    assert (first.state, first.version, first.decision) == (ProposalState.DEFERRED, None, "Басылым күтіледі")
    assert list(queries.waiting(team.core_list)) == [first]
    services.reopen_proposal(actor=team.manager, proposal=first, at=AT)
    with pytest.raises(NotAllowed):
        services.withdraw_proposal(actor=world.neighbour_librarian, proposal=first, at=AT)
    services.withdraw_proposal(actor=world.librarian, proposal=first, at=AT)
    first.refresh_from_db()
    assert first.state == ProposalState.WITHDRAWN


def test_a_discussion_is_kept(world: Any, team: Commission) -> None:
    team.begin()
    proposal = team.propose()
    services.comment(actor=world.librarian, proposal=proposal, text=" Балалар жиі сұрайды ", at=AT)
    for wrong in ("", " ", "x" * 2001):
        with pytest.raises(errors.EmptyComment):
            services.comment(actor=world.librarian, proposal=proposal, text=wrong, at=AT)
    with pytest.raises(NotAllowed):
        services.comment(actor=world.stranger, proposal=proposal, text="x", at=AT)
    assert [(one.name, one.text) for one in Comment.objects.all()] == [("librarian", "Балалар жиі сұрайды")]


def test_scores_are_weighted(world: Any, team: Commission) -> None:
    version = team.begin()
    proposal = team.propose()
    first, second = Criterion.objects.order_by("position")
    one, two, _ = team.experts

    def give(expert: Any, criterion: Criterion, points: int | None) -> None:
        services.score(actor=expert, proposal=proposal, criterion=criterion, points=points, at=AT)

    with pytest.raises(errors.NotNow):
        give(one, first, 5)
    team.to(version, State.REVIEW)
    give(one, first, 10)
    give(one, second, 5)
    give(two, first, 5)
    (judged,) = queries.judged(team.core_list, [proposal])
    assert (judged.score, judged.scored_by) == (Decimal("6.50"), 1)
    give(two, first, None)
    for wrong in (-1, 11):
        with pytest.raises(errors.BadPoints):
            give(one, first, wrong)
    with pytest.raises(NotAllowed):
        give(world.librarian, first, 5)
    with pytest.raises(errors.NotInCommission):
        give(somebody("outsider", world.country, Role.EXPERT), first, 5)
    assert Score.objects.count() == 2


def test_a_conflicted_expert_neither_scores_nor_votes(team: Commission) -> None:
    version = team.begin()
    proposal, other = team.propose(book("А")), team.propose(book("Б"))
    criterion = Criterion.objects.first()
    assert criterion
    expert = team.experts[0]
    team.to(version, State.REVIEW)
    services.score(actor=expert, proposal=proposal, criterion=criterion, points=9, at=AT)
    with pytest.raises(errors.ReasonNeeded):
        services.declare_conflict(actor=expert, proposal=proposal, reason=" ", at=AT)
    services.declare_conflict(actor=expert, proposal=proposal, reason="Баспада жұмыс істеймін", at=AT)
    assert Score.objects.count() == 0
    with pytest.raises(errors.Conflicted):
        services.score(actor=expert, proposal=proposal, criterion=criterion, points=9, at=AT)
    team.step(version, Move.OPEN_VOTE)
    with pytest.raises(errors.Conflicted):
        services.vote(actor=expert, proposal=proposal, choice=Choice.YES, at=AT)
    services.vote(actor=expert, proposal=other, choice=Choice.YES, at=AT)
    judged = {one.proposal.title: one.tally for one in queries.judged(team.core_list, [proposal, other])}
    assert (judged["А"].entitled, judged["Б"].entitled) == (2, 3)
    assert Vote.objects.count() == 1


def test_votes_decide_by_quorum_and_majority(team: Commission) -> None:
    version = team.begin()
    yes, no, few = (team.propose(book(title)) for title in "АБВ")
    team.to(version, State.VOTE)
    for proposal, choices in ((yes, "YES YES NO"), (no, "YES NO ABSTAIN"), (few, "YES")):
        for expert, choice in zip(team.experts, choices.split(), strict=False):
            services.vote(actor=expert, proposal=proposal, choice=choice, at=AT)
    with pytest.raises(errors.BadChoice):
        services.vote(actor=team.experts[0], proposal=yes, choice="MAYBE", at=AT)
    services.vote(actor=team.experts[2], proposal=yes, choice=Choice.ABSTAIN, at=AT)
    team.step(version, Move.CLOSE_VOTE)
    assert dict(Proposal.objects.values_list("title", "state")) == {
        "А": ProposalState.ACCEPTED, "Б": ProposalState.REJECTED, "В": ProposalState.DEFERRED,
    }  # fmt: skip
    with pytest.raises(errors.NotNow):
        services.vote(actor=team.experts[0], proposal=yes, choice=Choice.NO, at=AT)
    with pytest.raises(errors.NotNow):
        services.declare_conflict(actor=team.experts[0], proposal=yes, reason="Кеш", at=AT)
    team.to(version, State.PUBLISHED)
    following = team.begin()
    few.refresh_from_db()
    assert (few.version, few.state) == (following, ProposalState.OPEN)


def test_a_dismissed_expert_counts_no_longer(team: Commission) -> None:
    version = team.begin()
    proposal = team.propose()
    team.to(version, State.VOTE)
    services.vote(actor=team.experts[0], proposal=proposal, choice=Choice.NO, at=AT)
    expert = Expert.objects.get(user=team.experts[0].user_id)
    services.dismiss_expert(actor=team.manager, expert=expert, at=AT)
    (judged,) = queries.judged(team.core_list, [proposal])
    assert (judged.tally.cast, judged.tally.entitled) == (0, 2)
    with pytest.raises(errors.NotInCommission):
        services.vote(actor=team.experts[0], proposal=proposal, choice=Choice.YES, at=AT)


def test_scores_and_votes_of_many_titles_take_five_statements(team: Commission, django_assert_num_queries: Any) -> None:
    team.begin()
    for number in (1, 3):
        proposals = [team.propose(book(f"{number} {one}")) for one in range(number)]
        with django_assert_num_queries(5):
            queries.judged(team.core_list, proposals)


def test_a_vote_costs_few_statements(team: Commission, django_assert_max_num_queries: Any) -> None:
    version = team.begin()
    proposal = team.propose()
    team.to(version, State.VOTE)
    actor = actor_of(user_of(team.experts[0]))
    with django_assert_max_num_queries(14 + (connection.vendor == "postgresql")):
        services.vote(actor=actor, proposal=proposal, choice=Choice.YES, at=AT, command_id=new_id())
