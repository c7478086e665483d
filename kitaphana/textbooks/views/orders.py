"""Textbook orders of a school, and their consolidation in the district and the region."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.textbooks import documents, orders, services, spreadsheets
from kitaphana.textbooks.enums import ORDER_TRANSITIONS, OrderMove, OrderState
from kitaphana.textbooks.models import TextbookOrder, TextbookOrderLine
from kitaphana.textbooks.orders import VIEW
from kitaphana.textbooks.services import Wanted
from kitaphana.textbooks.services.ordering import KIND_OF
from kitaphana.textbooks.views.common import chosen_language, chosen_node, chosen_year

STATES = list(OrderState)


@page(VIEW)
def overview(request: Request) -> HttpResponse:
    """A school's orders of a year; for a district or a region what its schools have sent, by place and by title."""
    node, year = chosen_node(request), chosen_year(request)
    found = orders.orders_of(node, year) if node.kind != OrganizationKind.COUNTRY else []
    state = next((state for state, kind in KIND_OF.items() if kind == node.kind), None)
    waiting = [line for line in found if line.order.state == state]
    context = {
        "node": node,
        "year": year,
        "years": range(clock.school_year(clock.today()) - 1, clock.school_year(clock.today()) + 3),
        "lineage": [one for one in organizations.lineage(node)[:-1] if request.actor.may(VIEW, one.path)],
        "orders": found if node.is_library else [line for line in found if line.order.state in orders.SENT],
        "may_make": node.is_library
        and request.actor.may(Permission.TEXTBOOKS_MANAGE, node.path)
        and not any(line.order.state not in (OrderState.APPROVED, OrderState.CLOSED) for line in found),
        "waiting": waiting,
        "may_decide": state is not None and services.may_decide(request.actor, state, {state: node}),
    }
    if not node.is_library:
        titles = orders.by_title(node, year)
        context |= {
            "children": orders.by_child(node, organizations.children_of(node), year)
            if node.kind != OrganizationKind.DISTRICT
            else [],
            "titles": titles,
            "late": list(orders.late(node, year)[:200]),
            "volumes": sum(title.volumes for title in titles),
            "amount": sum((title.amount for title in titles), Decimal(0)),
        }
    return render(request, "textbooks/orders.html", context)


@page(VIEW)
def overview_xlsx(request: Request) -> HttpResponseBase:
    """The consolidated order of a node with its distribution by school as a workbook."""
    node, year = chosen_node(request), chosen_year(request)
    stream = spreadsheets.consolidation_xlsx(node, year, orders.by_title(node, year), orders.shares(node, year))
    return xlsx_answer(stream, f"textbook-order-{node.code}-{year}")


@page(VIEW)
def overview_pdf(request: Request) -> HttpResponse:
    """The consolidated order of a node on paper."""
    node, year = chosen_node(request), chosen_year(request)
    content = documents.consolidation(node, year, orders.by_title(node, year), language=chosen_language(request))
    return pdf_answer(content, f"textbook-order-{node.code}-{year}")


@page(VIEW)
def title_page(request: Request, pk: int) -> HttpResponse:
    """One title in the sent orders below a node: which school asks for how many."""
    node, year = chosen_node(request), chosen_year(request)
    rows = list(orders.shares(node, year, pk)[:1000])
    return render(request, "textbooks/order_title.html", {"node": node, "year": year, "rows": rows})


