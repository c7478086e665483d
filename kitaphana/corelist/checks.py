"""What must hold of core lists; `kitaphana check` reports what does not."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext as _

from kitaphana.core.checks import Violation
from kitaphana.corelist.enums import Move, State
from kitaphana.corelist.models import DeclaredConflict, ListEntry, Step, Version, Vote
from kitaphana.corelist.services.route import digest_of
from kitaphana.corelist.transitions import transition
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of the core lists that does not hold, of a node or everywhere."""
    versions = Version.objects.all()
    if library is not None:
        versions = versions.filter(core_list__organization=library)
    for version in versions.order_by("pk"):
        yield from _chain(version)
    voted = Vote.objects.filter(proposal__version__in=versions, proposal__conflicts__expert=F("expert"))
    for vote_id in voted.values_list("pk", flat=True):
        yield Violation(
            "corelist.conflicted_vote", _("An expert with a declared conflict has voted."), {"vote": vote_id}
        )
    strange = DeclaredConflict.objects.filter(proposal__version__in=versions).exclude(
        expert__core_list=F("proposal__core_list")
    )
    for conflict_id in strange.values_list("pk", flat=True):
        yield Violation(
            "corelist.expert_of_another_list",
            _("An expert of another list has a part here."),
            {"conflict": conflict_id},
        )


def _chain(version: Version) -> Iterator[Violation]:
    """Steps follow the table, their digests hold, both ministries signed by two people what was published."""
    facts = {"version": version.pk}
    previous, state = "", str(State.DRAFT)
    steps = list(Step.objects.filter(version=version).order_by("number"))
    for number, step in enumerate(steps, start=1):
        if step.number != number or step.previous != previous or step.digest != digest_of(step):
            yield Violation(
                "corelist.step_broken", _("A signed step or its chain was tampered with."), {**facts, "step": step.pk}
            )
        found = transition(step.from_state, step.move)
        begins = number == 1 and step.move == Move.BEGIN
        if step.from_state != state or not (begins or (found is not None and found.next == step.to_state)):
            yield Violation(
                "corelist.step_off_route", _("A step does not follow the route."), {**facts, "step": step.pk}
            )
        previous, state = step.digest, step.to_state
    if state != version.state:
        yield Violation("corelist.state_without_step", _("A version stands where no step has led it."), facts)
    if version.state != State.PUBLISHED or not steps:
        return
    signed = {one.side: one for one in steps if one.move == Move.APPROVE}
    people = {one.user_id for one in signed.values()}
    if set(signed) != {"EDUCATION", "CULTURE"} or len(people) != 2:
        yield Violation(
            "corelist.not_signed_by_both", _("A published version lacks the signatures of two ministries."), facts
        )
    frozen = [
        [one.record_id, one.kind, one.grade_from, one.grade_to, one.norm_per_pupils]
        for one in ListEntry.objects.filter(version=version).order_by("position")
    ]
    titles = [[one[0], *one[2:]] for one in json.loads(steps[-1].content)["titles"]]
    if sorted(frozen, key=str) != sorted(titles, key=str):
        yield Violation("corelist.entries_differ", _("What was published is not what was signed."), facts)
