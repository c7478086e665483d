"""The diary and the annual report: exact figures of a small world, doors, papers, rights, keeping."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from kitaphana.circulation import services as circulation
from kitaphana.circulation.tests.factories import copies, give_back, lend, reader
from kitaphana.core import clock
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.fund import services as fund
from kitaphana.fund.enums import WithdrawalReason
from kitaphana.fund.tests.factories import COMMISSION
from kitaphana.monitoring import annual, books, checks, diary, errors, papers, queries, services
from kitaphana.monitoring.enums import Action, Group, Measure, ReportKind
from kitaphana.monitoring.models import LibraryEvent, Report
from kitaphana.monitoring.queries import Filters
from kitaphana.monitoring.tests.test_queries import counted
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)
ON = date(2026, 9, 14)


def _client(login: str, language: str = "en") -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


@pytest.fixture
def busy(world: Any) -> Any:
    """September 2026 in a school: three readers, four loans, a renewal, two events, five references."""
    novel = copies(world.school, udc="821.512.122")[0]
    physics = copies(world.school, title="Қызықты физика", language="rus", udc="53")[0]
    textbook = copies(world.school, title="Алгебра", kind="TEXTBOOK", grade=6, udc="512")[0]
    small = reader(world.school, "Кіші", grade=3)
    pupil = reader(world.school, "Бекова", grade=6)
    teacher = reader(world.school, "Омаров", category="TEACHER", grade=None)
    loan = lend(world.librarian, pupil, novel, at=AT)
    lend(world.librarian, pupil, textbook, at=AT)
    lend(world.librarian, teacher, physics, at=AT + timedelta(days=1))
    give_back(world.librarian, physics, at=AT + timedelta(days=2))
    lend(world.librarian, small, physics, at=AT + timedelta(days=2))
    circulation.renew(
        actor=world.librarian, library=world.school, loan=loan, at=AT + timedelta(days=3), command_id=new_id()
    )
    event = services.EventEntry(ON, "LESSON", "Кітап қалай жасалады", {"junior": 20, "teacher": 2})
    services.add_event(actor=world.librarian, library=world.school, entry=event, at=AT)
    later = services.EventEntry(ON + timedelta(days=3), "EXHIBITION", "Абай оқулары", {"senior": 15})
    services.add_event(actor=world.librarian, library=world.school, entry=later, at=AT + timedelta(days=3))
    for kind, number in (("FACTUAL", 2), ("ADDRESS", 3)):
        services.add_references(actor=world.librarian, library=world.school, on=ON, kind=kind, quantity=number, at=AT)
    return world


def test_the_month_has_exact_figures(busy: Any) -> None:
    book = diary.diary(busy.school, 2026, 9, date(2026, 9, 30))
    days = {period.first: line for period, line in book.lines}
    assert len(days) == 26  # Sundays are closed
    assert days[ON].visits == {"middle": 1}
    assert days[date(2026, 9, 1)].new_readers == {"junior": 1, "middle": 1, "teacher": 1}
    total = book.total
    assert total.visits == {"junior": 1, "middle": 1, "teacher": 2}  # the teacher came to borrow and to return
    assert (total.events, total.attendance) == (2, 37)
    assert total.audience["junior"] == 20
    assert total.references == {"FACTUAL": 2, "ADDRESS": 3}
    lent = total.lent
    assert (lent.total, lent.textbooks, lent.rest, lent.renewals) == (5, 1, 4, 1)
    assert +lent.contents == {"FICTION": 2, "NATURAL": 2}
    assert +lent.kinds == {"BOOK": 4}
    assert +lent.languages == {"KAZAKH": 2, "RUSSIAN": 2}
    assert book.running.lent.total == 5
    assert book.readers == {"junior": 1, "middle": 1, "teacher": 1}


def test_textbooks_issued_by_count_are_loans_of_the_diary(busy: Any) -> None:
    counted(busy, busy.school, busy.librarian)
    lent = diary.diary(busy.school, 2026, 9, date(2026, 9, 30)).total.lent
    assert (lent.total, lent.textbooks, lent.rest) == (10, 6, 4)
    test_every_figure_opens_exactly_its_records(busy, 9)
    test_every_figure_of_the_annual_report_opens_its_records(busy)


def test_the_year_is_the_sum_of_its_months(busy: Any) -> None:
    year = diary.diary(busy.school, 2026, None, date(2026, 12, 31))
    months = [diary.diary(busy.school, 2026, month, date(2026, 12, 31)) for month in range(1, 13)]
    assert [line for _period, line in year.lines] == [one.total for one in months]
    assert diary.added(one.total for one in months) == year.total == months[-1].running


@pytest.mark.parametrize("month", [9, None])
def test_every_figure_opens_exactly_its_records(busy: Any, month: int | None) -> None:
    book = diary.diary(busy.school, 2026, month, date(2026, 12, 31))
    client = _client("librarian")
    checked = 0
    for table in diary.paper(book).tables[:3]:
        for row in table.rows:
            for cell in row.cells:
                if cell.door is None or not cell.value or cell.door.measure == Measure.EVENTS:
                    continue
                context = client.get(books._address(cell, busy.school)).context
                assert context["total"] == cell.value, (row.label, cell)
                checked += 1
    assert checked > 30


def test_every_figure_of_the_annual_report_opens_its_records(busy: Any) -> None:
    book = annual.annual(busy.school, 2026, is_school_year=False, today=date(2026, 12, 31))
    client = _client("librarian")
    checked = 0
    for table in annual.paper(book, annual.Words()).tables:
        for row in table.rows:
            for cell in row.cells:
                if cell.door is None or not cell.value or cell.door.measure == Measure.EVENTS:
                    continue
                total = client.get(books._address(cell, busy.school)).context["total"]
                assert abs(total) == cell.value, (table.title, row.label, cell)
                checked += 1
    assert checked > 30


def test_the_past_does_not_follow_a_class_that_moves_up(busy: Any) -> None:
    before = diary.diary(busy.school, 2026, 9, date(2026, 9, 30))
    from kitaphana.people.models import Enrollment, Membership, SchoolClass

    pupil = Membership.objects.get(person__surname="Кіші")
    old = pupil.school_class
    new = SchoolClass.objects.create(library=busy.school, school_year=2028, grade=5, letter="Б")
    Enrollment.objects.create(membership=pupil, school_class=old, from_on=date(2026, 9, 1), until_on=date(2028, 6, 1))
    Enrollment.objects.create(membership=pupil, school_class=new, from_on=date(2028, 6, 1))
    pupil.school_class = new
    pupil.save(update_fields=["school_class"])
    after = diary.diary(busy.school, 2026, 9, date(2029, 9, 30))
    assert (after.total, after.readers) == (before.total, before.readers)
    (later,) = diary.readers_on(busy.school, date(2029, 1, 1))
    assert later == {"middle": 2, "teacher": 1}


def test_the_annual_report_has_exact_figures(busy: Any) -> None:
    _withdraw(busy)
    book = annual.annual(busy.school, 2026, is_school_year=False, today=date(2026, 12, 31))
    both, core = book.movements["", "all", ""], book.movements["CORE", "all", ""]
    assert (both.opening.copies, both.received.copies, both.withdrawn.copies, both.closing.copies) == (0, 4, 1, 3)
    assert (core.received.copies, core.closing.copies) == (3, 2)
    assert str(both.closing.amount) == "7500.00"
    assert book.movements["CORE", "content", "NATURAL"].closing.copies == 1
    assert book.titles == {"CORE": 2, "TEXTBOOK": 1}
    assert book.readers == {"junior": 1, "middle": 1, "teacher": 1}
    assert not book.readers_before
    assert book.active.total() == 3
    assert book.line.lent.total == 5


def _withdraw(world: Any) -> None:
    spare = copies(world.school, title="Ескі кітап")[0]
    fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(
            on=date(2026, 9, 20), reason=WithdrawalReason.WORN, copies=[spare], commission=COMMISSION
        ),
        at=AT + timedelta(days=6),
        command_id=new_id(),
    )


@pytest.mark.parametrize("is_school_year", [False, True])
def test_a_year_begins_where_the_last_one_ended(busy: Any, is_school_year: bool) -> None:
    _withdraw(busy)
    first = annual.annual(busy.school, 2026, is_school_year=is_school_year, today=date(2028, 1, 1))
    second = annual.annual(busy.school, 2027, is_school_year=is_school_year, today=date(2028, 12, 1))
    assert first.movements
    for key, movement in first.movements.items():
        assert second.movements[key].opening == movement.closing, key
    assert first.readers == second.readers_before


@pytest.mark.parametrize(("address", "statements"), [("diary", None), ("annual", None)])
def test_pages_take_the_same_statements_however_much_happened(busy: Any, address: str, statements: None) -> None:
    client = _client("librarian")
    url = reverse(f"monitoring:{address}") + "?year=2026"
    client.get(url)
    with CaptureQueriesContext(connection) as small:
        client.get(url)
    for number in range(3):
        membership = reader(busy.school, f"Оқырман{number}", grade=number + 1)
        lend(busy.librarian, membership, copies(busy.school)[0], at=AT + timedelta(days=number))
    with CaptureQueriesContext(connection) as large:
        assert client.get(url).status_code == 200
    assert len(large) == len(small) < 30


def _text(content: bytes) -> str:
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(made.stdout.decode().split())


@pytest.mark.parametrize(
    ("language", "diary_words", "annual_words"),
    [
        (
            "kk",
            ["Кітапхана жұмысының күнделігі", "Қыркүйек, 2026 жыл", "Ай бойынша барлығы"],
            ["жылдық есебі", "Қор қозғалысы"],
        ),
        ("ru", ["Дневник работы библиотеки", "Сентябрь 2026", "Итого за месяц"], ["Годовой отчёт", "Движение фонда"]),
    ],
)
def test_papers_are_in_the_language_asked_for(
    busy: Any, language: str, diary_words: list[str], annual_words: list[str]
) -> None:
    client = _client("librarian", "en")
    asked = {"language": language, "year": "2026", "month": "9"}
    text = _text(client.get(reverse("monitoring:diary_pdf"), asked).content)
    for word in [*diary_words, "Абай оқулары", "37"]:
        assert word in text, word
    text = _text(client.get(reverse("monitoring:annual_pdf"), asked).content)
    for word in [*annual_words, "7 500,00".replace(" ", " ")]:
        assert word in text.replace("\u00a0", " "), word
    for name in ("diary_xlsx", "annual_xlsx"):
        answer = client.get(reverse(f"monitoring:{name}"), asked)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
        cells = {
            str(cell)
            for sheet in workbook.sheet_names
            for row in workbook.get_sheet_by_name(sheet).to_python()
            for cell in row
        }
        assert "5.0" in cells or "5" in cells
        assert any(diary_words[0] in cell or annual_words[0] in cell for cell in cells)


# Events and references


def test_events_are_entered_once_and_cancelled(busy: Any) -> None:
    entry = services.EventEntry(ON, "MEETING", " Жазушымен\x00  кездесу ", {"middle": 30})
    command = new_id()
    for _time in range(2):
        event = services.add_event(actor=busy.librarian, library=busy.school, entry=entry, at=AT, command_id=command)
    assert event.title == "Жазушымен кездесу"
    assert LibraryEvent.objects.filter(kind="MEETING").count() == 1
    services.cancel_entry(actor=busy.librarian, library=busy.school, entry=event, at=AT)
    services.cancel_entry(actor=busy.librarian, library=busy.school, entry=event, at=AT)
    assert AuditEntry.objects.filter(action=Action.CANCEL_EVENT).count() == 1
    assert diary.diary(busy.school, 2026, 9, date(2026, 9, 30)).total.events == 2


@pytest.mark.parametrize(
    "entry",
    [
        services.EventEntry(ON, "LESSON", " "),
        services.EventEntry(ON, "DANCE", "Би кеші"),
        services.EventEntry(ON, "LESSON", "Сабақ", {"junior": -1}),
        services.EventEntry(ON, "LESSON", "Сабақ", {"junior": 10_001}),
        services.EventEntry(ON, "LESSON", "Сабақ", {"giants": 1}),
    ],
)
def test_impossible_events_are_refused(world: Any, entry: services.EventEntry) -> None:
    with pytest.raises(errors.BadEntry):
        services.add_event(actor=world.librarian, library=world.school, entry=entry, at=AT)


def test_the_diary_knows_no_future(world: Any) -> None:
    entry = services.EventEntry(ON + timedelta(days=1), "LESSON", "Сабақ")
    with pytest.raises(errors.NotYet):
        services.add_event(actor=world.librarian, library=world.school, entry=entry, at=AT)
    with pytest.raises(errors.NotYet):
        services.add_references(
            actor=world.librarian, library=world.school, on=ON + timedelta(days=1), kind="FACTUAL", quantity=1, at=AT
        )


def test_events_through_the_page(world: Any) -> None:
    client = _client("librarian")
    today = clock.today().isoformat()
    sent = {"event-on": today, "event-kind": "LESSON", "event-title": "Алғашқы сабақ", "event-junior": "25"}
    assert client.post(reverse("monitoring:add_event"), sent).status_code == 302
    sent = {"reference-on": today, "reference-kind": "FACTUAL", "reference-quantity": "4"}
    assert client.post(reverse("monitoring:add_references"), sent).status_code == 302
    page = client.get(reverse("monitoring:diary")).content.decode()
    assert "Алғашқы сабақ" in page
    event = LibraryEvent.objects.get()
    assert event.junior == event.attendance == 25
    assert client.post(reverse("monitoring:diary_cancel"), {"what": "event", "entry": event.pk}).status_code == 302
    assert "Алғашқы сабақ" not in client.get(reverse("monitoring:diary")).content.decode()
    late = client.post(reverse("monitoring:add_event"), {"event-on": "2099-01-01", "event-kind": "LESSON"})
    assert late.status_code == 200
    assert late.context["event_form"].errors


# Keeping


def _kept(world: Any, actor: Any, command_id: Any = None) -> Report:
    book = annual.annual(world.school, 2026, is_school_year=False, today=date(2026, 12, 31))
    paper = services.Kept(
        ReportKind.ANNUAL,
        book.period.first,
        book.period.last,
        books._in_both(lambda: annual.paper(book, annual.Words(staff="бірінші санат", signed_by="Әлиева Г."))),
        "Әлиева Г.",
    )
    return services.keep_report(actor=actor, library=world.school, paper=paper, at=AT, command_id=command_id)


def test_a_kept_report_prints_the_same_whatever_happens(busy: Any) -> None:
    report = _kept(busy, busy.librarian)
    client = _client("librarian")
    address = reverse("monitoring:report_pdf", args=[report.pk])
    before = {language: _text(client.get(address, {"language": language}).content) for language in ("kk", "ru")}
    lend(busy.librarian, reader(busy.school, "Жаңа"), copies(busy.school)[0], at=AT)
    after = {language: _text(client.get(address, {"language": language}).content) for language in ("kk", "ru")}
    assert before == after
    assert "№ 1/2026" in before["kk"]
    assert "бірінші санат" in before["ru"]
    report.refresh_from_db()
    assert services.digest_of(report.content) == report.digest


def test_reports_are_numbered_without_gaps_and_never_changed(busy: Any) -> None:
    command = new_id()
    assert _kept(busy, busy.librarian, command).pk == _kept(busy, busy.librarian, command).pk
    assert [_kept(busy, busy.director).number for _time in range(2)] == [2, 3]
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.update(number=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.all().delete()


def test_the_check_finds_a_report_that_is_not_what_was_signed(busy: Any) -> None:
    report = _kept(busy, busy.librarian)
    assert list(checks.invariants()) == []
    facts = {name: getattr(report, name) for name in ("library", "kind", "year", "made_on", "made_at", "first", "last")}
    Report.objects.create(
        **facts, number=3, content={"kk": {}}, digest=report.digest, made_by="—", rule_pack=report.rule_pack
    )
    assert {one.code for one in checks.invariants(busy.school)} == {
        "monitoring.numbers_have_gap",
        "monitoring.report_changed",
    }


def test_who_may_keep_and_write(busy: Any) -> None:
    for actor in (busy.methodist, busy.neighbour_librarian, busy.stranger):
        with pytest.raises(NotAllowed):
            services.add_event(
                actor=actor, library=busy.school, entry=services.EventEntry(ON, "LESSON", "Сабақ"), at=AT
            )
    for actor in (busy.neighbour_librarian, busy.stranger):
        with pytest.raises(NotAllowed):
            _kept(busy, actor)


@pytest.mark.parametrize("name", ["diary", "annual", "diary_pdf", "annual_pdf", "diary_xlsx", "annual_xlsx"])
def test_pages_are_for_those_who_see_the_numbers(busy: Any, name: str) -> None:
    address = reverse(f"monitoring:{name}")
    for login, code, status in (
        ("librarian", "S-1", 200),
        ("director", "S-1", 200),
        ("methodist", "S-1", 200),
        ("librarian", "S-2", 403),
        ("methodist", "S-3", 403),
        ("stranger", "S-1", 403),
    ):
        assert _client(login).get(address, {"library": code}).status_code == status, (login, code)
    assert Client().get(address).status_code == 302


def test_kept_reports_are_for_their_library(busy: Any) -> None:
    report = _kept(busy, busy.librarian)
    for name in ("report_pdf", "report_xlsx"):
        address = reverse(f"monitoring:{name}", args=[report.pk])
        assert _client("director").get(address).status_code == 200
        assert _client("neighbour").get(address).status_code == 403


@pytest.mark.parametrize("kind", ["diary", "annual"])
def test_a_paper_is_kept_from_its_page(busy: Any, kind: str) -> None:
    client = _client("director")
    sent = {"signed_by": "Әлиева Г. С.", "staff": "жоғары білім", "note": "Ескерту"}
    answer = client.post(reverse(f"monitoring:{kind}_keep") + "?year=2026", sent, follow=True)
    assert "1/" in unescape(answer.content.decode())
    report = Report.objects.get()
    assert report.made_by == "Әлиева Г. С."
    assert set(report.content) == {"kk", "ru"}


def test_a_district_chooses_the_library_first(busy: Any) -> None:
    page = _client("methodist").get(reverse("monitoring:diary"))
    assert page.status_code == 200
    assert "S-1" in page.content.decode()


def test_groups_are_one_and_the_same_in_figures_and_lists(busy: Any) -> None:
    year = queries.Period(date(2026, 1, 1), date(2026, 12, 31))
    for measure in (Measure.VISITS, Measure.NEW_READERS, Measure.READERS, Measure.LOANS):
        rows = [queries.records(measure, busy.school, Filters(year, group=group.value)).count() for group in Group]
        assert sum(rows) == queries.records(measure, busy.school, Filters(year)).count(), measure


def test_a_figure_is_a_dash_when_there_is_none() -> None:
    with override("ru"):
        assert papers.Cell(0).text == "–"
        assert papers.Cell(1234).text == "1\u00a0234"
