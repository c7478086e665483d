"""Reads of people: who acts, which readers, which classes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from kitaphana.core import clock, crypto
from kitaphana.core.access import Actor, Grant, Permission, Reach
from kitaphana.core.text.identifiers import iin_is_valid
from kitaphana.core.text.names import name_key
from kitaphana.core.text.scanner import decode_scan, looks_like_code
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization, within
from kitaphana.organizations.queries import ancestor_paths
from kitaphana.organizations.queries import search as search_nodes
from kitaphana.people.enums import Role
from kitaphana.people.models import ApiToken, Membership, Person, RoleAssignment, SchoolClass, User
from kitaphana.people.roles import PERMISSIONS


def actor_of(user: User, *, address: str = "") -> Actor:
    """The user as an actor, with the grants of all their roles (one statement)."""
    grants = tuple(
        Grant(path, PERMISSIONS[Role(role)])
        for path, role in RoleAssignment.objects.filter(user=user, user__is_active=True).values_list(
            "organization__path", "role"
        )
    )
    return Actor(user_id=user.pk, grants=grants, person_id=user.person_id, address=address, name=user.login)


def workplace(actor: Actor, *, preferred_id: int | None = None) -> Organization | None:
    """The library the actor works in: the chosen one if it is within reach, else the first within reach."""
    reach = actor.reach(Permission.NUMBERS_VIEW)
    libraries = Organization.objects.filter(within(reach), is_library=True, is_closed=False)
    # The chosen one sorts before all others: one statement, whether it is still within reach or not.
    chosen: Organization | None = libraries.order_by(
        Case(When(pk=preferred_id or 0, then=0), default=1), "path"
    ).first()
    return chosen


def token_digest(token: str) -> str:
    """The digest under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(token: str) -> ApiToken | None:
    """The token's row with its active user, or None."""
    return ApiToken.objects.select_related("user").filter(Q(user__is_active=True), digest=token_digest(token)).first()


def reader_by_card(library: Organization, card: str) -> Membership | None:
    """The reader of a library with that card (with person, class), also one who has left; one statement."""
    return (
        Membership.objects.filter(library=library, card_number=card)
        .select_related("person", "school_class", "library")
        .first()
    )


def person_by_iin(iin: str) -> Person | None:
    """The person with that IIN, found by the blind index."""
    return Person.objects.filter(iin_index=crypto.blind_index(iin)).first()


def readers(
    scope: Reach | Organization,
    *,
    text: str = "",
    school_class: SchoolClass | None = None,
    category: str = "",
    with_former: bool = False,
) -> QuerySet[Membership, Membership]:
    """Readers of a library or of a reach, by name in any spelling, card or both; not ordered."""
    found: QuerySet[Membership, Membership] = (
        Membership.objects.filter(library=scope)
        if isinstance(scope, Organization)
        else Membership.objects.within(scope)
    )
    found = found.select_related("person", "school_class", "library")
    if not with_former:
        found = found.filter(left_on__isnull=True)
    if school_class is not None:
        found = found.filter(school_class=school_class)
    if category:
        found = found.filter(category=category)
    if text := text.strip():
        found = found.filter(_named(text))
    return found


def _named(text: str) -> Q:
    code = decode_scan(text)
    if looks_like_code(code):
        condition = Q(card_number__istartswith=code)
        if iin_is_valid(code):
            condition |= Q(person__iin_index=crypto.blind_index(code))
        return condition
    words = name_key(text).split()
    condition = Q() if words else Q(pk__in=[])
    for word in words:
        condition &= Q(person__name_key__contains=word)
    return condition


def school_years(library: Organization) -> list[int]:
    """The school years a library has classes of, newest first."""
    return list(
        SchoolClass.objects.filter(library=library)
        .order_by("-school_year")
        .values_list("school_year", flat=True)
        .distinct()
    )


def present_school_year(library: Organization, today: date) -> int:
    """The school year a library is in: that of the day, or the next one where classes were promoted already
    in May.
    """
    year = clock.school_year(today)
    promoted = SchoolClass.objects.filter(library=library, school_year=year + 1, members__left_on__isnull=True)
    return year + 1 if promoted.filter(members__isnull=False).exists() else year


