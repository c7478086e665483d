"""Commands on copies: lend, take back, renew, hold, replace, note, set policies.

Rows are locked in one order everywhere: membership, copy, loan, holds of a title by turn. Lending and taking
back cost the same number of statements however many loans the reader has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, QuerySet

from kitaphana.catalog.models import Record
from kitaphana.circulation import errors, locking, policies, queries
from kitaphana.circulation.enums import Action, HoldState, LoanEnd, NextAction
from kitaphana.circulation.models import Hold, Loan, LoanPolicy, ReaderNote, Renewal, Visit
from kitaphana.circulation.policies import Terms
from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.models import AuditEntry
from kitaphana.core.text.scanner import decode_scan
from kitaphana.fund import services as fund
from kitaphana.fund.enums import CopyState, FundType, WithdrawalReason
from kitaphana.fund.models import Act, Copy
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership, Person

# Lending


@transaction.atomic
def check_out(
    *,
    actor: Actor,
    library: Organization,
    card: str,
    barcode: str,
    at: datetime,
    command_id: UUID | None = None,
    override: str = "",
) -> Loan:
    """Lend a copy to the reader with a card; counts the reader's visit of the day and ends the reader's hold.

    ``override`` is the reason for passing rules that may be passed; it needs the right to. Scans typed under
    a Kazakh keyboard layout are understood. Repeating a ``command_id`` returns the first loan.

    :raises LibraryClosed: the organisation works no more.
    :raises UnknownCard, ForeignCard, ReaderLeft: the reader can't be served.
    :raises UnknownBarcode, IsIsbn, IsCard, ForeignCopy, CopyWrittenOff, CopyOnLoan, CopyOnLoanHere: nor the
        copy lent.
    :raises Overridable: a rule that a reason passes: CardExpired, BlockingNote, ReaderOverdue,
        CopyOnHoldShelf, HoldWaiting, ReferenceOnly, LastCopy, LimitReached.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.CHECK_OUT, library):
        return queries.loans().get(pk=_subject(first))
    if library.is_closed:
        raise errors.LibraryClosed(library=library.name)
    on = clock.day_of(at)
    reader = _reader(library, _code(card))
    if reader.left_on is not None:
        raise errors.ReaderLeft(reader=reader.name.full, left_on=errors.in_words(reader.left_on))
    copy = _copy(library, _code(barcode))
    facts = locking.facts(library_id=library.pk, person_id=reader.person_id, copy=copy, on=on)
    if facts.loan_id is not None:
        raise _on_loan(facts.loan_id, reader.person_id)
    claims = list(_claims(library, copy.record_id)) if facts.claims else []
    terms = queries.policy_for(library, reader.category, copy.fund).terms
    passed = [
        *_about_reader(reader, on, facts.overdue, terms),
        *_about_copy(copy, reader.person_id, claims, terms),
    ]
    if facts.used >= terms.max_loans:
        passed.append(errors.LimitReached(count=facts.used, limit=terms.max_loans))
    reason = _override(actor, library, passed, override)

    loan = Loan.objects.create(
        library=library,
        copy_id=copy.pk,
        person_id=reader.person_id,
        category=reader.category,
        school_class_id=reader.school_class_id,
        lent_at=at,
        lent_on=on,
        due_on=policies.due_on(library, terms, on),
        override_reason=reason,
    )
    _end_claims(claims, copy, reader.person_id, at)
    _visit(library, reader.person_id, reader.category, reader.grade, on)
    after: dict[str, Any] = {"barcode": copy.barcode, "title": copy.title, "due_on": loan.due_on.isoformat()}
    if reason:
        after |= {"override": reason, "passed": [refusal.code for refusal in passed]}
    _record(actor, Action.CHECK_OUT, loan, at, library, command_id, after=after)
    return loan


