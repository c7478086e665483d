"""Commands on the lines of a set and their editions. Each keeps the mark of the line against last year true."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from kitaphana.catalog.models import Record
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.text.kazakh import fold
from kitaphana.curriculum import errors, queries
from kitaphana.curriculum.enums import Action, Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.curriculum.services.sets import locked, repeated

MOST_COPIES = 20


def mark_of(textbook_set: TextbookSet, now: queries.TitleView, source: queries.TitleView | None) -> Change:
    """What became of a line against the line it was copied from; a set without a base has nothing to mark."""
    if textbook_set.based_on_id is None:
        return Change.SAME
    if source is None:
        return Change.NEW
    return Change.SAME if queries.facts_of(now) == queries.facts_of(source) else Change.REPLACED


def _marked(textbook_set: TextbookSet, title: SetTitle) -> None:
    """Write the mark of a line anew, after whatever was done to it."""
    if title.change == Change.REMOVED or textbook_set.based_on_id is None:
        return
    views = {}
    for row in SetTitle.objects.filter(pk__in=[title.pk, title.source_id or 0]).prefetch_related("editions"):
        editions = sorted(row.editions.all(), key=lambda one: (one.rank, one.pk))
        views[row.pk] = queries.view_of(
            row,
            tuple(queries.EditionView(one.record_id, one.rank, one.is_electronic, one.is_dropped) for one in editions),
        )
    mark = mark_of(textbook_set, views[title.pk], views.get(title.source_id or 0))
    if mark != title.change:
        title.change = mark
        title.save(update_fields=["change"])


def _facts(title: SetTitle) -> dict[str, Any]:
    return {
        "set": title.textbook_set_id,
        "subject": title.subject,
        "part": title.part,
        "per_pupil": title.per_pupil,
        "per_class_teacher": title.per_class_teacher,
        "is_returned": title.is_returned,
    }


def clean_name(subject: str, part: str) -> tuple[str, str]:
    """Subject and part without idle spaces.

    :raises BadTitle: no subject, or too long.
    """
    subject, part = " ".join(subject.split()), " ".join(part.split())
    if not subject or len(subject) > 120 or len(part) > 40:
        raise errors.BadTitle
    return subject, part


def _check_counts(*counts: int) -> None:
    if not all(0 <= count <= MOST_COPIES for count in counts) or not any(counts):
        raise errors.BadTitle


def _namesake(textbook_set: TextbookSet, subject: str, part: str, *, but: int | None = None) -> SetTitle | None:
    """The line of the same name in any writing."""
    wanted = (fold(subject), fold(part))
    for row in SetTitle.objects.filter(textbook_set=textbook_set):
        if row.pk != but and (fold(row.subject), fold(row.part)) == wanted:
            return row
    return None


@transaction.atomic
def add_title(
    *,
    actor: Actor,
    textbook_set: TextbookSet,
    subject: str,
    part: str = "",
    per_pupil: int = 1,
    per_class_teacher: int = 0,
    is_returned: bool = True,
    at: datetime,
    command_id: UUID | None = None,
) -> SetTitle:
    """Add a line at the end. A line of that name that was left out comes back with the new numbers.

    :raises BadTitle: no subject, or numbers of copies out of 0 … 20 or both 0.
    :raises TitleExists: the set has it.
    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, textbook_set.organization.path)
    if (repeat := repeated(command_id, Action.ADD_TITLE)) is not None:
        return SetTitle.objects.get(pk=repeat.object_id)
    row = locked(textbook_set)
    subject, part = clean_name(subject, part)
    _check_counts(per_pupil, per_class_teacher)
    title = _namesake(row, subject, part)
    if title is not None and title.change != Change.REMOVED:
        raise errors.TitleExists(name=title.name)
    last = SetTitle.objects.filter(textbook_set=row).aggregate(last=Max("position"))["last"] or 0
    title = title or SetTitle(textbook_set=row, position=last + 1)
    title.subject, title.part = subject, part
    title.per_pupil, title.per_class_teacher, title.is_returned = per_pupil, per_class_teacher, is_returned
    title.change = Change.SAME
    title.save()
    _marked(row, title)
    audit.record(
        actor,
        Action.ADD_TITLE,
        title,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        after=_facts(title),
    )
    return title


def _locked_title(title: SetTitle) -> tuple[TextbookSet, SetTitle]:
    row = locked(title.textbook_set)
    found = SetTitle.objects.filter(pk=title.pk).first()
    if found is None:
        raise NotFound
    return row, found


def _locked_edition(edition: SetEdition) -> tuple[TextbookSet, SetTitle, SetEdition]:
    row, title = _locked_title(edition.title)
    found = SetEdition.objects.filter(pk=edition.pk).first()
    if found is None:
        raise NotFound
    return row, title, found


