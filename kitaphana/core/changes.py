"""The change sequence: what happened to things that derived data follows.

Readers (the search index) remember the last id they have seen and ask for what came after. On PostgreSQL ids are
given out before commits, so a reader is shown only changes older than every transaction still open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import connection

from kitaphana.core.models import Change, NumberSeries


def note(kind: str, object_ids: Iterable[int]) -> None:
    """Note, in the command's transaction, that things of a kind were changed, made or removed."""
    now = "txid_current()" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO core_change (kind, object_id, transaction_id) VALUES (%s, %s, {now})",  # noqa: S608 - fixed
            [(kind, object_id) for object_id in object_ids],
        )


def after(sequence: int, *, kind: str, limit: int = 1000) -> list[tuple[int, int]]:
    """Up to ``limit`` changes of a kind after a sequence number, oldest first, as (sequence, object id)."""
    changes = Change.objects.filter(id__gt=sequence, kind=kind)
    if connection.vendor == "postgresql":
        changes = changes.extra(where=["transaction_id < txid_snapshot_xmin(txid_current_snapshot())"])
    return list(changes.order_by("id").values_list("id", "object_id")[:limit])


def latest() -> int:
    """The newest sequence number that is safe to continue from."""
    changes = Change.objects.all()
    if connection.vendor == "postgresql":
        changes = changes.extra(where=["transaction_id < txid_snapshot_xmin(txid_current_snapshot())"])
    return changes.order_by("-id").values_list("id", flat=True).first() or 0


def epoch() -> str:
    """The name of this database's change sequence: derived data of another database (a copy, a restore) differs."""
    row, _ = NumberSeries.objects.get_or_create(
        library_id=0, series="changes.epoch", defaults={"last": secrets.randbits(60)}
    )
    return f"{row.last:x}"