def _about_reader(reader: locking.LockedReader, on: date, overdue: int, terms: Terms) -> list[errors.Overridable]:
    found: list[errors.Overridable] = []
    if reader.valid_until < on:
        found.append(errors.CardExpired(valid_until=errors.in_words(reader.valid_until)))
    if reader.has_blocking_note:
        notes = ReaderNote.objects.filter(membership=reader.membership_id, is_blocking=True, closed_at=None)
        found.append(errors.BlockingNote(text="; ".join(notes.order_by("id").values_list("text", flat=True))))
    if overdue and terms.blocks_when_overdue:
        found.append(errors.ReaderOverdue(count=overdue))
    return found


def _about_copy(copy: locking.LockedCopy, person_id: int, claims: list[Hold], terms: Terms) -> list[errors.Overridable]:
    found: list[errors.Overridable] = []
    if copy.is_reference:
        found.append(errors.ReferenceOnly(title=copy.title))
    others = [hold for hold in claims if hold.person_id != person_id]
    kept = next((hold for hold in others if _is_kept(hold, copy.pk)), None)
    if kept is not None and kept.collect_until is not None:
        holder = _who(kept.person, copy.library_id)
        until = errors.in_words(kept.collect_until)
        found.append(errors.CopyOnHoldShelf(title=copy.title, reader=holder, collect_until=until))
    else:
        mine = next((hold for hold in claims if hold.person_id == person_id), None)
        before = [
            hold
            for hold in others
            if hold.state == HoldState.WAITING
            and (mine is None or (mine.state == HoldState.WAITING and _turn(hold) < _turn(mine)))
        ]
        # A copy may go to somebody else only while every reader who waits longer could get another one.
        if before and _free(copy).count() <= len(before):
            found.append(errors.HoldWaiting(title=copy.title, count=len(before)))
    if terms.keeps_last_copy and not _free(copy).exclude(pk=copy.pk).exists():
        found.append(errors.LastCopy(title=copy.title))
    return found


def _free(copy: locking.LockedCopy) -> QuerySet[Copy]:
    return queries.free_copies().filter(library_id=copy.library_id, record_id=copy.record_id)


def _is_kept(hold: Hold, copy_id: int) -> bool:
    """Whether a hold keeps this very copy on the hold shelf."""
    return hold.state == HoldState.READY and hold.copy_id == copy_id


def _end_claims(claims: list[Hold], copy: locking.LockedCopy, person_id: int, at: datetime) -> None:
    """The reader's own hold is fulfilled; another's hold on this very copy goes back to its place in the
    queue."""
    mine = next((hold for hold in claims if hold.person_id == person_id), None)
    kept = next((hold for hold in claims if hold is not mine and _is_kept(hold, copy.pk)), None)
    if kept is not None:
        kept.state, kept.copy_id, kept.ready_on, kept.collect_until = HoldState.WAITING, None, None, None
        kept.save(update_fields=["state", "copy", "ready_on", "collect_until"])
    if mine is not None:
        released = mine.copy_id if mine.state == HoldState.READY and mine.copy_id != copy.pk else None
        mine.state, mine.copy_id, mine.ended_at = HoldState.FULFILLED, copy.pk, at
        mine.save(update_fields=["state", "copy", "ended_at"])
        if released is not None:
            # The reader took another copy: the one on the hold shelf is for the next.
            _give_to_next(mine.library, released, [hold for hold in claims if hold is not mine], clock.day_of(at))


