"""Contents, numbers and hosts of the records that are here already."""

from __future__ import annotations

import json

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

from kitaphana.formats.bibliographic import describe
from kitaphana.formats.marc import MarcRecord

CHUNK = 500


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    Record = apps.get_model("catalog", "Record")
    concerned = Q(marc__contains='{"505":') | Q(marc__contains='{"022":') | Q(marc__contains='{"773":')
    last = 0
    while records := list(
        Record.objects.filter(concerned, pk__gt=last).only("pk", "marc", "kind").order_by("pk")[:CHUNK]
    ):
        last = records[-1].pk
        for record in records:
            one = describe(MarcRecord.from_json(json.loads(record.marc)))
            record.contents, record.issn, record.kind = "\n".join(one.contents), one.issn, one.kind
            record.host_number, record.host_part = one.host_number[:100], one.host_part[:200]
        names = ["contents", "issn", "kind", "host_number", "host_part"]
        Record.objects.bulk_update(records, names, batch_size=100)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_contents_and_parts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
