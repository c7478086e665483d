"""The change sequence: what happened to things that derived data follows.

Readers (the search index) remember the last sequence number they have seen and ask for what came after. On
PostgreSQL ids are given out before commits, so a reader is shown only changes older than every transaction still
open, and in the order of transactions: a smaller id may belong to a younger one and appear later. There a sequence
number is transaction · 2⁶³ + id; on SQLite, with one writer at a time, it is the id.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from kitaphana.core.models import Change, NumberSeries

_TRANSACTION = 2**63
"""What one transaction weighs in a sequence number on PostgreSQL: ids stay below it."""


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
    if connection.vendor != "postgresql":
        changes = Change.objects.filter(id__gt=sequence, kind=kind)
        return list(changes.order_by("id").values_list("id", "object_id")[:limit])
    rows = (
        _settled()
        .filter(kind=kind)
        .extra(where=["(transaction_id, id) > (%s, %s)"], params=divmod(sequence, _TRANSACTION))
        .order_by("transaction_id", "id")
        .values_list("transaction_id", "id", "object_id")[:limit]
    )
    return [(transaction * _TRANSACTION + number, object_id) for transaction, number, object_id in rows]


def latest() -> int:
    """The newest sequence number that is safe to continue from."""
    if connection.vendor != "postgresql":
        return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
    newest = _settled().order_by("-transaction_id", "-id").values_list("transaction_id", "id").first()
    return newest[0] * _TRANSACTION + newest[1] if newest else 0


def _settled() -> QuerySet[Change, Change]:
    """Changes of transactions older than every one still open: none can come between them any more."""
    return Change.objects.extra(where=["transaction_id < txid_snapshot_xmin(txid_current_snapshot())"])


def epoch() -> str:
    """The name of this database's change sequence: derived data of another database (a copy, a restore) differs."""
    row, _ = NumberSeries.objects.get_or_create(
        library_id=0, series="changes.epoch", defaults={"last": secrets.randbits(60)}
    )
    return f"{row.last:x}"
