"""Plans of libraries and districts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kitaphana.circulation.tests.factories import reader
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.corelist.models import Version
from kitaphana.fund.tests.factories import AT
from kitaphana.people.models import SchoolClass
from kitaphana.renewal import coverage, services
from kitaphana.renewal.errors import BadBudget, NothingToPlan, TooWide
from kitaphana.renewal.models import Plan
from kitaphana.renewal.tests.factories import hold, published, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(world: Any) -> Version:
    """Two titles: ten pupils of the school and four of its neighbour need a copy for two of them."""
    abai, alash = text("Абай жолы"), text("Алаш туралы", "Нұрпейіс, Кеңес")
    made = published(world.country, (abai, {}), (alash, {}))
    for library, pupils in ((world.school, 10), (world.neighbour, 4)):
        for _number in range(pupils):
            reader(library, grade=6)
    hold(world.school, abai, 2, "1000.00")
    hold(world.neighbour, alash, 1, "3000.50")
    return made


def make(world: Any, version: Version, node: Any, budgets: list[Decimal | None], **options: Any) -> Plan:
    values = {
        "actor": world.methodist,
        "node": node,
        "version": version,
        "first_year": 2027,
        "budgets": budgets,
        "at": AT,
    }
    return services.make_plan(**{**values, **options})


def test_five_equal_years_lead_to_full_coverage(world: Any, version: Version) -> None:
    plan = make(world, version, world.district, [None] * 5)
    assert (plan.needed, plan.provided) == (14, 3)
    parts = {(part.library.code, part.year): part for part in plan.parts.select_related("library")}
    assert [parts["S-1", year].copies for year in plan.years] == [2, 2, 2, 1, 1]
    assert [parts["S-2", year].copies for year in plan.years if ("S-2", year) in parts] == [1, 1, 1]
    entries = {entry.pk: entry for entry in version.entries.all()}
    bought: dict[tuple[str, int], int] = {}
    for (code, _year), part in parts.items():
        assert part.amount == sum(Decimal(price) * count for _entry, count, price in part.lines)
        for entry, count, _price in part.lines:
            key = code, entries[entry].record_id
            bought[key] = bought.get(key, 0) + count
    assert sorted(bought.values()) == [1, 2, 3, 5]


def test_no_year_spends_more_than_its_money(world: Any, version: Version) -> None:
    plan = make(world, version, world.district, [Decimal("3000.00"), Decimal("0"), None])
    spent = {year: sum(part.amount for part in plan.parts.filter(year=year)) for year in plan.years}
    assert spent[2027] == Decimal("3000.00")
    assert spent[2028] == 0
    assert sum(part.copies for part in plan.parts.all()) == 11


def test_a_new_plan_takes_the_place_of_the_old(world: Any, version: Version) -> None:
    first = make(world, version, world.school, [None] * 5, actor=world.librarian)
    for entry in version.entries.all():
        hold(world.school, entry.record, 2)
    second = make(world, version, world.school, [None] * 4, actor=world.librarian, first_year=2028)
    first.refresh_from_db()
    assert (first.is_current, second.is_current) == (False, True)
    assert sum(part.copies for part in second.parts.all()) == 4
    assert sum(part.copies for part in first.parts.all()) == 8


def test_the_same_command_makes_one_plan(world: Any, version: Version) -> None:
    command = new_id()
    first = make(world, version, world.district, [None], command_id=command)
    assert make(world, version, world.district, [None], command_id=command).pk == first.pk
    assert AuditEntry.objects.filter(action="renewal.plan").count() == 1


def test_refusals(world: Any, version: Version) -> None:
    with pytest.raises(NotAllowed):
        make(world, version, world.district, [None], actor=world.librarian)
    with pytest.raises(NotAllowed):
        make(world, version, world.school, [None], actor=world.director)
    with pytest.raises(TooWide):
        make(world, version, world.region, [None], actor=world.administrator)
    with pytest.raises(BadBudget):
        make(world, version, world.district, [Decimal("-1")])
    with pytest.raises(NothingToPlan):
        make(world, version, world.faraway, [None], actor=world.administrator)


def test_a_plan_costs_a_fixed_number_of_statements(
    world: Any, version: Version, django_assert_max_num_queries: Any
) -> None:
    version = Version.objects.select_related("core_list").get(pk=version.pk)
    for node in (world.school, world.district):
        with django_assert_max_num_queries(16):
            make(world, version, node, [None] * 5)


def test_by_night_the_plan_follows_what_arrives_and_how_many_pupils_there_are(world: Any, version: Version) -> None:
    plan = make(world, version, world.district, [None] * 5, first_year=2026)
    coverage.count(world.district, at=AT)
    assert services.follow_plan(plan=plan, at=AT) is None
    first = {part.library.code: (part.copies, part.received) for part in plan.parts.filter(year=2026)}
    assert first == {"S-1": (0, 2), "S-2": (0, 1)}  # a fifth of ten and of four had come already
    hold(world.school, version.entries.first().record, 2)
    coverage.count(world.district, at=AT)
    second = services.follow_plan(plan=plan, at=AT)
    assert second is not None
    assert (second.years, second.provided, second.is_current) == (plan.years, 5, True)
    assert sum(part.copies for part in second.parts.all()) == 9
    assert second.parts.get(year=2026, library=world.school).received == 4
    for _number in range(2):
        reader(world.school, grade=6)
    later = AT.replace(year=2027)
    SchoolClass.objects.update(school_year=2027)
    coverage.count(world.district, at=later)
    third = services.follow_plan(plan=second, at=later)
    assert third is not None
    assert third.needed == 16
    kept = second.parts.filter(year=2026).values_list("library", "copies", "received")
    assert list(third.parts.filter(year=2026).values_list("library", "copies", "received")) == list(kept)
    assert sum(part.copies for part in third.parts.filter(year__gt=2026)) == third.needed - third.provided
    assert services.follow_plan(plan=third, at=AT.replace(year=2031)) is None


def test_what_came_this_year_is_taken_from_its_money(world: Any, version: Version) -> None:
    for entry in version.entries.all():
        hold(world.school, entry.record, 1, "1500.00")
    plan = make(world, version, world.school, [Decimal("5000.00"), None], actor=world.librarian, first_year=2026)
    assert [part.amount for part in plan.parts.filter(year=2026)] == [Decimal(0)]  # 2 × 1000 and 2 × 1500 are gone
    assert sum(part.copies for part in plan.parts.filter(year=2027)) == 6
