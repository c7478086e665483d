"""Commands of rule packs: loading those shipped, making versions of one's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization
from kitaphana.regulations import parameters as described
from kitaphana.regulations.enums import Action
from kitaphana.regulations.errors import DraftExists, InForce, NoReason, PackNotFound, TooEarly
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.queries import pack_on

PACKS = Path(__file__).parent / "packs"


@transaction.atomic
def install_packs() -> int:
    """Load the packs shipped with the program that the database lacks; returns how many. Never changes a loaded one."""
    added = 0
    for path in sorted(PACKS.glob("*.json")):
        pack = json.loads(path.read_text(encoding="utf-8"))
        _, is_new = RulePack.objects.get_or_create(
            subject=pack["subject"],
            version=pack["version"],
            organization=None,
            defaults={
                "act": pack["act"],
                "valid_from": date.fromisoformat(pack["valid_from"]),
                "parameters": pack["parameters"],
            },
        )
        added += is_new
    return added


@transaction.atomic
def draft_version(
    *, actor: Actor, organization: Organization, subject: str, at: datetime, command_id: UUID | None = None
) -> RulePack:
    """Begin a version of one's own as a copy of what holds at a node today.

    :raises DraftExists: one is being prepared.
    """
    actor.require(Permission.RULES_EDIT, organization.path)
    if (done := audit.repeated(command_id)) is not None:
        return RulePack.objects.get(pk=done.object_id)
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=organization.pk).values_list("pk"))
    own = RulePack.objects.filter(organization=organization, subject=subject)
    if own.filter(is_draft=True).exists():
        raise DraftExists
    base = pack_on(subject, clock.day_of(at), organization)
    pack = RulePack.objects.create(
        subject=subject,
        organization=organization,
        act=base.act,
        version=(own.aggregate(last=Max("version"))["last"] or 0) + 1,
        valid_from=clock.day_of(at),
        parameters=base.parameters,
        is_draft=True,
        made_by_id=actor.user_id,
        made_at=at,
    )
    _record(actor, Action.DRAFT, pack, at, command_id, {"from": base.pk})
    return pack


@transaction.atomic
def change_draft(
    *,
    actor: Actor,
    pack: RulePack,
    typed: Mapping[str, list[str]],
    act: str,
    at: datetime,
    command_id: UUID | None = None,
) -> RulePack:
    """Set parameters of a draft as a person typed them (``parameters.changed``) and the act as it is cited.

    :raises BadParameter: a value does not fit.
    """
    pack = _draft(actor, pack)
    if audit.repeated(command_id) is not None:
        return pack
    made = described.changed(pack.subject, pack.parameters, typed)
    changes = described.differences(pack.subject, pack.parameters, made)
    pack.parameters, pack.act = made, act.strip()[:300] or pack.act
    pack.save(update_fields=["parameters", "act"])
    _record(actor, Action.CHANGE, pack, at, command_id, {"changes": [f"{one.label}: {one.after}" for one in changes]})
    return pack


@transaction.atomic
def discard_draft(*, actor: Actor, pack: RulePack, at: datetime, command_id: UUID | None = None) -> None:
    """Throw a draft away."""
    if audit.repeated(command_id) is not None:
        return
    pack = _draft(actor, pack)
    _record(actor, Action.DISCARD, pack, at, command_id, {"version": pack.version})
    pack.delete()


@transaction.atomic
def put_in_force(
    *, actor: Actor, pack: RulePack, valid_from: date, note: str, at: datetime, command_id: UUID | None = None
) -> RulePack:
    """Let a draft hold from a day on. From then it never changes; papers made before keep what they were made under.

    :raises TooEarly: a day in the past.
    :raises NoReason: nothing says why.
    """
    if (done := audit.repeated(command_id)) is not None:
        return RulePack.objects.get(pk=done.object_id)
    pack = _draft(actor, pack)
    if valid_from < clock.day_of(at):
        raise TooEarly
    if not note.strip():
        raise NoReason
    pack.valid_from, pack.note, pack.is_draft = valid_from, note.strip()[:500], False
    pack.save(update_fields=["valid_from", "note", "is_draft"])
    _record(actor, Action.PUT_IN_FORCE, pack, at, command_id, {"from": valid_from.isoformat()})
    return pack


@transaction.atomic
def end_version(*, actor: Actor, pack: RulePack, until: date, at: datetime, command_id: UUID | None = None) -> RulePack:
    """End a version of one's own with a day: after it the rules from above hold again.

    :raises TooEarly: a day before today or before it began.
    """
    if (done := audit.repeated(command_id)) is not None:
        return RulePack.objects.get(pk=done.object_id)
    if pack.organization is None:
        raise PackNotFound
    actor.require(Permission.RULES_EDIT, pack.organization.path)
    if until < clock.day_of(at) or until < pack.valid_from:
        raise TooEarly
    pack.valid_until = until
    pack.save(update_fields=["valid_until"])
    _record(actor, Action.END, pack, at, command_id, {"until": until.isoformat()})
    return pack


def _draft(actor: Actor, pack: RulePack) -> RulePack:
    found = RulePack.objects.select_for_update(of=("self",)).select_related("organization").filter(pk=pack.pk).first()
    if found is None or found.organization is None:
        raise PackNotFound
    actor.require(Permission.RULES_EDIT, found.organization.path)
    if not found.is_draft:
        raise InForce
    return found


def _record(
    actor: Actor, action: Action, pack: RulePack, at: datetime, command_id: UUID | None, after: dict[str, object]
) -> None:
    node = pack.organization
    audit.record(
        actor,
        action.value,
        pack,
        at=at,
        library_id=node.pk if node is not None and node.is_library else None,
        command_id=command_id,
        after={"subject": pack.subject, "version": pack.version, **after},
    )
