"""Reading submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from kitaphana.core.access import Permission, Reach
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within
from kitaphana.submissions.enums import LEVELS, REACHED, Kind, State
from kitaphana.submissions.errors import SubmissionNotFound
from kitaphana.submissions.models import Consolidation, Deadline, Submission

VIEW = Permission.NUMBERS_VIEW


def levels_of(library: Organization) -> dict[State, Organization]:
    """The nodes that decide on the reports of a library, from below. One statement."""
    kinds = {kind: state for state, kind in LEVELS.items()}
    return {kinds[node.kind]: node for node in organizations.lineage(library) if node.kind in kinds}  # type: ignore[index]


def expected(node: Organization) -> QuerySet[Organization]:
    """The libraries below a node that submit."""
    rows: QuerySet[Organization] = Organization.objects.filter(
        path__startswith=node.path, is_library=True, is_closed=False
    )
    return rows.order_by("path")


def submission_within(pk: int, reach: Reach) -> Submission:
    """A submission of a library within reach.

    :raises SubmissionNotFound: there is none.
    """
    rows = Submission.objects.select_related("library")
    found: Submission | None = rows.filter(within(reach, "library__path"), pk=pk).first()
    if found is None:
        raise SubmissionNotFound
    return found


def current(library: Organization, kind: str, year: int) -> Submission | None:
    """The last version of a year."""
    return Submission.objects.filter(library=library, kind=kind, year=year).order_by("-version").first()


def last_before(library: Organization, kind: str, year: int, version: int | None = None) -> Submission | None:
    """The submission before, signed and not returned: that of an earlier year, or an earlier version of this year's data
    set. A report stands beside last year's, a data set beside what was sent last.
    """
    rows = Submission.objects.filter(library=library, kind=kind).exclude(state__in=[State.DIRECTOR, State.RETURNED])
    earlier = Q(year__lt=year)
    if kind == Kind.NEDB:
        earlier |= Q(year=year) if version is None else Q(year=year, version__lt=version)
    return rows.filter(earlier).order_by("-year", "-version").first()


def accepted(node: Organization, kind: str, year: int) -> list[Submission]:
    """Reports that the node itself has accepted, the last version of each, in the order of the tree. One statement."""
    states = REACHED.get(node.kind, (State.ACCEPTED,))
    rows = Submission.objects.filter(kind=kind, year=year, state__in=states, library__path__startswith=node.path)
    return list(
        {one.library_id: one for one in rows.select_related("library").order_by("library__path", "version")}.values()
    )


def _deadlines(node: Organization) -> QuerySet[Deadline]:
    """Deadlines that hold for somebody below a node: its own, those above and those below; the widest first."""
    paths = [node.path[:length] for length in range(len(node.path), 0, -Organization.steplen)]
    rows = Deadline.objects.filter(Q(node__path__in=paths) | Q(node__path__startswith=node.path))
    return rows.select_related("node").order_by("node__depth", "pk")


def deadline_for(node: Organization, kind: str, year: int) -> date | None:
    """Until when a node's libraries submit, as the nearest node says. One statement."""
    rows = [one for one in _deadlines(node).filter(kind=kind, year=year) if node.path.startswith(one.node.path)]
    return rows[-1].on if rows else None


@dataclass(frozen=True, slots=True)
class Line:
    """A library and where its report is; None: not begun."""

    library: Organization
    submission: Submission | None
    is_late: bool


def lines(node: Organization, kind: str, year: int, today: date) -> list[Line]:
    """Every library below a node with its report: three statements however many there are."""
    rows = Submission.objects.filter(kind=kind, year=year, library__path__startswith=node.path).defer("content")
    last: dict[int, Submission] = {}
    for one in rows.order_by("version"):
        last[one.library_id] = one
    until = list(_deadlines(node).filter(kind=kind, year=year))
    found = []
    for library in expected(node):
        one = last.get(library.pk)
        # The nearest comes last.
        mine = next((row.on for row in reversed(until) if library.path.startswith(row.node.path)), None)
        is_owed = one is None or one.state in (State.DIRECTOR, State.RETURNED)
        found.append(Line(library, one, is_owed and mine is not None and today > mine))
    return found


def consolidations(node: Organization, kind: str, year: int) -> QuerySet[Consolidation]:
    """What was signed for a node and the nodes right below it, the newest first."""
    rows = Consolidation.objects.filter(kind=kind, year=year).filter(
        Q(node=node) | Q(node__path__startswith=node.path, node__depth=node.depth + 1)
    )
    return rows.select_related("node").order_by("node__path", "-version")


def waiting(nodes: Sequence[Organization]) -> QuerySet[Submission]:
    """What waits at the level of some nodes."""
    states = {kind: state for state, kind in LEVELS.items()}
    wanted = Q(pk__in=[])
    for node in nodes:
        if (state := states.get(node.kind)) is not None:  # type: ignore[call-overload]
            wanted |= Q(state=state, library__path__startswith=node.path)
    return Submission.objects.filter(wanted)


def late(node: Organization, today: date) -> QuerySet[Organization]:
    """Libraries below a node that have not sent a report whose day is over, as the nearest node above them set it."""
    owed = Q(pk__in=[])
    rows = list(_deadlines(node))
    for one in rows:
        if today <= one.on:
            continue
        nearer = [
            other.node.path
            for other in rows
            if (other.kind, other.year) == (one.kind, one.year)
            and other.node.path != one.node.path
            and other.node.path.startswith(one.node.path)
        ]
        sent = Submission.objects.filter(kind=one.kind, year=one.year).exclude(
            state__in=[State.DIRECTOR, State.RETURNED]
        )
        mine = Q(path__startswith=one.node.path) & ~Q(pk__in=sent.values("library"))
        for path in nearer:
            mine &= ~Q(path__startswith=path)
        owed |= mine
    return expected(node).filter(owed)


def counts(found: Sequence[Line]) -> Mapping[str, int]:
    """How many stand where; ``""`` those not begun."""
    numbers: dict[str, int] = {}
    for line in found:
        key = str(line.submission.state) if line.submission else ""
        numbers[key] = numbers.get(key, 0) + 1
    return numbers
