"""The desk: scan a card, scan books, done; return by scanning books alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.circulation import errors, policies, queries, services
from kitaphana.circulation.enums import NextAction
from kitaphana.circulation.models import Loan
from kitaphana.circulation.queries import CopyPlace, Scanned
from kitaphana.circulation.views.workplace import (
    back,
    is_fragment,
    library_of,
    membership_of,
)
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund.models import Copy, Stock
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership

UNDO_WITHIN = timedelta(minutes=10)
"""How long a loan just made can be taken back with one button."""
RETURNS_SHOWN = 15


@dataclass(slots=True)
class Result:
    """What became of a scan: a sentence, an advice, and what can be done at once."""

    tone: str = ""
    """success, info, warning or error; empty: nothing to say."""
    text: str = ""
    advice: str = ""
    status: int = 200
    """HTTP status of the answer; the scan box beeps at 4xx."""
    barcode: str = ""
    """Copy to lend again with a reason, where the refusal may be passed."""
    place: CopyPlace | None = None
    places: list[CopyPlace] = field(default_factory=list)
    readers: list[Membership] = field(default_factory=list)
    returned: services.CheckIn | None = None


def refused(refusal: DomainError, *, barcode: str = "", may_override: bool = False) -> Result:
    """A refusal as the desk shows it."""
    passable = isinstance(refusal, errors.Overridable)
    advice = refusal.advice_text
    if passable and not may_override:
        advice = _("Only a librarian with the right to lend by exception may pass this rule.")
    return Result(
        tone="error",
        text=str(refusal),
        advice=advice,
        status=refusal.status,
        barcode=barcode if passable and may_override else "",
    )


@page(Permission.CIRCULATION_LEND)
def desk(request: Request) -> HttpResponse:
    """The desk, with the reader of ``?reader=`` open."""
    library = library_of(request)
    pk = number(request.GET.get("reader"))
    membership = membership_of(request, pk) if pk is not None else None
    if membership is not None and membership.library_id != library.pk:
        membership = None
    return _desk(request, library, membership, Result())


@page(Permission.CIRCULATION_LEND)
@require_POST
def scan(request: Request) -> HttpResponse:
    """What the scan box sends: a card opens its reader, a book is lent, letters look for a name."""
    library = library_of(request)
    pk = number(request.POST.get("reader"))
    membership = membership_of(request, pk) if pk is not None else None
    found = queries.recognise(library, request.POST.get("code", ""))
    if found.kind == Scanned.CARD:
        return _opened(request, library, found.membership)
    if found.kind == Scanned.NAME:
        if len(found.readers) == 1:
            return _opened(request, library, found.readers[0])
        return _desk(request, library, membership, _about_names(found))
    if found.kind == Scanned.COPY and found.copy is not None and membership is None:
        return _desk(request, library, None, _about_copy(found.copy))
    if found.kind == Scanned.ISBN and membership is not None:
        stock = queries.stock_by_isbn(library, found.code)
        if stock is not None:
            return _issue(request, library, membership, stock)
    if found.kind == Scanned.ISBN:
        refusal = errors.IsIsbn(isbn=found.code)
        result = refused(refusal)
        result.places = found.copies
        return _desk(request, library, membership, result)
    if found.kind == Scanned.NOTHING:
        return _desk(request, library, membership, Result())
    if membership is None:
        return _desk(request, library, None, _about_unknown(found))
    return _lend(request, library, membership, found.code)


def _lend(request: Request, library: Organization, membership: Membership, barcode: str) -> HttpResponse:
    try:
        loan = services.check_out(
            actor=request.actor,
            library=library,
            card=membership.card_number,
            barcode=barcode,
            at=clock.now(),
            command_id=command_id_of(request),
            override=request.POST.get("override", ""),
        )
    except DomainError as refusal:
        may_override = request.actor.may(Permission.CIRCULATION_OVERRIDE, library.path)
        return _desk(request, library, membership, refused(refusal, barcode=barcode, may_override=may_override))
    text = _("Lent: «%(title)s». Due: %(due_on)s.") % {
        "title": loan.copy.record.title,
        "due_on": errors.in_words(loan.due_on),
    }
    if not is_fragment(request):
        messages.success(request, text)
        return redirect(_address(membership))
    return _desk(request, library, membership, Result(tone="success", text=text))


def _issue(request: Request, library: Organization, membership: Membership, stock: Stock) -> HttpResponse:
    """A title kept by count has no barcode of the library: its ISBN issues one volume."""
    try:
        services.issue(
            actor=request.actor,
            library=library,
            lines=[services.IssueLine(membership.person_id, stock.pk)],
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        return _desk(request, library, membership, refused(refusal))
    text = _("Issued by count: «%(title)s».") % {"title": stock.record.title}
    if not is_fragment(request):
        messages.success(request, text)
        return redirect(_address(membership))
    return _desk(request, library, membership, Result(tone="success", text=text))


def _about_names(found: queries.Scan) -> Result:
    if found.readers:
        return Result(tone="info", text=_("Several readers fit. Choose one."), readers=found.readers)
    return Result(
        tone="error",
        text=_("No reader is called «%(name)s».") % {"name": found.code},
        advice=_("Check the spelling, or register the reader first."),
        status=404,
    )


def _about_copy(copy: Copy) -> Result:
    place = queries.copy_place(copy)
    return Result(tone="info", text=_("Scan a card first: no reader is open."), place=place)


def _about_unknown(found: queries.Scan) -> Result:
    if found.kind == Scanned.FOREIGN_COPY and found.copy is not None:
        return refused(errors.ForeignCopy(library=found.copy.library.name))
    return Result(
        tone="error",
        text=_("Neither a card nor a book of this library has the code %(code)s.") % {"code": found.code},
        advice=_("Scan once more, or type the reader's name."),
        status=404,
    )


def _opened(request: Request, library: Organization, membership: Membership | None) -> HttpResponse:
    """A reader was chosen: plain forms go to the reader's address, scripts get the panel."""
    if not is_fragment(request) and membership is not None:
        return redirect(_address(membership))
    return _desk(request, library, membership, Result())


