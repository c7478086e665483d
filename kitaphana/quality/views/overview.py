"""The state of the catalogue at a glance, and the records that break a rule."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from kitaphana.catalog.enums import ProposalState
from kitaphana.catalog.models import Merge, Proposal, Record
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import cursor_of, offset_of
from kitaphana.quality.enums import PairState, Rule
from kitaphana.quality.models import Batch, Flag, Pair

PAGE = 50


@page(Permission.CATALOG_EDIT)
def overview(request: Request) -> HttpResponse:
    """Duplicates, proposals and rules with their numbers; each leads to its records."""
    counts = dict(Flag.objects.order_by().values_list("rule").annotate(n=Count("pk")))
    own = own_flags(request)
    mine = (
        dict(own.order_by().values_list("rule").annotate(n=Count("record", distinct=True))) if own is not None else {}
    )
    waiting = Proposal.objects.within(request.actor.reach(Permission.CATALOG_EDIT)).filter(state=ProposalState.OPEN)
    context = {
        "total": Record.objects.filter(removed_at=None).count(),
        "pairs": Pair.objects.filter(state=PairState.OPEN).count(),
        "proposals": waiting.count(),
        "merges": Merge.objects.filter(undone_at=None).count(),
        "batches": Batch.objects.count(),
        "rules": [(rule, label, counts.get(rule, 0), mine.get(rule, 0)) for rule, label in Rule.choices],
        "has_own": own is not None,
    }
    return render(request, "quality/overview.html", context)


def own_flags(request: Request) -> QuerySet[Flag, Flag] | None:
    """Flags of records of which the person's library has copies; None for those who work in no library."""
    if not request.library:
        return None
    copies = Record.objects.filter(copies__library=request.library, copies__state="IN_FUND").values("pk")
    counted = Record.objects.filter(stocks__library=request.library, stocks__quantity__gt=0).values("pk")
    return Flag.objects.filter(Q(record__in=copies) | Q(record__in=counted))


@page(Permission.CATALOG_EDIT)
def flagged(request: Request, rule: str) -> HttpResponse:
    """The records that break a rule: all, or those that one's library holds."""
    if rule not in Rule.values:
        raise NotFound()
    offset = offset_of(request.GET.get("cursor"))
    own = own_flags(request)
    is_mine = own is not None and request.GET.get("all") != "1"
    flags = own if own is not None and is_mine else Flag.objects.all()
    ids = list(
        flags.filter(rule=rule)
        .order_by("record_id")
        .values_list("record_id", flat=True)
        .distinct()[offset : offset + PAGE + 1]
    )
    records = Record.objects.defer("marc", "summary").in_bulk(ids[:PAGE])
    context = {
        "rule": rule,
        "label": Rule(rule).label,
        "records": [records[pk] for pk in ids[:PAGE]],
        "has_own": own is not None,
        "is_mine": is_mine,
        "next": cursor_of(offset + PAGE) if len(ids) > PAGE else None,
    }
    return render(request, "quality/flagged.html", context)
