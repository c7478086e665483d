"""Commands of the network."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.models import AuditEntry
from kitaphana.core.text.identifiers import check_digit
from kitaphana.organizations import errors, queries, services
from kitaphana.organizations.checks import invariants
from kitaphana.organizations.enums import OrganizationKind as Kind
from kitaphana.organizations.models import ClosedDay, Organization
from kitaphana.organizations.services import Details

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BIN = "06014000123" + str(check_digit("06014000123"))


def details(**changes: Any) -> Details:
    return Details(**{"code": "NEW-1", "name_kk": "Жаңа мектеп", **changes})


def test_add_node_hangs_a_school_below_its_district_and_numbers_the_library(world: Any) -> None:
    made = services.add_node(
        actor=world.administrator,
        parent=world.district,
        kind=Kind.SCHOOL,
        details=details(bin=BIN, kato="111000000"),
        is_library=True,
        at=AT,
    )
    assert made.path.startswith(world.district.path)
    assert (made.is_library, made.barcode_prefix) == (True, 4)  # 1 to 3 are taken by the world's schools
    assert AuditEntry.objects.get().action == "organizations.node_added"
    assert list(invariants()) == []


def test_add_node_repeated_returns_the_first(world: Any) -> None:
    command_id = uuid4()
    made = [
        services.add_node(
            actor=world.administrator,
            parent=world.district,
            kind=Kind.SCHOOL,
            details=details(),
            at=AT,
            command_id=command_id,
        )
        for _time in range(2)
    ]
    assert made[0].pk == made[1].pk
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "S-1"}, errors.CodeTaken),
        ({"code": "s-1"}, errors.CodeTaken),
        ({"code": ""}, errors.BadCode),
        ({"code": "мектеп"}, errors.BadCode),
        ({"name_kk": "  "}, errors.NameMissing),
        ({"bin": "123456789012"}, errors.BadBin),
        ({"kato": "990000000"}, errors.BadKato),
    ],
)
def test_add_node_refuses_bad_details(world: Any, changes: dict[str, str], refusal: type[Exception]) -> None:
    before = Organization.objects.count()
    with pytest.raises(refusal):
        services.add_node(
            actor=world.administrator,
            parent=world.district,
            kind=Kind.SCHOOL,
            details=details(**changes),
            at=AT,
        )
    assert Organization.objects.count() == before


def test_add_node_refuses_a_bin_that_another_organisation_has(world: Any) -> None:
    Organization.objects.filter(pk=world.school.pk).update(bin=BIN)
    with pytest.raises(errors.BinTaken):
        services.add_node(actor=SYSTEM, parent=world.district, kind=Kind.SCHOOL, details=details(bin=BIN), at=AT)
    # A branch works under the BIN of its organisation.
    services.add_node(actor=SYSTEM, parent=world.school, kind=Kind.BRANCH, details=details(bin=BIN), at=AT)


@pytest.mark.parametrize("kind", [Kind.COUNTRY, Kind.REGION, Kind.BRANCH, Kind.ROOM])
def test_add_node_refuses_kinds_that_cannot_stand_below_a_district(world: Any, kind: Kind) -> None:
    with pytest.raises(errors.WrongParent):
        services.add_node(actor=SYSTEM, parent=world.district, kind=kind, details=details(), at=AT)


def test_add_node_needs_the_right_at_the_parent(world: Any) -> None:
    for actor in (world.librarian, world.director, world.stranger):
        with pytest.raises(NotAllowed):
            services.add_node(actor=actor, parent=world.school, kind=Kind.ROOM, details=details(), at=AT)
    with pytest.raises(NotAllowed):
        services.add_node(actor=world.methodist, parent=world.faraway, kind=Kind.ROOM, details=details(), at=AT)
    services.add_node(actor=world.methodist, parent=world.school, kind=Kind.ROOM, details=details(), at=AT)


def test_update_node_notes_what_changed_and_nothing_when_nothing_did(world: Any) -> None:
    same = Details(**{name: getattr(world.school, name) for name in Details.__dataclass_fields__})
    services.update_node(actor=world.methodist, node=world.school, details=same, at=AT)
    assert AuditEntry.objects.count() == 0
    changed = Details(code="S-1", name_kk="№ 1 гимназия", name_ru="Школа № 1")
    services.update_node(actor=world.methodist, node=world.school, details=changed, at=AT)
    entry = AuditEntry.objects.get()
    assert entry.before == {"name_kk": "№ 1 мектеп"}
    assert entry.after == {"name_kk": "№ 1 гимназия"}
    with pytest.raises(NotAllowed):
        services.update_node(actor=world.librarian, node=world.school, details=same, at=AT)


def test_move_node_takes_the_subtree_along(world: Any) -> None:
    room = services.add_node(actor=SYSTEM, parent=world.school, kind=Kind.ROOM, details=details(), at=AT)
    other = services.add_node(
        actor=SYSTEM,
        parent=Organization.objects.get(code="ALM"),
        kind=Kind.DISTRICT,
        details=details(code="D-2"),
        at=AT,
    )
    moved = services.move_node(actor=world.administrator, node=world.school, parent=other, at=AT)
    room.refresh_from_db()
    assert moved.path.startswith(other.path)
    assert room.path.startswith(moved.path)
    assert list(invariants()) == []


def test_move_node_refuses_itself_a_wrong_place_and_a_foreign_one(world: Any) -> None:
    with pytest.raises(errors.BadMove):
        services.move_node(actor=SYSTEM, node=world.region, parent=world.district, at=AT)
    with pytest.raises(errors.WrongParent):
        services.move_node(actor=SYSTEM, node=world.school, parent=world.neighbour, at=AT)
    with pytest.raises(NotAllowed):
        services.move_node(actor=world.methodist, node=world.school, parent=Organization.objects.get(code="ALM"), at=AT)


def test_make_library_gives_a_number_once(world: Any) -> None:
    room = services.add_node(actor=SYSTEM, parent=world.school, kind=Kind.BRANCH, details=details(), at=AT)
    with pytest.raises(NotAllowed):
        services.make_library(actor=world.librarian, node=room, at=AT)
    first = services.make_library(actor=world.methodist, node=room, at=AT)
    again = services.make_library(actor=world.methodist, node=room, at=AT)
    assert first.barcode_prefix == again.barcode_prefix == 4


def test_closed_days_are_inherited_and_open_again(world: Any) -> None:
    nauryz = date(2027, 3, 22)
    services.set_closed_day(actor=world.administrator, node=world.country, on=nauryz, name_kk="Наурыз", at=AT)
    assert not queries.is_open(world.school, nauryz)
    assert queries.next_open_day(world.school, nauryz) == date(2027, 3, 23)
    services.remove_closed_day(actor=world.administrator, node=world.country, on=nauryz, at=AT)
    assert queries.is_open(world.school, nauryz)
    assert AuditEntry.objects.count() == 2


def test_a_librarian_keeps_the_calendar_of_the_own_library_only(world: Any) -> None:
    day = date(2026, 11, 27)
    services.set_closed_day(actor=world.librarian, node=world.school, on=day, name_kk="Санитарлық күн", at=AT)
    assert not queries.is_open(world.school, day)
    assert queries.is_open(world.neighbour, day)
    for node in (world.neighbour, world.district):
        with pytest.raises(NotAllowed):
            services.set_closed_day(actor=world.librarian, node=node, on=day, name_kk="Күн", at=AT)
    assert ClosedDay.objects.count() == 1


def test_set_closed_day_twice_replaces_the_name(world: Any) -> None:
    day = date(2026, 12, 16)
    for name in ("Тәуелсіздік", "Тәуелсіздік күні"):
        services.set_closed_day(actor=SYSTEM, node=world.country, on=day, name_kk=name, at=AT)
    assert [one.name_kk for one in ClosedDay.objects.all()] == ["Тәуелсіздік күні"]
    with pytest.raises(errors.NameMissing):
        services.set_closed_day(actor=SYSTEM, node=world.country, on=day, name_kk=" ", at=AT)


def test_weekly_closed_is_that_of_the_nearest_node_that_says(world: Any) -> None:
    saturday, sunday = date(2026, 11, 28), date(2026, 11, 29)
    assert queries.is_open(world.school, saturday)
    assert not queries.is_open(world.school, sunday)
    services.set_weekly_closed(actor=SYSTEM, node=world.district, weekdays=frozenset({6, 7}), at=AT)
    world.school.refresh_from_db()
    assert not queries.is_open(world.school, saturday)
    services.set_weekly_closed(actor=world.librarian, node=world.school, weekdays=frozenset({1}), at=AT)
    world.school.refresh_from_db()
    assert queries.is_open(world.school, sunday)
    services.set_weekly_closed(actor=world.librarian, node=world.school, weekdays=None, at=AT)
    assert queries.weekly_closed(world.school) == frozenset({6, 7})
    with pytest.raises(errors.BadWeekdays):
        services.set_weekly_closed(actor=SYSTEM, node=world.school, weekdays=frozenset(range(1, 8)), at=AT)
