"""What was changed in a budget, paid or noted as a price stays as it was."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kitaphana.core.immutable import forbid_changes


def _forbid(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("acquisitions_budgetchange", "acquisitions_payment", "acquisitions_pricesource"):
        forbid_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("acquisitions", "0001_initial")]

    operations = [migrations.RunPython(_forbid, migrations.RunPython.noop)]
