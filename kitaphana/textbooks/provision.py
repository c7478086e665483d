"""Provision: what every school needs next year, title by title, against what it has that is still usable.

Provision is Σ min(available, needed) ÷ Σ needed: a surplus of one title never hides the shortage of another. The
figures are derived from classes, sets and the fund, and made anew by ``count``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from kitaphana.catalog.models import Record
from kitaphana.circulation import queries as circulation
from kitaphana.circulation.enums import Condition
from kitaphana.circulation.models import StockLoan
from kitaphana.core import bulk, clock
from kitaphana.curriculum import queries as curriculum
from kitaphana.curriculum.models import SetEdition, TextbookSet
from kitaphana.curriculum.queries import TitleView
from kitaphana.fund.enums import CopyState, FundType
from kitaphana.fund.models import Copy, LedgerEntry, Stock
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import ancestor_paths
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.people.queries import last_grade_of
from kitaphana.regulations.queries import pack_on
from kitaphana.textbooks.models import Intake, OwnBook, Provision, ProvisionTotal

USUAL_LIFE = 4
"""School years that an edition serves where the rule pack says nothing (domain practice: the four-year cycle)."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pupils who learn from one set: a class of the year, or the class it will be after promotion."""

    grade: int
    language: str
    profile: str
    pupils: int
    classes: int = 1
    people: tuple[int, ...] = ()
    """Person ids, where the class exists already."""


def groups(library: Organization, school_year: int) -> list[Group]:
    """The classes of a school year: as they are, where the school has been promoted, else as promotion will make them
    (everybody one grade up, the graduating ones gone, the first grade as expected)."""
    members: dict[int, list[int]] = defaultdict(list)
    classes = list(SchoolClass.objects.filter(library=library, school_year__in=[school_year, school_year - 1]))
    rows = Membership.objects.filter(library=library, school_class__in=classes, left_on__isnull=True)
    for class_id, person_id in rows.values_list("school_class_id", "person_id"):
        members[class_id or 0].append(person_id)
    present = [one for one in classes if one.school_year == school_year and members[one.pk]]
    found = [
        Group(one.grade, one.language, one.profile, len(members[one.pk]), people=tuple(members[one.pk]))
        for one in present
    ]
    taken = {(one.grade, one.letter) for one in present}
    last = last_grade_of(library)
    before = [one for one in classes if one.school_year == school_year - 1]
    found += [
        Group(one.grade + 1, one.language, one.profile, len(members[one.pk]))
        for one in before
        if members[one.pk] and one.grade < last and (one.grade + 1, one.letter) not in taken
    ]
    return found + _newcomers(library, school_year, before, members, found)


def _newcomers(
    library: Organization,
    school_year: int,
    before: list[SchoolClass],
    members: Mapping[int, list[int]],
    found: list[Group],
) -> list[Group]:
    """Whom nobody is promoted into: as many as the school says it expects, else as many as the lowest grade has now."""
    expected = {
        (row.grade, row.language): row.pupils for row in Intake.objects.filter(library=library, school_year=school_year)
    }
    has = {(group.grade, group.language) for group in found}
    lowest = min((one.grade for one in before if members[one.pk]), default=None)
    if lowest is not None:
        usual: Counter[tuple[int, str]] = Counter()
        for one in before:
            if one.grade == lowest:
                usual[one.grade, one.language] += len(members[one.pk])
        expected = {key: count for key, count in usual.items() if count} | expected
    return [
        Group(grade, language, "", pupils, classes=max(1, round(pupils / 25)))
        for (grade, language), pupils in sorted(expected.items())
        if pupils and (grade, language) not in has
    ]


def _lives(library: Organization, school_year: int) -> dict[int, int]:
    """School years that an edition serves, by grade, from the rule pack in force at the start of the year."""
    parameters = pack_on("fund", date(school_year, 9, 1), library).parameters
    given = parameters.get("textbook_life_years", {})
    return {grade: int(given.get(str(grade), given.get("default", USUAL_LIFE))) for grade in range(13)}


