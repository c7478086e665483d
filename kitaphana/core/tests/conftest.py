"""A database as it is at work, for tests of what only committed transactions show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection


@pytest.fixture
def committed(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Commits are commits and threads have connections of their own: on a server, or in a file (the tests' own
    SQLite lives in memory, where it locks by table and a race would prove nothing)."""
    if connection.vendor != "sqlite":
        yield
        return
    path = tmp_path / "committed.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    # One connection switches the new file to its journal; eight at once would stand in each other's way.
    connection.ensure_connection()
    try:
        yield
        connection.close()
    finally:
        connection.connection = memory
        connection.settings_dict["NAME"] = name
