"""Orders: from the shortage of a school by way of its director and district to the region."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

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


# The pages


def enter(client: Any, actor: Actor) -> Any:
    user = User.objects.get(pk=actor.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_lead_an_order_through_all_levels(
    world: Any, shortage: None, client: Any, district_head: Actor, region_head: Actor
) -> None:
    here = {"year": YEAR}
    enter(client, world.librarian)
    assert client.get(reverse("textbooks:orders"), here | {"node": "S-1"}).context["may_make"]
    answer = client.post(reverse("textbooks:make_order"), here | {"node": "S-1", "command_id": new_id()})
    order = TextbookOrder.objects.get()
    address = reverse("textbooks:order", args=[order.pk])
    assert answer["Location"] == address
    algebra, geometry = order.lines.order_by("pk")
    facts = {f"q-{algebra.pk}": "6", f"r-{algebra.pk}": "", f"q-{geometry.pk}": "2", "note": "Тамызға дейін"}
    refused = client.post(address, facts | {"action": "save", "command_id": new_id()}, follow=True)
    assert "Алгебра" in str(next(iter(refused.context["messages"])))
    facts[f"r-{algebra.pk}"] = "Екі оқушы келеді"
    client.post(address, facts | {"action": "save", "command_id": new_id()})
    client.post(address, {"action": "SEND", "command_id": new_id()})
    client.post(address, {"action": "APPROVE", "command_id": new_id()})  # not hers to approve
    order.refresh_from_db()
    assert order.state == OrderState.DIRECTOR

    client.logout()
    enter(client, world.director)
    assert [move.value for move in client.get(address).context["moves"]] == ["APPROVE", "RETURN"]
    client.post(address, {"action": "APPROVE", "command_id": new_id()})

    client.logout()
    enter(client, district_head)
    page = client.get(reverse("textbooks:orders"), here | {"node": "AKM-01"})
    assert [(title.name, title.asked) for title in page.context["titles"]] == [("Алгебра", 6), ("Геометрия", 2)]
    assert [one.code for one in page.context["late"]] == ["S-2"]
    cut = {"action": f"cut-{algebra.pk}", f"q-{algebra.pk}": "4", f"r-{algebra.pk}": "Артық", "command_id": new_id()}
    client.post(address, cut)
    client.post(reverse("textbooks:approve_orders"), here | {"node": "AKM-01", "command_id": new_id()})

    client.logout()
    enter(client, region_head)
    page = client.get(reverse("textbooks:orders"), here | {"node": "AKM"})
    assert [(one.place.code, one.orders, one.volumes) for one in page.context["children"]] == [("AKM-01", 1, 6)]
    rows = client.get(reverse("textbooks:order_title", args=[algebra.title_id]), here | {"node": "AKM"}).context["rows"]
    assert [(line.order.library.code, line.quantity, line.final) for line in rows] == [("S-1", 6, 4)]
    client.post(reverse("textbooks:approve_orders"), here | {"node": "AKM", "command_id": new_id()})
    order.refresh_from_db()
    assert order.state == OrderState.APPROVED

    content = b"".join(client.get(reverse("textbooks:orders_xlsx"), here | {"node": "AKM"}).streaming_content)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert [row[5] for row in book.get_sheet_by_index(0).to_python()[2:]] == [4, 2]
    assert [row[5] for row in book.get_sheet_by_index(1).to_python()[1:]] == [4, 2]
    for name, arguments in (("order_pdf", [order.pk]), ("orders_pdf", [])):
        for language in ("kk", "ru"):
            paper = client.get(
                reverse(f"textbooks:{name}", args=arguments), here | {"node": "AKM", "language": language}
            )
            text = pdf_text(paper.content)
            assert "Алгебра" in text
            assert ("Тапсырыс" if language == "kk" else "аказ") in text.replace("тапсырыс", "Тапсырыс")


def pdf_text(content: bytes) -> str:
    """What a PDF says, read by another program."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_another_school_sees_nothing_of_an_order(world: Any, shortage: None, client: Any) -> None:
    order = make(world.librarian, world.school)
    enter(client, world.neighbour_librarian)
    for name in ("order", "order_xlsx", "order_pdf"):
        assert client.get(reverse(f"textbooks:{name}", args=[order.pk])).status_code == 404
    assert client.get(reverse("textbooks:orders"), {"node": "S-1", "year": YEAR}).status_code == 404


def test_the_consolidation_costs_the_same_for_any_number_of_schools(
    world: Any, shortage: None, client: Any, district_head: Actor, django_assert_max_num_queries: Any
) -> None:
    neighbour_director = somebody("director2", world.neighbour, Role.DIRECTOR)
    enter(client, district_head)
    counts = []
    for librarian, director, library in (
        (world.librarian, world.director, world.school),
        (world.neighbour_librarian, neighbour_director, world.neighbour),
    ):
        move(director, move(librarian, make(librarian, library), OrderMove.SEND), OrderMove.APPROVE)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("textbooks:orders"), {"node": "AKM-01", "year": YEAR})
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20