# Taking back


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What became of a copy that was taken back."""

    loan: Loan | None
    """The loan that ended; None: nobody had the copy."""
    copy: Copy
    hold: Hold | None
    """The hold that the copy goes to the hold shelf for."""
    next_action: NextAction
    overdue_days: int = 0
    """Calendar days after the due date."""


@transaction.atomic
def check_in(
    *, actor: Actor, library: Organization, barcode: str, at: datetime, command_id: UUID | None = None
) -> CheckIn:
    """Take a copy back, whoever brings it; the first reader who waits for the title gets it on the hold
    shelf.

    A copy that nobody has is accepted too: it may be what somebody waits for. The loan of a reader who keeps
    no history forgets the reader. Repeating a ``command_id`` returns the first result.

    :raises UnknownBarcode, IsIsbn, IsCard, ForeignCopy, CopyWrittenOff: there is nothing to take back here.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.CHECK_IN, library):
        return _told(first.after or {})
    on = clock.day_of(at)
    copy = _copy(library, _code(barcode))
    loan = _locked_loans().filter(copy_id=copy.pk, returned_at__isnull=True).first()
    claims = list(_claims(library, copy.record_id))
    overdue_days = 0
    if loan is not None:
        overdue_days = max((on - loan.due_on).days, 0)
        _close(loan, LoanEnd.RETURNED, at)
    hold = next((claim for claim in claims if _is_kept(claim, copy.pk)), None)
    if hold is None and not copy.is_reference:
        hold = _give_to_next(library, copy.pk, claims, on)
    action = NextAction.SHELVE if hold is None else NextAction.HOLD_SHELF
    after = {
        "barcode": copy.barcode,
        "title": copy.title,
        "copy": copy.pk,
        "loan": loan.pk if loan else None,
        "hold": hold.pk if hold else None,
        "next": action.value,
        "overdue_days": overdue_days,
    }
    _record(actor, Action.CHECK_IN, loan or Copy(pk=copy.pk), at, library, command_id, after=after)
    return _told(after)


def _told(facts: dict[str, Any]) -> CheckIn:
    """The result of taking a copy back from what the journal keeps of it."""
    copy = Copy.objects.select_related("record", "library").defer("record__marc").get(pk=facts["copy"])
    return CheckIn(
        loan=queries.loans().get(pk=facts["loan"]) if facts["loan"] else None,
        copy=copy,
        hold=queries.holds().get(pk=facts["hold"]) if facts["hold"] else None,
        next_action=NextAction(facts["next"]),
        overdue_days=facts["overdue_days"],
    )


def _close(loan: Loan, end: LoanEnd, at: datetime) -> None:
    """End a loan; a reader who keeps no history is forgotten by it. Counts the visit."""
    person = loan.person
    loan.returned_at, loan.returned_on, loan.end = max(at, loan.lent_at), clock.day_of(at), end
    fields = ["returned_at", "returned_on", "end"]
    Loan.objects.filter(pk=loan.pk).update(
        **{name: getattr(loan, name) for name in fields},
        **({} if person is None or person.keeps_history else {"person": None}),
    )
    if person is not None:
        grade = loan.school_class.grade if loan.school_class else None
        _visit(loan.library, person.pk, loan.category, grade, loan.returned_on)


def _give_to_next(library: Organization, copy_id: int, claims: Sequence[Hold], on: date) -> Hold | None:
    """Put a copy on the hold shelf for the first who waits; None: nobody does."""
    waiting = [claim for claim in claims if claim.state == HoldState.WAITING]
    if not waiting:
        return None
    first = min(waiting, key=_turn)
    category = Membership.objects.filter(library=library, person_id=first.person_id).values_list("category", flat=True)
    terms = queries.policy_for(library, category.first() or "", FundType.CORE).terms
    first.state, first.copy_id, first.ready_on = HoldState.READY, copy_id, on
    first.collect_until = policies.collect_until(library, terms, on)
    first.save(update_fields=["state", "copy", "ready_on", "collect_until"])
    return first


# Renewing


