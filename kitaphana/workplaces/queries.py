"""Reads of the page of what waits: from a place down to the copies of a book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from kitaphana.catalog.models import Record
from kitaphana.circulation.models import Loan
from kitaphana.core.access import Reach
from kitaphana.core.errors import NotFound
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy
from kitaphana.organizations.models import Organization


def titles_of(library: Organization, text: str = "") -> QuerySet[Copy, dict[str, object]]:
    """The titles whose copies a library holds, with their number; found by a word of the title in any case."""
    held = Copy.objects.filter(library=library, state=CopyState.IN_FUND)
    for word in text.replace("\x00", "").split():
        spellings = {word, word.lower(), word.capitalize(), word.upper()}
        matching = Record.objects.none()
        for spelling in spellings:
            matching |= Record.objects.filter(title__contains=spelling)
        held = held.filter(record__in=matching.values("pk"))
    found: QuerySet[Copy, dict[str, object]] = (
        held.order_by("record__title", "record_id")
        .values("record_id", "record__title", "record__authors", "record__year")
        .annotate(copies=Count("pk"))
    )
    return found


def copies_of(library: Organization, record_id: int) -> QuerySet[Copy, Copy]:
    """The copies of a title in a library, by inventory number."""
    return (
        Copy.objects.filter(library=library, record__pk=record_id)
        .select_related("record", "location", "received_by__act")
        .order_by("state", "fund", "inventory_number")
    )


def copy_within(pk: int, reach: Reach) -> Copy:
    """A copy of a library within reach.

    :raises NotFound: there is none.
    """
    found: Copy | None = (
        Copy.objects.within(reach)
        .select_related("library", "record", "location", "received_by__act", "withdrawn_by__act")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class CopyLoans:
    """How often a copy was lent, and since when it is out; who reads it stays in the library."""

    times: int
    last_on: date | None
    is_out: bool


def loans_of(copy: Copy) -> CopyLoans:
    """The lending of a copy without its readers (one statement)."""
    row = Loan.objects.filter(copy=copy).aggregate(
        times=Count("pk"), last=Max("lent_on"), out=Count("pk", filter=Q(returned_at__isnull=True))
    )
    return CopyLoans(row["times"], row["last"], bool(row["out"]))
