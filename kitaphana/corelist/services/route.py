"""The route of a version: begin it, and take the steps of the table. Every step is signed and chained."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kitaphana.core import audit
from kitaphana.core.access import Actor
from kitaphana.core.text.kazakh import fold
from kitaphana.corelist import errors, queries
from kitaphana.corelist.enums import Action, Move, Party, ProposalState, Side, State
from kitaphana.corelist.models import (
    Approver,
    CoreList,
    Criterion,
    Expert,
    ListEntry,
    Proposal,
    Step,
    Version,
    Vote,
    name_of,
)
from kitaphana.corelist.services.rights import (
    locked,
    repeated,
    require_manager,
    require_move,
    require_signatory,
    user_of,
)

BATCH = 200
LONGEST_COMMENT = 2000


def canonical(value: Any) -> str:
    """JSON with one writing for one meaning: sorted keys, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(step: Step) -> str:
    """SHA-256 over everything a step says, its frozen content and the digest of the step before."""
    facts = {
        "version": step.version_id,
        "number": step.number,
        "at": step.at.astimezone(UTC).isoformat(),
        "user": step.user_id,
        "name": step.name,
        "side": str(step.side),
        "move": str(step.move),
        "from": str(step.from_state),
        "to": str(step.to_state),
        "comment": step.comment,
        "content": step.content,
        "previous": step.previous,
    }
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def frozen_content(version: Version) -> str:
    """Everything a step is about: rules, commission, proposals with scores and votes, titles. Canonical JSON."""
    core_list = version.core_list
    criteria = Criterion.objects.filter(core_list=core_list).order_by("position", "pk")
    experts = queries.experts_of(core_list).order_by("pk")
    proposals = queries.judged(core_list, queries.proposals_of(version))
    votes: dict[int, list[list[Any]]] = defaultdict(list)
    given = Vote.objects.filter(proposal__version=version).order_by("expert", "pk")
    for proposal, expert, choice in given.values_list("proposal_id", "expert_id", "choice"):
        votes[proposal].append([expert, choice])
    return canonical(
        {
            "list": {
                "level": str(core_list.level),
                "language": str(core_list.language),
                "age": [core_list.age_from, core_list.age_to],
                "name": core_list.name_kk,
                "quorum": core_list.quorum_percent,
                "majority": core_list.majority_percent,
            },
            "version": version.number,
            "criteria": [[one.name_kk, one.weight] for one in criteria],
            "experts": [[one.pk, one.name] for one in experts],
            "proposals": [
                {
                    "id": one.proposal.pk,
                    "change": str(one.proposal.change),
                    "record": one.proposal.record_id,
                    "title": one.proposal.title,
                    "kind": str(one.proposal.kind),
                    "grades": [one.proposal.grade_from, one.proposal.grade_to],
                    "norm": one.proposal.norm_per_pupils,
                    "state": str(one.proposal.state),
                    "score": None if one.score is None else str(one.score),
                    "conflicts": sorted(one.conflicted),
                    "votes": votes[one.proposal.pk],
                }
                for one in proposals
            ],
            "titles": [
                [one.record_id, one.full_title, one.kind, one.grade_from, one.grade_to, one.norm_per_pupils]
                for one in queries.composition(version)
            ],
        }
    )


def _write_step(
    actor: Actor, version: Version, *, move: Move, to: State, side: str, comment: str, at: datetime
) -> Step:
    last = Step.objects.filter(version=version).order_by("-number").first()
    user = user_of(actor)
    step = Step(
        version=version,
        number=last.number + 1 if last else 1,
        at=at,
        user=user,
        name=name_of(user),
        side=side,
        move=move,
        from_state=version.state,
        to_state=to,
        comment=comment,
        content=frozen_content(version),
        previous=last.digest if last else "",
    )
    step.digest = digest_of(step)
    step.save()
    return step


@transaction.atomic
def begin_version(*, actor: Actor, core_list: CoreList, at: datetime, command_id: UUID | None = None) -> Version:
    """Begin the next version of a list; proposals that waited for it or were put off come into it.

    :raises VersionUnderWay: one is under way.
    """
    require_manager(actor, core_list)
    if (repeat := repeated(command_id, Action.BEGIN_VERSION)) is not None:
        return Version.objects.get(pk=repeat.object_id)
    CoreList.objects.select_for_update().get(pk=core_list.pk)
    open_one = queries.under_way(core_list)
    if open_one is not None:
        raise errors.VersionUnderWay(number=open_one.number)
    number = (Version.objects.filter(core_list=core_list).aggregate(last=Max("number"))["last"] or 0) + 1
    made = Version.objects.create(core_list=core_list, number=number, begun_at=at, since=at)
    waiting = list(queries.waiting(core_list).values_list("pk", flat=True))
    Proposal.objects.filter(pk__in=waiting).update(version=made, state=ProposalState.OPEN, decision="")
    _write_step(actor, made, move=Move.BEGIN, to=State.DRAFT, side="", comment="", at=at)
    audit.record(
        actor,
        Action.BEGIN_VERSION,
        made,
        at=at,
        library_id=core_list.organization_id,
        command_id=command_id,
        after={"list": core_list.pk, "number": number, "proposals": len(waiting)},
    )
    return made


