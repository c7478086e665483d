"""Holding the library's balances against the accountant's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors
from kitaphana.fund.models import Reconciliation
from kitaphana.fund.queries.accounting import accounts
from kitaphana.fund.services import posting
from kitaphana.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class Theirs:
    """The accountant's balance of a line; None: not told."""

    copies: int | None = None
    amount: Decimal | None = None


@transaction.atomic
def reconcile(
    *,
    actor: Actor,
    library: Organization,
    first: date,
    on: date,
    theirs: Mapping[str, Theirs],
    accountant: str,
    at: datetime,
    command_id: UUID | None,
    note: str = "",
) -> Reconciliation:
    """Keep a comparison of the balances at the end of ``on``; ``theirs`` by the keys of the lines.

    Our figures are those of the ledger at this moment. Repeating a command_id returns the first one.

    :raises NotALibrary, LibraryClosed: it keeps no fund.
    :raises DateInFuture: the day has not come.
    :raises NothingToCompare: not one figure of the accountant is given.
    :raises CommandIdReused: the id belongs to something else.
    """
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (done := audit.repeated(command_id)) is not None:
        made: Reconciliation | None = Reconciliation.objects.filter(pk=done.object_id or 0, library=library).first()
        if made is None or done.object_kind != Reconciliation._meta.label_lower:
            raise errors.CommandIdReused()
        return made
    posting.check_library(library)
    posting.check_date(on, at)
    given = {key: one for key, one in theirs.items() if one.copies is not None or one.amount is not None}
    if not given:
        raise errors.NothingToCompare()
    book = accounts(library, first, on)
    lines: list[dict[str, object]] = []
    for line in book.lines:
        other = given.pop(line.key, Theirs())
        lines.append(
            {
                "fund": line.fund,
                "source": line.source,
                "is_on_balance": line.is_on_balance,
                "copies": line.closing.copies,
                "amount": str(line.closing.amount),
                "their_copies": other.copies,
                "their_amount": None if other.amount is None else str(other.amount),
            }
        )
    reconciliation = Reconciliation.objects.create(
        library=library,
        on=on,
        lines=lines,
        accountant=" ".join(accountant.split())[:200],
        note=note.strip()[:500],
        made_at=at,
        actor_id=actor.user_id,
    )
    audit.record(
        actor,
        "fund.reconcile",
        reconciliation,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"on": on.isoformat(), "lines": len(lines)},
    )
    return reconciliation
