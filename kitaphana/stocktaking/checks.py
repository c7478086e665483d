"""What must hold of stocktaking; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q

from kitaphana.core.checks import Violation
from kitaphana.organizations.models import Organization
from kitaphana.stocktaking import queries
from kitaphana.stocktaking.enums import Result
from kitaphana.stocktaking.models import Line, Scan, Stocktaking


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of stocktaking that does not hold, in a library or everywhere."""
    mine = Stocktaking.objects.all() if library is None else Stocktaking.objects.filter(library=library)
    groups = mine.order_by().values("library_id", "year")
    for row in groups.annotate(count=Count("pk"), lowest=Min("number"), highest=Max("number")):
        if row["lowest"] != 1 or row["highest"] != row["count"]:
            yield Violation(
                "stocktaking.numbers_have_gap", "Numbers of stocktakings have a gap or a double.", dict(row)
            )
    lines = Line.objects.filter(stocktaking__in=mine)
    for row in lines.filter(
        ~Q(copy__library_id=F("stocktaking__library_id")) | ~Q(copy__fund=F("stocktaking__fund"))
    ).values("pk", "copy_id"):
        yield Violation("stocktaking.foreign_line", "A stocktaking expects a copy of somebody else.", dict(row))
    wrong = (
        ~Q(scan__stocktaking_id=F("stocktaking_id")) | ~Q(scan__copy_id=F("copy_id")) | Q(scan__undone_at__isnull=False)
    )
    for row in lines.filter(scan__isnull=False).filter(wrong).values("pk", "scan_id"):
        yield Violation("stocktaking.found_by_wrong_scan", "A copy is found by a scan that does not count.", dict(row))
    for one in mine:
        yield from _figures(one)


def _figures(one: Stocktaking) -> Iterator[Violation]:
    lines = Line.objects.filter(stocktaking=one)
    place = {"stocktaking": one.pk}
    if lines.count() != one.expected:
        yield Violation("stocktaking.expected_differs", "A stocktaking expects another number than its list.", place)
    lost = lines.filter(
        scan=None,
        copy__in=Scan.objects.filter(stocktaking=one, undone_at=None, is_late=False, copy__isnull=False).values("copy"),
    )
    for copy_id in lost.values_list("copy_id", flat=True):
        yield Violation("stocktaking.scan_lost", "A copy was scanned and is not found.", {**place, "copy": copy_id})
    if one.closed_at is None:
        if queries.progress(one).left < 0:
            yield Violation("stocktaking.figures_differ", "Figures of a stocktaking do not add up.", place)
        return
    tally = dict(lines.order_by().values_list("result").annotate(count=Count("pk")))
    told = {
        Result.FOUND.value: one.found,
        Result.ON_LOAN.value: one.on_loan,
        Result.RETURNED.value: one.returned,
        Result.WITHDRAWN.value: one.withdrawn,
        Result.MISSING.value: one.missing,
    }
    if {key: count for key, count in told.items() if count} != tally:
        yield Violation("stocktaking.figures_differ", "Figures of a stocktaking do not add up.", place)
