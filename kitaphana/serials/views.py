"""Pages of periodicals: what came today, the subscriptions, the registration card of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.acquisitions.queries import suppliers_for
from kitaphana.acquisitions.views.estimates import chosen_language, paper_answer
from kitaphana.catalog import queries as catalog
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.formats import issn
from kitaphana.fund.enums import ReceiptSource
from kitaphana.fund.views.library import with_library
from kitaphana.organizations.models import Organization
from kitaphana.serials import documents, queries, services
from kitaphana.serials.enums import IssueState
from kitaphana.serials.forms import ChangeForm, IssueForm, SubscriptionForm
from kitaphana.serials.models import Issue, Subscription

VIEW, KEEP = Permission.FUND_VIEW, Permission.FUND_RECEIVE
TONES = {
    IssueState.LATE: "wrong", IssueState.CLAIMED: "warn", IssueState.PART: "warn", IssueState.RECEIVED: "good",
    IssueState.BOUND: "info",
}  # fmt: skip


def _tell(request: Request, refusal: DomainError) -> None:
    messages.error(request, f"{refusal} {refusal.advice_text}".strip())


def _row(one: Issue) -> dict[str, Any]:
    state = one.state_on(clock.today())
    return {"issue": one, "state": state, "tone": TONES.get(state, ""), "subscription": one.subscription}


@page(VIEW)
@with_library(VIEW)
def arrivals(request: Request, library: Organization) -> HttpResponse:
    """Issues that are due: one click or one scan notes that an issue came."""
    context = {
        "node": library,
        "rows": [_row(one) for one in queries.awaited(library, clock.today())[:300]],
        "may_keep": request.actor.may(KEEP, library.path),
        "has_subscriptions": Subscription.objects.filter(library=library).exists(),
    }
    return render(request, "serials/arrivals.html", context)


@page(KEEP)
@with_library(KEEP)
@require_POST
def scan(request: Request, library: Organization) -> HttpResponse:
    """The barcode of a journal (977 and the ISSN): its next issue came."""
    text = issn.normalize(decode_scan(request.POST.get("code", "")[:100]))
    found = queries.next_of(library, text, clock.today()) if text else None
    if text is None:
        messages.error(request, _("This is not the barcode of a periodical. It begins with 977."))
    elif found is None:
        messages.error(request, _("No issue of ISSN %(issn)s is awaited.") % {"issn": text})
    else:
        _receive(request, found)
    return redirect("serials:arrivals")


def _receive(request: Request, one: Issue) -> None:
    try:
        services.receive_issue(
            actor=request.actor, issue=one, quantity=one.subscription.quantity, on=clock.today(), at=clock.now(),
            command_id=command_id_of(request),
        )  # fmt: skip
    except DomainError as refusal:
        _tell(request, refusal)
    else:
        facts = {"title": one.subscription.record.title, "issue": one}
        messages.success(request, _("Came: %(title)s, %(issue)s") % facts)


@page(VIEW)
@with_library(VIEW)
def subscriptions(request: Request, library: Organization) -> HttpResponse:
    """What the library subscribes to, and how much of it came."""
    context = {
        "node": library,
        "rows": queries.subscriptions(library)[:500],
        "today": clock.today(),
        "may_keep": request.actor.may(KEEP, library.path),
    }
    return render(request, "serials/subscriptions.html", context)


@page(KEEP)
@with_library(KEEP)
def subscribe(request: Request, library: Organization) -> HttpResponse:
    """A new subscription: the periodical first, then its rhythm."""
    pk = number(request.POST.get("record") or request.GET.get("record"))
    record = Record.objects.filter(pk=pk, removed_at=None, kind=RecordKind.PERIODICAL).first() if pk else None
    text = request.GET.get("q", "").strip()[:200]
    if record is None:
        found = catalog.search(text, filters={"kinds": [RecordKind.PERIODICAL.value]}, limit=30).records
        context = {"node": library, "text": text, "found": found}
        return render(request, "serials/choose.html", context)
    year = clock.today().year
    initial = {"starts_on": f"{year + 1}-01-01", "ends_on": f"{year + 1}-12-31"}
    form = SubscriptionForm(request.POST or None, initial=initial, suppliers=suppliers_for(library))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["cost"] = given["cost"] or 0
        try:
            made = services.subscribe(
                actor=request.actor, library=library, record=record, at=clock.now(), command_id=command_id_of(request),
                **given,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The subscription is begun: its issues are awaited."))
            return redirect("serials:subscription", made.pk)
    context = {"node": library, "record": record, "form": form}
    return render(request, "serials/subscribe.html", context, status=422 if form.errors else 200)


@page(VIEW)
def subscription(request: Request, pk: int) -> HttpResponse:
    """The registration card of a subscription: every issue, the claims, the bound volumes."""
    one = queries.subscription_within(pk, request.actor.reach(VIEW))
    return _card(request, one)


def _card(request: Request, one: Subscription, form: ChangeForm | None = None) -> HttpResponse:
    issues = list(one.issues.select_related("volume"))
    for issue in issues:
        issue.subscription = one
    today = clock.today()
    initial = {"ends_on": one.ends_on, "quantity": one.quantity, "patience": one.patience, "note": one.note}
    context = {
        "one": one,
        "node": one.library,
        "rows": [_row(issue) for issue in issues],
        "claims": one.claims.order_by("-on", "-pk"),
        "volumes": one.volumes.select_related("copy").order_by("pk"),
        "may_keep": request.actor.may(KEEP, one.library.path),
        "form": form or ChangeForm(initial=initial),
        "issue_form": IssueForm(initial={"year": today.year}),
        "sources": ReceiptSource.choices,
        "here": sum(1 for issue in issues if issue.received),
    }
    return render(request, "serials/subscription.html", context, status=422 if form and form.errors else 200)


@page(KEEP)
@require_POST
def change(request: Request, pk: int) -> HttpResponse:
    """Prolong, shorten, other copies."""
    one = queries.subscription_within(pk, request.actor.reach(KEEP))
    form = ChangeForm(request.POST)
    if form.is_valid():
        try:
            services.change_subscription(
                actor=request.actor, subscription=one, at=clock.now(), command_id=command_id_of(request),
                **form.cleaned_data,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The subscription is changed."))
            return redirect("serials:subscription", pk)
    return _card(request, one, form)


@page(KEEP)
@require_POST
def add_issue(request: Request, pk: int) -> HttpResponse:
    """An issue out of the rhythm."""
    one = queries.subscription_within(pk, request.actor.reach(KEEP))
    form = IssueForm(request.POST)
    if form.is_valid():
        try:
            services.add_issue(
                actor=request.actor, subscription=one, at=clock.now(), command_id=command_id_of(request),
                **form.cleaned_data,
            )  # fmt: skip
        except DomainError as refusal:
            _tell(request, refusal)
    else:
        messages.error(request, _("Write the year, the number and the day of the issue."))
    return redirect("serials:subscription", pk)


@page(KEEP)
@require_POST
def issue(request: Request, pk: int) -> HttpResponse:
    """An issue came, came in part, came not at all, has another number; ``what`` says which."""
    one = queries.issue_within(pk, request.actor.reach(KEEP))
    what = request.POST.get("what", "")
    try:
        if what == "came":
            _receive(request, one)
        elif what == "quantity":
            services.receive_issue(
                actor=request.actor, issue=one, quantity=number(request.POST.get("quantity")) or 0,
                on=one.received_on or clock.today(), at=clock.now(), command_id=command_id_of(request),
            )  # fmt: skip
        elif what in {"cancel", "restore", "number"}:
            services.change_issue(
                actor=request.actor, issue=one, number=request.POST.get("number", one.number),
                expected_on=one.expected_on, is_cancelled=what == "cancel", note=one.note, at=clock.now(),
                command_id=command_id_of(request),
            )  # fmt: skip
    except DomainError as refusal:
        _tell(request, refusal)
    if request.POST.get("back") == "arrivals":
        return redirect("serials:arrivals")
    return redirect("serials:subscription", one.subscription_id)


def _chosen(request: Request) -> list[int]:
    return [pk for text in request.POST.getlist("issue")[:2000] if (pk := number(text)) is not None]


@page(KEEP)
@require_POST
def claim(request: Request, pk: int) -> HttpResponse:
    """A claim for the marked issues."""
    one = queries.subscription_within(pk, request.actor.reach(KEEP))
    try:
        made = services.claim_issues(
            actor=request.actor, subscription=one, issue_ids=_chosen(request), at=clock.now(),
            command_id=command_id_of(request),
        )  # fmt: skip
    except DomainError as refusal:
        _tell(request, refusal)
    else:
        messages.success(request, _("The claim № %(number)s is made: print it or send it.") % {"number": made})
    return redirect("serials:subscription", pk)


@page(VIEW)
def claim_paper(request: Request, pk: int, form: str) -> HttpResponseBase:
    """A claim as a letter: PDF, DOCX or XLSX."""
    one = queries.claim_within(pk, request.actor.reach(VIEW))
    paper = documents.claim(one, language=chosen_language(request))
    return paper_answer(paper, form, f"claim-{one.on.year}-{one.number}", request)


@page(KEEP)
@require_POST
def bind(request: Request, pk: int) -> HttpResponse:
    """Bind the marked issues; with a price the volume is taken on the fund."""
    one = queries.subscription_within(pk, request.actor.reach(KEEP))
    text = request.POST.get("price", "").strip().replace(" ", "").replace(",", ".")
    price = services.price_of(text)
    if text and price is None:
        messages.error(request, _("Write the price in tenge, for example 1500."))
        return redirect("serials:subscription", pk)
    try:
        made = services.bind_issues(
            actor=request.actor, subscription=one, issue_ids=_chosen(request), at=clock.now(), price=price,
            source=request.POST.get("source", ""), command_id=command_id_of(request),
        )  # fmt: skip
    except DomainError as refusal:
        _tell(request, refusal)
    else:
        messages.success(request, _("Bound: %(volume)s") % {"volume": made.label})
    return redirect("serials:subscription", pk)


@page(KEEP)
@require_POST
def unbind(request: Request, pk: int) -> HttpResponse:
    """Take a binding back."""
    one = queries.volume_within(pk, request.actor.reach(KEEP))
    try:
        services.unbind(actor=request.actor, volume=one, at=clock.now(), command_id=command_id_of(request))
    except DomainError as refusal:
        _tell(request, refusal)
    return redirect("serials:subscription", one.subscription_id)
