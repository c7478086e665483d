"""Reads of the reading list: what a class reads, what the library holds of it, who has it and who has read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.catalog.queries import marc_of
from kitaphana.circulation.enums import HoldState
from kitaphana.circulation.models import Hold, Loan, StockLoan
from kitaphana.core import clock
from kitaphana.core.access import Reach
from kitaphana.core.text.kazakh import fold, sort_key
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.curriculum.terms import term_on
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy, Stock
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within
from kitaphana.people.models import Membership, SchoolClass

AGE_BANDS: Final[tuple[tuple[str, int, int], ...]] = (("6-10", 0, 4), ("10-15", 5, 9), ("15-18", 10, 12))
"""Ages of pupils and the grades that they are in."""


def term_order(term: int) -> int:
    """Terms follow one another; what is read all the year comes last."""
    return 5 if term == Term.YEAR else term


def _of_year(school_year: int) -> QuerySet[CurriculumWork]:
    return CurriculumWork.objects.filter(
        Q(last_year__isnull=True) | Q(last_year__gte=school_year), first_year__lte=school_year
    ).select_related("organization")


def works_of(
    place: Organization, school_year: int, *, grades: Iterable[int] | None = None, language: str = ""
) -> list[CurriculumWork]:
    """The works that hold at a place in a school year, in the order of reading (one statement).

    Lists of all nodes above are joined; of a work that several of them list in a subject the nearest line holds.
    """
    found = _of_year(school_year).filter(organization__path__in=organizations.ancestor_paths(place.path))
    if grades is not None:
        found = found.filter(grade__in=list(grades))
    if language:
        found = found.filter(language=language)
    nearest: dict[tuple[int, str, str, str], CurriculumWork] = {}
    for one in sorted(found, key=lambda one: len(one.organization.path)):
        nearest[one.grade, one.language, fold(one.subject), one.key] = one
    return sorted(
        nearest.values(),
        key=lambda one: (
            one.grade,
            one.language,
            term_order(one.term),
            sort_key(one.subject),
            not one.is_compulsory,
            one.position,
            one.pk,
        ),
    )


def visible_to(reach: Reach) -> QuerySet[CurriculumWork]:
    """Works that somebody may see: of the nodes in reach, and of those above, whose lists hold for them too."""
    above = {path for prefix in reach.prefixes for path in organizations.ancestor_paths(prefix)}
    return CurriculumWork.objects.filter(
        within(reach, "organization__path") | Q(organization__path__in=above)
    ).select_related("organization")


@dataclass(slots=True)
class Holding:
    """What a place holds of a work, all editions together."""

    total: int = 0
    """Volumes in the fund, those of the reading room among them."""
    free: int = 0
    """Volumes on the shelf that may be lent now."""
    lent: int = 0
    by_library: dict[int, int] = field(default_factory=dict)
    """Volumes of each library, by its id: what one has too many of does not help another."""


def holdings(work_ids: Iterable[int], place: Organization) -> dict[int, Holding]:
    """What the libraries at a place and below hold of works: work id → figures (one statement, however many works)."""
    edition = {"record__work_editions__work__in": list(work_ids), "record__work_editions__is_left_out": False}
    return _held(place, edition, "record__work_editions__work_id")


def holdings_of_records(record_ids: Iterable[int], place: Organization) -> dict[int, Holding]:
    """The same of editions: record id → figures (one statement)."""
    return _held(place, {"record__in": list(record_ids)}, "record_id")


def _at(place: Organization) -> dict[str, Any]:
    """Rows of a place: a library's own, which an index finds, else those of all libraries below the node."""
    return {"library": place} if place.is_library else {"library__path__startswith": place.path}


def _held(place: Organization, which: dict[str, Any], by: str) -> dict[int, Holding]:
    which = which | _at(place)
    is_lent = Exists(Loan.objects.filter(copy=OuterRef("pk"), returned_at__isnull=True))
    is_kept = Exists(Hold.objects.filter(copy=OuterRef("pk"), state=HoldState.READY))
    copies = (
        Copy.objects.filter(state=CopyState.IN_FUND, **which)
        .annotate(is_lent=is_lent, is_kept=is_kept)
        .values_list(by, "library_id")
        .annotate(
            total=Count("pk"),
            free=Count("pk", filter=Q(is_lent=False, is_kept=False, is_reference=False)),
            lent=Count("pk", filter=Q(is_lent=True)),
        )
        .order_by()
    )
    counted = (
        Stock.objects.filter(quantity__gt=0, **which)
        .annotate(free=F("quantity") - F("issued"))
        .values_list(by, "library_id", "quantity", "free", "issued")
        .order_by()
    )
    found: dict[int, Holding] = {}
    for key, library_id, total, free, lent in copies.union(counted, all=True):
        one = found.setdefault(key, Holding())
        one.by_library[library_id] = one.by_library.get(library_id, 0) + total
        one.total += total
        one.free += free
        one.lent += lent
    return found


