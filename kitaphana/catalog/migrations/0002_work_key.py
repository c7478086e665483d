"""Editions of one text are gathered by a key; records that are here get theirs."""

from typing import Any

from django.db import migrations, models

from kitaphana.catalog.matching import work_key


def fill(apps: Any, schema_editor: Any) -> None:
    """Compute the key of every record from its columns, in batches."""
    record_model = apps.get_model("catalog", "Record")
    batch = []
    rows = record_model.objects.only("id", "title", "authors", "language", "grade").order_by("id")
    for record in rows.iterator(2000):
        record.work_key = work_key(record.title, record.authors, record.language, record.grade)
        batch.append(record)
        if len(batch) == 2000:
            record_model.objects.bulk_update(batch, ["work_key"])
            batch.clear()
    record_model.objects.bulk_update(batch, ["work_key"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="record",
            name="work_key",
            field=models.CharField(blank=True, db_index=True, max_length=32),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
