"""What every page of textbooks needs."""

from __future__ import annotations

from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request
from kitaphana.organizations.models import within
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
