"""What must hold of own reports; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from kitaphana.core.checks import Violation
from kitaphana.organizations.models import Organization
from kitaphana.reports.models import Result, SavedReport
from kitaphana.reports.services import KEPT, has_file


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of own reports that does not hold, in a library or everywhere."""
    results = Result.objects.exclude(file="")
    reports = SavedReport.objects.all()
    if library is not None:
        results, reports = results.filter(report__node=library), reports.filter(node=library)
    for report in reports.annotate(number=Count("results")).filter(number__gt=KEPT):
        yield Violation("reports.too_many_results", "More results are kept than shall be.", {"report": report.pk})
    for result in results.order_by("pk").iterator(chunk_size=500):
        if not has_file(result):
            yield Violation("reports.file_missing", "The file of a result is gone.", {"result": result.pk})