@page(Permission.TEXTBOOKS_MANAGE)
@require_POST
def make(request: Request) -> HttpResponse:
    """An order from the shortage."""
    node, year = chosen_node(request), chosen_year(request)
    try:
        order = services.make_order(
            actor=request.actor, library=node, school_year=year, at=clock.now(), command_id=command_id_of(request)
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
        return redirect(f"{reverse('textbooks:orders')}?node={node.code}&year={year}")
    return redirect("textbooks:order", order.pk)


@page(VIEW)
def order_page(request: Request, pk: int) -> HttpResponse:
    """An order with its lines, its steps and what may be done with it here."""
    order = orders.order_within(pk, request.actor.reach(VIEW))
    if request.method == "POST":
        return _done(request, order)
    levels = services.levels_of(order.library)
    manages = request.actor.may(Permission.TEXTBOOKS_MANAGE, order.library.path)
    decides = services.may_decide(request.actor, order.state, levels)
    lines = list(order.lines.select_related("record").defer("record__marc", "record__summary").order_by("pk"))
    moves = [
        OrderMove(move)
        for (state, move) in ORDER_TRANSITIONS
        if state == order.state and (manages if move in (OrderMove.SEND, OrderMove.CLOSE) else decides)
    ]
    steps = list(order.steps.order_by("pk"))
    context = {
        "order": order,
        "node": order.library,
        "lines": lines,
        "steps": steps,
        "has_before": any(line.ordered_before for line in lines),
        "levels": [
            (state.label, one, state == order.state, STATES.index(state) < STATES.index(OrderState(order.state)))
            for state, one in levels.items()
        ],
        "moves": moves,
        "may_edit": manages and order.state == OrderState.DRAFT,
        "may_discard": manages and order.state == OrderState.DRAFT and not steps,
        "may_cut": decides and order.state in (OrderState.DISTRICT, OrderState.REGION),
        "volumes": sum(line.final for line in lines),
        "amount": sum((line.amount or Decimal(0) for line in lines), Decimal(0)),
        "unpriced": sum(line.final for line in lines if line.price is None),
    }
    return render(request, "textbooks/order.html", context)


def _done(request: Request, order: TextbookOrder) -> HttpResponse:
    action = request.POST.get("action", "")
    common: dict[str, Any] = {"actor": request.actor, "at": clock.now(), "command_id": command_id_of(request)}
    try:
        if action == "discard":
            services.discard_order(order=order, **common)
            messages.info(request, _("The order was thrown away."))
            return redirect(f"{reverse('textbooks:orders')}?node={order.library.code}&year={order.school_year}")
        if action == "save":
            services.change_order(
                order=order, lines=_wanted(request, order), note=request.POST.get("note", ""), **common
            )
            messages.success(request, _("The order is saved."))
        elif action.startswith("cut-") and (line_id := number(action[4:])) is not None:
            line = TextbookOrderLine.objects.select_related("order__library").filter(order=order, pk=line_id).first()
            if line is not None:
                services.cut_line(
                    line=line,
                    quantity=number(request.POST.get(f"q-{line_id}")) or 0,
                    reason=request.POST.get(f"r-{line_id}", ""),
                    **common,
                )
                messages.success(request, _("The number is changed; the school sees why."))
        elif action in OrderMove.values:
            services.step(order=order, move=OrderMove(action), comment=request.POST.get("comment", ""), **common)
            messages.success(request, _("Done; the next level sees the order now."))
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    return redirect("textbooks:order", order.pk)


def _wanted(request: Request, order: TextbookOrder) -> dict[int, Wanted]:
    return {
        pk: Wanted(amount, request.POST.get(f"r-{pk}", ""))
        for pk in order.lines.values_list("pk", flat=True)
        if (amount := number(request.POST.get(f"q-{pk}"))) is not None
    }


@page(Permission.TEXTBOOKS_APPROVE)
@require_POST
def approve_all(request: Request) -> HttpResponse:
    """Approve everything that waits at a district or a region."""
    node, year = chosen_node(request), chosen_year(request)
    done = services.approve_all(
        actor=request.actor, node=node, school_year=year, at=clock.now(), command_id=command_id_of(request)
    )
    messages.success(
        request,
        ngettext("%(count)s order is approved.", "%(count)s orders are approved.", done) % {"count": done},
    )
    return redirect(f"{reverse('textbooks:orders')}?node={node.code}&year={year}")


@page(VIEW)
def order_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """An order as a workbook."""
    order = orders.order_within(pk, request.actor.reach(VIEW))
    return xlsx_answer(spreadsheets.order_xlsx(order), f"textbook-order-{order.library.code}-{order.school_year}")


@page(VIEW)
def order_pdf(request: Request, pk: int) -> HttpResponse:
    """An order on paper."""
    order = orders.order_within(pk, request.actor.reach(VIEW))
    content = documents.order(order, language=chosen_language(request))
    return pdf_answer(content, f"textbook-order-{order.library.code}-{order.school_year}")
