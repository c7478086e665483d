"""One taker of new records at a time."""

from __future__ import annotations

from typing import Final

from django.db import connection

_KEY: Final = 0x6B6974617068
"""Any number that nothing else locks."""


def lock_new_records() -> None:
    """Wait until no other transaction is taking new records in; held until this transaction ends.

    Whether an edition or a number is here already is asked before it is written, so two imports at once would
    otherwise both find it missing. SQLite's immediate transactions wait for each other by themselves.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEY])
