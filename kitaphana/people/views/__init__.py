"""Pages of people."""

from __future__ import annotations

from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request
from kitaphana.organizations.models import Organization
from kitaphana.people.errors import NoWorkplace


def library_of(request: Request, permission: Permission) -> Organization:
    """The library the person works in, where they have the permission.

    :raises NoWorkplace: they work in none.
    :raises NotAllowed: not there.
    """
    if not request.library:
        raise NoWorkplace()
    library: Organization = request.library
    request.actor.require(permission, library.path)
    return library
