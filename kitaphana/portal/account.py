"""The reader's own side: loans, renewals, holds, history, card."""

from __future__ import annotations

import re
from uuid import UUID

import barcode
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog.models import Record
from kitaphana.circulation import queries as circulation_queries
from kitaphana.circulation import services as circulation
from kitaphana.circulation.models import Hold, Loan
from kitaphana.collections.models import SavedSearch
from kitaphana.core import clock, ids
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.curriculum import reading
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.terms import term_on
from kitaphana.people import services as people
from kitaphana.people.models import Membership, Person
from kitaphana.portal.views import cover_url


def _person(request: Request) -> Person | None:
    return Person.objects.filter(pk=request.actor.person_id).first() if request.actor.person_id else None


def _required(request: Request) -> Person:
    person = _person(request)
    if person is None:
        raise NotFound()
    return person


def _command(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return ids.new_id()


def _news(request: Request) -> int:
    """How many editions are new in the person's saved searches."""
    found = SavedSearch.objects.filter(user_id=request.actor.user_id or 0).values_list("found", flat=True)
    return sum(len(ids) for ids in found)


@page(Permission.OWN_ACCOUNT)
def my(request: Request) -> HttpResponse:
    """My loans with their days, my holds with my place in the queue, what waits for me."""
    person = _person(request)
    if person is None:
        return render(request, "portal/no_card.html")
    loans = list(circulation_queries.open_loans(person))
    for loan in loans:
        loan.copy.record.cover_url = cover_url(loan.copy.record)  # type: ignore[attr-defined]  # for the cover tag
    holds = list(circulation_queries.person_holds(person))
    cards = list(
        Membership.objects.filter(person=person, left_on__isnull=True).select_related("library", "school_class")
    )
    pupil = next((card for card in cards if card.school_class is not None), None)
    context = {
        "person": person,
        "loans": loans,
        "textbooks": circulation_queries.open_stock_loans([person.pk]),
        "holds": holds,
        "cards": cards,
        "news": _news(request),
        "pupil": pupil,
        "to_read": reading.to_read(pupil, clock.today()) if pupil is not None else [],
        "term": Term(term_on(clock.today())).label,
        "held": {hold.record_id for hold in holds},
        "today": clock.today(),
        "overdue": sum(loan.due_on < clock.today() for loan in loans),
    }
    return render(request, "portal/my.html", context)


@page(Permission.OWN_ACCOUNT)
def my_history(request: Request) -> HttpResponse:
    """What I have read, newest first; it can be switched off, which also forgets it."""
    person = _required(request)
    rows, following = paginate(
        circulation_queries.past_loans(person).order_by(), request.GET.get("cursor"), 30, descending=True
    )
    return render(request, "portal/my_history.html", {"person": person, "loans": rows, "next": following})


@page(Permission.OWN_ACCOUNT)
@require_POST
def keep_history(request: Request) -> HttpResponse:
    """Switch the history on, or off and forget it (form field ``keep`` = 1 or 0)."""
    person = _required(request)
    if request.POST.get("keep") == "1":
        people.set_history(actor=request.actor, person=person, keeps=True, at=clock.now(), command_id=_command(request))
        messages.success(request, _("What you return from now on will be kept in your history."))
    else:
        now = clock.now()
        people.set_history(actor=request.actor, person=person, keeps=False, at=now, command_id=_command(request))
        circulation.forget_history(actor=request.actor, person=person, at=now)
        messages.success(request, _("Your history is switched off and forgotten."))
    return redirect("portal:my_history")


@page(Permission.OWN_ACCOUNT)
def my_card(request: Request) -> HttpResponse:
    """My reader's card for the phone's screen: a barcode that the desk's scanner reads."""
    person = _required(request)
    membership = get_object_or_404(
        Membership.objects.select_related("library", "school_class").order_by("-registered_on"),
        person=person,
        left_on__isnull=True,
        **({"library__code": request.GET["library"]} if "library" in request.GET else {}),
    )
    context = {"membership": membership, "person": person, "bars": _dark_bars(membership.card_number)}
    return render(request, "portal/my_card.html", context)


def _dark_bars(code: str) -> list[tuple[int, int]]:
    """The dark bars of a Code 128 barcode as (start, width) in modules."""
    modules = barcode.get("code128", code).build()[0]
    return [(match.start(), len(match.group())) for match in re.finditer("1+", modules)]


@page(Permission.OWN_ACCOUNT)
@require_POST
def renew(request: Request, pk: int) -> HttpResponse:
    """Prolong one of my loans."""
    loan = get_object_or_404(Loan.objects.select_related("library"), pk=pk, person_id=request.actor.person_id or 0)
    try:
        renewed = circulation.renew(
            actor=request.actor, library=loan.library, loan=loan, at=clock.now(), command_id=_command(request)
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
    else:
        messages.success(request, _("Renewed until %(day)s.") % {"day": renewed.due_on.strftime("%d.%m.%Y")})
    return redirect("portal:my")


@page(Permission.OWN_ACCOUNT)
@require_POST
def place_hold(request: Request, pk: int) -> HttpResponse:
    """Put me into the queue for a title at my library (form field ``library``: its code)."""
    person = _required(request)
    record = get_object_or_404(Record, pk=pk)
    membership = get_object_or_404(
        Membership.objects.select_related("library"), person=person, library__code=request.POST.get("library", "")
    )
    try:
        circulation.place_hold(
            actor=request.actor, library=membership.library, record=record, person=person, at=clock.now(),
            command_id=_command(request),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
        return redirect("portal:record", pk)
    messages.success(request, _("You are in the queue. The library will keep the book for you when it is back."))
    return redirect("portal:my")


@page(Permission.OWN_ACCOUNT)
@require_POST
def cancel_hold(request: Request, pk: int) -> HttpResponse:
    """Leave a queue."""
    hold = get_object_or_404(Hold.objects.select_related("library"), pk=pk, person_id=request.actor.person_id or 0)
    try:
        circulation.cancel_hold(
            actor=request.actor, library=hold.library, hold=hold, at=clock.now(), command_id=_command(request)
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
    return redirect("portal:my")
