"""The board: values from the records, moved by exactly what happens; targets, lights, past years."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from kitaphana.acquisitions import services as acquisitions
from kitaphana.acquisitions.enums import BudgetKind
from kitaphana.circulation.tests.factories import reader
from kitaphana.core import clock
from kitaphana.core import jobs as core_jobs
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry, Job, JobState
from kitaphana.corelist.models import Version
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ReceiptSource
from kitaphana.fund.tests.factories import receipt
from kitaphana.indicators import rollups
from kitaphana.people.models import RoleAssignment, SchoolClass, User
from kitaphana.people.queries import actor_of
from kitaphana.renewal import coverage
from kitaphana.renewal.tests.factories import hold, published, text
from kitaphana.roadmap import checks, programme, queries, services
from kitaphana.roadmap.enums import Counting, Light, Origin, Unit
from kitaphana.roadmap.errors import (
    BadLink,
    BadRule,
    BadValue,
    BadYear,
    EvidenceNeeded,
    FutureYear,
    IsComputed,
    NothingToWithdraw,
    ReasonNeeded,
    TooLow,
)
from kitaphana.roadmap.formulas import FORMULAS, Pair
from kitaphana.roadmap.jobs import KEEP
from kitaphana.roadmap.models import EnteredValue, Evidence, Measure, Target, TargetChange, YearValue

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 7, 10, tzinfo=UTC)
TODAY = date(2026, 9, 7)


@pytest.fixture
def ministry(world: Any) -> Any:
    """Somebody of the ministry."""
    user = User.objects.create_user("ministry", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=world.country, role="MINISTRY")
    return actor_of(user)


@pytest.fixture
def version(world: Any) -> Version:
    """A list of two titles; the school needs 5 copies of each and holds 2 of one, its neighbour needs 2 of each."""
    abai, alash = text("Абай жолы"), text("Алаш туралы", "Нұрпейіс, Кеңес")
    made = published(world.country, (abai, {}), (alash, {}))
    for library, pupils in ((world.school, 10), (world.neighbour, 4)):
        for _number in range(pupils):
            reader(library, grade=6)
    SchoolClass.objects.update(school_year=clock.school_year(clock.today()))
    hold(world.school, abai, 2)
    coverage.count(world.district, at=clock.now())
    return made


def measure(code: str) -> Measure:
    return Measure.objects.get(code=code)


def row(sections: list[queries.Section], code: str) -> queries.Row:
    return next(one for section in sections for one in section.rows if one.measure.code == code)


def enter(client: Any, actor: Any) -> Any:
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def target(node: Any, code: str, year: int, value: int, **more: Any) -> Target:
    facts = {"reason": "бұйрық", "at": AT, "command_id": new_id(), **more}
    return services.set_target(
        actor=more.pop("actor", SYSTEM), measure=measure(code), node=node, year=year, value=Decimal(value),
        **{key: value for key, value in facts.items() if key != "actor"},
    )  # fmt: skip


# The programme


def test_the_programme_is_there_in_three_languages_and_loading_it_again_changes_nothing() -> None:
    before = list(Measure.objects.values_list())
    services.load_programme()
    assert list(Measure.objects.values_list()) == before
    assert len(before) == len(programme.MEASURES) == len({line.code for line in programme.MEASURES})
    for line in programme.MEASURES:
        assert line.formula == "" or line.formula in FORMULAS
        assert all(0 < len(name) <= 300 for name in (*line.names, *line.owner))
    codes = {line.code for line in programme.MEASURES}
    assert {line.code for line in programme.TARGETS} <= codes
    # Every measure of the roadmap's five directions is there.
    expected = {
        f"{letter}{n}"
        for letter, last in (("L", 10), ("P", 9), ("M", 9), ("N", 10), ("T", 6))
        for n in range(1, last + 1)
    }
    assert expected <= codes


def test_the_numbers_of_the_draft_are_loaded_once(world: Any, ministry: Any) -> None:
    target(world.country, "L6", 2021, 15)
    command = new_id()
    facts: dict[str, Any] = {"actor": ministry, "node": world.country, "at": AT}
    made = services.load_targets(**facts, command_id=command)
    assert made == sum(len(line.values) for line in programme.TARGETS) - 1
    assert services.load_targets(**facts, command_id=command) == made
    assert services.load_targets(**facts) == 0
    core = Target.objects.filter(measure__code="L6").order_by("year").values_list("value", flat=True)
    assert list(core) == [15, 20, 20, 20, 20]
    note = Target.objects.get(measure__code="T1", year=2021).note
    for place, language in enumerate(("kk", "ru", "en")):
        assert programme.in_language(note, language) == programme.TABLE[place]
    assert programme.in_language("№ 15 бұйрық", "ru") == "№ 15 бұйрық"
    automated = Target.objects.filter(measure__code="T1").order_by("year").values_list("value", flat=True)
    assert list(automated) == [10, 13, 17, 10, 10]
    assert TargetChange.objects.count() == made + 1


# Values from the records


def test_a_received_book_moves_the_board_by_exactly_that(world: Any, version: Version) -> None:
    """One copy of a listed title at a school: the numerator is one more at the school, district, region and country."""
    chain = (world.school, world.district, world.region, world.country)

    def pairs() -> list[tuple[Any, Any]]:
        found = [row(queries.board(node, 2026, today=clock.today()), "L6").line.actual for node in chain]
        return [(one.numerator, one.denominator) for one in found]

    assert pairs() == [(2, 10), (2, 14), (2, 14), (2, 14)]
    hold(world.school, version.entries.get(title="Алаш туралы").record, 1)
    coverage.count(world.school, at=clock.now())
    assert pairs() == [(3, 10), (3, 14), (3, 14), (3, 14)]
    # Another edition that nobody needs moves the coverage of nothing.
    hold(world.school, text("Мүлде басқа кітап"), 5)
    coverage.count(world.school, at=clock.now())
    assert pairs() == [(3, 10), (3, 14), (3, 14), (3, 14)]
    actual = row(queries.board(world.country, 2026, today=clock.today()), "L6").line.actual
    assert (actual.value, actual.origin) == (Decimal("21.4"), Origin.COMPUTED)


def test_places_add_up_to_the_node_above(world: Any, version: Version) -> None:
    today = clock.today()
    for one in Measure.objects.exclude(formula="").exclude(unit=Unit.TENGE):
        for node in (world.country, world.region, world.district):
            whole = queries.year_of(node, one, today.year, today=today).actual
            parts = [place.line.actual for place in queries.places(node, one, today.year, today=today)]
            if one.code.startswith("L") and one.code not in ("L6",):
                continue  # lists and works are kept at the country and are no sum of places
            assert sum(part.numerator or 0 for part in parts) == (whole.numerator or 0), one.code
            if one.unit != Unit.NUMBER:
                assert sum(part.denominator or 0 for part in parts) == (whole.denominator or 0), one.code


def test_libraries_at_work_gifts_and_lists_are_counted(world: Any, version: Version) -> None:
    today = clock.today()
    sections = queries.board(world.country, today.year, today=today)
    at_work = row(sections, "T1").line.actual
    assert (at_work.numerator, at_work.denominator, at_work.value) == (1, 3, Decimal("33.3"))
    assert row(sections, "M7").line.actual.numerator == 1
    assert row(sections, "N5").line.actual.numerator == 0
    assert row(sections, "L4").line.actual.value == 100
    assert row(sections, "L2").line.actual.value == Decimal("16.6")  # one level of six
    assert row(sections, "L3").line.actual.value == 100
    assert row(sections, "L5").line.actual.value == 100
    assert row(sections, "P1").line.actual == queries.NO_VALUE
    places = queries.places(world.region, measure("T1"), today.year, today=today)
    assert [(place.node.code, place.line.actual.numerator) for place in places] == [("AKM-01", 1)]


def test_the_board_costs_a_fixed_number_of_statements(
    world: Any, version: Version, django_assert_num_queries: Any
) -> None:
    services.load_targets(actor=SYSTEM, node=world.country, at=AT)
    services.keep(clock.today().year, at=clock.now())
    for node in (world.country, world.district, world.school):
        with django_assert_num_queries(BOARD):
            queries.board(node, clock.today().year, today=clock.today())
    with django_assert_num_queries(PLACES):
        queries.places(world.country, measure("L6"), clock.today().year, today=clock.today())


BOARD, PLACES = 21, 8


# Lights


percents = st.decimals(min_value=0, max_value=1000, places=2)


@given(value=percents, goal=percents)
def test_a_light_follows_the_rule_exactly(value: Decimal, goal: Decimal) -> None:
    light = queries.DEFAULT_RULE.light(value, goal)
    if value >= goal:
        assert light == Light.GREEN
    elif value * 5 >= goal * 4:
        assert light == Light.AMBER
    else:
        assert light == Light.RED
    less = queries.DEFAULT_RULE.light(goal, value, is_less_better=True)
    assert less == light  # where less is better, the two change places


@given(numerator=st.integers(0, 10**9), denominator=st.integers(1, 10**9))
def test_what_is_not_reached_in_full_never_looks_reached(numerator: int, denominator: int) -> None:
    one = Measure(unit=Unit.PERCENT)
    actual = queries.computed(one, Pair(numerator, denominator))
    assert actual.value is not None
    assert actual.value * denominator <= numerator * 100 < (actual.value + Decimal("0.1")) * denominator
    assert (queries.DEFAULT_RULE.light(actual.exact, Decimal(100)) == Light.GREEN) is (numerator >= denominator)


def test_nothing_is_compared_where_a_number_lacks() -> None:
    assert queries.DEFAULT_RULE.light(None, Decimal(1)) == Light.NONE
    assert queries.DEFAULT_RULE.light(Decimal(1), None) == Light.NONE
    assert queries.computed(Measure(unit=Unit.PERCENT), Pair(0, 0)) == queries.NO_VALUE


def test_a_rule_of_its_own_and_the_general_one(world: Any, ministry: Any) -> None:
    services.set_rule(actor=ministry, measure=None, green_from=Decimal(90), amber_from=Decimal(50), at=AT)
    services.set_rule(actor=ministry, measure=measure("T1"), green_from=Decimal(50), amber_from=Decimal(20), at=AT)
    services.set_rule(actor=ministry, measure=None, green_from=Decimal(95), amber_from=Decimal(50), at=AT)
    rules = queries.Rules()
    assert rules.of(measure("L6")) == queries.Rule(Decimal(95), Decimal(50))
    assert rules.of(measure("T1")) == queries.Rule(Decimal(50), Decimal(20))
    for green, amber in ((50, 60), (100, 0), (201, 10)):
        with pytest.raises(BadRule):
            services.set_rule(actor=ministry, measure=None, green_from=Decimal(green), amber_from=Decimal(amber), at=AT)
    with pytest.raises(NotAllowed):
        services.set_rule(actor=_department(world), measure=None, green_from=Decimal(90), amber_from=Decimal(50), at=AT)


def _department(world: Any) -> Any:
    user = User.objects.create_user("department", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=world.region, role="DEPARTMENT")
    return actor_of(user)


# Targets


def test_targets_add_up_and_hold_below_until_a_place_has_its_own(world: Any) -> None:
    for year in (2021, 2022, 2023):
        target(world.country, "L6", year, 20)
    target(world.region, "L6", 2022, 30)
    line = queries.year_of(world.school, measure("L6"), 2023, today=TODAY)
    assert (line.target, line.added, line.is_inherited) == (20, 70, True)
    line = queries.year_of(world.faraway, measure("L6"), 2023, today=TODAY)
    assert line.added == 60
    line = queries.year_of(world.region, measure("L6"), 2022, today=TODAY)
    assert (line.target, line.added, line.is_inherited) == (30, 50, False)
    # After the last target what was to be reached stays.
    line = queries.year_of(world.country, measure("L6"), 2026, today=TODAY)
    assert (line.target, line.added) == (None, 60)
    # A number of things does not hold below; the state of a year does not add up.
    target(world.country, "N7", 2026, 1000)
    assert queries.year_of(world.region, measure("N7"), 2026, today=TODAY).target is None
    target(world.country, "T2", 2025, 40)
    target(world.country, "T2", 2026, 60)
    assert measure("T2").counting == Counting.STATE
    assert queries.year_of(world.region, measure("T2"), 2026, today=TODAY).goal == 60


def test_a_change_keeps_who_when_why_and_from_what_to_what(world: Any, ministry: Any) -> None:
    command = new_id()
    facts: dict[str, Any] = {"actor": ministry, "measure": measure("L6"), "node": world.country, "at": AT}
    first = services.set_target(**facts, year=2027, value=Decimal("20"), reason="", command_id=command)
    assert services.set_target(**facts, year=2027, value=Decimal("99"), reason="", command_id=command) == first
    with pytest.raises(ReasonNeeded):
        services.set_target(**facts, year=2027, value=Decimal("25"), reason="  ")
    services.set_target(**facts, year=2027, value=Decimal("25.5"), reason="№ 15\x00 бұйрық")
    with pytest.raises(ReasonNeeded):
        services.set_target(**facts, year=2025, value=Decimal(20), reason="")
    services.set_target(**facts, year=2025, value=Decimal(20), reason="Түзету")
    changes = queries.history(world.country, measure("L6")).values_list("target__year", "old", "new", "reason", "by_id")
    assert list(changes) == [
        (2025, None, 20, "Түзету", ministry.user_id),
        (2027, 20, Decimal("25.5"), "№ 15 бұйрық", ministry.user_id),
        (2027, None, 20, "", ministry.user_id),
    ]
    for change in (TargetChange.objects.update, lambda **_facts: TargetChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(new=1)
    assert AuditEntry.objects.filter(action="roadmap.target").count() == 3


def test_the_yearly_renewal_of_the_fund_moves_by_what_comes(world: Any, version: Version) -> None:
    today = clock.today()
    book = version.entries.get(title="Алаш туралы").record

    def pair() -> tuple[Any, Any]:
        rollups.count([world.school.pk], today.replace(month=1, day=1), today)
        actual = queries.year_of(world.country, measure("L6A"), today.year, today=today).actual
        (below,) = [one.line.actual for one in queries.places(world.district, measure("L6A"), today.year, today=today)
                    if one.node == world.school]  # fmt: skip
        assert below == actual
        return actual.numerator, actual.denominator

    came, stand = pair()
    hold(world.school, book, 3)
    assert pair() == (came + 3, stand + 3)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"value": Decimal(-1)}, BadValue), ({"value": Decimal("NaN")}, BadValue), ({"value": Decimal("1.234")}, BadValue),
        ({"value": Decimal("1e20")}, BadValue), ({"year": 1999}, BadYear), ({"year": 3000}, BadYear),
    ],
)  # fmt: skip
def test_a_target_that_is_none_is_refused(world: Any, facts: dict[str, Any], error: type[DomainError]) -> None:
    good = {"actor": SYSTEM, "measure": measure("L6"), "node": world.country, "year": 2027, "value": Decimal(1)}
    with pytest.raises(error):
        services.set_target(**{**good, **facts}, reason="", at=AT)  # type: ignore[arg-type]
    with pytest.raises(TooLow):
        services.set_target(**{**good, "node": world.school}, reason="", at=AT)  # type: ignore[arg-type]


def test_a_department_sets_targets_for_its_region_only(world: Any) -> None:
    department = _department(world)
    services.set_target(
        actor=department, measure=measure("L6"), node=world.district, year=2027, value=Decimal(5), reason="", at=AT
    )
    for actor, node in (
        (department, world.country),
        (world.librarian, world.school),
        (world.methodist, world.district),
    ):
        with pytest.raises(NotAllowed):
            services.set_target(
                actor=actor, measure=measure("L6"), node=node, year=2027, value=Decimal(5), reason="", at=AT
            )


# Entered values and evidence


def test_a_value_is_entered_with_its_evidence_and_the_one_before_stays(world: Any, ministry: Any) -> None:
    facts: dict[str, Any] = {"actor": ministry, "measure": measure("P1"), "node": world.country, "at": AT}
    command = new_id()
    first = services.enter_value(**facts, year=2025, value=Decimal(18), text="Есеп № 1", command_id=command)
    assert services.enter_value(**facts, year=2025, value=Decimal(99), text="Есеп", command_id=command) == first
    services.enter_value(**facts, year=2025, value=Decimal("21.5"), text="Есеп № 2", link="https://example.kz/2")
    line = queries.year_of(world.country, measure("P1"), 2025, today=TODAY)
    assert (line.actual.value, line.actual.origin) == (Decimal("21.5"), Origin.ENTERED)
    assert row(queries.board(world.country, 2025, today=TODAY), "P1").evidence == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        EnteredValue.objects.update(value=1)
    for wrong, error in (
        ({"text": " "}, EvidenceNeeded), ({"link": "javascript:alert(1)"}, BadLink), ({"year": 2027}, FutureYear),
        ({"value": Decimal(-1)}, BadValue), ({"measure": measure("L6"), "year": 2026}, IsComputed),
        ({"node": world.school}, TooLow),
    ):  # fmt: skip
        with pytest.raises(error):
            services.enter_value(**{**facts, "year": 2026, "value": Decimal(1), "text": "Есеп", **wrong})


def test_evidence_is_struck_out_but_not_what_a_value_stands_on(world: Any, ministry: Any) -> None:
    facts: dict[str, Any] = {"actor": ministry, "measure": measure("N2"), "node": world.country, "year": 2026, "at": AT}
    one = services.add_evidence(**facts, text="Ереже бекітілді")
    held = services.enter_value(**facts, value=Decimal(50), text="Бұйрық").evidence
    services.withdraw_evidence(actor=ministry, evidence=one, at=AT)
    for gone in (one, held):
        with pytest.raises(NothingToWithdraw):
            services.withdraw_evidence(actor=ministry, evidence=gone, at=AT)
    assert row(queries.board(world.country, 2026, today=TODAY), "N2").evidence == 1
    assert Evidence.objects.filter(withdrawn_at__isnull=False).get() == one


# Years gone by


def test_the_last_value_of_a_year_stays_when_the_year_is_over(world: Any, version: Version) -> None:
    this_year = clock.today().year
    later = date(this_year + 1, 3, 1)
    now = clock.now()
    assert services.keep(this_year, at=now) == services.keep(this_year, at=now + timedelta(days=1))
    assert set(YearValue.objects.values_list("counted_at", flat=True)) == {now}  # nothing changed, nothing is written
    before = row(queries.board(world.region, this_year, today=clock.today()), "L6").line.actual
    hold(world.school, version.entries.get(title="Алаш туралы").record, 3)
    coverage.count(world.school, at=now)
    sections = queries.board(world.region, this_year + 1, today=later)
    line = row(sections, "L6")
    assert line.line.actual.numerator == 5
    assert line.trend[-2].actual == before
    assert before.numerator == 2
    kept = queries.places(world.region, measure("L6"), this_year, today=later)
    assert [(one.node.code, one.line.actual.numerator) for one in kept] == [("AKM-01", 2)]


def test_years_before_are_kept_once_from_what_the_records_tell(world: Any, version: Version) -> None:
    today = clock.today()
    before = today.year - 1
    line = fund.ReceiptLine(record=version.entries.get(title="Абай жолы").record, quantity=1, price=Decimal(1000))
    fund.receive(
        actor=SYSTEM, library=world.neighbour, receipt=receipt(line, on=date(before, 10, 1)), at=clock.now(),
        command_id=new_id(),
    )  # fmt: skip
    for _night in range(2):
        core_jobs.enqueue(KEEP, run_after=timezone.now())
        while core_jobs.run_next():
            pass
    assert not Job.objects.exclude(state=JobState.DONE).exists()
    kept = set(YearValue.objects.filter(year=before).values_list("measure__code", flat=True))
    assert "T1" in kept
    assert "L6" not in kept  # what was held then is not told by what is held now
    line_before = queries.year_of(world.country, measure("T1"), before, today=today)
    assert (line_before.actual.numerator, line_before.actual.denominator) == (1, 3)


# Pages


def test_the_ministry_walks_from_the_board_to_the_school(
    world: Any, client: Any, ministry: Any, version: Version
) -> None:
    enter(client, ministry)
    answer = client.get(reverse("roadmap:board"))
    assert answer.context["node"] == world.country
    answer = client.post(reverse("roadmap:load_targets"), {"node": "KZ", "command_id": str(new_id())}, follow=True)
    assert "L6" in answer.content.decode()
    address = reverse("roadmap:measure", args=["L6"])
    year = clock.today().year
    for node, children in (("KZ", ["AKM", "ALM"]), ("AKM", ["AKM-01"]), ("AKM-01", ["S-1", "S-2"]), ("S-1", [])):
        page = client.get(address, {"node": node, "year": year})
        assert [place.node.code for place in page.context["places"]] == children
        assert page.context["line"].actual.numerator == 2
    assert ("/renewal/?node=S-1&only=all") in [door for _words, door in page.context["doors"]]
    for _words, door in page.context["doors"]:
        assert client.get(door).status_code == 200, door
    page = client.get(reverse("roadmap:compare"), {"year": year, "measure": "L6"})
    assert [tile.place.node.code for tile in page.context["map"].tiles] == ["AKM", "ALM"]
    assert [rank.place.node.code for rank in page.context["ranks"]] == ["AKM"]
    assert [place.node.code for place in page.context["untold"]] == ["ALM"]
    for code in Measure.objects.values_list("code", flat=True):
        assert client.get(reverse("roadmap:measure", args=[code])).status_code == 200
        assert client.get(reverse("roadmap:compare"), {"measure": code}).status_code == 200


def test_targets_values_and_evidence_over_the_pages(world: Any, client: Any, ministry: Any) -> None:
    enter(client, ministry)
    facts = {"node": "AKM", "year": "2027", "value": "12,5", "reason": "", "command_id": str(new_id()), "of": "2026"}
    answer = client.post(reverse("roadmap:set_target", args=["L6"]), facts)
    assert answer["Location"].endswith("/roadmap/measures/L6/?node=AKM&year=2026")
    assert Target.objects.get().value == Decimal("12.5")
    for wrong in ({"value": "көп"}, {"year": "20x7"}, {"value": "13"}):
        answer = client.post(
            reverse("roadmap:set_target", args=["L6"]), {**facts, **wrong, "command_id": str(new_id())}, follow=True
        )
        assert [message.level_tag for message in answer.context["messages"]][-1] == "error"
    assert Target.objects.get().value == Decimal("12.5")
    proof = {"node": "AKM", "year": "2026", "text": "Есеп", "of": "2026"}
    client.post(reverse("roadmap:enter_value", args=["P3"]), {**proof, "value": "17", "command_id": str(new_id())})
    client.post(reverse("roadmap:add_evidence", args=["P3"]), {**proof, "command_id": str(new_id())})
    page = client.get(reverse("roadmap:measure", args=["P3"]), {"node": "AKM", "year": "2026"})
    assert page.context["line"].actual.value == 17
    assert len(page.context["evidence"]) == 2
    loose = Evidence.objects.get(values__isnull=True)
    client.post(reverse("roadmap:withdraw_evidence", args=[loose.pk]))
    loose.refresh_from_db()
    assert loose.withdrawn_at is not None
    client.post(reverse("roadmap:set_rule"), {"node": "AKM", "green_from": "95", "amber_from": "70"})
    assert queries.Rules().general == queries.Rule(Decimal(95), Decimal(70))


def test_a_librarian_sees_the_own_library_and_changes_nothing(world: Any, client: Any) -> None:
    enter(client, world.librarian)
    page = client.get(reverse("roadmap:board"))
    assert page.context["node"] == world.school
    assert page.context["may_edit"] is False
    assert client.get(reverse("roadmap:board"), {"node": "S-2"}).status_code == 404
    for name in ("set_target", "enter_value", "add_evidence"):
        assert client.post(reverse(f"roadmap:{name}", args=["L6"]), {"node": "S-1"}).status_code == 403


def test_exports_say_what_the_page_says(world: Any, client: Any, ministry: Any, version: Version) -> None:
    enter(client, ministry)
    services.load_targets(actor=ministry, node=world.country, at=AT)
    asked = {"node": "KZ", "year": clock.today().year}
    shown = {
        row.measure.code: row.line for section in queries.board(world.country, asked["year"], today=clock.today())
        for row in section.rows
    }  # fmt: skip
    rows = list(
        csv.reader(
            io.StringIO(client.get(reverse("roadmap:board_csv"), asked).content.decode("utf-8-sig")), delimiter=";"
        )
    )
    told = {line[1]: line for line in rows[1:]}
    assert set(told) == set(shown)
    assert told["L6"][5:8] == ["", "100.00", str(shown["L6"].actual.value)]
    content = b"".join(client.get(reverse("roadmap:board_xlsx"), asked).streaming_content)
    sheet = {
        line[0]: line for line in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    }
    assert (sheet["L6"][5], sheet["L6"][6]) == (100, float(shown["L6"].actual.value or 0))
    for language in ("kk", "ru", "en"):
        answer = client.get(reverse("roadmap:board_pdf"), asked, headers={"Accept-Language": language})
        assert answer.content.startswith(b"%PDF")
    answer = client.get(reverse("roadmap:compare_csv"), {**asked, "measure": "L6"}).content.decode("utf-8-sig")
    assert [line.split(";")[0] for line in answer.splitlines()[1:]] == ["AKM", "ALM"]


def test_pages_cost_a_fixed_number_of_statements(
    world: Any, client: Any, ministry: Any, version: Version, django_assert_max_num_queries: Any
) -> None:
    enter(client, ministry)
    services.load_targets(actor=ministry, node=world.country, at=AT)
    for name, args, most in (("board", [], 36), ("measure", ["L6"], 42), ("compare", [], 24)):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"roadmap:{name}", args=args)).status_code == 200


def test_the_map_has_a_tile_for_each_region_and_no_two_on_one_spot() -> None:
    from kitaphana.roadmap.charts import TILES

    assert len(TILES) == len(set(TILES.values())) == 20
    assert all(re.fullmatch(r"\d\d", key) for key in TILES)


def test_values_of_the_database_hold_against_each_other(world: Any) -> None:
    assert connection.vendor in ("sqlite", "postgresql")
    with pytest.raises(DatabaseError), transaction.atomic():
        Target.objects.create(measure=measure("L6"), node=world.country, year=2026, value=Decimal(-1))


def test_fiction_per_pupil_by_the_night_and_at_once_agree(world: Any, version: Version) -> None:
    today = clock.today()
    acquisitions.change_budget(
        actor=SYSTEM, organization=world.school, year=today.year, source=ReceiptSource.LOCAL_BUDGET,
        kind=BudgetKind.FICTION, amount=Decimal("70000.50"), reason="Бюджет", at=clock.now(),
    )  # fmt: skip
    at_once = queries.year_of(world.district, measure("R4"), today.year, today=today).actual
    assert (at_once.numerator, at_once.denominator) == (Decimal("70000.50"), 14)
    services.keep(today.year, at=clock.now())
    assert queries.year_of(world.district, measure("R4"), today.year, today=today).actual == at_once
    assert [
        (place.node.code, place.line.actual.exact) for place in queries.places(world.district, measure("R4"), today.year, today=today)
    ] == [("S-1", Decimal("7000.05")), ("S-2", 0)]  # fmt: skip


def test_a_target_changed_behind_its_history_is_found(world: Any, ministry: Any) -> None:
    first = target(world.country, "L6", 2026, 20)
    target(world.country, "L6", 2026, 25)
    services.enter_value(
        actor=ministry, measure=measure("P1"), node=world.country, year=2026, value=Decimal(1), text="Есеп", at=AT
    )
    assert list(checks.invariants()) == []
    assert list(checks.invariants(world.country)) == []
    Target.objects.filter(pk=first.pk).update(value=30)
    Evidence.objects.update(year=2025)
    assert [one.code for one in checks.invariants()] == ["roadmap.target", "roadmap.evidence"]


def test_a_file_is_kept_as_evidence_and_given_to_those_who_may_see(world: Any, client: Any, ministry: Any) -> None:
    enter(client, ministry)
    address = reverse("roadmap:add_evidence", args=["N2"])
    proof = {"node": "AKM", "year": "2026", "text": "", "of": "2026"}
    for name, content in (("бұйрық.pdf", b"MZ"), ("бұйрық.exe", b"%PDF-1.7"), ("бұйрық.pdf", b"")):
        sent = {**proof, "file": SimpleUploadedFile(name, content), "command_id": str(new_id())}
        client.post(address, sent)
        assert not Evidence.objects.exists()
    file = SimpleUploadedFile("бұйрық.pdf", b"%PDF-1.7 \xd0\x90")
    client.post(address, {**proof, "file": file, "command_id": str(new_id())})
    one = Evidence.objects.get()
    assert (one.text, one.file_name) == ("бұйрық.pdf", "бұйрық.pdf")
    answer = client.get(reverse("roadmap:evidence_file", args=[one.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 \xd0\x90"
    assert answer["Content-Disposition"].startswith("attachment")
    page = client.get(reverse("roadmap:measure", args=["N2"]), {"node": "AKM", "year": "2026"})
    assert reverse("roadmap:evidence_file", args=[one.pk]) in page.content.decode()
    enter(client, world.librarian)
    assert client.get(reverse("roadmap:evidence_file", args=[one.pk])).status_code == 404
