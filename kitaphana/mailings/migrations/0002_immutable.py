"""Triggers that refuse to change or remove letters, their files and withdrawals."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kitaphana.core.immutable import forbid_changes


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("mailings_letter", "mailings_attachment", "mailings_withdrawal"):
        forbid_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("mailings", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
