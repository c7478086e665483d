"""Invariants of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Max, Q

from kitaphana.catalog.models import ImportRun, Record, RecordIsbn, RecordVersion
from kitaphana.core.checks import Violation

_CHUNK = 5000


def invariants() -> Iterator[Violation]:
    """Every record has a title and its MARC; its ISBN keys and its history agree with it; every import adds up."""
    for pk in Record.objects.filter(Q(title="") | Q(marc="") | Q(control_number="")).values_list("pk", flat=True):
        yield Violation(
            "catalog.record_incomplete", "A record has no title, no MARC or no control number.", {"record": pk}
        )
    yield from _isbn_keys()
    newest = RecordVersion.objects.values("record_id").annotate(newest=Max("version"), now=F("record__version"))
    for row in newest.filter(newest__gte=F("record__version")):
        yield Violation(
            "catalog.versions_differ", "A record's history is newer than the record.", {"record": row["record_id"]}
        )
    whole = F("imported") + F("updated") + F("merged") + F("rejected")
    for pk in ImportRun.objects.exclude(read=whole).values_list("pk", flat=True):
        yield Violation("catalog.import_does_not_add_up", "Not every record of an import was counted.", {"run": pk})


def _isbn_keys() -> Iterator[Violation]:
    """Records and their keys side by side, a stretch of ids at a time: memory stays small, statements few."""
    last = 0
    while rows := list(Record.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "isbns")[:_CHUNK]):
        first, last = rows[0][0], rows[-1][0]
        keys: dict[int, set[str]] = {}
        for record_id, isbn in RecordIsbn.objects.filter(record_id__gte=first, record_id__lte=last).values_list(
            "record_id", "isbn"
        ):
            keys.setdefault(record_id, set()).add(isbn)
        for pk, isbns in rows:
            if keys.get(pk, set()) != set(isbns):
                yield Violation("catalog.isbn_keys_differ", "The ISBN keys of a record differ from it.", {"record": pk})
