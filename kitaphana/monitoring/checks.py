"""What must hold of kept reports; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max, Min

from kitaphana.core.checks import Violation
from kitaphana.monitoring.models import Report
from kitaphana.monitoring.services import digest_of
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of monitoring that does not hold, in a library or everywhere."""
    mine = Report.objects.all() if library is None else Report.objects.filter(library=library)
    groups = mine.order_by().values("library_id", "kind", "year")
    for row in groups.annotate(count=Count("pk"), lowest=Min("number"), highest=Max("number")):
        if row["lowest"] != 1 or row["highest"] != row["count"]:
            yield Violation("monitoring.numbers_have_gap", "Numbers of reports have a gap or a double.", dict(row))
    for report in mine.order_by("pk").iterator(chunk_size=100):
        if digest_of(report.content) != report.digest:
            yield Violation("monitoring.report_changed", "A kept report is not what was signed.", {"report": report.pk})
