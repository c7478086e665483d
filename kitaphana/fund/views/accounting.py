"""Pages of the exchange with the accountant: totals, comparison, kept reconciliations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.money import tenge
from kitaphana.core.web.page import Request, page
from kitaphana.fund import documents, queries
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act, Reconciliation
from kitaphana.fund.opening import text_of, whole_of
from kitaphana.fund.queries import AccountLine, Cell
from kitaphana.fund.spreadsheets import accounts_xlsx
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_command, chosen_date, chosen_language, with_library
from kitaphana.organizations.models import Organization
from kitaphana.people import roster
from kitaphana.people.errors import FileTooLarge

SHOWN_ACTS = 20
KEPT = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the page: ours, what was typed for theirs, and the difference (ours less theirs)."""

    line: AccountLine
    copies: str
    amount: str
    copies_differ: int | None
    amount_differs: Decimal | None
    acts: list[tuple[Act, Cell]]
    """The newest acts of the period behind a line that differs."""

    @property
    def differs(self) -> bool:
        """Whether anything that was told is not the same."""
        return bool(self.copies_differ or self.amount_differs)


def _period(given: Mapping[str, str]) -> tuple[date, date]:
    today = clock.today()
    last = chosen_date(given.get("last")) or today
    first = chosen_date(given.get("first")) or date(last.year, 1, 1)
    return (first, last) if first <= last else (date(last.year, 1, 1), last)


def _amount(text: str) -> Decimal | None:
    plain = "".join(text.replace(",", ".").split()).rstrip("₸")
    try:
        value = Decimal(plain)
    except ArithmeticError:
        return None
    return tenge(value) if value.is_finite() and abs(value) < Decimal(10) ** 13 else None


def _theirs(texts: Mapping[str, tuple[str, str]]) -> dict[str, fund.Theirs]:
    return {key: fund.Theirs(whole_of(copies), _amount(amount)) for key, (copies, amount) in texts.items()}


def _from_workbook(data: bytes, name: str) -> dict[str, tuple[str, str]]:
    """The accountant's columns of our own workbook, by the key in the first column."""
    texts: dict[str, tuple[str, str]] = {}
    for cells in roster.read_cells(data, name):
        if cells and text_of(cells[0]).count("/") == 2:
            copies, amount = (text_of(cells[index]) if index < len(cells) else "" for index in (12, 13))
            texts[text_of(cells[0])] = (copies, amount)
    return texts


def _compared(book: queries.Accounts, texts: Mapping[str, tuple[str, str]]) -> list[Compared]:
    rows = []
    theirs = _theirs(texts)
    for line in book.lines:
        told = theirs.get(line.key, fund.Theirs())
        copies = None if told.copies is None else line.closing.copies - told.copies
        amount = None if told.amount is None else line.closing.amount - told.amount
        acts: list[tuple[Act, Cell]] = []
        if copies or amount:
            newest = sorted(line.acts, key=lambda pk: (book.acts[pk].on, pk), reverse=True)[:SHOWN_ACTS]
            acts = [(book.acts[pk], line.acts[pk]) for pk in newest]
        rows.append(Compared(line, *texts.get(line.key, ("", "")), copies, amount, acts))
    return rows


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
@require_http_methods(["GET", "POST"])
def totals(request: Request, library: Organization) -> HttpResponse:
    """Totals by account, fund and source; the accountant's figures beside them, typed or loaded, and kept."""
    first, last = _period(request.POST or request.GET)
    book = queries.accounts(library, first, last)
    texts: dict[str, tuple[str, str]] = {}
    refused: DomainError | None = None
    if request.method == "POST":
        request.actor.require(Permission.FUND_RECEIVE, library.path)
        texts = {
            line.key: (
                request.POST.get(f"copies-{line.key}", "").strip()[:20],
                request.POST.get(f"amount-{line.key}", "").strip()[:25],
            )
            for line in book.lines
        }
        try:
            if (file := request.FILES.get("file")) is not None:
                if (file.size or 0) > roster.MOST_BYTES:
                    raise FileTooLarge(rows=roster.MOST_ROWS, megabytes=roster.MOST_BYTES // 2**20)
                texts |= _from_workbook(file.read(), file.name or "")
            if "keep" in request.POST:
                kept = fund.reconcile(
                    actor=request.actor,
                    library=library,
                    first=first,
                    on=last,
                    theirs=_theirs(texts),
                    accountant=request.POST.get("accountant", ""),
                    note=request.POST.get("note", ""),
                    at=clock.now(),
                    command_id=chosen_command(request.POST.get("command_id")),
                )
                messages.success(request, _("The reconciliation is kept."))
                return redirect("fund:reconciliation", kept.pk)
        except DomainError as error:
            refused = error
    rows = _compared(book, texts)
    context: dict[str, Any] = {
        "node": library,
        "book": book,
        "rows": rows,
        "is_compared": any(row.copies_differ is not None or row.amount_differs is not None for row in rows),
        "differing": sum(1 for row in rows if row.differs),
        "accounts": [
            (name, book.sums(is_on_balance=value))
            for name, value in ((_("On the balance sheet"), True), (_("Off the balance sheet"), False))
            if any(line.is_on_balance == value for line in book.lines)
        ],
        "total": book.sums(),
        "today": clock.today(),
        "may_keep": request.actor.may(Permission.FUND_RECEIVE, library.path),
        "accountant": request.POST.get("accountant", "")[:200],
        "note": request.POST.get("note", "")[:500],
        "kept": Reconciliation.objects.filter(library=library).order_by("-on", "-pk")[:KEPT],
        "refused": refused,
    }
    return render(request, "fund/accounting.html", context, status=refused.status if refused else 200)


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
@require_safe
def totals_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """The totals as a workbook with room for the accountant's figures."""
    first, last = _period(request.GET)
    stream = accounts_xlsx(queries.accounts(library, first, last), language=chosen_language(request))
    return xlsx_answer(stream, f"accountant-{last.isoformat()}")


def _kept(request: Request, pk: int) -> Reconciliation:
    reach = request.actor.reach(Permission.FUND_VIEW)
    found: Reconciliation = get_object_or_404(Reconciliation.objects.within(reach).select_related("library"), pk=pk)
    return found


@page(Permission.FUND_VIEW)
@require_safe
def reconciliation(request: Request, pk: int) -> HttpResponse:
    """A kept reconciliation."""
    found = _kept(request, pk)
    rows = documents.reconciliation_rows(found)
    context = {
        "reconciliation": found,
        "node": found.library,
        "rows": rows,
        "differing": sum(1 for row in rows if row.differs),
        "back": f"{reverse('fund:accounting')}?library={found.library.code}",
    }
    return render(request, "fund/reconciliation.html", context)


@page(Permission.FUND_VIEW)
@require_safe
def reconciliation_pdf(request: Request, pk: int) -> HttpResponse:
    """The act of reconciliation."""
    found = _kept(request, pk)
    content = documents.reconciliation_pdf(found, language=chosen_language(request))
    return pdf_answer(content, f"reconciliation-{found.on.isoformat()}")
