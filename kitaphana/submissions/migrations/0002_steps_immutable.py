"""What was done with a report, and what was signed, stays as it was."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kitaphana.core.immutable import forbid_changes


def _forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("submissions_step", "submissions_consolidation"):
        forbid_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]

    operations = [migrations.RunPython(_forbid, migrations.RunPython.noop)]
