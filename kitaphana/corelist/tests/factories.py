"""A list with a commission, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kitaphana.catalog.models import Record, RecordIsbn
from kitaphana.core.access import SYSTEM, Actor
from kitaphana.corelist import queries, services
from kitaphana.corelist.enums import Choice, Move, ProposalState, Side, State
from kitaphana.corelist.models import CoreList, Proposal, Step, Version
from kitaphana.corelist.services import CriterionFacts, ListFacts, ProposalFacts
from kitaphana.fund.tests.factories import AT, record
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.people.queries import actor_of

LATER = AT + timedelta(days=1)


def somebody(login: str, node: Organization, role: Role) -> Actor:
    """An account with one role."""
    user = User.objects.create_user(login, "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=node, role=role)
    return actor_of(user)


def user_of(actor: Actor) -> User:
    """The account of an actor."""
    return User.objects.get(pk=actor.user_id)


def book(title: str = "Абай жолы", *, isbn: str = "", **columns: Any) -> Record:
    """An edition of the catalogue."""
    made = record(title, isbns=[isbn] if isbn else [], **columns)
    if isbn:
        RecordIsbn.objects.create(record=made, isbn=isbn)
    return made


@dataclass
class Commission:
    """A list for grades 5–9 in Kazakh with two criteria, three experts and two signatories."""

    core_list: CoreList
    manager: Actor
    experts: list[Actor]
    education: Actor
    culture: Actor

    def propose(self, target: Record | None = None, by: Actor = SYSTEM, **facts: Any) -> Proposal:
        """A proposal of a new record."""
        values = {"record": target or book(), "reason": "Оқу бағдарламасында бар", "grade_from": 7, **facts}
        return services.propose(actor=by, core_list=self.core_list, facts=ProposalFacts(**values), at=AT)

    def begin(self) -> Version:
        """The next version."""
        return services.begin_version(actor=self.manager, core_list=self.core_list, at=AT)

    def step(self, version: Version, move: Move, by: Actor | None = None, comment: str = "") -> Step:
        """A step of the route by whoever takes it."""
        version.refresh_from_db()
        signatories = {State.EDUCATION: self.education, State.CULTURE: self.culture}
        actor = by or signatories.get(State(version.state), self.manager)
        return services.take_step(actor=actor, version=version, move=move, comment=comment, at=LATER)

    def to(self, version: Version, state: State) -> Version:
        """Lead a version along the straight way; every open proposal gets three votes for it."""
        way = [
            (State.DRAFT, Move.OPEN_REVIEW), (State.REVIEW, Move.OPEN_VOTE), (State.VOTE, Move.CLOSE_VOTE),
            (State.EDUCATION, Move.APPROVE), (State.CULTURE, Move.APPROVE), (State.APPROVED, Move.PUBLISH),
        ]  # fmt: skip
        for here, move in way:
            version.refresh_from_db()
            if version.state == state:
                break
            if version.state != here:
                continue
            if move == Move.CLOSE_VOTE:
                for one in queries.proposals_of(version).filter(state=ProposalState.OPEN):
                    for expert in self.experts:
                        services.vote(actor=expert, proposal=one, choice=Choice.YES, at=AT)
            self.step(version, move)
        version.refresh_from_db()
        assert version.state == state
        return version


def commission(country: Organization, **facts: Any) -> Commission:
    """The list and its people."""
    manager = somebody("keeper", country, Role.METHODIST)
    values = {"level": "BASIC", "language": "kaz", "age_from": 10, "age_to": 15, "name_kk": "5–9 сынып", **facts}
    core_list = services.make_list(actor=manager, organization=country, facts=ListFacts(**values), at=AT)
    services.set_criteria(
        actor=manager,
        core_list=core_list,
        criteria=[CriterionFacts("Көркемдік деңгейі", 60), CriterionFacts("Жасқа сай болуы", 40)],
        at=AT,
    )
    experts = [somebody(f"expert{number}", country, Role.EXPERT) for number in range(3)]
    for one in experts:
        services.appoint_expert(actor=manager, core_list=core_list, user=user_of(one), at=AT)
    sides = []
    for login, side in (("education", Side.EDUCATION), ("culture", Side.CULTURE)):
        actor = somebody(login, country, Role.MINISTRY)
        services.name_approver(actor=manager, core_list=core_list, user=user_of(actor), side=side, at=AT)
        sides.append(actor)
    return Commission(core_list, manager, experts, *sides)
