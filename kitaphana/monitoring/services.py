"""What monitoring writes: mass events and references of the diary, kept reports, that a list was taken away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit, clock, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.documents.figures import day
from kitaphana.core.errors import NotAllowed
from kitaphana.monitoring import errors
from kitaphana.monitoring.enums import Action, EventKind, Group, Measure, ReferenceKind, ReportKind
from kitaphana.monitoring.models import LibraryEvent, ReferenceAnswer, Report
from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on

MOST = 10_000
"""Visitors of an event, references of a day: more is a slip of the pen."""


@transaction.atomic
def note_export(*, actor: Actor, node: Organization, measure: Measure, number: int, at: datetime) -> None:
    """Note in the journal that a list of so many rows was downloaded."""
    actor.require(Permission.NUMBERS_VIEW, node.path)
    audit.record(
        actor, Action.EXPORT.value, node, at=at, library_id=node.pk, after={"list": measure.value, "rows": number}
    )


@dataclass(frozen=True, slots=True)
class EventEntry:
    """A mass event as it is entered: ``audience`` says how many came of each ``Group``."""

    on: date
    kind: str
    title: str
    audience: Mapping[str, int] = field(default_factory=dict)


def _check_day(on: date, at: datetime) -> None:
    if on > clock.day_of(at):
        raise errors.NotYet(day=day(on))


def _first_time(command_id: UUID | None, action: Action, library: Organization) -> int | None:
    """None for a new command, else the id of what it made when it came first."""
    first = audit.repeated(command_id)
    if first is None:
        return None
    if first.action != action or first.library_id != library.pk:
        raise errors.CommandReused
    return first.object_id


@transaction.atomic
def add_event(
    *, actor: Actor, library: Organization, entry: EventEntry, at: datetime, command_id: UUID | None = None
) -> LibraryEvent:
    """Enter a mass event in the diary. Repeating a command_id returns the first one.

    :raises BadEntry: no title, an unknown kind or group, or a number out of 0–10,000.
    :raises NotYet: the day has not come.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if (made := _first_time(command_id, Action.ADD_EVENT, library)) is not None:
        return LibraryEvent.objects.get(pk=made)
    title = " ".join(entry.title.replace("\x00", "").split())[:300]
    known = set(entry.audience) <= set(Group.values)
    if not title or entry.kind not in EventKind.values or not known:
        raise errors.BadEntry
    if any(not 0 <= number <= MOST for number in entry.audience.values()):
        raise errors.BadEntry
    _check_day(entry.on, at)
    event: LibraryEvent = LibraryEvent.objects.create(
        library=library,
        on=entry.on,
        kind=entry.kind,
        title=title,
        **entry.audience,
        made_at=at,
        made_by_id=actor.user_id,
    )
    audit.record(
        actor,
        Action.ADD_EVENT,
        event,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"on": entry.on.isoformat(), "kind": entry.kind, "title": title, "audience": dict(entry.audience)},
    )
    return event


@transaction.atomic
def add_references(
    *,
    actor: Actor,
    library: Organization,
    on: date,
    kind: str,
    quantity: int,
    at: datetime,
    command_id: UUID | None = None,
) -> ReferenceAnswer:
    """Enter how many references of a kind were answered on a day. Repeating a command_id returns the first entry.

    :raises BadEntry: an unknown kind, or a number out of 1–10,000.
    :raises NotYet: the day has not come.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if (made := _first_time(command_id, Action.ADD_REFERENCES, library)) is not None:
        return ReferenceAnswer.objects.get(pk=made)
    if kind not in ReferenceKind.values or not 1 <= quantity <= MOST:
        raise errors.BadEntry
    _check_day(on, at)
    answer: ReferenceAnswer = ReferenceAnswer.objects.create(
        library=library, on=on, kind=kind, quantity=quantity, made_at=at, made_by_id=actor.user_id
    )
    audit.record(
        actor,
        Action.ADD_REFERENCES,
        answer,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"on": on.isoformat(), "kind": kind, "quantity": quantity},
    )
    return answer


@transaction.atomic
def cancel_entry(
    *,
    actor: Actor,
    library: Organization,
    entry: LibraryEvent | ReferenceAnswer,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Take an entry of the diary back: it stays in the table and counts no more.

    Doing it twice changes nothing. A kept diary says what it said.

    :raises EntryNotFound: it belongs to another library.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if audit.repeated(command_id) is not None:
        return
    mine = type(entry).objects.filter(pk=entry.pk, library=library)
    if not mine.exists():
        raise errors.EntryNotFound
    if not mine.filter(cancelled_at__isnull=True).update(cancelled_at=at):
        return
    action = Action.CANCEL_EVENT if isinstance(entry, LibraryEvent) else Action.CANCEL_REFERENCES
    audit.record(
        actor,
        action,
        entry,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        before={"on": entry.on.isoformat(), "kind": entry.kind},
    )


def may_keep(actor: Actor, library: Organization) -> bool:
    """Whether somebody may sign a report of the library: its librarian or its director."""
    return any(actor.may(one, library.path) for one in (Permission.CIRCULATION_LEND, Permission.FUND_APPROVE))


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a report's content as canonical JSON."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper to be kept: its period and its finished text in both languages."""

    kind: ReportKind
    first: date
    last: date
    content: Mapping[str, Any]
    signed_by: str


@transaction.atomic
def keep_report(
    *, actor: Actor, library: Organization, paper: Kept, at: datetime, command_id: UUID | None = None
) -> Report:
    """Sign a paper and keep it as it is; it gets the next number. Repeating a command_id returns the first one.

    :raises NotAllowed: neither the librarian nor the director of the library.
    :raises PeriodNotBegun: the period lies in the future.
    """
    if not may_keep(actor, library):
        raise NotAllowed
    if (made := _first_time(command_id, Action.KEEP_REPORT, library)) is not None:
        return Report.objects.get(pk=made)
    today = clock.day_of(at)
    if paper.first > today:
        raise errors.PeriodNotBegun
    number = numbers.take(library.pk, f"report.{paper.kind.value.lower()}.{today.year}")[0]
    # What is digested is what the database gives back.
    content = json.loads(json.dumps(paper.content, ensure_ascii=False))
    report: Report = Report.objects.create(
        library=library,
        kind=paper.kind,
        number=number,
        year=today.year,
        made_on=today,
        made_at=at,
        made_by_id=actor.user_id,
        made_by=" ".join(paper.signed_by.replace("\x00", "").split())[:200] or actor.name,
        first=paper.first,
        last=paper.last,
        content=content,
        digest=digest_of(content),
        rule_pack=pack_on("fund", paper.last, library),
    )
    audit.record(
        actor,
        Action.KEEP_REPORT,
        report,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"kind": paper.kind.value, "number": f"{number}/{today.year}", "digest": report.digest},
    )
    return report
