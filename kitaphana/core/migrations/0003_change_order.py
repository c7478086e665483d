"""The order in which followers of changes read them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_append_only")]
    operations = [
        migrations.AddIndex("change", models.Index(fields=["transaction_id", "id"], name="change_order")),
    ]
