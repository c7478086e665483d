"""The receiving table: scan, scan, scan, post."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import TextChoices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.core.money import ZERO
from kitaphana.core.web.page import Request, page
from kitaphana.fund import errors, forms, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, FundType, ReceiptSource
from kitaphana.fund.queries.editions import isbn_in, last_price
from kitaphana.fund.services.posting import clean_barcodes
from kitaphana.fund.services.receipts import fund_of
from kitaphana.fund.views.library import chosen_date, chosen_number, with_library
from kitaphana.organizations.models import Organization

HEADER = ("on", "fund", "keeping", "source", "supplier", "document_number", "document_on", "commission", "note")
MOST_LINES = 500


class Keeping(TextChoices):
    """How the volumes of a parcel are kept unless a line says otherwise."""

    BY_KIND = "", gettext_lazy("Textbooks by count")
    COUNT = "COUNT", gettext_lazy("All by count")
    NUMBERS = "NUMBERS", gettext_lazy("All with inventory numbers")


@dataclass(slots=True)
class DraftLine:
    """A line on the table."""

    record: Record
    quantity: int
    price: Decimal
    is_on_balance: bool
    barcodes: list[str]
    is_counted: bool

    @property
    def sum(self) -> Decimal:
        """Quantity times price."""
        return self.price * self.quantity


class _Table:
    """The draft on the receiving table, read from and written to its row."""

    def __init__(self, request: Request, library: Organization) -> None:
        self.request, self.library = request, library
        # Somebody who oversees many libraries stays in the one they chose.
        self.address = f"{reverse('fund:receipt_new')}?library={library.code}"
        self.draft = fund.draft_of(actor=request.actor, library=library, kind=ActKind.RECEIPT)
        content = self.draft.content if self.draft else {}
        self.header: dict[str, str] = {
            "on": clock.today().isoformat(),
            "source": ReceiptSource.LOCAL_BUDGET.value,
            "fund": "",
            "keeping": "",
            **content.get("header", {}),
        }
        rows: list[dict[str, Any]] = content.get("lines", [])
        records = Record.objects.in_bulk([row["record"] for row in rows])
        self.lines = [
            DraftLine(
                record=records[row["record"]],
                quantity=row["quantity"],
                price=Decimal(row["price"]),
                is_on_balance=row.get("is_on_balance", True),
                barcodes=row.get("barcodes", []),
                is_counted=row.get("is_counted", False),
            )
            for row in rows
            if row["record"] in records
        ]
        self.found: list[Record] = []
        self.text = ""
        self.isbn = ""
        self.refused: DomainError | None = None
        self.done: list[str] = content.get("done", [])

    def is_new(self, command_id: str) -> bool:
        """Whether a scan was not done yet: one whose answer got lost is sent again with the same id."""
        if command_id and command_id in self.done:
            return False
        self.done = [*self.done, command_id][-30:]
        return True

    def save(self) -> None:
        """Keep header and lines, so that a power cut loses nothing."""
        self.draft = fund.save_draft(
            actor=self.request.actor,
            library=self.library,
            kind=ActKind.RECEIPT,
            content={
                "header": self.header,
                "done": self.done,
                "lines": [
                    {
                        "record": line.record.pk,
                        "quantity": line.quantity,
                        "price": str(line.price),
                        "is_on_balance": line.is_on_balance,
                        "barcodes": line.barcodes,
                        "is_counted": line.is_counted,
                    }
                    for line in self.lines
                ],
            },
            at=clock.now(),
        )

    def counts(self, record: Record) -> bool:
        """Whether an edition of this parcel is kept by count, as the header says."""
        keeping = self.header.get("keeping", "")
        if keeping == Keeping.BY_KIND:
            name = self.header.get("fund") or fund_of([record])
            return name == FundType.TEXTBOOK
        return keeping == Keeping.COUNT

    def take_header(self, posted: Any) -> None:
        """The header as it was sent; another way of keeping, or another fund, holds for the lines that are there,
        too."""
        before = (self.header.get("keeping", ""), self.header.get("fund", ""))
        self.header.update(forms.header_in(posted, HEADER))
        if self.header.get("keeping", "") not in Keeping.values:
            self.header["keeping"] = ""
        if (self.header["keeping"], self.header.get("fund", "")) != before:
            for line in self.lines:
                line.is_counted = self.counts(line.record)
                line.barcodes = [] if line.is_counted else line.barcodes

    def add(self, record: Record) -> None:
        """One more volume: a new line at the end, or one more of a line that is there; it becomes the
        last."""
        for line in self.lines:
            if line.record.pk == record.pk and not line.barcodes:
                line.quantity += 1
                self.lines.remove(line)
                self.lines.append(line)
                return
        if len(self.lines) >= MOST_LINES:
            raise errors.TooMany(count=len(self.lines) + 1, limit=MOST_LINES)
        price = last_price(self.library, record)
        if price is None:
            # Parcels often hold books of one price; a wrong one is seen and mended in the line.
            price = self.lines[-1].price if self.lines else ZERO
        self.lines.append(
            DraftLine(
                record=record,
                quantity=1,
                price=price,
                is_on_balance=True,
                barcodes=[],
                is_counted=self.counts(record),
            )
        )

    def scan(self, text: str) -> None:
        """An ISBN, a title, or «5*1200» for the last line."""
        text = text.strip()[:300]
        if not text:
            return
        if self.lines and (times := forms.times_in(text)) is not None:
            quantity, price = times
            self.lines[-1].quantity = quantity or self.lines[-1].quantity
            self.lines[-1].price = self.lines[-1].price if price is None else price
            return
        isbn = isbn_in(text)
        if isbn:
            found = list(catalog.record_by_isbn(isbn)[:8])
            if len(found) == 1:
                self.add(found[0])
                return
            self.isbn = isbn
        else:
            found = catalog.search(text, limit=8, prefer_library_id=self.library.pk).records
        self.text, self.found = text, found

    def change(self, posted: Any) -> None:
        """Quantities, prices and labels as they stand in the table."""
        for index, line in enumerate(self.lines):
            line.quantity = chosen_number(posted.get(f"quantity-{index}"), highest=20_000) or line.quantity
            price = forms.price_in(posted.get(f"price-{index}"))
            line.price = line.price if price is None else price
            if f"quantity-{index}" in posted:
                line.is_on_balance = f"off-{index}" not in posted
                line.is_counted = f"counted-{index}" in posted
            if line.is_counted:
                line.barcodes = []
            elif f"barcodes-{index}" in posted:
                line.barcodes = clean_barcodes(posted[f"barcodes-{index}"].split())

    def receipt(self) -> fund.Receipt:
        """What will be posted. A date that can't be read is today."""
        return fund.Receipt(
            on=chosen_date(self.header.get("on")) or clock.today(),
            source=self.header.get("source", ""),
            fund=self.header.get("fund") or None,
            supplier=self.header.get("supplier", ""),
            document_number=self.header.get("document_number", ""),
            document_on=chosen_date(self.header.get("document_on")),
            commission=forms.commission_in(self.header.get("commission", "")),
            note=self.header.get("note", ""),
            lines=[
                fund.ReceiptLine(
                    record=line.record,
                    quantity=line.quantity,
                    price=line.price,
                    is_on_balance=line.is_on_balance,
                    barcodes=line.barcodes or None,
                    is_counted=line.is_counted,
                )
                for line in self.lines
            ],
        )

    def show(self) -> HttpResponse:
        """The table, or the whole page with it."""
        here = reverse("fund:receipt_new")
        try:
            describe = reverse("catalog:record_new")
        except NoReverseMatch:
            describe = ""  # an installation whose catalogue is described elsewhere
        query = {"next": here, **({"isbn": self.isbn} if self.isbn else {"title": self.text})}
        context = {
            "node": self.library,
            "address": self.address,
            "header": self.header,
            "lines": list(enumerate(self.lines)),
            "copies": sum(line.quantity for line in self.lines),
            "amount": sum((line.sum for line in self.lines), ZERO),
            "unpriced": sum(1 for line in self.lines if not line.price),
            "found": self.found,
            "text": self.text,
            "isbn": self.isbn,
            "describe": f"{describe}?{urlencode(query)}" if describe else "",
            "refused": self.refused,
            "sources": ReceiptSource.choices,
            "funds": FundType.choices,
            "keepings": Keeping.choices,
            "today": clock.today(),
            "commission": self.header.get("commission")
            or forms.commission_text(queries.latest_commission(self.library)),
        }
        template = "fund/_receipt_table.html" if self.request.headers.get("HX-Request") else "fund/receipt_new.html"
        # A refused scan is an answer of the table, not a failure of the request: HTMX shows it in place.
        return render(self.request, template, context)


