"""The director's decisions: acts approved or refused, periods closed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors
from kitaphana.fund.enums import APPROVED_KINDS
from kitaphana.fund.models import Act, Approval, ClosedPeriod, LedgerEntry
from kitaphana.fund.services import posting
from kitaphana.fund.services.reversals import reverse
from kitaphana.organizations.models import Organization


@transaction.atomic
def decide(
    *,
    actor: Actor,
    act: Act,
    is_approved: bool,
    name: str,
    on: date,
    at: datetime,
    note: str = "",
    command_id: UUID | None,
) -> Approval:
    """Approve an act, or refuse it: a refused one is reversed at once, and the books say so. Repeating a command_id
    returns the first decision.

    :raises NoApprovalNeeded: acts of receipt, reversal and changed accounting need none.
    :raises AlreadyDecided: somebody decided before. :raises ActReversed: the act was taken back.
    :raises DomainError: a refused act can't be reversed any more (see ``reverse``).
    """
    library = act.library
    actor.require(Permission.FUND_APPROVE, library.path)
    done = audit.repeated(command_id)
    if done is not None:
        return Approval.objects.get(pk=done.object_id)
    if act.kind not in APPROVED_KINDS:
        raise errors.NoApprovalNeeded()
    if Act.objects.filter(reverses=act).exists():
        raise errors.ActReversed(number=act.number)
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                act=act,
                is_approved=is_approved,
                at=at,
                on=on,
                actor_id=actor.user_id,
                name=" ".join(name.split())[:200],
                note=" ".join(note.split())[:500],
            )
    except IntegrityError as error:
        raise errors.AlreadyDecided() from error
    if not is_approved:
        reverse(
            actor=actor.also(library.path, Permission.FUND_WRITE_OFF),
            act=act,
            on=on,
            at=at,
            note=note,
            command_id=command_id and uuid5(command_id, "reverse"),
        )
    audit.record(
        actor,
        "fund.approve" if is_approved else "fund.refuse",
        approval,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"act": act.pk, "number": act.number, "name": approval.name, "note": approval.note},
    )
    return approval


@transaction.atomic
def close_period(
    *, actor: Actor, library: Organization, until: date, at: datetime, command_id: UUID | None
) -> ClosedPeriod:
    """Close the books up to a day. No act can be dated in the closed period afterwards, and it is never opened again:
    a mistake in it is mended by a reversing act of a later day. Repeating a command_id returns the first closing.

    :raises NotALibrary: the node owns no fund.
    :raises PeriodNotOver: the day has not passed yet.
    :raises PeriodClosed: the books are closed up to that day or a later one.
    """
    actor.require(Permission.FUND_APPROVE, library.path)
    done = audit.repeated(command_id)
    if done is not None:
        return ClosedPeriod.objects.get(pk=done.object_id)
    posting.check_library(library)
    if until >= clock.day_of(at):
        raise errors.PeriodNotOver(until=until.strftime("%d.%m.%Y"))
    posting.lock_books(library)
    before = posting.closed_until(library)
    if before is not None and until <= before:
        raise errors.PeriodClosed(on=until.strftime("%d.%m.%Y"), until=before.strftime("%d.%m.%Y"))
    period = ClosedPeriod.objects.create(
        library=library, until=until, closed_at=at, actor_id=actor.user_id, digest=seal(library, until)
    )
    audit.record(
        actor,
        "fund.close_period",
        period,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"until": until.isoformat(), "digest": period.digest},
    )
    return period


def seal(library: Organization, until: date) -> str:
    """SHA-256 over every ledger entry of a library up to a day: what ``kitaphana check`` computes again."""
    digest = hashlib.sha256()
    rows = (
        LedgerEntry.objects.filter(library=library, on__lte=until)
        .order_by("pk")
        .values_list(
            "pk",
            "act_id",
            "on",
            "record_id",
            "fund",
            "kind",
            "language_group",
            "content_group",
            "is_on_balance",
            "quantity",
            "price",
            "amount",
        )
    )
    for row in rows.iterator(2000):
        digest.update("|".join(str(cell) for cell in row).encode())
        digest.update(b"\n")
    return digest.hexdigest()
