"""Transfers between libraries: what is on its way to a library and from it, and what became of the others."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Abs, Coalesce

from kitaphana.core.access import Reach
from kitaphana.core.money import ZERO
from kitaphana.fund import errors
from kitaphana.fund.enums import TransferState
from kitaphana.fund.models import LedgerEntry, Transfer
from kitaphana.organizations.models import Organization, within


def transfers(library: Organization) -> QuerySet[Transfer]:
    """Transfers from a library and to it, with ``copies``, ``titles`` and ``amount``."""
    entries = LedgerEntry.objects.filter(act=OuterRef("act_out")).order_by().values("act")
    found: QuerySet[Transfer] = (
        Transfer.objects.filter(Q(library=library) | Q(to_library=library))
        .select_related("library", "to_library", "act_out", "act_in")
        .annotate(
            copies=Coalesce(Subquery(entries.annotate(n=Abs(Sum("quantity"))).values("n")), 0),
            titles=Coalesce(Subquery(entries.annotate(n=Count("record", distinct=True)).values("n")), 0),
            amount=Coalesce(Subquery(entries.annotate(n=Abs(Sum("amount"))).values("n")), ZERO),
        )
    )
    return found


def on_the_way(library: Organization) -> QuerySet[Transfer]:
    """What is in transit, what comes to the library first."""
    incoming = Case(When(to_library=library, then=Value(0)), default=Value(1), output_field=IntegerField())
    return transfers(library).filter(state=TransferState.IN_TRANSIT).order_by(incoming, "-pk")


def transfer_in_reach(reach: Reach, pk: int) -> Transfer:
    """A transfer that the person may see: both sides may.

    :raises TransferNotFound: there is none, or neither side lies in the reach.
    """
    sides = within(reach, "library__path") | within(reach, "to_library__path")
    if not reach.prefixes:
        raise errors.TransferNotFound()
    found: Transfer | None = (
        Transfer.objects.filter(sides if "" not in reach.prefixes else Q())
        .select_related(
            "library", "to_library", "act_in", "act_out__library", "act_out__rule_pack", "act_out__reverses"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise errors.TransferNotFound()
    return found
