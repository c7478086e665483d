"""Orders to suppliers: placed within the budget, received by the schools, claimed, paid, closed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.acquisitions import documents, queries, services
from kitaphana.acquisitions.enums import OPEN, ClaimState, OrderState
from kitaphana.acquisitions.errors import OrderNotFound
from kitaphana.acquisitions.models import Delivery, DeliveryLine, Order
from kitaphana.acquisitions.queries import VIEW
from kitaphana.acquisitions.services import Came
from kitaphana.acquisitions.views.common import (
    by_hand,
    chosen_node,
    chosen_year,
    place,
    refuse,
    typed_count,
    typed_day,
    typed_sum,
)
from kitaphana.acquisitions.views.estimates import PAGE, chosen_language, paper_answer
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.money import tenge
from kitaphana.core.web.page import Request, number, page
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization

AWAITED = (OrderState.PLACED, OrderState.PARTLY_DELIVERED)
ANSWER_DAYS = 10
"""Days that a supplier is given to answer a claim, unless the claim says otherwise."""


@page(VIEW)
def orders(request: Request) -> HttpResponse:
    """Orders of a place in a year; for a library what is expected there first."""
    node, year = chosen_node(request), chosen_year(request)
    found = queries.orders_of(node, request.actor.reach(VIEW), year)
    context = {
        **place(request, node, year),
        "orders": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "expected": queries.expected_at(node) if node.is_library else [],
        "may_receive": request.actor.may(Permission.FUND_RECEIVE, node.path),
    }
    return render(request, "acquisitions/orders.html", context)


@page(VIEW)
def order(request: Request, pk: int) -> HttpResponse:
    """An order: its titles, the libraries they go to, what came, what was paid, and what may be done with it."""
    one = queries.order_within(pk, request.actor.reach(VIEW))
    if request.method == "POST":
        return _done(request, one)
    where = place(request, one.organization, one.year)
    is_buyer = request.actor.may(VIEW, one.organization.path)
    free = queries.free(one.budget) if is_buyer else None
    excess = tenge(one.total - free) if free is not None and one.state == OrderState.DRAFT else None
    mine = request.actor.reach(VIEW)
    receives = request.actor.reach(Permission.FUND_RECEIVE)
    shares = [share for share in queries.libraries_of(one) if mine.covers(share.library.path)]
    deliveries = Delivery.objects.filter(order=one).select_related("library", "claim").order_by("-pk")
    context = {
        **where,
        "order": one,
        "is_buyer": is_buyer,
        "titles": Paginator(queries.order_titles(one), PAGE).get_page(request.GET.get("page")),
        "shares": [
            (share, one.state in AWAITED and share.left and receives.covers(share.library.path)) for share in shares
        ],
        "deliveries": [row for row in deliveries if mine.covers(row.library.path)],
        "payments": one.payments.order_by("pk") if is_buyer else [],
        "free": free,
        "excess": excess if excess is not None and excess > 0 else None,
        "is_covered": excess is None or excess <= one.overrun,
        "may_approve_overrun": where["may_approve"] and excess is not None and excess > one.overrun,
        "is_draft": one.state == OrderState.DRAFT,
        "may_pay": where["may_manage"] and one.state in (*OPEN, OrderState.CLOSED) and one.paid < one.total,
        "may_close": where["may_manage"] and one.state in OPEN,
        "to_pay": tenge((one.delivered if one.state == OrderState.CLOSED else one.total) - one.paid),
        "today": clock.today(),
    }
    return render(request, "acquisitions/order.html", context)


def _done(request: Request, one: Order) -> HttpResponse:
    action, reason, common = request.POST.get("action", ""), request.POST.get("reason", ""), by_hand(request)
    try:
        if action == "place":
            services.place_order(order=one, **common)
            messages.success(request, _("The order is placed; its sum is bound."))
        elif action == "overrun":
            services.approve_overrun(order=one, reason=reason, **common)
            messages.success(request, _("The overrun is approved in your name."))
        elif action == "cancel":
            services.cancel_order(order=one, reason=reason, **common)
            messages.success(request, _("The draft order is cancelled; its lines may be ordered otherwise."))
        elif action == "pay":
            services.pay(
                order=one,
                amount=typed_sum(request.POST.get("amount", "")),
                on=typed_day(request.POST.get("on", "")),
                document=request.POST.get("document", ""),
                **common,
            )
            messages.success(request, _("The payment is noted."))
        elif action == "close":
            services.close_order(order=one, reason=reason, **common)
            messages.success(request, _("The order is closed."))
    except DomainError as refusal:
        refuse(request, refusal)
    return redirect("acquisitions:order", one.pk)


def _library(request: Request, one: Order) -> Organization:
    """The library of an order that somebody receives for."""
    reach = request.actor.reach(Permission.FUND_RECEIVE)
    if code := (request.GET.get("library") or request.POST.get("library")):
        return organizations.organization_by_code(code, reach)
    found = [share.library for share in queries.libraries_of(one) if reach.covers(share.library.path)]
    if not found:
        raise OrderNotFound
    return found[0]


@page(Permission.FUND_RECEIVE)
def receive(request: Request, pk: int) -> HttpResponse:
    """What came of an order to a library: each line as on the supplier's paper, taken into the fund by an act."""
    one = queries.order_within(pk, request.actor.reach(Permission.FUND_RECEIVE))
    library = _library(request, one)
    rows = [row for row in queries.distribution_of(one, library) if row.delivered < row.quantity]
    if request.method == "POST":
        try:
            delivery = services.deliver(
                order=one,
                library=library,
                document=request.POST.get("document", ""),
                on=typed_day(request.POST.get("on", "")),
                lines=[
                    came
                    for row in rows
                    if (
                        came := Came(
                            row,
                            *(typed_count(request.POST.get(f"{name}-{row.pk}", "")) for name in ("q", "d", "m")),
                        )
                    )
                    and came.quantity + came.defective + came.missing
                ],
                **by_hand(request),
            )
        except DomainError as refusal:
            refuse(request, refusal)
        else:
            messages.success(request, _("Received: the books are in the fund."))
            return redirect("acquisitions:order_delivery", delivery.pk)
    context = {
        "node": library,
        "order": one,
        "rows": [
            (
                row,
                row.quantity - row.delivered,
                {name: request.POST.get(f"{name}-{row.pk}") for name in ("q", "d", "m")},
            )
            for row in rows
        ],
        "document": request.POST.get("document", ""),
        "today": request.POST.get("on") or clock.today().isoformat(),
    }
    return render(request, "acquisitions/receive.html", context)


