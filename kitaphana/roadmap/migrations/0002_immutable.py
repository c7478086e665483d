"""Triggers that refuse to change or remove changes of targets and entered values."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kitaphana.core.immutable import forbid_changes


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    forbid_changes(schema_editor, "roadmap_targetchange")
    forbid_changes(schema_editor, "roadmap_enteredvalue")


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
