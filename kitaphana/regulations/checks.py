"""What must hold of the rules."""

from __future__ import annotations

from collections.abc import Iterator

from kitaphana.core import clock
from kitaphana.core.checks import Violation
from kitaphana.regulations.enums import Subject
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.parameters import problems
from kitaphana.regulations.queries import in_force


def invariants() -> Iterator[Violation]:
    """Rules that hold everywhere exist for each subject, and every version in force says what it may."""
    everywhere = set(in_force(clock.today()).filter(organization__isnull=True).values_list("subject", flat=True))
    for subject in Subject.values:
        if subject not in everywhere:
            yield Violation("regulations.none_in_force", f"{subject}: no rules hold everywhere")
    for pack in RulePack.objects.filter(is_draft=False).iterator():
        for label in problems(pack.subject, pack.parameters):
            yield Violation("regulations.bad_parameter", f"{pack} ({pack.pk}): {label}")