@transaction.atomic
def renew(
    *,
    actor: Actor,
    library: Organization,
    loan: Loan,
    at: datetime,
    command_id: UUID | None = None,
    override: str = "",
) -> Loan:
    """Prolong a loan by the days of the policy, from its due date or today if that is past; the reader may
    do it for their own loans.

    Repeating a ``command_id`` returns the loan and prolongs nothing more.

    :raises LoanEnded, ReaderLeft: it can't be prolonged.
    :raises Overridable: a rule that a librarian's reason passes: RenewalsUsedUp, RenewalHoldWaiting,
        CardExpired, and for the reader's own renewal ReaderOverdue.
    """
    is_librarian = _may_serve(actor, library, loan.person_id)
    if first := _repeated(command_id, Action.RENEW, library):
        return queries.loans().get(pk=_subject(first))
    on = clock.day_of(at)
    loan = _locked_loans().select_related("copy__record").get(pk=loan.pk, library=library)
    if loan.returned_on is not None or loan.person is None:
        raise errors.LoanEnded(returned_on=errors.in_words(loan.returned_on or on))
    membership = Membership.objects.filter(library=library, person=loan.person).first()
    if membership is None or membership.left_on is not None:
        left_on = errors.in_words(membership.left_on) if membership and membership.left_on else ""
        raise errors.ReaderLeft(reader=loan.person.full_name, left_on=left_on)
    terms = queries.policy_for(library, membership.category, loan.copy.fund).terms
    passed: list[errors.Overridable] = []
    if membership.valid_until < on:
        passed.append(errors.CardExpired(valid_until=errors.in_words(membership.valid_until)))
    if not is_librarian and terms.blocks_when_overdue:
        overdue = queries.open_loans(loan.person, library).filter(due_on__lt=on).count()
        if overdue:
            passed.append(errors.ReaderOverdue(count=overdue))
    if loan.renewals >= terms.max_renewals:
        passed.append(errors.RenewalsUsedUp(count=loan.renewals))
    waiting = Hold.objects.filter(library=library, record_id=loan.copy.record_id, state=HoldState.WAITING).count()
    if waiting:
        free = queries.free_copies().filter(library=library, record_id=loan.copy.record_id).count()
        if free < waiting:
            passed.append(errors.RenewalHoldWaiting(title=_title(loan)))
    # From the due date, so that whoever renews early loses no days; an overdue loan counts from today.
    due_on = policies.due_on(library, terms, max(on, loan.due_on))
    reason = _override(actor, library, passed, override)
    before = loan.due_on
    Renewal.objects.create(loan=loan, library=library, at=at, on=on, due_before=before, due_on=due_on)
    Loan.objects.filter(pk=loan.pk).update(due_on=due_on, renewals=F("renewals") + 1)
    loan.due_on, loan.renewals = due_on, loan.renewals + 1
    after: dict[str, Any] = {
        "due_on": due_on.isoformat(),
        "barcode": loan.copy.barcode,
        "title": _title(loan),
    }
    if reason:
        after |= {"override": reason, "passed": [refusal.code for refusal in passed]}
    _record(actor, Action.RENEW, loan, at, library, command_id, before={"due_on": before.isoformat()}, after=after)
    return loan


