"""Commands on proposals: propose, discuss, merge, put off, withdraw, correct."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kitaphana.catalog.models import Record
from kitaphana.core import audit
from kitaphana.core.access import Actor
from kitaphana.corelist import errors, queries
from kitaphana.corelist.enums import GRADES, Action, Change, EntryKind, Move, ProposalState, State
from kitaphana.corelist.models import MOST_PUPILS, Comment, CoreList, ListEntry, Proposal
from kitaphana.corelist.services.rights import (
    locked,
    repeated,
    require_manager,
    require_move,
    require_proposer,
    user_of,
)
from kitaphana.formats.isbn import normalize

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What is proposed. Of a record of the catalogue only the list's own rules are needed."""

    change: str = Change.ADD
    record: Record | None = None
    title: str = ""
    author: str = ""
    publisher: str = ""
    year: int | None = None
    isbn: str = ""
    kind: str = EntryKind.DOMESTIC
    grade_from: int | None = None
    grade_to: int | None = None
    norm_per_pupils: int = 25
    reason: str = ""

    def checked(self, core_list: CoreList) -> ProposalFacts:
        """The same with the facts of the record, or a refusal.

        :raises BadProposal: no title, no reason, grades outside the level, an impossible norm.
        """
        one = self
        if self.record is not None:
            one = replace(
                self,
                title=": ".join(part for part in (self.record.title, self.record.subtitle) if part)[:500],
                author="; ".join(self.record.authors)[:300],
                publisher=self.record.publisher[:200],
                year=self.record.year if self.record.year and self.record.year > 0 else None,
                isbn=self.record.isbns[0] if self.record.isbns else "",
            )
        isbn = normalize(one.isbn) if one.isbn else ""
        first, last = GRADES.get(core_list.level, (None, None))
        low, high = one.grade_from, one.grade_to
        if low is None or high is None:
            low = high = low if high is None else high
        if (
            not one.title.strip()
            or len(one.title) > 500
            or len(one.author) > 300
            or len(one.publisher) > 200
            or not 1 <= len(one.reason.strip()) <= LONGEST
            or isbn is None
            or one.kind not in EntryKind.values
            or one.change not in Change.values
            or (one.record is None and one.change != Change.ADD)
            or not 1 <= one.norm_per_pupils <= MOST_PUPILS
            or (one.year is not None and not 1 <= one.year <= 9999)
            or (low is not None and high is not None and low > high)
            or (low is not None and (first is None or low < first))
            or (high is not None and (last is None or high > last))
        ):
            raise errors.BadProposal
        return replace(one, isbn=isbn, grade_from=low, grade_to=high, reason=one.reason.strip())

    def columns(self) -> dict[str, Any]:
        """The same as columns of the table."""
        names = ("change", "record", "title", "author", "publisher", "year", "isbn", "kind", "grade_from", "grade_to")
        return {name: getattr(self, name) for name in (*names, "norm_per_pupils", "reason")}


def _against_published(core_list: CoreList, facts: ProposalFacts) -> ProposalFacts:
    """A title that the version in force has is changed or taken out, not added.

    :raises AlreadyListed, NotListed: it would change nothing.
    """
    if facts.record is None:
        return facts
    last = queries.published(core_list)
    entry = ListEntry.objects.filter(version=last, record=facts.record).first() if last else None
    if entry is None:
        if facts.change != Change.ADD:
            raise errors.NotListed(title=facts.title)
        return facts
    if facts.change == Change.REMOVE:
        return facts
    wanted = (facts.kind, facts.grade_from, facts.grade_to, facts.norm_per_pupils)
    if wanted == (entry.kind, entry.grade_from, entry.grade_to, entry.norm_per_pupils):
        raise errors.AlreadyListed(title=facts.title)
    return replace(facts, change=Change.CHANGE)


def _note(
    actor: Actor, action: Action, proposal: Proposal, at: datetime, command_id: UUID | None, **after: Any
) -> None:
    audit.record(
        actor,
        action,
        proposal,
        at=at,
        library_id=proposal.core_list.organization_id,
        command_id=command_id,
        after={"title": proposal.title, **after},
    )


