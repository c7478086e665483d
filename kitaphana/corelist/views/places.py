"""What every page of the core lists needs: the thing asked for, if the person may see it; numbers of forms."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages

from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request
from kitaphana.corelist import queries
from kitaphana.corelist.enums import State
from kitaphana.corelist.models import CoreList, Proposal, Version


def list_of(request: Request, pk: int) -> CoreList:
    """A list that the person may see: everybody one with a published version, those entitled every one.

    :raises NotFound: there is none, or not for them.
    """
    found = CoreList.objects.select_related("organization", "group").filter(pk=pk).first()
    if found is None or not (queries.may_propose(request.actor, found) or queries.published(found)):
        raise NotFound
    return found


def working_list(request: Request, pk: int) -> CoreList:
    """A list whose work the person may see.

    :raises NotFound: there is none, or not for them.
    """
    found = list_of(request, pk)
    if not queries.may_propose(request.actor, found):
        raise NotFound
    return found


def version_of(request: Request, pk: int) -> Version:
    """A version that the person may see: a published one everybody.

    :raises NotFound: there is none, or not for them.
    """
    found = Version.objects.select_related("core_list__organization", "core_list__group").filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.state != State.PUBLISHED and not queries.may_propose(request.actor, found.core_list):
        raise NotFound
    return found


def working_version(request: Request, pk: int) -> Version:
    """A version whose work the person may see.

    :raises NotFound: there is none, or not for them.
    """
    found = version_of(request, pk)
    if not queries.may_propose(request.actor, found.core_list):
        raise NotFound
    return found


def proposal_of(request: Request, pk: int) -> Proposal:
    """A proposal that the person may see.

    :raises NotFound: there is none, or not for them.
    """
    found = (
        Proposal.objects.select_related(
            "core_list__organization", "version", "record", "proposer__person", "merged_into"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None or not queries.may_propose(request.actor, found.core_list):
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


def clean(text: str | None, most: int = 200) -> str:
    """Words out of an address or a form, without what no database stores."""
    return " ".join((text or "").replace("\x00", "").split())[:most]


def attempt(request: Request, act: Callable[[], object], done: str = "") -> bool:
    """Do it and say so; a refusal becomes a message on the page that the person returns to."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
        return False
    if done:
        messages.success(request, done)
    return True
