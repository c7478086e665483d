"""What every page of the desk needs: the library one works in, the id of the form's command."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from kitaphana.circulation import queries
from kitaphana.circulation.errors import NoLibrary
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request
from kitaphana.organizations.models import Organization, within
from kitaphana.people.models import Membership


def library_of(request: Request) -> Organization:
    """The library the person works in now.

    :raises NoLibrary: there is none within their reach.
    """
    if not request.library:
        raise NoLibrary
    library: Organization = request.library
    return library


def membership_of(request: Request, pk: int) -> Membership:
    """A reader within the librarian's reach.

    :raises NotFound: there is none, or out of reach.
    """
    reach = within(request.actor.reach(Permission.CIRCULATION_LEND), "library__path")
    found = queries.memberships().select_related("library").filter(reach, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def back(request: Request, otherwise: str) -> HttpResponse:
    """Return to the page the form names in ``next``, if it is ours."""
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect(otherwise)


def is_fragment(request: Request) -> bool:
    """Whether a script asks for a part of the page; a plain form gets a whole one."""
    return bool(request.htmx) or request.headers.get("X-Requested-With") == "fetch"
