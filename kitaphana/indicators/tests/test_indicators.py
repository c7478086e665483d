"""Indicators against independent SQL over the same records, the tree against its libraries, the pages against both."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from kitaphana.circulation import services as circulation
from kitaphana.circulation.tests.factories import copies, reader
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.enums import WithdrawalReason
from kitaphana.fund.models import Copy
from kitaphana.fund.tests.factories import COMMISSION
from kitaphana.indicators import checks, jobs, queries, rollups
from kitaphana.indicators.enums import Measure
from kitaphana.indicators.models import Rollup
from kitaphana.indicators.registry import INDICATORS
from kitaphana.indicators.views import DOORS, door
from kitaphana.monitoring import queries as monitoring
from kitaphana.monitoring import services as diary
from kitaphana.monitoring.enums import Measure as Records
from kitaphana.monitoring.queries import Filters, Period
from kitaphana.monitoring.services import EventEntry
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership, User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
FIRST = date(2025, 1, 1)


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def live(library: Organization, maker: random.Random, steps: int, last: date = TODAY) -> None:
    """Some days of a library: books come and go, readers register, borrow, return, prolong, come to events."""
    members = [reader(library, f"Оқырман{number}", registered_on=date(2026, 8, 1)) for number in range(4)]
    books = copies(library, 6)
    days = sorted(last - timedelta(days=maker.randrange(70)) for _ in range(steps))
    for day in days:
        act, copy, member = maker.randrange(7), maker.choice(books), maker.choice(members)
        facts: dict[str, Any] = {"actor": SYSTEM, "library": library, "at": at(day), "command_id": new_id()}
        try:
            if act < 3:
                circulation.check_out(card=member.card_number, barcode=copy.barcode, **facts)
            elif act == 3:
                circulation.check_in(barcode=copy.barcode, **facts)
            elif act == 4:
                diary.add_event(entry=EventEntry(day, "LESSON", "Сабақ", {"junior": 7, "teacher": 1}), **facts)
            elif act == 5:
                diary.add_references(on=day, kind="FACTUAL", quantity=3, **facts)
            else:
                loan = copy.loans.filter(returned_at__isnull=True).first()
                if loan is not None:
                    circulation.renew(loan=loan, **facts)
        except DomainError:
            continue


def sql(text: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return int(cursor.fetchone()[0] or 0)


YEAR = ("2026-01-01", "2026-12-31")
BY_HAND = {
    Measure.VISITS: 'SELECT COUNT(*) FROM circulation_visit WHERE library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.LOANS: "SELECT COUNT(*) FROM circulation_loan l JOIN fund_copy c ON c.id = l.copy_id "
    "WHERE c.fund = 'CORE' AND l.library_id = %s AND l.lent_on BETWEEN %s AND %s",
    Measure.RENEWALS: 'SELECT COUNT(*) FROM circulation_renewal WHERE library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.NEW_READERS: "SELECT COUNT(*) FROM people_membership WHERE library_id = %s AND registered_on BETWEEN %s AND %s",
    Measure.EVENTS: 'SELECT COUNT(*) FROM monitoring_libraryevent WHERE library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.ATTENDANCE: "SELECT SUM(junior + middle + senior + teacher + other) FROM monitoring_libraryevent "
    'WHERE library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.REFERENCES: 'SELECT SUM(quantity) FROM monitoring_referenceanswer WHERE library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.RECEIVED: "SELECT SUM(quantity) FROM fund_ledgerentry WHERE quantity > 0 AND fund = 'CORE' "
    'AND library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.SPENT: "SELECT SUM(quantity * CAST(price AS INTEGER)) FROM fund_ledgerentry WHERE quantity > 0 "
    "AND fund = 'CORE' AND library_id = %s AND \"on\" BETWEEN %s AND %s",
    Measure.WITHDRAWN: "SELECT -SUM(quantity) FROM fund_ledgerentry WHERE quantity < 0 AND fund = 'CORE' "
    'AND library_id = %s AND "on" BETWEEN %s AND %s',
    Measure.ACTIVE: "SELECT COUNT(DISTINCT person_id) FROM circulation_visit "
    'WHERE library_id = %s AND "on" BETWEEN %s AND %s',
}
NOW_BY_HAND = {
    Measure.READERS: "SELECT COUNT(*) FROM people_membership WHERE library_id = %s AND left_on IS NULL",
    Measure.COPIES: "SELECT COUNT(*) FROM fund_copy WHERE library_id = %s AND fund = 'CORE' AND state = 'IN_FUND'",
    Measure.ON_LOAN: "SELECT COUNT(*) FROM circulation_loan WHERE library_id = %s AND returned_at IS NULL",
    Measure.OVERDUE: "SELECT COUNT(*) FROM circulation_loan WHERE library_id = %s AND returned_at IS NULL "
    "AND due_on < '2026-11-23'",
}


@pytest.fixture
def lived(world: Any) -> Any:
    """Two libraries with some months behind them, counted."""
    maker = random.Random(11)
    live(world.school, maker, 60)
    live(world.neighbour, maker, 30)
    worn = (
        Copy.objects.filter(library=world.school, loans__isnull=True).first()
        or Copy.objects.filter(library=world.school).exclude(loans__returned_at__isnull=True).first()
    )
    if worn is not None:
        fund.write_off(
            actor=SYSTEM, library=world.school, at=at(TODAY), command_id=new_id(),
            write_off=fund.WriteOff(on=TODAY, reason=WithdrawalReason.WORN, grounds="Тозған", copies=[worn], commission=COMMISSION),
        )  # fmt: skip
    left = Membership.objects.filter(library=world.neighbour).first()
    assert left is not None
    Membership.objects.filter(pk=left.pk).update(left_on=date(2026, 11, 2))
    rollups.count_all(FIRST, TODAY)
    return world


def test_every_measure_is_what_sql_written_by_hand_says(lived: Any) -> None:
    told = 0
    for library in (lived.school, lived.neighbour):
        for measure, text in BY_HAND.items():
            assert queries.measure(library, measure, 2026) == sql(text, library.pk, *YEAR), (library.code, measure)
            told += queries.measure(library, measure, 2026) > 0
        for measure, text in NOW_BY_HAND.items():
            assert queries.measure(library, measure, 2026) == sql(text, library.pk), (library.code, measure)
    assert told > 15


def test_every_indicator_is_the_quotient_of_its_measures(lived: Any) -> None:
    found = queries.values(lived.school, 2026)
    loans, readers = (
        sql(BY_HAND[Measure.LOANS], lived.school.pk, *YEAR),
        sql(NOW_BY_HAND[Measure.READERS], lived.school.pk),
    )
    assert found["U1"].value == (Decimal(loans) / readers).quantize(Decimal("0.01"))
    active = sql(BY_HAND[Measure.ACTIVE], lived.school.pk, *YEAR)
    assert found["R1"].value == (Decimal(active) * 100 / readers).quantize(Decimal("0.1"))
    assert found["R2"].value == readers
    assert set(found) == set(INDICATORS)
    assert queries.values(lived.faraway, 2026)["U1"].value is None


def test_the_tree_is_the_sum_of_its_libraries(lived: Any) -> None:
    assert list(checks.invariants()) == []
    for measure in Measure:
        parts = queries.measures_by_child([lived.school, lived.neighbour], measure, 2026)
        for node in (lived.district, lived.region, lived.country):
            assert queries.measure(node, measure, 2026) >= sum(parts.values())
    assert queries.measure(lived.country, Measure.LOANS, 2026) == sql(
        "SELECT COUNT(*) FROM circulation_loan WHERE lent_on BETWEEN %s AND %s", *YEAR
    )
    Rollup.objects.filter(node=lived.country, measure=Measure.LOANS).update(value=1)
    assert {one.code for one in checks.invariants()} == {"indicators.sums_differ"}


@pytest.mark.parametrize("seed", range(3))
def test_counting_what_moved_equals_counting_everything(world: Any, seed: int) -> None:
    maker = random.Random(seed)
    live(world.school, maker, 15, TODAY - timedelta(days=30))
    rollups.count_all(FIRST, TODAY)
    for _round in range(2):
        library = maker.choice([world.school, world.neighbour])
        live(library, maker, 12)
        rollups.count([library.pk], date(2026, 7, 1), TODAY)
    kept = set(Rollup.objects.values_list("node", "measure", "month", "value"))
    Rollup.objects.all().delete()
    rollups.count_all(FIRST, TODAY)
    assert set(Rollup.objects.values_list("node", "measure", "month", "value")) == kept
    assert rollups.count_all(FIRST, TODAY) == 0


def test_each_number_opens_just_the_records_behind_it(lived: Any) -> None:
    year, day = Period(date(2026, 1, 1), TODAY), Period(TODAY, TODAY)
    for measure, (name, filters, is_of_year) in DOORS.items():
        if measure in (Measure.SPENT, Measure.WORTH, Measure.ATTENDANCE):
            continue  # sums over the records, not their number
        records, narrowed = Records(name), Filters(year if is_of_year else day, **filters)
        behind = sum(
            monitoring.size_of(monitoring.records(records, lived.school, narrowed, part))
            for part in monitoring.parts_of(records)
        )
        assert abs(behind) == queries.measure(lived.school, measure, 2026), measure
        assert "node=S-1" in door(measure, lived.school, 2026, TODAY)


def test_months_stand_as_they_ended(lived: Any) -> None:
    one = INDICATORS["R2"]
    (score,) = queries.scorecard(lived.neighbour, 2026, TODAY, [one.code])
    points = {point.month: point.value for point in score.months}
    assert (points[date(2026, 7, 1)], points[date(2026, 10, 1)], points[date(2026, 11, 1)]) == (0, 4, 3)
    assert len(score.months) == 12


def test_similar_libraries_are_of_the_same_kind_and_size(lived: Any) -> None:
    assert [other.code for other in queries.similar(lived.school, 2026)] == ["S-2"]
    place = next(one for one in queries.places(lived.school, [lived.neighbour], 2026) if one.indicator.code == "U1")
    mine, other = (queries.values(node, 2026)["U1"].value for node in (lived.school, lived.neighbour))
    assert (place.value, place.usual, place.among) == (mine, other, 2)
    assert place.place == (1 if (mine or 0) >= (other or 0) else 2)
    assert queries.band_of(99) == (0, 100)
    assert queries.band_of(5000) == (1200, None)


def enter(client: Any, actor: Any) -> Any:
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_pages_lead_from_the_district_to_the_records(
    lived: Any, client: Any, django_assert_max_num_queries: Any
) -> None:
    enter(client, lived.methodist)
    address = reverse("indicators:scorecard")
    client.get(address)
    with django_assert_max_num_queries(14):
        page = client.get(address, {"node": "AKM-01", "year": 2026})
    shown = {one.indicator.code: one.now.value for _part, scores in page.context["parts"] for one in scores}
    assert shown == {code: value.value for code, value in queries.values(lived.district, 2026).items()}
    page = client.get(reverse("indicators:indicator", args=["U1"]), {"node": "AKM-01", "year": 2026})
    assert [child.code for child, _value in page.context["children"]] == ["S-1", "S-2"]
    page = client.get(reverse("indicators:indicator", args=["U1"]), {"node": "S-1", "year": 2026})
    ((_label, records),) = page.context["numerator"]
    assert client.get(records).context["total"] == queries.measure(lived.school, Measure.LOANS, 2026)
    assert client.get(reverse("indicators:compare"), {"node": "S-1", "year": 2026}).context["others"] == 1
    for name in ("scorecard_xlsx", "registry_xlsx", "compare_xlsx", "registry_csv", "registry"):
        assert client.get(reverse(f"indicators:{name}"), {"node": "S-1", "year": 2026}).status_code == 200
    assert client.get(reverse("indicators:indicator", args=["nothing"])).status_code == 404
    enter(client, lived.librarian)
    assert client.get(address, {"node": "AKM-01"}).status_code == 404


def test_the_job_counts_where_something_changed(lived: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kitaphana.core import jobs as core_jobs
    from kitaphana.core.models import Job

    today = clock.today()
    core_jobs.enqueue(jobs.FOLLOW)
    core_jobs.run_next()
    facts = {"actor": SYSTEM, "library": lived.school, "at": clock.now(), "command_id": new_id()}
    diary.add_references(on=today, kind="FACTUAL", quantity=5, **facts)
    core_jobs.enqueue(jobs.FOLLOW)
    core_jobs.run_next()
    assert Job.objects.filter(name=jobs.FOLLOW).order_by("-pk").first().result["libraries"] >= 1  # type: ignore[union-attr, index]
    answered = Rollup.objects.get(node=lived.country, measure=Measure.REFERENCES, month=today.replace(day=1)).value
    assert answered >= 5