@page(VIEW)
def delivery(request: Request, pk: int) -> HttpResponse:
    """A delivery with the acts it made; where something was wrong, the claim."""
    found = Delivery.objects.select_related("order__organization", "order__supplier", "library", "claim").filter(pk=pk)
    one = found.first()
    if one is None or not request.actor.may(VIEW, one.library.path):
        raise OrderNotFound
    if request.method == "POST":
        try:
            services.raise_claim(
                delivery=one,
                text=request.POST.get("text", ""),
                answer_by=typed_day(request.POST.get("answer_by", "")),
                **by_hand(request),
            )
        except DomainError as refusal:
            refuse(request, refusal)
        else:
            messages.success(request, _("The claim is made; print it and send it to the supplier."))
        return redirect("acquisitions:order_delivery", one.pk)
    lines = list(
        DeliveryLine.objects.filter(delivery=one)
        .select_related("distribution__line__record", "act")
        .defer("distribution__line__record__marc", "distribution__line__record__summary")
        .order_by("distribution__line__record__sort_title", "pk")
    )
    wrong = [line for line in lines if line.defective or line.missing]
    context = {
        **place(request, one.order.organization, one.order.year),
        "delivery": one,
        "lines": lines,
        "acts": {line.act.pk: line.act for line in lines if line.act}.values(),
        "wrong": wrong,
        "claim": getattr(one, "claim", None),
        "answer_by": (clock.today() + timedelta(days=ANSWER_DAYS)).isoformat(),
        "endings": [state for state in ClaimState if state != ClaimState.OPEN],
    }
    return render(request, "acquisitions/delivery.html", context)


@page(Permission.ACQUISITIONS_MANAGE)
@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """Note how a claim ended."""
    claim = queries.claim_within(pk, request.actor.reach(Permission.ACQUISITIONS_MANAGE))
    try:
        services.settle_claim(
            claim=claim,
            state=request.POST.get("state", ""),
            outcome=request.POST.get("outcome", ""),
            **by_hand(request),
        )
    except DomainError as refusal:
        refuse(request, refusal)
    else:
        messages.success(request, _("The end of the claim is noted."))
    return redirect("acquisitions:order_delivery", claim.delivery_id)


@page(VIEW)
def claim_paper(request: Request, pk: int, form: str) -> HttpResponseBase:
    """A claim to the supplier on paper."""
    claim = queries.claim_within(pk, request.actor.reach(VIEW))
    paper = documents.claim(claim, language=chosen_language(request))
    return paper_answer(paper, form, f"claim-{claim.number}-{claim.year}", request)


@page(VIEW)
def order_paper(request: Request, pk: int, form: str) -> HttpResponseBase:
    """An order with its distribution by library, or the distribution list of one library."""
    one = queries.order_within(pk, request.actor.reach(VIEW))
    library = None
    if code := request.GET.get("library"):
        library = organizations.organization_by_code(code, request.actor.reach(VIEW))
    elif not request.actor.may(VIEW, one.organization.path):
        library = _library(request, one)
    paper = documents.order(one, library, language=chosen_language(request))
    return paper_answer(paper, form, f"order-{one.organization.code}-{one.year}-{one.number}", request)


@page(VIEW)
def order_title(request: Request, pk: int, record_pk: int) -> HttpResponse:
    """One title of an order: which library gets how many, and how many have come."""
    one = queries.order_within(pk, request.actor.reach(VIEW))
    mine = request.actor.reach(VIEW)
    rows = [row for row in queries.distribution_of(one).filter(line__record=number(str(record_pk)))
            if mine.covers(row.library.path)]  # fmt: skip
    if not rows:
        raise OrderNotFound
    return render(request, "acquisitions/order_title.html", {"order": one, "rows": rows, "record": rows[0].line.record})
