"""Reads of the core lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from kitaphana.catalog.models import Record
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.kazakh import fold
from kitaphana.corelist.enums import Change, Choice, EntryKind, ProposalState, State
from kitaphana.corelist.judgement import Tally, weighted_mean
from kitaphana.corelist.models import (
    CoreList,
    Criterion,
    DeclaredConflict,
    Expert,
    ListEntry,
    Proposal,
    Score,
    Version,
    Vote,
)
from kitaphana.formats.isbn import normalize


def may_propose(actor: Actor, core_list: CoreList) -> bool:
    """Whether somebody is entitled: they have the right at the list's node, below it or above it."""
    path = core_list.organization.path
    return any(
        Permission.LIST_PROPOSE in grant.permissions and (grant.path.startswith(path) or path.startswith(grant.path))
        for grant in actor.grants
    )


def is_staff(actor: Actor) -> bool:
    """Whether somebody may see lists before they are published."""
    return actor.may_somewhere(Permission.LIST_PROPOSE)


def under_way(core_list: CoreList) -> Version | None:
    """The version on its route, or None."""
    return Version.objects.filter(core_list=core_list).exclude(state=State.PUBLISHED).first()


def published(core_list: CoreList) -> Version | None:
    """The version in force, or None."""
    return Version.objects.filter(core_list=core_list, state=State.PUBLISHED).order_by("-number").first()


def before(version: Version) -> Version | None:
    """The version that a version goes out from."""
    return Version.objects.filter(core_list=version.core_list_id, number=version.number - 1).first()


def experts_of(core_list: CoreList) -> QuerySet[Expert, Expert]:
    """The commission as it is now."""
    return Expert.objects.filter(core_list=core_list, dismissed_at__isnull=True).select_related("user__person")


def expert_of(actor: Actor, core_list: CoreList) -> Expert | None:
    """The actor as a member of the commission, or None."""
    if actor.user_id is None:
        return None
    return Expert.objects.filter(core_list=core_list, user=actor.user_id, dismissed_at__isnull=True).first()


@dataclass(frozen=True, slots=True)
class Line:
    """A title as it stands, or would stand, in a version."""

    record_id: int
    kind: str
    grade_from: int | None
    grade_to: int | None
    norm_per_pupils: int
    title: str
    subtitle: str
    authors: tuple[str, ...]
    publisher: str
    year: int | None
    isbn: str
    text_language: str
    age_from: int
    age_to: int

    @property
    def full_title(self) -> str:
        """Title and subtitle, by which parts of one work are told apart."""
        return f"{self.title}: {self.subtitle}" if self.subtitle else self.title

    @property
    def rules(self) -> tuple[object, ...]:
        """What the list says of the title, beside who wrote and printed it."""
        return self.kind, self.grade_from, self.grade_to, self.norm_per_pupils


def line_of_entry(entry: ListEntry) -> Line:
    """A published entry."""
    return Line(
        record_id=entry.record_id,
        kind=entry.kind,
        grade_from=entry.grade_from,
        grade_to=entry.grade_to,
        norm_per_pupils=entry.norm_per_pupils,
        title=entry.title,
        subtitle=entry.subtitle or "",
        authors=tuple(entry.authors),
        publisher=entry.publisher,
        year=entry.year,
        isbn=entry.isbn,
        text_language=entry.text_language,
        age_from=entry.age_from,
        age_to=entry.age_to,
    )


def _line(core_list: CoreList, record: Record, rules: Proposal | ListEntry) -> Line:
    """A title with what its record says now; the record's ages narrow those of the list."""
    low = min(max(core_list.age_from, record.age_from or 0), core_list.age_to)
    high = max(low, min(core_list.age_to, core_list.age_to if record.age_to is None else record.age_to))
    return Line(
        record_id=record.pk,
        kind=str(rules.kind),
        grade_from=rules.grade_from,
        grade_to=rules.grade_to,
        norm_per_pupils=rules.norm_per_pupils,
        title=record.title,
        subtitle=record.subtitle,
        authors=tuple(record.authors),
        publisher=record.publisher,
        year=record.year,
        isbn=record.isbns[0] if record.isbns else "",
        text_language=record.language,
        age_from=low,
        age_to=high,
    )


