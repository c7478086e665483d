"""Pages of renewal: coverage by place and title, the plan by year."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.corelist.models import Version
from kitaphana.fund.views.files import xlsx_answer
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.renewal import coverage, jobs, queries, services, spreadsheets
from kitaphana.renewal.errors import BadBudget
from kitaphana.renewal.models import Coverage
from kitaphana.renewal.queries import VIEW

PAGE = 100
"""Titles on a page."""


def _node(request: Request) -> Organization:
    """The node in the address, else the library one works in, else the highest one within reach."""
    reach = request.actor.reach(VIEW)
    if code := (request.GET.get("node") or request.POST.get("node")):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]


def _version(request: Request, versions: list[Version]) -> Version | None:
    wanted = number(request.GET.get("list") or request.POST.get("list"))
    return next((one for one in versions if one.core_list_id == wanted), versions[0] if versions else None)


def _place(request: Request, node: Organization) -> dict[str, object]:
    """What every page says of where it is."""
    above = organizations.lineage(node)[:-1]
    return {
        "node": node,
        "lineage": [one for one in above if request.actor.may(VIEW, one.path)],
        "is_wide": node.kind in services.WIDE,
        "may_plan": request.actor.may(Permission.RENEWAL_PLAN, node.path),
    }


def _relevant(node: Organization, versions: list[Version]) -> list[Version]:
    """The lists somebody below the node needs something of, the widest first; all of them, where nothing was counted."""
    rows = Coverage.objects.filter(library__path__startswith=node.path).values_list("version_id", flat=True)
    counted = set(rows.distinct())
    return [one for one in versions if one.pk in counted] or versions


@page(VIEW)
def overview(request: Request) -> HttpResponse:
    """How far the libraries below a node hold a core list: sums, places, titles."""
    node = _node(request)
    versions = _relevant(node, coverage.published_versions())
    version = _version(request, versions)
    context = {**_place(request, node), "versions": versions, "version": version}
    if version is None:
        return render(request, "renewal/overview.html", context)
    only = request.GET.get("only", "missing")
    context |= {"sums": coverage.sums(node, version), "only": only}
    if not node.is_library:
        context["children"] = coverage.by_child(node, list(organizations.children_of(node)), version)
    if not context["is_wide"]:
        titles = coverage.by_title(coverage.sheet(node, version, clock.today()))
        if only != "all":
            titles = sorted((one for one in titles if one.missing), key=lambda one: (one.percent, -one.missing))
        context["titles"] = Paginator(titles, PAGE).get_page(request.GET.get("page"))
        context["address_query"] = urlencode({"node": node.code, "list": version.core_list_id, "only": only})
    counted = (
        Coverage.objects.filter(version=version, library__path__startswith=node.path).order_by("counted_at").last()
    )
    context["counted_at"] = counted.counted_at if counted else None
    return render(request, "renewal/overview.html", context)


@page(VIEW)
def overview_xlsx(request: Request) -> HttpResponseBase:
    """The titles of a library or a district as a workbook."""
    node = _node(request)
    version = _version(request, coverage.published_versions())
    if version is None or node.kind in services.WIDE:
        raise NotFound
    stream = spreadsheets.coverage_xlsx(node, coverage.sheet(node, version, clock.today()))
    return xlsx_answer(stream, f"coverage-{node.code}")


@page(VIEW)
def title_page(request: Request, pk: int) -> HttpResponse:
    """One title of a list in each library of a district."""
    node = _node(request)
    versions = coverage.published_versions()
    version = _version(request, versions)
    entry = version.entries.select_related("record").filter(pk=pk).first() if version else None
    if version is None or entry is None or node.kind in services.WIDE:
        raise NotFound
    one = coverage.sheet(node, version, clock.today())
    context = {
        **_place(request, node),
        "version": version,
        "entry": entry,
        "lines": coverage.by_library(one, entry),
        "editions": coverage.editions_of(entry),
    }
    return render(request, "renewal/title.html", context)


@page(Permission.RENEWAL_PLAN)
@require_POST
def recount(request: Request) -> HttpResponse:
    """Count again: a library or a district at once, more as a job."""
    node = _node(request)
    request.actor.require(Permission.RENEWAL_PLAN, node.path)
    if node.kind in services.WIDE:
        jobs.enqueue_count(node, actor=request.actor)
        messages.success(request, _("The count has begun; its progress is on the page of jobs."))
    else:
        coverage.count(node, at=clock.now())
        messages.success(request, _("Counted anew."))
    return redirect(_address("renewal:overview", node, _version(request, coverage.published_versions())))


def _address(name: str, node: Organization, version: Version | None) -> str:
    chosen = f"&list={version.core_list_id}" if version else ""
    return f"{reverse(name)}?node={node.code}{chosen}"


@page(VIEW)
def plan_page(request: Request) -> HttpResponse:
    """The plan in force of a library or a district by year; the plans below a region by place; making a new one."""
    node = _node(request)
    versions = _relevant(node, coverage.published_versions())
    version = _version(request, versions)
    today = clock.today()
    context = {
        **_place(request, node),
        "versions": versions,
        "version": version,
        "first_year": today.year + 1,
        "blank_years": range(today.year + 1, today.year + 1 + services.YEARS),
    }
    if version is None:
        return render(request, "renewal/plan.html", context)
    if context["is_wide"]:
        places = queries.by_child(node, organizations.children_of(node), version.core_list)
        years = sorted({year for place in places for year in place.by_year})
        context |= {
            "places": [(place, [place.by_year.get(year) for year in years]) for place in places],
            "years": years,
            "copies": sum(place.copies for place in places),
            "amount": sum((place.amount for place in places), Decimal(0)),
        }
        return render(request, "renewal/plan.html", context)
    plan = queries.current_plan(node, version.core_list)
    if plan is not None:
        lines = queries.years_of(plan, node)
        context |= {
            "plan": plan,
            "lines": lines,
            "copies": sum(line.copies for line in lines),
            "amount": sum((line.amount for line in lines), Decimal(0)),
            "received": sum(line.received for line in lines),
            "budgets": list(zip(plan.years, plan.budgets, strict=True)) if plan.node_id == node.pk else None,
        }
    return render(request, "renewal/plan.html", context)


def _budget(text: str) -> Decimal | None:
    text = "".join(text.split()).replace(",", ".").replace("₸", "")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadBudget from None
    if not amount.is_finite() or amount < 0 or amount >= 10**13:
        raise BadBudget
    return amount


@page(Permission.RENEWAL_PLAN)
@require_POST
def make_plan(request: Request) -> HttpResponse:
    """Plan anew with the money of each year."""
    node = _node(request)
    version = _version(request, coverage.published_versions())
    if version is None:
        raise NotFound
    try:
        services.make_plan(
            actor=request.actor,
            node=node,
            version=version,
            first_year=min(max(number(request.POST.get("first_year")) or clock.today().year, 2020), 2100),
            budgets=[_budget(text) for text in request.POST.getlist("budget")],
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("The plan is made."))
    return redirect(_address("renewal:plan", node, version))


@page(VIEW)
def year_page(request: Request, pk: int, year: int) -> HttpResponse:
    """What a year of a plan buys, title by title, for all its libraries or one of them."""
    plan = queries.plan_within(pk, request.actor.reach(VIEW))
    node = _inside(request, plan.node)
    titles, libraries = queries.titles_of(plan, year, node)
    context = {
        **_place(request, node),
        "plan": plan,
        "version": plan.version,
        "year": year,
        "titles": Paginator(titles, PAGE).get_page(request.GET.get("page")),
        "address_query": urlencode({"node": node.code}),
        "libraries": libraries.values(),
        "may_estimate": titles and request.actor.may(Permission.ACQUISITIONS_MANAGE, plan.node.path),
        "copies": sum(one.copies for one in titles),
        "amount": sum((one.amount for one in titles), Decimal(0)),
    }
    return render(request, "renewal/year.html", context)


@page(VIEW)
def year_xlsx(request: Request, pk: int, year: int) -> HttpResponseBase:
    """The purchases of a year with their distribution by library as a workbook."""
    plan = queries.plan_within(pk, request.actor.reach(VIEW))
    titles, libraries = queries.titles_of(plan, year, _inside(request, plan.node))
    return xlsx_answer(spreadsheets.year_xlsx(plan, year, titles, libraries), f"plan-{plan.node.code}-{year}")


@page(Permission.ACQUISITIONS_MANAGE)
@require_POST
def make_estimate(request: Request, pk: int, year: int) -> HttpResponse:
    """Make an estimate of what a year of a plan buys."""
    plan = queries.plan_within(pk, request.actor.reach(VIEW))
    try:
        estimate = services.make_estimate(
            actor=request.actor, plan=plan, year=year, at=clock.now(), command_id=command_id_of(request)
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
        return redirect("renewal:year", pk, year)
    return redirect("acquisitions:estimate", estimate.pk)


def _inside(request: Request, node: Organization) -> Organization:
    """The node asked for where it lies below the plan's, else the plan's."""
    code = request.GET.get("node", "")
    found = organizations.organization_by_code(code, request.actor.reach(VIEW)) if code else node
    return found if found.path.startswith(node.path) else node
