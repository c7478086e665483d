"""Budgets with their changes, prices and suppliers."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kitaphana.acquisitions import queries, services
from kitaphana.acquisitions.enums import SOURCES, UNBOUND, BudgetKind
from kitaphana.acquisitions.errors import BadChoice, TitleNotFound
from kitaphana.acquisitions.models import Budget, BudgetChange, Order, Payment
from kitaphana.acquisitions.queries import VIEW
from kitaphana.acquisitions.views.common import (
    by_hand,
    chosen_node,
    chosen_year,
    place,
    refuse,
    typed_day,
    typed_sum,
)
from kitaphana.acquisitions.views.estimates import PAGE
from kitaphana.catalog.queries import record_by_isbn
from kitaphana.core import clock
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, number, page
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within


@page(VIEW)
def budgets(request: Request) -> HttpResponse:
    """The money of a place in a year: planned, committed, spent, free; below it by place."""
    node, year = chosen_node(request), chosen_year(request)
    if request.method == "POST":
        try:
            services.change_budget(
                organization=node,
                year=year,
                source=request.POST.get("source", ""),
                kind=request.POST.get("kind", ""),
                amount=typed_sum(request.POST.get("amount", "")),
                reason=request.POST.get("reason", ""),
                document=request.POST.get("document", ""),
                **by_hand(request),
            )
        except DomainError as refusal:
            refuse(request, refusal)
        else:
            messages.success(request, _("The budget is changed."))
            return redirect(f"{reverse('acquisitions:budgets')}?node={node.code}&year={year}")
    children = [] if node.is_library else list(organizations.children_of(node))
    context = {
        **place(request, node, year),
        "own": queries.figures(Organization.objects.filter(pk=node.pk), year),
        "below": queries.money_by_child(node, children, year),
        "sources": SOURCES,
        "kinds": BudgetKind,
    }
    return render(request, "acquisitions/budgets.html", context)


@page(VIEW)
def budget(request: Request, pk: int) -> HttpResponse:
    """A budget with everything that changed it, the orders that bind it and the payments."""
    found = Budget.objects.select_related("organization")
    one = found.filter(within(request.actor.reach(VIEW), "organization__path"), pk=pk).first()
    if one is None:
        raise NotFound
    (figures,) = [
        line
        for line in queries.figures(Organization.objects.filter(pk=one.organization_id), one.year)
        if line.budget.pk == pk
    ]
    context = {
        **place(request, one.organization, one.year),
        "budget": one,
        "figures": figures,
        "changes": BudgetChange.objects.filter(budget=one).order_by("pk"),
        "orders": Order.objects.filter(budget=one).exclude(state__in=UNBOUND).select_related("supplier").order_by("pk"),
        "payments": Payment.objects.filter(order__budget=one).select_related("order").order_by("pk"),
    }
    return render(request, "acquisitions/budget.html", context)


@page(VIEW)
def prices(request: Request) -> HttpResponse:
    """What volumes cost by price lists and offers, and the suppliers."""
    node = chosen_node(request)
    if request.method == "POST":
        try:
            _noted(request, node)
        except DomainError as refusal:
            refuse(request, refusal)
        return redirect(f"{reverse('acquisitions:prices')}?node={node.code}")
    text = " ".join(request.GET.get("text", "").replace("\x00", "").split())[:100]
    rows = queries.prices_for(node, text)
    context = {
        **place(request, node, clock.today().year),
        "prices": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "suppliers": queries.suppliers_for(node),
        "text": text,
        "today": clock.today().isoformat(),
    }
    return render(request, "acquisitions/prices.html", context)


def _noted(request: Request, node: Organization) -> None:
    if request.POST.get("action") == "supplier":
        services.add_supplier(
            organization=node,
            name=request.POST.get("name", ""),
            bin=request.POST.get("bin", ""),
            contacts=request.POST.get("contacts", ""),
            **by_hand(request),
        )
        messages.success(request, _("The supplier is added."))
        return
    isbn = request.POST.get("isbn", "")
    record = record_by_isbn(isbn).first()
    if record is None:
        raise TitleNotFound(isbn=isbn[:40])
    supplier = None
    if chosen := number(request.POST.get("supplier")):
        supplier = queries.suppliers_for(node).filter(pk=chosen).first()
        if supplier is None:
            raise BadChoice(value=chosen)
    services.note_price(
        organization=node,
        record=record,
        price=Decimal(typed_sum(request.POST.get("price", ""))),
        source=request.POST.get("source", ""),
        on=typed_day(request.POST.get("on", "")),
        supplier=supplier,
        **by_hand(request),
    )
    messages.success(request, _("The price of «%(title)s» is noted.") % {"title": record.title})
