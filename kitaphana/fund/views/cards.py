"""The card file of count-based stock: cards, their papers, and the change of the way of accounting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kitaphana.core import clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.money import ZERO
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund import documents, forms, queries, spreadsheets
from kitaphana.fund import services as fund
from kitaphana.fund.enums import CopyState, FundType
from kitaphana.fund.models import Copy, Stock
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_command, chosen_date, chosen_language, chosen_number, with_library
from kitaphana.organizations.models import Organization

MOST_CHOSEN = 500


def _may_convert(actor: Actor, library: Organization) -> bool:
    return actor.may(Permission.FUND_WRITE_OFF, library.path) and actor.may(Permission.FUND_RECEIVE, library.path)


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def cards(request: Request, library: Organization) -> HttpResponse:
    """Registration cards of a library by number, with their totals and what can be printed."""
    name = request.GET.get("fund", "")
    chosen_fund = name if name in FundType.values else ""
    text = request.GET.get("text", "")[:200]
    with_empty = request.GET.get("with_empty") == "1"
    found = queries.stocks(library, fund=chosen_fund, text=text, with_empty=with_empty)
    rows, following = paginate(found.order_by("pk"), request.GET.get("cursor"), 50)
    runs = [
        (value, FundType(value).label, first, min(first + queries.RUN - 1, last))
        for value, last in queries.last_cards(library).items()
        for first in range(1, last + 1, queries.RUN)
    ]
    context = {
        "node": library,
        "rows": rows,
        "next": following,
        "totals": queries.card_totals(found),
        "funds": FundType.choices,
        "chosen": {"fund": chosen_fund, "text": text, "with_empty": with_empty},
        "runs": runs,
        "books": {value: label for value, label, _first, _last in runs},
        "may_receive": request.actor.may(Permission.FUND_RECEIVE, library.path),
    }
    return render(request, "fund/cards.html", context)


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def cards_pdf(request: Request, library: Organization) -> HttpResponse:
    """A run of registration cards on paper: at most 200."""
    name = request.GET.get("fund", "")
    name = name if name in FundType.values else FundType.TEXTBOOK.value
    first = chosen_number(request.GET.get("from")) or 1
    last = min(chosen_number(request.GET.get("to")) or first + queries.RUN - 1, first + queries.RUN - 1)
    run = queries.card_run(library, name, first=first, last=last)
    content = documents.cards_pdf(library, run, language=chosen_language(request))
    return pdf_answer(content, f"cards-{library.code}-{name.lower()}-{first}-{last}")


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def cards_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """All registration cards of a fund as a workbook."""
    name = request.GET.get("fund", "")
    name = name if name in FundType.values else FundType.TEXTBOOK.value
    run = queries.card_run(library, name)
    stream = spreadsheets.cards_xlsx(library, name, run, language=chosen_language(request))
    return xlsx_answer(stream, f"cards-{library.code}-{name.lower()}")


def _stock(request: Request, pk: int) -> Stock:
    return queries.stock_in_reach(request.actor.reach(Permission.FUND_VIEW), pk)


@page(Permission.FUND_VIEW)
def card(request: Request, pk: int) -> HttpResponse:
    """A registration card with its lines."""
    return _show(request, _stock(request, pk))


def _show(request: Request, stock: Stock, refused: DomainError | None = None) -> HttpResponse:
    content = queries.card(stock)
    typed: dict[str, Any] = {"on": clock.today().isoformat(), "quantity": "1", **request.POST.dict()}
    context = {
        "node": stock.library,
        "stock": stock,
        "card": content,
        "heading": [fact for fact in documents.card_heading(content) if fact[1]],
        "prices": sorted({lot.price for lot in content.lots if lot.quantity}),
        "may_convert": _may_convert(request.actor, stock.library) and stock.on_shelf > 0,
        "today": clock.today(),
        "typed": typed,
        "refused": refused,
    }
    return render(request, "fund/card.html", context, status=refused.status if refused else 200)


@page(Permission.FUND_VIEW)
def card_pdf(request: Request, pk: int) -> HttpResponse:
    """A registration card on paper."""
    stock = _stock(request, pk)
    content = documents.cards_pdf(stock.library, [queries.card(stock)], language=chosen_language(request))
    return pdf_answer(content, f"card-{stock.fund.lower()}-{stock.card_number}")


@page(Permission.FUND_VIEW)
def card_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """A registration card as a workbook."""
    stock = _stock(request, pk)
    stream = spreadsheets.cards_xlsx(
        stock.library, stock.fund, [queries.card(stock)], language=chosen_language(request)
    )
    return xlsx_answer(stream, f"card-{stock.fund.lower()}-{stock.card_number}")


@page(Permission.FUND_VIEW)
@require_POST
def card_convert(request: Request, pk: int) -> HttpResponse:
    """Counted volumes of a card become copies with inventory numbers."""
    stock = _stock(request, pk)
    try:
        act = fund.convert(
            actor=request.actor,
            library=stock.library,
            conversion=fund.Conversion(
                on=chosen_date(request.POST.get("on")) or clock.today(),
                counted=[
                    fund.CountedLine(
                        stock,
                        chosen_number(request.POST.get("quantity"), highest=20_000) or 0,
                        forms.price_in(request.POST.get("price")),
                    )
                ],
                grounds=request.POST.get("grounds", "")[:2000],
            ),
            at=clock.now(),
            command_id=chosen_command(request.POST.get("command_id", "")),
        )
    except DomainError as refused:
        return _show(request, stock, refused)
    messages.success(request, _("The volumes have inventory numbers now. Print their labels."))
    return redirect("fund:act", pk=act.pk)


@page(Permission.FUND_WRITE_OFF)
@with_library(Permission.FUND_WRITE_OFF)
@require_http_methods(["GET", "POST"])
def copies_convert(request: Request, library: Organization) -> HttpResponse:
    """Chosen copies lose their inventory numbers and are kept by count."""
    asked = request.POST if request.method == "POST" else request.GET
    ids = [pk for text in asked.getlist("copy")[:MOST_CHOSEN] if (pk := chosen_number(text))]
    chosen = list(
        Copy.objects.filter(library=library, pk__in=ids, state=CopyState.IN_FUND)
        .select_related("record")
        .order_by("fund", "inventory_number")
    )
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            act = fund.convert(
                actor=request.actor,
                library=library,
                conversion=fund.Conversion(
                    on=chosen_date(asked.get("on")) or clock.today(),
                    copies=chosen,
                    grounds=asked.get("grounds", "")[:2000],
                ),
                at=clock.now(),
                command_id=chosen_command(asked.get("command_id", "")),
            )
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("The volumes are kept by count now."))
            return redirect("fund:act", pk=act.pk)
    context = {
        "node": library,
        "copies": chosen,
        "amount": sum((copy.price for copy in chosen), ZERO),
        "today": clock.today(),
        "typed": {"on": clock.today().isoformat(), **request.POST.dict()},
        "refused": refused,
    }
    return render(request, "fund/copies_convert.html", context, status=refused.status if refused else 200)
