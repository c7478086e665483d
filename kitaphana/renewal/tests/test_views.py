"""The pages of renewal, as a librarian and a methodist see them."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kitaphana.circulation.tests.factories import reader
from kitaphana.core import clock
from kitaphana.core.ids import new_id
from kitaphana.corelist.models import Version
from kitaphana.people.models import SchoolClass, User
from kitaphana.renewal import coverage
from kitaphana.renewal.models import Plan
from kitaphana.renewal.tests.factories import hold, published, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(world: Any) -> Version:
    """Two titles; the school lacks three copies of one and five of the other, its neighbour two of each."""
    abai, alash = text("Абай жолы"), text("Алаш туралы", "Нұрпейіс, Кеңес")
    made = published(world.country, (abai, {}), (alash, {}))
    for library, pupils in ((world.school, 10), (world.neighbour, 4)):
        for _number in range(pupils):
            reader(library, grade=6)
    SchoolClass.objects.update(school_year=clock.school_year(clock.today()))
    hold(world.school, abai, 2, "1000.00")
    coverage.count(world.district, at=clock.now())
    return made


def enter(client: Any, actor: Any) -> Any:
    user = User.objects.get(pk=actor.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_from_the_country_to_the_title_in_the_school(world: Any, client: Any, version: Version) -> None:
    enter(client, world.administrator)
    address = reverse("renewal:overview")
    for node, children in (("KZ", ["AKM"]), ("AKM", ["AKM-01"]), ("AKM-01", ["S-1", "S-2"])):
        page = client.get(address, {"node": node})
        assert page.context["sums"].missing == 12
        assert [place.code for place, _sums in page.context["children"]] == children
    page = client.get(address, {"node": "S-1"})
    assert [(line.entry.title, line.missing) for line in page.context["titles"]] == [
        ("Алаш туралы", 5), ("Абай жолы", 3),
    ]  # fmt: skip
    entry = page.context["titles"][0].entry
    page = client.get(reverse("renewal:title", args=[entry.pk]), {"node": "AKM-01"})
    assert [(line.library.code, line.missing) for line in page.context["lines"]] == [("S-1", 5), ("S-2", 2)]
    assert client.get(reverse("renewal:title", args=[entry.pk]), {"node": "KZ"}).status_code == 404


def test_the_methodist_plans_the_district_and_the_school_sees_its_part(
    world: Any, client: Any, version: Version
) -> None:
    enter(client, world.methodist)
    node = {"node": "AKM-01", "list": version.core_list_id}
    facts = {**node, "first_year": "2027", "budget": ["1 000,50", "", "", "", ""], "command_id": str(new_id())}
    for _again in range(2):
        assert client.post(reverse("renewal:make_plan"), facts).status_code == 302
    plan = Plan.objects.get()
    assert plan.budgets == ["1000.50", None, None, None, None]
    page = client.get(reverse("renewal:plan"), node)
    lines = page.context["lines"]
    assert lines[0].amount == Decimal("1000.00")
    assert sum(line.copies for line in lines) == 12
    assert lines[-1].after == 100
    year = client.get(reverse("renewal:year", args=[plan.pk, 2028]))
    assert sum(one.copies for one in year.context["titles"]) == lines[1].copies
    content = b"".join(client.get(reverse("renewal:year_xlsx", args=[plan.pk, 2028])).streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[2:]
    assert sum(row[3] for row in rows) == lines[1].copies
    assert all(sum(share for share in row[6:] if share) == row[3] for row in rows)

    enter(client, world.librarian)
    page = client.get(reverse("renewal:plan"), {"node": "S-1"})
    assert page.context["plan"] == plan
    assert sum(line.copies for line in page.context["lines"]) == 8

    enter(client, world.administrator)
    page = client.get(reverse("renewal:plan"), {"node": "KZ"})
    assert (page.context["copies"], [place.place.code for place, _cells in page.context["places"]]) == (12, ["AKM"])


def test_what_arrives_is_held_against_the_plan(world: Any, client: Any, version: Version) -> None:
    enter(client, world.librarian)
    facts = {"node": "S-1", "first_year": "2026", "budget": ["", ""], "command_id": str(new_id())}
    client.post(reverse("renewal:make_plan"), facts)
    line = client.get(reverse("renewal:plan"), {"node": "S-1"}).context["lines"][0]
    # Two had come before the plan, in the same year: ten in two years are five, of which three are still to be bought.
    assert (line.year, line.copies, line.received) == (2026, 5, 2)
    hold(world.school, version.entries.get(title="Алаш туралы").record, 2)
    line = client.get(reverse("renewal:plan"), {"node": "S-1"}).context["lines"][0]
    assert (line.received, line.done_percent) == (4, 80)


@pytest.mark.parametrize("budget", ["-5", "көп", "NaN", "1e99"])
def test_a_sum_that_is_none_is_refused_in_words(world: Any, client: Any, version: Version, budget: str) -> None:
    enter(client, world.methodist)
    answer = client.post(
        reverse("renewal:make_plan"), {"node": "AKM-01", "budget": [budget], "command_id": str(new_id())}, follow=True
    )
    assert not Plan.objects.exists()
    assert any("теңге" in str(message) or "tenge" in str(message) for message in answer.context["messages"])


def test_pages_cost_a_fixed_number_of_statements(
    world: Any, client: Any, version: Version, django_assert_max_num_queries: Any
) -> None:
    enter(client, world.methodist)
    client.post(reverse("renewal:make_plan"), {"node": "AKM-01", "budget": [""] * 5, "command_id": str(new_id())})
    for name, node, most in (
        ("overview", "AKM-01", 24), ("overview", "S-1", 24), ("plan", "AKM-01", 20), ("plan", "S-1", 20),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"renewal:{name}"), {"node": node}).status_code == 200


def test_nothing_is_shown_where_no_list_is_published(world: Any, client: Any) -> None:
    enter(client, world.librarian)
    for name in ("overview", "plan"):
        assert client.get(reverse(f"renewal:{name}")).status_code == 200
