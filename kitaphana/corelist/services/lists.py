"""Commands on lists: settings, criteria, commission, signatories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.corelist import errors, queries
from kitaphana.corelist.enums import Action, EducationLevel, Side, State
from kitaphana.corelist.models import (
    OLDEST,
    Application,
    Approver,
    CoreList,
    Criterion,
    Expert,
    Score,
    WorkingGroup,
)
from kitaphana.corelist.services.rights import repeated, require_manager
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.people import queries as people_queries
from kitaphana.people import services as people
from kitaphana.people.enums import Role, TeachingLanguage
from kitaphana.people.models import User


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What a list is for and the rules of its commission."""

    level: str
    language: str
    age_from: int
    age_to: int
    name_kk: str
    name_ru: str = ""
    name_en: str = ""
    quorum_percent: int = 50
    majority_percent: int = 50

    def checked(self) -> ListFacts:
        """The same, or a refusal.

        :raises BadList: something can't be.
        """
        if (
            self.level not in EducationLevel.values
            or self.language not in TeachingLanguage.values
            or not 0 <= self.age_from <= self.age_to <= OLDEST
            or not self.name_kk.strip()
            or max(len(self.name_kk), len(self.name_ru), len(self.name_en)) > 300
            or not 1 <= self.quorum_percent <= 100
            or not 1 <= self.majority_percent <= 99
        ):
            raise errors.BadList
        return self


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """A criterion with its weight, 1 to 100."""

    name_kk: str
    weight: int
    name_ru: str = ""
    name_en: str = ""


def checked_criteria(criteria: Sequence[CriterionFacts]) -> list[CriterionFacts]:
    """The criteria that have a name, or a refusal.

    :raises BadCriteria: none, a name twice or too long, a weight out of 1 … 100.
    """
    found = [one for one in criteria if one.name_kk.strip()]
    names = [" ".join(one.name_kk.split()).casefold() for one in found]
    too_long = any(max(len(one.name_kk), len(one.name_ru), len(one.name_en)) > 300 for one in found)
    if not found or len(set(names)) != len(names) or too_long or not all(1 <= one.weight <= 100 for one in found):
        raise errors.BadCriteria
    return found


