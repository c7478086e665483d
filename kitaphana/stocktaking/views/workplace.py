"""What every page of stocktaking needs."""

from __future__ import annotations

from uuid import UUID

from kitaphana.core.access import Permission
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request
from kitaphana.stocktaking import queries
from kitaphana.stocktaking.models import Stocktaking


def found(request: Request, pk: int, permission: Permission = Permission.FUND_VIEW) -> Stocktaking:
    """The stocktaking of an address, for somebody who has the permission there.

    :raises StocktakingNotFound: there is none within reach.
    """
    return queries.stocktaking_in_reach(request.actor.reach(permission), pk)


def may_take(request: Request, stocktaking: Stocktaking) -> bool:
    """Whether the person may scan, count and close here."""
    return request.actor.may(Permission.FUND_STOCKTAKE, stocktaking.library.path)


def command_id_of(request: Request) -> UUID:
    """The id of the command that the form carries; a new one where it is missing or spoilt."""
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return new_id()


def is_fragment(request: Request) -> bool:
    """Whether a script asks for a part of the page."""
    return bool(request.htmx) and not request.htmx.boosted
