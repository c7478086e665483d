"""Triggers that refuse to change or remove a kept report."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kitaphana.core.immutable import forbid_changes


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    forbid_changes(schema_editor, "monitoring_report")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_diary_and_reports")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
