"""Commands on accounts, roles and tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization
from kitaphana.people import queries
from kitaphana.people.enums import Role
from kitaphana.people.errors import BadLogin, LoginTaken, OwnRole, RoleTooStrong, TooMany
from kitaphana.people.models import ApiToken, Membership, Person, RoleAssignment, User
from kitaphana.people.roles import PERMISSIONS

LOGIN_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{2,79}")
MOST_AT_ONCE = 200
# Without 0/O, 1/l/I: a pupil copies it from a strip of paper.
_PASSWORD_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 - the signs passwords are made of


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account with its one-time password, which is known only now and must be changed at the first sign-
    in.
    """

    user: User
    password: str
    membership: Membership | None = None


def one_time_password() -> str:
    """Three groups of four signs that can't be mistaken for one another (59 bits)."""
    return "-".join("".join(secrets.choice(_PASSWORD_SIGNS) for _sign in range(4)) for _group in range(3))


def _require_role(actor: Actor, organization: Organization, role: Role) -> None:
    actor.require(Permission.ROLES_ASSIGN, organization.path)
    if not all(actor.may(permission, organization.path) for permission in PERMISSIONS[role]):
        raise RoleTooStrong(role=role.label)


@transaction.atomic
def create_account(
    *,
    actor: Actor,
    organization: Organization,
    role: Role,
    login: str,
    person: Person | None = None,
    password: str | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> NewAccount:
    """Make an account with a role at a node. Without a password a one-time one is made and given back.

    Repeating a ``command_id`` gives the same account with an empty password: it was told once.

    :raises RoleTooStrong: the role permits more than the actor may there.
    :raises LoginTaken, BadLogin: the login can't be used.
    """
    _require_role(actor, organization, role)
    if (repeat := audit.repeated(command_id)) is not None:
        return NewAccount(User.objects.get(pk=repeat.object_id), "")
    login = login.strip()
    if not LOGIN_FORM.fullmatch(login):
        raise BadLogin(login=login)
    if User.objects.filter(login__iexact=login).exists():
        raise LoginTaken(login=login)
    told = password or one_time_password()
    user = User.objects.create_user(login, told, person=person, must_change_password=password is None)
    RoleAssignment.objects.create(user=user, organization=organization, role=role)
    audit.record(
        actor,
        "people.account_made",
        user,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"login": login, "role": role},
    )
    return NewAccount(user, told)


@transaction.atomic
def create_reader_accounts(
    *,
    actor: Actor,
    library: Organization,
    memberships: Sequence[Membership],
    at: datetime,
    command_id: UUID | None = None,
) -> list[NewAccount]:
    """Let readers of the library sign in: login = card number, a one-time password each (at most 200 at
    once).

    A reader who has an account keeps it and gets a new one-time password; accounts that also have another
    role than
    reader are left alone. Repeating a ``command_id`` gives an empty list: the passwords were told once.

    :raises TooMany: more than 200 readers.
    """
    actor.require(Permission.PEOPLE_EDIT, library.path)
    if audit.repeated(command_id) is not None:
        return []
    if len(memberships) > MOST_AT_ONCE:
        raise TooMany(most=MOST_AT_ONCE)
    mine = [one for one in memberships if one.library_id == library.pk and one.left_on is None]
    present = {
        user.person_id: user
        for user in User.objects.select_for_update().filter(person__in=[one.person_id for one in mine])
    }
    staff = set(
        RoleAssignment.objects.filter(user__in=present.values())
        .exclude(role=Role.READER)
        .values_list("user_id", flat=True)
    )
    taken = set(User.objects.filter(login__in=[one.card_number for one in mine]).values_list("login", flat=True))
    made: list[NewAccount] = []
    fresh: list[User] = []
    for membership in mine:
        password = one_time_password()
        user = present.get(membership.person_id)
        if user is not None and user.pk in staff:
            continue
        if user is None:
            login = membership.card_number
            if login in taken:
                # Cards numbered by schools themselves may meet in another school.
                login = f"{library.code}-{membership.card_number}"
            user = User(login=login, person_id=membership.person_id)
            fresh.append(user)
        user.password, user.must_change_password = make_password(password), True
        made.append(NewAccount(user, password, membership))
    User.objects.bulk_create(fresh)
    User.objects.bulk_update([one.user for one in made if one.user not in fresh], ["password", "must_change_password"])
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(user=one.user, organization=library, role=Role.READER) for one in made],
        ignore_conflicts=True,
    )
    audit.record(
        actor,
        "people.reader_accounts_made",
        library,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"number": len(made), "memberships": [one.membership.pk for one in made if one.membership]},
    )
    return made


