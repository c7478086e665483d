"""The director's pages: acts that wait for approval, closed periods."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund import errors, queries
from kitaphana.fund import services as fund
from kitaphana.fund.views.library import chosen_command, chosen_date, chosen_number, with_library
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Person, User


def _name(request: Request) -> str:
    """The name of the person as papers show it: their full name, else the one they gave last."""
    if request.actor.person_id is not None:
        person = Person.objects.filter(pk=request.actor.person_id).first()
        if person is not None:
            return str(person.full_name)
    return queries.latest_name(request.actor.user_id)


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
@require_http_methods(["GET", "POST"])
def approvals(request: Request, library: Organization) -> HttpResponse:
    """Acts that wait for the director, each approved or refused at once; the newest decisions below."""
    refused: DomainError | None = None
    status = 200
    if request.method == "POST":
        try:
            return _decide(request, library)
        except DomainError as error:
            refused, status = error, error.status
    waiting = queries.waiting_acts(request.actor.reach(Permission.FUND_VIEW), library=library)
    rows, following = paginate(waiting, request.GET.get("cursor"), 50)
    asked = chosen_number(request.POST.get("refuse"))
    context = {
        "node": library,
        "acts": [(act, request.POST.get(f"note-{act.pk}", "")) for act in rows],
        "asked": asked,
        "next": following,
        "decisions": queries.decisions(library),
        "may_approve": request.actor.may(Permission.FUND_APPROVE, library.path),
        "name": request.POST.get("name", "") or _name(request),
        "refused": refused,
    }
    return render(request, "fund/approvals.html", context, status=status)


def _decide(request: Request, library: Organization) -> HttpResponse:
    posted = request.POST
    is_approved = "approve" in posted
    number = chosen_number(posted.get("approve") or posted.get("refuse")) or 0
    act = queries.act_in_reach(request.actor.reach(Permission.FUND_VIEW), number)
    note = posted.get(f"note-{number}", "").strip()
    request.actor.require(Permission.FUND_APPROVE, act.library.path)
    if not is_approved and not note:
        raise errors.NoReason()
    # One form holds the buttons of all acts: its id and the act together name the command.
    command = chosen_command(posted.get("command_id"))
    fund.decide(
        actor=request.actor,
        act=act,
        is_approved=is_approved,
        name=posted.get("name", "").strip() or _name(request) or request.actor.name,
        on=clock.today(),
        at=clock.now(),
        note=note,
        command_id=UUID(int=(command.int ^ number) & (2**128 - 1)),
    )
    if is_approved:
        messages.success(request, _("The act is approved."))
    else:
        messages.success(request, _("The act is refused and reversed."))
    if posted.get("next") == "act":
        return redirect("fund:act", pk=act.pk)
    return redirect(f"{reverse('fund:approvals')}?library={library.code}")


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
@require_http_methods(["GET", "POST"])
def periods(request: Request, library: Organization) -> HttpResponse:
    """Closed periods of the books, and closing one more."""
    refused: DomainError | None = None
    if request.method == "POST":
        until = chosen_date(request.POST.get("until"))
        try:
            if until is None:
                raise errors.BadSource(value=request.POST.get("until", "")[:40])
            fund.close_period(
                actor=request.actor,
                library=library,
                until=until,
                at=clock.now(),
                command_id=chosen_command(request.POST.get("command_id")),
            )
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("The period is closed; its books are sealed."))
            return redirect(f"{reverse('fund:periods')}?library={library.code}")
    rows, following = paginate(queries.closed_periods(library), request.GET.get("cursor"), 50, descending=True)
    people = {
        user.pk: (user.person.full_name if user.person else user.login)
        for user in User.objects.select_related("person").filter(pk__in={row.actor_id for row in rows})
    }
    last_year = date(clock.today().year - 1, 12, 31)
    context = {
        "node": library,
        "periods": [(row, people.get(row.actor_id or 0, "")) for row in rows],
        "next": following,
        "may_close": request.actor.may(Permission.FUND_APPROVE, library.path),
        "until": request.POST.get("until", last_year.isoformat()),
        "today": clock.today(),
        "refused": refused,
    }
    return render(request, "fund/periods.html", context, status=refused.status if refused else 200)
