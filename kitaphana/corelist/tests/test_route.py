"""The route of a version: one test for each edge of the table, and what no edge allows."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import Conflict, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.corelist import checks, errors, queries, services
from kitaphana.corelist.enums import Choice, Move, Party, ProposalState, Side, State
from kitaphana.corelist.models import Approver, ListEntry, Proposal, Step, Vote
from kitaphana.corelist.tests.factories import AT, LATER, Commission, book, commission, somebody, user_of
from kitaphana.corelist.transitions import TABLE, moves_of, parties_of
from kitaphana.people.enums import Role

pytestmark = pytest.mark.django_db

EDGES = [(state, move) for (state, move), one in TABLE.items() if one.is_step]


@pytest.fixture
def team(world: Any) -> Commission:
    return commission(world.country)


def test_a_list_goes_from_proposals_to_publication(team: Commission) -> None:
    version = team.begin()
    abai, kozha, dropped = (team.propose(book(title)) for title in ("Абай жолы", "Менің атым Қожа", "Өлең"))
    team.to(version, State.VOTE)
    for expert in team.experts:
        services.vote(actor=expert, proposal=abai, choice=Choice.YES, at=AT)
        services.vote(actor=expert, proposal=kozha, choice=Choice.YES, at=AT)
        services.vote(actor=expert, proposal=dropped, choice=Choice.NO, at=AT)
    team.step(version, Move.CLOSE_VOTE)
    states = dict(Proposal.objects.values_list("title", "state"))
    assert states == {"Абай жолы": "ACCEPTED", "Менің атым Қожа": "ACCEPTED", "Өлең": "REJECTED"}
    team.to(version, State.PUBLISHED)
    entries = list(ListEntry.objects.order_by("position").values_list("position", "title", "grade_from", "grade_to"))
    assert entries == [(1, "Абай жолы", 7, 7), (2, "Менің атым Қожа", 7, 7)]
    assert version.published_at == LATER
    moves = list(Step.objects.filter(version=version).order_by("number").values_list("move", "side"))
    assert moves == [
        ("BEGIN", ""), ("OPEN_REVIEW", ""), ("OPEN_VOTE", ""), ("CLOSE_VOTE", ""),
        ("APPROVE", "EDUCATION"), ("APPROVE", "CULTURE"), ("PUBLISH", ""),
    ]  # fmt: skip
    assert list(checks.invariants()) == []


@pytest.mark.parametrize(("state", "move"), EDGES)
def test_every_step_is_taken_by_its_party_and_by_nobody_else(
    world: Any, team: Commission, state: State, move: Move
) -> None:
    version = team.begin()
    team.propose()
    team.to(version, state)
    if move == Move.CLOSE_VOTE:
        for expert in team.experts:
            services.vote(actor=expert, proposal=Proposal.objects.get(), choice=Choice.YES, at=AT)
    edge = TABLE[state, move]
    people = {
        Party.MANAGER: team.manager, Party.EXPERTS: team.experts[0],
        Party.EDUCATION: team.education, Party.CULTURE: team.culture,
    }  # fmt: skip
    before = Step.objects.count()
    others = [one for party, one in people.items() if party != edge.who]
    for stranger in (*others, world.librarian, world.stranger, world.methodist):
        with pytest.raises(NotAllowed):
            services.take_step(actor=stranger, version=version, move=move, comment="жоқ", at=LATER)
    if edge.needs_comment:
        with pytest.raises(errors.CommentNeeded):
            services.take_step(actor=people[edge.who], version=version, move=move, comment=" ", at=LATER)
    assert Step.objects.count() == before
    step = services.take_step(actor=people[edge.who], version=version, move=move, comment="Себебі бар", at=LATER)
    version.refresh_from_db()
    assert (step.from_state, step.to_state, version.state) == (state, edge.next, edge.next)
    assert version.since == LATER
    assert list(checks.invariants()) == []


@pytest.mark.parametrize("state", list(State))
def test_what_the_table_lacks_is_refused(team: Commission, state: State) -> None:
    version = team.begin()
    team.propose()
    team.to(version, state)
    for move in Move:
        if (state, move) not in EDGES:
            with pytest.raises(errors.NotNow):
                services.take_step(actor=SYSTEM, version=version, move=move, comment="x", at=LATER)


def test_a_step_sent_twice_is_taken_once(team: Commission) -> None:
    version, command = team.begin(), new_id()
    team.propose()
    first, second = (
        services.take_step(actor=team.manager, version=version, move=Move.OPEN_REVIEW, at=AT, command_id=command)
        for _ in range(2)
    )
    assert first == second
    assert Step.objects.filter(version=version).count() == 2
    with pytest.raises(Conflict):
        services.begin_version(actor=team.manager, core_list=team.core_list, at=AT, command_id=command)


def test_somebody_who_saw_another_state_is_refused(team: Commission) -> None:
    version = team.begin()
    team.propose()
    team.to(version, State.CULTURE)
    with pytest.raises(errors.NotNow):
        services.take_step(
            actor=team.culture, version=version, move=Move.APPROVE, expected_state=State.EDUCATION, at=LATER
        )


def test_one_person_never_signs_for_both_ministries(world: Any, team: Commission) -> None:
    with pytest.raises(errors.OtherSide):
        services.name_approver(
            actor=team.manager, core_list=team.core_list, user=user_of(team.education), side=Side.CULTURE, at=AT
        )
    version = team.begin()
    team.propose()
    team.to(version, State.CULTURE)
    # Even where the signatory is named anew for the other side while the version is on its way.
    services.remove_approver(actor=team.manager, approver=Approver.objects.get(user=team.education.user_id), at=AT)
    services.name_approver(
        actor=team.manager, core_list=team.core_list, user=user_of(team.education), side=Side.CULTURE, at=AT
    )
    with pytest.raises(errors.OtherSide):
        team.step(version, Move.APPROVE, by=team.education)
    librarian = somebody("another", world.school, Role.LIBRARIAN)
    with pytest.raises(errors.UserCannot):
        services.name_approver(
            actor=team.manager, core_list=team.core_list, user=user_of(librarian), side=Side.CULTURE, at=AT
        )


def test_a_version_sent_back_by_a_ministry_begins_again(team: Commission) -> None:
    version = team.begin()
    proposal = team.propose()
    team.to(version, State.CULTURE)
    step = team.step(version, Move.RETURN, comment="Шетел әдебиеті аз")
    assert json.loads(step.content)["proposals"][0]["state"] == "ACCEPTED"
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN
    team.to(version, State.VOTE)
    assert Vote.objects.count() == 0
    team.to(version, State.PUBLISHED)
    signed = Step.objects.filter(version=version, move=Move.APPROVE).values_list("side", flat=True)
    assert sorted(signed) == ["CULTURE", "EDUCATION", "EDUCATION"]
    assert list(checks.invariants()) == []


def test_steps_and_published_titles_refuse_every_change(team: Commission) -> None:
    version = team.begin()
    team.propose()
    team.to(version, State.PUBLISHED)
    for rows, change in ((Step.objects.all(), {"comment": "x"}), (ListEntry.objects.all(), {"norm_per_pupils": 1})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)
    digests = list(Step.objects.order_by("number").values_list("previous", "digest"))
    assert [previous for previous, _ in digests[1:]] == [digest for _, digest in digests[:-1]]


def test_check_finds_a_version_that_jumped(team: Commission) -> None:
    version = team.begin()
    type(version).objects.filter(pk=version.pk).update(state=State.CULTURE)
    assert [one.code for one in checks.invariants()] == ["corelist.state_without_step"]


def test_a_version_goes_on_only_when_it_is_ready(world: Any, team: Commission) -> None:
    version = team.begin()
    with pytest.raises(errors.NotReady):
        team.step(version, Move.OPEN_REVIEW)
    unknown = team.propose(record=None, title="Жаңа кітап")
    team.step(version, Move.OPEN_REVIEW)
    with pytest.raises(errors.NotReady) as refusal:
        team.step(version, Move.OPEN_VOTE)
    assert "Жаңа кітап" in str(refusal.value)
    team.step(version, Move.RETURN, comment="Каталогта жоқ")
    services.change_proposal(
        actor=team.manager,
        proposal=unknown,
        facts=services.ProposalFacts(record=book("Жаңа кітап"), reason="Керек", grade_from=5),
        at=AT,
    )
    team.to(version, State.VOTE)
    with pytest.raises(errors.NotReady):
        team.step(version, Move.CLOSE_VOTE)
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_the_next_version_goes_out_from_the_last_one(team: Commission) -> None:
    first = team.begin()
    keep, change, remove = (book(title) for title in ("А", "Б", "В"))
    for one in (keep, change, remove):
        team.propose(one)
    team.to(first, State.PUBLISHED)
    with pytest.raises(errors.AlreadyListed):
        team.propose(keep)
    with pytest.raises(errors.NotListed):
        team.propose(change="REMOVE")
    waits = team.propose(change, norm_per_pupils=10)
    assert (waits.change, waits.version) == ("CHANGE", None)
    second = team.begin()
    with pytest.raises(errors.VersionUnderWay):
        team.begin()
    waits.refresh_from_db()
    assert waits.version == second
    team.propose(remove, change="REMOVE")
    team.propose(new := book("Г"))
    team.to(second, State.PUBLISHED)
    found = queries.changes_between(queries.composition(first), queries.composition(second))
    assert [(one.change, one.line.record_id) for one in found] == [
        ("ADD", new.pk), ("CHANGE", change.pk), ("REMOVE", remove.pk),
    ]  # fmt: skip
    assert queries.published(team.core_list) == second
    assert [one.title for one in queries.composition(first)] == ["А", "Б", "В"]


def test_a_published_version_keeps_what_the_record_said(team: Commission) -> None:
    version = team.begin()
    edition = book("Абай жолы", subtitle="роман-эпопея, 1-кітап")
    assert team.propose(edition).title == "Абай жолы: роман-эпопея, 1-кітап"
    team.to(version, State.PUBLISHED)
    type(edition).objects.filter(pk=edition.pk).update(title="Басқа")
    assert [one.full_title for one in queries.composition(version)] == ["Абай жолы: роман-эпопея, 1-кітап"]


def test_the_table_is_whole() -> None:
    reachable, edge = {State.DRAFT}, [State.DRAFT]
    while edge:
        for _, one in moves_of(edge.pop()):
            if one.next not in reachable:
                reachable.add(one.next)
                edge.append(one.next)
    assert reachable == set(State)
    assert list(moves_of(State.PUBLISHED)) == []
    for state, move in product(State, Move):
        if (state, move) in TABLE:
            assert TABLE[state, move].needs_comment is (move == Move.RETURN)
            assert TABLE[state, move].is_step or TABLE[state, move].next == state
    assert parties_of(State.VOTE) == [Party.EXPERTS, Party.MANAGER]


def test_a_step_costs_the_same_for_one_title_and_for_many(team: Commission, django_assert_num_queries: Any) -> None:
    version = team.begin()
    team.propose()
    with django_assert_num_queries(21):
        services.take_step(actor=team.manager, version=version, move=Move.OPEN_REVIEW, at=AT)
    team.step(version, Move.RETURN, comment="тағы")
    for number in range(5):
        team.propose(book(f"Кітап {number}"))
    with django_assert_num_queries(21):
        services.take_step(actor=team.manager, version=version, move=Move.OPEN_REVIEW, at=AT)
