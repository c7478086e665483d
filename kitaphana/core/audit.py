"""The journal of commands, and with it the repetition of a command by its client-made id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from kitaphana.core.access import Actor
from kitaphana.core.models import AuditEntry

Facts = Mapping[str, Any]


def repeated(command_id: UUID | None) -> AuditEntry | None:
    """The entry of a command that was carried out already, else None.

    To be asked inside the command's transaction, before anything else: on PostgreSQL the same command arriving
    twice at once waits here for the first to end (SQLite's immediate transactions wait by themselves).
    """
    if command_id is None:
        return None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            key = command_id.int & 0x7FFF_FFFF_FFFF_FFFF
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    return AuditEntry.objects.filter(command_id=command_id).first()


def record(
    actor: Actor,
    action: str,
    subject: models.Model,
    *,
    at: datetime,
    library_id: int | None,
    command_id: UUID | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
) -> AuditEntry:
    """Write one entry. ``before``/``after`` hold the facts that changed, as JSON values; no more than needed."""
    return AuditEntry.objects.create(
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        address=actor.address,
        library_id=library_id,
        action=action,
        object_kind=subject._meta.label_lower,
        object_id=subject.pk,
        before=before,
        after=after,
        command_id=command_id,
    )