def composition(version: Version) -> list[Line]:
    """The titles of a version in their order: published ones as frozen, else the last version with what was accepted.

    At most four statements.
    """
    if version.state == State.PUBLISHED:
        return [line_of_entry(one) for one in ListEntry.objects.filter(version=version).order_by("position")]
    core_list = version.core_list
    rules: dict[int, Proposal | ListEntry] = {}
    if version.number > 1:
        old = ListEntry.objects.filter(version__core_list=core_list, version__number=version.number - 1)
        rules = {one.record_id: one for one in old}
    accepted = Proposal.objects.filter(version=version, state=ProposalState.ACCEPTED, record__isnull=False)
    for one in accepted.order_by("pk"):
        if one.record_id is None:
            continue
        if one.change == Change.REMOVE:
            rules.pop(one.record_id, None)
        else:
            rules[one.record_id] = one
    records = Record.objects.defer("marc").in_bulk(list(rules))
    order = {"DOMESTIC": 0, "FOREIGN": 1, "SUBJECT": 2}
    ordered = sorted(
        rules,
        key=lambda pk: (order[str(rules[pk].kind)], rules[pk].grade_from or 0, records[pk].sort_title, pk),
    )
    return [_line(core_list, records[pk], rules[pk]) for pk in ordered]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A title that differs between two versions: only ``after`` is new, only ``before`` was taken out."""

    change: Change
    before: Line | None
    after: Line | None

    @property
    def line(self) -> Line:
        """The title as it is now, or was."""
        shown = self.after or self.before
        assert shown is not None  # one of them is always there
        return shown


def changes_between(old: Sequence[Line], new: Sequence[Line]) -> list[LineChange]:
    """How a version differs from another: added, changed, then removed titles."""
    was = {one.record_id: one for one in old}
    now = {one.record_id: one for one in new}
    added = [LineChange(Change.ADD, None, one) for one in new if one.record_id not in was]
    changed = [
        LineChange(Change.CHANGE, was[one.record_id], one)
        for one in new
        if one.record_id in was and was[one.record_id].rules != one.rules
    ]
    removed = [LineChange(Change.REMOVE, one, None) for one in old if one.record_id not in now]
    return [*added, *changed, *removed]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the commission thinks of a proposal."""

    proposal: Proposal
    score: Any
    """The weighted mean (``Decimal``), None where nobody has scored."""
    by_criterion: dict[int, Any]
    scored_by: int
    """Experts who have given points by every criterion."""
    conflicted: frozenset[int]
    """Experts with a declared conflict."""
    tally: Tally


def judged(core_list: CoreList, proposals: Iterable[Proposal]) -> list[Judged]:
    """Scores and votes of proposals in their order (five statements, however many)."""
    proposals = list(proposals)
    ids = [one.pk for one in proposals]
    criteria = dict(Criterion.objects.filter(core_list=core_list).values_list("pk", "weight"))
    experts = set(experts_of(core_list).values_list("pk", flat=True))
    points: dict[int, list[tuple[int, int]]] = defaultdict(list)
    sheets: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for proposal, expert, criterion, value in Score.objects.filter(proposal__in=ids).values_list(
        "proposal_id", "expert_id", "criterion_id", "points"
    ):
        points[proposal].append((criterion, value))
        sheets[proposal][expert] += 1
    conflicts: dict[int, set[int]] = defaultdict(set)
    for proposal, expert in DeclaredConflict.objects.filter(proposal__in=ids).values_list("proposal_id", "expert_id"):
        conflicts[proposal].add(expert)
    votes: dict[int, dict[str, int]] = defaultdict(dict)
    counted = Vote.objects.filter(proposal__in=ids, expert__dismissed_at__isnull=True)
    for proposal, choice, number in counted.values_list("proposal_id", "choice").annotate(n=Count("pk")):
        votes[proposal][choice] = number
    found = []
    for one in proposals:
        given = votes[one.pk]
        found.append(
            Judged(
                proposal=one,
                score=weighted_mean(criteria, points[one.pk]),
                by_criterion={criterion: weighted_mean({criterion: 1}, points[one.pk]) for criterion in criteria},
                scored_by=sum(1 for number in sheets[one.pk].values() if number == len(criteria)),
                conflicted=frozenset(conflicts[one.pk]),
                tally=Tally(
                    yes=given.get(Choice.YES, 0),
                    no=given.get(Choice.NO, 0),
                    abstain=given.get(Choice.ABSTAIN, 0),
                    entitled=len(experts - conflicts[one.pk]),
                    quorum_percent=core_list.quorum_percent,
                    majority_percent=core_list.majority_percent,
                ),
            )
        )
    return found


