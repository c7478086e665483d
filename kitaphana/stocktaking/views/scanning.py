"""The list of stocktakings, the beginning, and the page where two people scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.fund import queries as fund
from kitaphana.fund.forms import commission_text
from kitaphana.fund.views.library import chosen_number, with_library
from kitaphana.organizations.models import Organization
from kitaphana.stocktaking import queries, services
from kitaphana.stocktaking.enums import Outcome
from kitaphana.stocktaking.errors import ScanNotFound
from kitaphana.stocktaking.forms import StartForm, rooms
from kitaphana.stocktaking.models import Scan, Stocktaking
from kitaphana.stocktaking.views.workplace import command_id_of, found, is_fragment, may_take


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def stocktakings(request: Request, library: Organization) -> HttpResponse:
    """Stocktakings of a library, newest first."""
    rows = queries.stocktakings(request.actor.reach(Permission.FUND_VIEW), library=library)[:200]
    may_start = request.actor.may(Permission.FUND_STOCKTAKE, library.path)
    return render(request, "stocktaking/list.html", {"node": library, "rows": rows, "may_start": may_start})


@page(Permission.FUND_STOCKTAKE)
@with_library(Permission.FUND_STOCKTAKE)
def start(request: Request, library: Organization) -> HttpResponse:
    """Begin a stocktaking."""
    refused: DomainError | None = None
    if request.method == "POST":
        form = StartForm(request.POST, library=library)
        if form.is_valid():
            try:
                begun = services.start(
                    actor=request.actor,
                    library=library,
                    plan=form.plan(),
                    at=clock.now(),
                    command_id=command_id_of(request),
                )
            except DomainError as refusal:
                refused = refusal
            else:
                return redirect("stocktaking:stocktaking", pk=begun.pk)
    else:
        form = StartForm(library=library, initial={"commission": commission_text(fund.latest_commission(library))})
    status = refused.status if refused else 422 if form.errors else 200
    return render(request, "stocktaking/start.html", {"node": library, "form": form, "refused": refused}, status=status)


@page(Permission.FUND_VIEW)
def stocktaking(request: Request, pk: int) -> HttpResponse:
    """Scanning with live progress; after the end the search for what is missing."""
    return _show(request, found(request, pk))


def _show(request: Request, mine: Stocktaking, result: Said | None = None) -> HttpResponse:
    here = request.session.get(_key(mine), {})
    context: dict[str, Any] = {
        "node": mine.library,
        "stocktaking": mine,
        "name": queries.name_of(mine),
        "result": result,
        "scans": queries.last_scans(mine),
        "me": request.actor.user_id,
        "may_take": may_take(request, mine),
        "here": here,
    }
    if is_fragment(request):
        return render(request, "stocktaking/_scanned.html", context)
    context |= {
        "rooms": rooms(mine.library) if mine.location_id is None else (),
        "progress": queries.progress(mine),
        "counted": queries.counted(mine),
    }
    return render(request, "stocktaking/stocktaking.html", context)


@page(Permission.FUND_VIEW)
def progress(request: Request, pk: int) -> HttpResponse:
    """The figures alone; the page asks for them again and again."""
    mine = found(request, pk)
    context = {
        "stocktaking": mine,
        "progress": queries.progress(mine),
        "counted": queries.counted(mine),
        "may_take": may_take(request, mine),
    }
    return render(request, "stocktaking/_progress.html", context)


# Scanning


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a scan, in words."""

    tone: str
    """success, info, warning or error."""
    text: str
    advice: str = ""

    @property
    def beeps(self) -> bool:
        """Whether the person must look at the screen."""
        return self.tone not in {"success", "info"}