@transaction.atomic
def take_step(
    *,
    actor: Actor,
    version: Version,
    move: Move,
    expected_state: State | None = None,
    comment: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Step:
    """Take a step of the route: check the table, do what belongs to the step, freeze, sign and chain it.

    Repeating a command_id returns the first step.

    :param expected_state: the state the person saw; another one refuses.
    :raises NotNow: the table has no such step in this state.
    :raises NotAllowed, NotSignatory, OtherSide: it is for others to take.
    :raises CommentNeeded: a version is sent back with a reason.
    :raises NotReady: something is missing.
    """
    # Who may take the step depends on the state, which a first sending has changed: a repetition is asked for first.
    if (repeat := repeated(command_id, Action.STEP)) is not None:
        return Step.objects.get(pk=repeat.object_id)
    row = locked(version.pk)
    found = require_move(row, move)
    if not found.is_step or (expected_state is not None and expected_state != row.state):
        raise errors.NotNow(move=move.label, state=State(row.state).label)
    side = ""
    if found.who == Party.MANAGER:
        require_manager(actor, row.core_list)
    else:
        require_signatory(actor, row, found.who)
        side = found.who.value
    comment = comment.strip()[:LONGEST_COMMENT]
    if found.needs_comment and not comment:
        raise errors.CommentNeeded
    _PREPARE.get(move, _nothing)(row)
    step = _write_step(actor, row, move=move, to=found.next, side=side, comment=comment, at=at)
    if move == Move.RETURN and found.next == State.DRAFT:
        decided = [ProposalState.ACCEPTED, ProposalState.REJECTED, ProposalState.DEFERRED]
        Proposal.objects.filter(version=row, state__in=decided).update(state=ProposalState.OPEN)
    if move == Move.OPEN_VOTE:
        # The votes of an earlier round stay in the steps that closed or returned it; this round begins anew.
        Vote.objects.filter(proposal__version=row).delete()
    if move == Move.PUBLISH:
        _freeze_entries(row)
        row.published_at = at
    row.state, row.since = found.next, at
    row.save(update_fields=["state", "since", "published_at"])
    audit.record(
        actor,
        Action.STEP,
        step,
        at=at,
        library_id=row.core_list.organization_id,
        command_id=command_id,
        after={"version": row.pk, "move": str(move), "from": str(step.from_state), "to": str(found.next)},
    )
    return step


def _nothing(version: Version) -> None:
    """Most steps need no preparation."""


def _ready_for_review(version: Version) -> None:
    core_list = version.core_list
    why = []
    if not Proposal.objects.filter(version=version, state=ProposalState.OPEN).exists():
        why.append(_("there is no proposal;"))
    if not Criterion.objects.filter(core_list=core_list).exists():
        why.append(_("the list has no criteria;"))
    if not Expert.objects.filter(core_list=core_list, dismissed_at__isnull=True).exists():
        why.append(_("the commission has no experts;"))
    _refuse(why)


def _ready_for_vote(version: Version) -> None:
    unknown = Proposal.objects.filter(version=version, state=ProposalState.OPEN, record__isnull=True).first()
    why = [_("the catalogue has no edition for «%(title)s»;") % {"title": unknown.title}] if unknown else []
    sides = set(Approver.objects.filter(core_list=version.core_list_id).values_list("side", flat=True))
    why += [_("nobody is named to sign for %(side)s;") % {"side": side.label} for side in Side if side not in sides]
    _refuse(why)


def _refuse(why: list[str]) -> None:
    if why:
        raise errors.NotReady(why=" ".join(why).rstrip(";") + ".")


def _decide(version: Version) -> None:
    """Write what the votes say of each open proposal; one without a quorum is put off."""
    proposals = Proposal.objects.filter(version=version, state=ProposalState.OPEN)
    decided = queries.judged(version.core_list, proposals)
    for one in decided:
        if not one.tally.has_quorum:
            one.proposal.state = ProposalState.DEFERRED
        else:
            one.proposal.state = ProposalState.ACCEPTED if one.tally.is_accepted else ProposalState.REJECTED
    Proposal.objects.bulk_update([one.proposal for one in decided], ["state"], batch_size=BATCH)
    if not queries.composition(version):
        raise errors.NotReady(why=_("no title was accepted, the list would be empty."))


def _freeze_entries(version: Version) -> None:
    """Write the titles for good. What the ministries signed is what is written: nothing can change in between."""
    lines = queries.composition(version)
    ListEntry.objects.bulk_create(
        [
            ListEntry(
                version=version,
                record_id=one.record_id,
                position=position,
                kind=one.kind,
                grade_from=one.grade_from,
                grade_to=one.grade_to,
                norm_per_pupils=one.norm_per_pupils,
                title=one.title,
                subtitle=one.subtitle,
                authors=list(one.authors),
                publisher=one.publisher,
                year=one.year,
                isbn=one.isbn,
                text_language=one.text_language,
                age_from=one.age_from,
                age_to=one.age_to,
                search_key=fold(" ".join((one.title, one.subtitle, *one.authors))),
            )
            for position, one in enumerate(lines, start=1)
        ],
        batch_size=BATCH,
    )


_PREPARE = {
    Move.OPEN_REVIEW: _ready_for_review,
    Move.OPEN_VOTE: _ready_for_vote,
    Move.CLOSE_VOTE: _decide,
}
