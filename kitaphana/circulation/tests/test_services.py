"""Commands of circulation: what they do, what they refuse, that they may be repeated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitaphana.circulation import checks, errors, policies, queries, services
from kitaphana.circulation.enums import HoldState, LoanEnd, NextAction
from kitaphana.circulation.models import Hold, Loan, LoanPolicy, Renewal, Visit
from kitaphana.circulation.policies import Terms
from kitaphana.circulation.tests.factories import AT, ON, copies, give_back, lend, reader
from kitaphana.core.access import SYSTEM, Actor, Permission
from kitaphana.core.errors import DomainError, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState
from kitaphana.fund.models import Copy
from kitaphana.organizations.models import ClosedDay
from kitaphana.people.enums import LeavingReason

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
COMMISSION = [fund.Member(name=f"Мүше {n}", position="мұғалім") for n in range(3)]


def hold(actor: Actor, membership: Any, copy: Copy, at: Any = AT, **options: Any) -> Hold:
    return services.place_hold(
        actor=actor,
        library=membership.library,
        record=copy.record,
        person=membership.person,
        at=at,
        command_id=options.get("command_id") or new_id(),
    )


def own(membership: Any) -> Actor:
    """The reader themself, signed in."""
    from kitaphana.people import queries as people
    from kitaphana.people.enums import Role
    from kitaphana.people.models import RoleAssignment, User

    user = User.objects.create_user(f"reader{membership.pk}", "Kitap-2026!", person=membership.person)
    RoleAssignment.objects.create(user=user, organization=membership.library, role=Role.READER)
    return people.actor_of(user)


def refuses(kind: type[DomainError], call: Any) -> Any:
    """The call is refused for this reason and nothing was written."""
    before = (Loan.objects.count(), Hold.objects.count(), AuditEntry.objects.count(), Visit.objects.count())
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    assert str(caught.value)
    assert "%(" not in str(caught.value) + caught.value.advice_text
    after = (Loan.objects.count(), Hold.objects.count(), AuditEntry.objects.count(), Visit.objects.count())
    assert before == after
    return caught.value


# check_out


def test_check_out_lends_counts_the_visit_and_is_in_the_journal(world) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    loan = lend(world.librarian, membership, copy)
    loan.refresh_from_db()
    assert (loan.copy_id, loan.person_id, loan.category) == (copy.pk, membership.person_id, "PUPIL")
    assert loan.school_class_id == membership.school_class_id
    assert (loan.lent_on, loan.due_on, loan.returned_at) == (ON, date(2026, 9, 28), None)
    assert list(Visit.objects.values_list("person_id", "on", "grade")) == [(membership.person_id, ON, 6)]
    entry = AuditEntry.objects.get(action="circulation.check_out")
    assert (entry.object_id, entry.library_id) == (loan.pk, world.school.pk)
    assert entry.after == {"barcode": copy.barcode, "title": "Абай жолы", "due_on": "2026-09-28"}


def test_check_out_understands_scans_under_the_kazakh_layout(world) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    under = str.maketrans("1234567890", '"әіңғ,.үұқ')
    loan = services.check_out(
        actor=world.librarian,
        library=world.school,
        card=membership.card_number.translate(under),
        barcode=copy.barcode.translate(under),
        at=AT,
        command_id=new_id(),
    )
    assert loan.copy_id == copy.pk


def test_check_out_repeated_returns_the_first_loan(world) -> None:
    (copy,) = copies(world.school)
    membership, command = reader(world.school), new_id()
    first = lend(world.librarian, membership, copy, command_id=command)
    again = lend(world.librarian, membership, copy, AT + DAY, command_id=command)
    assert again.pk == first.pk
    assert Loan.objects.count() == 1


def test_check_out_repeated_after_the_return_changes_nothing(world) -> None:
    (copy,) = copies(world.school)
    membership, command = reader(world.school), new_id()
    lend(world.librarian, membership, copy, command_id=command)
    give_back(world.librarian, copy)
    again = lend(world.librarian, membership, copy, AT + DAY, command_id=command)
    assert again.returned_at is not None
    assert Loan.objects.count() == 1


def test_a_command_id_of_another_command_is_refused(world) -> None:
    (copy,) = copies(world.school)
    membership, command = reader(world.school), new_id()
    lend(world.librarian, membership, copy, command_id=command)
    refuses(errors.CommandReused, lambda: give_back(world.librarian, copy, command_id=command))


@pytest.mark.parametrize("who", ["neighbour_librarian", "director", "stranger", "methodist"])
def test_check_out_needs_the_right_in_this_library(world, who: str) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    refuses(NotAllowed, lambda: lend(getattr(world, who), membership, copy))


def test_check_out_refuses_what_cannot_be(world) -> None:
    copy, second = copies(world.school, 2)
    (foreign,) = copies(world.neighbour)
    membership, other = reader(world.school), reader(world.school, "Ахметов", "Дәулет", letter="А")
    stranger = reader(world.neighbour)
    school = world.school

    def out(card: str, barcode: str, library: Any = school) -> Any:
        return lambda: services.check_out(
            actor=SYSTEM, library=library, card=card, barcode=barcode, at=AT, command_id=new_id()
        )

    card = membership.card_number
    refuses(errors.UnknownCard, out("123", copy.barcode))
    refuses(errors.ForeignCard, out(stranger.card_number, copy.barcode))
    refuses(errors.UnknownBarcode, out(card, "000"))
    refuses(errors.IsIsbn, out(card, "9786017002015"))
    refuses(errors.IsCard, out(card, other.card_number))
    assert world.neighbour.name in str(refuses(errors.ForeignCopy, out(card, foreign.barcode)))
    lend(world.librarian, other, copy)
    refusal = refuses(errors.CopyOnLoan, out(card, copy.barcode))
    assert "Ахметов Дәулет, 6 «А»" in str(refusal)
    assert refusal.status == 409
    refuses(errors.CopyOnLoanHere, out(other.card_number, copy.barcode))
    fund.write_off(
        actor=SYSTEM,
        library=school,
        at=AT,
        command_id=new_id(),
        write_off=fund.WriteOff(on=ON, reason="WORN", copies=[second], commission=COMMISSION, grounds="тозған"),
    )
    refuses(errors.CopyWrittenOff, out(card, second.barcode))
    membership.left_on, membership.left_reason = ON, LeavingReason.MOVED
    membership.save()
    refuses(errors.ReaderLeft, out(card, copy.barcode))
    school.is_closed = True
    refuses(errors.LibraryClosed, out(other.card_number, copy.barcode))


def _expired(world: Any, membership: Any, copy: Copy) -> None:
    membership.valid_until = ON - DAY
    membership.save()


def _noted(world: Any, membership: Any, copy: Copy) -> None:
    services.add_note(
        actor=SYSTEM,
        library=world.school,
        membership=membership,
        text="Түбіртек жоқ",
        is_blocking=True,
        at=AT,
    )


def _overdue(world: Any, membership: Any, copy: Copy) -> None:
    (late,) = copies(world.school, title="Кеш қалған")
    lend(SYSTEM, membership, late, AT - 30 * DAY)


def _on_hold_shelf(world: Any, membership: Any, copy: Copy) -> None:
    hold(SYSTEM, reader(world.school, "Кезекші"), copy)
    give_back(SYSTEM, copy)


def _waiting(world: Any, membership: Any, copy: Copy) -> None:
    hold(SYSTEM, reader(world.school, "Кезекші"), copy)


def _reference(world: Any, membership: Any, copy: Copy) -> None:
    copy.is_reference = True
    copy.save()


def _last(world: Any, membership: Any, copy: Copy) -> None:
    LoanPolicy.objects.create(
        organization=world.school,
        loan_days=14,
        max_loans=5,
        max_renewals=2,
        max_holds=3,
        hold_shelf_days=3,
        keeps_last_copy=True,
    )


def _limit(world: Any, membership: Any, copy: Copy) -> None:
    for other in copies(world.school, 5, title="Басқа"):
        lend(SYSTEM, membership, other)


OVERRIDABLE = [
    (errors.CardExpired, _expired),
    (errors.BlockingNote, _noted),
    (errors.ReaderOverdue, _overdue),
    (errors.CopyOnHoldShelf, _on_hold_shelf),
    (errors.HoldWaiting, _waiting),
    (errors.ReferenceOnly, _reference),
    (errors.LastCopy, _last),
    (errors.LimitReached, _limit),
]


@pytest.mark.parametrize(("kind", "prepare"), OVERRIDABLE, ids=[kind.__name__ for kind, _ in OVERRIDABLE])
def test_check_out_passes_a_rule_only_with_a_reason_and_the_right(world, kind: Any, prepare: Any) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    prepare(world, membership, copy)
    refusal = refuses(kind, lambda: lend(world.librarian, membership, copy))
    assert refusal.override is Permission.CIRCULATION_OVERRIDE
    grants = tuple(
        type(grant)(grant.path, grant.permissions - {Permission.CIRCULATION_OVERRIDE})
        for grant in world.librarian.grants
    )
    helper = Actor(user_id=world.librarian.user_id, grants=grants)
    refuses(NotAllowed, lambda: lend(helper, membership, copy, override="өтініш"))
    loan = lend(world.librarian, membership, copy, override="  мұғалімнің \n өтініші ")
    assert loan.override_reason == "мұғалімнің өтініші"
    entry = AuditEntry.objects.get(action="circulation.check_out", object_id=loan.pk)
    assert entry.after is not None
    assert entry.after["passed"] == [kind.code]
    assert list(checks.invariants()) == []


def test_an_override_without_need_is_not_kept(world) -> None:
    (copy,) = copies(world.school)
    assert lend(world.librarian, reader(world.school), copy, override="керек емес").override_reason == ""


def test_every_refusal_has_its_own_code() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)]
    ours = [kind for kind in kinds if kind.code.startswith("circulation.")]
    assert len(ours) >= 30
    assert len({kind.code for kind in ours}) == len(ours)
    assert [kind.__name__ for kind in ours if not str(kind.advice)] == []


def test_textbooks_have_a_limit_of_their_own_and_are_due_in_may(world) -> None:
    membership = reader(world.school)
    for copy in copies(world.school, 5):
        lend(world.librarian, membership, copy)
    (textbook,) = copies(world.school, title="Алгебра", kind="TEXTBOOK")
    assert lend(world.librarian, membership, textbook).due_on == date(2027, 5, 25)
    (more,) = copies(world.school, title="Геометрия", kind="TEXTBOOK")
    # Issue for the next school year begins in late May.
    assert lend(world.librarian, membership, more, AT.replace(month=5, day=24)).due_on.year == 2027


def test_due_dates_skip_closed_days(world) -> None:
    (copy, other) = copies(world.school, 2)
    membership = reader(world.school)
    ClosedDay.objects.create(organization=world.country, on=date(2026, 9, 28), name_kk="Мереке")
    assert lend(world.librarian, membership, copy).due_on == date(2026, 9, 29)
    # 13 September 2026 + 14 days is a Sunday.
    assert lend(world.librarian, membership, other, AT - DAY).due_on.isoweekday() != 7


def test_check_out_costs_the_same_with_one_loan_and_with_five_hundred(world) -> None:
    teacher = reader(world.school, category="TEACHER", grade=None)
    services.set_policy(
        actor=SYSTEM,
        organization=world.school,
        category="TEACHER",
        fund_type="CORE",
        at=AT,
        terms=Terms(loan_days=30, max_loans=500, max_renewals=3),
    )
    one, two, *rest = copies(world.school, 502)
    lend(world.librarian, teacher, one)
    # Savepoint, repeated command, reader, copy, loans and holds, loan, visit, journal, end of the savepoint.
    with CaptureQueriesContext(connection) as few:
        lend(world.librarian, teacher, two)
    Loan.objects.bulk_create(
        [
            Loan(
                library=world.school,
                copy=copy,
                person=teacher.person,
                category="TEACHER",
                lent_at=AT,
                lent_on=ON,
                due_on=ON + 30 * DAY,
            )
            for copy in rest[:497]
        ]
    )
    with CaptureQueriesContext(connection) as many:
        lend(world.librarian, teacher, rest[498])
    expected = 9 + (connection.vendor == "postgresql")
    assert (len(few), len(many)) == (expected, expected)


def test_check_in_costs_the_same_with_one_loan_and_with_fifty(world) -> None:
    teacher = reader(world.school, category="TEACHER", grade=None)
    books = copies(world.school, 30)
    lend(world.librarian, teacher, books[0])
    with CaptureQueriesContext(connection) as few:
        give_back(world.librarian, books[0])
    for copy in books[1:]:
        lend(world.librarian, teacher, copy)
    with CaptureQueriesContext(connection) as many:
        give_back(world.librarian, books[1])
    # Savepoint, repeated command, copy, loan, holds, end of the loan, visit, journal, what is shown of both,
    # end.
    expected = 11 + (connection.vendor == "postgresql")
    assert (len(few), len(many)) == (expected, expected)


# check_in


def test_check_in_ends_the_loan(world) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    loan = lend(world.librarian, membership, copy)
    done = give_back(world.librarian, copy, AT + 20 * DAY)
    loan.refresh_from_db()
    assert (loan.returned_on, loan.end) == (ON + 20 * DAY, LoanEnd.RETURNED)
    assert loan.person_id == membership.person_id
    assert done.loan is not None
    assert (done.loan.pk, done.hold, done.next_action, done.overdue_days) == (
        loan.pk,
        None,
        NextAction.SHELVE,
        6,
    )
    assert Visit.objects.count() == 2


def test_visits_count_once_a_day(world) -> None:
    one, two = copies(world.school, 2)
    membership = reader(world.school)
    lend(world.librarian, membership, one)
    lend(world.librarian, membership, two)
    give_back(world.librarian, one)
    assert Visit.objects.count() == 1


def test_check_in_repeated_returns_the_first_result(world) -> None:
    (copy,) = copies(world.school)
    membership, command = reader(world.school), new_id()
    loan = lend(world.librarian, membership, copy)
    first = give_back(world.librarian, copy, command_id=command)
    lend(world.librarian, membership, copy)
    again = give_back(world.librarian, copy, command_id=command)
    assert again.loan is not None
    assert first.loan is not None
    assert (again.loan.pk, first.loan.pk) == (loan.pk, loan.pk)
    assert Loan.objects.filter(returned_at=None).count() == 1


def test_check_in_of_what_nobody_has_is_told(world) -> None:
    (copy,) = copies(world.school)
    done = give_back(world.librarian, copy)
    assert (done.loan, done.next_action) == (None, NextAction.SHELVE)


def test_check_in_refuses_what_is_not_of_this_library(world) -> None:
    (copy,) = copies(world.neighbour)
    lend(SYSTEM, reader(world.neighbour), copy)

    def take(barcode: str) -> Any:
        return lambda: services.check_in(
            actor=world.librarian, library=world.school, barcode=barcode, at=AT, command_id=new_id()
        )

    refuses(errors.ForeignCopy, take(copy.barcode))
    refuses(errors.UnknownBarcode, take("1"))
    refuses(errors.IsIsbn, take("978-601-7002-01-5"))
    refuses(NotAllowed, lambda: give_back(world.librarian, copy))


def test_check_in_forgets_a_reader_who_keeps_no_history(world) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    membership.person.keeps_history = False
    membership.person.save()
    loan = lend(world.librarian, membership, copy)
    give_back(world.librarian, copy)
    loan.refresh_from_db()
    assert loan.person_id is None
    assert loan.category == "PUPIL"
    assert list(checks.invariants()) == []


def test_check_in_gives_the_copy_to_the_first_who_waits(world) -> None:
    (copy,) = copies(world.school)
    holder, first, second = (reader(world.school, name) for name in ("Алиев", "Бекова", "Сапаров"))
    lend(world.librarian, holder, copy)
    late = hold(world.librarian, second, copy, AT + DAY)
    early = hold(world.librarian, first, copy, AT)
    done = give_back(world.librarian, copy, AT + 2 * DAY)
    assert done.hold is not None
    assert (done.hold.pk, done.next_action) == (early.pk, NextAction.HOLD_SHELF)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, early.copy_id, early.ready_on) == (HoldState.READY, copy.pk, ON + 2 * DAY)
    assert early.collect_until == date(2026, 9, 19)
    assert late.state == HoldState.WAITING
    loan = lend(world.librarian, first, copy, AT + 3 * DAY)
    early.refresh_from_db()
    assert (early.state, early.copy_id) == (HoldState.FULFILLED, loan.copy_id)


def test_lending_over_a_kept_copy_puts_the_hold_back_into_the_queue(world) -> None:
    (copy,) = copies(world.school)
    _on_hold_shelf(world, None, copy)
    lend(world.librarian, reader(world.school), copy, override="шұғыл")
    waiting = Hold.objects.get()
    assert (waiting.state, waiting.copy_id, waiting.collect_until) == (HoldState.WAITING, None, None)


def test_taking_another_copy_passes_the_kept_one_on(world) -> None:
    kept, other = copies(world.school, 2)
    first, second = reader(world.school, "Бекова"), reader(world.school, "Сапаров")
    hold(world.librarian, first, kept)
    give_back(world.librarian, kept)
    hold(world.librarian, second, kept)
    lend(world.librarian, first, other)
    state = {one.person_id: (one.state, one.copy_id) for one in Hold.objects.all()}
    assert state[first.person_id] == (HoldState.FULFILLED, other.pk)
    assert state[second.person_id] == (HoldState.READY, kept.pk)


# renew


def test_renew_moves_the_due_date_and_keeps_the_row(world) -> None:
    (copy,) = copies(world.school)
    loan = lend(world.librarian, reader(world.school), copy)
    command = new_id()

    def renew() -> Loan:
        return services.renew(
            actor=world.librarian, library=world.school, loan=loan, at=AT + 10 * DAY, command_id=command
        )

    renewed, again = renew(), renew()
    assert (renewed.due_on, renewed.renewals, again.renewals) == (date(2026, 10, 12), 1, 1)
    row = Renewal.objects.get()
    assert (row.due_before, row.due_on, row.on) == (date(2026, 9, 28), date(2026, 10, 12), ON + 10 * DAY)


def test_renew_refuses(world) -> None:
    copy, spare = copies(world.school, 2)
    membership, other = reader(world.school), reader(world.school, "Бекова")
    loan = lend(world.librarian, membership, copy)

    def renew(days: int, actor: Actor = world.librarian, **options: Any) -> Any:
        return lambda: services.renew(
            actor=actor, library=world.school, loan=loan, at=AT + days * DAY, command_id=new_id(), **options
        )

    refuses(NotAllowed, renew(5, world.neighbour_librarian))
    refuses(NotAllowed, renew(5, own(other)))
    lend(world.librarian, other, spare)
    third = reader(world.school, "Сапаров")
    hold(world.librarian, third, copy)
    refuses(errors.RenewalHoldWaiting, renew(5))
    services.cancel_hold(actor=world.librarian, library=world.school, hold=Hold.objects.get(), at=AT)
    renew(5)()
    renew(10)()
    refuses(errors.RenewalsUsedUp, renew(15))
    assert renew(15, override="ауырды")().renewals == 3
    give_back(world.librarian, copy, AT + 16 * DAY)
    refuses(errors.LoanEnded, renew(17))


def test_a_reader_renews_alone_but_not_with_overdue_books(world) -> None:
    one, two = copies(world.school, 2)
    membership = reader(world.school)
    actor = own(membership)
    loan = lend(world.librarian, membership, one)
    done = services.renew(actor=actor, library=world.school, loan=loan, at=AT + 3 * DAY, command_id=new_id())
    assert done.renewals == 1
    lend(world.librarian, membership, two, AT - 13 * DAY)
    refuses(
        errors.ReaderOverdue,
        lambda: services.renew(actor=actor, library=world.school, loan=loan, at=AT + 9 * DAY, command_id=new_id()),
    )
    refuses(
        NotAllowed,
        lambda: services.renew(
            actor=actor, library=world.school, loan=loan, at=AT + 9 * DAY, command_id=new_id(), override="мен"
        ),
    )


def test_renew_by_barcode(world) -> None:
    (copy,) = copies(world.school)
    command = new_id()

    def renew() -> Loan:
        return services.renew_barcode(
            actor=world.librarian,
            library=world.school,
            barcode=copy.barcode,
            at=AT + 5 * DAY,
            command_id=command,
        )

    refuses(errors.NotOnLoan, renew)
    lend(world.librarian, reader(world.school), copy)
    assert renew().renewals == 1
    give_back(world.librarian, copy, AT + 6 * DAY)
    assert renew().renewals == 1


# holds


def test_place_hold_refuses(world) -> None:
    (copy,) = copies(world.school)
    (elsewhere,) = copies(world.neighbour, title="Басқа мектепте")
    membership, other = reader(world.school), reader(world.school, "Бекова")
    lend(world.librarian, membership, copy)
    refuses(errors.HoldHasLoan, lambda: hold(world.librarian, membership, copy))
    refuses(errors.HoldNoCopies, lambda: hold(world.librarian, other, elsewhere))
    refuses(NotAllowed, lambda: hold(world.neighbour_librarian, other, copy))
    refuses(NotAllowed, lambda: hold(own(membership), other, copy))
    command = new_id()
    first = hold(own(other), other, copy, command_id=command)
    assert hold(world.librarian, other, copy, command_id=command).pk == first.pk
    refuses(errors.HoldAlreadyPlaced, lambda: hold(world.librarian, other, copy))
    for title in ("А", "Б"):
        hold(world.librarian, other, copies(world.school, title=title)[0])
    (fourth,) = copies(world.school, title="В")
    refuses(errors.HoldLimitReached, lambda: hold(world.librarian, other, fourth))
    stranger = reader(world.neighbour)
    refuses(
        errors.NotAReader,
        lambda: services.place_hold(
            actor=SYSTEM, library=world.school, record=copy.record, person=stranger.person, at=AT
        ),
    )
    membership.valid_until = ON - DAY
    membership.save()
    refuses(errors.CardExpired, lambda: hold(world.librarian, membership, elsewhere))


def test_cancel_hold_passes_the_copy_to_the_next(world) -> None:
    (copy,) = copies(world.school)
    first, second = reader(world.school, "Бекова"), reader(world.school, "Сапаров")
    mine, next_one = hold(SYSTEM, first, copy), hold(SYSTEM, second, copy, AT + DAY)
    give_back(SYSTEM, copy, AT + DAY)
    command = new_id()
    for actor in (own(first), world.librarian):
        services.cancel_hold(actor=actor, library=world.school, hold=mine, at=AT + 2 * DAY, command_id=command)
    mine.refresh_from_db()
    next_one.refresh_from_db()
    assert (mine.state, mine.copy_id) == (HoldState.CANCELLED, None)
    assert (next_one.state, next_one.copy_id) == (HoldState.READY, copy.pk)
    refuses(
        errors.HoldEnded,
        lambda: services.cancel_hold(
            actor=world.librarian, library=world.school, hold=mine, at=AT, command_id=new_id()
        ),
    )
    refuses(
        NotAllowed,
        lambda: services.cancel_hold(actor=world.stranger, library=world.school, hold=next_one, at=AT),
    )


def test_expire_holds_frees_only_what_lies_too_long(world) -> None:
    (copy,) = copies(world.school)
    first, second = reader(world.school, "Бекова"), reader(world.school, "Сапаров")
    hold(SYSTEM, first, copy)
    give_back(SYSTEM, copy)
    hold(SYSTEM, second, copy)
    assert services.expire_holds(actor=SYSTEM, at=AT + 3 * DAY) == 0
    assert services.expire_holds(actor=SYSTEM, at=AT + 4 * DAY) == 1
    assert services.expire_holds(actor=SYSTEM, at=AT + 4 * DAY) == 0
    states = dict(Hold.objects.values_list("person_id", "state"))
    assert states == {first.person_id: HoldState.EXPIRED, second.person_id: HoldState.READY}
    assert services.expire_holds(actor=SYSTEM, at=AT + 30 * DAY, library=world.neighbour) == 0


# lost books, notes, policies, privacy


def test_replace_lost_posts_one_act_and_closes_the_loan(world) -> None:
    (copy,) = copies(world.school)
    loan = lend(world.librarian, reader(world.school), copy)
    command = new_id()
    acts = [
        services.replace_lost(
            actor=world.librarian,
            library=world.school,
            loan=loan,
            replacement=copy.record,
            price=Decimal("3000"),
            on=ON,
            at=AT,
            command_id=command,
            commission=COMMISSION,
        )
        for _ in range(2)
    ]
    assert acts[0].pk == acts[1].pk
    assert acts[0].kind == ActKind.REPLACEMENT
    loan.refresh_from_db()
    copy.refresh_from_db()
    assert (loan.end, copy.state) == (LoanEnd.REPLACED, CopyState.WRITTEN_OFF)
    assert Copy.objects.filter(record=copy.record, state=CopyState.IN_FUND).count() == 1
    refuses(
        errors.LoanEnded,
        lambda: services.replace_lost(
            actor=world.librarian,
            library=world.school,
            loan=loan,
            replacement=copy.record,
            price=Decimal(1),
            on=ON,
            at=AT,
            command_id=new_id(),
            commission=[],
        ),
    )
    assert list(checks.invariants()) == []


def test_write_off_lost_closes_the_loan(world) -> None:
    (copy,) = copies(world.school)
    loan = lend(world.librarian, reader(world.school), copy)
    act = services.write_off_lost(
        actor=world.librarian,
        library=world.school,
        loan=loan,
        grounds="өтініш",
        commission=COMMISSION,
        on=ON,
        at=AT,
        command_id=new_id(),
    )
    loan.refresh_from_db()
    assert (act.kind, act.reason, loan.end) == (ActKind.WRITE_OFF, "LOSS", LoanEnd.WRITTEN_OFF)


def test_the_fund_refuses_to_write_off_what_is_lent_or_kept(world) -> None:
    lent, kept = copies(world.school, 2)
    lend(world.librarian, reader(world.school), lent)
    hold(SYSTEM, reader(world.school, "Бекова"), kept)
    give_back(SYSTEM, kept)
    for copy in (lent, kept):
        with pytest.raises(fund_errors.CopyInUse):
            fund.write_off(
                actor=SYSTEM,
                library=world.school,
                at=AT,
                command_id=new_id(),
                write_off=fund.WriteOff(on=ON, reason="WORN", copies=[copy], commission=COMMISSION, grounds="т"),
            )


def test_notes_stop_lending_until_closed(world) -> None:
    (copy,) = copies(world.school)
    membership = reader(world.school)
    command = new_id()

    def add(text: str) -> Any:
        return services.add_note(
            actor=world.librarian,
            library=world.school,
            membership=membership,
            text=text,
            is_blocking=True,
            at=AT,
            command_id=command,
        )

    refuses(errors.EmptyNote, lambda: add("  "))
    note = add("Кітап жыртық")
    assert add("Кітап жыртық").pk == note.pk
    assert "Кітап жыртық" in str(refuses(errors.BlockingNote, lambda: lend(world.librarian, membership, copy)))
    refuses(
        NotAllowed,
        lambda: services.close_note(actor=world.neighbour_librarian, library=world.school, note=note, at=AT),
    )
    services.close_note(actor=world.librarian, library=world.school, note=note, at=AT, command_id=new_id())
    lend(world.librarian, membership, copy)


def test_policies_are_inherited_and_the_nearest_decides(world) -> None:
    def terms(days: int) -> Terms:
        return Terms(loan_days=days, max_loans=5, max_renewals=2)

    def put(actor: Actor, node: Any, days: int, category: str = "", fund_type: str = "") -> LoanPolicy:
        return services.set_policy(
            actor=actor,
            organization=node,
            category=category,
            fund_type=fund_type,
            terms=terms(days),
            at=AT,
            command_id=new_id(),
        )

    def days() -> tuple[int, str]:
        policy = queries.policy_for(world.school, "PUPIL", "CORE")
        return policy.terms.loan_days, policy.organization_name

    assert days() == (14, "")
    put(world.administrator, world.country, 20, "PUPIL", "CORE")
    assert days() == (20, world.country.name)
    put(world.methodist, world.district, 21)
    assert days() == (21, world.district.name)
    row = put(world.librarian, world.school, 7, "PUPIL")
    assert days() == (7, world.school.name)
    assert queries.policy_for(world.neighbour, "PUPIL", "CORE").terms.loan_days == 21
    refuses(NotAllowed, lambda: put(world.librarian, world.district, 3))
    refuses(NotAllowed, lambda: put(world.neighbour_librarian, world.school, 3))
    refuses(errors.BadPolicy, lambda: put(world.librarian, world.school, 0))
    services.remove_policy(actor=world.librarian, organization=world.school, policy=row, at=AT, command_id=new_id())
    assert days() == (21, world.district.name)


def test_every_category_and_fund_has_a_default() -> None:
    from kitaphana.fund.enums import FundType
    from kitaphana.people.enums import Category

    for category in ["", *Category.values]:
        for fund_type in FundType.values:
            assert policies.checked(policies.default(category, fund_type).terms)


def test_forget_history_cuts_the_links_of_the_person_only(world) -> None:
    one, two, three = copies(world.school, 3)
    membership, other = reader(world.school), reader(world.school, "Бекова")
    lend(SYSTEM, membership, one)
    lend(SYSTEM, other, two)
    give_back(SYSTEM, one)
    give_back(SYSTEM, two)
    open_loan = lend(SYSTEM, membership, three)
    refuses(NotAllowed, lambda: services.forget_history(actor=world.librarian, person=membership.person, at=AT))
    assert services.forget_history(actor=own(membership), person=membership.person, at=AT + DAY) == 1
    assert set(Loan.objects.values_list("copy_id", "person_id")) == {
        (one.pk, None),
        (two.pk, other.person_id),
        (three.pk, membership.person_id),
    }
    assert open_loan.person_id == membership.person_id
    assert Visit.objects.filter(person=membership.person).count() == 0
