"""Invariants of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q

from kitaphana.catalog.models import Record, RecordIsbn
from kitaphana.core.checks import Violation


def invariants() -> Iterator[Violation]:
    """Every record has a title and its MARC; the ISBN keys agree with the records."""
    for pk in Record.objects.filter(Q(title="") | Q(marc="")).values_list("pk", flat=True)[:100]:
        yield Violation("catalog.record_incomplete", "A record has no title or no MARC.", {"record": pk})
    counted = dict(RecordIsbn.objects.values_list("record_id").annotate(number=Count("id")))
    for pk, isbns in Record.objects.exclude(isbns=[]).values_list("pk", "isbns").iterator():
        if counted.get(pk, 0) != len(set(isbns)):
            yield Violation("catalog.isbn_keys_differ", "The ISBN keys of a record differ from it.", {"record": pk})