@page(Permission.FUND_RECEIVE)
@with_library(Permission.FUND_RECEIVE)
@require_http_methods(["GET", "POST"])
def receipt_new(request: Request, library: Organization) -> HttpResponse:
    """Receive a parcel. Every scan is stored at once; «Post» makes the act."""
    table = _Table(request, library)
    if request.method == "GET":
        added = chosen_number(request.GET.get("record"))
        record = Record.objects.filter(pk=added).first() if added else None
        if record is not None:
            # Back from describing an edition: it lies on the table already.
            table.add(record)
            table.save()
            return redirect(table.address)
        return table.show()
    action = request.POST.get("action", "")
    if action == "discard":
        fund.discard_draft(actor=request.actor, library=library, kind=ActKind.RECEIPT)
        messages.info(request, _("The draft was thrown away."))
        return redirect(table.address)
    try:
        table.take_header(request.POST)
        if "code" in request.POST:
            if table.is_new(request.POST.get("command_id", "")):
                table.scan(request.POST["code"])
        elif action == "add":
            record = Record.objects.filter(pk=chosen_number(request.POST.get("record")) or 0).first()
            if record is None:
                raise errors.RecordNotFound(record=request.POST.get("record", "")[:20])
            table.add(record)
        elif "remove" in request.POST:
            index = chosen_number(request.POST["remove"], lowest=0)
            if index is not None and index < len(table.lines):
                del table.lines[index]
        elif action == "lines":
            table.change(request.POST)
        table.save()
        if action == "post":
            return _post(request, table)
    except DomainError as refused:
        table.refused = refused
    if action == "header" and request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return table.show()


def _post(request: Request, table: _Table) -> HttpResponse:
    act = fund.receive(
        actor=request.actor,
        library=table.library,
        receipt=table.receipt(),
        at=clock.now(),
        command_id=table.draft.command_id if table.draft else new_id(),
    )
    fund.discard_draft(actor=request.actor, library=table.library, kind=ActKind.RECEIPT)
    if all(line.is_counted for line in table.lines):
        messages.success(request, _("The act is posted; the registration cards have their new lines."))
    else:
        messages.success(request, _("The act is posted; the books have their inventory numbers."))
    return redirect("fund:act", pk=act.pk)
