"""Whether the roll-ups agree with the records they were counted from."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Sum

from kitaphana.core.checks import Violation
from kitaphana.indicators.models import Rollup
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Sums of the country that are not those of its libraries. A single library adds up to nothing above it."""
    if library is not None:
        return
    ours: dict[tuple[str, object], int] = {}
    rows = Rollup.objects.filter(node__is_library=True).order_by().values_list("measure", "month")
    for measure, month, value in rows.annotate(n=Sum("value")):
        ours[measure, month] = value
    theirs: dict[tuple[str, object], int] = {}
    for measure, month, value in (
        Rollup.objects.filter(node__depth=1, node__is_library=False)
        .order_by()
        .values_list("measure", "month")
        .annotate(n=Sum("value"))
    ):
        theirs[measure, month] = value
    for key in sorted(ours.keys() | theirs.keys(), key=str):
        if ours.get(key, 0) != theirs.get(key, 0):
            yield Violation(
                "indicators.sums_differ",
                "The country's figure is not the sum of its libraries.",
                {"measure": key[0], "month": str(key[1]), "libraries": ours.get(key, 0), "country": theirs.get(key, 0)},
            )
