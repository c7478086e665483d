"""Triggers over changes of tables on SQLite.

There a column that may not be null is added by making the table anew: triggers on it are lost, and one on another table
that reads it makes the change fail.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps


def kept_over(table: str, operations: Sequence[Operation]) -> list[Operation]:
    """Operations of a migration that change ``table``: triggers that mention it are put away before, back after."""
    away: dict[str, str] = {}

    def put_away(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "sqlite":
            return
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE %s", [f"%{table}%"])
            away.update(cursor.fetchall())
        for name in away:
            editor.execute(f'DROP TRIGGER "{name}"')

    def put_back(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for sql in away.values():
            editor.execute(sql)
        away.clear()

    return [migrations.RunPython(put_away, put_back), *operations, migrations.RunPython(put_back, put_away)]