@transaction.atomic
def renew_barcode(
    *,
    actor: Actor,
    library: Organization,
    barcode: str,
    at: datetime,
    command_id: UUID | None = None,
    override: str = "",
) -> Loan:
    """Prolong the open loan of the copy with a barcode; else as ``renew``.

    :raises NotOnLoan: nobody has the copy.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.RENEW, library):
        return queries.loans().get(pk=_subject(first))
    copy = _copy(library, _code(barcode))
    loan = Loan.objects.filter(copy_id=copy.pk, returned_at__isnull=True).first()
    if loan is None:
        raise errors.NotOnLoan(title=copy.title)
    return renew(actor=actor, library=library, loan=loan, at=at, command_id=command_id, override=override)


# Holds


@transaction.atomic
def place_hold(
    *,
    actor: Actor,
    library: Organization,
    record: Record,
    person: Person,
    at: datetime,
    command_id: UUID | None = None,
) -> Hold:
    """Put a reader into the queue for a title at a library; the reader may do it alone.

    :raises NotAReader, ReaderLeft, CardExpired: the person is not served.
    :raises HoldAlreadyPlaced, HoldHasLoan, HoldNoCopies, HoldLimitReached: no such hold can be.
    """
    _may_serve(actor, library, person.pk)
    if first := _repeated(command_id, Action.PLACE_HOLD, library):
        return queries.holds().get(pk=_subject(first))
    if library.is_closed:
        raise errors.LibraryClosed(library=library.name)
    on = clock.day_of(at)
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(library=library, person=person)
        .first()
    )
    if membership is None:
        raise errors.NotAReader(reader=person.full_name)
    if membership.left_on is not None:
        raise errors.ReaderLeft(reader=person.full_name, left_on=errors.in_words(membership.left_on))
    if membership.valid_until < on:
        raise errors.CardExpired(valid_until=errors.in_words(membership.valid_until))
    mine = list(Hold.objects.filter(library=library, person=person, state__in=queries.OPEN_HOLDS))
    if any(hold.record_id == record.pk for hold in mine):
        raise errors.HoldAlreadyPlaced(title=record.title)
    copies = Copy.objects.filter(library=library, record=record, state=CopyState.IN_FUND)
    lendable = copies.filter(is_reference=False).first()
    if lendable is None:
        raise errors.HoldNoCopies(title=record.title)
    if Loan.objects.filter(person=person, copy__record=record, library=library, returned_at__isnull=True).exists():
        raise errors.HoldHasLoan(title=record.title)
    limit = queries.policy_for(library, membership.category, lendable.fund).terms.max_holds
    if len(mine) >= limit:
        raise errors.HoldLimitReached(count=len(mine), limit=limit)
    hold = Hold.objects.create(library=library, record=record, person=person, placed_at=at)
    _record(
        actor,
        Action.PLACE_HOLD,
        hold,
        at,
        library,
        command_id,
        after={"title": record.title, "record": record.pk},
    )
    return hold


@transaction.atomic
def cancel_hold(
    *, actor: Actor, library: Organization, hold: Hold, at: datetime, command_id: UUID | None = None
) -> Hold:
    """Take a reader out of the queue or off the hold shelf; the copy goes to the next who waits.

    :raises HoldEnded: it was collected, cancelled or freed before.
    """
    _may_serve(actor, library, hold.person_id)
    if first := _repeated(command_id, Action.CANCEL_HOLD, library):
        return queries.holds().get(pk=_subject(first))
    return _end_hold(actor, library, hold, HoldState.CANCELLED, Action.CANCEL_HOLD, at, command_id)


def _end_hold(
    actor: Actor,
    library: Organization,
    hold: Hold,
    state: HoldState,
    action: Action,
    at: datetime,
    command_id: UUID | None = None,
) -> Hold:
    if hold.copy_id is not None:
        Copy.objects.select_for_update().get(pk=hold.copy_id)
    claims = list(_claims(library, hold.record_id))
    mine: Hold | None = next((claim for claim in claims if claim.pk == hold.pk), None)
    if mine is None:
        raise errors.HoldEnded(title=Record.objects.values_list("title", flat=True).get(pk=hold.record_id))
    before, copy_id = mine.state, mine.copy_id
    mine.state, mine.copy, mine.ended_at = state, None, at
    mine.save(update_fields=["state", "copy", "ended_at"])
    following = None
    if before == HoldState.READY and copy_id is not None:
        following = _give_to_next(library, copy_id, [c for c in claims if c.pk != mine.pk], clock.day_of(at))
    _record(
        actor,
        action,
        mine,
        at,
        library,
        command_id,
        before={"state": before},
        after={"state": state.value, "next_hold": following.pk if following else None},
    )
    return mine


def expire_holds(*, actor: Actor, at: datetime, library: Organization | None = None) -> int:
    """Free what lies on the hold shelf longer than kept, at a library or everywhere; returns how many holds
    ended.

    Each hold is a transaction of its own. May be repeated without harm.
    """
    on = clock.day_of(at)
    late = Hold.objects.filter(state=HoldState.READY, collect_until__lt=on).select_related("library")
    if library is not None:
        late = late.filter(library=library)
    ended = 0
    for hold in late.order_by("library_id", "id"):
        actor.require(Permission.CIRCULATION_LEND, hold.library.path)
        with transaction.atomic():
            try:
                _end_hold(actor, hold.library, hold, HoldState.EXPIRED, Action.EXPIRE_HOLD, at)
            except errors.HoldEnded:
                continue  # collected in the meantime
            ended += 1
    return ended


# Lost books


@transaction.atomic
def replace_lost(
    *,
    actor: Actor,
    library: Organization,
    loan: Loan,
    replacement: Record,
    price: Decimal,
    on: date,
    at: datetime,
    command_id: UUID | None = None,
    commission: list[fund.Member],
) -> Act:
    """Accept another book instead of the lost copy: one act with two sides, and the loan ends as replaced.

    :raises LoanEnded: the copy was brought back or settled before.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.REPLACE_LOST, library):
        return Act.objects.get(pk=(first.after or {})["act"])
    loan = _locked_open_loan(library, loan)
    # The fund refuses to let go of a copy that somebody has, so the loan ends first.
    _close(loan, LoanEnd.REPLACED, at)
    act = fund.replace_lost(
        actor=actor,
        library=library,
        lost=loan.copy,
        replacement=replacement,
        price=price,
        on=on,
        at=at,
        command_id=None if command_id is None else uuid5(command_id, "fund.replace_lost"),
        commission=commission,
    )
    after = {"barcode": loan.copy.barcode, "act": act.pk, "replacement": replacement.pk, "price": str(price)}
    _record(actor, Action.REPLACE_LOST, loan, at, library, command_id, after=after)
    return act


