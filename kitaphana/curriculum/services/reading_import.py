"""The command that imports a reading list, and the plan of it that is shown before.

The same file may be imported any number of times and doubles nothing: works are known by grade, language, subject and
their key. Works that the file lacks stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from kitaphana.catalog.models import RecordIsbn
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.kazakh import fold
from kitaphana.curriculum import errors
from kitaphana.curriculum.enums import Action, Term
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.curriculum.reading_sheet import (
    NORM_COMPULSORY,
    NORM_RECOMMENDED,
    ReadingError,
    ReadingRow,
    ReadingSheet,
    read_sheet,
)
from kitaphana.curriculum.services.sets import BATCH, repeated
from kitaphana.curriculum.services.works import CHUNK, found_editions, match
from kitaphana.organizations.models import Organization

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"
_RANK = (UNCHANGED, UPDATED, ADDED)


@dataclass(slots=True)
class ReadingResult:
    """What an import did, or would do: every row that holds anything is counted once."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    editions: int = 0
    """Editions that were found in the catalogue."""
    errors: list[ReadingError] = field(default_factory=list)
    warnings: list[ReadingError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A row with what the import does to it."""

    row: ReadingRow
    action: str
    editions: int
    """How many editions the catalogue has of it."""


@dataclass(slots=True)
class ReadingPlan:
    """What an import would do to each row."""

    result: ReadingResult
    rows: list[PlannedWork]


Place = tuple[int, str, str, str]
"""Grade, language, folded subject, key of the work."""


class _Desk:
    """The works of a node and year in memory (one statement); rows change them, ``save`` writes what changed."""

    def __init__(self, organization: Organization, school_year: int) -> None:
        self.organization, self.school_year = organization, school_year
        here = CurriculumWork.objects.filter(
            Q(last_year__isnull=True) | Q(last_year__gte=school_year), organization=organization
        )
        self.works: dict[Place, CurriculumWork] = {}
        self.positions: dict[tuple[int, str], int] = {}
        for one in here.order_by("first_year", "pk"):
            # A line that begins later would overlap with a new one: it is the one that the row means.
            self.works.setdefault((one.grade, one.language, fold(one.subject), one.key), one)
            place = (one.grade, one.language)
            self.positions[place] = max(self.positions.get(place, 0), one.position)
        self.new: list[CurriculumWork] = []
        self.changed: dict[int, CurriculumWork] = {}
        self.isbns: list[tuple[CurriculumWork, tuple[str, ...]]] = []

    def put(self, row: ReadingRow) -> str:
        """Put a row into each of its grades; returns the most that it did."""
        done = UNCHANGED
        for grade in row.grades:
            done = max(done, self._put(row, grade), key=_RANK.index)
        return done

    def _put(self, row: ReadingRow, grade: int) -> str:
        subject = row.subject_of(grade)
        place = (grade, row.language, fold(subject), row.key)
        one = self.works.get(place)
        action = UNCHANGED
        if one is None:
            number = self.positions.get((grade, row.language), 0) + 1
            self.positions[grade, row.language] = number
            is_compulsory = True if row.is_compulsory is None else row.is_compulsory
            one = CurriculumWork(
                organization=self.organization,
                first_year=self.school_year,
                grade=grade,
                language=row.language,
                subject=subject,
                term=Term.YEAR if row.term is None else row.term,
                author=row.author,
                title=row.title,
                is_compulsory=is_compulsory,
                pupils_per_copy=row.pupils_per_copy or (NORM_COMPULSORY if is_compulsory else NORM_RECOMMENDED),
                note=row.note or "",
                position=number,
                key=row.key,
            )
            self.works[place] = one
            self.new.append(one)
            action = ADDED
        else:
            said = {
                "term": row.term,
                "is_compulsory": row.is_compulsory,
                "pupils_per_copy": row.pupils_per_copy,
                "note": row.note,
            }
            if one.first_year > self.school_year:
                said["first_year"] = self.school_year
            for name, value in said.items():
                if value is not None and getattr(one, name) != value:
                    setattr(one, name, value)
                    action = UPDATED
            if action == UPDATED and one.pk:
                self.changed[one.pk] = one
        if row.isbns:
            self.isbns.append((one, row.isbns))
        return action

    def save(self) -> int:
        """Write what changed and look for editions; returns how many were found."""
        CurriculumWork.objects.bulk_create(self.new, batch_size=BATCH)
        CurriculumWork.objects.bulk_update(
            self.changed.values(),
            ["term", "is_compulsory", "pupils_per_copy", "note", "first_year"],
            batch_size=BATCH,
        )
        by_isbn = records_of({isbn for _work, isbns in self.isbns for isbn in isbns})
        known = set(
            WorkEdition.objects.filter(work__in=[work.pk for work, _isbns in self.isbns]).values_list(
                "work_id", "record_id"
            )
        )
        named = []
        for work, isbns in self.isbns:
            for isbn in isbns:
                pair = (work.pk, by_isbn.get(isbn, 0))
                if pair[1] and pair not in known:
                    known.add(pair)
                    named.append(WorkEdition(work=work, record_id=pair[1], is_manual=True))
        WorkEdition.objects.bulk_create(named, batch_size=BATCH)
        return len({one.record_id for one in named} | match(list(self.works.values())))


def records_of(isbns: set[str]) -> dict[str, int]:
    """The record of each ISBN that the catalogue knows; of several the newest."""
    found: dict[str, int] = {}
    ordered = sorted(isbns)
    for start in range(0, len(ordered), CHUNK):
        rows = RecordIsbn.objects.filter(isbn__in=ordered[start : start + CHUNK])
        ordered_rows = rows.order_by(F("record__year").asc(nulls_first=True), "-record_id")
        found |= dict(ordered_rows.values_list("isbn", "record_id"))
    return found


def _plan(desk: _Desk, rows: Sequence[ReadingRow], result: ReadingResult) -> list[PlannedWork]:
    by_isbn = records_of({isbn for row in rows for isbn in row.isbns})
    alike = found_editions([CurriculumWork(author=row.author, title=row.title) for row in rows])
    planned = []
    for row, records in zip(rows, alike, strict=True):
        action = desk.put(row)
        setattr(result, action, getattr(result, action) + 1)
        for isbn in row.isbns:
            if isbn not in by_isbn:
                result.warnings.append(ReadingError(row.row, "isbn", "unknown_isbn", {"value": isbn}))
        named = {by_isbn[isbn] for isbn in row.isbns if isbn in by_isbn}
        planned.append(PlannedWork(row, action, len(named | set(records))))
    result.errors.sort(key=lambda error: error.row)
    result.rejected = len({error.row for error in result.errors})
    return planned


def _require(actor: Actor, organization: Organization, school_year: int) -> None:
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if not 2000 <= school_year <= 2100:
        raise errors.BadWork


def plan_works(
    *, actor: Actor, organization: Organization, school_year: int, data: bytes, file_name: str
) -> ReadingPlan:
    """What importing a reading list would do, without doing it.

    :raises UnreadableFile, FileTooLarge, NoTitleColumn: the file as a whole can't be used.
    """
    _require(actor, organization, school_year)
    sheet = read_sheet(data, file_name)
    result = ReadingResult(read=sheet.read, errors=list(sheet.errors))
    return ReadingPlan(result, _plan(_Desk(organization, school_year), sheet.rows, result))


def import_works(
    *,
    actor: Actor,
    organization: Organization,
    school_year: int,
    data: bytes,
    file_name: str,
    at: datetime,
    command_id: UUID | None = None,
) -> ReadingResult:
    """Import a reading list: rows that check go into the node's list, the others are reported with the reason.

    :raises UnreadableFile, FileTooLarge, NoTitleColumn: the file as a whole can't be used.
    """
    _require(actor, organization, school_year)
    return _write(actor, organization, school_year, read_sheet(data, file_name), file_name, at, command_id)


def write_works(
    *,
    actor: Actor,
    organization: Organization,
    school_year: int,
    rows: Sequence[ReadingRow],
    at: datetime,
    command_id: UUID | None = None,
) -> ReadingResult:
    """The same for rows that a program has made."""
    _require(actor, organization, school_year)
    return _write(actor, organization, school_year, ReadingSheet(rows=list(rows), read=len(rows)), "", at, command_id)


@transaction.atomic
def _write(
    actor: Actor,
    organization: Organization,
    school_year: int,
    sheet: ReadingSheet,
    file_name: str,
    at: datetime,
    command_id: UUID | None,
) -> ReadingResult:
    names = ("read", ADDED, UPDATED, UNCHANGED, "rejected", "editions")
    result = ReadingResult(read=sheet.read, errors=list(sheet.errors))
    if (repeat := repeated(command_id, Action.IMPORT_WORKS)) is not None:
        for name in names:
            setattr(result, name, (repeat.after or {}).get(name, 0))
        return result
    # One import of a node at a time: two would make the same works.
    Organization.objects.select_for_update().get(pk=organization.pk)
    desk = _Desk(organization, school_year)
    _plan(desk, sheet.rows, result)
    result.editions = desk.save()
    audit.record(
        actor,
        Action.IMPORT_WORKS,
        organization,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"file": file_name, "school_year": school_year, **{name: getattr(result, name) for name in names}},
    )
    return result
