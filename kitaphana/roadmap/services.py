"""Commands of the roadmap."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.mailings import attachments
from kitaphana.mailings.attachments import File
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.roadmap import programme
from kitaphana.roadmap.enums import Action
from kitaphana.roadmap.errors import (
    BadLink,
    BadRule,
    BadValue,
    BadYear,
    EvidenceNeeded,
    FutureYear,
    IsComputed,
    NothingToWithdraw,
    ReasonNeeded,
    TooLow,
)
from kitaphana.roadmap.formulas import FORMULAS, Scope
from kitaphana.roadmap.models import (
    FIRST_YEAR,
    LAST_YEAR,
    Direction,
    EnteredValue,
    Evidence,
    LightRule,
    Measure,
    Target,
    TargetChange,
    YearValue,
)

HIGH = frozenset({OrganizationKind.COUNTRY, OrganizationKind.REGION, OrganizationKind.DISTRICT})
"""Nodes that have targets and entered values of their own."""
MOST = Decimal(10) ** 12
PORTION = 500
"""Values written in one transaction."""
LONGEST_REASON, LONGEST_TEXT, LONGEST_LINK = 300, 500, 500


def load_programme(using: str = "default") -> None:
    """Put directions and measures into the database as this version of the program words them. Repeatable."""
    Direction.objects.using(using).bulk_create(
        [
            Direction(code=code, position=position, name_kk=kk, name_ru=ru, name_en=en)
            for position, (code, (kk, ru, en)) in enumerate(programme.DIRECTIONS, start=1)
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["position", "name_kk", "name_ru", "name_en"],
    )
    directions = dict(Direction.objects.using(using).values_list("code", "pk"))
    of = {"L": "D1", "P": "D2", "M": "D3", "N": "D4", "T": "D5", "R": "R"}
    facts = ["name_kk", "name_ru", "name_en", "owner_kk", "owner_ru", "owner_en"]
    Measure.objects.using(using).bulk_create(
        [
            Measure(
                direction_id=directions[of[line.code[0]]],
                code=line.code,
                position=position,
                unit=line.unit,
                counting=line.counting,
                formula=line.formula,
                **dict(zip(facts, (*line.names, *line.owner), strict=True)),
            )
            for position, line in enumerate(programme.MEASURES, start=1)
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["direction", "position", "unit", "counting", "formula", *facts],
    )


def _clean(text: str, longest: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:longest]


def _number(value: Decimal) -> Decimal:
    if not value.is_finite() or not 0 <= value < MOST or value != round(value, 2):
        raise BadValue
    return round(value, 2)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadYear(year=year)


def _check_node(node: Organization) -> None:
    if node.kind not in HIGH:
        raise TooLow


def _lock(node: Organization) -> None:
    """One change of a node's roadmap at a time."""
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=node.pk).values_list("pk"))


