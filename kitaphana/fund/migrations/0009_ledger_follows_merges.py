"""A line of the ledger may change in one thing: which record describes the edition, and only along a merge of records.

Everything else of it stays as it was posted, on both databases.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "fund_ledgerentry"
_ALONG_A_MERGE = (
    "EXISTS (SELECT 1 FROM catalog_record r WHERE (r.id = OLD.record_id AND r.merged_into_id = NEW.record_id) "
    "OR (r.id = NEW.record_id AND r.merged_into_id = OLD.record_id))"
)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {TABLE}_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'record_id' = to_jsonb(OLD) - 'record_id' AND {_ALONG_A_MERGE} "
            f"THEN RETURN NEW; END IF; RAISE EXCEPTION '{TABLE} is append-only'; END $$"
        )
        return
    columns = [field.column for field in apps.get_model("fund", "LedgerEntry")._meta.concrete_fields]
    same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in columns if column != "record_id")
    schema_editor.execute(f"DROP TRIGGER {TABLE}_no_update")
    schema_editor.execute(
        f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} WHEN NOT ({same} AND {_ALONG_A_MERGE}) "
        f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("fund", "0008_joined_cards"), ("catalog", "0004_authorities")]
    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
