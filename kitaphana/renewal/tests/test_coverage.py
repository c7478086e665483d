"""Coverage: what pupils need against any edition of the text, checked by an independent reckoning."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kitaphana.circulation.tests.factories import reader
from kitaphana.core import clock
from kitaphana.core import jobs as core_jobs
from kitaphana.corelist.enums import State
from kitaphana.corelist.tests.factories import commission
from kitaphana.fund.tests.factories import AT, record
from kitaphana.people.models import SchoolClass
from kitaphana.renewal import coverage, jobs
from kitaphana.renewal.models import Coverage
from kitaphana.renewal.tests.factories import hold, published, text

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 20)


def test_need_follows_pupils_of_the_grades_and_the_norm(world: Any) -> None:
    abai, alash = text("Абай жолы"), text("Алаш туралы", "Нұрпейіс, Кеңес")
    version = published(world.country, (abai, {"grade_from": 7, "grade_to": 8}), (alash, {"norm_per_pupils": 3}))
    for grade, pupils in ((5, 4), (7, 3), (8, 2), (10, 5)):
        for _number in range(pupils):
            reader(world.school, grade=grade)
    reader(world.school, category="TEACHER")
    gone = reader(world.school, grade=7)
    gone.left_on = date(2026, 9, 10)
    gone.save()
    one = coverage.sheet(world.school, version, DAY)
    needed = {entry.record_id: int(need) for entry, need in zip(one.entries, one.needed[0], strict=True)}
    assert needed == {abai.pk: 3, alash.pk: 3}  # 5 ÷ 2 and 9 ÷ 3, rounded up
    assert one.held.tolist() == [[0, 0]]


def test_any_edition_of_the_text_counts_and_other_texts_do_not(world: Any) -> None:
    abai = text("Абай жолы")
    newer = text("Абай жолы", "Ауезов, М. О.", year=2024)
    other = text("Абай")
    translated = record("Абай жолы", language="rus", authors=["Әуезов, Мұхтар"], work_key="f" * 32)
    version = published(world.country, (abai, {}))
    for _number in range(9):
        reader(world.school, grade=6)
    hold(world.school, abai, 1)
    hold(world.school, newer, 2, is_counted=True)
    hold(world.school, other, 5)
    hold(world.school, translated, 5)
    one = coverage.sheet(world.school, version, DAY)
    assert (one.needed.tolist(), one.held.tolist(), one.missing.tolist()) == ([[5]], [[3]], [[2]])


def test_a_surplus_of_one_title_hides_no_shortage_of_another(world: Any) -> None:
    abai, alash = text("Абай жолы"), text("Алаш туралы", "Нұрпейіс, Кеңес")
    version = published(world.country, (abai, {}), (alash, {}))
    for library, pupils in ((world.school, 6), (world.neighbour, 2)):
        for _number in range(pupils):
            reader(library, grade=6)
    hold(world.school, abai, 10, "1500.00")
    hold(world.neighbour, alash, 1, "3000.00")
    coverage.count(world.district, at=AT)
    found = {row.library.code: row for row in Coverage.objects.select_related("library")}
    one = found["S-1"]
    assert (one.titles, one.covered, one.needed, one.held, one.provided, one.missing) == (2, 1, 6, 10, 3, 3)
    assert one.cost == Decimal("9000.00")
    sums = coverage.sums(world.country, version)
    assert (sums.libraries, sums.needed, sums.provided, sums.missing, sums.percent) == (2, 8, 4, 4, 50)
    assert [(node.code, place.missing) for node, place in coverage.by_child(
        world.district, [world.school, world.neighbour], version
    )] == [("S-1", 3), ("S-2", 1)]  # fmt: skip
    lines = coverage.by_title(coverage.sheet(world.district, version, DAY))
    assert sorted((line.needed, line.held, line.missing, line.lacking) for line in lines) == [
        (4, 1, 3, 1), (4, 10, 1, 1),
    ]  # fmt: skip


def test_the_sums_are_those_of_an_independent_statement(world: Any) -> None:
    """Plain SQL over the same tables, written without the program's code."""
    books = [text(f"Шығарма {number}", f"Автор{number}, А.") for number in range(4)]
    version = published(
        world.country, *((one, {"grade_from": 5 + place, "grade_to": 9}) for place, one in enumerate(books))
    )
    for place, library in enumerate((world.school, world.neighbour, world.faraway)):
        for grade in (5, 6, 8, 9):
            for _number in range(2 + place + grade % 3):
                reader(library, grade=grade)
        for number, one in enumerate(books):
            if (number + place) % 3:
                hold(library, one, number + place)
    for node in (world.district, world.faraway):
        coverage.count(node, at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH need AS (
                SELECT m.library_id, e.record_id,
                       (COUNT(*) + MAX(e.norm_per_pupils) - 1) / MAX(e.norm_per_pupils) AS n
                FROM corelist_listentry e
                JOIN people_schoolclass c ON c.grade BETWEEN e.grade_from AND e.grade_to
                JOIN people_membership m ON m.school_class_id = c.id AND m.left_on IS NULL
                WHERE e.version_id = %s AND c.school_year = 2026 AND c.language = 'kaz'
                GROUP BY m.library_id, e.record_id),
            have AS (
                SELECT library_id, record_id, COUNT(*) AS n FROM fund_copy WHERE state = 'IN_FUND'
                GROUP BY library_id, record_id)
            SELECT need.library_id, SUM(need.n),
                   SUM(CASE WHEN COALESCE(have.n, 0) < need.n THEN COALESCE(have.n, 0) ELSE need.n END)
            FROM need LEFT JOIN have ON have.library_id = need.library_id AND have.record_id = need.record_id
            GROUP BY need.library_id ORDER BY need.library_id
            """,
            [version.pk],
        )
        expected = [tuple(map(int, row)) for row in cursor.fetchall()]
    ours = Coverage.objects.order_by("library_id").values_list("library_id", "needed", "provided")
    assert list(ours) == expected
    assert len(expected) == 3


def test_only_the_version_in_force_counts(world: Any) -> None:
    abai, alash = text("Абай жолы"), text("Алаш туралы", "Нұрпейіс, Кеңес")
    team = commission(world.country)
    published(world.country, (abai, {}), team=team)
    second = published(world.country, (alash, {}), team=team)
    assert coverage.published_versions() == [second]
    third = team.begin()
    assert third.state == State.DRAFT
    assert coverage.published_versions() == [second]
    assert second.entries.count() == 2  # what the first version had stays


def test_a_sheet_costs_the_same_for_one_library_and_for_a_district(world: Any, django_assert_num_queries: Any) -> None:
    books = [text(f"Шығарма {number}", f"Автор{number}, А.") for number in range(5)]
    published(world.country, *((one, {}) for one in books))
    (version,) = coverage.published_versions()
    for library in (world.school, world.neighbour):
        for _number in range(3):
            reader(library, grade=6)
        for one in books:
            hold(library, one, 1)
    for node in (world.school, world.district):
        with django_assert_num_queries(8):
            coverage.sheet(node, version, DAY)


def test_the_day_follows_what_moves_and_the_night_counts_everything(world: Any) -> None:
    abai = text("Абай жолы")
    published(world.country, (abai, {}))
    for library in (world.school, world.faraway):
        for _number in range(4):
            reader(library, grade=6)
    SchoolClass.objects.update(school_year=clock.school_year(clock.today()))
    run(jobs.NIGHTLY)
    assert Coverage.objects.count() == 2
    run(jobs.FOLLOW)
    hold(world.school, abai, 1)
    run(jobs.FOLLOW)
    assert Coverage.objects.get(library=world.school).provided == 1
    assert Coverage.objects.get(library=world.faraway).provided == 0


def run(name: str) -> None:
    """Carry out a job now, whatever else waits."""
    core_jobs.enqueue(name, run_after=timezone.now())
    while core_jobs.run_next():
        pass
