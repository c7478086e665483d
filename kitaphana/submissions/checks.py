"""What must hold of submissions; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from kitaphana.core.checks import Violation
from kitaphana.organizations.models import Organization
from kitaphana.submissions import figures
from kitaphana.submissions.models import Consolidation, Submission
from kitaphana.submissions.services import digest_of


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Frozen figures that were changed, and consolidated ones that are not the sum of their reports."""
    mine = Submission.objects.all() if library is None else Submission.objects.filter(library=library)
    for one in mine.iterator(500):
        if digest_of(one.content) != one.digest:
            yield Violation("submissions.changed", "A report is not what was sent.", {"submission": one.pk})
    if library is not None:
        return
    for made in Consolidation.objects.iterator(100):
        if digest_of(made.content) != made.digest:
            yield Violation("submissions.sum_changed", "A consolidated report was changed.", {"consolidation": made.pk})
        parts = Submission.objects.filter(pk__in=made.content["reports"])
        if figures.added(made.kind, [part.content for part in parts]) != made.content["sums"]:
            yield Violation("submissions.sum_differs", "A sum is not that of its reports.", {"consolidation": made.pk})
