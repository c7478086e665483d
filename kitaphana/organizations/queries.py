"""Reads of the network: the tree within reach, libraries, calendars."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.db.models.functions import Substr

from kitaphana.core.access import Reach
from kitaphana.core.text.kazakh import fold
from kitaphana.organizations.errors import NoOpenDay, UnknownOrganization
from kitaphana.organizations.models import ClosedDay, Organization, within

STEP: int = Organization.steplen
"""Characters of the path a level takes."""

LOOK_AHEAD_DAYS = 366
SUNDAY = "7"
"""The closed weekday where no node says anything."""


def tree(reach: Reach) -> QuerySet[Any, Any]:
    """Every node within reach; order by ``path`` to walk the tree."""
    found: QuerySet[Any, Any] = Organization.objects.filter(within(reach))
    return found


def libraries(reach: Reach) -> QuerySet[Any, Any]:
    """The working libraries within reach."""
    return tree(reach).filter(is_library=True, is_closed=False)


def ids_within(reach: Reach) -> QuerySet[Any, Any]:
    """Ids of the nodes within reach, to be put into another query."""
    return tree(reach).values("pk")


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Names of nodes by id in the language in force (one statement)."""
    return {node.pk: node.name for node in Organization.objects.filter(pk__in=set(ids))}


def organization_by_code(code: str, reach: Reach) -> Organization:
    """The node of a code within reach.

    :raises UnknownOrganization: there is none, or it is out of reach.
    """
    node: Organization | None = tree(reach).filter(code=code).first()
    if node is None:
        raise UnknownOrganization(code=code)
    return node


def library_by_code(code: str) -> Organization:
    """The library of a code, for commands and programs; rights are asked by the command that is called next.

    :raises UnknownOrganization: there is none.
    """
    node: Organization | None = Organization.objects.filter(code=code, is_library=True).first()
    if node is None:
        raise UnknownOrganization(code=code)
    return node


def search(reach: Reach, text: str) -> QuerySet[Any, Any]:
    """Nodes within reach whose code, BIN or a name contains the text, in any case, with or without Kazakh
    letters.
    """
    wanted = " ".join(text.split())
    found = tree(reach)
    if not wanted:
        return found
    # Case of Cyrillic letters: LIKE of SQLite knows only Latin ones, so the spellings are written out.
    condition = Q(code__istartswith=wanted) | Q(bin=wanted)
    for spelling in {wanted, wanted.lower(), wanted.capitalize(), wanted.upper(), wanted.title()}:
        for field in ("name_kk", "name_ru", "name_en"):
            condition |= Q(**{f"{field}__contains": spelling})
    if not found.filter(condition).exists():
        matching = [pk for pk, *names in found.values_list("pk", "name_kk", "name_ru", "name_en")[:20_000]
                    if any(fold(wanted) in fold(name) for name in names)]  # fmt: skip
        return found.filter(pk__in=matching[:500])
    return found.filter(condition)


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the drill-down tree: a node, how many children it has and how many libraries it and its
    subtree hold.
    """

    node: Organization
    children: int
    libraries: int


def top_nodes(reach: Reach) -> list[Organization]:
    """Where a person's view of the tree begins: the outermost nodes of the reach."""
    if not reach.prefixes:
        return []
    if "" in reach.prefixes:
        return list(Organization.objects.filter(depth=1).order_by("path"))
    return list(Organization.objects.filter(path__in=reach.prefixes).order_by("path"))


def branches(nodes: Iterable[Organization]) -> list[Branch]:
    """The lines of the tree for sibling nodes; one statement for all counts, however many nodes."""
    nodes = list(nodes)
    if not nodes:
        return []
    counts: dict[str, int] = {}
    # Nodes of one question may lie at different depths (several roles): one statement a depth, rarely more
    # than one.
    for depth in sorted({node.depth for node in nodes}):
        paths = [node.path for node in nodes if node.depth == depth]
        length = depth * STEP
        rows = (
            Organization.objects.filter(is_library=True, is_closed=False)
            .filter(_below_any(paths))
            .annotate(top=Substr("path", 1, length))
            .values_list("top")
            .annotate(number=Count("pk"))
            .order_by()  # the order of the tree would be grouped by too
        )
        counts.update(dict(rows))
    return [Branch(node, node.numchild, counts.get(node.path, 0)) for node in nodes]


