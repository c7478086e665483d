"""Invariants of mailings, for ``kitaphana check``."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db.models import Count, F, Q

from kitaphana.core.checks import Violation
from kitaphana.mailings.models import Attachment, Letter, Receipt
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Every letter has a receipt for each recipient, all of them below its sender, and all its files."""
    letters = Letter.objects.all() if library is None else Letter.objects.filter(sender=library)
    counted = letters.annotate(rows=Count("receipts")).filter(~Q(rows=F("recipients")))
    for pk, rows, recipients in counted.values_list("pk", "rows", "recipients"):
        yield Violation("mailings.receipts", "a letter has not a receipt for each recipient",
                        {"letter": pk, "receipts": rows, "recipients": recipients})  # fmt: skip
    early = Receipt.objects.filter(letter__in=letters).filter(
        Q(read_at__lt=F("letter__sent_at")) | Q(answered_at__lt=F("read_at"))
    )
    for pk in early.values_list("pk", flat=True):
        yield Violation("mailings.order", "a letter was read before it was sent, or answered before it was read",
                        {"receipt": pk})  # fmt: skip
    for pk, stored in Attachment.objects.filter(letter__in=letters).values_list("pk", "stored"):
        if not default_storage.exists(stored):
            yield Violation("mailings.file", "a file of a letter is missing", {"attachment": pk})