@transaction.atomic
def reset_password(
    *, actor: Actor, organization: Organization, user: User, at: datetime, command_id: UUID | None = None
) -> NewAccount:
    """Give an account a new one-time password (somebody forgot theirs).

    :raises RoleTooStrong: the account has a role that the actor could not give.
    """
    actor.require(Permission.ROLES_ASSIGN, organization.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return NewAccount(User.objects.get(pk=repeat.object_id), "")
    for assignment in user.roles.select_related("organization"):
        _require_role(actor, assignment.organization, Role(assignment.role))
    user = User.objects.select_for_update().get(pk=user.pk)
    told = one_time_password()
    user.set_password(told)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record(actor, "people.password_reset", user, at=at, library_id=organization.pk, command_id=command_id)
    return NewAccount(user, told)


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> User:
    """Set the password somebody chose for their own account; it is theirs from now on, not a told one."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record(queries.actor_of(user), "people.password_changed", user, at=at, library_id=None)
    return user


@transaction.atomic
def assign_role(
    *,
    actor: Actor,
    user: User,
    organization: Organization,
    role: Role,
    at: datetime,
    command_id: UUID | None = None,
) -> RoleAssignment:
    """Give a user a role at a node; it reaches the whole subtree. A role given twice stays one.

    :raises RoleTooStrong: the role permits more than the actor may there.
    """
    _require_role(actor, organization, role)
    if audit.repeated(command_id) is not None:
        return RoleAssignment.objects.get(user=user, organization=organization, role=role)
    assignment, created = RoleAssignment.objects.get_or_create(user=user, organization=organization, role=role)
    if created:
        audit.record(
            actor,
            "people.role_assigned",
            user,
            at=at,
            library_id=organization.pk,
            command_id=command_id,
            after={"login": user.login, "role": role, "organization": organization.code},
        )
    return assignment


@transaction.atomic
def revoke_role(*, actor: Actor, assignment: RoleAssignment, at: datetime, command_id: UUID | None = None) -> None:
    """Take a role away.

    :raises RoleTooStrong: the role permits more than the actor may there.
    :raises OwnRole: the actor would lose the right to assign roles.
    """
    organization, role = assignment.organization, Role(assignment.role)
    _require_role(actor, organization, role)
    if audit.repeated(command_id) is not None:
        return
    if assignment.user_id == actor.user_id and Permission.ROLES_ASSIGN in PERMISSIONS[role]:
        raise OwnRole()
    user = assignment.user
    removed, _by_kind = RoleAssignment.objects.filter(pk=assignment.pk).delete()
    if removed:
        audit.record(
            actor,
            "people.role_revoked",
            user,
            at=at,
            library_id=organization.pk,
            command_id=command_id,
            before={"login": user.login, "role": role, "organization": organization.code},
        )


@transaction.atomic
def make_token(user: User, *, name: str = "", at: datetime | None = None) -> str:
    """A new API token of a user; it is told once and stored only as a digest."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, name=name[:100], digest=queries.token_digest(token), made_at=at or clock.now())
    return token


@transaction.atomic
def revoke_tokens(*, actor: Actor, user: User, at: datetime) -> int:
    """Remove all tokens of the actor's own account; how many there were."""
    if actor.user_id != user.pk:
        actor.require(Permission.INSTALLATION, "")
    removed, _by_kind = ApiToken.objects.filter(user=user).delete()
    audit.record(actor, "people.tokens_revoked", user, at=at, library_id=None, before={"number": removed})
    return removed