def _below_any(paths: list[str]) -> Q:
    if len({path[:-STEP] for path in paths}) == 1:
        # Siblings: a range of the path index instead of a condition for each.
        return Q(path__gte=min(paths), path__lt=_after(max(paths)))
    condition = Q()
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition


def _after(path: str) -> str:
    return path + "~"


def children_of(node: Organization) -> QuerySet[Any, Any]:
    """The nodes right below, in the order of the tree."""
    found: QuerySet[Any, Any] = Organization.objects.filter(path__startswith=node.path, depth=node.depth + 1).order_by(
        "path"
    )
    return found


def ancestor_paths(path: str) -> list[str]:
    """The paths from the root down to a node, the node's own last."""
    return [path[: end * STEP] for end in range(1, len(path) // STEP + 1)]


def areas_of(ids: Collection[int] | None = None) -> dict[int, tuple[int, ...]]:
    """The districts and regions above nodes, nearest first, without the country; of every library where no ids are
    given. Two statements.
    """
    nodes = Organization.objects.filter(is_library=True) if ids is None else Organization.objects.filter(pk__in=ids)
    paths = dict(nodes.order_by().values_list("pk", "path"))
    above = {path: ancestor_paths(path)[1:-1] for path in paths.values()}
    wanted = {one for found in above.values() for one in found}
    known = dict(Organization.objects.filter(path__in=wanted).order_by().values_list("path", "pk"))
    return {pk: tuple(known[one] for one in reversed(above[path]) if one in known) for pk, path in paths.items()}


def lineage(node: Organization) -> list[Organization]:
    """The nodes from the root down to the node itself (one statement)."""
    return list(Organization.objects.filter(path__in=ancestor_paths(node.path)).order_by("path"))


def weekly_closed(node: Organization) -> frozenset[int]:
    """Closed weekdays (1 Monday … 7 Sunday) in force at a node: its own, else of the nearest node above that
    says.
    """
    digits = (
        Organization.objects.filter(path__in=ancestor_paths(node.path), weekly_closed__isnull=False)
        .order_by("-depth")
        .values_list("weekly_closed", flat=True)
        .first()
    )
    return frozenset(int(digit) for digit in (SUNDAY if digits is None else digits))


def closed_days(node: Organization, *, since: date, until: date) -> QuerySet[ClosedDay]:
    """Closed days in force at a node within a period: its own and those of the nodes above, by date."""
    return (
        ClosedDay.objects.filter(organization__path__in=ancestor_paths(node.path), on__gte=since, on__lte=until)
        .select_related("organization")
        .order_by("on", "organization__path")
    )


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a library is open, over a period: made by one statement, asked as often as one likes."""

    name: str
    closed_weekdays: frozenset[int]
    closed: frozenset[date]

    def is_open(self, day: date) -> bool:
        """Whether the library works on that day."""
        return day.isoweekday() not in self.closed_weekdays and day not in self.closed

    def next_open_day(self, day: date) -> date:
        """The day itself if open, else the first open one after it.

        :raises NoOpenDay: none within a year.
        """
        for ahead in range(LOOK_AHEAD_DAYS):
            candidate = day + timedelta(days=ahead)
            if self.is_open(candidate):
                return candidate
        raise NoOpenDay(name=self.name)


def calendar(library: Organization, *, since: date, until: date) -> Calendar:
    """The inherited calendar of a library for a period (one statement)."""
    rows = (
        Organization.objects.filter(path__in=ancestor_paths(library.path))
        .annotate(
            days=FilteredRelation("closed_days", condition=Q(closed_days__on__gte=since, closed_days__on__lte=until))
        )
        .order_by("depth")
        .values_list("weekly_closed", "days__on")
    )
    week = SUNDAY
    days = set()
    for weekdays, on in rows:
        if weekdays is not None:
            week = weekdays
        if on is not None:
            days.add(on)
    return Calendar(library.name, frozenset(int(digit) for digit in week), frozenset(days))


def is_open(library: Organization, day: date) -> bool:
    """Whether a library works on a day, by its own calendar and those of the nodes above."""
    return calendar(library, since=day, until=day).is_open(day)


def next_open_day(library: Organization, day: date) -> date:
    """The day itself if the library is open, else the first open day after it (one statement).

    :raises NoOpenDay: none within a year.
    """
    return calendar(library, since=day, until=day + timedelta(days=LOOK_AHEAD_DAYS)).next_open_day(day)