@dataclass(slots=True)
class _Pool:
    """Volumes of one edition in the fund that are not yet counted for a title."""

    usable: int
    worn: int
    year: int | None


def _pools(library: Organization, record_ids: Iterable[int]) -> dict[int, _Pool]:
    ids = list(record_ids)
    years = dict(Record.objects.filter(pk__in=ids).values_list("pk", "year"))
    found = {pk: _Pool(0, 0, year) for pk, year in years.items()}
    for record_id, quantity in Stock.objects.filter(
        library=library, record_id__in=ids, fund=FundType.TEXTBOOK
    ).values_list("record_id", "quantity"):
        found[record_id].usable += quantity
    copies = Copy.objects.filter(library=library, record_id__in=ids, fund=FundType.TEXTBOOK, state=CopyState.IN_FUND)
    for record_id, count in copies.order_by().values_list("record_id").annotate(n=Count("pk")):
        found[record_id].usable += count
    # What came back in unsatisfactory condition and has not been written off yet: it leaves the pool at the next
    # write-off of the edition, which is why it never exceeds what is there.
    poor = (
        StockLoan.objects.filter(library=library, stock__record_id__in=ids, condition_in=Condition.POOR)
        .order_by()
        .values_list("stock__record_id")
        .annotate(n=Sum("quantity"))
    )
    written_off = _written_off_as_worn(library, ids)
    for record_id, count in poor:
        pool = found[record_id]
        pool.worn = min(max(count - written_off.get(record_id, 0), 0), pool.usable)
    return found


def _written_off_as_worn(library: Organization, record_ids: list[int]) -> dict[int, int]:
    rows = (
        LedgerEntry.objects.filter(
            library=library, record_id__in=record_ids, lot__isnull=False, quantity__lt=0, act__reason="WORN"
        )
        .order_by()
        .values_list("record_id")
        .annotate(n=Sum("quantity"))
    )
    return {record_id: -count for record_id, count in rows}


@dataclass(slots=True)
class _Need:
    title: TitleView
    grade: int
    pupils: int = 0
    needed: int = 0
    issued: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def _needs(library: Organization, school_year: int) -> list[_Need]:
    found: dict[int, _Need] = {}
    all_groups = groups(library, school_year)
    # Classes that will be are asked about like classes that are.
    shapes = sorted({(group.grade, group.language, group.profile) for group in all_groups})
    asked = [
        SchoolClass(
            pk=-place, library=library, school_year=school_year, grade=grade, language=language, profile=profile
        )
        for place, (grade, language, profile) in enumerate(shapes, start=1)
    ]
    found_views = curriculum.sets_for_classes(library, asked)
    views = {(one.grade, one.language, one.profile): found_views.get(one.pk) for one in asked}
    own = set(OwnBook.objects.filter(library=library).values_list("person_id", "title_id"))
    held = circulation.held_by_record(library)
    for group in all_groups:
        view = views[group.grade, group.language, group.profile]
        for title in view.titles if view else ():
            need = found.setdefault(title.id, _Need(title, group.grade))
            with_own = sum(1 for person in group.people if (person, title.id) in own)
            pupils = group.pupils - with_own
            need.pupils += pupils
            need.needed += pupils * title.per_pupil + group.classes * title.per_teacher
            for person in group.people:
                mine = held.get(person)
                if mine and (person, title.id) not in own:
                    has = sum(mine.get(one.record_id, 0) for one in title.editions)
                    need.issued += min(has, title.per_pupil)
    return sorted(found.values(), key=lambda need: (need.grade, need.title.id))


