"""Estimates: what is to be bought in a year, its approval, the technical specification with lots."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kitaphana.acquisitions import documents, queries, services
from kitaphana.acquisitions.enums import EstimateState
from kitaphana.acquisitions.errors import BadChoice, TitleNotFound
from kitaphana.acquisitions.models import Budget, Estimate
from kitaphana.acquisitions.queries import VIEW
from kitaphana.acquisitions.services import EstimateLineInput
from kitaphana.acquisitions.views.common import (
    by_hand,
    chosen_node,
    chosen_year,
    place,
    refuse,
    typed_count,
    typed_sum,
)
from kitaphana.catalog.models import Record
from kitaphana.catalog.queries import record_by_isbn
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, number, page
from kitaphana.organizations.models import Organization

PAGE = 100
"""Titles on a page."""


@page(VIEW)
def estimates(request: Request) -> HttpResponse:
    """Estimates of a place in a year."""
    node, year = chosen_node(request), chosen_year(request)
    found = queries.estimates_of(node, year)
    context = {
        **place(request, node, year),
        "estimates": found,
        "waiting": [one for one in found if one.estimate.state == EstimateState.SUBMITTED],
    }
    return render(request, "acquisitions/estimates.html", context)


@page(Permission.ACQUISITIONS_MANAGE)
def estimate_new(request: Request) -> HttpResponse:
    """Begin an estimate by hand: its year and name."""
    node, year = chosen_node(request), chosen_year(request)
    if request.method == "POST":
        try:
            made = services.create_estimate(
                organization=node, year=year, title=request.POST.get("title", "") or _("Purchase of books"),
                **by_hand(request),
            )  # fmt: skip
        except DomainError as refusal:
            refuse(request, refusal)
        else:
            return redirect("acquisitions:estimate", made.pk)
    return render(request, "acquisitions/estimate_new.html", place(request, node, year))


@page(VIEW)
def estimate(request: Request, pk: int) -> HttpResponse:
    """An estimate title by title, and what may be done with it."""
    one = queries.estimate_within(pk, request.actor.reach(VIEW))
    if request.method == "POST":
        return _done(request, one)
    titles = queries.titles_of(one)
    where = place(request, one.organization, one.year)
    context = {
        **where,
        "estimate": one,
        "titles": Paginator(titles, PAGE).get_page(request.GET.get("page")),
        "lots": queries.lots_of(titles),
        "volumes": sum(title.quantity for title in titles),
        "amount": sum((title.amount for title in titles), Decimal(0)),
        "unpriced": sum(1 for title in titles if not title.price),
        "may_edit": where["may_manage"] and one.state == EstimateState.DRAFT,
        "may_decide": where["may_approve"] and one.state == EstimateState.SUBMITTED,
        "next_version": Estimate.objects.filter(copied_from=one).first(),
        "orders": one.orders.select_related("supplier").order_by("pk"),
    }
    if one.state == EstimateState.APPROVED and where["may_manage"]:
        left = {line.pk for line in queries.unordered(one)}
        context |= {
            "left": queries.lots_of(queries.titles_of(one, left)) if left else [],
            "suppliers": queries.suppliers_for(one.organization),
            "budgets": queries.figures(Organization.objects.filter(pk=one.organization_id), one.year),
        }
    return render(request, "acquisitions/estimate.html", context)


def _done(request: Request, one: Estimate) -> HttpResponse:
    action, common = request.POST.get("action", ""), by_hand(request)
    try:
        if action == "discard":
            services.discard_estimate(estimate=one, **common)
            messages.info(request, _("The draft was thrown away."))
            return redirect(f"{reverse('acquisitions:estimates')}?node={one.organization.code}&year={one.year}")
        if action == "add":
            found = record_by_isbn(request.POST.get("isbn", "")).first()
            if found is None:
                raise TitleNotFound(isbn=request.POST.get("isbn", "")[:40])
            return redirect("acquisitions:estimate_title", one.pk, found.pk)
        if action == "prices":
            services.change_estimate(estimate=one, prices=_prices(request), **common)
            messages.success(request, _("The prices are saved."))
        elif action == "submit":
            services.submit_estimate(estimate=one, **common)
            messages.success(request, _("The estimate is sent for approval."))
        elif action in ("approve", "return"):
            services.decide_estimate(
                estimate=one, is_approved=action == "approve", reason=request.POST.get("reason", ""), **common
            )
            messages.success(request, _("Decided."))
        elif action == "again":
            return redirect("acquisitions:estimate", _next_version(one, common).pk)
        elif action == "order":
            return _ordered(request, one, common)
    except DomainError as refusal:
        refuse(request, refusal)
    return redirect("acquisitions:estimate", one.pk)


def _prices(request: Request) -> dict[int, Decimal]:
    found = {}
    for name in request.POST:
        text = request.POST.get(name, "")
        if name.startswith("price-") and (record := number(name[6:])) is not None and text.strip():
            found[record] = typed_sum(text)
    return found


def _next_version(one: Estimate, common: dict[str, object]) -> Estimate:
    lines = [EstimateLineInput(row.record, row.library, row.quantity, row.price) for row in queries.shares_of(one)]
    return services.create_estimate(
        organization=one.organization, year=one.year, title=one.title, lines=lines, copied_from=one, **common  # type: ignore[arg-type]  # by_hand
    )  # fmt: skip


def _ordered(request: Request, one: Estimate, common: dict[str, object]) -> HttpResponse:
    supplier = queries.suppliers_for(one.organization).filter(pk=number(request.POST.get("supplier")) or 0).first()
    budget = Budget.objects.filter(organization=one.organization, pk=number(request.POST.get("budget")) or 0).first()
    if supplier is None:
        raise BadChoice(value=_("Supplier"))
    if budget is None:
        raise BadChoice(value=_("Budget"))
    unordered = queries.unordered(one)
    chosen = {number(value) for value in request.POST.getlist("lot")}
    lots = queries.lots_of(queries.titles_of(one, {line.pk for line in unordered}))
    wanted = {(title.record.pk, title.price) for lot in lots if lot.number in chosen for title in lot.titles}
    order = services.create_order(
        estimate=one, supplier=supplier, budget=budget,
        lines=[line for line in unordered if (line.record_id, line.price) in wanted], **common,  # type: ignore[arg-type]
    )  # fmt: skip
    return redirect("acquisitions:order", order.pk)


@page(VIEW)
def estimate_title(request: Request, pk: int, record_pk: int) -> HttpResponse:
    """One title of an estimate: how many volumes each library gets."""
    one = queries.estimate_within(pk, request.actor.reach(VIEW))
    record = Record.objects.filter(pk=record_pk).first()
    if record is None:
        raise TitleNotFound(isbn="")
    lines = {line.library_id: line for line in queries.shares_of(one, record_pk)}
    may_edit = one.state == EstimateState.DRAFT and request.actor.may(
        Permission.ACQUISITIONS_MANAGE, one.organization.path
    )
    libraries = [line.library for line in lines.values()]
    if may_edit:
        libraries = list(
            Organization.objects.filter(path__startswith=one.organization.path, is_library=True, is_closed=False)
        )
    if request.method == "POST" and may_edit:
        try:
            _share(request, one, record, {library.pk: library for library in libraries})
        except DomainError as refusal:
            refuse(request, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("acquisitions:estimate", one.pk)
    latest = queries.latest_prices(one.organization, [record_pk], on=clock.today()).get(record_pk)
    price = next((line.price for line in lines.values()), latest.price if latest else None)
    context = {
        **place(request, one.organization, one.year),
        "estimate": one,
        "record": record,
        "rows": [(library, lines.get(library.pk)) for library in libraries],
        "price": price,
        "latest": latest,
        "may_edit": may_edit,
        "volumes": sum(line.quantity for line in lines.values()),
    }
    return render(request, "acquisitions/estimate_title.html", context)


def _share(request: Request, one: Estimate, record: Record, libraries: dict[int, Organization]) -> None:
    standing = {line.library_id: line for line in queries.shares_of(one, record.pk)}
    text = request.POST.get("price", "").strip()
    price = typed_sum(text) if text else None
    quantities, more = {}, []
    for pk, library in libraries.items():
        count = typed_count(request.POST.get(f"q-{pk}", ""))
        if (line := standing.get(pk)) is not None:
            quantities[line.pk] = count
        elif count:
            more.append(EstimateLineInput(record, library, count, price))
    services.change_estimate(
        estimate=one, quantities=quantities, prices={} if price is None else {record.pk: price}, more=more,
        **by_hand(request),
    )  # fmt: skip


@page(VIEW)
def estimate_paper(request: Request, pk: int, kind: str, form: str) -> HttpResponseBase:
    """An estimate or its technical specification as PDF, DOCX or XLSX."""
    one = queries.estimate_within(pk, request.actor.reach(VIEW))
    if kind not in documents.PAPERS:
        raise NotFound
    paper = documents.PAPERS[kind](one, language=chosen_language(request))
    return paper_answer(paper, form, f"{kind}-{one.organization.code}-{one.year}-{one.version}", request)


def chosen_language(request: Request) -> str:
    """The language of a paper: the one asked for, else that of the page."""
    asked = request.GET.get("language", "")
    return asked if asked in ("kk", "ru", "en") else get_language() or "kk"


def paper_answer(paper: documents.Paper, form: str, name: str, request: Request) -> HttpResponseBase:
    """A paper in the form asked for.

    :raises NotFound: a form that papers do not have.
    """
    if form not in ("pdf", "docx", "xlsx"):
        raise NotFound
    if form == "pdf":
        headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
        content = documents.as_pdf(paper, language=chosen_language(request))
        return HttpResponse(content, content_type="application/pdf", headers=headers)
    if form == "docx":
        return FileResponse(
            documents.as_docx(paper), as_attachment=True, filename=f"{name}.docx", content_type=documents.DOCX
        )
    return FileResponse(
        documents.as_xlsx(paper), as_attachment=True, filename=f"{name}.xlsx", content_type=documents.XLSX
    )
