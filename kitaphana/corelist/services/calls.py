"""Commands on calls for experts: open, apply, score by criteria, appoint by the numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor
from kitaphana.core.errors import NotFound
from kitaphana.corelist import errors
from kitaphana.corelist.enums import Action
from kitaphana.corelist.judgement import weighted_mean
from kitaphana.corelist.models import (
    MOST_POINTS,
    Application,
    ApplicationScore,
    CallCriterion,
    CoreList,
    ExpertCall,
)
from kitaphana.corelist.services.lists import CriterionFacts, appoint_expert, checked_criteria
from kitaphana.corelist.services.rights import repeated, require_manager, require_proposer, user_of

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Ranked:
    """An applicant with the mean by which they stand."""

    application: Application
    mean: Decimal | None
    is_whole: bool
    """Whether somebody has given points by every criterion."""


def ranking(call: ExpertCall) -> list[Ranked]:
    """Applicants, the best first; of equal ones who applied first (three statements)."""
    weights = dict(CallCriterion.objects.filter(call=call).values_list("pk", "weight"))
    points: dict[int, list[tuple[int, int]]] = defaultdict(list)
    scores = ApplicationScore.objects.filter(application__call=call)
    for application, criterion, value in scores.values_list("application_id", "criterion_id", "points"):
        points[application].append((criterion, value))
    found = [
        Ranked(
            one, weighted_mean(weights, points[one.pk]), {criterion for criterion, _ in points[one.pk]} == set(weights)
        )
        for one in Application.objects.filter(call=call).select_related("user__person")
    ]
    return sorted(found, key=lambda one: (-(one.mean or Decimal(-1)), one.application.at, one.application.pk))


@transaction.atomic
def open_call(
    *,
    actor: Actor,
    core_list: CoreList,
    text: str,
    places: int,
    until_on: date,
    criteria: Sequence[CriterionFacts],
    at: datetime,
    command_id: UUID | None = None,
) -> ExpertCall:
    """Call for experts of a list, with the criteria and weights by which they will be chosen.

    :raises BadCall: no text, an impossible number of places, or a last day that is over.
    :raises BadCriteria: no name, a name twice, a weight out of 1 … 100.
    :raises CallOpen: the list has an open call.
    """
    require_manager(actor, core_list)
    if (repeat := repeated(command_id, Action.OPEN_CALL)) is not None:
        return ExpertCall.objects.get(pk=repeat.object_id)
    if not 1 <= len(text.strip()) <= LONGEST or not 1 <= places <= 100 or until_on < clock.day_of(at):
        raise errors.BadCall
    wanted = checked_criteria(criteria)
    try:
        with transaction.atomic():
            made = ExpertCall.objects.create(
                core_list=core_list, text=text.strip(), places=places, until_on=until_on, opened_at=at
            )
    except IntegrityError as error:
        raise errors.CallOpen from error
    CallCriterion.objects.bulk_create(
        [
            CallCriterion(
                call=made,
                name_kk=" ".join(one.name_kk.split()),
                name_ru=one.name_ru.strip(),
                name_en=one.name_en.strip(),
                weight=one.weight,
                position=position,
            )
            for position, one in enumerate(wanted, start=1)
        ]
    )
    _note(actor, Action.OPEN_CALL, made, at, command_id, {"places": places, "until": until_on.isoformat()})
    return made


def _note(
    actor: Actor, action: Action, call: ExpertCall, at: datetime, command_id: UUID | None, after: dict[str, object]
) -> None:
    audit.record(
        actor, action, call, at=at, library_id=call.core_list.organization_id, command_id=command_id, after=after
    )


def _locked(call: ExpertCall) -> ExpertCall:
    """The call's row, locked and not decided.

    :raises CallClosed: it is decided.
    """
    row = ExpertCall.objects.select_for_update(of=("self",)).select_related("core_list__organization").get(pk=call.pk)
    if row.closed_at is not None:
        raise errors.CallClosed
    return row


@transaction.atomic
def apply_as_expert(
    *,
    actor: Actor,
    call: ExpertCall,
    statement: str,
    conflicts: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Application:
    """Apply; sent again before the last day, it replaces what was said. Points given for it are forgotten then.

    :raises BadApplication: no statement, or too long.
    :raises CallClosed: the call is decided or its last day over.
    """
    require_proposer(actor, call.core_list)
    user = user_of(actor)
    if user is None:
        raise NotFound
    if repeated(command_id, Action.APPLY) is not None:
        return Application.objects.get(call=call, user=user)
    row = _locked(call)
    if clock.day_of(at) > row.until_on:
        raise errors.CallClosed
    if not 1 <= len(statement.strip()) <= LONGEST or len(conflicts) > LONGEST:
        raise errors.BadApplication
    made, created = Application.objects.update_or_create(
        call=row, user=user, defaults={"statement": statement.strip(), "conflicts": conflicts.strip(), "at": at}
    )
    if not created:
        ApplicationScore.objects.filter(application=made).delete()
    _note(actor, Action.APPLY, row, at, command_id, {"login": user.login})
    return made


@transaction.atomic
def score_application(
    *,
    actor: Actor,
    application: Application,
    criterion: CallCriterion,
    points: int,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Give an applicant points by a criterion, 0 to 10; each keeper of the lists gives their own.

    :raises BadPoints: out of bounds.
    :raises OwnApplication: nobody scores themselves.
    :raises CallClosed: the call is decided.
    """
    require_manager(actor, application.call.core_list)
    if repeated(command_id, Action.SCORE_APPLICATION) is not None:
        return
    call = _locked(application.call)
    user = user_of(actor)
    if user is None or criterion.call_id != call.pk:
        raise NotFound
    if application.user_id == user.pk:
        raise errors.OwnApplication
    if not 0 <= points <= MOST_POINTS:
        raise errors.BadPoints
    ApplicationScore.objects.update_or_create(
        application=application, criterion=criterion, user=user, defaults={"points": points}
    )
    _note(
        actor,
        Action.SCORE_APPLICATION,
        call,
        at,
        command_id,
        {"application": application.pk, "criterion": criterion.pk, "points": points},
    )


@transaction.atomic
def close_call(*, actor: Actor, call: ExpertCall, at: datetime, command_id: UUID | None = None) -> list[Application]:
    """Appoint as many of the best as the call has places, and close it. Nothing but the numbers decides.

    :raises NotAllScored: somebody has no points by every criterion.
    :raises CallClosed: it is decided.
    """
    require_manager(actor, call.core_list)
    if repeated(command_id, Action.CLOSE_CALL) is not None:
        return list(Application.objects.filter(call=call, is_appointed=True).order_by("-result", "at"))
    row = _locked(call)
    ranked = ranking(row)
    missing = next((one for one in ranked if not one.is_whole), None)
    if missing is not None:
        raise errors.NotAllScored(name=missing.application.name)
    appointed = []
    for place, one in enumerate(ranked, start=1):
        application = one.application
        application.is_appointed, application.result = place <= row.places, one.mean
        application.save(update_fields=["is_appointed", "result"])
        if application.is_appointed:
            appoint_expert(actor=actor, core_list=row.core_list, user=application.user, application=application, at=at)
            appointed.append(application)
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    _note(actor, Action.CLOSE_CALL, row, at, command_id, {"appointed": [one.user.login for one in appointed]})
    return appointed
