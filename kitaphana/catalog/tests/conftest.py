"""A database as it is at work, for tests of what only committed transactions show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def real(transactional_db: None, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The small world where commits are commits: on a server, or in a file (the tests' own SQLite lives in memory,
    where it locks by table and a race would prove nothing)."""
    if connection.vendor != "sqlite":
        yield request.getfixturevalue("world")
        return
    path = tmp_path / "real.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    try:
        yield request.getfixturevalue("world")
        connection.close()
    finally:
        connection.connection = memory
        connection.settings_dict["NAME"] = name
