"""What must hold of the roadmap; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext as _

from kitaphana.core.checks import Violation
from kitaphana.organizations.models import Organization
from kitaphana.roadmap.formulas import FORMULAS
from kitaphana.roadmap.models import EnteredValue, Measure, Target, TargetChange


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of the roadmap that does not hold, of a node or everywhere."""
    targets, entered = Target.objects.all(), EnteredValue.objects.all()
    if library is not None:
        targets, entered = targets.filter(node=library), entered.filter(node=library)
    yield from _histories(dict(targets.values_list("pk", "value")))
    strange = entered.exclude(
        Q(evidence__measure=F("measure")) & Q(evidence__node=F("node")) & Q(evidence__year=F("year"))
    )
    for pk in strange.values_list("pk", flat=True):
        yield Violation("roadmap.evidence", _("An entered value stands on evidence of something else."), {"value": pk})
    for code, formula in Measure.objects.exclude(formula="").values_list("code", "formula"):
        if formula not in FORMULAS:
            yield Violation("roadmap.formula", _("A measure names a formula that there is none of."), {"measure": code})


def _histories(values: dict[int, object]) -> Iterator[Violation]:
    """Each change begins where the one before ended, and the last one ends at the target as it is."""
    last: dict[int, object] = {}
    changes = TargetChange.objects.filter(target__in=values).order_by("pk")
    for pk, target, old, new in changes.values_list("pk", "target_id", "old", "new"):
        if last.get(target) != old:
            yield Violation(
                "roadmap.history", _("A change of a target does not begin where the last one ended."), {"change": pk}
            )
        last[target] = new
    for target, value in values.items():
        if last.get(target) != value:
            yield Violation("roadmap.target", _("A target is not what its history says."), {"target": target})
