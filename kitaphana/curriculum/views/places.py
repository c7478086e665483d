"""What every page of the curriculum needs: the node one works for, the set within reach, numbers of forms."""

from __future__ import annotations

from uuid import UUID

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request
from kitaphana.curriculum import queries
from kitaphana.curriculum.models import TextbookSet
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization, within


def node_of(request: Request) -> Organization | None:
    """The node whose sets the person makes: the one of ``?node=CODE``, else where their right begins; None: nowhere.

    :raises NotFound: the named node is out of reach.
    """
    reach = request.actor.reach(Permission.CURRICULUM_EDIT)
    code = (request.POST.get("node") or request.GET.get("node", "")).replace("\x00", "")
    if code:
        named: Organization | None = Organization.objects.filter(within(reach), code=code).first()
        if named is None:
            raise NotFound
        return named
    nodes = organizations.top_nodes(reach)
    here = request.library or None
    if here is not None and any(node.pk == here.pk for node in nodes):
        return next(node for node in nodes if node.pk == here.pk)
    return nodes[0] if nodes else None


def editing_node(request: Request) -> Organization:
    """The same where a node is needed.

    :raises NotFound: there is none in reach.
    """
    node = node_of(request)
    if node is None:
        raise NotFound
    return node


def set_of(request: Request, pk: int) -> TextbookSet:
    """A set that the person may see.

    :raises NotFound: there is none, or out of reach.
    """
    found = queries.visible_to(request.actor.reach(Permission.TEXTBOOKS_VIEW)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def command_id_of(request: Request) -> UUID | None:
    """The id of the command that the form carries; None where it is missing or spoilt."""
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return None


def number(text: str | None) -> int | None:
    """A whole number out of a form or an address; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def years(present: int | None = None) -> list[int]:
    """School years one works for: the past, the present and the next one."""
    this = clock.school_year(clock.today()) if present is None else present
    return [this + 1, this, this - 1]


def chosen_year(request: Request) -> int:
    """The school year a form or an address names, else the present one."""
    year = number(request.POST.get("year") or request.GET.get("year"))
    return year if year is not None and 2000 <= year <= 2100 else clock.school_year(clock.today())
