"""What every command asks first: who may, is it a repetition, does the state of the version allow it."""

from __future__ import annotations

from uuid import UUID

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import Conflict, NotAllowed
from kitaphana.core.models import AuditEntry
from kitaphana.corelist import errors, queries
from kitaphana.corelist.enums import Action, Move, Party, State
from kitaphana.corelist.models import Approver, CoreList, Expert, Step, Version
from kitaphana.corelist.transitions import Transition, transition
from kitaphana.people.models import User


def repeated(command_id: UUID | None, action: Action) -> AuditEntry | None:
    """The entry of a command that was carried out already.

    :raises Conflict: the id belongs to another command.
    """
    entry = audit.repeated(command_id)
    if entry is not None and entry.action != action:
        raise Conflict
    return entry


def user_of(actor: Actor) -> User | None:
    """The account that acts; None: the program itself."""
    return None if actor.user_id is None else User.objects.select_related("person").get(pk=actor.user_id)


def require_proposer(actor: Actor, core_list: CoreList) -> None:
    """Pass those entitled to propose for the list.

    :raises NotAllowed: the actor is not.
    """
    if not queries.may_propose(actor, core_list):
        raise NotAllowed


def require_manager(actor: Actor, core_list: CoreList) -> None:
    """Pass the keepers of the list.

    :raises NotAllowed: the actor is none.
    """
    actor.require(Permission.LIST_MANAGE, core_list.organization.path)


def require_expert(actor: Actor, core_list: CoreList) -> Expert:
    """The actor as an expert of the commission.

    :raises NotAllowed: the actor lacks the right.
    :raises NotInCommission: nobody has appointed them.
    """
    actor.require(Permission.LIST_SCORE, core_list.organization.path)
    expert = queries.expert_of(actor, core_list)
    if expert is None:
        raise errors.NotInCommission
    return expert


def require_signatory(actor: Actor, version: Version, side: Party) -> None:
    """Pass who signs for a ministry.

    :raises NotSignatory: the actor is not named for that side.
    :raises OtherSide: the actor has signed this version for the other ministry.
    """
    core_list = version.core_list
    actor.require(Permission.LIST_APPROVE, core_list.organization.path)
    if not Approver.objects.filter(core_list=core_list, user=actor.user_id or 0, side=side.value).exists():
        raise errors.NotSignatory(side=side.label)
    others = Step.objects.filter(version=version, user=actor.user_id).exclude(side__in=["", side.value])
    if others.exists():
        raise errors.OtherSide


def require_move(version: Version, move: Move) -> Transition:
    """What the table says of a move in the state of the version.

    :raises NotNow: nothing.
    """
    found = transition(version.state, move)
    if found is None:
        raise errors.NotNow(move=move.label, state=State(version.state).label)
    return found


def locked(version_id: int) -> Version:
    """The version's row, locked, with its list."""
    return Version.objects.select_for_update(of=("self",)).select_related("core_list__organization").get(pk=version_id)
