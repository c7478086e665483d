"""What every page of textbooks needs."""

from __future__ import annotations

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, number
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within
from kitaphana.people.models import SchoolClass
from kitaphana.textbooks.errors import ClassNotFound


def class_of(request: Request, pk: int, permission: Permission = Permission.CIRCULATION_LEND) -> SchoolClass:
    """A class within the person's reach.

    :raises ClassNotFound: there is none, or out of reach.
    """
    reach = within(request.actor.reach(permission), "library__path")
    found: SchoolClass | None = SchoolClass.objects.select_related("library", "teacher").filter(reach, pk=pk).first()
    if found is None:
        raise ClassNotFound
    return found


def chosen_language(request: Request) -> str:
    """The language of a paper: Kazakh unless Russian is asked for."""
    return "ru" if request.GET.get("language") == "ru" else "kk"


def chosen_year(request: Request) -> int:
    """The school year asked for, else the one that is being prepared: from February on the next one."""
    today = clock.today()
    now = clock.school_year(today)
    return number(request.GET.get("year") or request.POST.get("year")) or (now + 1 if 2 <= today.month < 9 else now)


def chosen_node(request: Request) -> Organization:
    """The node in the address, else the highest one within the person's reach."""
    reach = request.actor.reach(Permission.TEXTBOOKS_VIEW)
    if code := (request.GET.get("node") or request.POST.get("node") or request.GET.get("library")):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]
