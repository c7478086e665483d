"""From proposals to a draft of a write-off: people decide, the act is posted on the fund's own page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState, WithdrawalReason
from kitaphana.fund.models import Copy, Draft, Stock
from kitaphana.fund.services.posting import MOST_VOLUMES
from kitaphana.organizations.models import Organization
from kitaphana.weeding import errors, queries


@transaction.atomic
def add_to_draft(
    *,
    actor: Actor,
    library: Organization,
    fund_type: str,
    reason: str,
    copy_ids: Sequence[int],
    stock_ids: Sequence[int] = (),
    at: datetime,
) -> Draft:
    """Put chosen copies, and what stands on the shelf of chosen titles kept by count, into the person's draft of a
    write-off, with the reason that the law knows. What is there stays once, so doing it twice changes nothing.

    :raises NothingChosen: nothing of this fund of the library is chosen.
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
    stocks = list(Stock.objects.filter(pk__in=set(stock_ids), library=library, fund=fund_type).order_by("pk"))
    stocks = [stock for stock in stocks if stock.on_shelf]
    if not ids and not stocks:
        raise errors.NothingChosen
    draft = fund.draft_of(actor=actor, library=library, kind=ActKind.WRITE_OFF)
    content = draft.content if draft is not None else {}
    header, listed = dict(content.get("header", {})), list(content.get("copies", []))
    counted = list(content.get("counted", []))
    if listed or counted:
        before = header.get("reason", WithdrawalReason.WORN.value)
        others = Copy.objects.filter(pk__in=listed, library=library).exclude(fund=fund_type).exists()
        others = others or (
            Stock.objects.filter(pk__in=[row["stock"] for row in counted], library=library)
            .exclude(fund=fund_type)
            .exists()
        )
        if before != reason or others:
            known = before in WithdrawalReason.values
            raise errors.OtherDraft(reason=WithdrawalReason(before).label if known else before)
    header["reason"] = str(reason)
    there, rows = set(listed), {row["stock"] for row in counted}
    counted += [
        {"stock": stock.pk, "quantity": stock.on_shelf, "price": ""} for stock in stocks if stock.pk not in rows
    ]
    return fund.save_draft(
        actor=actor,
        library=library,
        kind=ActKind.WRITE_OFF,
        content={
            **content,
            "header": header,
            "copies": [*listed, *(pk for pk in ids if pk not in there)],
            "counted": counted,
        },
        at=at,
    )