@transaction.atomic
def write_off_lost(
    *,
    actor: Actor,
    library: Organization,
    loan: Loan,
    grounds: str,
    commission: list[fund.Member],
    on: date,
    at: datetime,
    command_id: UUID | None = None,
) -> Act:
    """Write off the lost copy by an act of loss, and end the loan as written off.

    :raises LoanEnded: the copy was brought back or settled before.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.WRITE_OFF_LOST, library):
        return Act.objects.get(pk=(first.after or {})["act"])
    loan = _locked_open_loan(library, loan)
    _close(loan, LoanEnd.WRITTEN_OFF, at)
    act = fund.write_off(
        actor=actor,
        library=library,
        write_off=fund.WriteOff(
            on=on, reason=WithdrawalReason.LOSS, grounds=grounds, commission=commission, copies=[loan.copy]
        ),
        at=at,
        command_id=uuid5(command_id, "fund.write_off") if command_id else None,
    )
    _record(
        actor,
        Action.WRITE_OFF_LOST,
        loan,
        at,
        library,
        command_id,
        after={"barcode": loan.copy.barcode, "act": act.pk},
    )
    return act


# Notes


@transaction.atomic
def add_note(
    *,
    actor: Actor,
    library: Organization,
    membership: Membership,
    text: str,
    is_blocking: bool = False,
    at: datetime,
    command_id: UUID | None = None,
) -> ReaderNote:
    """Write down what the library must remember about a reader; a blocking note stops lending.

    :raises EmptyNote: no text.
    """
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if first := _repeated(command_id, Action.ADD_NOTE, library):
        return ReaderNote.objects.get(pk=_subject(first))
    text = _line(text, 500)
    if not text:
        raise errors.EmptyNote
    membership = Membership.objects.get(pk=membership.pk, library=library)
    note = ReaderNote.objects.create(
        membership=membership, text=text, is_blocking=is_blocking, made_at=at, made_by_id=actor.user_id
    )
    _record(
        actor,
        Action.ADD_NOTE,
        note,
        at,
        library,
        command_id,
        after={"text": text, "is_blocking": is_blocking},
    )
    return note


@transaction.atomic
def close_note(
    *, actor: Actor, library: Organization, note: ReaderNote, at: datetime, command_id: UUID | None = None
) -> ReaderNote:
    """Close a note: the matter is settled. Closing a closed one changes nothing."""
    actor.require(Permission.CIRCULATION_LEND, library.path)
    if _repeated(command_id, Action.CLOSE_NOTE, library):
        return ReaderNote.objects.get(pk=note.pk)
    note = ReaderNote.objects.select_for_update(of=("self",)).get(pk=note.pk, membership__library=library)
    if note.closed_at is None:
        note.closed_at = at
        note.save(update_fields=["closed_at"])
        _record(actor, Action.CLOSE_NOTE, note, at, library, command_id, after={"text": note.text})
    return note


# Policies


@transaction.atomic
def set_policy(
    *,
    actor: Actor,
    organization: Organization,
    category: str,
    fund_type: str,
    terms: Terms,
    at: datetime,
    command_id: UUID | None = None,
) -> LoanPolicy:
    """Set days and limits at a node for a category of readers and a fund (empty: all) and for everything
    below.

    :raises BadPolicy: a figure is out of its bounds.
    """
    actor.require(Permission.CIRCULATION_POLICIES, organization.path)
    if first := _repeated(command_id, Action.SET_POLICY, organization):
        return LoanPolicy.objects.get(pk=_subject(first))
    checked = policies.checked(terms)
    if checked is None:
        raise errors.BadPolicy
    before = LoanPolicy.objects.filter(organization=organization, category=category, fund=fund_type).first()
    row, _ = LoanPolicy.objects.update_or_create(
        organization=organization, category=category, fund=fund_type, defaults=asdict(checked)
    )
    _record(
        actor,
        Action.SET_POLICY,
        row,
        at,
        organization,
        command_id,
        before=asdict(policies.terms_of(before)) if before else None,
        after={"category": category, "fund": fund_type, **asdict(checked)},
    )
    policies.forget()
    transaction.on_commit(policies.forget)
    return row


@transaction.atomic
def remove_policy(
    *,
    actor: Actor,
    organization: Organization,
    policy: LoanPolicy,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """Remove a node's own policy; what is inherited holds again."""
    actor.require(Permission.CIRCULATION_POLICIES, organization.path)
    if _repeated(command_id, Action.REMOVE_POLICY, organization):
        return
    row = LoanPolicy.objects.get(pk=policy.pk, organization=organization)
    before = {"category": row.category, "fund": row.fund, **asdict(policies.terms_of(row))}
    _record(actor, Action.REMOVE_POLICY, row, at, organization, command_id, before=before)
    row.delete()
    policies.forget()
    transaction.on_commit(policies.forget)


