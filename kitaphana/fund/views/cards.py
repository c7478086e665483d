"""The card file of count-based stock."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund import queries
from kitaphana.fund.enums import FundType
from kitaphana.fund.views.library import with_library
from kitaphana.organizations.models import Organization


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def cards(request: Request, library: Organization) -> HttpResponse:
    """Registration cards of a library, by number."""
    name = request.GET.get("fund", "")
    fund = name if name in FundType.values else ""
    text = request.GET.get("text", "")[:200]
    with_empty = request.GET.get("with_empty") == "1"
    found = queries.stocks(library, fund=fund, text=text, with_empty=with_empty)
    chosen = {"fund": fund, "text": text, "with_empty": with_empty}
    rows, following = paginate(found.order_by("pk"), request.GET.get("cursor"), 50)
    context = {"node": library, "rows": rows, "next": following, "funds": FundType.choices, "chosen": chosen}
    return render(request, "fund/cards.html", context)


@page(Permission.FUND_VIEW)
def card(request: Request, pk: int) -> HttpResponse:
    """A registration card with its lines."""
    stock = queries.stock_in_reach(request.actor.reach(Permission.FUND_VIEW), pk)
    return render(request, "fund/card.html", {"node": stock.library, "stock": stock, "card": queries.card(stock)})