@transaction.atomic
def set_target(
    *,
    actor: Actor,
    measure: Measure,
    node: Organization,
    year: int,
    value: Decimal,
    reason: str,
    note: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Target:
    """Set what a node is to reach in a year, or change it; what was before stays in the history.

    ``value`` is in the measure's unit. A first target of a year that is not over needs no ``reason``.

    :raises ReasonNeeded: a change, or a past year, without a reason.
    :raises BadValue, BadYear, TooLow: what is given is no target.
    """
    actor.require(Permission.ROADMAP_EDIT, node.path)
    if (first := audit.repeated(command_id)) is not None:
        return Target.objects.get(pk=first.object_id)
    _check_node(node)
    _check_year(year)
    value, reason, note = _number(value), _clean(reason, LONGEST_REASON), _clean(note, LONGEST_REASON)
    _lock(node)
    target = Target.objects.filter(measure=measure, node=node, year=year).first()
    if not reason and (target is not None or year < clock.day_of(at).year):
        raise ReasonNeeded
    old = target.value if target else None
    if target is None:
        target = Target.objects.create(measure=measure, node=node, year=year, value=value, note=note)
    else:
        target.value, target.note = value, note or target.note
        target.save(update_fields=["value", "note"])
    _note_change(actor, target, old, reason, at)
    audit.record(
        actor,
        Action.TARGET,
        target,
        at=at,
        library_id=None,
        command_id=command_id,
        before=None if old is None else {"value": str(old)},
        after={"measure": measure.code, "node": node.code, "year": year, "value": str(value), "reason": reason},
    )
    return target


def _note_change(actor: Actor, target: Target, old: Decimal | None, reason: str, at: datetime) -> None:
    TargetChange.objects.create(
        target=target, old=old, new=target.value, reason=reason, at=at, by_id=actor.user_id, by_name=actor.name
    )


@transaction.atomic
def load_targets(*, actor: Actor, node: Organization, at: datetime, command_id: UUID | None = None) -> int:
    """Give a node the numbers of the draft roadmap where it has none of its own; returns how many were set."""
    actor.require(Permission.ROADMAP_EDIT, node.path)
    if (first := audit.repeated(command_id)) is not None:
        return int((first.after or {}).get("targets", 0))
    _check_node(node)
    _lock(node)
    measures = {measure.code: measure for measure in Measure.objects.all()}
    there = set(Target.objects.filter(node=node).values_list("measure__code", "year"))
    language = {"kk": 0, "ru": 1}.get(get_language() or "kk", 2)
    made = [
        Target(measure=measures[line.code], node=node, year=year, value=Decimal(value), note=line.note[language])
        for line in programme.TARGETS
        for year, value in enumerate(line.values, start=line.first_year)
        if (line.code, year) not in there
    ]
    for target in made:
        target.save(force_insert=True)
        _note_change(actor, target, None, target.note, at)
    audit.record(actor, Action.LOAD, node, at=at, library_id=None, command_id=command_id, after={"targets": len(made)})
    return len(made)


def _evidence(
    actor: Actor, measure: Measure, node: Organization, year: int, text: str, link: str, file: File | None, at: datetime
) -> Evidence:
    text, link = _clean(text or (file.name if file else ""), LONGEST_TEXT), "".join(link.replace("\x00", "").split())
    if not text:
        raise EvidenceNeeded
    if link and (not link.startswith(("https://", "http://")) or len(link) > LONGEST_LINK):
        raise BadLink
    (kept,) = attachments.keep([file]) if file else (None,)
    return Evidence.objects.create(
        measure=measure,
        node=node,
        year=year,
        text=text,
        link=link,
        file_name=kept.name if kept else "",
        media_type=kept.media_type if kept else "",
        stored=kept.stored if kept else "",
        at=at,
        by_id=actor.user_id,
        by_name=actor.name,
    )


@transaction.atomic
def add_evidence(
    *,
    actor: Actor,
    measure: Measure,
    node: Organization,
    year: int,
    text: str,
    link: str = "",
    file: File | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Evidence:
    """Add a paper or a page that proves what was done for a measure in a year; a file may stand for its words.

    :raises EvidenceNeeded: no words.
    :raises BadLink: the link is no address of the web.
    :raises BadAttachment: the file is too large or not what its name says.
    :raises BadYear, FutureYear: no such year, or it has not begun.
    """
    actor.require(Permission.ROADMAP_EDIT, node.path)
    if (first := audit.repeated(command_id)) is not None:
        return Evidence.objects.get(pk=first.object_id)
    _check_year(year)
    if year > clock.day_of(at).year:
        raise FutureYear(year=year)
    evidence = _evidence(actor, measure, node, year, text, link, file, at)
    audit.record(
        actor,
        Action.EVIDENCE,
        evidence,
        at=at,
        library_id=None,
        command_id=command_id,
        after={"measure": measure.code, "node": node.code, "year": year, "text": evidence.text},
    )
    return evidence


@transaction.atomic
def withdraw_evidence(*, actor: Actor, evidence: Evidence, at: datetime) -> None:
    """Strike a piece of evidence out; it stays readable.

    :raises NothingToWithdraw: it was struck out before, or an entered value stands on it.
    """
    actor.require(Permission.ROADMAP_EDIT, evidence.node.path)
    found = Evidence.objects.filter(pk=evidence.pk, withdrawn_at__isnull=True, values__isnull=True)
    if not found.update(withdrawn_at=at, withdrawn_by_name=actor.name):
        raise NothingToWithdraw
    audit.record(
        actor, Action.WITHDRAW, evidence, at=at, library_id=None, before={"text": evidence.text, "year": evidence.year}
    )


@transaction.atomic
def enter_value(
    *,
    actor: Actor,
    measure: Measure,
    node: Organization,
    year: int,
    value: Decimal,
    text: str,
    link: str = "",
    file: File | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> EnteredValue:
    """Enter what the records cannot tell, with its evidence; the value before stays.

    A computed measure takes values only for years from which nothing was kept.

    :raises IsComputed: the records tell the value.
    :raises EvidenceNeeded, BadLink, BadValue, BadYear, FutureYear, TooLow: what is given is not enough.
    """
    actor.require(Permission.ROADMAP_EDIT, node.path)
    if (first := audit.repeated(command_id)) is not None:
        return EnteredValue.objects.get(pk=first.object_id)
    _check_node(node)
    _check_year(year)
    this_year = clock.day_of(at).year
    if year > this_year:
        raise FutureYear(year=year)
    if measure.formula and (
        year == this_year or YearValue.objects.filter(measure=measure, node=node, year=year, denominator__gt=0).exists()
    ):
        raise IsComputed(year=year)
    value = _number(value)
    evidence = _evidence(actor, measure, node, year, text, link, file, at)
    entered = EnteredValue.objects.create(
        measure=measure,
        node=node,
        year=year,
        value=value,
        evidence=evidence,
        at=at,
        by_id=actor.user_id,
        by_name=actor.name,
    )
    audit.record(
        actor,
        Action.ENTER,
        entered,
        at=at,
        library_id=None,
        command_id=command_id,
        after={
            "measure": measure.code,
            "node": node.code,
            "year": year,
            "value": str(value),
            "evidence": evidence.text,
        },
    )
    return entered


@transaction.atomic
def set_rule(
    *, actor: Actor, measure: Measure | None, green_from: Decimal, amber_from: Decimal, at: datetime
) -> LightRule:
    """Set from how many per cent of its target a value is green and amber, for one measure or for all others.

    Rules hold for the whole country, so the right is needed at its node.

    :raises BadRule: the bounds contradict each other.
    """
    country = Organization.objects.filter(depth=1).order_by("path").first()
    actor.require(Permission.ROADMAP_EDIT, country.path if country else "")
    if not (green_from.is_finite() and amber_from.is_finite() and 0 < amber_from <= green_from <= 200):
        raise BadRule
    rule = LightRule.objects.select_for_update().filter(measure=measure).first()
    before: Mapping[str, Any] | None = None
    if rule is None:
        rule = LightRule(measure=measure)
    else:
        before = {"green_from": str(rule.green_from), "amber_from": str(rule.amber_from)}
    rule.green_from, rule.amber_from = round(green_from, 2), round(amber_from, 2)
    rule.save()
    audit.record(
        actor,
        Action.RULE,
        rule,
        at=at,
        library_id=None,
        before=before,
        after={
            "measure": measure.code if measure else "",
            "green_from": str(rule.green_from),
            "amber_from": str(rule.amber_from),
        },
    )
    return rule


def keep(year: int, *, at: datetime, only: Collection[str] | None = None) -> int:
    """Keep what the formulas give for every node of the tree in a year, so that it stays when the year is over.

    Of a past year only formulas are counted that records can tell for it; ``only`` names some of them. Returns the number of values. Only what
    changed is written, in short transactions: nobody at a desk waits for it.
    """
    this_year = clock.day_of(at).year
    nodes: dict[int, dict[str, int]] = {}
    tree = Organization.objects.filter(is_closed=False).exclude(kind=OrganizationKind.ROOM)
    for pk, path in tree.values_list("pk", "path"):
        nodes.setdefault(len(path), {})[path] = pk
    measures = [
        (measure, formula)
        for measure in Measure.objects.exclude(formula="")
        if (formula := FORMULAS.get(measure.formula))
        and (year == this_year or formula.is_of_any_year)
        and (only is None or formula.key in only)
    ]
    kept = YearValue.objects.filter(year=year).values_list("node_id", "measure_id", "numerator", "denominator")
    before = {(node, measure): (top, bottom) for node, measure, top, bottom in kept.iterator(10_000)}
    rows, number = [], 0
    for depth, paths in nodes.items():
        scope = Scope("", depth, year)  # one for all formulas: they share what it has counted
        for measure, formula in measures:
            for path, pair in formula.count(scope).items():
                if path not in paths:
                    continue
                number += 1
                top, bottom = Decimal(pair.numerator), Decimal(pair.denominator)
                if before.get((paths[path], measure.pk)) != (top, bottom):
                    rows.append(
                        YearValue(
                            measure=measure,
                            node_id=paths[path],
                            year=year,
                            numerator=top,
                            denominator=bottom,
                            counted_at=at,
                        )
                    )
    for first in range(0, len(rows), PORTION):
        YearValue.objects.bulk_create(
            rows[first : first + PORTION],
            update_conflicts=True,
            unique_fields=["node", "measure", "year"],
            update_fields=["numerator", "denominator", "counted_at"],
        )
    return number
