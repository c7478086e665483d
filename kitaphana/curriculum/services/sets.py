"""Commands on whole sets: make, copy, approve, open again, delete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import Conflict
from kitaphana.core.models import AuditEntry
from kitaphana.curriculum import errors
from kitaphana.curriculum.enums import Action, Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Profile, TeachingLanguage

BATCH = 200


def repeated(command_id: UUID | None, action: Action) -> AuditEntry | None:
    """The entry of a command that was carried out already.

    :raises Conflict: the id belongs to another command.
    """
    entry = audit.repeated(command_id)
    if entry is not None and entry.action != action:
        raise Conflict
    return entry


def facts(one: TextbookSet) -> dict[str, Any]:
    """What the journal says of a set."""
    return {
        "grade": one.grade,
        "language": str(one.language),
        "profile": str(one.profile),
        "school_year": one.school_year,
    }


def locked(textbook_set: TextbookSet) -> TextbookSet:
    """The set's row, locked and open for changes.

    :raises SetApproved: it is closed.
    """
    row = TextbookSet.objects.select_for_update(of=("self",)).select_related("organization").get(pk=textbook_set.pk)
    if row.is_approved:
        raise errors.SetApproved
    return row


def check_key(*, grade: int, language: str, profile: str, school_year: int) -> None:
    """Pass what can be the key of a set.

    :raises BadSet: it can't.
    """
    if (
        not 0 <= grade <= 12
        or not 2000 <= school_year <= 2100
        or language not in TeachingLanguage.values
        or profile not in ("", *Profile.values)
    ):
        raise errors.BadSet(grade=grade, school_year=school_year)


@transaction.atomic
def make_set(
    *,
    actor: Actor,
    organization: Organization,
    grade: int,
    language: str,
    profile: str = "",
    school_year: int,
    at: datetime,
    command_id: UUID | None = None,
) -> TextbookSet:
    """Make an empty set for a node and everything below it.

    :param school_year: calendar year in which the school year begins.
    :raises BadSet: grade, language, profile or year are out of their bounds.
    :raises SetExists: the node has such a set.
    """
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if (repeat := repeated(command_id, Action.MAKE)) is not None:
        return TextbookSet.objects.get(pk=repeat.object_id)
    check_key(grade=grade, language=language, profile=profile, school_year=school_year)
    try:
        with transaction.atomic():
            made = TextbookSet.objects.create(
                organization=organization, grade=grade, language=language, profile=profile, school_year=school_year
            )
    except IntegrityError as error:
        raise errors.SetExists from error
    audit.record(actor, Action.MAKE, made, at=at, library_id=organization.pk, command_id=command_id, after=facts(made))
    return made


@transaction.atomic
def copy_set(
    *,
    actor: Actor,
    source: TextbookSet,
    school_year: int,
    organization: Organization | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> TextbookSet:
    """Copy a set to another year, or to another node (a school's own version of the country's set).

    The copy is a draft; whatever is changed in it is marked against the set it came from. Titles that were left out
    of the source and the marks of the source are not copied.

    :param organization: the node that gets the copy; None: the one of the source.
    :raises SetExists: the node has such a set.
    """
    target = organization or source.organization
    actor.require(Permission.CURRICULUM_EDIT, target.path)
    if (repeat := repeated(command_id, Action.COPY)) is not None:
        return TextbookSet.objects.get(pk=repeat.object_id)
    check_key(grade=source.grade, language=source.language, profile=source.profile, school_year=school_year)
    try:
        with transaction.atomic():
            (made,) = _copied([source], target, school_year)
    except IntegrityError as error:
        raise errors.SetExists from error
    after = {**facts(made), "based_on": source.pk}
    audit.record(actor, Action.COPY, made, at=at, library_id=target.pk, command_id=command_id, after=after)
    return made


@transaction.atomic
def copy_year(
    *,
    actor: Actor,
    organization: Organization,
    from_year: int,
    to_year: int,
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Copy all sets of a node to another year, those excepted that the year has; returns how many were copied.

    The number of statements does not grow with the number of sets.

    :raises NothingToCopy: there are none, or the year has all of them.
    """
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if (repeat := repeated(command_id, Action.COPY_YEAR)) is not None:
        return int((repeat.after or {}).get("sets", 0))
    Organization.objects.select_for_update().get(pk=organization.pk)
    here = TextbookSet.objects.filter(organization=organization)
    present = set(here.filter(school_year=to_year).values_list("grade", "language", "profile"))
    sources = [
        one
        for one in here.filter(school_year=from_year).order_by("grade", "language", "profile")
        if (one.grade, one.language, one.profile) not in present
    ]
    if not sources or not 2000 <= to_year <= 2100:
        raise errors.NothingToCopy
    made = _copied(sources, organization, to_year)
    audit.record(
        actor,
        Action.COPY_YEAR,
        organization,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"from_year": from_year, "to_year": to_year, "sets": len(made)},
    )
    return len(made)