@transaction.atomic
def make_list(
    *,
    actor: Actor,
    organization: Organization,
    facts: ListFacts,
    group: WorkingGroup | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> CoreList:
    """Make a list of the country; it has no version yet.

    :raises NotACountry: the node is none.
    :raises BadList: the facts can't be.
    :raises ListExists: there is one of that level, language and age.
    """
    actor.require(Permission.LIST_MANAGE, organization.path)
    if (repeat := repeated(command_id, Action.MAKE_LIST)) is not None:
        return CoreList.objects.get(pk=repeat.object_id)
    if organization.kind != OrganizationKind.COUNTRY:
        raise errors.NotACountry(name=organization.name)
    values = asdict(facts.checked())
    try:
        with transaction.atomic():
            made = CoreList.objects.create(organization=organization, group=group, made_at=at, **values)
    except IntegrityError as error:
        raise errors.ListExists from error
    _note(actor, Action.MAKE_LIST, made, at, command_id, after=values)
    return made


def _note(
    actor: Actor, action: Action, core_list: CoreList, at: datetime, command_id: UUID | None, **facts: Any
) -> None:
    audit.record(actor, action, core_list, at=at, library_id=core_list.organization_id, command_id=command_id, **facts)


@transaction.atomic
def change_list(
    *,
    actor: Actor,
    core_list: CoreList,
    facts: ListFacts,
    group: WorkingGroup | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> CoreList:
    """Change names, ages, quorum and majority; only while no version is past the gathering of proposals.

    :raises BadList, ListExists: as when it is made.
    :raises VersionUnderWay: experts already work by the present rules.
    """
    require_manager(actor, core_list)
    if repeated(command_id, Action.CHANGE_LIST) is not None:
        return CoreList.objects.get(pk=core_list.pk)
    row = CoreList.objects.select_for_update(of=("self",)).select_related("organization").get(pk=core_list.pk)
    _require_before_review(row)
    before = asdict(ListFacts(**{name: getattr(row, name) for name in ListFacts.__dataclass_fields__}))
    values = asdict(facts.checked())
    for name, value in values.items():
        setattr(row, name, value)
    row.group = group
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise errors.ListExists from error
    changed = [name for name in values if values[name] != before[name]]
    _note(
        actor,
        Action.CHANGE_LIST,
        row,
        at,
        command_id,
        before={name: before[name] for name in changed},
        after={name: values[name] for name in changed},
    )
    return row


def _require_before_review(core_list: CoreList) -> None:
    version = queries.under_way(core_list)
    if version is not None and version.state != State.DRAFT:
        raise errors.VersionUnderWay(number=version.number)


@transaction.atomic
def set_criteria(
    *,
    actor: Actor,
    core_list: CoreList,
    criteria: Sequence[CriterionFacts],
    at: datetime,
    command_id: UUID | None = None,
) -> list[Criterion]:
    """Set the criteria by which experts score titles; those of the same Kazakh name keep their points.

    :raises BadCriteria: no name, a name twice, a weight out of 1 … 100.
    :raises CriteriaInUse: a version is with the experts, or one to be left out has points.
    """
    require_manager(actor, core_list)
    if repeated(command_id, Action.SET_CRITERIA) is not None:
        return list(Criterion.objects.filter(core_list=core_list).order_by("position"))
    CoreList.objects.select_for_update().get(pk=core_list.pk)
    wanted = checked_criteria(criteria)
    version = queries.under_way(core_list)
    if version is not None and version.state != State.DRAFT:
        raise errors.CriteriaInUse
    present = {one.name_kk: one for one in Criterion.objects.filter(core_list=core_list)}
    left_out = [
        one.pk for name, one in present.items() if name not in {" ".join(one.name_kk.split()) for one in wanted}
    ]
    if Score.objects.filter(criterion__in=left_out).exists():
        raise errors.CriteriaInUse
    Criterion.objects.filter(pk__in=left_out).delete()
    for position, facts in enumerate(wanted, start=1):
        name = " ".join(facts.name_kk.split())
        row = present.get(name) or Criterion(core_list=core_list, name_kk=name)
        row.name_ru, row.name_en = facts.name_ru.strip(), facts.name_en.strip()
        row.weight, row.position = facts.weight, position
        row.save()
    after = {"criteria": [[one.name_kk, one.weight] for one in wanted]}
    _note(actor, Action.SET_CRITERIA, core_list, at, command_id, after=after)
    return list(Criterion.objects.filter(core_list=core_list).order_by("position"))


def user_by_login(login: str) -> User:
    """The account of a login.

    :raises UnknownUser: there is none.
    """
    user = User.objects.select_related("person").filter(login=login.strip(), is_active=True).first()
    if user is None:
        raise errors.UnknownUser(login=login.strip()[:80])
    return user


@transaction.atomic
def name_approver(
    *,
    actor: Actor,
    core_list: CoreList,
    user: User,
    side: Side,
    at: datetime,
    command_id: UUID | None = None,
) -> Approver:
    """Name somebody to sign for a ministry.

    :raises UserCannot: the account's role does not include signing.
    :raises OtherSide: the person is named for the other ministry.
    """
    require_manager(actor, core_list)
    if repeated(command_id, Action.NAME_APPROVER) is not None:
        return Approver.objects.get(core_list=core_list, user=user)
    if not people_queries.actor_of(user).may(Permission.LIST_APPROVE, core_list.organization.path):
        raise errors.UserCannot(login=user.login)
    made, created = Approver.objects.get_or_create(core_list=core_list, user=user, defaults={"side": side})
    if made.side != side:
        raise errors.OtherSide
    if created:
        after = {"login": user.login, "side": str(side)}
        _note(actor, Action.NAME_APPROVER, core_list, at, command_id, after=after)
    return made


@transaction.atomic
def remove_approver(*, actor: Actor, approver: Approver, at: datetime, command_id: UUID | None = None) -> None:
    """Somebody signs no longer; what they have signed stays."""
    core_list = approver.core_list
    require_manager(actor, core_list)
    if repeated(command_id, Action.REMOVE_APPROVER) is not None:
        return
    before = {"login": approver.user.login, "side": str(approver.side)}
    _note(actor, Action.REMOVE_APPROVER, core_list, at, command_id, before=before)
    Approver.objects.filter(pk=approver.pk).delete()


@transaction.atomic
def appoint_expert(
    *,
    actor: Actor,
    core_list: CoreList,
    user: User,
    application: Application | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Expert:
    """Take somebody into the commission; they get the role of an expert where they lack it. Twice stays once."""
    require_manager(actor, core_list)
    if repeated(command_id, Action.APPOINT_EXPERT) is not None:
        return Expert.objects.get(core_list=core_list, user=user, dismissed_at__isnull=True)
    CoreList.objects.select_for_update().get(pk=core_list.pk)
    present = Expert.objects.filter(core_list=core_list, user=user, dismissed_at__isnull=True).first()
    if present is not None:
        return present
    path = core_list.organization.path
    if not people_queries.actor_of(user).may(Permission.LIST_SCORE, path):
        # The appointment includes the right to do an expert's work, and nothing else.
        giver = actor.also(path, Permission.ROLES_ASSIGN, Permission.LIST_SCORE)
        people.assign_role(actor=giver, user=user, organization=core_list.organization, role=Role.EXPERT, at=at)
    made = Expert.objects.create(core_list=core_list, user=user, application=application, appointed_at=at)
    _note(actor, Action.APPOINT_EXPERT, core_list, at, command_id, after={"login": user.login})
    return made


@transaction.atomic
def dismiss_expert(*, actor: Actor, expert: Expert, at: datetime, command_id: UUID | None = None) -> None:
    """Take somebody out of the commission: points stay, votes no longer count."""
    core_list = expert.core_list
    require_manager(actor, core_list)
    if repeated(command_id, Action.DISMISS_EXPERT) is not None:
        return
    done = Expert.objects.filter(pk=expert.pk, dismissed_at__isnull=True).update(dismissed_at=at)
    if done:
        _note(actor, Action.DISMISS_EXPERT, core_list, at, command_id, before={"login": expert.user.login})