def _address(membership: Membership) -> str:
    return f"{reverse('circulation:desk')}?reader={membership.pk}"


def _desk(request: Request, library: Organization, membership: Membership | None, result: Result) -> HttpResponse:
    now = clock.now()
    on = clock.day_of(now)
    context = {
        "place": library,
        "today": on,
        "is_open_today": policies.is_open(library, on),
        "reader": queries.desk_panel(library, membership, on=on) if membership is not None else None,
        "undo_since": now - UNDO_WITHIN,
        "result": result,
    }
    if is_fragment(request):
        response = render(request, "circulation/_desk.html", context, status=result.status)
        response["HX-Push-Url"] = _address(membership) if membership else reverse("circulation:desk")
        return response
    return render(request, "circulation/desk.html", context, status=result.status)


# What the rows of the desk do


@page(Permission.CIRCULATION_LEND)
@require_POST
def loan_return(request: Request, pk: int) -> HttpResponse:
    """Take one loan back from the reader's list; within minutes of lending it is the undo."""
    return _with_loan(request, pk, _take_back)


@page(Permission.CIRCULATION_LEND)
@require_POST
def loan_renew(request: Request, pk: int) -> HttpResponse:
    """Prolong one loan from the reader's list."""
    return _with_loan(request, pk, _prolong)


def _with_loan(request: Request, pk: int, act: Callable[[Request, Organization, Loan], Result]) -> HttpResponse:
    library = library_of(request)
    loan = queries.loans().filter(pk=pk, library=library).first()
    membership = (
        queries.memberships().filter(library=library, person_id=loan.person_id).first()
        if loan is not None and loan.person_id is not None
        else None
    )
    if loan is None or membership is None:
        result = refused(errors.LoanEnded(returned_on=errors.in_words(clock.today())))
    else:
        try:
            result = act(request, library, loan)
        except DomainError as refusal:
            result = refused(refusal)
    if is_fragment(request):
        return _desk(request, library, membership, result)
    (messages.success if result.tone == "success" else messages.error)(
        request, f"{result.text} {result.advice}".strip()
    )
    return back(request, _address(membership) if membership else reverse("circulation:desk"))


