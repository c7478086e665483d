"""From proposals to a draft of a write-off: people decide, the act is posted on the fund's own page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState, WithdrawalReason
from kitaphana.fund.models import Copy, Draft
from kitaphana.fund.services.posting import MOST_VOLUMES
from kitaphana.organizations.models import Organization
from kitaphana.weeding import errors, queries


@transaction.atomic
def add_to_draft(
    *, actor: Actor, library: Organization, fund_type: str, reason: str, copy_ids: Sequence[int], at: datetime
) -> Draft:
    """Put chosen copies into the person's draft of a write-off, with the reason that the law knows. A copy that is
    there stays once, so doing it twice changes nothing.

    :raises NothingChosen: no copy of this fund of the library is chosen.
    :raises BadSource: the reason can't be proposed.
    :raises TooMany: more than an act may hold.
    :raises OtherDraft: the draft holds books for another reason or of the other fund.
    """
    actor.require(Permission.FUND_WRITE_OFF, library.path)
    if reason not in queries.REASONS:
        raise fund_errors.BadSource(value=reason)
    chosen = sorted(set(copy_ids))
    if len(chosen) > MOST_VOLUMES:
        raise fund_errors.TooMany(count=len(chosen), limit=MOST_VOLUMES)
    mine = Copy.objects.filter(pk__in=chosen, library=library, fund=fund_type, state=CopyState.IN_FUND)
    ids = list(mine.order_by("inventory_number").values_list("pk", flat=True))
    if not ids:
        raise errors.NothingChosen
    draft = fund.draft_of(actor=actor, library=library, kind=ActKind.WRITE_OFF)
    content = draft.content if draft is not None else {}
    header, listed = dict(content.get("header", {})), list(content.get("copies", []))
    if listed:
        before = header.get("reason", WithdrawalReason.WORN.value)
        others = Copy.objects.filter(pk__in=listed, library=library).exclude(fund=fund_type).exists()
        if before != reason or others:
            known = before in WithdrawalReason.values
            raise errors.OtherDraft(reason=WithdrawalReason(before).label if known else before)
    header["reason"] = str(reason)
    there = set(listed)
    return fund.save_draft(
        actor=actor,
        library=library,
        kind=ActKind.WRITE_OFF,
        content={**content, "header": header, "copies": [*listed, *(pk for pk in ids if pk not in there)]},
        at=at,
    )
