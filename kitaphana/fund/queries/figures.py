"""The few figures that stand above the fund's pages and on the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, IntegerField, Q, Sum, When
from django.db.models.functions import Coalesce

from kitaphana.core.access import Reach
from kitaphana.core.money import ZERO, tenge
from kitaphana.fund.enums import ActKind, CopyState
from kitaphana.fund.models import Copy, LedgerEntry, Stock, StockLot
from kitaphana.fund.queries.summary_book import IS_OPENING
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class FundFigures:
    """What a fund holds now and what moved in a period. Sums in tenge."""

    copies: int
    titles: int
    amount: Decimal
    received: int
    received_amount: Decimal
    withdrawn: int
    withdrawn_amount: Decimal


def fund_figures(
    reach: Reach, *, first: date, last: date, library: Organization | None = None, fund: str = ""
) -> FundFigures:
    """Figures of a reach (or of one library in it): copies in the fund now, movement from ``first`` to
    ``last``.

    Reversing acts count against the movement they correct; a title kept in both ways counts twice. Three statements,
    however large the fund.
    """
    copies = Copy.objects.within(reach).filter(state=CopyState.IN_FUND)
    stocks = Stock.objects.within(reach).filter(quantity__gt=0)
    lots = StockLot.objects.filter(quantity__gt=0)
    entries = (
        LedgerEntry.objects.within(reach)
        .filter(on__gte=first, on__lte=last)
        .exclude(act__kind=ActKind.CONVERSION)
        .exclude(act__reverses__kind=ActKind.CONVERSION)
        .exclude(IS_OPENING)
    )
    if library is not None:
        copies, entries = copies.filter(library=library), entries.filter(library=library)
        stocks = stocks.filter(library=library)
    if fund:
        copies, entries = copies.filter(fund=fund), entries.filter(fund=fund)
        stocks = stocks.filter(fund=fund)
    held = copies.aggregate(
        copies=Count("pk"), titles=Count("record", distinct=True), amount=Coalesce(Sum("price"), ZERO)
    )
    counted = lots.filter(stock__in=stocks).aggregate(
        copies=Coalesce(Sum("quantity"), 0),
        titles=Count("stock", distinct=True),
        amount=Coalesce(Sum(F("price") * F("quantity")), ZERO, output_field=DecimalField()),
    )
    held = {name: held[name] + counted[name] for name in held}
    is_reversal = Q(act__kind=ActKind.REVERSAL)
    receipts = Q(quantity__gt=0) & ~is_reversal | Q(quantity__lt=0) & is_reversal
    moved = entries.annotate(part=Case(When(receipts, then=1), default=2, output_field=IntegerField())).aggregate(
        received=Coalesce(Sum("quantity", filter=Q(part=1)), 0),
        received_amount=Coalesce(Sum("amount", filter=Q(part=1)), ZERO),
        withdrawn=Coalesce(Sum(-F("quantity"), filter=Q(part=2)), 0),
        withdrawn_amount=Coalesce(Sum(-F("amount"), filter=Q(part=2)), ZERO),
    )
    values = {**held, **moved}
    for name in ("amount", "received_amount", "withdrawn_amount"):
        values[name] = tenge(values[name])  # SQLite adds decimals up in floating point
    return FundFigures(**values)
