"""Reads of the curriculum: which set holds for a class, what is in it, what has changed since last year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kitaphana.core.access import Reach
from kitaphana.core.text.kazakh import fold
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within
from kitaphana.people.models import SchoolClass


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition that satisfies a title; a smaller ``rank`` is preferred."""

    record_id: int
    rank: int
    is_electronic: bool = False
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class TitleView:
    """A need: so many copies for each pupil and for the teacher of each class, of any of the editions."""

    id: int
    subject: str
    part: str
    per_pupil: int
    per_teacher: int
    is_returned: bool
    change: str
    editions: tuple[EditionView, ...] = ()

    @property
    def name(self) -> str:
        """Subject and part as they are spoken."""
        return f"{self.subject}, {self.part}" if self.part else self.subject

    @property
    def record_ids(self) -> tuple[int, ...]:
        """Printed editions that are still approved, the preferred one first."""
        return tuple(one.record_id for one in self.editions if not one.is_electronic and not one.is_dropped)


@dataclass(frozen=True, slots=True)
class SetView:
    """A set with its titles in their order; titles that were left out are not among them."""

    id: int
    titles: tuple[TitleView, ...] = ()
    organization_id: int = 0
    profile: str = ""
    is_approved: bool = False


def _deciding(candidates: Iterable[TextbookSet], profile: str) -> TextbookSet | None:
    """Approved sets go before drafts; then the nearest node decides; of its sets, the one of the profile."""
    fitting = [one for one in candidates if one.profile in ("", profile)]
    return max(fitting, key=lambda one: (one.is_approved, len(one.organization.path), one.profile != ""), default=None)


def _above(library: Organization) -> QuerySet[TextbookSet]:
    paths = organizations.ancestor_paths(library.path)
    return TextbookSet.objects.filter(organization__path__in=paths).select_related("organization")


def set_for(library: Organization, grade: int, language: str, profile: str, school_year: int) -> TextbookSet | None:
    """The set that holds at a library (one statement), or None.

    Approved sets go before drafts; of those the nearest node's one holds, and of a node's sets that of the profile
    before the general one. A draft holds only where nothing is approved.
    """
    found = _above(library).filter(grade=grade, language=language, school_year=school_year, profile__in=["", profile])
    return _deciding(found, profile)


def sets_for_classes(library: Organization, classes: Iterable[SchoolClass]) -> dict[int, SetView]:
    """The set that holds for each class, by the class's id, as ``set_for`` has it; classes without one are absent.

    Three statements, however many classes there are.
    """
    classes = list(classes)
    found: dict[tuple[int, int, str], list[TextbookSet]] = defaultdict(list)
    for one in _above(library).filter(school_year__in={one.school_year for one in classes}):
        found[one.school_year, one.grade, one.language].append(one)
    chosen = {}
    for one_class in classes:
        key = (one_class.school_year, one_class.grade, one_class.language)
        decided = _deciding(found[key], one_class.profile)
        if decided is not None:
            chosen[one_class.pk] = decided
    views = views_of(chosen.values())
    return {class_id: views[one.pk] for class_id, one in chosen.items()}


def views_of(sets: Iterable[TextbookSet], *, with_removed: bool = False) -> dict[int, SetView]:
    """Contents of sets by their ids (two statements)."""
    by_id = {one.pk: one for one in sets}
    titles = titles_of(by_id, with_removed=with_removed)
    return {
        pk: SetView(pk, tuple(titles.get(pk, ())), one.organization_id, one.profile, one.is_approved)
        for pk, one in by_id.items()
    }


def titles_of(set_ids: Iterable[int], *, with_removed: bool = False) -> dict[int, list[TitleView]]:
    """Titles of sets by the set's id, in their order (two statements)."""
    rows = SetTitle.objects.filter(textbook_set__in=list(set_ids)).order_by("position", "pk")
    if not with_removed:
        rows = rows.exclude(change=Change.REMOVED)
    editions: dict[int, list[EditionView]] = defaultdict(list)
    for title_id, record_id, rank, is_electronic, is_dropped in (
        SetEdition.objects.filter(title__textbook_set__in=list(set_ids))
        .order_by("rank", "pk")
        .values_list("title_id", "record_id", "rank", "is_electronic", "is_dropped")
    ):
        editions[title_id].append(EditionView(record_id, rank, is_electronic, is_dropped))
    titles: dict[int, list[TitleView]] = defaultdict(list)
    for row in rows:
        titles[row.textbook_set_id].append(view_of(row, tuple(editions[row.pk])))
    return titles


