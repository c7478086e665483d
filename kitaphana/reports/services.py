"""Commands of own reports: save, change, copy, delete, share, schedule, take away, make what is due."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import DomainError, NotAllowed, NotFound
from kitaphana.core.ids import new_id
from kitaphana.organizations.models import Organization
from kitaphana.people.queries import actor_of
from kitaphana.reports import engine, files, queries
from kitaphana.reports.definition import Definition, parse
from kitaphana.reports.enums import Action, Every, Outcome, Sharing
from kitaphana.reports.errors import (
    BadSchedule,
    BadShare,
    CommandReused,
    NameNeeded,
    NotHere,
    NotOwner,
    ReportNotFound,
    TooMany,
)
from kitaphana.reports.models import Result, SavedReport, Schedule

VIEW: Final = Permission.NUMBERS_VIEW
MOST: Final = 200
"""Reports of one person."""
KEPT: Final = 12
"""Results of a scheduled report."""
LANGUAGES: Final = ("kk", "ru", "en")


def _first_time(command_id: UUID | None, action: Action, actor: Actor) -> int | None:
    """None for a new command, else the id of the report it was about."""
    first = audit.repeated(command_id)
    if first is None:
        return None
    if first.action != action or first.actor_id != actor.user_id:
        raise CommandReused
    return first.object_id


def _name(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())[:150]
    if not name:
        raise NameNeeded
    return name


def _own(pk: int, actor: Actor) -> SavedReport:
    """A report of the person's own, locked.

    :raises ReportNotFound: there is none, or it is not shared with them.
    :raises NotOwner: it is shared with them only.
    """
    if not actor.may_somewhere(VIEW):
        raise NotAllowed
    report = SavedReport.objects.select_for_update(of=("self",)).select_related("node").filter(pk=pk).first()
    if report is None:
        raise ReportNotFound
    if report.owner_id != actor.user_id:
        queries.report_for(pk, actor)
        raise NotOwner
    return report


def _record(
    actor: Actor, action: Action, report: SavedReport, at: datetime, command_id: UUID | None, **facts: Any
) -> None:
    audit.record(
        actor, action.value, report, at=at, library_id=report.node_id, command_id=command_id,
        before=facts.get("before"), after=facts.get("after"),
    )  # fmt: skip


@transaction.atomic
def save(
    *, actor: Actor, name: str, definition: Definition, at: datetime, command_id: UUID | None = None
) -> SavedReport:
    """Keep a report under a name. Repeating a command_id returns the first one.

    :raises NameNeeded: no name.
    :raises TooMany: the person keeps 200 already.
    """
    node = engine.place_of(definition, actor)
    if (made := _first_time(command_id, Action.SAVE, actor)) is not None:
        return SavedReport.objects.get(pk=made)
    if actor.user_id is None:
        raise NotAllowed
    if SavedReport.objects.filter(owner_id=actor.user_id).count() >= MOST:
        raise TooMany(limit=MOST)
    own = engine.own_place(actor) or node
    # At the owner's own place the node stays open, so that others see it counted at theirs.
    stored = definition.as_json() | ({"node": ""} if definition.node == own.code else {})
    report = SavedReport.objects.create(
        owner_id=actor.user_id, node=own, name=_name(name), definition=stored, made_at=at, changed_at=at
    )
    _record(actor, Action.SAVE, report, at, command_id, after={"name": report.name, "definition": stored})
    return report


@transaction.atomic
def change(
    *, actor: Actor, report_id: int, name: str, definition: Definition, at: datetime, command_id: UUID | None = None
) -> SavedReport:
    """Give a report its next state.

    :raises NotOwner: it belongs to another person.
    """
    report = _own(report_id, actor)
    if _first_time(command_id, Action.CHANGE, actor) is not None:
        return report
    engine.place_of(definition, actor)
    before = {"name": report.name, "definition": report.definition, "version": report.version}
    stored = definition.as_json() | ({"node": ""} if definition.node == report.node.code else {})
    report.name, report.definition = _name(name), stored
    report.version, report.changed_at = report.version + 1, at
    report.save(update_fields=["name", "definition", "version", "changed_at"])
    after = {"name": report.name, "definition": stored, "version": report.version}
    _record(actor, Action.CHANGE, report, at, command_id, before=before, after=after)
    return report


@transaction.atomic
def copy(*, actor: Actor, report_id: int, name: str, at: datetime, command_id: UUID | None = None) -> SavedReport:
    """Make a report that one may open one's own; the copy is shared with nobody.

    :raises BadDefinition: this program does not understand the report any more.
    """
    report = queries.report_for(report_id, actor)
    return save(
        actor=actor, name=name or report.name, definition=parse(report.definition), at=at, command_id=command_id
    )


@transaction.atomic
def delete(*, actor: Actor, report_id: int, at: datetime, command_id: UUID | None = None) -> None:
    """Delete a report with its schedule and its results. Doing it twice changes nothing.

    :raises NotOwner: it belongs to another person.
    """
    if _first_time(command_id, Action.DELETE, actor) is not None:
        return
    report = _own(report_id, actor)
    before = {"name": report.name, "definition": report.definition}
    _record(actor, Action.DELETE, report, at, command_id, before=before)
    names = list(report.results.exclude(file="").values_list("file", flat=True))
    report.delete()
    transaction.on_commit(lambda: _remove(names))


@transaction.atomic
def share(
    *,
    actor: Actor,
    report_id: int,
    sharing: str,
    staff: Collection[int] = (),
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Say who else may open a report. They see it counted with their own rights.

    :raises BadShare: an unknown way, or somebody who is no colleague within reach.
    :raises NotOwner: it belongs to another person.
    """
    report = _own(report_id, actor)
    if _first_time(command_id, Action.SHARE, actor) is not None:
        return
    known = {user.pk for user in queries.colleagues(actor)}
    held = set(report.staff.values_list("pk", flat=True))
    if sharing not in Sharing.values or not set(staff) <= known | held:
        raise BadShare
    before = {"sharing": report.sharing, "staff": sorted(held)}
    report.sharing = sharing
    report.save(update_fields=["sharing"])
    report.staff.set(staff)
    after = {"sharing": sharing, "staff": sorted(set(staff))}
    _record(actor, Action.SHARE, report, at, command_id, before=before, after=after)


