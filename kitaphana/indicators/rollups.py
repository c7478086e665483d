"""Keeping the roll-ups: libraries from their records, the nodes above by adding up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum

from kitaphana.indicators import sources
from kitaphana.indicators.enums import Measure
from kitaphana.indicators.models import Rollup
from kitaphana.organizations.models import Organization

PORTION = 60
"""Libraries counted at once."""
YEARLY = (Measure.ACTIVE,)
"""Kept under January."""


def _of_months(first: date) -> Q:
    """Rows that a count from a month on makes anew."""
    january = date(first.year, 1, 1)
    return Q(month__gte=sources.month_of(first)) | Q(measure__in=YEARLY, month__gte=january)


@transaction.atomic
def count(libraries: Collection[int], first: date, today: date) -> int:
    """Count libraries anew from a month to now and everything above them; returns how many rows were written.

    Repeating it changes nothing.
    """
    rows = 0
    chosen = sorted(libraries)
    for start in range(0, len(chosen), PORTION):
        portion = chosen[start : start + PORTION]
        found = sources.count(portion, first, today)
        rows += _keep(portion, first, ((*key, value) for key, value in found.items()))
    return rows + _add_up(set(chosen), first)


def _keep(nodes: Collection[int], first: date, values: Iterable[tuple[int, str, date, int]]) -> int:
    """Write what differs and remove what is no more: most rows of a minute ago still hold."""
    stands = {
        (row.node_id, row.measure, row.month): row
        for row in Rollup.objects.filter(_of_months(first), node__in=nodes).iterator(5000)
    }
    fresh, changed = [], []
    for node_id, measure, month, value in values:
        row = stands.pop((node_id, str(measure), month), None)
        if row is None:
            fresh.append(Rollup(node_id=node_id, measure=measure, month=month, value=value))
        elif row.value != value:
            row.value = value
            changed.append(row)
    if stands:
        gone = [row.pk for row in stands.values()]
        for start in range(0, len(gone), 500):
            Rollup.objects.filter(pk__in=gone[start : start + 500]).delete()
    Rollup.objects.bulk_create(fresh, batch_size=500)
    Rollup.objects.bulk_update(changed, ["value"], batch_size=500)
    return len(fresh) + len(changed)


def _add_up(libraries: set[int], first: date) -> int:
    """Add up the nodes above some libraries, the lowest first: each is the sum of its parts, one statement a node."""
    tree = list(Organization.objects.order_by("path").values_list("pk", "path", "is_library"))
    above = {path: pk for pk, path, is_library in tree if not is_library}
    step = Organization.steplen

    def owner(path: str) -> str:
        """Path of the nearest node above that is no library: a branch counts with its school's district."""
        path = path[:-step]
        while path and path not in above:
            path = path[:-step]
        return path

    parts: dict[str, list[int]] = defaultdict(list)
    touched = set()
    for pk, path, is_library in tree:
        parts[owner(path)].append(pk)
        if is_library and pk in libraries:
            over = owner(path)
            while over:
                touched.add(over)
                over = owner(over)
    rows = 0
    for path in sorted(touched, key=len, reverse=True):
        members: dict[tuple[str, date], int] = defaultdict(int)
        ids = parts[path]
        for start in range(0, len(ids), 500):
            sums = Rollup.objects.filter(_of_months(first), node__in=ids[start : start + 500]).order_by()
            for measure, month, value in sums.values_list("measure", "month").annotate(n=Sum("value")):
                members[measure, month] += value
        values = ((above[path], measure, month, value) for (measure, month), value in members.items() if value)
        rows += _keep([above[path]], first, values)
    return rows


def count_all(first: date, today: date, tell: Callable[[int, int], None] | None = None) -> int:
    """Count every library from a month on, a portion at a time; ``tell`` hears how many are done of how many."""
    # A district's libraries lie together: few nodes above them are added up more than once.
    libraries = list(Organization.objects.filter(is_library=True).order_by("path").values_list("pk", flat=True))
    rows = 0
    for start in range(0, len(libraries), PORTION):
        rows += count(libraries[start : start + PORTION], first, today)
        if tell is not None:
            tell(min(start + PORTION, len(libraries)), len(libraries))
    return rows
