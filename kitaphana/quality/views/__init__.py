"""Pages of the quality of the catalogue."""

from __future__ import annotations

from uuid import UUID

from kitaphana.core.access import Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request
from kitaphana.organizations.models import Organization


def centre(request: Request) -> Organization:
    """The place for which somebody keeps shared records: where they work, else the node of their role.

    :raises NotAllowed: they keep none.
    """
    actor = request.actor
    if request.library and actor.may(Permission.CATALOG_SHARED, request.library.path):
        library: Organization = request.library
        return library
    prefixes = actor.reach(Permission.CATALOG_SHARED).prefixes
    node: Organization | None = (
        Organization.objects.filter(path__startswith=prefixes[0]).order_by("path").first() if prefixes else None
    )
    if node is None:
        raise NotAllowed()
    return node


def command_id(request: Request) -> UUID:
    """The command's id as the form carries it, else a new one."""
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return new_id()