def said(done: services.Scanned) -> Said:
    """The answer to a scan."""
    scan, title = done.scan, done.title or done.scan.barcode
    if scan.is_late:
        if done.turned_up:
            return Said("success", _("It turned up: «%(title)s».") % {"title": title})
        return Said("info", _("«%(title)s» was not on the list of missing books.") % {"title": title})
    if scan.is_double:
        return Said("warning", _("Scanned already: «%(title)s».") % {"title": title})
    text = {
        Outcome.FOUND: _("Found: «%(title)s»."),
        Outcome.MISPLACED: _("In a wrong place: «%(title)s»."),
        Outcome.ON_LOAN: _("On the shelf, though lent: «%(title)s»."),
        Outcome.NEW: _("Received after the start: «%(title)s»."),
        Outcome.WRITTEN_OFF: _("Was written off: «%(title)s»."),
        Outcome.FOREIGN: _("Belongs to another library: «%(title)s»."),
        Outcome.UNKNOWN: _("No book has the code %(title)s."),
    }[Outcome(scan.outcome)] % {"title": title}
    advice = {
        Outcome.MISPLACED: scan.note,
        Outcome.ON_LOAN: _("It counts as found. Take it back at the desk."),
        Outcome.WRITTEN_OFF: _("Put it aside; it is on the list of surplus books."),
        Outcome.FOREIGN: _("Put it aside and give it back to its library."),
        Outcome.UNKNOWN: _("Put it aside; it is on the list of surplus books."),
    }.get(Outcome(scan.outcome), "")
    tone = {Outcome.FOUND: "success", Outcome.NEW: "info"}.get(Outcome(scan.outcome), "warning")
    return Said("error" if scan.outcome == Outcome.UNKNOWN else tone, text, advice)


@page(Permission.FUND_STOCKTAKE)
@require_POST
def scan(request: Request, pk: int) -> HttpResponse:
    """What the scan box sends, with the place where the person stands."""
    mine = found(request, pk, Permission.FUND_STOCKTAKE)
    code = request.POST.get("code", "").strip()
    if not code:
        return _show(request, mine)
    location_id = chosen_number(request.POST.get("location"))
    shelf, marks = request.POST.get("shelf", "")[:60], request.POST.get("marks", "")[:200]
    here = {"location": location_id, "shelf": shelf, "marks": marks}
    if request.session.get(_key(mine)) != here:
        request.session[_key(mine)] = here
    place = services.Place(
        location=rooms(mine.library).filter(pk=location_id).first() if location_id else None,
        shelf=shelf,
        marks=marks,
    )
    done = services.scan(
        actor=request.actor,
        stocktaking=mine,
        code=code,
        place=place,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    answer = said(done)
    if is_fragment(request):
        response = _show(request, mine, answer)
        response["HX-Trigger"] = "scanned"
        return response
    (messages.warning if answer.beeps else messages.success)(request, f"{answer.text} {answer.advice}".strip())
    return redirect("stocktaking:stocktaking", pk=mine.pk)


@page(Permission.FUND_STOCKTAKE)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take one of the last scans back."""
    mine = found(request, pk, Permission.FUND_STOCKTAKE)
    chosen = Scan.objects.filter(stocktaking=mine, pk=chosen_number(request.POST.get("scan")) or 0).first()
    try:
        if chosen is None:
            raise ScanNotFound
        services.undo(
            actor=request.actor, stocktaking=mine, scan=chosen, at=clock.now(), command_id=command_id_of(request)
        )
        answer = Said("info", _("Taken back: %(code)s.") % {"code": chosen.barcode})
    except DomainError as refusal:
        answer = Said("error", str(refusal), refusal.advice_text)
    if is_fragment(request):
        response = _show(request, mine, answer)
        response["HX-Trigger"] = "scanned"
        return response
    messages.info(request, answer.text)
    return redirect("stocktaking:stocktaking", pk=mine.pk)


@page(Permission.FUND_STOCKTAKE)
@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """End the stocktaking; its result is fixed."""
    mine = found(request, pk, Permission.FUND_STOCKTAKE)
    services.close(actor=request.actor, stocktaking=mine, at=clock.now(), command_id=command_id_of(request))
    messages.success(request, _("The stocktaking is closed. Nothing is written off by this."))
    return redirect("stocktaking:stocktaking", pk=mine.pk)


def _key(mine: Stocktaking) -> str:
    """Under which the session remembers the person's shelf."""
    return f"stocktaking-{mine.pk}"
