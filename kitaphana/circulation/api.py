"""REST of circulation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from kitaphana.catalog.models import Record
from kitaphana.circulation import queries, services
from kitaphana.circulation.enums import NextAction
from kitaphana.circulation.errors import UnknownCard
from kitaphana.circulation.models import Hold, Loan
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotAllowed, NotFound
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request
from kitaphana.core.web.paging import paginate
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import within
from kitaphana.people.models import Membership, Person

router = Router(tags=["circulation"])


class BriefRecord(Schema):
    """An edition, briefly."""

    id: int
    title: str


class BriefReader(Schema):
    """A reader, briefly."""

    card: str
    name: str


class LoanOut(Schema):
    """A loan as programs see it."""

    id: int
    library: str = Field(description="Code of the library.")
    barcode: str
    record: BriefRecord
    lent_at: datetime
    due_on: date
    renewals: int
    returned_at: datetime | None
    reader: BriefReader | None = Field(description="Null once a reader who keeps no history has returned it.")


class HoldOut(Schema):
    """A hold as programs see it."""

    id: int
    library: str = Field(description="Code of the library.")
    record: BriefRecord
    state: str
    placed_at: datetime
    collect_until: date | None
    barcode: str | None = Field(description="The copy on the hold shelf.")
    reader: BriefReader


class CheckOutIn(Schema):
    """Lend a copy."""

    command_id: UUID
    library: str = Field(max_length=20, description="Code of the library.")
    card: str = Field(max_length=40)
    barcode: str = Field(max_length=40)
    override: str = Field("", max_length=300, description="Reason for passing a rule that may be passed.")


class CheckInIn(Schema):
    """Take a copy back."""

    command_id: UUID
    library: str = Field(max_length=20, description="Code of the library.")
    barcode: str = Field(max_length=40)


class RenewalIn(CheckInIn):
    """Prolong the open loan of a copy."""

    override: str = Field("", max_length=300, description="Reason for passing a rule that may be passed.")


class HoldIn(Schema):
    """Put a reader into the queue for a title."""

    command_id: UUID
    library: str = Field(max_length=20, description="Code of the library.")
    card: str = Field(max_length=40)
    record: int


class CheckInOut(Schema):
    """What became of a copy that was taken back."""

    loan: LoanOut | None
    hold: HoldOut | None
    next_action: str
    overdue_days: int
    message: str


class LoansOut(Schema):
    """A page of loans."""

    results: list[LoanOut]
    next: str | None


def _card(library_id: int, person_id: int) -> str:
    numbers = Membership.objects.filter(library_id=library_id, person_id=person_id)
    return numbers.values_list("card_number", flat=True).first() or ""


def loan_out(loan: Loan, *, card: str | None = None) -> dict[str, Any]:
    """A loan as the API shows it; ``card`` spares a statement where it is known."""
    reader = None
    if loan.person_id is not None and loan.person is not None:
        number = _card(loan.library_id, loan.person_id) if card is None else card
        reader = {"card": number, "name": loan.person.full_name}
    return {
        "id": loan.pk,
        "library": loan.library.code,
        "barcode": loan.copy.barcode,
        "record": {"id": loan.copy.record_id, "title": loan.copy.record.title},
        "lent_at": loan.lent_at,
        "due_on": loan.due_on,
        "renewals": loan.renewals,
        "returned_at": loan.returned_at,
        "reader": reader,
    }


def hold_out(hold: Hold) -> dict[str, Any]:
    """A hold as the API shows it."""
    return {
        "id": hold.pk,
        "library": hold.library.code,
        "record": {"id": hold.record_id, "title": hold.record.title},
        "state": hold.state,
        "placed_at": hold.placed_at,
        "collect_until": hold.collect_until,
        "barcode": hold.copy.barcode if hold.copy else None,
        "reader": {"card": _card(hold.library_id, hold.person_id), "name": hold.person.full_name},
    }


@router.post("/checkouts", response={201: LoanOut})
def check_out(request: HttpRequest, data: CheckOutIn) -> Status[dict[str, Any]]:
    """Lend a copy to the reader with a card. Repeating a `command_id` answers the first loan."""
    loan = services.check_out(
        actor=_actor(request),
        library=organizations.library_by_code(data.library),
        card=data.card,
        barcode=data.barcode,
        at=clock.now(),
        command_id=data.command_id,
        override=data.override,
    )
    return Status(201, loan_out(_whole(loan)))


@router.post("/checkins", response=CheckInOut)
def check_in(request: HttpRequest, data: CheckInIn) -> dict[str, Any]:
    """Take a copy back; the first reader who waits for the title gets it on the hold shelf."""
    done = services.check_in(
        actor=_actor(request),
        library=organizations.library_by_code(data.library),
        barcode=data.barcode,
        at=clock.now(),
        command_id=data.command_id,
    )
    return {
        "loan": loan_out(_whole(done.loan)) if done.loan else None,
        "hold": hold_out(queries.holds().get(pk=done.hold.pk)) if done.hold else None,
        "next_action": done.next_action,
        "overdue_days": done.overdue_days,
        "message": check_in_message(done),
    }


def check_in_message(done: services.CheckIn) -> str:
    """What happened to a copy that was taken back, in a sentence."""
    if done.next_action == NextAction.HOLD_SHELF and done.hold is not None:
        return _("Put it on the hold shelf for %(reader)s.") % {"reader": done.hold.person.full_name}
    if done.loan is None:
        return _("Nobody had it. Put it back on its shelf.")
    return _("Returned. Put it back on its shelf.")


@router.post("/renewals", response=LoanOut)
def renew(request: HttpRequest, data: RenewalIn) -> dict[str, Any]:
    """Prolong the open loan of a copy."""
    loan = services.renew_barcode(
        actor=_actor(request),
        library=organizations.library_by_code(data.library),
        barcode=data.barcode,
        at=clock.now(),
        command_id=data.command_id,
        override=data.override,
    )
    return loan_out(_whole(loan))


@router.get("/loans", response=LoansOut)
def list_loans(
    request: HttpRequest,
    library: Annotated[str, Query(max_length=20, description="Code of a library; empty: all within reach.")] = "",
    card: Annotated[str, Query(max_length=40, description="Card of a reader; empty: everybody's.")] = "",
    open: Annotated[bool, Query(description="Only loans that are still out.")] = True,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """Loans within the caller's reach, the newest first."""
    actor = _actor(request)
    if not actor.may_somewhere(Permission.CIRCULATION_LEND):
        raise NotAllowed()
    reach = within(actor.reach(Permission.CIRCULATION_LEND), "library__path")
    found = queries.loans().select_related("library").filter(reach)
    if library:
        found = found.filter(library=organizations.library_by_code(library))
    if card:
        # Only cards within reach: an answer must not tell whether another school's card exists.
        owners = Membership.objects.filter(reach, card_number=decode_scan(card.replace("\x00", "")))
        if library:
            owners = owners.filter(library__code=library)
        pairs = list(owners.values_list("person_id", flat=True))
        if not pairs:
            raise UnknownCard(card=card)
        found = found.filter(person_id__in=pairs)
    if open:
        found = found.filter(returned_at__isnull=True)
    rows, following = paginate(found, cursor, limit, descending=True)
    cards = {
        (library_id, person_id): number
        for library_id, person_id, number in Membership.objects.filter(
            person_id__in={row.person_id for row in rows}, library_id__in={row.library_id for row in rows}
        ).values_list("library_id", "person_id", "card_number")
    }
    results = [loan_out(row, card=cards.get((row.library_id, row.person_id or 0), "")) for row in rows]
    return {"results": results, "next": following}