@transaction.atomic
def propose(
    *, actor: Actor, core_list: CoreList, facts: ProposalFacts, at: datetime, command_id: UUID | None = None
) -> Proposal:
    """Propose to add, change or take out a title.

    While proposals are gathered it joins the version under way, at any other time it waits for the next one.

    :raises BadProposal: something is missing or can't be.
    :raises AlreadyProposed: there is an open proposal of that record or ISBN.
    :raises AlreadyListed, NotListed: the version in force would not change.
    """
    require_proposer(actor, core_list)
    if (repeat := repeated(command_id, Action.PROPOSE)) is not None:
        return Proposal.objects.get(pk=repeat.object_id)
    wanted = _against_published(core_list, facts.checked(core_list))
    _require_single(core_list, wanted)
    version = queries.under_way(core_list)
    if version is not None:
        version = locked(version.pk)
    joins = version is not None and version.state == State.DRAFT
    try:
        with transaction.atomic():
            made = Proposal.objects.create(
                core_list=core_list,
                version=version if joins else None,
                proposer=user_of(actor),
                made_at=at,
                **wanted.columns(),
            )
    except IntegrityError as error:
        raise errors.AlreadyProposed(title=wanted.title) from error
    _note(actor, Action.PROPOSE, made, at, command_id, change=str(wanted.change), record=made.record_id)
    return made


def _require_single(core_list: CoreList, facts: ProposalFacts, *, but: int | None = None) -> None:
    if facts.record is not None or not facts.isbn:
        return
    same = Proposal.objects.filter(
        core_list=core_list, isbn=facts.isbn, state__in=[ProposalState.OPEN, ProposalState.DEFERRED]
    )
    if same.exclude(pk=but or 0).exists():
        raise errors.AlreadyProposed(title=facts.title)


def _open_proposal(proposal: Proposal) -> Proposal:
    """The proposal's row, locked with its version, while it can be worked on: gathered now or waiting.

    :raises ProposalClosed: it is decided, merged or withdrawn.
    :raises NotNow: its version is past the gathering of proposals.
    """
    version_id = Proposal.objects.values_list("version_id", flat=True).get(pk=proposal.pk)
    version = locked(version_id) if version_id is not None else None
    row = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("core_list__organization", "record", "version")
        .get(pk=proposal.pk)
    )
    if row.state not in (ProposalState.OPEN, ProposalState.DEFERRED):
        raise errors.ProposalClosed(state=ProposalState(row.state).label)
    if version is not None and version.state != State.PUBLISHED:
        require_move(version, Move.EDIT)
    return row


@transaction.atomic
def change_proposal(
    *, actor: Actor, proposal: Proposal, facts: ProposalFacts, at: datetime, command_id: UUID | None = None
) -> Proposal:
    """Correct a proposal, or give it its edition in the catalogue; the keeper, and the proposer their own.

    :raises ProposalClosed, NotNow: it can't be changed any more.
    :raises BadProposal, AlreadyProposed, AlreadyListed, NotListed: as when it is made.
    """
    _require_keeper_or_proposer(actor, proposal)
    if repeated(command_id, Action.CHANGE_PROPOSAL) is not None:
        return Proposal.objects.get(pk=proposal.pk)
    row = _open_proposal(proposal)
    wanted = _against_published(row.core_list, facts.checked(row.core_list))
    _require_single(row.core_list, wanted, but=row.pk)
    columns = wanted.columns()
    for name, value in columns.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(columns))
    except IntegrityError as error:
        raise errors.AlreadyProposed(title=wanted.title) from error
    _note(actor, Action.CHANGE_PROPOSAL, row, at, command_id, record=row.record_id)
    return row


def _require_keeper_or_proposer(actor: Actor, proposal: Proposal) -> None:
    if actor.user_id is not None and proposal.proposer_id == actor.user_id:
        require_proposer(actor, proposal.core_list)
        return
    require_manager(actor, proposal.core_list)


