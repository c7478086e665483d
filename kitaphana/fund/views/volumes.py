"""The draft list of volumes that leave a fund: copies that were scanned and counted volumes of registration cards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from kitaphana.core import clock
from kitaphana.core.errors import DomainError
from kitaphana.core.money import ZERO
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request
from kitaphana.fund import errors, forms, hooks, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState
from kitaphana.fund.models import Copy, Stock, StockLot
from kitaphana.fund.queries.editions import isbn_in
from kitaphana.fund.views.library import chosen_number
from kitaphana.organizations.models import Organization

MOST_COUNTED = 500
MOST_FOUND = 8


@dataclass(slots=True)
class CountedRow:
    """Volumes of a registration card on the list. ``price`` None: from the oldest lots."""

    stock: Stock
    quantity: int
    price: Decimal | None = None
    amount: Decimal = ZERO
    prices: tuple[tuple[Decimal, int], ...] = ()
    """What there is: a price and how many volumes have it, oldest first."""
    left: int = 0
    """Volumes that could be taken, by the shelf and the chosen price."""

    @property
    def is_too_many(self) -> bool:
        """Whether fewer stand on the shelf, or have the price."""
        return self.quantity > self.left


class VolumeList:
    """A draft list of a person in a library. The page about it says what becomes of the volumes."""

    def __init__(
        self,
        request: Request,
        library: Organization,
        *,
        kind: ActKind,
        page: str,
        header: dict[str, str],
        names: tuple[str, ...],
    ) -> None:
        self.request, self.library, self.kind, self.names = request, library, kind, names
        # Somebody who oversees many libraries stays in the one they chose.
        self.address = f"{reverse(page)}?library={library.code}"
        self.draft = fund.draft_of(actor=request.actor, library=library, kind=kind)
        content = self.draft.content if self.draft else {}
        self.header: dict[str, str] = {**header, **content.get("header", {})}
        ids: list[int] = content.get("copies", [])
        known = Copy.objects.filter(library=library).select_related("record").in_bulk(ids)
        self.copies = [known[pk] for pk in ids if pk in known]
        rows: list[dict[str, Any]] = content.get("counted", [])
        stocks = self._stocks([row["stock"] for row in rows])
        self.counted = [
            CountedRow(
                stock=stocks[row["stock"]],
                quantity=row["quantity"],
                price=Decimal(row["price"]) if row.get("price") else None,
            )
            for row in rows
            if row["stock"] in stocks
        ]
        self.done: list[str] = content.get("done", [])
        self.refused: DomainError | None = None
        self.text = ""
        self.found_copies: list[Copy] = []
        self.found_stocks: list[Stock] = []

    def _stocks(self, ids: list[int]) -> dict[int, Stock]:
        if not ids:
            return {}
        return Stock.objects.filter(library=self.library).select_related("record").in_bulk(ids)

    @property
    def volumes(self) -> int:
        """Volumes on the list."""
        return len(self.copies) + sum(row.quantity for row in self.counted)

    @property
    def fund_name(self) -> str:
        """The fund of what is on the list; empty while nothing is."""
        if self.copies:
            return str(self.copies[0].fund)
        return str(self.counted[0].stock.fund) if self.counted else ""

    def is_new(self, command_id: str) -> bool:
        """Whether a scan was not done yet: one whose answer got lost is sent again with the same id."""
        if command_id and command_id in self.done:
            return False
        self.done = [*self.done, command_id][-30:]
        return True

    def save(self) -> None:
        """Keep the header and the list."""
        self.draft = fund.save_draft(
            actor=self.request.actor,
            library=self.library,
            kind=self.kind,
            content={
                "header": self.header,
                "copies": [copy.pk for copy in self.copies],
                "counted": [
                    {
                        "stock": row.stock.pk,
                        "quantity": row.quantity,
                        "price": "" if row.price is None else str(row.price),
                    }
                    for row in self.counted
                ],
                "done": self.done,
            },
            at=clock.now(),
        )

    def discard(self) -> None:
        """Throw the draft away."""
        fund.discard_draft(actor=self.request.actor, library=self.library, kind=self.kind)

    def _check_fund(self, name: str) -> None:
        if self.fund_name and self.fund_name != name:
            raise errors.MixedFunds()

    def add_copy(self, copy: Copy) -> None:
        """Put a copy on the list; one that is there stays once.

        :raises CopyNotInFund: it was withdrawn before.
        :raises CopyInUse: it is lent.
        :raises MixedFunds: the list holds volumes of the other fund.
        """
        if copy.state != CopyState.IN_FUND:
            raise errors.CopyNotInFund(barcode=copy.barcode)
        if reason := hooks.reasons_in_use([copy.pk]).get(copy.pk):
            raise errors.CopyInUse(barcode=copy.barcode, reason=reason)
        self._check_fund(copy.fund)
        if all(copy.pk != other.pk for other in self.copies):
            self.copies.append(copy)

    def add_stock(self, stock: Stock) -> None:
        """One more volume of a card; its line becomes the last.

        :raises StockNotEnough: no more stand on the shelf.
        :raises MixedFunds: the list holds volumes of the other fund.
        """
        self._check_fund(stock.fund)
        listed = sum(row.quantity for row in self.counted if row.stock.pk == stock.pk)
        if listed >= stock.on_shelf:
            raise errors.StockNotEnough(title=stock.record.title, count=stock.on_shelf)
        for row in self.counted:
            if row.stock.pk == stock.pk and row.price is None:
                row.quantity += 1
                self.counted.remove(row)
                self.counted.append(row)
                return
        if len(self.counted) >= MOST_COUNTED:
            raise errors.TooMany(count=len(self.counted) + 1, limit=MOST_COUNTED)
        self.counted.append(CountedRow(stock=stock, quantity=1))

    def scan(self, text: str) -> None:
        """A barcode, an inventory number, a card number, an ISBN, a title, or «5*» for the last counted line.

        :raises CopyNotFound: nothing in the library answers to it.
        """
        text = text.strip()[:100]
        if not text:
            return
        if self.counted and (times := forms.times_in(text)) is not None:
            quantity, price = times
            self.counted[-1].quantity = quantity or self.counted[-1].quantity
            self.counted[-1].price = price or self.counted[-1].price
            return
        # The label of a copy is beyond doubt; a bare number may be that of a copy or of a card.
        copy = queries.copy_by_barcode(self.library, text) or queries.copy_by_code(self.library, text)
        if copy is not None and copy.barcode == decode_scan(text):
            self.add_copy(copy)
            return
        stocks = list(queries.stocks(self.library, text=text)[:MOST_FOUND])
        if copy is not None and not stocks:
            self.add_copy(copy)
        elif copy is None and len(stocks) == 1:
            self.add_stock(stocks[0])
        elif copy is None and not stocks:
            raise errors.StockNotFound() if isbn_in(text) else errors.CopyNotFound(barcode=text[:30])
        else:
            self.text, self.found_stocks = text, stocks
            self.found_copies = [copy] if copy is not None else []

    def choose(self, posted: Any) -> None:
        """Put what was picked from several answers on the list.

        :raises StockNotFound, CopyNotFound: it is not the library's.
        """
        if "stock" in posted:
            number = chosen_number(posted["stock"]) or 0
            stock = self._stocks([number]).get(number)
            if stock is None:
                raise errors.StockNotFound()
            self.add_stock(stock)
            return
        for copy in (
            Copy.objects.filter(
                library=self.library,
                pk__in=[pk for text in posted.getlist("copy")[:500] if (pk := chosen_number(text))],
            )
            .select_related("record")
            .order_by("inventory_number")
        ):
            self.add_copy(copy)

    def change(self, posted: Any) -> None:
        """Quantities and prices as they stand in the table, and what was taken off the list."""
        for index, row in enumerate(self.counted):
            row.quantity = chosen_number(posted.get(f"quantity-{index}"), highest=20_000) or row.quantity
            if f"price-{index}" in posted:
                row.price = forms.price_in(posted[f"price-{index}"])
        if "remove" in posted:
            removed = chosen_number(posted["remove"])
            self.copies = [copy for copy in self.copies if copy.pk != removed]
        if "remove_counted" in posted:
            taken = chosen_number(posted["remove_counted"], lowest=0)
            self.counted = [row for place, row in enumerate(self.counted) if place != taken]

    def act(self, posted: Any) -> None:
        """Do what a form of the page asks for; the draft is kept whatever follows."""
        action = posted.get("action", "")
        self.header.update(forms.header_in(posted, self.names))
        if "code" in posted:
            if self.is_new(posted.get("command_id", "")):
                self.scan(posted["code"])
        elif action == "pick":
            self.choose(posted)
        elif action == "lines" or "remove" in posted:
            self.change(posted)
        self.save()

    def lines(self) -> list[fund.CountedLine]:
        """The counted volumes as commands take them."""
        return [fund.CountedLine(row.stock, row.quantity, row.price) for row in self.counted]

    def _price(self) -> None:
        """What the counted rows cost and what they may be, by the lots: one statement."""
        lots: dict[int, list[StockLot]] = {}
        if self.counted:
            ids = {row.stock.pk for row in self.counted}
            for lot in StockLot.objects.filter(stock_id__in=ids, quantity__gt=0).order_by("pk"):
                lots.setdefault(lot.stock_id, []).append(lot)
        taken: dict[int, int] = {}
        shelf: dict[int, int] = {}
        for row in self.counted:
            prices: dict[Decimal, int] = {}
            missing, amount, free = row.quantity, ZERO, 0
            for lot in lots.get(row.stock.pk, []):
                prices[lot.price] = prices.get(lot.price, 0) + lot.quantity
                if row.price is not None and lot.price != row.price:
                    continue
                here = lot.quantity - taken.get(lot.pk, 0)
                free += here
                part = min(missing, here)
                taken[lot.pk] = taken.get(lot.pk, 0) + part
                missing -= part
                amount += lot.price * part
            row.prices = tuple(prices.items())
            row.left = min(free, row.stock.on_shelf - shelf.get(row.stock.pk, 0))
            row.amount = amount
            shelf[row.stock.pk] = shelf.get(row.stock.pk, 0) + row.quantity

    def context(self) -> dict[str, Any]:
        """What the list shows."""
        self._price()
        return {
            "node": self.library,
            "header": self.header,
            "copies": self.copies,
            "counted": list(enumerate(self.counted)),
            "volumes": self.volumes,
            "amount": sum((copy.price for copy in self.copies), ZERO) + sum((row.amount for row in self.counted), ZERO),
            "refused": self.refused,
            "text": self.text,
            "found_copies": self.found_copies,
            "found_stocks": self.found_stocks,
            "today": clock.today(),
        }
