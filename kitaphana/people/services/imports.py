"""The command that imports a list of readers, and the plan of it that is shown before.

Who is who: the IIN, wherever the person is known; else name and day of birth among the library's readers;
else name
and class. So a list may be imported any number of times and doubles nobody.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit, changes, clock, crypto
from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization
from kitaphana.people import cards, roster
from kitaphana.people.enums import Category, TeachingLanguage
from kitaphana.people.models import Enrollment, Membership, Person, SchoolClass
from kitaphana.people.queries import present_school_year
from kitaphana.people.roster import Roster, RosterRow, RowError
from kitaphana.people.services.readers import (
    PersonDetails,
    fill_person,
    may_be_same_person,
    plain_key,
    same_name,
)

BATCH = 500
ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"


@dataclass(slots=True)
class ImportResult:
    """What an import did, or would do: every row that holds anything is counted once."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    ignored_columns: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the command line: counts, and each error with its row."""
        return {
            "read": self.read,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "errors": [error.as_json() for error in self.errors],
            "warnings": [warning.as_json() for warning in self.warnings],
        }


@dataclass(slots=True)
class PlannedRow:
    """A row with what the import does to it."""

    row: RosterRow
    action: str
    person: Person | None = None
    membership: Membership | None = None


@dataclass(slots=True)
class ImportPlan:
    """What an import would do to each row."""

    result: ImportResult
    rows: list[PlannedRow]


class _Readers:
    """All readers of a library in memory (one statement), by everything a row may know them by."""

    def __init__(self, library: Organization, school_year: int) -> None:
        self.school_year = school_year
        self.by_card: dict[str, int] = {}
        self.by_person: dict[int, Membership] = {}
        self._by_iin: dict[str, Person] = {}
        self._by_name: dict[str, list[Membership]] = defaultdict(list)
        rows = Membership.objects.filter(library=library).select_related("person", "school_class").order_by("pk")
        for membership in rows:
            self.add(membership)

    def add(self, membership: Membership) -> None:
        person = membership.person
        self.by_card[membership.card_number] = membership.person_id
        self.by_person[membership.person_id] = membership
        if person.iin_index:
            self._by_iin[person.iin_index] = person
        self._by_name[plain_key(person.surname, person.given_name)].append(membership)

    def find(self, row: RosterRow, index: str | None, elsewhere: dict[str, Person]) -> Person | RowError | None:
        """The person a row means, an error where that can't be said, None where it is somebody new."""
        if index is not None and (known := self._by_iin.get(index) or elsewhere.get(index)) is not None:
            if not may_be_same_person(row.name, (known.surname, known.given_name, known.patronymic)):
                return RowError(row.row, "iin", "iin_of_another", {"value": f"…{row.iin[-4:]}"})
            return known
        namesakes = [
            one
            for one in self._by_name.get(plain_key(row.surname, row.given_name), ())
            if same_name(row.name, (one.person.surname, one.person.given_name, one.person.patronymic))
            and not (index is not None and one.person.iin_index)
        ]
        if not namesakes:
            return None
        if row.birth_date is not None:
            same = [one for one in namesakes if one.person.birth_date == row.birth_date]
            same = same or [one for one in namesakes if one.person.birth_date is None and self._in_class(one, row)]
        else:
            same = [one for one in namesakes if self._in_class(one, row)]
            if not same and row.grade is None and index is None and len(namesakes) > 1:
                same = namesakes
        if len(same) > 1:
            exact = [one for one in same if one.person.full_name == row.full_name]
            if len(exact) != 1:
                return RowError(row.row, "name", "ambiguous")
            same = exact
        return same[0].person if same else None

    def _in_class(self, one: Membership, row: RosterRow) -> bool:
        """Whether a reader is in the row's class, or was in the class that has grown into it since."""
        present = one.school_class
        if row.grade is None:
            # A list without classes (teachers) means the reader of that name and category.
            return not row.category or one.category == row.category
        if present is None:
            return one.category == row.category
        grown = present.grade + self.school_year - present.school_year
        return (row.grade, row.letter) in {(present.grade, present.letter), (grown, present.letter)}


