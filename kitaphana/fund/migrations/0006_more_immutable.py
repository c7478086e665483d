"""Triggers that refuse to change or remove approvals and closed periods."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kitaphana.core.immutable import forbid_changes


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    forbid_changes(schema_editor, "fund_approval")
    forbid_changes(schema_editor, "fund_closedperiod")


class Migration(migrations.Migration):
    dependencies = [("fund", "0005_count_based_stock")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
