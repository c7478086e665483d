"""The command that imports a programme into the sets of a year, and the plan of it that is shown before.

The same file may be imported any number of times and doubles nothing: sets are known by their key, lines by subject
and part, editions by their record. Lines that the file lacks stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record, RecordIsbn
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.kazakh import fold
from kitaphana.curriculum import errors, queries
from kitaphana.curriculum.enums import Action, Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.curriculum.programme import Programme, ProgrammeRow, RowError, read_programme
from kitaphana.curriculum.services.sets import BATCH, repeated
from kitaphana.curriculum.services.titles import mark_of
from kitaphana.organizations.models import Organization

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"


@dataclass(slots=True)
class ImportResult:
    """What an import did, or would do: every row that holds anything is counted once."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    sets: int = 0
    """Sets that were made anew."""
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row with what the import does to it."""

    row: ProgrammeRow
    action: str
    record_ids: tuple[int, ...]


@dataclass(slots=True)
class ImportPlan:
    """What an import would do to each row."""

    result: ImportResult
    rows: list[PlannedRow]


class _Editions:
    """The records that rows name, found by two statements for all of them."""

    def __init__(self, rows: Sequence[ProgrammeRow]) -> None:
        isbns = sorted({isbn for row in rows for isbn in row.isbns})
        self._by_isbn: dict[str, int] = {}
        for start in range(0, len(isbns), 500):
            found = RecordIsbn.objects.filter(isbn__in=isbns[start : start + 500])
            # Several records may share an ISBN: the newest of them is meant.
            for isbn, record_id in found.order_by(F("record__year").asc(nulls_first=True), "-record_id").values_list(
                "isbn", "record_id"
            ):
                self._by_isbn[isbn] = record_id
        self._by_title: dict[tuple[int | None, str, str], list[int]] = {}
        grades = {row.grade for row in rows if row.title and not row.isbns}
        if grades:
            books = Record.objects.filter(kind=RecordKind.TEXTBOOK, grade__in=grades).order_by("pk")
            for pk, grade, language, title in books.values_list("pk", "grade", "language", "title"):
                self._by_title.setdefault((grade, language, fold(title)), []).append(pk)

    def find(self, row: ProgrammeRow) -> tuple[tuple[int, ...], list[RowError]]:
        """Records of a row, and what could not be found."""
        if row.record_ids:
            return row.record_ids, []
        if row.isbns:
            missing = [isbn for isbn in row.isbns if isbn not in self._by_isbn]
            found = dict.fromkeys(self._by_isbn[isbn] for isbn in row.isbns if isbn in self._by_isbn)
            return tuple(found), [RowError(row.row, "isbn", "unknown_isbn", {"value": isbn}) for isbn in missing]
        if not row.title:
            return (), []
        called = self._by_title.get((row.grade, row.language, fold(row.title)), [])
        if len(called) == 1:
            return tuple(called), []
        code = "ambiguous_title" if called else "unknown_title"
        return (), [RowError(row.row, "title", code, {"value": row.title[:60]})]


Key = tuple[int, str, str]


class _Desk:
    """The sets of a node and year in memory (four statements); rows change them, ``save`` writes what changed."""

    def __init__(self, organization: Organization, school_year: int) -> None:
        self.organization, self.school_year = organization, school_year
        here = TextbookSet.objects.filter(organization=organization, school_year=school_year)
        self.sets: dict[Key, TextbookSet] = {(one.grade, one.language, one.profile): one for one in here}
        self.titles: dict[tuple[Key, str, str], SetTitle] = {}
        self.editions: dict[int, dict[int, SetEdition]] = {}
        """Editions by record, of each title (by its identity in memory: a new one has no id)."""
        keys = {one.pk: key for key, one in self.sets.items()}
        by_id = {}
        for title in SetTitle.objects.filter(textbook_set__in=keys).order_by("position", "pk"):
            self.titles[keys[title.textbook_set_id], fold(title.subject), fold(title.part)] = title
            self.editions[id(title)] = {}
            by_id[title.pk] = title
        for edition in SetEdition.objects.filter(title__textbook_set__in=keys).order_by("rank", "pk"):
            self.editions[id(by_id[edition.title_id])][edition.record_id] = edition
        self.new_sets: list[TextbookSet] = []
        self.new_titles: list[SetTitle] = []
        self.changed: dict[int, SetTitle] = {}
        self.new_editions: list[SetEdition] = []
        self._positions: dict[Key, int] = {}
        for (key, _subject, _part), title in self.titles.items():
            self._positions[key] = max(self._positions.get(key, 0), title.position)

    def put(self, row: ProgrammeRow, record_ids: Iterable[int]) -> str | None:
        """Put a row into its set; returns what that did, or None where the set is closed."""
        one = self.sets.get(row.key)
        if one is None:
            one = TextbookSet(
                organization=self.organization,
                grade=row.grade,
                language=row.language,
                profile=row.profile,
                school_year=self.school_year,
            )
            self.sets[row.key] = one
            self.new_sets.append(one)
        place = (row.key, fold(row.subject), fold(row.part))
        title = self.titles.get(place)
        counts = _wanted(row, title)
        if one.is_approved:
            same = title is not None and counts == _counts(title) and self._has(title, record_ids)
            return UNCHANGED if same else None
        if title is None:
            position = self._positions.get(row.key, 0) + 1
            self._positions[row.key] = position
            title = SetTitle(textbook_set=one, position=position, subject=row.subject, part=row.part)
            title.per_pupil, title.per_class_teacher, title.is_returned = counts
            self.titles[place] = title
            self.editions[id(title)] = {}
            self.new_titles.append(title)
            self._add_editions(title, record_ids, is_electronic=row.is_electronic)
            return ADDED
        done = UNCHANGED
        if _counts(title) != counts or title.change == Change.REMOVED:
            title.per_pupil, title.per_class_teacher, title.is_returned = counts
            title.change = Change.SAME
            done = UPDATED
        if self._add_editions(title, record_ids, is_electronic=row.is_electronic):
            done = UPDATED
        if done == UPDATED and title.pk:
            self.changed[title.pk] = title
        return done

    def _has(self, title: SetTitle, record_ids: Iterable[int]) -> bool:
        return title.change != Change.REMOVED and set(record_ids) <= set(self.editions[id(title)])

    def _add_editions(self, title: SetTitle, record_ids: Iterable[int], *, is_electronic: bool) -> int:
        present = self.editions[id(title)]
        added = 0
        for record_id in record_ids:
            if record_id in present:
                continue
            rank = max((one.rank for one in present.values()), default=0) + 1
            edition = SetEdition(title=title, record_id=record_id, rank=rank, is_electronic=is_electronic)
            present[record_id] = edition
            self.new_editions.append(edition)
            added += 1
        return added

    def save(self) -> None:
        """Write what changed, marks against last year among it."""
        sources = self._sources()
        for one in (*self.new_titles, *self.changed.values()):
            editions = sorted(self.editions[id(one)].values(), key=lambda edition: edition.rank)
            now = queries.view_of(
                one,
                tuple(
                    queries.EditionView(edition.record_id, edition.rank, edition.is_electronic, edition.is_dropped)
                    for edition in editions
                ),
            )
            one.change = mark_of(one.textbook_set, now, sources.get(one.source_id or 0))
        TextbookSet.objects.bulk_create(self.new_sets, batch_size=BATCH)
        for one in self.new_titles:
            one.textbook_set = one.textbook_set  # takes over the id that the row has only now
        SetTitle.objects.bulk_create(self.new_titles, batch_size=BATCH)
        SetTitle.objects.bulk_update(
            self.changed.values(), ["per_pupil", "per_class_teacher", "is_returned", "change"], batch_size=BATCH
        )
        for edition in self.new_editions:
            edition.title = edition.title
        SetEdition.objects.bulk_create(self.new_editions, batch_size=BATCH)

    def _sources(self) -> dict[int, queries.TitleView]:
        """The lines of the base sets that changed lines were copied from."""
        wanted = {title.source_id for title in self.changed.values() if title.source_id}
        if not wanted:
            return {}
        bases = {one.based_on_id for one in self.sets.values() if one.based_on_id}
        lines = queries.titles_of(bases, with_removed=True)
        return {view.id: view for views in lines.values() for view in views if view.id in wanted}


def _counts(title: SetTitle) -> tuple[int, int, bool]:
    return title.per_pupil, title.per_class_teacher, title.is_returned


def _wanted(row: ProgrammeRow, title: SetTitle | None) -> tuple[int, int, bool]:
    """The numbers of a row; what it does not say is as the line has it, or as usual."""
    pupil, teacher, returned = (1, 0, True) if title is None else _counts(title)
    return (
        pupil if row.per_pupil is None else row.per_pupil,
        teacher if row.per_teacher is None else row.per_teacher,
        returned if row.is_returned is None else row.is_returned,
    )


def _plan(desk: _Desk, rows: Sequence[ProgrammeRow], result: ImportResult) -> list[PlannedRow]:
    editions = _Editions(rows)
    planned = []
    for row in rows:
        record_ids, missing = editions.find(row)
        action = desk.put(row, record_ids)
        if action is None:
            result.errors.append(RowError(row.row, "grade", "set_approved"))
            continue
        result.warnings += missing
        setattr(result, action, getattr(result, action) + 1)
        planned.append(PlannedRow(row, action, record_ids))
    result.sets = len(desk.new_sets)
    result.errors.sort(key=lambda error: error.row)
    result.rejected = len({error.row for error in result.errors})
    return planned


def _require(actor: Actor, organization: Organization, school_year: int) -> None:
    actor.require(Permission.CURRICULUM_EDIT, organization.path)
    if not 2000 <= school_year <= 2100:
        raise errors.BadSet(grade="0–12", school_year=school_year)


def plan_programme(
    *, actor: Actor, organization: Organization, school_year: int, data: bytes, file_name: str
) -> ImportPlan:
    """What importing a programme would do, without doing it.

    :raises UnreadableFile, FileTooLarge, NoSubjectColumn: the file as a whole can't be used.
    """
    _require(actor, organization, school_year)
    sheet = read_programme(data, file_name)
    result = ImportResult(read=sheet.read, errors=list(sheet.errors))
    return ImportPlan(result, _plan(_Desk(organization, school_year), sheet.rows, result))


def import_programme(
    *,
    actor: Actor,
    organization: Organization,
    school_year: int,
    data: bytes,
    file_name: str,
    at: datetime,
    command_id: UUID | None = None,
) -> ImportResult:
    """Import a programme: rows that check go into the sets of the node, the others are reported with the reason.

    :raises UnreadableFile, FileTooLarge, NoSubjectColumn: the file as a whole can't be used.
    """
    _require(actor, organization, school_year)
    return _write(actor, organization, school_year, read_programme(data, file_name), file_name, at, command_id)


def write_programme(
    *,
    actor: Actor,
    organization: Organization,
    school_year: int,
    rows: Sequence[ProgrammeRow],
    at: datetime,
    command_id: UUID | None = None,
) -> ImportResult:
    """The same for rows that a program has made."""
    _require(actor, organization, school_year)
    return _write(actor, organization, school_year, Programme(rows=list(rows), read=len(rows)), "", at, command_id)


@transaction.atomic
def _write(
    actor: Actor,
    organization: Organization,
    school_year: int,
    sheet: Programme,
    file_name: str,
    at: datetime,
    command_id: UUID | None,
) -> ImportResult:
    names = ("read", ADDED, UPDATED, UNCHANGED, "rejected", "sets")
    result = ImportResult(read=sheet.read, errors=list(sheet.errors))
    if (repeat := repeated(command_id, Action.IMPORT)) is not None:
        for name in names:
            setattr(result, name, (repeat.after or {}).get(name, 0))
        return result
    # One import of a node at a time: two would make the same sets.
    Organization.objects.select_for_update().get(pk=organization.pk)
    desk = _Desk(organization, school_year)
    _plan(desk, sheet.rows, result)
    desk.save()
    audit.record(
        actor,
        Action.IMPORT,
        organization,
        at=at,
        library_id=organization.pk,
        command_id=command_id,
        after={"file": file_name, "school_year": school_year, **{name: getattr(result, name) for name in names}},
    )
    return result
