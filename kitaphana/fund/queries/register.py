"""The register of acts of a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from kitaphana.core.money import ZERO
from kitaphana.fund.enums import APPROVED_KINDS, ActKind
from kitaphana.fund.models import Act, Approval, LedgerEntry
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """An act in the register. What came in and what went out stand apart: an act may do both. Totals of the lines are
    those of the summary book."""

    act: Act
    received: int
    withdrawn: int
    received_amount: Decimal
    withdrawn_amount: Decimal
    converted: int
    """Volumes whose way of accounting was changed: they neither came nor went."""
    approval: Approval | None
    reverses: Act | None
    reversed_by: Act | None

    @property
    def waits(self) -> bool:
        """Whether the act waits for the director."""
        return self.act.kind in APPROVED_KINDS and self.approval is None and self.reversed_by is None


def register(library: Organization, year: int) -> Iterator[RegisterLine]:
    """The acts of a calendar year by date: two statements."""
    figures = {
        row["act"]: row
        for row in LedgerEntry.objects.filter(act__library=library, act__year=year)
        .order_by()
        .values("act")
        .annotate(
            received=Coalesce(Sum("quantity", filter=Q(quantity__gt=0)), 0),
            withdrawn=Coalesce(Sum(-F("quantity"), filter=Q(quantity__lt=0)), 0),
            received_amount=Coalesce(Sum("amount", filter=Q(quantity__gt=0)), ZERO),
            withdrawn_amount=Coalesce(Sum(-F("amount"), filter=Q(quantity__lt=0)), ZERO),
        )
    }
    acts = Act.objects.filter(library=library, year=year).select_related("approval", "reverses", "reversed_by")
    for act in acts.order_by("on", "pk"):
        row = figures[act.pk]
        came, went = (row["received"], row["received_amount"]), (row["withdrawn"], row["withdrawn_amount"])
        if act.kind == ActKind.REVERSAL:
            # A storno, as in the summary book: it takes from the side that it corrects.
            came, went = (-went[0], -went[1]), (-came[0], -came[1])
        converted = came[0] if act.kind == ActKind.CONVERSION else 0
        if converted:
            came = went = (0, ZERO)
        yield RegisterLine(
            act=act,
            received=came[0],
            withdrawn=went[0],
            received_amount=came[1],
            withdrawn_amount=went[1],
            converted=converted,
            approval=getattr(act, "approval", None),
            reverses=act.reverses,
            reversed_by=getattr(act, "reversed_by", None),
        )
