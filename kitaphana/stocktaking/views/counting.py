"""Counting of titles that are kept by count: expected on the shelf, typed numbers, differences."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import cursor_of, offset_of
from kitaphana.fund.models import Stock
from kitaphana.fund.views.library import chosen_number
from kitaphana.stocktaking import errors, queries, services
from kitaphana.stocktaking.models import Stocktaking
from kitaphana.stocktaking.views.workplace import command_id_of, found, is_fragment, may_take

TITLES_A_PAGE = 100


@page(Permission.FUND_VIEW)
@require_http_methods(["GET", "POST"])
def count(request: Request, pk: int) -> HttpResponse:
    """Titles with what is expected on the shelf; a typed number is kept at once."""
    mine = found(request, pk)
    if request.method == "POST":
        return _counted(request, mine)
    text, only = request.GET.get("text", "")[:100], request.GET.get("only", "")
    offset = offset_of(request.GET.get("cursor"))
    rows = list(queries.counting_list(mine, text=text, only=only)[offset : offset + TITLES_A_PAGE + 1])
    context = {
        "node": mine.library,
        "stocktaking": mine,
        "name": queries.name_of(mine),
        "rows": rows[:TITLES_A_PAGE],
        "next": cursor_of(offset + TITLES_A_PAGE) if len(rows) > TITLES_A_PAGE else None,
        "counted": queries.counted(mine),
        "text": text,
        "only": only,
        "may_count": may_take(request, mine) and mine.closed_at is None,
    }
    return render(request, "stocktaking/count.html", context)


def _counted(request: Request, mine: Stocktaking) -> HttpResponse:
    number = chosen_number(request.POST.get("counted"), lowest=0, highest=1_000_000)
    stock_id = chosen_number(request.POST.get("stock")) or 0
    stock = Stock.objects.filter(pk=stock_id).first()
    refused: DomainError | None = None
    try:
        if stock is None:
            raise errors.StockNotFound
        if number is None:
            raise errors.BadCount
        services.count_stock(
            actor=request.actor,
            stocktaking=mine,
            stock=stock,
            counted=number,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        refused = refusal
    if not is_fragment(request):
        if refused is not None:
            messages.error(request, f"{refused} {refused.advice_text}".strip())
        else:
            messages.success(request, _("Counted: %(count)s.") % {"count": number})
        return redirect("stocktaking:count", pk=mine.pk)
    row = queries.counting_list(mine).filter(pk=stock_id).first()
    context = {"stocktaking": mine, "row": row, "refused": refused, "may_count": mine.closed_at is None}
    return render(request, "stocktaking/_count_row.html", context, status=refused.status if refused else 200)