@router.post("/holds", response={201: HoldOut})
def place_hold(request: HttpRequest, data: HoldIn) -> Status[dict[str, Any]]:
    """Put a reader into the queue for a title; a reader may do it alone."""
    library = organizations.library_by_code(data.library)
    card = decode_scan(data.card.replace("\x00", ""))
    person = Person.objects.filter(memberships__library=library, memberships__card_number=card).first()
    actor = _actor(request)
    if not actor.may(Permission.CIRCULATION_LEND, library.path) and (person is None or actor.person_id != person.pk):
        # The same answer for a card that exists and one that does not.
        raise NotAllowed()
    if person is None:
        raise UnknownCard(card=card)
    record = Record.objects.filter(pk=data.record).first()
    if record is None:
        raise NotFound
    hold = services.place_hold(
        actor=actor,
        library=library,
        record=record,
        person=person,
        at=clock.now(),
        command_id=data.command_id,
    )
    return Status(201, hold_out(queries.holds().get(pk=hold.pk)))


@router.delete("/holds/{hold_id}", response=HoldOut)
def cancel_hold(request: HttpRequest, hold_id: int, command_id: UUID | None = None) -> dict[str, Any]:
    """Cancel a hold; the copy on the hold shelf goes to the next who waits."""
    hold = queries.holds().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    actor = _actor(request)
    if not actor.may(Permission.CIRCULATION_LEND, hold.library.path) and actor.person_id != hold.person_id:
        raise NotFound
    done = services.cancel_hold(actor=actor, library=hold.library, hold=hold, at=clock.now(), command_id=command_id)
    return hold_out(queries.holds().get(pk=done.pk))


def _actor(request: HttpRequest) -> Any:
    return cast("Request", request).actor


def _whole(loan: Loan) -> Loan:
    return queries.loans().select_related("library").get(pk=loan.pk)
