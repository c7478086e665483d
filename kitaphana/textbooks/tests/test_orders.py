"""Orders: from the shortage of a school by way of its director and district to the region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kitaphana.core.access import Actor
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.people.queries import actor_of
from kitaphana.textbooks import errors, provision, services
from kitaphana.textbooks.enums import ORDER_TRANSITIONS, OrderMove, OrderState
from kitaphana.textbooks.models import TextbookOrder, TextbookOrderStep
from kitaphana.textbooks.services import Wanted
from kitaphana.textbooks.tests.factories import AT, books, school_class, stock, textbook_set, title

pytestmark = pytest.mark.django_db
YEAR = 2026


def somebody(login: str, node: Organization, role: Role) -> Actor:
    user = User.objects.create_user(login, "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=node, role=role)
    return actor_of(user)


@pytest.fixture
def region_head(world: Any) -> Actor:
    """Who approves in the region."""
    return somebody("head", world.region, Role.DEPARTMENT)


@pytest.fixture
def district_head(world: Any) -> Actor:
    """Who approves in the district."""
    return somebody("methodist2", world.district, Role.METHODIST)


@pytest.fixture
def shortage(world: Any) -> None:
    """Four pupils of the school and two of its neighbour lack algebra; of geometry the school has one, needs four."""
    algebra, geometry = books("Алгебра", "Геометрия")
    six = textbook_set(world.country)
    title(six, "Алгебра", algebra)
    title(six, "Геометрия", geometry)
    stock(world.school, geometry, 1, "1800.00")
    stock(world.neighbour, geometry, 5)
    for library, pupils in ((world.school, 4), (world.neighbour, 2)):
        school_class(library, pupils)
        provision.count(library, YEAR, at=AT)


def make(actor: Actor, library: Any, **options: Any) -> TextbookOrder:
    return services.make_order(
        actor=actor, library=library, school_year=YEAR, at=AT, **{"command_id": new_id(), **options}
    )


def move(actor: Actor, order: TextbookOrder, which: OrderMove, comment: str = "") -> TextbookOrder:
    return services.step(actor=actor, order=order, move=which, comment=comment, at=AT, command_id=new_id())


def test_an_order_goes_from_the_shortage_to_the_region(
    world: Any, shortage: None, district_head: Actor, region_head: Actor
) -> None:
    order = make(world.librarian, world.school)
    lines = {line.name: line for line in order.lines.all()}
    assert {name: (line.needed, line.available, line.quantity) for name, line in lines.items()} == {
        "Алгебра": (4, 0, 4), "Геометрия": (4, 1, 3),
    }  # fmt: skip
    assert (lines["Алгебра"].price, str(lines["Геометрия"].price)) == (None, "1500.00")  # the latest in the region
    services.change_order(
        actor=world.librarian, order=order, note="", at=AT, command_id=new_id(),
        lines={lines["Алгебра"].pk: Wanted(5, "Жаңа оқушы келеді"), lines["Геометрия"].pk: Wanted(2)},
    )  # fmt: skip
    for actor, which, state in (
        (world.librarian, OrderMove.SEND, OrderState.DIRECTOR),
        (world.director, OrderMove.APPROVE, OrderState.DISTRICT),
        (district_head, OrderMove.APPROVE, OrderState.REGION),
        (region_head, OrderMove.APPROVE, OrderState.APPROVED),
        (world.librarian, OrderMove.CLOSE, OrderState.CLOSED),
    ):
        order = move(actor, order, which)
        assert order.state == state
    names = list(order.steps.order_by("pk").values_list("name", "volumes"))
    assert len({name for name, _volumes in names}) == 4
    assert {volumes for _name, volumes in names} == {7}


def test_the_district_cuts_with_a_reason_and_the_region_again(
    world: Any, shortage: None, district_head: Actor, region_head: Actor
) -> None:
    order = move(world.director, move(world.librarian, make(world.librarian, world.school), OrderMove.SEND),
                 OrderMove.APPROVE)  # fmt: skip
    line = order.lines.get(name="Алгебра")

    def cut(actor: Actor, quantity: int, reason: str) -> int:
        return services.cut_line(
            actor=actor, line=line, quantity=quantity, reason=reason, at=AT, command_id=new_id()
        ).final

    with pytest.raises(errors.CutNeedsReason):
        cut(district_head, 2, " ")
    with pytest.raises(NotAllowed):
        cut(region_head, 2, "Қаражат аз")  # not there yet
    assert cut(district_head, 2, "Көрші мектепте артық бар") == 2
    order = move(district_head, order, OrderMove.APPROVE)
    with pytest.raises(NotAllowed):
        cut(district_head, 4, "Қайтадан")
    assert cut(region_head, 3, "Келісілді") == 3
    line.refresh_from_db()
    assert (line.quantity, line.district_quantity, line.region_quantity) == (4, 2, 3)
    order = move(region_head, order, OrderMove.RETURN, "Сыныптар өзгерді")
    line.refresh_from_db()
    assert (order.state, line.final) == (OrderState.DRAFT, 4)


@pytest.mark.parametrize("level", ["neighbour_librarian", "director", "methodist", "stranger"])
def test_each_level_signs_for_itself_alone(world: Any, shortage: None, level: str) -> None:
    order = move(world.librarian, make(world.librarian, world.school), OrderMove.SEND)
    actor = getattr(world, level)
    if level == "director":
        order = move(actor, order, OrderMove.APPROVE)
        with pytest.raises(NotAllowed):
            move(actor, order, OrderMove.APPROVE)
        return
    with pytest.raises(NotAllowed):
        move(actor, order, OrderMove.APPROVE)


def test_what_is_on_its_way_is_not_ordered_twice(
    world: Any, shortage: None, district_head: Actor, region_head: Actor
) -> None:
    order = make(world.librarian, world.school)
    with pytest.raises(errors.OrderUnderWay):
        make(world.librarian, world.school)
    geometry = order.lines.get(name="Геометрия")
    services.change_order(
        actor=world.librarian, order=order, lines={geometry.pk: Wanted(1)}, note="", at=AT, command_id=new_id()
    )
    order = move(world.librarian, order, OrderMove.SEND)
    for actor in (world.director, district_head, region_head):
        order = move(actor, order, OrderMove.APPROVE)
    second = make(world.librarian, world.school)
    assert [(line.name, line.ordered_before, line.quantity) for line in second.lines.all()] == [("Геометрия", 1, 2)]
    assert second.number == 2
    services.discard_order(actor=world.librarian, order=second, at=AT, command_id=new_id())
    services.step(actor=world.librarian, order=order, move=OrderMove.CLOSE, at=AT)
    assert make(world.librarian, world.school).lines.count() == 2  # nothing of it has come into the fund


def test_a_school_right_under_a_region_has_no_district(world: Any) -> None:
    algebra = books("Алгебра")[0]
    title(textbook_set(world.country), "Алгебра", algebra)
    school_class(world.faraway, 2)
    provision.count(world.faraway, YEAR, at=AT)
    director = somebody("director3", world.faraway, Role.DIRECTOR)
    order = move(world.administrator, make(world.administrator, world.faraway), OrderMove.SEND)
    assert move(director, order, OrderMove.APPROVE).state == OrderState.REGION


def test_refusals(world: Any, shortage: None) -> None:
    order = make(world.librarian, world.school)
    algebra = order.lines.get(name="Алгебра")

    def change(wanted: Wanted) -> None:
        services.change_order(
            actor=world.librarian, order=order, lines={algebra.pk: wanted}, note="", at=AT, command_id=new_id()
        )

    with pytest.raises(errors.MoreNeedsReason):
        change(Wanted(9))
    with pytest.raises(errors.WrongOrderMove):
        move(world.director, order, OrderMove.APPROVE)
    for line in order.lines.all():
        services.change_order(
            actor=world.librarian, order=order, lines={line.pk: Wanted(0)}, note="", at=AT, command_id=new_id()
        )
    with pytest.raises(errors.EmptyOrder):
        move(world.librarian, order, OrderMove.SEND)
    change(Wanted(1))
    order = move(world.librarian, order, OrderMove.SEND)
    with pytest.raises(errors.WrongOrderMove):
        change(Wanted(2))
    with pytest.raises(errors.CutNeedsReason):
        move(world.director, order, OrderMove.RETURN)
    order = move(world.director, order, OrderMove.RETURN, "Тағы тексеріңіз")
    with pytest.raises(errors.WrongOrderMove):
        services.discard_order(actor=world.librarian, order=order, at=AT, command_id=new_id())
    with pytest.raises(errors.NothingToOrder):
        services.make_order(actor=world.administrator, library=world.faraway, school_year=YEAR, at=AT)


def test_a_repeated_command_is_done_once(world: Any, shortage: None) -> None:
    command = new_id()
    order = make(world.librarian, world.school, command_id=command)
    assert make(world.librarian, world.school, command_id=command) == order
    sent = new_id()
    for _again in range(2):
        services.step(actor=world.librarian, order=order, move=OrderMove.SEND, at=AT, command_id=sent)
    assert order.steps.count() == 1


def test_a_district_approves_all_at_once(
    world: Any, shortage: None, district_head: Actor, region_head: Actor, django_assert_max_num_queries: Any
) -> None:
    neighbour_director = somebody("director2", world.neighbour, Role.DIRECTOR)
    for librarian, director, library in (
        (world.librarian, world.director, world.school),
        (world.neighbour_librarian, neighbour_director, world.neighbour),
    ):
        move(director, move(librarian, make(librarian, library), OrderMove.SEND), OrderMove.APPROVE)
    command = new_id()
    with django_assert_max_num_queries(10 + 2 * (connection.vendor == "postgresql")):
        done = services.approve_all(
            actor=district_head, node=world.district, school_year=YEAR, at=AT, command_id=command
        )
    assert done == 2
    assert set(TextbookOrder.objects.values_list("state", flat=True)) == {OrderState.REGION}
    with pytest.raises(NotAllowed):
        services.approve_all(actor=region_head, node=world.district, school_year=YEAR, at=AT)
    assert services.approve_all(actor=region_head, node=world.region, school_year=YEAR, at=AT) == 2
    assert TextbookOrderStep.objects.filter(to_state=OrderState.APPROVED).count() == 2


def test_steps_never_change(world: Any, shortage: None) -> None:
    order = move(world.librarian, make(world.librarian, world.school), OrderMove.SEND)
    changes: list[Callable[[], Any]] = [
        lambda: order.steps.update(comment="өзгерді"), lambda: TextbookOrderStep.objects.all().delete(),
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_every_state_leads_to_the_end() -> None:
    for state in OrderState:
        seen, reached = set(), {state}
        while reached - seen:
            seen |= reached
            reached = {target for (one, _move), target in ORDER_TRANSITIONS.items() if one in seen}
        assert OrderState.CLOSED in seen | {state}