# Privacy


@transaction.atomic
def forget_history(*, actor: Actor, person: Person, at: datetime, command_id: UUID | None = None) -> int:
    """Cut the link between a person and everything they returned; returns how many loans were cut.

    Loans stay for the statistics without a name; ended holds go away, earlier visits lose the name. Only the
    person, or the administrator of the installation, may do it.
    """
    if actor.person_id != person.pk or not actor.may_somewhere(Permission.OWN_ACCOUNT):
        actor.require(Permission.INSTALLATION, "")
    first = audit.repeated(command_id)
    if first is not None:
        return int((first.after or {}).get("loans", 0))
    cut = Loan.objects.filter(person=person, returned_at__isnull=False).update(person=None)
    Hold.objects.filter(person=person).exclude(state__in=queries.OPEN_HOLDS).delete()
    Visit.objects.filter(person=person, on__lt=clock.day_of(at)).update(person=None)
    audit.record(
        actor,
        Action.FORGET_HISTORY,
        person,
        at=at,
        library_id=None,
        command_id=command_id,
        after={"loans": cut},
    )
    return cut


# Shared steps


def _repeated(command_id: UUID | None, action: Action, library: Organization) -> AuditEntry | None:
    first = audit.repeated(command_id)
    if first is not None and (first.action != action or first.library_id != library.pk):
        raise errors.CommandReused
    return first


def _code(scan: str) -> str:
    """What a scan means; PostgreSQL takes no NUL in texts."""
    return decode_scan(scan.replace("\x00", ""))


def _line(text: str, longest: int) -> str:
    """A text as one line that every database takes."""
    return " ".join(text.replace("\x00", "").split())[:longest]


def _subject(entry: AuditEntry) -> int:
    """Id of what the first command returned."""
    if entry.object_id is None:
        raise errors.CommandReused
    return entry.object_id


def _record(
    actor: Actor,
    action: Action,
    subject: Any,
    at: datetime,
    library: Organization,
    command_id: UUID | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor,
        action.value,
        subject,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        before=before,
        after=after,
    )


def _may_serve(actor: Actor, library: Organization, person_id: int | None) -> bool:
    """Whether the actor is a librarian here (else the person themself).

    :raises NotAllowed: neither.
    """
    if actor.may(Permission.CIRCULATION_LEND, library.path):
        return True
    if actor.person_id is None or actor.person_id != person_id or not actor.may_somewhere(Permission.OWN_ACCOUNT):
        raise NotAllowed
    return False