def _allot(needs: list[_Need], pools: Mapping[int, _Pool], lives: Mapping[int, int], school_year: int) -> None:
    """Give every volume of the fund to one title: editions that several titles share are first given where they are
    needed, and what is left stays with the first of them."""
    for is_rest in (False, True):
        for need in needs:
            counts = need.counts
            for edition in need.title.editions:
                pool = pools.get(edition.record_id)
                if edition.is_electronic or pool is None:
                    continue
                wanted = need.needed - counts.get("available", 0)
                taken = pool.usable if is_rest else min(pool.usable, max(wanted, 0) + pool.worn)
                worn = min(pool.worn, taken)
                pool.usable -= taken
                pool.worn -= worn
                good = taken - worn
                counts["in_fund"] = counts.get("in_fund", 0) + taken
                counts["worn"] = counts.get("worn", 0) + worn
                is_old = pool.year is not None and pool.year + lives[need.grade] < school_year
                kind = "dropped" if edition.is_dropped else "old" if is_old else "available"
                counts[kind] = counts.get(kind, 0) + good


@transaction.atomic
def count(library: Organization, school_year: int, *, at: datetime) -> ProvisionTotal:
    """Make the provision of one library anew: a fixed number of statements."""
    # One count of a library at a time; who comes second counts what is true then.
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=library.pk).values_list("pk"))
    needs = _needs(library, school_year)
    record_ids = {edition.record_id for need in needs for edition in need.title.editions}
    pools = _pools(library, record_ids)
    _allot(needs, pools, _lives(library, school_year), school_year)
    rows = [_row(library, school_year, need) for need in needs]
    Provision.objects.filter(library=library, school_year=school_year).delete()
    bulk.insert(rows)
    total, _is_new = ProvisionTotal.objects.update_or_create(
        library=library,
        school_year=school_year,
        defaults={
            "needed": sum(row.needed for row in rows),
            "provided": sum(row.provided for row in rows),
            "deficit": sum(row.deficit for row in rows),
            "deficit_electronic": sum(row.deficit for row in rows if row.has_electronic),
            "surplus": sum(row.surplus for row in rows),
            "issued": sum(need.issued for need in needs),
            "counted_at": at,
        },
    )
    return total


def _row(library: Organization, school_year: int, need: _Need) -> Provision:
    available = need.counts.get("available", 0)
    provided = min(available, need.needed)
    return Provision(
        library=library,
        school_year=school_year,
        title_id=need.title.id,
        pupils=need.pupils,
        needed=need.needed,
        in_fund=need.counts.get("in_fund", 0),
        worn=need.counts.get("worn", 0),
        old=need.counts.get("old", 0),
        dropped=need.counts.get("dropped", 0),
        available=available,
        has_electronic=any(edition.is_electronic for edition in need.title.editions),
        provided=provided,
        deficit=need.needed - provided,
        surplus=available - provided,
    )


def count_all(school_year: int, *, at: datetime, below: Organization | None = None) -> int:
    """Make the provision of every library (below a node) anew, each in a transaction of its own; returns how many."""
    libraries = Organization.objects.filter(is_library=True, is_closed=False)
    if below is not None:
        libraries = libraries.filter(path__startswith=below.path)
    done = 0
    for library in libraries.iterator(200):
        count(library, school_year, at=at)
        done += 1
    return done


def dropped_textbooks(library: Organization, day: date) -> dict[int, str]:
    """Textbooks of a library that no set of the school year teaches from: record id → why, for weeding.

    Where no sets were made for the year nothing can be said.
    """
    year = clock.school_year(day)
    above = TextbookSet.objects.filter(
        organization__path__in=ancestor_paths(library.path), school_year=year, is_approved=True
    )
    taught = SetEdition.objects.filter(title__textbook_set__in=above, is_dropped=False)
    if not taught.exists():
        return {}
    held = Stock.objects.filter(library=library, fund=FundType.TEXTBOOK, quantity__gt=0).values_list(
        "record_id", flat=True
    )
    copies = Copy.objects.filter(library=library, fund=FundType.TEXTBOOK, state=CopyState.IN_FUND).values_list(
        "record_id", flat=True
    )
    gone = {*held, *copies} - set(taught.values_list("record_id", flat=True))
    words = _("Not in any textbook set of %(year)s/%(end)s") % {"year": year, "end": year + 1}
    return dict.fromkeys(gone, words)


# Reading


