"""REST of organizations: the nodes within the caller's reach."""

from __future__ import annotations

from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema

from kitaphana.core.access import Permission, Reach
from kitaphana.core.errors import NotAllowed
from kitaphana.core.web.page import Request
from kitaphana.core.web.paging import paginate
from kitaphana.organizations import queries
from kitaphana.organizations.models import Organization

router = Router(tags=["organizations"])


class OrganizationOut(Schema):
    """A node of the network."""

    code: str
    kind: str
    name_kk: str
    name_ru: str
    name_en: str
    bin: str
    kato: str
    address: str
    is_library: bool
    is_closed: bool
    parent: str | None
    """Code of the node above, or null at the top."""


class OrganizationsOut(Schema):
    """A page of nodes; ``next`` goes back as ``cursor``."""

    results: list[OrganizationOut]
    next: str | None


def _reach(request: HttpRequest) -> Reach:
    actor = cast("Request", request).actor
    if not actor.may_somewhere(Permission.ORGANIZATIONS_VIEW):
        raise NotAllowed()
    return actor.reach(Permission.ORGANIZATIONS_VIEW)


def _answer(nodes: list[Organization]) -> list[OrganizationOut]:
    parents = {node.path[: -queries.STEP] for node in nodes}
    codes = dict(Organization.objects.filter(path__in=parents).values_list("path", "code"))
    return [
        OrganizationOut(
            code=node.code, kind=node.kind, name_kk=node.name_kk, name_ru=node.name_ru, name_en=node.name_en,
            bin=node.bin, kato=node.kato, address=node.address, is_library=node.is_library, is_closed=node.is_closed,
            parent=codes.get(node.path[: -queries.STEP]),
        )
        for node in nodes
    ]  # fmt: skip


@router.get("/", response=OrganizationsOut, operation_id="organizations_list", summary="Nodes within reach")
def organizations(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200, description="Part of a name, a code or a BIN.")] = "",
    library: Annotated[bool | None, Query(description="Only libraries (true) or only other nodes (false).")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OrganizationsOut:
    """The nodes the caller may see, in the order of the tree."""
    found = queries.search(_reach(request), q)
    if library is not None:
        found = found.filter(is_library=library)
    rows, following = paginate(found, cursor, limit, key="path")
    return OrganizationsOut(results=_answer(rows), next=following)


@router.get("/{code}", response=OrganizationOut, operation_id="organizations_get", summary="One node")
def organization(request: HttpRequest, code: str) -> OrganizationOut:
    """A node by its code."""
    return _answer([queries.organization_by_code(code, _reach(request))])[0]
