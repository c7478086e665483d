"""Commands on the reading list: works, their editions, and the search for editions in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.curriculum import errors
from kitaphana.curriculum.enums import Action, Term
from kitaphana.curriculum.matching import is_edition, key_of, sort_title
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.curriculum.services.sets import BATCH, repeated
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage

CHUNK = 500
FIELDS = ("grade", "language", "subject", "term", "author", "title", "is_compulsory", "pupils_per_copy", "note")


def facts(work: CurriculumWork) -> dict[str, Any]:
    """What the journal says of a work."""
    return {name: getattr(work, name) for name in FIELDS} | {"first_year": work.first_year, "last_year": work.last_year}


def check(work: CurriculumWork) -> None:
    """Pass what can stand in the list.

    :raises BadWork: it can't.
    """
    if (
        not any(sign.isalnum() for sign in work.title)
        or len(work.title) > 300
        or len(work.author) > 200
        or len(work.note) > 300
        or not 0 < len(work.subject) <= 120
        or not 0 <= work.grade <= 12
        or work.term not in Term.values
        or work.language not in TeachingLanguage.values
        or not 1 <= work.pupils_per_copy <= 50
        or not 2000 <= work.first_year <= 2100
    ):
        raise errors.BadWork


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _read_together(one: CurriculumWork) -> bool:
    """Whether another line of the node says the same of some school year in common."""
    others = CurriculumWork.objects.filter(
        Q(last_year__isnull=True) | Q(last_year__gte=one.first_year),
        organization_id=one.organization_id,
        grade=one.grade,
        language=one.language,
        key=one.key,
        subject=one.subject,
    ).exclude(pk=one.pk)
    if one.last_year is not None:
        others = others.filter(first_year__lte=one.last_year)
    return others.exists()


def _save(one: CurriculumWork) -> None:
    if _read_together(one):
        raise errors.WorkExists(name=one.name)
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as error:
        raise errors.WorkExists(name=one.name) from error


def _locked(work: CurriculumWork) -> CurriculumWork:
    return CurriculumWork.objects.select_for_update(of=("self",)).select_related("organization").get(pk=work.pk)


@transaction.atomic
def add_work(
    *,
    actor: Actor,
    organization: Organization,
    school_year: int,
    grade: int,
    language: str,
    subject: str,
    title: str,
    author: str = "",
    term: int = Term.YEAR,
    is_compulsory: bool = True,
    pupils_per_copy: int = 2,
    note: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> CurriculumWork:
    """Put a work into a node's list from a school year on; its editions are looked for in the catalogue at once.

    :param pupils_per_copy: how many pupils share a copy; from it follows how many copies are needed.
    :raises BadWork: something is missing or out of its bounds.
    :raises WorkExists: the node's list has the work in that grade and subject.
    """
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if (repeat := repeated(command_id, Action.ADD_WORK)) is not None:
        return CurriculumWork.objects.get(pk=repeat.object_id)
    author, title = _clean(author), _clean(title)
    made = CurriculumWork(
        organization=organization,
        first_year=school_year,
        grade=grade,
        language=language,
        subject=_clean(subject),
        term=term,
        author=author,
        title=title,
        is_compulsory=is_compulsory,
        pupils_per_copy=pupils_per_copy,
        note=_clean(note),
        position=CurriculumWork.objects.filter(organization=organization, grade=grade, language=language).count() + 1,
        key=key_of(author, title),
    )
    check(made)
    _save(made)
    match([made])
    audit.record(
        actor, Action.ADD_WORK, made, at=at, library_id=organization.pk, command_id=command_id, after=facts(made)
    )
    return made


@transaction.atomic
def change_work(
    *, actor: Actor, work: CurriculumWork, at: datetime, command_id: UUID | None = None, **changes: Any
) -> CurriculumWork:
    """Change a work of the list; what is not named stays (names: ``FIELDS``).

    :raises BadWork: something is missing or out of its bounds.
    :raises WorkExists: another line of the node says the same.
    """
    actor.require(Permission.CURRICULUM_EDIT, work.organization.path)
    if repeated(command_id, Action.CHANGE_WORK) is not None:
        return CurriculumWork.objects.get(pk=work.pk)
    row = _locked(work)
    before = facts(row)
    for name, value in changes.items():
        if name not in FIELDS:
            raise TypeError(name)
        setattr(row, name, _clean(value) if isinstance(value, str) else value)
    check(row)
    after = facts(row)
    if after == before:
        return row
    row.key = key_of(row.author, row.title)
    _save(row)
    if (row.author, row.title) != (before["author"], before["title"]):
        # Another text: what was found under the old name does not follow; what a person added does.
        row.editions.filter(is_manual=False, is_left_out=False).delete()
        match([row])
    audit.record(
        actor,
        Action.CHANGE_WORK,
        row,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before=before,
        after=after,
    )
    return row


@transaction.atomic
def remove_work(
    *, actor: Actor, work: CurriculumWork, school_year: int, at: datetime, command_id: UUID | None = None
) -> None:
    """Take a work out of the list from a school year on; earlier years keep it, a list of this year loses it."""
    actor.require(Permission.CURRICULUM_EDIT, work.organization.path)
    if repeated(command_id, Action.REMOVE_WORK) is not None:
        return
    row = _locked(work)
    before = facts(row)
    audit.record(
        actor,
        Action.REMOVE_WORK,
        row,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before=before,
        after={"from_year": school_year},
    )
    if row.first_year >= school_year:
        row.delete()
    else:
        row.last_year = min(school_year - 1, row.last_year if row.last_year is not None else school_year)
        row.save(update_fields=["last_year"])


@transaction.atomic
def copy_work(
    *,
    actor: Actor,
    work: CurriculumWork,
    organization: Organization,
    school_year: int,
    at: datetime,
    command_id: UUID | None = None,
) -> CurriculumWork:
    """A node's own line of a work that a node above lists: below it holds instead, with its own term and editions.

    :raises WorkExists: the node has one.
    """
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if (repeat := repeated(command_id, Action.COPY_WORK)) is not None:
        return CurriculumWork.objects.get(pk=repeat.object_id)
    made = CurriculumWork(
        organization=organization,
        first_year=school_year,
        key=work.key,
        position=work.position,
        **{name: getattr(work, name) for name in FIELDS},
    )
    _save(made)
    WorkEdition.objects.bulk_create(
        WorkEdition(work=made, record_id=one.record_id, is_manual=one.is_manual, is_left_out=one.is_left_out)
        for one in work.editions.order_by("pk")
    )
    audit.record(
        actor,
        Action.COPY_WORK,
        made,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        before={"work": work.pk},
        after=facts(made),
    )
    return made


@transaction.atomic
def add_work_edition(
    *, actor: Actor, work: CurriculumWork, record: Record, at: datetime, command_id: UUID | None = None
) -> WorkEdition:
    """Say that an edition holds the work: a collection, a translation, a title written otherwise.

    :raises WorkHasEdition: it belongs to the work already.
    """
    actor.require(Permission.CURRICULUM_EDIT, work.organization.path)
    if (repeat := repeated(command_id, Action.ADD_WORK_EDITION)) is not None:
        return WorkEdition.objects.get(pk=repeat.object_id)
    row = _locked(work)
    edition = row.editions.filter(record=record).first()
    if edition is not None and not edition.is_left_out:
        raise errors.WorkHasEdition(title=record.title)
    if edition is None:
        edition = WorkEdition(work=row, record=record)
    edition.is_manual, edition.is_left_out = True, False
    edition.save()
    audit.record(
        actor,
        Action.ADD_WORK_EDITION,
        edition,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        after={"work": row.pk, "record": record.pk},
    )
    return edition


@transaction.atomic
def remove_work_edition(
    *, actor: Actor, edition: WorkEdition, at: datetime, command_id: UUID | None = None
) -> WorkEdition:
    """Say that an edition does not hold the work; no search brings it back."""
    work = edition.work
    actor.require(Permission.CURRICULUM_EDIT, work.organization.path)
    if repeated(command_id, Action.REMOVE_WORK_EDITION) is not None:
        return edition
    row = _locked(work)
    edition = row.editions.get(pk=edition.pk)
    if edition.is_left_out:
        return edition
    edition.is_left_out = True
    edition.save(update_fields=["is_left_out"])
    audit.record(
        actor,
        Action.REMOVE_WORK_EDITION,
        edition,
        at=at,
        library_id=row.organization_id,
        command_id=command_id,
        before={"work": row.pk, "record": edition.record_id},
    )
    return edition


def found_editions(works: Iterable[CurriculumWork]) -> list[list[int]]:
    """Records whose title and author agree with each of the works (one statement for 500 of them)."""
    works = list(works)
    by_title: dict[str, list[int]] = {}
    for place, work in enumerate(works):
        by_title.setdefault(sort_title(work.title), []).append(place)
    found: list[list[int]] = [[] for _work in works]
    titles = sorted(by_title)
    for start in range(0, len(titles), CHUNK):
        rows = (
            Record.objects.filter(sort_title__in=titles[start : start + CHUNK])
            .exclude(kind=RecordKind.TEXTBOOK)
            .order_by("pk")
            .values_list("pk", "sort_title", "title", "authors")
        )
        for pk, key, title, authors in rows:
            for place in by_title[key]:
                if is_edition(works[place].author, works[place].title, title, authors):
                    found[place].append(pk)
    return found


def match(works: Sequence[CurriculumWork]) -> set[int]:
    """Add the editions that the catalogue has of works and that they lack; returns the ids of their records.

    Editions that a person took out stay out.
    """
    present: dict[int, set[int]] = {}
    for work_id, record_id in WorkEdition.objects.filter(work__in=[one.pk for one in works]).values_list(
        "work_id", "record_id"
    ):
        present.setdefault(work_id, set()).add(record_id)
    new = [
        WorkEdition(work=work, record_id=record_id)
        for work, records in zip(works, found_editions(works), strict=True)
        for record_id in records
        if record_id not in present.get(work.pk, ())
    ]
    WorkEdition.objects.bulk_create(new, batch_size=BATCH)
    return {one.record_id for one in new}


@transaction.atomic
def match_works(
    *, actor: Actor, organization: Organization, school_year: int, at: datetime, command_id: UUID | None = None
) -> int:
    """Look in the catalogue for editions of all works that the node lists for a school year; returns how many are new."""
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if (repeat := repeated(command_id, Action.MATCH_WORKS)) is not None:
        return int((repeat.after or {}).get("added", 0))
    works = list(
        CurriculumWork.objects.select_for_update()
        .filter(Q(last_year__isnull=True) | Q(last_year__gte=school_year), organization=organization)
        .order_by("pk")
    )
    added = len(match(works))
    audit.record(
        actor,
        Action.MATCH_WORKS,
        organization,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"school_year": school_year, "works": len(works), "added": added},
    )
    return added