def next_time(every: Every, at_time: time, after: datetime) -> datetime:
    """The first moment after another at which a report is due, by the clock of the installation."""
    local = timezone.localtime(after)
    day = local.date()
    for _step in range(40):
        fits = {Every.DAY: True, Every.WEEK: day.isoweekday() == 1, Every.MONTH: day.day == 1}[every]
        moment = timezone.make_aware(datetime.combine(day, at_time))
        if fits and moment > after:
            return moment
        day += timedelta(days=1)
    raise BadSchedule


@transaction.atomic
def schedule(
    *,
    actor: Actor,
    report_id: int,
    every: str,
    at_time: time | None,
    language: str,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Let a report be made by itself; an empty ``every`` ends it.

    :raises BadSchedule: no such rhythm, time or language.
    :raises NotOwner: it belongs to another person.
    """
    report = _own(report_id, actor)
    if _first_time(command_id, Action.SCHEDULE, actor) is not None:
        return
    if not every:
        Schedule.objects.filter(report=report).delete()
        _record(actor, Action.SCHEDULE, report, at, command_id, after={"every": ""})
        return
    if every not in Every.values or at_time is None or language not in LANGUAGES:
        raise BadSchedule
    at_time = at_time.replace(second=0, microsecond=0, tzinfo=None)
    facts = {"every": every, "at": at_time, "language": language, "next_at": next_time(Every(every), at_time, at)}
    Schedule.objects.update_or_create(report=report, defaults=facts)
    after = {"every": every, "at": at_time.isoformat("minutes"), "language": language}
    _record(actor, Action.SCHEDULE, report, at, command_id, after=after)


@transaction.atomic
def note_export(
    *, actor: Actor, node: Organization, definition: Definition, form: str, rows: int, at: datetime
) -> None:
    """Note in the journal that a report was taken away as a file."""
    actor.require(VIEW, node.path)
    after = {"format": form, "rows": rows, "definition": definition.as_json()}
    audit.record(actor, Action.EXPORT.value, node, at=at, library_id=node.pk, after=after)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT)


def has_file(result: Result) -> bool:
    """Whether the workbook of a result is where it was put."""
    return (_folder() / result.file).is_file()


def _remove(names: Collection[str]) -> None:
    for name in names:
        with suppress(OSError):
            (_folder() / name).unlink()


def path_of(result: Result, actor: Actor) -> Path:
    """The workbook of a result, for those who still see the numbers of its place.

    :raises NotHere: the right to the place is gone.
    :raises NotFound: the file is gone.
    """
    if result.node is None or not actor.may(VIEW, result.node.path):
        raise NotHere
    needed = queries.opened(result.report).definition
    extra = needed.of.permission if needed else None
    if extra is not None and not actor.may(extra, result.node.path):
        raise NotHere
    path = _folder() / result.file
    if not path.is_file():
        raise NotFound
    return path


@transaction.atomic
def see(*, actor: Actor, report: SavedReport, at: datetime) -> None:
    """The owner has seen what was made."""
    if report.owner_id == actor.user_id:
        Result.objects.filter(report=report, seen_at__isnull=True).update(seen_at=at)


@transaction.atomic
def make_due(plan: Schedule, at: datetime) -> Result | None:
    """Make a scheduled report with the rights its owner has now. None: another worker did, or it is not due.

    A time that was missed while the installation stood still is made up for once.
    """
    following = next_time(Every(plan.every), plan.at, at)
    if plan.next_at > at or not Schedule.objects.filter(pk=plan.pk, next_at=plan.next_at).update(next_at=following):
        return None
    report = SavedReport.objects.select_related("owner", "node").get(pk=plan.report_id)
    facts: dict[str, Any] = {"report": report, "due_at": plan.next_at, "made_at": at}
    actor = actor_of(report.owner)
    try:
        with transaction.atomic(), override(plan.language):
            table = engine.run(parse(report.definition), actor, clock.day_of(at))
            stream = files.xlsx(table, report.name)
    except NotAllowed:
        return _keep(Result.objects.create(outcome=Outcome.NO_RIGHTS, **facts))
    except DomainError:
        return _keep(Result.objects.create(outcome=Outcome.REFUSED, **facts))
    name = f"reports/{report.pk}/{new_id()}.xlsx"
    path = _folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with stream, path.open("wb") as out:
            shutil.copyfileobj(stream, out)
        made = Result.objects.create(outcome=Outcome.MADE, file=name, node=table.node, rows=len(table.rows), **facts)
        return _keep(made)
    except BaseException:
        _remove([name])
        raise


def _keep(made: Result) -> Result:
    """Let the oldest results go; their files leave when the transaction is done."""
    old = list(Result.objects.filter(report=made.report_id).order_by("-due_at")[KEPT:])
    Result.objects.filter(pk__in=[one.pk for one in old]).delete()
    names = [one.file for one in old if one.file]
    transaction.on_commit(lambda: _remove(names))
    return made