@dataclass(frozen=True, slots=True)
class EditionOf:
    """An edition of a work with its description."""

    id: int
    record: Record
    is_manual: bool
    link: str
    """Address of the text (MARC 856 $u); empty: none is known."""

    @property
    def is_electronic(self) -> bool:
        """Whether it can be read without a printed volume."""
        return bool(self.link) or self.record.kind == RecordKind.ELECTRONIC


def link_in(record: Record) -> str:
    """The first address of the text in a record; empty: none, or one that no browser should open."""
    for one in marc_of(record).fields:
        if one.tag == "856":
            address = (one.get("u") or "").strip()
            if address.startswith(("https://", "http://")):
                return address
    return ""


def editions_of(work_ids: Iterable[int]) -> dict[int, list[EditionOf]]:
    """Editions of works by the work's id, the newest first (two statements; the second reads only records that name
    an address)."""
    rows = list(
        WorkEdition.objects.filter(work__in=list(work_ids), is_left_out=False)
        .select_related("record")
        .defer("record__marc", "record__summary")
        .order_by(F("record__year").desc(nulls_last=True), "record_id")
    )
    # Only records with a field 856 are read whole: a full record is large, and few have an address.
    addressed = Record.objects.filter(pk__in={one.record_id for one in rows}, marc__contains='"856"')
    links = {one.pk: link_in(one) for one in addressed.only("pk", "marc")}
    found: dict[int, list[EditionOf]] = defaultdict(list)
    for one in rows:
        found[one.work_id].append(EditionOf(one.pk, one.record, one.is_manual, links.get(one.record_id, "")))
    return found


