"""Commands of submissions: sent, signed, accepted, returned, added up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.organizations.models import Organization
from kitaphana.submissions import errors, figures, queries, validation
from kitaphana.submissions.enums import LEVELS, TRANSITIONS, UNDECIDED, Action, Kind, Move, Severity, State
from kitaphana.submissions.models import Consolidation, Deadline, Step, Submission


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of content as canonical JSON."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _before(command_id: UUID | None, action: Action) -> int | None:
    first = audit.repeated(command_id)
    if first is None:
        return None
    if first.action != action:
        raise errors.CommandReused
    return first.object_id


def _text(value: str) -> str:
    return " ".join(value.replace("\x00", "").split())[:1000]


def _step(actor: Actor, submission: Submission, move: Move, comment: str, at: datetime) -> None:
    Step.objects.create(
        submission=submission, move=move, state=submission.state, at=at, user_id=actor.user_id, name=actor.name[:200],
        comment=comment,
    )  # fmt: skip


@transaction.atomic
def send(
    *,
    actor: Actor,
    library: Organization,
    kind: Kind,
    year: int,
    entered: Mapping[str, int] | None = None,
    note: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Submission:
    """Freeze the figures of a year and lay them before the director; what was returned, or is
    to be corrected, comes as the next version.

    :raises YearNotBegun: the year lies ahead.
    :raises OnItsWay: a version is being decided on.
    :raises HasErrors: the figures have errors.
    :raises NoteMissing: they have warnings and nothing is said of them.
    """
    actor.require(Permission.REPORTS_SUBMIT, library.path)
    if (pk := _before(command_id, Action.SEND)) is not None:
        sent: Submission = Submission.objects.get(pk=pk)
        if (sent.library_id, sent.kind, sent.year) != (library.pk, kind, year):
            raise errors.CommandReused
        return sent
    if year > clock.day_of(at).year:
        raise errors.YearNotBegun(year=year)
    # One version at a time.
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=library.pk).values_list("pk"))
    mine = Submission.objects.filter(library=library, kind=kind, year=year)
    standing = mine.filter(state__in=UNDECIDED).first()
    if standing is not None:
        raise errors.OnItsWay(state=standing.get_state_display())
    content = figures.count(library, kind, year, clock.day_of(at), entered)
    found = validation.findings(library, kind, content)
    wrong = [one for one in found if one.severity == Severity.ERROR]
    if wrong:
        raise errors.HasErrors(count=len(wrong))
    words = _text(note)
    if found and not words:
        raise errors.NoteMissing
    content = json.loads(json.dumps(content, ensure_ascii=False))
    submission = Submission.objects.create(
        library=library,
        kind=kind,
        year=year,
        version=(mine.aggregate(last=Max("version"))["last"] or 0) + 1,
        state=State.DIRECTOR,
        content=content,
        digest=digest_of(content),
        note=words,
        since=at,
        sent_at=at,
    )
    _step(actor, submission, Move.SEND, words, at)
    audit.record(
        actor, Action.SEND, submission, at=at, library_id=library.pk, command_id=command_id,
        after={"kind": kind, "year": year, "version": submission.version, "digest": submission.digest},
    )  # fmt: skip
    return submission


def decider(submission: Submission, levels: Mapping[State, Organization] | None = None) -> Organization | None:
    """The node that decides on a submission now; None when it has ended."""
    if submission.state == State.DIRECTOR:
        return submission.library
    found = queries.levels_of(submission.library) if levels is None else levels
    return found.get(State(submission.state))


def may_decide(actor: Actor, submission: Submission, node: Organization | None) -> bool:
    """Whether somebody decides at the node where the submission is. A level above may act for one below."""
    if node is None:
        return False
    right = Permission.REPORTS_SIGN if submission.state == State.DIRECTOR else Permission.REPORTS_ACCEPT
    return actor.may(right, node.path)


@transaction.atomic
def decide(
    *,
    actor: Actor,
    submission: Submission,
    move: Move,
    comment: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Submission:
    """Sign, accept or return a submission.

    :raises NotPossible: the step does not follow from its state.
    :raises CommentMissing: it is returned without a word.
    """
    mine: Submission = (
        Submission.objects.select_for_update(of=("self",)).select_related("library").get(pk=submission.pk)
    )
    action = {Move.SIGN: Action.SIGN, Move.ACCEPT: Action.ACCEPT, Move.RETURN: Action.RETURN}.get(move)
    if action is None:
        raise errors.NotPossible(state=mine.get_state_display())
    rights = (Permission.REPORTS_SIGN, Permission.REPORTS_ACCEPT)
    if not any(actor.may(right, mine.library.path) for right in rights):
        raise NotAllowed
    if (pk := _before(command_id, action)) is not None:
        if pk != mine.pk:
            raise errors.CommandReused
        return mine
    levels = queries.levels_of(mine.library)
    if (node := decider(mine, levels)) is None:
        raise errors.NotPossible(state=mine.get_state_display())
    actor.require(rights[mine.state != State.DIRECTOR], node.path)
    following = TRANSITIONS.get((State(mine.state), move))
    if following is None:
        raise errors.NotPossible(state=mine.get_state_display())
    words = _text(comment)
    if move == Move.RETURN and not words:
        raise errors.CommentMissing
    while following in LEVELS and following not in levels:
        following = TRANSITIONS[following, Move.ACCEPT]
    mine.state, mine.since = following, at
    if move == Move.SIGN:
        mine.signed_at = at
    mine.save(update_fields=["state", "since", "signed_at"])
    _step(actor, mine, move, words, at)
    audit.record(
        actor, action, mine, at=at, library_id=mine.library_id, command_id=command_id,
        after={"state": following.value, "comment": words},
    )  # fmt: skip
    return mine


@transaction.atomic
def set_deadline(
    *,
    actor: Actor,
    node: Organization,
    kind: Kind,
    year: int,
    on: date,
    at: datetime,
    command_id: UUID | None = None,
) -> Deadline:
    """Say until when everybody below a node submits."""
    actor.require(Permission.REPORTS_ACCEPT, node.path)
    if (pk := _before(command_id, Action.DEADLINE)) is not None:
        return Deadline.objects.get(pk=pk)
    deadline, _made = Deadline.objects.update_or_create(node=node, kind=kind, year=year, defaults={"on": on})
    audit.record(
        actor, Action.DEADLINE, deadline, at=at, library_id=node.pk, command_id=command_id,
        after={"kind": kind, "year": year, "on": on.isoformat()},
    )  # fmt: skip
    return deadline


@transaction.atomic
def consolidate(
    *,
    actor: Actor,
    node: Organization,
    kind: Kind,
    year: int,
    comment: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Consolidation:
    """Add up the accepted reports below a node and sign the sum; the figures are those of the frozen reports.

    :raises NothingAccepted: there is nothing to add up.
    :raises CommentMissing: somebody is missing and nothing is said of it.
    """
    actor.require(Permission.REPORTS_ACCEPT, node.path)
    if (pk := _before(command_id, Action.CONSOLIDATE)) is not None:
        return Consolidation.objects.get(pk=pk)
    # One at a time.
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=node.pk).values_list("pk"))
    reports = queries.accepted(node, kind, year)
    if not reports:
        raise errors.NothingAccepted
    missing = queries.expected(node).exclude(pk__in=[one.library_id for one in reports]).count()
    words = _text(comment)
    if missing and not words:
        raise errors.CommentMissing
    last = Consolidation.objects.filter(node=node, kind=kind, year=year).aggregate(last=Max("version"))["last"]
    content = {
        "sums": figures.added(kind, [one.content for one in reports]),
        "reports": [one.pk for one in reports],
        "missing": missing,
    }
    made = Consolidation.objects.create(
        node=node,
        kind=kind,
        year=year,
        version=(last or 0) + 1,
        content=content,
        digest=digest_of(content),
        comment=words,
        at=at,
        name=actor.name[:200],
    )
    audit.record(
        actor, Action.CONSOLIDATE, made, at=at, library_id=node.pk, command_id=command_id,
        after={"kind": kind, "year": year, "reports": len(reports), "digest": made.digest},
    )  # fmt: skip
    return made