def _copied(sources: Sequence[TextbookSet], organization: Organization, school_year: int) -> list[TextbookSet]:
    """Copies of sets with titles and editions (five statements for some hundred lines)."""
    made = [
        TextbookSet(
            organization=organization,
            grade=one.grade,
            language=one.language,
            profile=one.profile,
            school_year=school_year,
            based_on=one,
        )
        for one in sources
    ]
    TextbookSet.objects.bulk_create(made)
    new_sets = {old.pk: new for old, new in zip(sources, made, strict=True)}
    titles: dict[int, SetTitle] = {}
    positions: dict[int, int] = defaultdict(int)
    rows = SetTitle.objects.filter(textbook_set__in=sources).exclude(change=Change.REMOVED)
    for row in rows.order_by("textbook_set", "position", "pk"):
        positions[row.textbook_set_id] += 1
        titles[row.pk] = SetTitle(
            textbook_set=new_sets[row.textbook_set_id],
            position=positions[row.textbook_set_id],
            subject=row.subject,
            part=row.part,
            per_pupil=row.per_pupil,
            per_class_teacher=row.per_class_teacher,
            is_returned=row.is_returned,
            change=Change.SAME,
            source=row,
        )
    SetTitle.objects.bulk_create(titles.values(), batch_size=BATCH)
    editions = [
        SetEdition(
            title=titles[row.title_id],
            record_id=row.record_id,
            rank=row.rank,
            is_electronic=row.is_electronic,
            is_dropped=row.is_dropped,
        )
        for row in SetEdition.objects.filter(title__textbook_set__in=sources)
        if row.title_id in titles
    ]
    SetEdition.objects.bulk_create(editions, batch_size=BATCH)
    return made


@transaction.atomic
def approve_set(
    *, actor: Actor, textbook_set: TextbookSet, at: datetime, command_id: UUID | None = None
) -> TextbookSet:
    """Approve a set: from now on it goes before drafts, and it is closed for changes.

    :raises SetApproved: it is approved already.
    :raises EmptySet: it has no titles.
    """
    actor.require(Permission.CURRICULUM_EDIT, textbook_set.organization.path)
    if (repeat := repeated(command_id, Action.APPROVE)) is not None:
        return TextbookSet.objects.get(pk=repeat.object_id)
    row = locked(textbook_set)
    if not row.titles.exclude(change=Change.REMOVED).exists():
        raise errors.EmptySet
    row.is_approved, row.approved_at = True, at
    row.save(update_fields=["is_approved", "approved_at"])
    audit.record(
        actor, Action.APPROVE, row, at=at, library_id=row.organization_id, command_id=command_id, after=facts(row)
    )
    return row


@transaction.atomic
def reopen_set(*, actor: Actor, textbook_set: TextbookSet, at: datetime, command_id: UUID | None = None) -> TextbookSet:
    """Take the approval back, so that the set can be changed. A draft stays as it is."""
    actor.require(Permission.CURRICULUM_EDIT, textbook_set.organization.path)
    if (repeat := repeated(command_id, Action.REOPEN)) is not None:
        return TextbookSet.objects.get(pk=repeat.object_id)
    row = TextbookSet.objects.select_for_update().get(pk=textbook_set.pk)
    if not row.is_approved:
        return row
    row.is_approved, row.approved_at = False, None
    row.save(update_fields=["is_approved", "approved_at"])
    audit.record(
        actor, Action.REOPEN, row, at=at, library_id=row.organization_id, command_id=command_id, after=facts(row)
    )
    return row


@transaction.atomic
def delete_set(*, actor: Actor, textbook_set: TextbookSet, at: datetime, command_id: UUID | None = None) -> None:
    """Delete a draft with everything in it.

    :raises SetApproved: it is closed.
    :raises SetInUse: another set was copied from it.
    """
    actor.require(Permission.CURRICULUM_EDIT, textbook_set.organization.path)
    if repeated(command_id, Action.DELETE) is not None:
        return
    row = locked(textbook_set)
    if row.copies.exists():
        raise errors.SetInUse
    audit.record(
        actor, Action.DELETE, row, at=at, library_id=row.organization_id, command_id=command_id, before=facts(row)
    )
    row.delete()
