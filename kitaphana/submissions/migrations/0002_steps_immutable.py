"""What was sent, what was done with it and what was signed stays as it was: the database refuses to change it."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kitaphana.core.immutable import forbid_changes

TABLE = "submissions_submission"
FROZEN = ("library_id", "kind", "year", "version", "content", "digest", "sent_at")


def _forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("submissions_step", "submissions_consolidation"):
        forbid_changes(schema_editor, table)
    # A submission moves from state to state, but what it says is frozen.
    if schema_editor.connection.vendor == "postgresql":
        moved = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FROZEN)
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {TABLE}_is_frozen() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'DELETE' OR {moved} THEN "
            f"RAISE EXCEPTION 'what was submitted is frozen'; END IF; RETURN NEW; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_is_frozen()"
        )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'what was submitted is frozen'); END"
    schema_editor.execute(f"CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE OF {', '.join(FROZEN)} ON {TABLE} {refuse}")
    schema_editor.execute(f"CREATE TRIGGER {TABLE}_kept BEFORE DELETE ON {TABLE} {refuse}")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]

    operations = [migrations.RunPython(_forbid, migrations.RunPython.noop)]
