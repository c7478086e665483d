"""Changes of shared records that libraries ask the methodical centre for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kitaphana.catalog import errors
from kitaphana.catalog.enums import ProposalState
from kitaphana.catalog.extraction import from_text, to_text
from kitaphana.catalog.models import Proposal, Record
from kitaphana.catalog.services.records import save_marc
from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.formats.bibliographic import describe
from kitaphana.formats.marc import Field, MarcRecord
from kitaphana.organizations.models import Organization


@transaction.atomic
def propose_change(
    *,
    actor: Actor,
    library: Organization,
    record: Record,
    marc: MarcRecord,
    at: datetime,
    note: str = "",
    command_id: UUID | None = None,
) -> Proposal:
    """Ask for a change of a shared record. A library has one open proposal for a record: a new one takes its place.

    :raises NothingProposed: the record already says so.
    :raises NoTitle: nothing would be left of the title.
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Proposal.objects.get(pk=repeat.object_id)
    record = Record.objects.select_for_update().get(pk=record.pk)
    text = to_text(marc)
    if from_text(text).fields == from_text(record.marc).fields:
        raise errors.NothingProposed()
    if not describe(marc).title:
        raise errors.NoTitle()
    proposal, _ = Proposal.objects.update_or_create(
        record=record, library=library, state=ProposalState.OPEN,
        defaults={
            "base_version": record.version, "base_marc": record.marc, "marc": text, "note": note[:500],
            "actor_id": actor.user_id, "at": at,
        },
    )  # fmt: skip
    audit.record(
        actor, "catalog.change_proposed", proposal, at=at, library_id=library.pk, command_id=command_id,
        after={"title": record.title},
    )  # fmt: skip
    return proposal


def rebased(proposal: Proposal, current: MarcRecord) -> MarcRecord:
    """The record as it is now with the fields that the proposal took out taken out, and those it put in put in.

    What others have changed since the proposal was made stays.
    """
    before, after = from_text(proposal.base_marc).fields, from_text(proposal.marc).fields
    gone = [one for one in before if one not in after]
    come = [one for one in after if one not in before]
    result = MarcRecord(current.leader, [one for one in current.fields if one not in gone])
    for one in come:
        if one not in result.fields:
            if _only_once(one):
                result.remove(one.tag)
            result.add(one)
    return result


def _only_once(one: Field) -> bool:
    return one.is_control or one.tag in {"100", "110", "111", "130", "240", "245", "250", "260", "300"}


@transaction.atomic
def decide_proposal(
    *,
    actor: Actor,
    proposal: Proposal,
    is_accepted: bool,
    at: datetime,
    answer: str = "",
    command_id: UUID | None = None,
) -> Proposal:
    """Accept a proposal, which changes the record, or return it with an answer that the library reads.

    :raises ProposalDecided: somebody was faster.
    """
    actor.require(Permission.CATALOG_SHARED, proposal.library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Proposal.objects.get(pk=repeat.object_id)
    proposal = _open(proposal)
    record = Record.objects.select_for_update().get(pk=proposal.record_id)
    if is_accepted:
        if record.removed_at is not None:
            raise errors.ProposalDecided()
        marc = rebased(proposal, from_text(record.marc))
        save_marc(actor=actor, library=proposal.library, record=record, marc=marc, at=at)
    return _close(
        proposal, ProposalState.ACCEPTED if is_accepted else ProposalState.RETURNED,
        actor=actor, at=at, answer=answer, command_id=command_id,
    )  # fmt: skip


@transaction.atomic
def withdraw_proposal(*, actor: Actor, proposal: Proposal, at: datetime, command_id: UUID | None = None) -> Proposal:
    """Take one's own library's proposal back."""
    actor.require(Permission.CATALOG_EDIT, proposal.library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Proposal.objects.get(pk=repeat.object_id)
    return _close(_open(proposal), ProposalState.WITHDRAWN, actor=actor, at=at, answer="", command_id=command_id)


def _open(proposal: Proposal) -> Proposal:
    proposal = Proposal.objects.select_for_update(of=("self",)).select_related("library").get(pk=proposal.pk)
    if proposal.state != ProposalState.OPEN:
        raise errors.ProposalDecided()
    return proposal


def _close(
    proposal: Proposal, state: ProposalState, *, actor: Actor, at: datetime, answer: str, command_id: UUID | None
) -> Proposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor.user_id, at
    proposal.answer = answer[:500]
    proposal.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    audit.record(
        actor, "catalog.proposal_decided", proposal, at=at, library_id=proposal.library_id, command_id=command_id,
        after={"state": state},
    )  # fmt: skip
    return proposal
