"""Pages of letters: the inbox, writing, who has read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.errors import DomainError, NotAllowed, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.mailings import queries, services, spreadsheets
from kitaphana.mailings.enums import PLACES, RECIPIENT_KINDS, LetterKind
from kitaphana.mailings.forms import LetterForm
from kitaphana.mailings.queries import SEND, VIEW, Choice
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization

PAGE = 50
SHOWN = 12
"""Names of recipients that a preview writes out."""
USUAL = [kind.value for kind in RECIPIENT_KINDS if kind not in PLACES]


def _tabs(request: Request, here: str) -> list[dict[str, Any]]:
    counts = queries.tab_counts(request.actor)
    address = reverse("mailings:inbox")
    tabs: list[dict[str, Any]] = [
        {"label": _("Inbox"), "url": address, "active": here == "inbox", "count": counts["inbox"] or None},
        {"label": _("Guidance"), "url": f"{address}?tab=guidance", "active": here == "guidance",
         "count": counts["guidance"] or None},
        {"label": pgettext("mail", "Archive"), "url": f"{address}?tab=archive", "active": here == "archive",
         "count": counts["archive"] or None},
    ]  # fmt: skip
    if request.actor.may_somewhere(SEND):
        tabs.append({"label": pgettext("mail", "Sent"), "url": reverse("mailings:sent"), "active": here == "sent"})
    return tabs


@page(VIEW)
def inbox(request: Request) -> HttpResponse:
    """What came to the organisations one works at."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.TABS else "inbox"
    text = request.GET.get("q", "").strip()[:100]
    letters = Paginator(queries.inbox(request.actor, tab, text), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(request, tab),
        "tab": tab,
        "q": text,
        "letters": letters,
        "today": clock.today(),
        "address_query": urlencode({"tab": tab, "q": text}),
        "may_send": request.actor.may_somewhere(SEND),
        "has_several": len(queries.own_paths(request.actor)) > 1,
    }
    return render(request, "mailings/inbox.html", context)


@page(VIEW)
def letter(request: Request, pk: int) -> HttpResponse:
    """A letter that came; opening it notes the first reader."""
    receipt = services.open_letter(actor=request.actor, receipt_id=pk, at=clock.now())
    context = {
        "receipt": receipt,
        "letter": receipt.letter,
        "attachments": list(receipt.letter.attachments.order_by("pk")),
        "today": clock.today(),
        "may_answer": receipt.letter.wants_answer and not receipt.letter.is_withdrawn and not receipt.answered_at,
    }
    return render(request, "mailings/letter.html", context)


def _told(request: Request, refusal: DomainError) -> None:
    messages.error(request, f"{refusal} {refusal.advice_text}")


@page(VIEW)
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer a request."""
    try:
        services.answer(
            actor=request.actor, receipt_id=pk, text=request.POST.get("text", ""), at=clock.now(),
            command_id=command_id_of(request),
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as refusal:
        _told(request, refusal)
    else:
        messages.success(request, _("The answer is sent."))
    return redirect("mailings:letter", pk)


@page(VIEW)
@require_POST
def archive(request: Request, pk: int) -> HttpResponse:
    """Put a letter into the archive, or back into the inbox."""
    is_archived = request.POST.get("back") != "1"
    services.archive(actor=request.actor, receipt_id=pk, is_archived=is_archived)
    messages.success(request, _("The letter is in the archive.") if is_archived else _("The letter is in the inbox."))
    return redirect("mailings:inbox")


@page(SEND)
def sent(request: Request) -> HttpResponse:
    """What was sent, with how many have read it."""
    letters = Paginator(queries.sent(request.actor.reach(SEND)), PAGE).get_page(request.GET.get("page"))
    context = {"tabs": _tabs(request, "sent"), "letters": letters, "today": clock.today(), "may_send": True}
    return render(request, "mailings/sent.html", context)


@page(SEND)
def sent_letter(request: Request, pk: int) -> HttpResponse:
    """A letter that was sent: who has read it and when, who has not, the answers."""
    one = queries.sent_letter(pk, request.actor.reach(SEND))
    only = request.GET.get("only", "")
    receipts = Paginator(queries.receipts(one, only), PAGE * 2).get_page(request.GET.get("page"))
    address = reverse("mailings:sent_letter", args=[pk])
    tabs = [
        {"label": _("All organisations"), "url": address, "active": only == "", "count": one.recipients},
        {"label": _("Not read"), "url": f"{address}?only=unread", "active": only == "unread",
         "count": one.recipients - one.read},
        {"label": pgettext("a letter", "Read"), "url": f"{address}?only=read", "active": only == "read", "count": one.read},
    ]  # fmt: skip
    if one.wants_answer:
        tabs.append(
            {"label": _("Answers"), "url": f"{address}?only=answered", "active": only == "answered",
             "count": one.answered}
        )  # fmt: skip
    context = {
        "letter": one,
        "attachments": list(one.attachments.order_by("pk")),
        "receipts": receipts,
        "filters": tabs,
        "only": only,
        "address_query": urlencode({"only": only}),
        "outstanding": one.recipients - (one.answered if one.wants_answer else one.read),
        "today": clock.today(),
    }
    return render(request, "mailings/sent_letter.html", context)


@page(SEND)
def receipts_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """The receipts of a letter as a workbook."""
    one = queries.sent_letter(pk, request.actor.reach(SEND))
    return FileResponse(
        spreadsheets.receipts_xlsx(one), as_attachment=True, filename=f"letter-{one.pk}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip


@page(SEND)
@require_POST
def remind(request: Request, pk: int) -> HttpResponse:
    """Bring a letter up again where it waits."""
    one = queries.sent_letter(pk, request.actor.reach(SEND))
    try:
        count = services.remind(actor=request.actor, letter=one, at=clock.now(), command_id=command_id_of(request))
    except DomainError as refusal:
        _told(request, refusal)
    else:
        said = ngettext("%(n)s organisation is reminded.", "%(n)s organisations are reminded.", count)
        messages.success(request, said % {"n": count})
    return redirect("mailings:sent_letter", pk)


@page(SEND)
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Say that a letter no longer holds."""
    one = queries.sent_letter(pk, request.actor.reach(SEND))
    try:
        services.withdraw(
            actor=request.actor, letter=one, reason=request.POST.get("reason", ""), at=clock.now(),
            command_id=command_id_of(request),
        )  # fmt: skip
    except DomainError as refusal:
        _told(request, refusal)
    else:
        messages.success(request, _("The letter is withdrawn."))
    return redirect("mailings:sent_letter", pk)


