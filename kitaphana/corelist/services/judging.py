"""Commands of the experts: points, votes, conflicts of interest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit
from kitaphana.core.access import Actor
from kitaphana.core.errors import NotFound
from kitaphana.corelist import errors
from kitaphana.corelist.enums import Action, Choice, Move, ProposalState, State
from kitaphana.corelist.models import MOST_POINTS, Criterion, DeclaredConflict, Expert, Proposal, Score, Version, Vote
from kitaphana.corelist.services.rights import locked, repeated, require_expert, require_move


def _judged(actor: Actor, proposal: Proposal, move: Move) -> tuple[Version, Proposal, Expert]:
    """Version (locked), proposal and expert, where the expert may do this to that title now.

    :raises NotAllowed, NotInCommission: the actor is no expert of the list.
    :raises NotNow: the version is not with the experts.
    :raises ProposalClosed: the proposal is not under consideration.
    :raises Conflicted: the expert has declared a conflict of interest.
    """
    expert = require_expert(actor, proposal.core_list)
    if proposal.version_id is None:
        raise errors.NotNow(move=move.label, state=ProposalState(proposal.state).label)
    version = locked(proposal.version_id)
    require_move(version, move)
    row = Proposal.objects.get(pk=proposal.pk)
    if row.state != ProposalState.OPEN:
        raise errors.ProposalClosed(state=ProposalState(row.state).label)
    if DeclaredConflict.objects.filter(proposal=row, expert=expert).exists():
        raise errors.Conflicted(title=row.title)
    return version, row, expert


@transaction.atomic
def score(
    *,
    actor: Actor,
    proposal: Proposal,
    criterion: Criterion,
    points: int | None,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Give a title points by a criterion, 0 to 10; None takes them back.

    :raises BadPoints: out of bounds.
    :raises NotNow, ProposalClosed, Conflicted, NotInCommission: the expert may not score the title now.
    """
    if repeated(command_id, Action.SCORE) is not None:
        return
    version, row, expert = _judged(actor, proposal, Move.SCORE)
    if criterion.core_list_id != row.core_list_id:
        raise NotFound
    if points is not None and not 0 <= points <= MOST_POINTS:
        raise errors.BadPoints
    if points is None:
        Score.objects.filter(proposal=row, expert=expert, criterion=criterion).delete()
    else:
        Score.objects.update_or_create(proposal=row, expert=expert, criterion=criterion, defaults={"points": points})
    audit.record(
        actor,
        Action.SCORE,
        row,
        at=at,
        library_id=version.core_list.organization_id,
        command_id=command_id,
        after={"criterion": criterion.pk, "points": points},
    )


@transaction.atomic
def vote(*, actor: Actor, proposal: Proposal, choice: str, at: datetime, command_id: UUID | None = None) -> Vote:
    """Vote on a title; until the vote is closed the vote can be changed.

    :raises BadChoice: none of the three.
    :raises NotNow, ProposalClosed, Conflicted, NotInCommission: the expert may not vote on the title now.
    """
    if repeated(command_id, Action.VOTE) is not None:
        return Vote.objects.get(proposal=proposal, expert__user=actor.user_id, expert__dismissed_at__isnull=True)
    version, row, expert = _judged(actor, proposal, Move.VOTE)
    if choice not in Choice.values:
        raise errors.BadChoice
    made, _created = Vote.objects.update_or_create(proposal=row, expert=expert, defaults={"choice": choice, "at": at})
    audit.record(
        actor,
        Action.VOTE,
        row,
        at=at,
        library_id=version.core_list.organization_id,
        command_id=command_id,
        after={"choice": choice},
    )
    return made


@transaction.atomic
def declare_conflict(
    *, actor: Actor, proposal: Proposal, reason: str, at: datetime, command_id: UUID | None = None
) -> DeclaredConflict:
    """Declare a conflict of interest on a title: points and vote of the expert go, none can be given any more.

    :raises ReasonNeeded: no reason.
    :raises NotInCommission: the actor is no expert of the list.
    :raises NotNow: the vote on the title is over.
    """
    expert = require_expert(actor, proposal.core_list)
    if repeated(command_id, Action.DECLARE_CONFLICT) is not None:
        return DeclaredConflict.objects.get(proposal=proposal, expert=expert)
    reason = reason.strip()[:500]
    if not reason:
        raise errors.ReasonNeeded
    if proposal.version_id is not None:
        version = locked(proposal.version_id)
        if version.state not in (State.DRAFT, State.REVIEW, State.VOTE):
            raise errors.NotNow(move=Action.DECLARE_CONFLICT.label, state=State(version.state).label)
    made, created = DeclaredConflict.objects.get_or_create(
        proposal=proposal, expert=expert, defaults={"reason": reason, "at": at}
    )
    if created:
        Score.objects.filter(proposal=proposal, expert=expert).delete()
        Vote.objects.filter(proposal=proposal, expert=expert).delete()
        audit.record(
            actor,
            Action.DECLARE_CONFLICT,
            proposal,
            at=at,
            library_id=proposal.core_list.organization_id,
            command_id=command_id,
            after={"title": proposal.title},
        )
    return made
