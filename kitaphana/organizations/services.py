"""Commands on the network: nodes, libraries, calendars."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit, changes, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.identifiers import bin_is_valid, kato_is_valid
from kitaphana.organizations.enums import ALLOWED_PARENTS, OrganizationKind
from kitaphana.organizations.errors import (
    BadBin,
    BadCode,
    BadKato,
    BadMove,
    BadWeekdays,
    BinTaken,
    CodeTaken,
    NameMissing,
    WrongParent,
)
from kitaphana.organizations.models import ClosedDay, Organization

CODE_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
WHOLE_INSTALLATION = 0
"""The «library» whose number series counts libraries."""

_WITHOUT_OWN_BIN = frozenset({OrganizationKind.BRANCH, OrganizationKind.ROOM})


@dataclass(frozen=True, slots=True)
class Details:
    """What is written about a node; empty texts where nothing is known."""

    code: str
    name_kk: str
    name_ru: str = ""
    name_en: str = ""
    bin: str = ""
    kato: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    is_closed: bool = False


def _checked(details: Details, *, kind: OrganizationKind, present: Organization | None) -> Details:
    tidy: dict[str, Any] = {
        field.name: " ".join(value.split()) if isinstance(value := getattr(details, field.name), str) else value
        for field in fields(details)
    }
    details = Details(**tidy)
    others = Organization.objects.all() if present is None else Organization.objects.exclude(pk=present.pk)
    if not CODE_FORM.fullmatch(details.code):
        raise BadCode(code=details.code or "—")
    if not details.name_kk:
        raise NameMissing()
    if others.filter(code__iexact=details.code).exists():
        raise CodeTaken(code=details.code)
    if details.bin:
        if not bin_is_valid(details.bin):
            raise BadBin(bin=details.bin)
        if kind not in _WITHOUT_OWN_BIN and others.filter(bin=details.bin).exclude(kind__in=_WITHOUT_OWN_BIN).exists():
            raise BinTaken(bin=details.bin)
    if details.kato and not kato_is_valid(details.kato):
        raise BadKato(kato=details.kato)
    return details


def _facts(node: Organization) -> dict[str, Any]:
    return {field.name: getattr(node, field.name) for field in fields(Details)}


def _require_place(kind: OrganizationKind, parent: Organization | None) -> None:
    above = None if parent is None else OrganizationKind(parent.kind)
    if above not in ALLOWED_PARENTS[kind]:
        raise WrongParent(kind=kind.label, parent="—" if parent is None else parent.name)


@transaction.atomic
def add_node(
    *,
    actor: Actor,
    parent: Organization | None,
    kind: OrganizationKind,
    details: Details,
    at: datetime,
    is_library: bool = False,
    command_id: UUID | None = None,
) -> Organization:
    """Add a node below another one (None: the country, at the top).

    :raises NotAllowed: the actor may not change organisations there.
    :raises WrongParent: a node of the kind can't stand there.
    :raises BadCode, CodeTaken, NameMissing, BadBin, BinTaken, BadKato: the details can't be accepted.
    """
    actor.require(Permission.ORGANIZATIONS_EDIT, "" if parent is None else parent.path)
    if (before := audit.repeated(command_id)) is not None:
        return _node(before.object_id)
    if parent is not None:
        # The count of children lies in the parent's row: two additions at once go one after the other.
        parent = Organization.objects.select_for_update().get(pk=parent.pk)
    _require_place(kind, parent)
    details = _checked(details, kind=kind, present=None)
    values = {field.name: getattr(details, field.name) for field in fields(Details)}
    node: Organization = (
        Organization.objects.add_root({"kind": kind, **values})
        if parent is None
        else Organization.objects.add_child(parent, {"kind": kind, **values})
    )
    if is_library:
        _give_number(node)
    audit.record(
        actor,
        "organizations.node_added",
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        after={"kind": kind.value, "is_library": is_library, **values},
    )
    changes.note("organizations.node", [node.pk])
    return node


@transaction.atomic
def update_node(
    *, actor: Actor, node: Organization, details: Details, at: datetime, command_id: UUID | None = None
) -> Organization:
    """Change what is written about a node. Nothing is written where nothing differs.

    :raises BadCode, CodeTaken, NameMissing, BadBin, BinTaken, BadKato: the details can't be accepted.
    """
    actor.require(Permission.ORGANIZATIONS_EDIT, node.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return _node(repeat.object_id)
    node = Organization.objects.select_for_update().get(pk=node.pk)
    details = _checked(details, kind=OrganizationKind(node.kind), present=node)
    before = _facts(node)
    after = {field.name: getattr(details, field.name) for field in fields(Details)}
    changed = [name for name, value in after.items() if before[name] != value]
    if not changed:
        return node
    for name in changed:
        setattr(node, name, after[name])
    node.save(update_fields=changed)
    audit.record(
        actor,
        "organizations.node_changed",
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    changes.note("organizations.node", [node.pk])
    return node


@transaction.atomic
def move_node(
    *, actor: Actor, node: Organization, parent: Organization, at: datetime, command_id: UUID | None = None
) -> Organization:
    """Hang a node with all below it under another one (a district was joined to another region).

    The actor needs the right at both places.

    :raises BadMove: the new place lies inside the node.
    :raises WrongParent: a node of the kind can't stand there.
    """
    actor.require(Permission.ORGANIZATIONS_EDIT, node.path)
    actor.require(Permission.ORGANIZATIONS_EDIT, parent.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return _node(repeat.object_id)
    rows = {row.pk: row for row in Organization.objects.select_for_update().filter(pk__in=[node.pk, parent.pk])}
    node, parent = rows[node.pk], rows[parent.pk]
    if parent.path.startswith(node.path):
        raise BadMove()
    _require_place(OrganizationKind(node.kind), parent)
    old_parent = Organization.objects.get_parent(node)
    if old_parent is not None and old_parent.pk == parent.pk:
        return node
    Organization.objects.move(node, parent, pos="last-child")
    node = _node(node.pk)
    audit.record(
        actor,
        "organizations.node_moved",
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        before={"parent": old_parent.code if old_parent else None},
        after={"parent": parent.code},
    )
    changes.note("organizations.node", [node.pk])
    return node


@transaction.atomic
def make_library(*, actor: Actor, node: Organization, at: datetime, command_id: UUID | None = None) -> Organization:
    """Let a node own a fund: it gets its number inside barcodes and card numbers. A library stays as it is."""
    actor.require(Permission.ORGANIZATIONS_EDIT, node.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return _node(repeat.object_id)
    node = Organization.objects.select_for_update().get(pk=node.pk)
    if node.is_library:
        return node
    _give_number(node)
    audit.record(
        actor,
        "organizations.library_opened",
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        after={"barcode_prefix": node.barcode_prefix},
    )
    changes.note("organizations.node", [node.pk])
    return node


def _give_number(node: Organization) -> None:
    if node.barcode_prefix is None:
        number = numbers.take(WHOLE_INSTALLATION, "library")[0]
        # Libraries of a restored or joined installation may hold numbers that the series never gave out.
        while Organization.objects.filter(barcode_prefix=number).exists():
            number = numbers.take(WHOLE_INSTALLATION, "library")[0]
        node.barcode_prefix = number
    node.is_library = True
    node.save(update_fields=["is_library", "barcode_prefix"])


def _require_calendar(actor: Actor, node: Organization) -> None:
    """A librarian keeps the calendar of their own library; the others need the right to change organisations."""
    if not (node.is_library and actor.may(Permission.CIRCULATION_POLICIES, node.path)):
        actor.require(Permission.ORGANIZATIONS_EDIT, node.path)


@transaction.atomic
def set_weekly_closed(
    *,
    actor: Actor,
    node: Organization,
    weekdays: frozenset[int] | None,
    at: datetime,
    command_id: UUID | None = None,
) -> Organization:
    """Set the weekdays (1 Monday … 7 Sunday) on which a node and all below it are closed; None: as the node
    above.

    :raises BadWeekdays: all seven are closed, or a number is no weekday.
    """
    _require_calendar(actor, node)
    if (repeat := audit.repeated(command_id)) is not None:
        return _node(repeat.object_id)
    if weekdays is not None and (len(weekdays) > 6 or not weekdays <= frozenset(range(1, 8))):
        raise BadWeekdays()
    node = Organization.objects.select_for_update().get(pk=node.pk)
    digits = None if weekdays is None else "".join(str(day) for day in sorted(weekdays))
    if node.weekly_closed == digits:
        return node
    before, node.weekly_closed = node.weekly_closed, digits
    node.save(update_fields=["weekly_closed"])
    audit.record(
        actor,
        "organizations.weekdays_set",
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        before={"weekly_closed": before},
        after={"weekly_closed": digits},
    )
    return node


@transaction.atomic
def set_closed_day(
    *,
    actor: Actor,
    node: Organization,
    on: date,
    name_kk: str,
    name_ru: str = "",
    name_en: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> ClosedDay:
    """Close a node and all below it on a day; the names of a day already closed are replaced.

    :raises NameMissing: the day has no Kazakh name.
    """
    _require_calendar(actor, node)
    if audit.repeated(command_id) is not None:
        return ClosedDay.objects.get(organization=node, on=on)
    if not name_kk.strip():
        raise NameMissing()
    names = {"name_kk": name_kk.strip(), "name_ru": name_ru.strip(), "name_en": name_en.strip()}
    day, _created = ClosedDay.objects.update_or_create(organization=node, on=on, defaults=names)
    audit.record(
        actor,
        "organizations.closed_day_set",
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        after={"on": on.isoformat(), **names},
    )
    return day


@transaction.atomic
def remove_closed_day(
    *, actor: Actor, node: Organization, on: date, at: datetime, command_id: UUID | None = None
) -> None:
    """Open a node on a day again. A day that is not closed there stays as it is."""
    _require_calendar(actor, node)
    if audit.repeated(command_id) is not None:
        return
    removed, _by_kind = ClosedDay.objects.filter(organization=node, on=on).delete()
    if removed:
        audit.record(
            actor,
            "organizations.closed_day_removed",
            node,
            at=at,
            library_id=node.pk,
            command_id=command_id,
            before={"on": on.isoformat()},
        )


def _node(pk: int | None) -> Organization:
    node: Organization = Organization.objects.get(pk=pk)
    return node