# Writing


def _sender(request: Request) -> tuple[Organization, list[Organization]]:
    """The place one sends from: the one asked for among one's own, else the widest."""
    places = queries.senders(request.actor)
    if not places:
        raise NotAllowed
    wanted = request.POST.get("sender") or request.GET.get("sender")
    return next((one for one in places if one.code == wanted), places[0]), places


def _codes(values: list[str]) -> tuple[str, ...]:
    """Codes of an address or a form: single ones and lists with commas."""
    found = (code.strip() for value in values for code in value.replace("\x00", "").split(","))
    return tuple(dict.fromkeys(code for code in found if 0 < len(code) <= 20))


def _choice(request: Request) -> Choice:
    asked = request.POST if request.method == "POST" else request.GET
    kinds = tuple(kind for kind in asked.getlist("kind_of") if kind in OrganizationKind.values)
    return Choice(_codes(asked.getlist("place")), kinds, _codes(asked.getlist("to")))


@page(SEND)
def letter_new(request: Request) -> HttpResponse:
    """Write a letter, choose who gets it, look at it, send it. ``?to=CODE,CODE`` chooses organisations."""
    sender, senders = _sender(request)
    choice = _choice(request)
    is_posted = request.method == "POST"
    initial = {"kind": request.GET.get("kind", LetterKind.LETTER), "subject": request.GET.get("subject", "")[:200]}
    form = LetterForm(request.POST, request.FILES) if is_posted else LetterForm(initial=initial)
    recipients = queries.recipients(sender, choice) if is_posted or choice.codes else []
    context: dict[str, Any] = {
        "form": form,
        "sender": sender,
        "senders": senders,
        "choice": choice,
        "recipients": recipients,
        "shown": recipients[:SHOWN],
        "more": max(0, len(recipients) - SHOWN),
    }
    is_valid = is_posted and form.is_valid()
    is_sent = is_posted and request.POST.get("step") == "send"
    # What is sent is what was looked at: a choice changed since then is shown again first.
    context["is_changed"] = is_sent and number(request.POST.get("seen")) != len(recipients)
    if is_valid and is_sent and not context["is_changed"]:
        data = form.cleaned_data
        try:
            done = services.send_letter(
                actor=request.actor, sender=sender, recipients=recipients, kind=LetterKind(data["kind"]),
                subject=data["subject"], text=data["text"], answer_by=data["answer_by"], files=form.uploads(),
                at=clock.now(), command_id=command_id_of(request),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}")
        else:
            said = ngettext("The letter went to %(n)s organisation.", "The letter went to %(n)s organisations.",
                            done.recipients)  # fmt: skip
            messages.success(request, said % {"n": done.recipients})
            return redirect("mailings:sent_letter", done.pk)
    context["is_previewed"] = is_posted
    if is_posted and request.htmx:
        return render(request, "mailings/_preview.html", context)
    ticked = set(choice.codes)
    context |= {
        "singles": [one for one in recipients if one.code in ticked and one.depth > sender.depth + 1],
        "branches": queries.branches_of(sender),
        "places": PLACES,
        "kinds": [
            {"code": kind.value, "label": kind.label,
             "is_on": kind.value in (choice.kinds if is_posted else USUAL)}
            for kind in RECIPIENT_KINDS
        ],
    }  # fmt: skip
    return render(request, "mailings/letter_new.html", context, status=422 if form.errors else 200)


@page(SEND)
def branch(request: Request) -> HttpResponse:
    """The next level of the tree of recipients."""
    node = organizations.organization_by_code(request.GET.get("node", ""), request.actor.reach(SEND))
    context = {"branches": queries.branches_of(node), "places": PLACES, "choice": Choice()}
    return render(request, "mailings/_branches.html", context)


@page(VIEW)
def attachment(request: Request, pk: int) -> FileResponse:
    """A file of a letter, for those who got or sent it; always saved, never opened inside the site."""
    one = queries.attachment(pk, request.actor)
    try:
        stream = default_storage.open(one.stored)
    except FileNotFoundError as error:
        raise NotFound from error
    response = FileResponse(stream, as_attachment=True, filename=one.name, content_type=one.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
