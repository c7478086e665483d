"""One reader's textbooks: thirty copies to a teacher, what is lost, the clearance sheet."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from kitaphana.catalog.models import Record
from kitaphana.circulation import queries as circulation_queries
from kitaphana.circulation import services as circulation
from kitaphana.circulation.enums import Condition
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import IssueLine, ReturnLine, Settlement
from kitaphana.circulation.views.workplace import membership_of
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund import queries as fund
from kitaphana.fund.forms import commission_in
from kitaphana.fund.queries.editions import isbn_in
from kitaphana.fund.views.files import pdf_answer
from kitaphana.people.models import Membership
from kitaphana.textbooks import documents
from kitaphana.textbooks.views.common import chosen_language

FOUND_SHOWN = 12


class SettleForm(forms.Form):
    """How a lost textbook is settled."""

    how = forms.ChoiceField(
        label=gettext_lazy("How it is settled"),
        choices=[
            (Settlement.REPLACED.name, gettext_lazy("The same or an equal book was brought")),
            (Settlement.PAID.name, gettext_lazy("The price was paid")),
            (Settlement.WRITTEN_OFF.name, gettext_lazy("Nobody pays: disaster or theft")),
        ],
    )
    price = forms.DecimalField(
        label=gettext_lazy("Price or sum paid, ₸"), min_value=Decimal(0), max_digits=10, decimal_places=2
    )
    isbn = forms.CharField(
        label=gettext_lazy("ISBN of the book brought"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: the same edition."),
    )
    grounds = forms.CharField(
        label=gettext_lazy("Document"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Receipt of payment, statement of the police: number and date."),
    )
    commission = forms.CharField(
        label=gettext_lazy("Commission"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One person a line: name, position. The chair first."),
    )


@page(Permission.CIRCULATION_LEND)
def reader(request: Request, pk: int) -> HttpResponse:
    """A reader's count-based volumes, with forms to issue more and to take back."""
    membership = membership_of(request, pk)
    text = request.GET.get("q", "").strip()[:200]
    context = {
        "membership": membership,
        "node": membership.library,
        "loans": circulation_queries.open_stock_loans([membership.person_id]),
        "q": text,
        "stocks": list(fund.stocks(membership.library, text=text)[:FOUND_SHOWN]) if text else [],
        "conditions": Condition.choices,
    }
    return render(request, "textbooks/reader.html", context)


@page(Permission.CIRCULATION_LEND)
@require_POST
def reader_issue(request: Request, pk: int) -> HttpResponse:
    """Issue volumes of one title to the reader."""
    membership = membership_of(request, pk)
    stock_id, quantity = number(request.POST.get("stock")), number(request.POST.get("quantity"))
    line = IssueLine(membership.person_id, stock_id or 0, quantity or 0, request.POST.get("condition", ""))
    _told(
        request,
        lambda: (
            circulation.issue(
                actor=request.actor,
                library=membership.library,
                lines=[line],
                at=clock.now(),
                command_id=command_id_of(request),
            ).volumes
        ),
        "issued",
    )
    return redirect("textbooks:reader", pk)


@page(Permission.CIRCULATION_LEND)
@require_POST
def reader_return(request: Request, pk: int) -> HttpResponse:
    """Take chosen volumes back."""
    membership = membership_of(request, pk)
    lines = [
        ReturnLine(loan_id, number(request.POST.get(f"q-{loan_id}")), request.POST.get(f"c-{loan_id}", ""))
        for value in request.POST.getlist("loan")
        if (loan_id := number(value)) is not None
    ]
    _told(
        request,
        lambda: circulation.take_back(
            actor=request.actor,
            library=membership.library,
            lines=lines,
            at=clock.now(),
            command_id=command_id_of(request),
        ),
        "returned",
    )
    return redirect("textbooks:reader", pk)


def _told(request: Request, command: object, done: str) -> None:
    """Carry a command out and say what happened."""
    assert callable(command)
    try:
        volumes = command()
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
        return
    if done == "issued":
        text = ngettext("%(count)s textbook was issued.", "%(count)s textbooks were issued.", volumes)
    else:
        text = ngettext("%(count)s textbook came back.", "%(count)s textbooks came back.", volumes)
    messages.success(request, text % {"count": volumes})


@page(Permission.CIRCULATION_LEND)
def settle(request: Request, pk: int, loan: int) -> HttpResponse:
    """Settle a lost textbook: replaced, paid for, or written off."""
    membership = membership_of(request, pk)
    lost = get_object_or_404(
        StockLoan.objects.select_related("stock__record"),
        pk=loan,
        person=membership.person_id,
        library=membership.library,
        returned_at__isnull=True,
    )
    price = fund.prices_of([lost.stock_id]).get(lost.stock_id, Decimal(0))
    members = fund.latest_commission(membership.library)
    known = "\n".join(f"{one['name']}, {one['position']}" for one in members)
    form = SettleForm(request.POST or None, initial={"price": price, "commission": known})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            act = circulation.settle(
                actor=request.actor,
                library=membership.library,
                loan=lost,
                how=Settlement[data["how"]],
                on=clock.today(),
                at=clock.now(),
                replacement=_brought(data["isbn"], lost.stock.record),
                price=data["price"],
                grounds=data["grounds"] or _("Lost by %(reader)s") % {"reader": membership.person.full_name},
                commission=commission_in(data["commission"]),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("The loss is settled by act No. %(number)s.") % {"number": act.number})
            return redirect("textbooks:reader", pk)
    context = {"membership": membership, "node": membership.library, "lost": lost, "form": form}
    return render(request, "textbooks/settle.html", context)


def _brought(text: str, same: Record) -> Record | None:
    """The edition that was brought: the lost one unless an ISBN names another; None: the catalogue has none."""
    if not text.strip():
        return same
    isbn = isbn_in(text)
    return Record.objects.filter(isbn_keys__isbn=isbn).first() if isbn else None


@page(Permission.CIRCULATION_LEND)
def clearance_pdf(request: Request, pk: int) -> HttpResponse:
    """The clearance sheet of a reader who leaves: what they owe any library, or that they owe nothing."""
    membership: Membership = membership_of(request, pk)
    content = documents.clearance([membership], language=chosen_language(request))
    return pdf_answer(content, f"clearance-{membership.card_number}")
