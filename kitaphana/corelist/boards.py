"""What waits for whom: the reads behind the page that everybody sees."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from kitaphana.core import clock
from kitaphana.core.access import Actor, Permission
from kitaphana.corelist import queries
from kitaphana.corelist.enums import Move, Party, ProposalState, State
from kitaphana.corelist.models import Approver, CoreList, Criterion, DeclaredConflict, Expert, Proposal, Score, Version
from kitaphana.corelist.models import Vote as VoteRow
from kitaphana.corelist.transitions import moves_of


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the version waits for, and how many titles they still have before them (None: it is one signature)."""

    user_id: int
    name: str
    left: int | None
    of: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a version waits for."""

    version: Version
    party: Party
    moves: tuple[Move, ...]
    people: tuple[Person, ...]
    days: int
    """How long the version has stood in its state."""
    is_mine: bool
    """Whether it waits for the person who looks."""


def titles_left(versions: list[Version], experts: dict[int, list[Expert]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Titles that each expert has before them, by version and expert: (left, all)."""
    judged = [one for one in versions if one.state in (State.REVIEW, State.VOTE)]
    if not judged:
        return {}
    ids = [one.pk for one in judged]
    state = {one.pk: one.state for one in judged}
    criteria = dict(
        Criterion.objects.filter(core_list__versions__in=ids).values_list("core_list__versions").annotate(n=Count("pk"))
    )
    titles: dict[int, set[int]] = defaultdict(set)
    of_version: dict[int, int] = {}
    open_ones = Proposal.objects.filter(version__in=ids, state=ProposalState.OPEN)
    for pk, version_id in open_ones.values_list("pk", "version_id"):
        if version_id is not None:
            titles[version_id].add(pk)
            of_version[pk] = version_id
    done: dict[int, set[int]] = defaultdict(set)
    scored = Score.objects.filter(proposal__version__in=ids).values_list("expert_id", "proposal_id")
    for expert_id, proposal_id, count in scored.annotate(n=Count("pk")):
        place = of_version.get(proposal_id, 0)
        if state.get(place) == State.REVIEW and count >= criteria.get(place, 0):
            done[expert_id].add(proposal_id)
    voted = VoteRow.objects.filter(proposal__version__in=ids).values_list("expert_id", "proposal_id")
    for expert_id, proposal_id in voted:
        if state.get(of_version.get(proposal_id, 0)) == State.VOTE:
            done[expert_id].add(proposal_id)
    conflicts: dict[int, set[int]] = defaultdict(set)
    declared = DeclaredConflict.objects.filter(proposal__version__in=ids)
    for expert_id, proposal_id in declared.values_list("expert_id", "proposal_id"):
        conflicts[expert_id].add(proposal_id)
    found = {}
    for one in judged:
        for expert in experts[one.core_list_id]:
            mine = titles[one.pk] - conflicts[expert.pk]
            found[one.pk, expert.pk] = (len(mine - done[expert.pk]), len(mine))
    return found


def waiting(actor: Actor, today: date) -> list[Waiting]:
    """Everything under way that waits for somebody; what waits for the one who looks comes first."""
    versions = [
        one
        for one in Version.objects.exclude(state=State.PUBLISHED).select_related("core_list__organization")
        if queries.may_propose(actor, one.core_list)
    ]
    lists = [one.core_list_id for one in versions]
    experts: dict[int, list[Expert]] = defaultdict(list)
    for expert in (
        Expert.objects.filter(core_list__in=lists, dismissed_at__isnull=True)
        .select_related("user__person")
        .order_by("pk")
    ):
        experts[expert.core_list_id].append(expert)
    signatories: dict[tuple[int, str], list[Person]] = defaultdict(list)
    for one in Approver.objects.filter(core_list__in=lists).select_related("user__person").order_by("pk"):
        signatories[one.core_list_id, one.side].append(Person(one.user_id, one.name, None, 0))
    left = titles_left(versions, experts)
    found = []
    for version in versions:
        by_party: dict[Party, list[Move]] = defaultdict(list)
        for move, edge in moves_of(version.state):
            if move not in (Move.RETURN, Move.EDIT):
                by_party[edge.who].append(move)
        for party, moves in by_party.items():
            people: tuple[Person, ...] = ()
            if party == Party.EXPERTS:
                people = tuple(
                    Person(one.user_id, one.name, *left.get((version.pk, one.pk), (0, 0)))
                    for one in experts[version.core_list_id]
                )
            elif party in (Party.EDUCATION, Party.CULTURE):
                people = tuple(signatories[version.core_list_id, party.value])
            found.append(
                Waiting(
                    version=version,
                    party=party,
                    moves=tuple(moves),
                    people=people,
                    days=(today - clock.day_of(version.since)).days,
                    is_mine=_is_mine(actor, version.core_list, party, people),
                )
            )
    return sorted(found, key=lambda one: (not one.is_mine, -one.days, one.version.pk, one.party == Party.EVERYONE))


def _is_mine(actor: Actor, core_list: CoreList, party: Party, people: tuple[Person, ...]) -> bool:
    if party == Party.MANAGER:
        return actor.may(Permission.LIST_MANAGE, core_list.organization.path)
    return any(one.user_id == actor.user_id and one.left != 0 for one in people)
