"""Pages of the network: the tree, a node, its calendar."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.organizations import queries, services
from kitaphana.organizations.calendars import month_grids
from kitaphana.organizations.enums import ALLOWED_PARENTS, OrganizationKind
from kitaphana.organizations.errors import UnknownOrganization
from kitaphana.organizations.forms import ClosedDayForm, MoveForm, NewNodeForm, NodeForm, WeekForm
from kitaphana.organizations.models import Organization

SHOWN = 200


def _visible(request: Request, code: str) -> Organization:
    return queries.organization_by_code(code, request.actor.reach(Permission.ORGANIZATIONS_VIEW))


@page(Permission.ORGANIZATIONS_VIEW)
def tree(request: Request) -> HttpResponse:
    """The network within reach, to be opened level by level, or what a search finds in it."""
    reach = request.actor.reach(Permission.ORGANIZATIONS_VIEW)
    text = request.GET.get("q", "").strip()
    nodes = list(queries.search(reach, text).order_by("path")[: SHOWN + 1]) if text else queries.top_nodes(reach)
    opened = nodes[0] if len(nodes) == 1 and not text and nodes[0].numchild else None
    context = {
        "text": text,
        "branches": queries.branches(nodes[:SHOWN]),
        "opened": opened,
        "opened_branches": queries.branches(queries.children_of(opened)) if opened else [],
        "has_more": len(nodes) > SHOWN,
    }
    template = "organizations/_tree.html" if request.htmx and not request.htmx.boosted else "organizations/tree.html"
    return render(request, template, context)


@page(Permission.ORGANIZATIONS_VIEW)
def children(request: Request, code: str) -> HttpResponse:
    """The next level of the tree below a node, as a fragment."""
    node = _visible(request, code)
    return render(
        request,
        "organizations/_branches.html",
        {"branches": queries.branches(queries.children_of(node)), "node": node},
    )


@page(Permission.ORGANIZATIONS_VIEW)
def node(request: Request, code: str) -> HttpResponse:
    """A node: names, codes, what hangs below, its calendar in short."""
    shown = _visible(request, code)
    actor = request.actor
    today = clock.today()
    kind = OrganizationKind(shown.kind)
    context = {
        "node": shown,
        "lineage": [one for one in queries.lineage(shown)[:-1] if actor.may(Permission.ORGANIZATIONS_VIEW, one.path)],
        "branches": queries.branches(queries.children_of(shown)),
        "days": list(
            queries.closed_days(shown, since=today, until=today + timedelta(days=queries.LOOK_AHEAD_DAYS))[:8]
        ),
        "closed_weekdays": sorted(queries.weekly_closed(shown)),
        "may_edit": actor.may(Permission.ORGANIZATIONS_EDIT, shown.path),
        "may_roles": actor.may(Permission.ROLES_ASSIGN, shown.path),
        "may_policies": actor.may(Permission.CIRCULATION_POLICIES, shown.path),
        "may_hold_children": any(kind in parents for parents in ALLOWED_PARENTS.values()),
    }
    return render(request, "organizations/node.html", context)


@page(Permission.ORGANIZATIONS_EDIT)
def node_new(request: Request, code: str) -> HttpResponse:
    """Add a node below another one."""
    parent = _visible(request, code)
    request.actor.require(Permission.ORGANIZATIONS_EDIT, parent.path)
    form = NewNodeForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_node(
                actor=request.actor,
                parent=parent,
                kind=OrganizationKind(form.cleaned_data["kind"]),
                details=form.details(),
                is_library=form.cleaned_data["is_library"],
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("%(name)s is added.") % {"name": made.name})
            return redirect("organizations:node", made.code)
    return render(request, "organizations/node_form.html", {"form": form, "parent": parent})


@page(Permission.ORGANIZATIONS_EDIT)
def node_edit(request: Request, code: str) -> HttpResponse:
    """Change what is written about a node."""
    shown = _visible(request, code)
    request.actor.require(Permission.ORGANIZATIONS_EDIT, shown.path)
    initial = {field.name: getattr(shown, field.name) for field in fields(services.Details)}
    form = NodeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.update_node(actor=request.actor, node=shown, details=form.details(), at=clock.now())
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("Saved."))
            return redirect("organizations:node", changed.code)
    return render(request, "organizations/node_form.html", {"form": form, "node": shown})


@page(Permission.ORGANIZATIONS_EDIT)
def node_move(request: Request, code: str) -> HttpResponse:
    """Hang a node under another one."""
    shown = _visible(request, code)
    request.actor.require(Permission.ORGANIZATIONS_EDIT, shown.path)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            parent = _visible(request, form.cleaned_data["parent"].strip())
            services.move_node(actor=request.actor, node=shown, parent=parent, at=clock.now())
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("Moved."))
            return redirect("organizations:node", shown.code)
    return render(request, "organizations/node_move.html", {"form": form, "node": shown})


@page(Permission.ORGANIZATIONS_EDIT)
@require_POST
def library_open(request: Request, code: str) -> HttpResponse:
    """Let a node own a fund."""
    shown = _visible(request, code)
    services.make_library(actor=request.actor, node=shown, at=clock.now())
    messages.success(request, _("The library is open: it can receive books and register readers."))
    return redirect("organizations:node", shown.code)


def _may_keep_calendar(request: Request, shown: Organization) -> bool:
    return request.actor.may(Permission.ORGANIZATIONS_EDIT, shown.path) or (
        shown.is_library and request.actor.may(Permission.CIRCULATION_POLICIES, shown.path)
    )


@page(Permission.ORGANIZATIONS_VIEW)
def calendar(request: Request, code: str) -> HttpResponse:
    """The calendar of a node: closed weekdays and closed days of a school year, own and inherited."""
    shown = _visible(request, code)
    year = _school_year(request)
    since, until = date(year, 8, 1), date(year + 1, 7, 31)
    may_edit = _may_keep_calendar(request, shown)
    week_form = WeekForm(
        initial={
            "inherited": shown.weekly_closed is None,
            "weekdays": [str(day) for day in sorted(queries.weekly_closed(shown))],
        }
    )
    return _calendar_page(request, shown, year, since, until, may_edit, week_form, ClosedDayForm())


def _school_year(request: Request) -> int:
    present = clock.school_year(clock.today())
    text = request.GET.get("year", "")
    return int(text) if text.isdigit() and 2000 <= int(text) <= 2100 else present


def _calendar_page(
    request: Request,
    shown: Organization,
    year: int,
    since: date,
    until: date,
    may_edit: bool,
    week_form: WeekForm,
    day_form: ClosedDayForm,
) -> HttpResponse:
    days = list(queries.closed_days(shown, since=since, until=until))
    weekdays = queries.weekly_closed(shown)
    context = {
        "node": shown,
        "year": year,
        "year_end": year + 1,
        "days": days,
        "months": month_grids(since, until, weekdays, {one.on: one.name for one in days}, clock.today()),
        "may_edit": may_edit,
        "week_form": week_form,
        "day_form": day_form,
    }
    status = 422 if week_form.errors or day_form.errors else 200
    return render(request, "organizations/calendar.html", context, status=status)


@page(Permission.ORGANIZATIONS_VIEW)
@require_POST
def week_set(request: Request, code: str) -> HttpResponse:
    """Set the closed weekdays."""
    shown = _visible(request, code)
    form = WeekForm(request.POST)
    if form.is_valid():
        services.set_weekly_closed(actor=request.actor, node=shown, weekdays=form.chosen(), at=clock.now())
        messages.success(request, _("Saved."))
    return redirect("organizations:calendar", shown.code)


@page(Permission.ORGANIZATIONS_VIEW)
@require_POST
def closed_day_set(request: Request, code: str) -> HttpResponse:
    """Close a day."""
    shown = _visible(request, code)
    form = ClosedDayForm(request.POST)
    if not form.is_valid():
        year = _school_year(request)
        since, until = date(year, 8, 1), date(year + 1, 7, 31)
        week_form = WeekForm(initial={"inherited": shown.weekly_closed is None})
        may_edit = _may_keep_calendar(request, shown)
        return _calendar_page(request, shown, year, since, until, may_edit, week_form, form)
    services.set_closed_day(actor=request.actor, node=shown, at=clock.now(), **form.cleaned_data)
    messages.success(request, _("The day is closed."))
    year = clock.school_year(form.cleaned_data["on"])
    response = redirect("organizations:calendar", shown.code)
    response["Location"] += f"?year={year}"
    return response


@page(Permission.ORGANIZATIONS_VIEW)
@require_POST
def closed_day_remove(request: Request, code: str) -> HttpResponse:
    """Open a day again."""
    shown = _visible(request, code)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError as error:
        raise UnknownOrganization(code=code) from error
    services.remove_closed_day(actor=request.actor, node=shown, on=on, at=clock.now())
    messages.success(request, _("The day is open again."))
    response = redirect("organizations:calendar", shown.code)
    response["Location"] += f"?year={clock.school_year(on)}"
    return response