def classes(library: Organization, school_year: int) -> QuerySet[SchoolClass, SchoolClass]:
    """The classes of a school year with ``pupils`` (those who are there now) and their teacher, by grade and
    letter.
    """
    found: QuerySet[SchoolClass, SchoolClass] = (
        SchoolClass.objects.filter(library=library, school_year=school_year)
        .select_related("teacher")
        .annotate(pupils=Count("members", filter=Q(members__left_on__isnull=True)))
        .order_by("grade", "letter")
    )
    return found


def parallel_name(grade: int, letter: str) -> str:
    """Grade and letter as they are spoken: 7 «А»."""
    return f"{grade} «{letter}»" if letter else str(grade)


@dataclass(frozen=True, slots=True)
class PromotionLine:
    """A class of an earlier year that still has readers: how many, and where they go."""

    school_class: SchoolClass
    readers: int

    @property
    def next_name(self) -> str:
        """The class after the promotion."""
        return parallel_name(self.school_class.grade + 1, self.school_class.letter)


@dataclass(frozen=True, slots=True)
class PromotionPlan:
    """What a promotion into a school year would do."""

    school_year: int
    last_grade: int
    moving: list[PromotionLine]
    leaving: list[PromotionLine]
    existing: list[SchoolClass]

    @property
    def promoted(self) -> int:
        """How many readers move up."""
        return sum(line.readers for line in self.moving)

    @property
    def graduated(self) -> int:
        """How many readers leave as graduates."""
        return sum(line.readers for line in self.leaving)


LAST_GRADES = {
    OrganizationKind.SCHOOL: 11,
    OrganizationKind.COLLEGE: 4,
    OrganizationKind.UNIVERSITY: 4,
    OrganizationKind.KINDERGARTEN: 0,
}
"""The grade that graduates, where nobody says otherwise."""


def last_grade_of(library: Organization) -> int:
    """The grade that graduates in an organisation of this kind."""
    return LAST_GRADES.get(OrganizationKind(library.kind), 11)


def promotion_plan(library: Organization, school_year: int, *, last_grade: int | None = None) -> PromotionPlan:
    """What moving the school from the year before into ``school_year`` would do (two statements).

    Only classes of the year right before count: a class left behind for two years is not moved blindly.
    """
    last = last_grade_of(library) if last_grade is None else last_grade
    before = [
        PromotionLine(school_class, number)
        for school_class in classes(library, school_year - 1)
        if (number := getattr(school_class, "pupils", 0))
    ]
    # A grade above the graduating one has nowhere to go either.
    moving = [line for line in before if line.school_class.grade < last]
    leaving = [line for line in before if line.school_class.grade >= last]
    existing = list(SchoolClass.objects.filter(library=library, school_year=school_year))
    return PromotionPlan(school_year, last, moving, leaving, existing)


def roles_at(organization: Organization) -> QuerySet[RoleAssignment, RoleAssignment]:
    """Roles in force at a node: given there or above it, except those of readers."""
    paths = ancestor_paths(organization.path)
    return (
        RoleAssignment.objects.filter(organization__path__in=paths)
        .exclude(role=Role.READER)
        .select_related("user", "user__person", "organization")
        .order_by("-organization__depth", "role", "user__login")
    )


def assignable_roles(actor: Actor, organization: Organization) -> list[Role]:
    """The roles an actor may give at a node: those that permit nothing the actor lacks there."""
    if not actor.may(Permission.ROLES_ASSIGN, organization.path):
        return []
    return [role for role in Role if all(actor.may(permission, organization.path) for permission in PERMISSIONS[role])]


def workplaces(actor: Actor, text: str = "") -> QuerySet[Any, Any]:
    """The libraries an actor may work in, by a part of the name or code; in the order of the tree."""
    reach = actor.reach(Permission.NUMBERS_VIEW)
    return search_nodes(reach, text).filter(is_library=True, is_closed=False).order_by("path")