def view_of(row: SetTitle, editions: tuple[EditionView, ...]) -> TitleView:
    """A line of a set as it is read."""
    return TitleView(
        id=row.pk,
        subject=row.subject,
        part=row.part,
        per_pupil=row.per_pupil,
        per_teacher=row.per_class_teacher,
        is_returned=row.is_returned,
        change=row.change,
        editions=editions,
    )


def facts_of(view: TitleView) -> tuple[object, ...]:
    """What makes two lines the same: everything but ids and marks. Of ranks only the order counts."""
    editions = tuple((one.record_id, one.is_electronic, one.is_dropped) for one in view.editions)
    return view.subject, view.part, view.per_pupil, view.per_teacher, view.is_returned, editions


@dataclass(frozen=True, slots=True)
class TitleChange:
    """A line that differs: only ``after`` is new, only ``before`` was left out."""

    change: Change
    before: TitleView | None
    after: TitleView | None
    added: tuple[int, ...] = field(default=())
    """Records that became editions."""
    removed: tuple[int, ...] = field(default=())
    """Records that are no editions any more, or dropped ones."""

    @property
    def name(self) -> str:
        """What the line is called now, or was."""
        shown = self.after or self.before
        return shown.name if shown else ""


def changes_between(textbook_set: TextbookSet, based_on: TextbookSet) -> list[TitleChange]:
    """How a set differs from another one: new, changed and left out lines; empty: not at all (three statements).

    Lines belong together that were copied from one another, else those of the same subject and part.
    """
    both = titles_of([textbook_set.pk, based_on.pk])
    sources = dict(SetTitle.objects.filter(textbook_set=textbook_set).values_list("pk", "source_id"))
    before = {one.id: one for one in both.get(based_on.pk, ())}
    by_name = {(fold(one.subject), fold(one.part)): one.id for one in before.values()}
    found = []
    for after in both.get(textbook_set.pk, ()):
        old_id = sources.get(after.id)
        if old_id not in before:
            old_id = by_name.get((fold(after.subject), fold(after.part)))
        old = before.pop(old_id, None) if old_id is not None else None
        if old is None:
            found.append(TitleChange(Change.NEW, None, after, added=after.record_ids))
        elif facts_of(old) != facts_of(after):
            now, then = after.record_ids, old.record_ids
            found.append(
                TitleChange(
                    Change.REPLACED,
                    old,
                    after,
                    added=tuple(pk for pk in now if pk not in then),
                    removed=tuple(pk for pk in then if pk not in now),
                )
            )
    found += [TitleChange(Change.REMOVED, old, None, removed=old.record_ids) for old in before.values()]
    return found


def visible_to(reach: Reach) -> QuerySet[TextbookSet]:
    """Sets that somebody may see: of the nodes in reach, and of those above, whose sets hold for them too."""
    above = {path for prefix in reach.prefixes for path in organizations.ancestor_paths(prefix)}
    return TextbookSet.objects.filter(
        within(reach, "organization__path") | Q(organization__path__in=above)
    ).select_related("organization", "based_on")


def listed(sets: QuerySet[TextbookSet]) -> QuerySet[TextbookSet]:
    """Sets in the order of a list: the newest year first; each has ``titles_count`` and ``has_gaps``."""
    live = ~Q(titles__change=Change.REMOVED)
    bare = SetTitle.objects.filter(textbook_set=OuterRef("pk"), editions__isnull=True).exclude(change=Change.REMOVED)
    return sets.annotate(titles_count=Count("titles", filter=live), has_gaps=Exists(bare)).order_by(
        "-school_year", "grade", "language", "profile", "organization__path"
    )
