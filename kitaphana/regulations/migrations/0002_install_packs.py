"""Load the rule packs that come with the program."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule_pack = apps.get_model("regulations", "RulePack")
    path = Path(__file__).parent.parent / "packs" / "fund-1.json"
    pack = json.loads(path.read_text(encoding="utf-8"))
    rule_pack.objects.get_or_create(
        subject=pack["subject"],
        version=pack["version"],
        defaults={
            "act": pack["act"],
            "valid_from": date.fromisoformat(pack["valid_from"]),
            "parameters": pack["parameters"],
        },
    )


class Migration(migrations.Migration):
    dependencies = [("regulations", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