def _chunks(rows: Sequence[RosterRow]) -> Iterator[list[RosterRow]]:
    source = iter(rows)
    while chunk := list(itertools.islice(source, BATCH)):
        yield chunk


def _known_elsewhere(rows: list[RosterRow]) -> tuple[dict[int, str], dict[str, Person]]:
    """Blind indexes of the rows' IINs, and the persons of the whole network who have them (one statement)."""
    indexes = {row.row: crypto.blind_index(row.iin) for row in rows if row.iin}
    people = Person.objects.filter(iin_index__in=list(indexes.values())) if indexes else ()
    return indexes, {person.iin_index: person for person in people if person.iin_index}


def _class_changes(membership: Membership, row: RosterRow, school_year: int) -> bool:
    if row.grade is None:
        return False
    present = membership.school_class
    return present is None or (present.grade, present.letter, present.school_year) != (
        row.grade,
        row.letter,
        school_year,
    )


def _details(row: RosterRow, person: Person | None) -> PersonDetails:
    """The row's facts; what the row does not say stays as it is known."""

    def either(name: str) -> Any:
        return getattr(row, name) or (getattr(person, name) if person is not None else None)

    return PersonDetails(
        surname=row.surname,
        given_name=row.given_name,
        patronymic=either("patronymic") or "",
        birth_date=either("birth_date"),
        sex=either("sex") or "",
        phone=either("phone") or "",
        email=either("email") or "",
        iin=row.iin,
    )


def _differs(person: Person, membership: Membership, row: RosterRow, index: str | None, school_year: int) -> bool:
    details = _details(row, person)
    return (
        any(
            getattr(person, name) != getattr(details, name)
            for name in ("surname", "given_name", "patronymic", "birth_date", "sex", "phone", "email")
        )
        or (index is not None and person.iin_index != index)
        or membership.left_on is not None
        or (bool(row.category) and membership.category != row.category)
        or (bool(row.card) and membership.card_number != row.card)
        or _class_changes(membership, row, school_year)
    )


class _Planner:
    """Decides row by row what to do; also keeps two rows from meaning one reader."""

    def __init__(self, library: Organization, school_year: int, sheet: Roster) -> None:
        self.readers = _Readers(library, school_year)
        self.school_year = school_year
        self._used: dict[int, int] = {}
        self._cards = {row.card: row.row for row in sheet.rows if row.card}

    def plan(self, rows: list[RosterRow]) -> tuple[list[PlannedRow], list[RowError]]:
        indexes, elsewhere = _known_elsewhere(rows)
        planned: list[PlannedRow] = []
        errors: list[RowError] = []
        for row in rows:
            index = indexes.get(row.row)
            person = self.readers.find(row, index, elsewhere)
            if isinstance(person, RowError):
                errors.append(person)
                continue
            pk = person.pk if person is not None else None
            if pk is not None and pk in self._used:
                errors.append(RowError(row.row, "name", "duplicate_in_file", {"row": self._used[pk]}))
                continue
            if row.card and self.readers.by_card.get(row.card, pk) != pk:
                errors.append(RowError(row.row, "card", "card_taken", {"value": row.card}))
                continue
            membership = self.readers.by_person.get(pk) if pk is not None else None
            if pk is not None:
                self._used[pk] = row.row
            if membership is None:
                action = ADDED
            elif person is not None and _differs(person, membership, row, index, self.school_year):
                action = UPDATED
            else:
                action = UNCHANGED
            planned.append(PlannedRow(row, action, person, membership))
        return planned, errors


def _opening(sheet: Roster) -> ImportResult:
    return ImportResult(
        read=sheet.read,
        errors=list(sheet.errors),
        warnings=list(sheet.warnings),
        columns=dict(sheet.columns),
        ignored_columns=list(sheet.ignored),
    )


