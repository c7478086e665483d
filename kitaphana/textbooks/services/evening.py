"""Evening out among the schools of a district or region: suggested, decided on, sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit, bulk
from kitaphana.core.access import Actor, Permission
from kitaphana.curriculum.models import SetEdition
from kitaphana.fund import queries as fund_queries
from kitaphana.fund import services as fund
from kitaphana.fund.models import Transfer
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage
from kitaphana.textbooks import errors, redistribution
from kitaphana.textbooks.enums import SUGGESTION_TRANSITIONS, Action, SuggestionState
from kitaphana.textbooks.models import Intake, Provision, Suggestion


@transaction.atomic
def set_intake(
    *,
    actor: Actor,
    library: Organization,
    school_year: int,
    grade: int,
    language: TeachingLanguage,
    pupils: int,
    at: datetime,
    command_id: UUID | None = None,
) -> Intake:
    """Say how many newcomers a school expects in a grade and language (first-graders: nobody is promoted into them).

    :raises BadIntake: a number below 0 or above 5,000.
    """
    actor.require(Permission.TEXTBOOKS_MANAGE, library.path)
    done = audit.repeated(command_id)
    if done is not None:
        return Intake.objects.get(pk=done.object_id)
    if not 0 <= pupils <= 5000 or not 0 <= grade <= 12:
        raise errors.BadIntake
    row, _is_new = Intake.objects.update_or_create(
        library=library, school_year=school_year, grade=grade, language=language, defaults={"pupils": pupils}
    )
    audit.record(
        actor,
        Action.SET_INTAKE.value,
        row,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"school_year": school_year, "grade": grade, "language": str(language), "pupils": pupils},
    )
    return row


@transaction.atomic
def suggest(*, actor: Actor, node: Organization, school_year: int, at: datetime, command_id: UUID | None = None) -> int:
    """Have the solver suggest transfers among the schools below a node, from the provision as it was last counted.

    Suggestions of before that nobody has decided on are thrown away; what is approved, or on its way, is taken into
    account. Returns how many lines were suggested.
    """
    actor.require(Permission.TEXTBOOKS_APPROVE, node.path)
    done = audit.repeated(command_id)
    if done is not None:
        return int((done.after or {})["lines"])
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=node.pk).values_list("pk"))
    Suggestion.objects.filter(node=node, school_year=school_year, state=SuggestionState.SUGGESTED).delete()
    rows = Provision.objects.filter(library__path__startswith=node.path, school_year=school_year).order_by("pk")
    surplus = redistribution.as_amounts(list(rows.values_list("title_id", "library_id", "surplus")))
    deficit = redistribution.as_amounts(list(rows.values_list("title_id", "library_id", "deficit")))
    planned = Suggestion.objects.filter(
        library__path__startswith=node.path, school_year=school_year, state=SuggestionState.APPROVED
    )
    for title_id, sender, receiver, quantity in planned.values_list(
        "title_id", "library_id", "to_library_id", "quantity"
    ):
        for amounts, library_id in ((surplus, sender), (deficit, receiver)):
            if library_id in amounts.get(title_id, {}):
                amounts[title_id][library_id] = max(amounts[title_id][library_id] - quantity, 0)
    moves = redistribution.suggest(surplus, deficit)
    bulk.insert(
        Suggestion(
            node=node,
            school_year=school_year,
            library_id=move.sender,
            to_library_id=move.receiver,
            title_id=move.title,
            quantity=move.quantity,
            made_at=at,
        )
        for move in moves
    )
    audit.record(
        actor,
        Action.SUGGEST.value,
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        after={
            "school_year": school_year,
            "lines": len(moves),
            "volumes": sum(move.quantity for move in moves),
            "pairs": len({(move.sender, move.receiver) for move in moves}),
        },
    )
    return len(moves)


@transaction.atomic
def decide(
    *,
    actor: Actor,
    node: Organization,
    suggestion_ids: Iterable[int],
    is_approved: bool,
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Approve or decline suggestions of a node; returns how many changed. Those that are past it stay as they are."""
    actor.require(Permission.TEXTBOOKS_APPROVE, node.path)
    done = audit.repeated(command_id)
    if done is not None:
        return int((done.after or {})["lines"])
    state = SuggestionState.APPROVED if is_approved else SuggestionState.DECLINED
    before = [one for one, following in SUGGESTION_TRANSITIONS.items() if state in following]
    ids = list(suggestion_ids)
    changed = 0
    for start in range(0, len(ids), 500):
        rows = Suggestion.objects.filter(node=node, pk__in=ids[start : start + 500], state__in=before)
        changed += rows.update(state=state)
    audit.record(
        actor,
        Action.DECIDE.value,
        node,
        at=at,
        library_id=node.pk,
        command_id=command_id,
        after={"state": state.value, "lines": changed},
    )
    return changed


@transaction.atomic
def send(
    *,
    actor: Actor,
    library: Organization,
    to_library: Organization,
    on: date,
    at: datetime,
    command_id: UUID | None = None,
) -> Transfer:
    """Send another library what was approved and stands on the shelf, by one act of transfer. What does not stand
    there yet waits for the next parcel. Repeating a ``command_id`` returns the first transfer.

    :raises NothingToSend: nothing approved is on the shelf.
    :raises fund errors: the act can't be posted.
    """
    actor.require(Permission.FUND_WRITE_OFF, library.path)
    done = audit.repeated(command_id)
    if done is not None:
        return Transfer.objects.get(act_out=done.object_id)
    rows = list(
        Suggestion.objects.select_for_update(of=("self",))
        .filter(library=library, to_library=to_library, state=SuggestionState.APPROVED)
        .order_by("pk")
    )
    editions: dict[int, list[int]] = {}
    for title_id, record_id in (
        SetEdition.objects.filter(title__in=[row.title_id for row in rows], is_electronic=False)
        .order_by("is_dropped", "rank")
        .values_list("title_id", "record_id")
    ):
        editions.setdefault(title_id, []).append(record_id)
    stocks = fund_queries.stocks_of(library, [pk for ids in editions.values() for pk in ids])
    left = {stock.pk: stock.on_shelf for stock in stocks.values()}
    lines: dict[int, int] = {}
    ready: list[int] = []
    for row in rows:
        chosen: dict[int, int] = {}
        missing = row.quantity
        for record_id in editions.get(row.title_id, ()):
            stock = stocks.get(record_id)
            if stock is not None and (taken := min(missing, left[stock.pk])):
                chosen[stock.pk] = taken
                missing -= taken
        if missing:
            continue
        ready.append(row.pk)
        for pk, taken in chosen.items():
            left[pk] -= taken
            lines[pk] = lines.get(pk, 0) + taken
    if not ready:
        raise errors.NothingToSend
    by_pk = {stock.pk: stock for stock in stocks.values()}
    transfer = fund.send(
        actor=actor,
        library=library,
        sending=fund.Sending(
            on=on,
            to_library=to_library,
            counted=[fund.CountedLine(by_pk[pk], count) for pk, count in sorted(lines.items())],
        ),
        at=at,
        command_id=command_id,
    )
    for start in range(0, len(ready), 500):
        Suggestion.objects.filter(pk__in=ready[start : start + 500]).update(
            state=SuggestionState.SENT, transfer=transfer
        )
    return transfer
