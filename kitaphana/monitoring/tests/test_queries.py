"""Figures equal the records behind them; the number of statements does not grow with the library."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitaphana.circulation import services as circulation
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import IssueLine, ReturnLine
from kitaphana.circulation.tests.factories import AT, ON, copies, give_back, lend, reader
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.models import Stock
from kitaphana.fund.tests.factories import receipt, record
from kitaphana.monitoring import queries
from kitaphana.monitoring.enums import Measure
from kitaphana.monitoring.queries import Filters, Period, Periods


def _busy(world: Any, library: Any, librarian: Any) -> None:
    """Two readers, three loans of both funds, a return, a hold that waits, a teacher without a class."""
    novel = copies(library)[0]
    textbook = copies(library, title="Алгебра", kind="TEXTBOOK", grade=6)[0]
    tale = copies(library, title="Ер Төстік", language="rus")[0]
    pupil = reader(library, "Бекова")
    teacher = reader(library, "Омаров", category="TEACHER", grade=None)
    lend(librarian, pupil, novel)
    lend(librarian, pupil, textbook)
    lend(librarian, teacher, tale)
    give_back(librarian, tale)
    circulation.place_hold(
        actor=librarian, library=library, record=novel.record, person=teacher.person, at=AT, command_id=new_id()
    )


def counted(world: Any, library: Any, librarian: Any) -> None:
    """Thirty textbooks kept by count; a pupil has one of them, a teacher had four and brought two back."""
    book = record("Физика", kind="TEXTBOOK", udc="53")
    line = fund.ReceiptLine(record=book, quantity=30, price=Decimal("1500.00"), is_counted=True)
    fund.receive(actor=SYSTEM, library=library, receipt=receipt(line), at=AT, command_id=new_id())
    card = Stock.objects.get(library=library, record=book)
    pupil, teacher = reader(library, "Қуатов"), reader(library, "Сейітова", category="TEACHER", grade=None)
    lines = [IssueLine(pupil.person_id, card.pk), IssueLine(teacher.person_id, card.pk, 4)]
    circulation.issue(actor=librarian, library=library, lines=lines, at=AT, command_id=new_id())
    loan = StockLoan.objects.get(person=teacher.person)
    back = [ReturnLine(loan.pk, 2)]
    circulation.take_back(actor=librarian, library=library, lines=back, at=AT, command_id=new_id())


LATER = ON + timedelta(days=60)


def _figure(figures: queries.Figures, measure: Measure, period: str) -> int:
    return {
        Measure.VISITS: lambda: figures.visits[period],
        Measure.LOANS: lambda: figures.loans(period),
        Measure.RETURNS: lambda: figures.returns[period],
        Measure.RENEWALS: lambda: figures.renewals[period],
        Measure.READERS: lambda: figures.readers,
        Measure.NEW_READERS: lambda: figures.new_readers[period],
        Measure.ACTIVE: lambda: figures.active[period],
        Measure.COPIES: lambda: figures.copies,
        Measure.RECEIVED: lambda: figures.received[period],
        Measure.ON_LOAN: lambda: figures.on_loan,
        Measure.OVERDUE: lambda: figures.overdue,
        Measure.HOLDS: lambda: figures.holds_waiting,
        Measure.HOLD_SHELF: lambda: figures.holds_ready,
    }[measure]()


OF_THE_DIARY = {
    *(Measure.LENDINGS, Measure.LEFT, Measure.EVENTS, Measure.REFERENCES),
    *(Measure.FUND_IN, Measure.FUND_OUT, Measure.FUND_AT),
}


@pytest.mark.parametrize("measure", [one for one in Measure if one not in OF_THE_DIARY])
@pytest.mark.parametrize("place", ["school", "district"])
@pytest.mark.parametrize("today", [ON, LATER])
def test_figure_equals_the_list_behind_it(world: Any, measure: Measure, place: str, today: date) -> None:
    _busy(world, world.school, world.librarian)
    _busy(world, world.neighbour, world.neighbour_librarian)
    counted(world, world.school, world.librarian)
    node = getattr(world, place)
    figures = queries.total(queries.figures_by_library(node, today).values())
    periods = Periods.of(today)
    for name in ("day", "year"):
        filters = Filters(periods.named()[name])
        parts = queries.parts_of(measure)
        listed = sum(queries.size_of(queries.records(measure, node, filters, part)) for part in parts)
        assert listed == _figure(figures, measure, name), name


def test_figures_of_a_school(world: Any) -> None:
    _busy(world, world.school, world.librarian)
    figures = queries.total(queries.figures_by_library(world.school, ON).values())
    assert figures.core_loans["year"] == 2
    assert figures.textbook_loans["year"] == 1
    assert figures.returns["day"] == 1
    assert figures.visits["day"] == figures.active["day"] == 2
    assert (figures.core_copies, figures.textbook_copies) == (2, 1)
    assert (figures.readers, figures.readers_before) == (2, 0)
    assert (figures.on_loan, figures.overdue, figures.holds_waiting) == (2, 0, 1)
    assert figures.loans("year_before") == 0


def test_volumes_kept_by_count_are_part_of_the_figures(world: Any) -> None:
    _busy(world, world.school, world.librarian)
    counted(world, world.school, world.librarian)
    figures = queries.total(queries.figures_by_library(world.school, ON).values())
    assert (figures.core_loans["year"], figures.textbook_loans["year"], figures.returns["day"]) == (2, 6, 3)
    assert (figures.core_copies, figures.textbook_copies, figures.textbook_titles) == (2, 31, 2)
    assert str(figures.textbook_amount) == "47500.00"
    assert figures.received["year"] == 33
    assert (figures.on_loan, figures.overdue) == (5, 0)
    year = Periods.of(ON).year
    by_grade = queries.loans_by_grade(world.school, year)
    kinds, _languages = queries.loans_by_edition(world.school, year)
    assert [(one.code, one.core, one.textbooks) for one in by_grade] == [("6", 1, 2), ("TEACHER", 1, 4)]
    assert ("TEXTBOOK", 6) in [(one.code, one.textbooks) for one in kinds]
    assert queries.loans_by_day(world.school, ON)[-1].textbooks == 6


def test_figures_leave_other_libraries_out(world: Any) -> None:
    _busy(world, world.neighbour, world.neighbour_librarian)
    assert queries.figures_by_library(world.school, ON) == {}


def test_a_district_adds_its_schools_up(world: Any) -> None:
    _busy(world, world.school, world.librarian)
    _busy(world, world.neighbour, world.neighbour_librarian)
    by_library = queries.figures_by_library(world.district, ON)
    lines, libraries = queries.lines_below(world.district, by_library)
    assert libraries == 2
    assert [(line.node.pk, line.figures.loans("year")) for line in lines] == [
        (world.school.pk, 3),
        (world.neighbour.pk, 3),
    ]
    assert queries.total(by_library.values()).loans("year") == 6


def test_the_region_shows_its_district_with_two_libraries(world: Any) -> None:
    _busy(world, world.school, world.librarian)
    lines, libraries = queries.lines_below(world.region, queries.figures_by_library(world.region, ON))
    assert libraries == 2
    assert [(line.node.pk, line.libraries, line.figures.copies) for line in lines] == [(world.district.pk, 2, 3)]


def test_overdue_counts_from_the_day_after(world: Any) -> None:
    loan = lend(world.librarian, reader(world.school), copies(world.school)[0])
    figures = queries.figures_by_library(world.school, loan.due_on)
    assert figures[world.school.pk].overdue == 0
    figures = queries.figures_by_library(world.school, loan.due_on + timedelta(days=1))
    assert figures[world.school.pk].overdue == 1


@pytest.mark.parametrize("number", [1, 3])
def test_figures_take_fourteen_statements(world: Any, number: int) -> None:
    for place in range(number):
        lend(world.librarian, reader(world.school, f"Оқырман{place}"), copies(world.school)[0])
    with CaptureQueriesContext(connection) as captured:
        queries.figures_by_library(world.school, ON)
    assert len(captured) == 14


def test_charts_count_every_loan_once(world: Any) -> None:
    _busy(world, world.school, world.librarian)
    year = Periods.of(ON).year
    by_grade = queries.loans_by_grade(world.school, year)
    kinds, languages = queries.loans_by_edition(world.school, year)
    days = queries.loans_by_day(world.school, ON)
    assert [(one.code, one.core, one.textbooks) for one in by_grade] == [("6", 1, 1), ("TEACHER", 1, 0)]
    assert [(one.code, one.core, one.textbooks) for one in kinds] == [("BOOK", 2, 0), ("TEXTBOOK", 0, 1)]
    assert [(one.code, one.number) for one in languages] == [("kaz", 2), ("rus", 1)]
    assert len(days) == queries.CHART_DAYS
    assert sum(day.core + day.textbooks for day in days) == days[-1].core + days[-1].textbooks == 3


def test_a_slice_of_a_chart_equals_its_list(world: Any) -> None:
    _busy(world, world.school, world.librarian)
    year = Periods.of(ON).year
    for filters, number in (
        (Filters(year, grade=6), 2),
        (Filters(year, without_class=True, category="TEACHER"), 1),
        (Filters(year, kind="TEXTBOOK"), 1),
        (Filters(year, language="rus"), 1),
        (Filters(year, language=""), 0),
        (Filters(year, fund="CORE"), 2),
    ):
        assert queries.records(Measure.LOANS, world.school, filters).count() == number


def test_indicators_say_none_where_nothing_divides(world: Any) -> None:
    empty = queries.indicators(queries.Figures(), period="year", working_days=0)
    assert empty.reading_all is empty.coverage is empty.daily_attendance is None
    _busy(world, world.school, world.librarian)
    figures = queries.total(queries.figures_by_library(world.school, ON).values())
    found = queries.indicators(figures, period="year", working_days=10)
    assert (str(found.reading_all), str(found.reading_core)) == ("1.50", "1.00")
    assert (str(found.turnover_all), str(found.provision_core)) == ("1.00", "1.00")
    assert str(found.daily_attendance) == "0.20"
    assert str(found.coverage) == "100.0"


def test_working_days_leave_sundays_out(world: Any) -> None:
    week = Period(date(2026, 9, 14), date(2026, 9, 20))
    assert queries.working_days(world.school, week) == 6


def test_the_year_before_a_leap_day() -> None:
    assert Period(date(2028, 2, 29), date(2028, 2, 29)).year_before().last == date(2027, 2, 28)