def _count(result: ImportResult, planned: list[PlannedRow]) -> None:
    for one in planned:
        setattr(result, one.action, getattr(result, one.action) + 1)


def _close(result: ImportResult) -> None:
    result.errors.sort(key=lambda error: error.row)
    result.rejected = len({error.row for error in result.errors})


def plan_import(
    *,
    actor: Actor,
    library: Organization,
    data: bytes,
    file_name: str,
    today: date,
    school_year: int | None = None,
) -> ImportPlan:
    """What importing a list would do, without doing it.

    :raises NotAllowed: the actor may not import readers there.
    :raises UnreadableFile, FileTooLarge, NoNameColumn: the file as a whole can't be used.
    """
    actor.require(Permission.PEOPLE_IMPORT, library.path)
    sheet = roster.read_roster(data, file_name, today=today)
    planner = _Planner(library, school_year or present_school_year(library, today), sheet)
    result = _opening(sheet)
    rows: list[PlannedRow] = []
    for chunk in _chunks(sheet.rows):
        planned, errors = planner.plan(chunk)
        result.errors += errors
        _count(result, planned)
        rows += planned
    _close(result)
    return ImportPlan(result, rows)


def import_readers(
    *,
    actor: Actor,
    library: Organization,
    data: bytes,
    file_name: str,
    at: datetime,
    school_year: int | None = None,
    command_id: UUID | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Import a list of readers: rows that check are imported, the others are reported with the reason.

    Each 500 rows are one transaction, so that the desk is not held up and a power cut loses little; the same
    list
    imported again goes on where it stopped and doubles nobody. Classes of the school year that are missing are made;
    readers who are not in the list stay as they are.

    :param school_year: the school year the classes are of; None: the one the school is in.
    :param progress: told (rows done, rows in all) after each 500.
    :raises NotAllowed: the actor may not import readers there.
    :raises UnreadableFile, FileTooLarge, NoNameColumn: the file as a whole can't be used.
    """
    actor.require(Permission.PEOPLE_IMPORT, library.path)
    on = clock.day_of(at)
    year = school_year or present_school_year(library, on)
    sheet = roster.read_roster(data, file_name, today=on)
    result = _opening(sheet)
    with transaction.atomic():
        if (repeat := audit.repeated(command_id)) is not None:
            return _repeated(repeat.after or {}, result)
        classes = _classes(library, year, sheet.rows)
    planner = _Planner(library, year, sheet)
    done = 0
    for chunk in _chunks(sheet.rows):
        with transaction.atomic():
            planned, errors = planner.plan(chunk)
            _apply(library, planned, classes, planner.readers, on)
        result.errors += errors
        _count(result, planned)
        done += len(chunk)
        if progress is not None:
            progress(done, len(sheet.rows))
    _close(result)
    with transaction.atomic():
        counts = {name: getattr(result, name) for name in ("read", ADDED, UPDATED, UNCHANGED, "rejected")}
        audit.record(
            actor,
            "people.readers_imported",
            library,
            at=at,
            library_id=library.pk,
            command_id=command_id,
            after={"file": file_name, "school_year": year, **counts},
        )
    return result


def _repeated(counts: dict[str, Any], result: ImportResult) -> ImportResult:
    for name in ("read", ADDED, UPDATED, UNCHANGED, "rejected"):
        setattr(result, name, counts.get(name, 0))
    return result


def _classes(library: Organization, year: int, rows: list[RosterRow]) -> dict[tuple[int, str], SchoolClass]:
    """The classes the rows speak of; missing ones are made (three statements at most)."""
    present = {(one.grade, one.letter): one for one in SchoolClass.objects.filter(library=library, school_year=year)}
    wanted: dict[tuple[int, str], tuple[str, str]] = {}
    for row in rows:
        if row.grade is not None:
            key = (row.grade, row.letter)
            language, profile = wanted.get(key, ("", ""))
            wanted[key] = (language or row.language, profile or row.profile)
    missing = [
        SchoolClass(
            library=library,
            school_year=year,
            grade=grade,
            letter=letter,
            language=language or TeachingLanguage.KAZAKH,
            profile=profile,
        )
        for (grade, letter), (language, profile) in wanted.items()
        if (grade, letter) not in present
    ]
    SchoolClass.objects.bulk_create(missing)
    present.update({(one.grade, one.letter): one for one in missing})
    # A list that says the language or the profile of a class corrects it.
    corrected = []
    for key, (language, profile) in wanted.items():
        one = present[key]
        said = (language or one.language, profile or one.profile)
        if said != (one.language, one.profile):
            one.language, one.profile = said
            corrected.append(one)
    SchoolClass.objects.bulk_update(corrected, ["language", "profile"])
    return present


_PERSON_COLUMNS = [
    "surname",
    "given_name",
    "patronymic",
    "birth_date",
    "sex",
    "phone",
    "email",
    "name_key",
    "sort_key",
    "iin_encrypted",
    "iin_index",
]
_MEMBERSHIP_COLUMNS = ["category", "school_class", "card_number", "valid_until", "left_on", "left_reason"]


def _apply(
    library: Organization,
    planned: list[PlannedRow],
    classes: dict[tuple[int, str], SchoolClass],
    readers: _Readers,
    on: date,
) -> None:
    """Write a batch: a fixed number of statements, however many rows."""
    new_people: list[Person] = []
    changed_people: list[Person] = []
    new_members: list[Membership] = []
    changed_members: list[Membership] = []
    moved: list[Membership] = []
    without_card: list[Membership] = []
    for one in planned:
        if one.action == UNCHANGED:
            continue
        row = one.row
        person = one.person or Person(name_key="", sort_key="")
        changed = fill_person(person, _details(row, one.person))
        if one.person is None:
            new_people.append(person)
        elif changed:
            changed_people.append(person)
        school_class = classes.get((row.grade, row.letter)) if row.grade is not None else None
        membership = one.membership
        if membership is None:
            membership = Membership(
                library=library,
                person=person,
                registered_on=on,
                valid_until=cards.valid_until(on),
                category=row.category or Category.OTHER,
                school_class=school_class,
                card_number=row.card,
            )
            new_members.append(membership)
            if not row.card:
                without_card.append(membership)
            if school_class is not None:
                moved.append(membership)
            continue
        membership.person = person
        comes_back = membership.left_on is not None
        if school_class is not None and (comes_back or membership.school_class_id != school_class.pk):
            membership.school_class = school_class
            moved.append(membership)
        elif comes_back:
            # Back without a class being said: the class of that time is over.
            membership.school_class = None
        if comes_back:
            membership.left_on, membership.left_reason = None, ""
            membership.valid_until = cards.valid_until(on)
        membership.category = row.category or membership.category
        if row.card and row.card != membership.card_number:
            readers.by_card.pop(membership.card_number, None)
            membership.card_number = row.card
        changed_members.append(membership)
    Person.objects.bulk_create(new_people)
    Person.objects.bulk_update(changed_people, _PERSON_COLUMNS, batch_size=BATCH)
    if without_card:
        for membership, number in zip(without_card, cards.take(library, len(without_card)), strict=True):
            membership.card_number = number
    for membership in new_members:
        membership.person = membership.person  # takes over the id that the row has only now
    Membership.objects.bulk_create(new_members)
    old = [one.pk for one in moved if one not in new_members]
    if old:
        Enrollment.objects.filter(membership__in=old, until_on__isnull=True).update(until_on=on)
    Membership.objects.bulk_update(changed_members, _MEMBERSHIP_COLUMNS, batch_size=BATCH)
    Enrollment.objects.bulk_create(
        [Enrollment(membership=one, school_class=one.school_class, from_on=on) for one in moved]
    )
    for membership in new_members:
        readers.add(membership)
    for membership in changed_members:
        readers.by_card[membership.card_number] = membership.person_id
    changes.note("people.membership", [one.pk for one in (*new_members, *changed_members)])