def pupils_at(
    place: Organization, school_year: int, grades: Iterable[int]
) -> dict[tuple[int, str], list[tuple[int, int]]]:
    """Pupils of the classes of some grades at a place and below: (grade, language of instruction) → pairs of a
    library's id and its number of pupils (one statement)."""
    rows = (
        SchoolClass.objects.filter(school_year=school_year, grade__in=set(grades), **_at(place))
        .values_list("grade", "language", "library_id")
        .annotate(number=Count("members", filter=Q(members__left_on__isnull=True)))
        .order_by()
    )
    found: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for grade, language, library_id, number in rows:
        found[grade, language].append((library_id, number))
    return found


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work with what a place holds of it."""

    work: CurriculumWork
    holding: Holding
    editions: tuple[EditionOf, ...]
    pupils: int
    needed: int
    """Copies that so many pupils need, counted library by library."""
    missing: int
    """Copies to be bought; a work that can be read electronically is still counted in print."""

    @property
    def electronic(self) -> EditionOf | None:
        """An edition that is read on a screen, one with an address first."""
        found = [one for one in self.editions if one.is_electronic]
        return max(found, key=lambda one: bool(one.link), default=None)


def work_lines(works: Sequence[CurriculumWork], place: Organization, school_year: int) -> list[WorkLine]:
    """Works with their figures at a place (four statements, however many works)."""
    ids = [one.pk for one in works]
    if not ids:
        return []
    held, editions, pupils = (
        holdings(ids, place),
        editions_of(ids),
        pupils_at(place, school_year, (one.grade for one in works)),
    )
    return [
        _line(one, held.get(one.pk, Holding()), editions.get(one.pk, []), pupils.get((one.grade, one.language), []))
        for one in works
    ]


def _line(work: CurriculumWork, held: Holding, editions: list[EditionOf], pupils: list[tuple[int, int]]) -> WorkLine:
    needs = [(library_id, work.copies_for(number)) for library_id, number in pupils]
    return WorkLine(
        work,
        held,
        tuple(editions),
        pupils=sum(number for _library, number in pupils),
        needed=sum(number for _library, number in needs),
        missing=sum(max(0, number - held.by_library.get(library_id, 0)) for library_id, number in needs),
    )


class Status(StrEnum):
    """How far a pupil is with a work in the school year."""

    READ = "READ"
    """Had it from the library and brought it back."""
    HAS = "HAS"
    NOT_YET = "NOT_YET"


def statuses(person_ids: Iterable[int], work_ids: Iterable[int], school_year: int) -> dict[tuple[int, int], Status]:
    """(person id, work id) → what the loans of the school year say (two statements); «not yet» is absent.

    A loan of any edition counts, of any library. A reader who keeps no history has «read» nothing.
    """
    persons, works = list(person_ids), list(work_ids)
    since = date(school_year, 8, 1)
    until = date(school_year + 1, 8, 1)
    found: dict[tuple[int, int], Status] = {}
    copies = Loan.objects.filter(
        Q(lent_on__gte=since, lent_on__lt=until) | Q(returned_at__isnull=True),
        person__in=persons,
        copy__record__work_editions__work__in=works,
        copy__record__work_editions__is_left_out=False,
    ).values_list("person_id", "copy__record__work_editions__work_id", "returned_at")
    counted = StockLoan.objects.filter(
        Q(lent_on__gte=since, lent_on__lt=until) | Q(returned_at__isnull=True),
        person__in=persons,
        stock__record__work_editions__work__in=works,
        stock__record__work_editions__is_left_out=False,
    ).values_list("person_id", "stock__record__work_editions__work_id", "returned_at")
    for rows in (copies, counted):
        for person_id, work_id, returned_at in rows:
            key = (person_id or 0, work_id)
            if returned_at is None or found.get(key) == Status.HAS:
                found[key] = Status.HAS
            else:
                found[key] = Status.READ
    return found


@dataclass(frozen=True, slots=True)
class PupilLine:
    """A pupil with one status for each work of the list."""

    membership: Membership
    marks: tuple[Status, ...]

    @property
    def done(self) -> int:
        """Works that the pupil has read."""
        return sum(one == Status.READ for one in self.marks)


@dataclass(frozen=True, slots=True)
class ClassReading:
    """What a class reads in a term."""

    school_class: SchoolClass
    term: int
    lines: list[WorkLine] = field(default_factory=list)
    pupils: list[PupilLine] = field(default_factory=list)
    """Empty for those who may not see people."""


def class_reading(school_class: SchoolClass, term: int, *, with_pupils: bool) -> ClassReading:
    """What a class reads in a term and all the year, what its library holds of it and, with pupils, who is how far
    (five statements, eight with pupils).

    :param with_pupils: only for staff who may see people.
    """
    library, year = school_class.library, school_class.school_year
    works = [
        one
        for one in works_of(library, year, grades=[school_class.grade], language=school_class.language)
        if one.term in (term, Term.YEAR)
    ]
    shown = ClassReading(school_class, term, work_lines(works, library, year))
    if with_pupils:
        members = Membership.objects.filter(school_class=school_class, left_on__isnull=True).select_related("person")
        members = members.order_by("person__sort_key", "pk")
        ids = [one.pk for one in works]
        found = statuses([one.person_id for one in members], ids, year)
        shown.pupils.extend(
            PupilLine(one, tuple(found.get((one.person_id, pk), Status.NOT_YET) for pk in ids)) for one in members
        )
    return shown


@dataclass(frozen=True, slots=True)
class ToRead:
    """A work for one pupil."""

    work: CurriculumWork
    status: Status
    holding: Holding
    record: Record | None
    """The edition to ask for: one that is on the shelf, else one that the library holds."""
    link: str


def to_read(membership: Membership, on: date) -> list[ToRead]:
    """What a pupil is to read in the term of a day, with where it can be had (seven statements; none for those who are
    in no class of the present school year)."""
    own = membership.school_class
    if own is None or own.school_year != clock.school_year(on):
        return []
    library, term = membership.library, term_on(on)
    works = [
        one
        for one in works_of(library, own.school_year, grades=[own.grade], language=own.language)
        if one.term in (term, Term.YEAR)
    ]
    if not works:
        return []
    ids = [one.pk for one in works]
    held, editions = holdings(ids, library), editions_of(ids)
    found = statuses([membership.person_id], ids, own.school_year)
    here = free_of({one.record.pk for many in editions.values() for one in many}, library)
    shown = []
    for one in works:
        mine = editions.get(one.pk, [])
        held_here = [edition.record for edition in mine if edition.record.pk in here]
        shown.append(
            ToRead(
                one,
                found.get((membership.person_id, one.pk), Status.NOT_YET),
                held.get(one.pk, Holding()),
                max(held_here, key=lambda record: here[record.pk], default=None),
                next((edition.link for edition in mine if edition.link), ""),
            )
        )
    return shown


def free_of(record_ids: Iterable[int], library: Organization) -> dict[int, int]:
    """Copies of records that a library has and could lend: record id → how many are not lent now (one statement)."""
    is_lent = Exists(Loan.objects.filter(copy=OuterRef("pk"), returned_at__isnull=True))
    rows = (
        Copy.objects.filter(library=library, state=CopyState.IN_FUND, is_reference=False, record__in=list(record_ids))
        .annotate(is_lent=is_lent)
        .values_list("record_id")
        .annotate(free=Count("pk", filter=Q(is_lent=False)) + Value(0, output_field=IntegerField()))
        .order_by()
    )
    return dict(rows)


def places_of_record(record: Record, place: Organization | None, school_year: int) -> list[CurriculumWork]:
    """For which grades a record is in the reading list that holds at a place, or anywhere for nobody's place (one
    statement)."""
    found = _of_year(school_year).filter(editions__record=record, editions__is_left_out=False)
    if place is not None:
        found = found.filter(organization__path__in=organizations.ancestor_paths(place.path))
    seen: dict[tuple[int, str, str], CurriculumWork] = {}
    for one in found.order_by("grade", "language", "term", "pk"):
        seen.setdefault((one.grade, one.language, fold(one.subject)), one)
    return list(seen.values())
