"""Commands on readers, classes, accounts and roles."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.core import crypto
from kitaphana.core.access import SYSTEM, Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.models import AuditEntry
from kitaphana.people import cards, errors, hooks, queries, services
from kitaphana.people.checks import invariants
from kitaphana.people.enums import Category, LeavingReason, Role
from kitaphana.people.models import (
    ApiToken,
    Enrollment,
    Membership,
    Person,
    RoleAssignment,
    SchoolClass,
    User,
)
from kitaphana.people.services import PersonDetails

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
IIN = "061211600012"


def register(world: Any, surname: str = "Ахметов", given: str = "Али", **more: Any) -> Membership:
    details = {name: more.pop(name) for name in ("patronymic", "birth_date", "iin", "phone") if name in more}
    options = {
        "actor": world.librarian,
        "library": world.school,
        "category": Category.PUPIL,
        "at": AT,
        **more,
    }
    return services.register_reader(person=PersonDetails(surname, given, **details), **options)


def open_class(world: Any, grade: int = 7, letter: str = "А", year: int = 2026) -> SchoolClass:
    return services.open_class(actor=SYSTEM, library=world.school, school_year=year, grade=grade, letter=letter, at=AT)


def test_register_reader_makes_person_card_and_enrolment(world: Any) -> None:
    seventh = open_class(world)
    made = register(world, iin=IIN, school_class=seventh)
    assert made.card_number == cards.card_number(1, 1) == "900001000018"
    assert (made.person.birth_date, made.person.sex) == (date(2006, 12, 11), "F")
    assert made.valid_until == date(2027, 9, 30)
    assert [one.school_class for one in made.enrollments.all()] == [seventh]
    assert services.iin_of(made.person) == "••••••0012"
    assert IIN.encode() not in bytes(made.person.iin_encrypted or b"")
    assert queries.person_by_iin(IIN) == made.person
    assert list(invariants()) == []


def test_register_reader_repeated_returns_the_first(world: Any) -> None:
    command_id = uuid4()
    assert register(world, command_id=command_id).pk == register(world, command_id=command_id).pk
    assert Membership.objects.count() == 1


def test_register_reader_knows_the_person_by_iin_in_another_school(world: Any) -> None:
    first = register(world, iin=IIN, phone="7010000000")
    second = register(world, iin=IIN, actor=world.neighbour_librarian, library=world.neighbour)
    assert first.person_id == second.person_id
    assert second.person.phone == "7010000000"
    assert Person.objects.count() == 1


def test_register_reader_refuses_an_iin_of_somebody_else(world: Any) -> None:
    register(world, iin=IIN)
    with pytest.raises(errors.IinOfAnother):
        register(world, "Оспанова", "Айша", iin=IIN)
    assert Person.objects.count() == 1


def test_register_reader_knows_own_readers_by_name_and_birth_date_in_any_spelling(world: Any) -> None:
    born = date(2014, 5, 6)
    first = register(world, "Құнанбаев", "Абай", birth_date=born)
    with pytest.raises(errors.AlreadyReader):
        register(world, "Кунанбаев", "Абай", patronymic="Ескендірұлы", birth_date=born)
    namesake = register(
        world, "Құнанбаев", "Абай", birth_date=born, actor=world.neighbour_librarian, library=world.neighbour
    )
    assert namesake.person_id != first.person_id


def test_register_reader_takes_back_who_had_left_with_the_old_card(world: Any) -> None:
    first = register(world, iin=IIN)
    services.leave(actor=world.librarian, membership=first, reason=LeavingReason.LEFT, at=AT)
    again = register(world, iin=IIN)
    assert (again.pk, again.card_number, again.left_on) == (first.pk, first.card_number, None)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"surname": " ", "given": " "}, errors.NameMissing),
        ({"iin": "061211600013"}, errors.BadIin),
        ({"birth_date": date(2027, 1, 1)}, errors.BadBirthDate),
        ({"birth_date": date(1899, 12, 31)}, errors.BadBirthDate),
        ({"card_number": "карта"}, errors.BadCard),
    ],
)
def test_register_reader_refuses(world: Any, changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        register(world, **changes)
    assert (Person.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_register_reader_refuses_taken_cards_foreign_classes_and_nodes_without_library(world: Any) -> None:
    register(world, card_number="K-77")
    with pytest.raises(errors.CardTaken):
        register(world, "Оспанова", card_number="K-77")
    foreign = services.open_class(actor=SYSTEM, library=world.neighbour, school_year=2026, grade=1, at=AT)
    with pytest.raises(errors.ClassElsewhere):
        register(world, "Оспанова", school_class=foreign)
    with pytest.raises(errors.LibraryHasNoNumber):
        register(world, "Оспанова", actor=SYSTEM, library=world.district)


@pytest.mark.parametrize("who", ["neighbour_librarian", "director", "methodist", "stranger"])
def test_people_commands_need_the_right_in_that_library(world: Any, who: str) -> None:
    actor = getattr(world, who)
    seventh, reader = open_class(world), register(world)
    details = PersonDetails("Басқа", "Ат")
    before = AuditEntry.objects.count()
    commands = [
        lambda: register(world, "Оспанова", actor=actor),
        lambda: services.update_reader(
            actor=actor, membership=reader, person=details, category=Category.OTHER, card_number="1", at=AT
        ),
        lambda: services.change_class(actor=actor, membership=reader, school_class=seventh, at=AT),
        lambda: services.re_register(actor=actor, library=world.school, memberships=[reader.pk], at=AT),
        lambda: services.leave(actor=actor, membership=reader, reason=LeavingReason.LEFT, at=AT),
        lambda: services.return_reader(actor=actor, membership=reader, at=AT),
        lambda: services.open_class(actor=actor, library=world.school, school_year=2026, grade=1, at=AT),
        lambda: services.promote_classes(actor=actor, library=world.school, school_year=2027, at=AT),
        lambda: services.import_readers(
            actor=actor, library=world.school, data="Тегі\nОспанова".encode(), file_name="a.csv", at=AT
        ),
        lambda: services.create_reader_accounts(actor=actor, library=world.school, memberships=[reader], at=AT),
    ]
    for command in commands:
        with pytest.raises(NotAllowed):
            command()
    reader.refresh_from_db()
    assert (reader.left_on, reader.school_class_id, Person.objects.count()) == (None, None, 1)
    assert AuditEntry.objects.count() == before


def test_update_reader_notes_before_and_after_without_the_iin(world: Any) -> None:
    reader = register(world)
    services.update_reader(
        actor=world.librarian, membership=reader, person=PersonDetails("Ахметова", "Али", iin=IIN),
        category=Category.TEACHER, card_number=reader.card_number, at=AT,
    )  # fmt: skip
    entry = AuditEntry.objects.latest("id")
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["surname"], entry.after["surname"]) == ("Ахметов", "Ахметова")
    assert entry.after["iin"] == "••••••0012"
    assert IIN not in str(entry.after)
    assert crypto.blind_index(IIN) == Person.objects.get().iin_index


def test_update_reader_refuses_the_iin_and_the_card_of_another(world: Any) -> None:
    register(world, iin=IIN)
    other = register(world, "Оспанова", "Айша")
    for changes, refusal in (
        ({"person": PersonDetails("Оспанова", iin=IIN)}, errors.IinOfAnother),
        ({"card_number": cards.card_number(1, 1)}, errors.CardTaken),
    ):
        arguments = {"person": PersonDetails("Оспанова"), "card_number": other.card_number, **changes}
        with pytest.raises(refusal):
            services.update_reader(actor=world.librarian, membership=other, category=Category.PUPIL, at=AT, **arguments)


def test_change_class_keeps_the_history(world: Any) -> None:
    first, second = open_class(world), open_class(world, letter="Ә")
    reader = register(world, school_class=first)
    later = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
    services.change_class(actor=world.librarian, membership=reader, school_class=second, at=later)
    services.change_class(actor=world.librarian, membership=reader, school_class=second, at=later)
    history = list(reader.enrollments.order_by("id").values_list("school_class", "from_on", "until_on"))
    assert history == [
        (first.pk, date(2026, 9, 1), date(2026, 10, 1)),
        (second.pk, date(2026, 10, 1), None),
    ]
    assert list(invariants()) == []


def test_leave_and_return(world: Any) -> None:
    seventh = open_class(world)
    reader = register(world, school_class=seventh)
    left = services.leave(actor=world.librarian, membership=reader, reason=LeavingReason.MOVED, at=AT)
    assert (left.left_on, left.left_reason) == (date(2026, 9, 1), "MOVED")
    assert not Enrollment.objects.filter(until_on__isnull=True).exists()
    with pytest.raises(errors.HasLeft):
        services.leave(actor=world.librarian, membership=reader, reason=LeavingReason.LEFT, at=AT)
    with pytest.raises(errors.HasLeft):
        services.change_class(actor=world.librarian, membership=reader, school_class=None, at=AT)
    assert list(invariants()) == []
    back = services.return_reader(actor=world.librarian, membership=reader, school_class=seventh, at=AT)
    assert back.left_on is None
    with pytest.raises(errors.HasNotLeft):
        services.return_reader(actor=world.librarian, membership=reader, at=AT)
    assert list(invariants()) == []


def test_re_register_prolongs_once_a_year_and_only_own_readers(world: Any) -> None:
    mine = register(world)
    foreign = register(world, "Оспанова", actor=world.neighbour_librarian, library=world.neighbour)
    next_year = datetime(2027, 9, 3, 4, 0, tzinfo=UTC)
    ids = [mine.pk, foreign.pk]
    arguments = {"actor": world.librarian, "library": world.school, "memberships": ids, "at": next_year}
    assert services.re_register(**arguments) == 1
    assert services.re_register(**arguments) == 0
    assert list(Membership.objects.order_by("pk").values_list("valid_until", flat=True)) == [
        date(2028, 9, 30),
        date(2027, 9, 30),
    ]


def test_open_class_refuses_doubles_and_impossible_grades(world: Any) -> None:
    open_class(world)
    with pytest.raises(errors.ClassExists):
        open_class(world)
    with pytest.raises(errors.BadClass):
        open_class(world, grade=13)


def test_promote_moves_the_school_and_a_second_run_moves_nobody(world: Any) -> None:
    seventh, eleventh = open_class(world, 7), open_class(world, 11)
    pupil = register(world, "Ахметов", school_class=seventh)
    graduate = register(world, "Оспанова", school_class=eleventh)
    may = datetime(2027, 5, 25, 4, 0, tzinfo=UTC)
    first = services.promote_classes(actor=world.librarian, library=world.school, school_year=2027, at=may)
    second = services.promote_classes(actor=world.librarian, library=world.school, school_year=2027, at=may)
    assert (first.promoted, first.graduated, first.opened) == (1, 1, 1)
    assert (second.promoted, second.graduated, second.opened) == (0, 0, 0)
    pupil.refresh_from_db()
    graduate.refresh_from_db()
    assert pupil.school_class is not None
    assert (pupil.school_class.grade, pupil.school_class.letter, pupil.school_class.school_year) == (
        8,
        "А",
        2027,
    )
    assert (graduate.left_on, graduate.left_reason) == (date(2027, 5, 25), LeavingReason.GRADUATED)
    assert pupil.enrollments.count() == 2
    assert queries.present_school_year(world.school, date(2027, 6, 1)) == 2027
    assert list(invariants()) == []


def test_promote_with_another_last_grade_graduates_from_there(world: Any) -> None:
    register(world, school_class=open_class(world, 9))
    done = services.promote_classes(actor=world.librarian, library=world.school, school_year=2027, last_grade=9, at=AT)
    assert (done.promoted, done.graduated) == (0, 1)


def test_promote_takes_as_many_statements_for_one_pupil_as_for_three(
    world: Any, django_assert_max_num_queries: Any
) -> None:
    register(world, school_class=open_class(world, 7))
    counts = []
    for year, more in ((2027, ()), (2028, ("Оспанова", "Сейітов"))):
        for surname in more:
            present = SchoolClass.objects.get(school_year=year - 1, grade=year - 2020)
            register(world, surname, school_class=present)
        with django_assert_max_num_queries(40) as captured:
            services.promote_classes(actor=world.librarian, library=world.school, school_year=year, at=AT)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# The fixture empties the school for every example.
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 11), min_size=1, max_size=6), st.integers(1, 3))
def test_promotions_lose_nobody(world_factory: Any, grades: list[int], years: int) -> None:
    world = world_factory()
    for number, grade in enumerate(grades):
        present = SchoolClass.objects.filter(library=world.school, school_year=2026, grade=grade).first()
        register(world, f"Оқушы{number}", school_class=present or open_class(world, grade))
    for year in range(2027, 2027 + years):
        services.promote_classes(actor=world.librarian, library=world.school, school_year=year, at=AT)
    here = [grade + years for grade in grades if grade + years <= 11]
    members = Membership.objects.filter(library=world.school)
    found = members.filter(left_on__isnull=True).values_list("school_class__grade", flat=True)
    assert sorted(grade or 0 for grade in found) == sorted(here)
    assert members.count() == len(grades)
    assert list(invariants()) == []


@pytest.fixture
def world_factory(world: Any) -> Any:
    """The world with nobody in its school, again for every example."""

    def clean() -> Any:
        Enrollment.objects.all().delete()
        Membership.objects.all().delete()
        SchoolClass.objects.all().delete()
        return world

    return clean


def test_reader_accounts_have_the_card_as_login_and_a_password_to_be_changed(world: Any) -> None:
    reader = register(world)
    (made,) = services.create_reader_accounts(actor=world.librarian, library=world.school, memberships=[reader], at=AT)
    assert made.user.login == reader.card_number
    assert made.user.must_change_password
    assert made.user.check_password(made.password)
    actor = queries.actor_of(made.user)
    assert actor.may(Permission.OWN_ACCOUNT, world.school.path)
    assert not actor.may_somewhere(Permission.PEOPLE_VIEW)
    (again,) = services.create_reader_accounts(actor=world.librarian, library=world.school, memberships=[reader], at=AT)
    assert (again.user.pk, again.password == made.password) == (made.user.pk, False)


def test_reader_accounts_leave_staff_and_foreign_readers_alone(world: Any) -> None:
    teacher = register(world)
    services.create_account(
        actor=SYSTEM,
        organization=world.school,
        role=Role.DIRECTOR,
        login="boss",
        person=teacher.person,
        at=AT,
    )
    foreign = register(world, "Оспанова", actor=world.neighbour_librarian, library=world.neighbour)
    made = services.create_reader_accounts(
        actor=world.librarian, library=world.school, memberships=[teacher, foreign], at=AT
    )
    assert made == []
    with pytest.raises(errors.TooMany):
        services.create_reader_accounts(actor=world.librarian, library=world.school, memberships=[teacher] * 201, at=AT)


def test_roles_are_given_and_taken_only_by_those_who_have_their_rights(world: Any) -> None:
    user = User.objects.get(login="stranger")
    assignment = services.assign_role(
        actor=world.administrator, user=user, organization=world.school, role=Role.LIBRARIAN, at=AT
    )
    again = services.assign_role(
        actor=world.administrator, user=user, organization=world.school, role=Role.LIBRARIAN, at=AT
    )
    assert assignment.pk == again.pk
    for actor in (world.librarian, world.methodist, world.director):
        with pytest.raises(NotAllowed):
            services.assign_role(actor=actor, user=user, organization=world.school, role=Role.READER, at=AT)
        with pytest.raises(NotAllowed):
            services.revoke_role(actor=actor, assignment=assignment, at=AT)
    services.revoke_role(actor=world.administrator, assignment=assignment, at=AT)
    assert not RoleAssignment.objects.filter(user=user).exists()


def test_an_administrator_cannot_take_the_own_role(world: Any) -> None:
    own = RoleAssignment.objects.get(user_id=world.administrator.user_id)
    with pytest.raises(errors.OwnRole):
        services.revoke_role(actor=world.administrator, assignment=own, at=AT)


def test_roles_reach_no_further_than_the_giver(world: Any) -> None:
    local = services.create_account(
        actor=SYSTEM, organization=world.district, role=Role.ADMINISTRATOR, login="local", at=AT
    )
    actor = queries.actor_of(local.user)
    assert Role.ADMINISTRATOR in queries.assignable_roles(actor, world.school)
    assert queries.assignable_roles(actor, world.faraway) == []
    with pytest.raises(NotAllowed):
        services.create_account(actor=actor, organization=world.faraway, role=Role.READER, login="reader1", at=AT)


def test_create_account_refuses_bad_and_taken_logins(world: Any) -> None:
    for login, refusal in (
        ("ab", errors.BadLogin),
        ("кітап", errors.BadLogin),
        ("LIBRARIAN", errors.LoginTaken),
    ):
        with pytest.raises(refusal):
            services.create_account(actor=SYSTEM, organization=world.school, role=Role.READER, login=login, at=AT)


def test_make_token_stores_only_a_digest(world: Any) -> None:
    user = User.objects.get(login="librarian")
    token = services.make_token(user, at=AT)
    assert token not in ApiToken.objects.get().digest
    found = queries.user_of_token(token)
    assert found is not None
    assert found.user == user


def test_debts_are_asked_of_the_domain_above() -> None:
    before = list(hooks.open_loans_of)
    hooks.open_loans_of[:] = [
        lambda library_id, people: dict.fromkeys(people, 2),
        lambda library_id, people: {7: 1},
    ]
    try:
        assert hooks.debts(1, [7, 8]) == {7: 3, 8: 2}
    finally:
        hooks.open_loans_of[:] = before
