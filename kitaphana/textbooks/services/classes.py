"""A set to a class and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kitaphana.circulation import services as circulation
from kitaphana.circulation.services import Issued, ReturnLine
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.curriculum.models import SetTitle
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.textbooks import errors
from kitaphana.textbooks.enums import Action
from kitaphana.textbooks.grid import class_grid, plan
from kitaphana.textbooks.models import OwnBook


@dataclass(frozen=True, slots=True)
class SetIssued:
    """What was issued, and how many volumes the class still lacks because none is on the shelf."""

    issued: Issued
    lacking: int


@transaction.atomic
def issue_set(
    *,
    actor: Actor,
    school_class: SchoolClass,
    chosen: set[tuple[int, str]] | None = None,
    conditions: Mapping[tuple[int, str], str] | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> SetIssued:
    """Issue the set to a class: everything that somebody lacks, or the chosen cells (person id, column key).

    Who has a title, or uses an own book, gets nothing; two people who press at once issue once. ``conditions``: of a
    cell, or of a column under person 0. Repeating a ``command_id`` returns what the first command issued.

    :raises NoSet: no set holds for the class.
    :raises NothingLeftToIssue: nothing chosen is lacking, or none of it is on the shelf.
    """
    library = school_class.library
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if audit.repeated(command_id) is not None:
        return SetIssued(
            circulation.issue(actor=actor, library=library, lines=[], at=at, command_id=command_id),
            class_grid(school_class).lacks,
        )
    # Whoever comes second waits here, and then sees what the first one issued.
    school_class = SchoolClass.objects.select_for_update(of=("self",)).select_related("library").get(pk=school_class.pk)
    grid = class_grid(school_class)
    if grid.set_view is None:
        raise errors.NoSet(name=school_class.name)
    lines = plan(grid, chosen, conditions or {})
    if not lines:
        raise errors.NothingLeftToIssue
    issued = circulation.issue(actor=actor, library=library, lines=lines, at=at, command_id=command_id)
    return SetIssued(issued, grid.lacks - issued.volumes)


@transaction.atomic
def return_from_class(
    *,
    actor: Actor,
    school_class: SchoolClass,
    lines: Sequence[ReturnLine],
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Take back what people of a class bring, each volume with its condition; returns how many volumes came back."""
    return circulation.take_back(actor=actor, library=school_class.library, lines=lines, at=at, command_id=command_id)


def _own(actor: Actor, school_class: SchoolClass, person_id: int, title_id: int) -> dict[str, Any]:
    actor.require(Permission.CIRCULATION_LEND, school_class.library.path)
    is_member = Membership.objects.filter(school_class=school_class, person_id=person_id, left_on__isnull=True).exists()
    if not is_member or not SetTitle.objects.filter(pk=title_id).exists():
        raise errors.NotInClass
    return {"library": school_class.library, "person_id": person_id, "title_id": title_id}


@transaction.atomic
def mark_own(
    *,
    actor: Actor,
    school_class: SchoolClass,
    person_id: int,
    title_id: int,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Note that a pupil learns from a book of their own. Noting it twice changes nothing.

    :raises NotInClass: somebody, or a title, of another class.
    """
    facts = _own(actor, school_class, person_id, title_id)
    if audit.repeated(command_id) is not None:
        return
    row, is_new = OwnBook.objects.get_or_create(**facts, defaults={"made_at": at})
    if is_new:
        _record(actor, Action.MARK_OWN, row, at, school_class, command_id, person_id, title_id)


@transaction.atomic
def clear_own(
    *,
    actor: Actor,
    school_class: SchoolClass,
    person_id: int,
    title_id: int,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Take the note of an own book back.

    :raises NotInClass: somebody, or a title, of another class.
    """
    facts = _own(actor, school_class, person_id, title_id)
    if audit.repeated(command_id) is not None:
        return
    for row in OwnBook.objects.filter(**facts):
        _record(actor, Action.CLEAR_OWN, row, at, school_class, command_id, person_id, title_id)
        row.delete()


def _record(
    actor: Actor,
    action: Action,
    row: OwnBook,
    at: datetime,
    school_class: SchoolClass,
    command_id: UUID | None,
    person_id: int,
    title_id: int,
) -> None:
    audit.record(
        actor,
        action.value,
        row,
        at=at,
        library_id=school_class.library_id,
        command_id=command_id,
        after={"person": person_id, "title": title_id},
    )
