"""One reader: loans, history, holds, notes, lost books, the reader's form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.catalog.models import Record
from kitaphana.circulation import documents, queries, services
from kitaphana.circulation.forms import LostForm, NoteForm
from kitaphana.circulation.models import Hold, Loan, ReaderNote
from kitaphana.circulation.views.workplace import back, membership_of
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request, command_id_of, number, page

HISTORY_SHOWN = 50


@page(Permission.CIRCULATION_LEND)
def reader(request: Request, pk: int) -> HttpResponse:
    """A reader's loans, holds, notes and history; ``?q=`` looks for a title to place a hold on."""
    membership = membership_of(request, pk)
    library = membership.library
    text = request.GET.get("q", "").strip()
    on = clock.today()
    context = {
        "membership": membership,
        "person": membership.person,
        "place": library,
        "today": on,
        "panel": queries.desk_panel(library, membership, on=on),
        "loans": list(queries.open_loans(membership.person, library)),
        "history": list(queries.past_loans(membership.person, library)[:HISTORY_SHOWN]),
        "counted": sum(
            loan.quantity
            for loan in queries.open_stock_loans([membership.person_id], library=library)
            if loan.is_returnable
        ),
        "elsewhere": [
            debt
            for debt in queries.debts([membership.person_id]).get(membership.person_id, [])
            if debt.library.pk != library.pk
        ],
        "note_form": NoteForm(),
        "q": text,
        "titles": queries.find_titles(library, text) if text else [],
    }
    return render(request, "circulation/reader.html", context)


@page(Permission.CIRCULATION_LEND)
@require_POST
def renew_all(request: Request, pk: int) -> HttpResponse:
    """Prolong every chosen loan (``loan``), or all of them; what is refused is told one by one."""
    membership = membership_of(request, pk)
    chosen = {number(value) for value in request.POST.getlist("loan")}
    now, done = clock.now(), 0
    for loan in queries.open_loans(membership.person, membership.library):
        if chosen and loan.pk not in chosen:
            continue
        try:
            services.renew(actor=request.actor, library=membership.library, loan=loan, at=now, command_id=new_id())
            done += 1
        except DomainError as refusal:
            messages.warning(request, f"«{loan.copy.record.title}»: {refusal}")
    if done:
        text = ngettext("%(count)s book was renewed.", "%(count)s books were renewed.", done) % {"count": done}
        messages.success(request, text)
    return back(request, reverse("circulation:reader", args=[pk]))