@transaction.atomic
def comment(*, actor: Actor, proposal: Proposal, text: str, at: datetime, command_id: UUID | None = None) -> Comment:
    """Say something in the discussion of a proposal.

    :raises EmptyComment: nothing, or more than 2000 letters.
    """
    require_proposer(actor, proposal.core_list)
    if (repeat := repeated(command_id, Action.COMMENT)) is not None:
        return Comment.objects.get(pk=(repeat.after or {})["comment"])
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise errors.EmptyComment
    made = Comment.objects.create(proposal=proposal, user=user_of(actor), text=text, at=at)
    _note(actor, Action.COMMENT, proposal, at, command_id, comment=made.pk)
    return made


@transaction.atomic
def merge_proposal(
    *, actor: Actor, proposal: Proposal, into: Proposal, at: datetime, command_id: UUID | None = None
) -> Proposal:
    """Merge a proposal with another one of the same list that asks for the same; what was merged before comes along.

    :raises CannotMerge: the two don't fit.
    :raises ProposalClosed, NotNow: one of them can't be changed any more.
    """
    require_manager(actor, proposal.core_list)
    if repeated(command_id, Action.MERGE) is not None:
        return Proposal.objects.get(pk=proposal.pk)
    row, target = _open_proposal(proposal), _open_proposal(into)
    removes = {one.change == Change.REMOVE for one in (row, target)}
    if row.pk == target.pk or row.core_list_id != target.core_list_id or len(removes) > 1:
        raise errors.CannotMerge
    Proposal.objects.filter(merged_into=row).update(merged_into=target)
    row.state, row.merged_into = ProposalState.MERGED, target
    row.save(update_fields=["state", "merged_into"])
    _note(actor, Action.MERGE, row, at, command_id, into=target.pk)
    return row


@transaction.atomic
def defer_proposal(
    *, actor: Actor, proposal: Proposal, reason: str = "", at: datetime, command_id: UUID | None = None
) -> Proposal:
    """Put a proposal off until the next version.

    :raises ProposalClosed, NotNow: it can't be changed any more.
    """
    require_manager(actor, proposal.core_list)
    return _close(actor, proposal, ProposalState.DEFERRED, Action.DEFER, reason, at, command_id)


@transaction.atomic
def withdraw_proposal(
    *, actor: Actor, proposal: Proposal, reason: str = "", at: datetime, command_id: UUID | None = None
) -> Proposal:
    """Take a proposal back; the proposer their own, the keeper any.

    :raises ProposalClosed, NotNow: it can't be changed any more.
    """
    _require_keeper_or_proposer(actor, proposal)
    return _close(actor, proposal, ProposalState.WITHDRAWN, Action.WITHDRAW, reason, at, command_id)


def _close(
    actor: Actor,
    proposal: Proposal,
    state: ProposalState,
    action: Action,
    reason: str,
    at: datetime,
    command_id: UUID | None,
) -> Proposal:
    if repeated(command_id, action) is not None:
        return Proposal.objects.get(pk=proposal.pk)
    row = _open_proposal(proposal)
    row.state, row.decision = state, reason.strip()[:500]
    if state == ProposalState.DEFERRED:
        row.version = None
    row.save(update_fields=["state", "decision", "version"])
    _note(actor, action, row, at, command_id, reason=row.decision)
    return row


@transaction.atomic
def reopen_proposal(*, actor: Actor, proposal: Proposal, at: datetime, command_id: UUID | None = None) -> Proposal:
    """Take a proposal up again that was put off, into the version that gathers proposals now.

    :raises ProposalClosed: it was not put off.
    :raises NotNow: no version gathers proposals.
    """
    require_manager(actor, proposal.core_list)
    if repeated(command_id, Action.REOPEN) is not None:
        return Proposal.objects.get(pk=proposal.pk)
    version = queries.under_way(proposal.core_list)
    if version is None:
        raise errors.NotNow(move=Move.EDIT.label, state=State.PUBLISHED.label)
    require_move(locked(version.pk), Move.EDIT)
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state not in (ProposalState.OPEN, ProposalState.DEFERRED) or row.version_id == version.pk:
        raise errors.ProposalClosed(state=ProposalState(row.state).label)
    row.state, row.version, row.decision = ProposalState.OPEN, version, ""
    row.save(update_fields=["state", "version", "decision"])
    _note(actor, Action.REOPEN, row, at, command_id)
    return row