@transaction.atomic
def change_title(
    *,
    actor: Actor,
    title: SetTitle,
    subject: str | None = None,
    part: str | None = None,
    per_pupil: int | None = None,
    per_class_teacher: int | None = None,
    is_returned: bool | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> SetTitle:
    """Change a line; what is None stays as it is.

    :raises BadTitle: no subject, or numbers of copies out of 0 … 20 or both 0.
    :raises TitleExists: the set has another line of that name.
    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, title.textbook_set.organization.path)
    if (repeat := repeated(command_id, Action.CHANGE_TITLE)) is not None:
        return SetTitle.objects.get(pk=repeat.object_id)
    row, title = _locked_title(title)
    before = _facts(title)
    title.subject, title.part = clean_name(
        title.subject if subject is None else subject, title.part if part is None else part
    )
    if per_pupil is not None:
        title.per_pupil = per_pupil
    if per_class_teacher is not None:
        title.per_class_teacher = per_class_teacher
    if is_returned is not None:
        title.is_returned = is_returned
    _check_counts(title.per_pupil, title.per_class_teacher)
    after = _facts(title)
    if after == before:
        return title
    if _namesake(row, title.subject, title.part, but=title.pk) is not None:
        raise errors.TitleExists(name=title.name)
    title.save()
    _marked(row, title)
    audit.record(
        actor,
        Action.CHANGE_TITLE,
        title,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before=before,
        after=after,
    )
    return title


@transaction.atomic
def remove_title(*, actor: Actor, title: SetTitle, at: datetime, command_id: UUID | None = None) -> None:
    """Leave a line out. One that came from last year stays, marked as left out; one that is new is deleted.

    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, title.textbook_set.organization.path)
    if repeated(command_id, Action.REMOVE_TITLE) is not None:
        return
    row, title = _locked_title(title)
    audit.record(
        actor,
        Action.REMOVE_TITLE,
        title,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before=_facts(title),
    )
    if title.source_id is None:
        title.delete()
    else:
        title.change = Change.REMOVED
        title.save(update_fields=["change"])


@transaction.atomic
def restore_title(*, actor: Actor, title: SetTitle, at: datetime, command_id: UUID | None = None) -> SetTitle:
    """Take back a line that was left out.

    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, title.textbook_set.organization.path)
    if repeated(command_id, Action.RESTORE_TITLE) is not None:
        return title
    row, title = _locked_title(title)
    if title.change != Change.REMOVED:
        return title
    title.change = Change.SAME
    title.save(update_fields=["change"])
    _marked(row, title)
    audit.record(
        actor,
        Action.RESTORE_TITLE,
        title,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        after=_facts(title),
    )
    return title


@transaction.atomic
def add_edition(
    *,
    actor: Actor,
    title: SetTitle,
    record: Record,
    is_electronic: bool = False,
    at: datetime,
    command_id: UUID | None = None,
) -> SetEdition:
    """Add an edition that satisfies a line; it is preferred after those that are there.

    :raises EditionExists: the line has it.
    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, title.textbook_set.organization.path)
    if (repeat := repeated(command_id, Action.ADD_EDITION)) is not None:
        return SetEdition.objects.get(pk=repeat.object_id)
    row, title = _locked_title(title)
    if title.editions.filter(record=record).exists():
        raise errors.EditionExists(title=record.title)
    last = title.editions.aggregate(last=Max("rank"))["last"] or 0
    edition = SetEdition.objects.create(title=title, record=record, rank=last + 1, is_electronic=is_electronic)
    _marked(row, title)
    audit.record(
        actor,
        Action.ADD_EDITION,
        edition,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        after={"title": title.pk, "subject": title.name, "record": record.pk, "is_electronic": is_electronic},
    )
    return edition


@transaction.atomic
def change_edition(
    *,
    actor: Actor,
    edition: SetEdition,
    is_electronic: bool | None = None,
    is_dropped: bool | None = None,
    is_first: bool = False,
    at: datetime,
    command_id: UUID | None = None,
) -> SetEdition:
    """Mark an edition as electronic or dropped, or prefer it to the others of its line; None stays as it is.

    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, edition.title.textbook_set.organization.path)
    if (repeat := repeated(command_id, Action.CHANGE_EDITION)) is not None:
        return SetEdition.objects.get(pk=repeat.object_id)
    row, title, edition = _locked_edition(edition)
    before = {"is_electronic": edition.is_electronic, "is_dropped": edition.is_dropped, "rank": edition.rank}
    if is_electronic is not None:
        edition.is_electronic = is_electronic
    if is_dropped is not None:
        edition.is_dropped = is_dropped
    if is_first and edition.rank != 1:
        title.editions.filter(rank__lt=edition.rank).update(rank=F("rank") + 1)
        edition.rank = 1
    after = {"is_electronic": edition.is_electronic, "is_dropped": edition.is_dropped, "rank": edition.rank}
    if after == before:
        return edition
    edition.save()
    _marked(row, title)
    audit.record(
        actor,
        Action.CHANGE_EDITION,
        edition,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before=before,
        after={**after, "title": title.pk, "record": edition.record_id},
    )
    return edition


def drop_edition(*, actor: Actor, edition: SetEdition, at: datetime, command_id: UUID | None = None) -> SetEdition:
    """Mark an edition as no longer approved: copies that are here count apart, and none is ordered.

    :raises SetApproved: the set is closed.
    """
    return change_edition(actor=actor, edition=edition, is_dropped=True, at=at, command_id=command_id)


@transaction.atomic
def remove_edition(*, actor: Actor, edition: SetEdition, at: datetime, command_id: UUID | None = None) -> None:
    """Take an edition out of a line: it was put there by mistake.

    :raises SetApproved: the set is closed.
    """
    actor.require(Permission.CURRICULUM_EDIT, edition.title.textbook_set.organization.path)
    if repeated(command_id, Action.REMOVE_EDITION) is not None:
        return
    row, title, edition = _locked_edition(edition)
    audit.record(
        actor,
        Action.REMOVE_EDITION,
        edition,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before={"title": title.pk, "subject": title.name, "record": edition.record_id},
    )
    title.editions.filter(rank__gt=edition.rank).update(rank=F("rank") - 1)
    edition.delete()
    _marked(row, title)