def _override(actor: Actor, library: Organization, passed: list[errors.Overridable], reason: str) -> str:
    """The reason to be stored if rules are passed.

    :raises Overridable: there is a rule to pass and no reason.
    """
    reason = _line(reason, 300)
    if not passed:
        return ""
    if not reason:
        raise passed[0]
    for refusal in passed:
        actor.require(refusal.override, library.path)
    return reason


def _reader(library: Organization, card: str) -> locking.LockedReader:
    """The reader of the library with a card, locked.

    :raises UnknownCard, ForeignCard: there is none.
    """
    found = locking.reader(library.pk, card)
    if found is None:
        if Membership.objects.filter(card_number=card).exists():
            raise errors.ForeignCard(card=card)
        raise errors.UnknownCard(card=card)
    return found


def _copy(library: Organization, barcode: str) -> locking.LockedCopy:
    """The library's copy with a barcode, locked.

    :raises UnknownBarcode, IsIsbn, IsCard, ForeignCopy, CopyWrittenOff: there is none that could move.
    """
    found = locking.copy(library.pk, barcode)
    if found is None:
        if queries.isbn13(barcode):
            raise errors.IsIsbn(isbn=barcode)
        foreign = Copy.objects.select_related("library").filter(barcode=barcode).first()
        if foreign is not None:
            raise errors.ForeignCopy(library=foreign.library.name)
        if Membership.objects.filter(library=library, card_number=barcode).exists():
            raise errors.IsCard(card=barcode)
        raise errors.UnknownBarcode(barcode=barcode)
    if found.state != CopyState.IN_FUND:
        raise errors.CopyWrittenOff(title=found.title, inventory_number=found.inventory_number)
    return found


def _claims(library: Organization, record_id: int) -> QuerySet[Hold]:
    """Open holds on a title at a library, by turn, locked."""
    return (
        Hold.objects.select_for_update(of=("self",))
        .select_related("person", "library")
        .filter(library=library, record_id=record_id, state__in=queries.OPEN_HOLDS)
        .order_by("placed_at", "id")
    )


def _turn(hold: Hold) -> tuple[datetime, int]:
    return (hold.placed_at, hold.pk)


def _locked_loans() -> QuerySet[Loan]:
    return Loan.objects.select_for_update(of=("self",)).select_related("person", "school_class", "library", "copy")


def _locked_open_loan(library: Organization, loan: Loan) -> Loan:
    """A loan that is open, with its copy locked first.

    :raises LoanEnded: it is not.
    """
    Copy.objects.select_for_update().get(pk=loan.copy_id)
    found: Loan = _locked_loans().select_related("copy__record").get(pk=loan.pk, library=library)
    if found.returned_on is not None:
        raise errors.LoanEnded(returned_on=errors.in_words(found.returned_on))
    return found


def _on_loan(loan_id: int, person_id: int) -> errors.CopyOnLoan | errors.CopyOnLoanHere:
    loan = queries.loans().get(pk=loan_id)
    title, due_on = _title(loan), errors.in_words(loan.due_on)
    if loan.person_id == person_id:
        return errors.CopyOnLoanHere(title=title, due_on=due_on)
    return errors.CopyOnLoan(title=title, due_on=due_on, reader=_who(loan.person, loan.library_id))


def _who(person: Person | None, library_id: int) -> str:
    """A reader as staff may see them: name and class."""
    if person is None:
        return ""
    membership = queries.memberships().filter(library_id=library_id, person=person).first()
    if membership is not None and membership.school_class is not None:
        return f"{person.full_name}, {membership.school_class.name}"
    return person.full_name


def _title(loan: Loan) -> str:
    return locking.in_a_line(loan.copy.record.title)


def _visit(library: Organization, person_id: int, category: str, grade: int | None, on: date) -> None:
    """Count a reader's day in the library, once however often it is told."""
    visit = Visit(library=library, person_id=person_id, category=category, grade=grade, on=on)
    Visit.objects.bulk_create([visit], ignore_conflicts=True)
