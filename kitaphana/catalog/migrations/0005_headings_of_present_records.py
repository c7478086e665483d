"""Names, subjects and works of the records that are here already."""

from __future__ import annotations

import json

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kitaphana.catalog.headings import headings_of
from kitaphana.catalog.works import gather_key
from kitaphana.formats.bibliographic import describe
from kitaphana.formats.marc import MarcRecord

CHUNK = 500


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    Record = apps.get_model("catalog", "Record")
    Heading = apps.get_model("catalog", "RecordHeading")  # noqa: N806 - a model
    last = 0
    while records := list(Record.objects.filter(pk__gt=last).only("pk", "marc", "gather_key").order_by("pk")[:CHUNK]):
        last = records[-1].pk
        rows = []
        for record in records:
            marc = MarcRecord.from_json(json.loads(record.marc))
            record.gather_key = gather_key(marc, describe(marc))
            rows += [
                Heading(record=record, role=one.role, kind=one.kind, text=one.text, key=one.key, dates=one.dates)
                for one, _ in headings_of(marc)
            ]
        Record.objects.bulk_update(records, ["gather_key"], batch_size=200)
        Heading.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_authorities")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