@dataclass(frozen=True, slots=True)
class Sums:
    """Provision added up over some libraries."""

    needed: int
    provided: int
    deficit: int
    deficit_electronic: int
    surplus: int
    issued: int
    libraries: int

    @property
    def percent(self) -> int:
        """Provision in whole percent, rounded down; 100 where nothing is needed."""
        return self.provided * 100 // self.needed if self.needed else 100

    @property
    def issued_percent(self) -> int:
        """Issued of what is needed, in whole percent, rounded down."""
        return self.issued * 100 // self.needed if self.needed else 0


_SUMS: dict[str, Any] = {
    name: Sum(name) for name in ("needed", "provided", "deficit", "deficit_electronic", "surplus", "issued")
}


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(**{name: row[name] or 0 for name in (*_SUMS, "libraries")})


def sums(node: Organization, school_year: int) -> Sums:
    """The provision of everything below a node: one statement."""
    rows = ProvisionTotal.objects.filter(library__path__startswith=node.path, school_year=school_year)
    return _sums(rows.aggregate(**_SUMS, libraries=Count("pk")))


def by_child(node: Organization, children: list[Organization], school_year: int) -> list[tuple[Organization, Sums]]:
    """The provision of each child of a node: one statement however many libraries are below."""
    depth = len(node.path) + Organization.steplen
    rows = (
        ProvisionTotal.objects.filter(library__path__startswith=node.path, school_year=school_year)
        .annotate(branch=Substr("library__path", 1, depth))
        .order_by()
        .values("branch")
        .annotate(**_SUMS, libraries=Count("pk"))
    )
    found = {row["branch"]: _sums(row) for row in rows}
    return [(child, found[child.path]) for child in children if child.path in found]


@dataclass(frozen=True, slots=True)
class TitleSums:
    """One title over some libraries."""

    title_id: int
    grade: int
    language: str
    name: str
    needed: int
    in_fund: int
    worn: int
    old: int
    dropped: int
    available: int
    provided: int
    deficit: int
    surplus: int
    has_electronic: bool
    lacking: int
    """Libraries that lack some."""

    @property
    def percent(self) -> int:
        """Provision in whole percent, rounded down."""
        return self.provided * 100 // self.needed if self.needed else 100

    @property
    def language_name(self) -> str:
        """Language of instruction in words."""
        return str(TeachingLanguage(self.language).label)


def by_title(
    node: Organization, school_year: int, *, grade: int | None = None, language: str = "", only: str = ""
) -> list[TitleSums]:
    """The provision of each title below a node, by grade, language and the order of the sets; ``only``: "deficit" or
    "surplus". One statement."""
    rows = Provision.objects.filter(library__path__startswith=node.path, school_year=school_year)
    if grade is not None:
        rows = rows.filter(title__textbook_set__grade=grade)
    if language:
        rows = rows.filter(title__textbook_set__language=language)
    named = {
        "grade": F("title__textbook_set__grade"),
        "language": F("title__textbook_set__language"),
        "subject": F("title__subject"),
        "part": F("title__part"),
        "position": F("title__position"),
        "electronic": F("has_electronic"),
    }
    numbers = ("needed", "in_fund", "worn", "old", "dropped", "available", "provided", "deficit", "surplus")
    found = (
        rows.order_by()
        .values("title_id", **named)
        .annotate(**{f"{name}_sum": Sum(name) for name in numbers}, lacking=Count("pk", filter=Q(deficit__gt=0)))
        .order_by("grade", "language", "position", "title_id")
    )
    if only in ("deficit", "surplus"):
        found = found.filter(**{f"{only}_sum__gt": 0})
    return [
        TitleSums(
            title_id=row["title_id"],
            grade=row["grade"],
            language=row["language"],
            name=f"{row['subject']}, {row['part']}" if row["part"] else row["subject"],
            has_electronic=row["electronic"],
            lacking=row["lacking"],
            **{name: row[f"{name}_sum"] for name in numbers},
        )
        for row in found
    ]