@page(Permission.CIRCULATION_LEND)
@require_POST
def note_add(request: Request, pk: int) -> HttpResponse:
    """Write a note about a reader."""
    membership = membership_of(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        services.add_note(
            actor=request.actor,
            library=membership.library,
            membership=membership,
            text=form.cleaned_data["text"],
            is_blocking=form.cleaned_data["is_blocking"],
            at=clock.now(),
            command_id=command_id_of(request),
        )
        messages.success(request, _("The note is kept."))
    else:
        messages.error(request, _("The note has no text, or is longer than 500 letters."))
    return redirect("circulation:reader", pk)


@page(Permission.CIRCULATION_LEND)
@require_POST
def note_close(request: Request, pk: int) -> HttpResponse:
    """Close a note."""
    note = ReaderNote.objects.select_related("membership").filter(pk=pk).first()
    if note is None:
        raise NotFound
    membership = membership_of(request, note.membership_id)
    services.close_note(
        actor=request.actor,
        library=membership.library,
        note=note,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    messages.success(request, _("The note is closed."))
    return back(request, reverse("circulation:reader", args=[membership.pk]))


@page(Permission.CIRCULATION_LEND)
@require_POST
def hold_place(request: Request, pk: int) -> HttpResponse:
    """Put a reader into the queue for a title (form field ``record``)."""
    membership = membership_of(request, pk)
    record = Record.objects.filter(pk=number(request.POST.get("record")) or 0).first()
    if record is None:
        raise NotFound
    try:
        services.place_hold(
            actor=request.actor,
            library=membership.library,
            record=record,
            person=membership.person,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
    else:
        messages.success(request, _("The reader is in the queue for «%(title)s».") % {"title": record.title})
    return redirect("circulation:reader", pk)


@page(Permission.CIRCULATION_LEND)
@require_POST
def hold_cancel(request: Request, pk: int) -> HttpResponse:
    """Cancel a hold; tells for whom the copy stays on the shelf."""
    hold = queries.holds().filter(pk=pk).first()
    if hold is None:
        raise NotFound
    request.actor.require(Permission.CIRCULATION_LEND, hold.library.path)
    copy_id = hold.copy_id
    try:
        services.cancel_hold(
            actor=request.actor,
            library=hold.library,
            hold=hold,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
        return back(request, "circulation:holds")
    following = (
        Hold.objects.select_related("person").filter(copy_id=copy_id, state="READY").first() if copy_id else None
    )
    if following is not None:
        text = _("The hold is cancelled. The copy stays on the hold shelf for %(reader)s.")
        messages.success(request, text % {"reader": following.person.full_name})
    elif copy_id is not None:
        messages.success(request, _("The hold is cancelled. Put the copy back on its shelf."))
    else:
        messages.success(request, _("The hold is cancelled."))
    return back(request, "circulation:holds")


@page(Permission.CIRCULATION_LEND)
def lost(request: Request, pk: int) -> HttpResponse:
    """Settle a lost copy: another book is accepted, or it is written off."""
    loan = queries.loans().select_related("library").filter(pk=pk, returned_at__isnull=True).first()
    if loan is None or loan.person is None:
        raise NotFound
    request.actor.require(Permission.CIRCULATION_LEND, loan.library.path)
    membership = queries.memberships().filter(library=loan.library, person=loan.person).first()
    if membership is None:
        raise NotFound
    text = request.GET.get("q", "").strip()
    form = LostForm(request.POST or None, initial={"price": loan.copy.price, "replacement": loan.copy.record_id})
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _settle(request, loan, form)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("Settled: the act is posted and the loan is closed."))
            return redirect("circulation:reader", membership.pk)
    chosen = number(str(form["replacement"].value() or request.GET.get("replacement", ""))) or loan.copy.record_id
    context = {
        "loan": loan,
        "membership": membership,
        "place": loan.library,
        "form": form,
        "refusal": refusal,
        "q": text,
        "titles": queries.find_titles(None, text) if text else [],
        "replacement": Record.objects.filter(pk=number(request.GET.get("replacement")) or chosen).first(),
    }
    return render(request, "circulation/lost.html", context, status=409 if refusal else 200)


def _settle(request: Request, loan: Loan, form: LostForm) -> None:
    now = clock.now()
    if form.cleaned_data["way"] == LostForm.REPLACE:
        replacement = Record.objects.filter(pk=form.cleaned_data["replacement"]).first()
        if replacement is None:
            raise NotFound
        services.replace_lost(
            actor=request.actor,
            library=loan.library,
            loan=loan,
            replacement=replacement,
            price=form.cleaned_data["price"],
            on=clock.day_of(now),
            at=now,
            command_id=command_id_of(request),
            commission=form.members(),
        )
    else:
        services.write_off_lost(
            actor=request.actor,
            library=loan.library,
            loan=loan,
            grounds=form.cleaned_data["grounds"],
            commission=form.members(),
            on=clock.day_of(now),
            at=now,
            command_id=command_id_of(request),
        )


@page(Permission.CIRCULATION_LEND)
def reader_form(request: Request, pk: int) -> HttpResponse:
    """The reader's form as PDF in Kazakh or Russian (``?language=``; the page's own otherwise)."""
    membership = membership_of(request, pk)
    language = request.GET.get("language") or translation.get_language() or "kk"
    body = documents.reader_form(membership, language=language if language in ("kk", "ru", "en") else "kk")
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="form-{membership.card_number}.pdf"'
    return response
