"""Tables whose rows are never changed or removed: the database itself refuses."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forbid_changes(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Add triggers that refuse UPDATE and DELETE on a table, for use in a migration (SQLite and PostgreSQL).

    PostgreSQL's TRUNCATE stays possible for the owner, as a test database needs it.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {table}_is_immutable() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_is_immutable()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
