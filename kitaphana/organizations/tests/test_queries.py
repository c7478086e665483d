"""Reads of the network: reach, the tree, the calendar, and their statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitaphana.core.access import EVERYWHERE, NOWHERE, Permission, Reach
from kitaphana.organizations import errors, queries
from kitaphana.organizations.models import ClosedDay
from kitaphana.organizations.queries import Calendar


def codes(found: Any) -> list[str]:
    return [one.code for one in found.order_by("path")]


def test_tree_and_libraries_stay_within_reach(world: Any) -> None:
    assert codes(queries.tree(EVERYWHERE)) == ["KZ", "AKM", "AKM-01", "S-1", "S-2", "ALM", "S-3"]
    assert codes(queries.libraries(world.methodist.reach(Permission.ORGANIZATIONS_VIEW))) == ["S-1", "S-2"]
    assert codes(queries.tree(world.librarian.reach(Permission.ORGANIZATIONS_VIEW))) == ["S-1"]
    assert codes(queries.tree(NOWHERE)) == []


def test_organization_by_code_hides_what_is_out_of_reach(world: Any) -> None:
    reach = world.librarian.reach(Permission.ORGANIZATIONS_VIEW)
    assert queries.organization_by_code("S-1", reach) == world.school
    with pytest.raises(errors.UnknownOrganization):
        queries.organization_by_code("S-3", reach)


def test_branches_count_libraries_below_in_one_statement(world: Any, django_assert_num_queries: Any) -> None:
    (country,) = queries.top_nodes(EVERYWHERE)
    with django_assert_num_queries(1):
        (line,) = queries.branches([country])
    assert (line.children, line.libraries) == (2, 3)
    regions = list(queries.children_of(country))
    with django_assert_num_queries(1):
        lines = queries.branches(regions)
    assert [(line.node.code, line.libraries) for line in lines] == [("AKM", 2), ("ALM", 1)]


def test_top_nodes_of_two_roles_are_the_outermost(world: Any) -> None:
    reach = Reach((world.faraway.path, world.district.path))
    assert [node.code for node in queries.top_nodes(reach)] == ["AKM-01", "S-3"]
    assert [line.libraries for line in queries.branches(queries.top_nodes(reach))] == [2, 1]


def test_search_finds_names_in_any_case_and_without_kazakh_letters(world: Any) -> None:
    assert codes(queries.search(EVERYWHERE, "АҚМОЛА")) == ["AKM"]
    assert codes(queries.search(EVERYWHERE, "акмола")) == ["AKM"]
    assert codes(queries.search(EVERYWHERE, "s-")) == ["S-1", "S-2", "S-3"]
    assert codes(queries.search(world.librarian.reach(Permission.ORGANIZATIONS_VIEW), "мектеп")) == ["S-1"]


def test_is_open_is_one_statement_however_many_days(world: Any, django_assert_num_queries: Any) -> None:
    day = date(2026, 11, 24)
    for number in (1, 3):
        for offset in range(number):
            ClosedDay.objects.get_or_create(
                organization=world.country, on=day + timedelta(days=offset), defaults={"name_kk": "Мереке"}
            )
        with django_assert_num_queries(1):
            assert queries.next_open_day(world.school, day) == day + timedelta(days=number)


def test_next_open_day_gives_up_after_a_year() -> None:
    with pytest.raises(errors.NoOpenDay):
        Calendar("Мектеп", frozenset(range(1, 8)), frozenset()).next_open_day(date(2026, 1, 1))


@settings(max_examples=200)
@given(
    st.frozensets(st.integers(1, 7), max_size=6),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=30),
    st.dates(date(2026, 1, 1), date(2026, 3, 1)),
)
def test_next_open_day_is_open_and_the_first(weekdays: frozenset[int], days: frozenset[date], day: date) -> None:
    calendar = Calendar("Мектеп", weekdays, days)
    found = calendar.next_open_day(day)
    assert calendar.is_open(found)
    assert not any(calendar.is_open(day + timedelta(days=ahead)) for ahead in range((found - day).days))
