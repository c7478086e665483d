"""Commands on working groups: mandate, members, meetings and their minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.corelist import errors
from kitaphana.corelist.enums import Action, GroupRole
from kitaphana.corelist.models import GroupMember, Meeting, WorkingGroup
from kitaphana.corelist.services.rights import repeated, user_of
from kitaphana.corelist.services.route import canonical
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group's names, mandate and term."""

    name_kk: str
    mandate: str
    from_on: date
    until_on: date | None = None
    name_ru: str = ""
    name_en: str = ""

    def checked(self) -> GroupFacts:
        """The same, or a refusal.

        :raises BadGroup: no name, no mandate, or the last day before the first.
        """
        if (
            not self.name_kk.strip()
            or not 1 <= len(self.mandate.strip()) <= LONGEST
            or max(len(self.name_kk), len(self.name_ru), len(self.name_en)) > 300
            or (self.until_on is not None and self.until_on < self.from_on)
        ):
            raise errors.BadGroup
        return self


def _require(actor: Actor, group: WorkingGroup) -> None:
    actor.require(Permission.LIST_MANAGE, group.organization.path)


def _note(
    actor: Actor, action: Action, group: WorkingGroup, at: datetime, command_id: UUID | None, **after: Any
) -> None:
    audit.record(actor, action, group, at=at, library_id=group.organization_id, command_id=command_id, after=after)


@transaction.atomic
def save_group(
    *,
    actor: Actor,
    organization: Organization,
    facts: GroupFacts,
    group: WorkingGroup | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> WorkingGroup:
    """Make a working group, or change one.

    :raises BadGroup: the facts can't be.
    """
    actor.require(Permission.LIST_MANAGE, organization.path if group is None else group.organization.path)
    action = Action.MAKE_GROUP if group is None else Action.CHANGE_GROUP
    if (repeat := repeated(command_id, action)) is not None:
        return WorkingGroup.objects.get(pk=repeat.object_id)
    values = asdict(facts.checked())
    row = WorkingGroup(organization=organization) if group is None else group
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    _note(actor, action, row, at, command_id, name=facts.name_kk)
    return row


@transaction.atomic
def add_member(
    *,
    actor: Actor,
    group: WorkingGroup,
    user: User,
    role: str,
    position: str = "",
    on: date,
    at: datetime,
    command_id: UUID | None = None,
) -> GroupMember:
    """Take somebody into a group from a day on.

    :raises MemberExists: they are in it, or it has a chair already.
    :raises BadGroup: no such role.
    """
    _require(actor, group)
    if repeated(command_id, Action.ADD_MEMBER) is not None:
        return GroupMember.objects.get(group=group, user=user, until_on__isnull=True)
    if role not in GroupRole.values or len(position) > 200:
        raise errors.BadGroup
    try:
        with transaction.atomic():
            made = GroupMember.objects.create(group=group, user=user, role=role, position=position.strip(), from_on=on)
    except IntegrityError as error:
        raise errors.MemberExists from error
    _note(actor, Action.ADD_MEMBER, group, at, command_id, login=user.login, role=role)
    return made


@transaction.atomic
def remove_member(*, actor: Actor, member: GroupMember, on: date, at: datetime, command_id: UUID | None = None) -> None:
    """Somebody leaves a group; minutes keep them."""
    _require(actor, member.group)
    if repeated(command_id, Action.REMOVE_MEMBER) is not None:
        return
    if GroupMember.objects.filter(pk=member.pk, until_on__isnull=True).update(until_on=on):
        _note(actor, Action.REMOVE_MEMBER, member.group, at, command_id, login=member.user.login)


@transaction.atomic
def save_meeting(
    *,
    actor: Actor,
    group: WorkingGroup,
    on: date,
    agenda: str,
    minutes: str = "",
    attendees: Sequence[GroupMember],
    meeting: Meeting | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Meeting:
    """Note a meeting, or change its minutes until they are signed. Meetings of a group are numbered from 1.

    :raises BadMeeting: no agenda, nobody came, or somebody who is not of the group.
    :raises MinutesSigned: they are closed.
    """
    _require(actor, group)
    if (repeat := repeated(command_id, Action.HOLD_MEETING)) is not None:
        return Meeting.objects.get(pk=(repeat.after or {})["meeting"])
    WorkingGroup.objects.select_for_update().get(pk=group.pk)
    if (
        not 1 <= len(agenda.strip()) <= LONGEST
        or len(minutes) > LONGEST
        or not attendees
        or any(one.group_id != group.pk for one in attendees)
    ):
        raise errors.BadMeeting
    if meeting is None:
        last = Meeting.objects.filter(group=group).aggregate(last=Max("number"))["last"] or 0
        row = Meeting(group=group, number=last + 1)
    else:
        row = Meeting.objects.select_for_update().get(pk=meeting.pk, group=group)
        if row.signed_at is not None:
            raise errors.MinutesSigned
    row.on, row.agenda, row.minutes = on, agenda.strip(), minutes.strip()
    row.save()
    row.attendees.set(attendees)
    _note(actor, Action.HOLD_MEETING, group, at, command_id, meeting=row.pk, number=row.number)
    return row


def minutes_digest(meeting: Meeting) -> str:
    """SHA-256 of what the minutes say."""
    facts = {
        "group": meeting.group_id,
        "number": meeting.number,
        "on": meeting.on.isoformat(),
        "agenda": meeting.agenda,
        "minutes": meeting.minutes,
        "attendees": sorted(one.pk for one in meeting.attendees.all()),
    }
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


@transaction.atomic
def sign_minutes(*, actor: Actor, meeting: Meeting, at: datetime, command_id: UUID | None = None) -> Meeting:
    """Sign the minutes: the chair or the secretary, or the keeper of the lists. They are closed for good.

    :raises NotAllowed: somebody else.
    :raises BadMeeting: the minutes are empty.
    :raises MinutesSigned: it was done.
    """
    leads = GroupMember.objects.filter(
        group=meeting.group, user=actor.user_id or 0, until_on__isnull=True, role__in=["CHAIR", "SECRETARY"]
    )
    if not leads.exists():
        _require(actor, meeting.group)
    if repeated(command_id, Action.SIGN_MINUTES) is not None:
        return Meeting.objects.get(pk=meeting.pk)
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if row.signed_at is not None:
        raise errors.MinutesSigned
    if not row.minutes:
        raise errors.BadMeeting
    row.signed_at, row.signed_by, row.digest = at, user_of(actor), minutes_digest(row)
    row.save(update_fields=["signed_at", "signed_by", "digest"])
    _note(actor, Action.SIGN_MINUTES, meeting.group, at, command_id, meeting=row.pk, digest=row.digest)
    return row