def _take_back(request: Request, library: Organization, loan: Loan) -> Result:
    done = services.check_in(
        actor=request.actor,
        library=library,
        barcode=loan.copy.barcode,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    return Result(tone="success", text=told(done), returned=done)


def _prolong(request: Request, library: Organization, loan: Loan) -> Result:
    loan = services.renew(
        actor=request.actor,
        library=library,
        loan=loan,
        at=clock.now(),
        command_id=command_id_of(request),
        override=request.POST.get("override", ""),
    )
    text = _("Renewed: «%(title)s». Due: %(due_on)s.") % {
        "title": loan.copy.record.title,
        "due_on": errors.in_words(loan.due_on),
    }
    return Result(tone="success", text=text)


# Returning


@page(Permission.CIRCULATION_LEND)
def returns(request: Request) -> HttpResponse:
    """Return mode: scan books alone."""
    return _returns(request, library_of(request), Result())


@page(Permission.CIRCULATION_LEND)
@require_POST
def return_scan(request: Request) -> HttpResponse:
    """Take back the copy that was scanned; a card opens its reader at the desk."""
    library = library_of(request)
    found = queries.recognise(library, request.POST.get("code", ""))
    if found.kind == Scanned.NOTHING:
        return _returns(request, library, Result())
    if found.kind == Scanned.CARD and found.membership is not None:
        if not is_fragment(request):
            return redirect(_address(found.membership))
        away = HttpResponse(status=204)
        away["HX-Redirect"] = _address(found.membership)
        return away
    try:
        done = services.check_in(
            actor=request.actor,
            library=library,
            barcode=found.code,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        result = refused(refusal)
        result.places = found.copies
        return _returns(request, library, result)
    warns = done.overdue_days or done.next_action == NextAction.HOLD_SHELF or done.loan is None
    result = Result(tone="warning" if warns else "success", text=told(done), returned=done)
    if not is_fragment(request):
        (messages.warning if warns else messages.success)(request, result.text)
        return redirect("circulation:return")
    return _returns(request, library, result)


def told(done: services.CheckIn) -> str:
    """What happened to a copy that was taken back, in one or two sentences."""
    title = done.copy.record.title
    if done.loan is None:
        first = _("Nobody had «%(title)s».") % {"title": title}
    elif done.overdue_days:
        first = _("Returned: «%(title)s», overdue by days: %(days)s.") % {
            "title": title,
            "days": done.overdue_days,
        }
    else:
        first = _("Returned: «%(title)s».") % {"title": title}
    if done.next_action == NextAction.HOLD_SHELF and done.hold is not None:
        then = _("Put it on the hold shelf for %(reader)s, until: %(day)s.") % {
            "reader": done.hold.person.full_name,
            "day": errors.in_words(done.hold.collect_until or clock.today()),
        }
    else:
        then = _("Put it back on its shelf.")
    return f"{first} {then}"


def _returns(request: Request, library: Organization, result: Result) -> HttpResponse:
    since = clock.now() - timedelta(hours=12)
    context = {
        "place": library,
        "today": clock.today(),
        "result": result,
        "returned": list(queries.returned_recently(library, since)[:RETURNS_SHOWN]),
    }
    template = "circulation/_return.html" if is_fragment(request) else "circulation/return.html"
    return render(request, template, context, status=result.status)


# The receipt


PAPERS = ("58", "80", "a4")


@page(Permission.CIRCULATION_LEND)
def receipt(request: Request, pk: int) -> HttpResponse:
    """What a reader was lent on a day (``?on=``, today), to be printed on ``?paper=`` 58, 80 (mm) or a4."""
    membership = membership_of(request, pk)
    on = _day(request.GET.get("on", "")) or clock.today()
    paper = request.GET.get("paper", "80")
    context = {
        "membership": membership,
        "place": membership.library,
        "loans": list(queries.session_loans(membership, on)),
        "on": on,
        "now": clock.now(),
        "paper": paper if paper in PAPERS else "80",
        "papers": PAPERS,
    }
    return render(request, "circulation/receipt.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