def proposals_of(version: Version) -> QuerySet[Proposal, Proposal]:
    """Proposals of a version that were not merged or withdrawn, in their order."""
    return (
        Proposal.objects.filter(version=version)
        .exclude(state__in=[ProposalState.MERGED, ProposalState.WITHDRAWN])
        .select_related("record", "proposer__person")
        .defer("record__marc")
        .order_by("pk")
    )


def found_by(proposals: QuerySet[Proposal, Proposal], text: str) -> QuerySet[Proposal, Proposal]:
    """Those whose title or author has every word, in any case; an ISBN finds its edition (one more statement)."""
    if not text:
        return proposals
    isbn = normalize(text)
    if isbn:
        return proposals.filter(isbn=isbn)
    # LIKE of SQLite knows no case of Cyrillic letters: the few columns of a version are looked through here.
    words = fold(text).split()
    matching = [
        pk
        for pk, title, author in proposals.values_list("pk", "title", "author")
        if all(word in fold(f"{title} {author}") for word in words)
    ]
    return proposals.filter(pk__in=matching)


def waiting(core_list: CoreList) -> QuerySet[Proposal, Proposal]:
    """Proposals that wait for the next version."""
    return (
        Proposal.objects.filter(core_list=core_list, state__in=[ProposalState.OPEN, ProposalState.DEFERRED])
        .filter(Q(version__isnull=True) | Q(version__state=State.PUBLISHED))
        .select_related("record", "proposer__person")
        .defer("record__marc")
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among published titles; empty values ask for nothing."""

    text: str = ""
    level: str = ""
    language: str = ""
    age: int | None = None
    grade: int | None = None
    kind: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for."""
        return any((self.text, self.level, self.language, self.kind)) or self.age is not None or self.grade is not None


def entries_of(version: Version, wanted: Wanted) -> QuerySet[ListEntry, ListEntry]:
    """Titles of a published version in their order, narrowed."""
    rows = ListEntry.objects.filter(version=version).select_related("record").defer("record__marc")
    return _narrowed(rows, wanted).order_by("position")


def entries_in_force(wanted: Wanted) -> QuerySet[ListEntry, ListEntry]:
    """Titles of the latest published versions of all lists, narrowed."""
    latest = (
        Version.objects.filter(state=State.PUBLISHED, core_list=OuterRef("version__core_list"))
        .order_by("-number")
        .values("pk")[:1]
    )
    rows = ListEntry.objects.filter(version=Subquery(latest)).select_related("version__core_list", "record")
    rows = rows.defer("record__marc")
    if wanted.level:
        rows = rows.filter(version__core_list__level=wanted.level)
    if wanted.language:
        rows = rows.filter(version__core_list__language=wanted.language)
    return _narrowed(rows, wanted).order_by("version__core_list", "position")


def _narrowed(rows: QuerySet[ListEntry, ListEntry], wanted: Wanted) -> QuerySet[ListEntry, ListEntry]:
    if wanted.age is not None:
        rows = rows.filter(age_from__lte=wanted.age, age_to__gte=wanted.age)
    if wanted.grade is not None:
        rows = rows.filter(Q(grade_from__isnull=True) | Q(grade_from__lte=wanted.grade, grade_to__gte=wanted.grade))
    if wanted.kind in EntryKind.values:
        rows = rows.filter(kind=wanted.kind)
    isbn = normalize(wanted.text) if wanted.text else None
    if isbn:
        return rows.filter(isbn=isbn)
    for word in fold(wanted.text).split()[:8]:
        rows = rows.filter(search_key__contains=word)
    return rows
