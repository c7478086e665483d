"""Invariants of the authorities."""

from __future__ import annotations

from collections.abc import Iterator

from kitaphana.authorities.models import Authority, HeadingForm
from kitaphana.core.checks import Violation


def invariants() -> Iterator[Violation]:
    """Every authority in use is found under its heading; one that was merged is found under nothing and leads on."""
    in_use = Authority.objects.filter(removed_at=None)
    for pk in in_use.exclude(forms__is_heading=True).values_list("pk", flat=True):
        yield Violation("authorities.not_found", "An authority is not found under its heading.", {"authority": pk})
    for pk in HeadingForm.objects.exclude(authority__removed_at=None).values_list("authority_id", flat=True).distinct():
        yield Violation("authorities.found_twice", "A merged authority is still found by a form.", {"authority": pk})
    chain = Authority.objects.filter(merged_into__removed_at__isnull=False)
    for pk in chain.values_list("pk", flat=True):
        yield Violation("authorities.leads_nowhere", "A merged authority leads to one that is gone.", {"authority": pk})
