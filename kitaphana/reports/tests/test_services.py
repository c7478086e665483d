"""Saving, sharing, scheduling, taking away."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from kitaphana.circulation.tests.factories import AT, copies, lend, reader
from kitaphana.core.ids import new_id
from kitaphana.core.jobs import enqueue, run_next
from kitaphana.core.models import AuditEntry
from kitaphana.people.models import RoleAssignment, User
from kitaphana.reports import checks, engine, files, jobs, queries, services
from kitaphana.reports.definition import Definition, parse
from kitaphana.reports.enums import Every, Outcome
from kitaphana.reports.errors import (
    BadDefinition,
    BadPeriod,
    BadSchedule,
    BadShare,
    CommandReused,
    NameNeeded,
    NotHere,
    NotOwner,
    ReportNotFound,
)
from kitaphana.reports.models import Result, SavedReport, Schedule

pytestmark = pytest.mark.django_db
DATA: dict[str, Any] = {
    "source": "loans", "rows": ["class"], "column": "month", "measures": ["number", "readers"],
    "period": {"kind": "all"},
}  # fmt: skip
TODAY = date(2026, 11, 23)


def definition(**more: Any) -> Definition:
    return parse(DATA | more)


@pytest.fixture
def lent(world: Any) -> Any:
    """Two loans of one reader in two months at the school, one at its neighbour."""
    one, two = copies(world.school, 2)
    who = reader(world.school)
    lend(world.librarian, who, one, at=datetime(2026, 9, 25, 5, tzinfo=UTC))
    lend(world.librarian, who, two, at=datetime(2026, 10, 5, 5, tzinfo=UTC))
    lend(world.neighbour_librarian, reader(world.neighbour), copies(world.neighbour)[0])
    return world


def test_a_reader_of_two_months_is_one_reader(lent: Any) -> None:
    table = engine.run(definition(), lent.librarian, TODAY)
    (row,) = table.rows
    assert [head.label for head in table.columns] == ["09.2026", "10.2026"]
    assert row.cells == ((1, 1), (1, 1))
    assert row.totals == table.totals == (2, 1)
    assert engine.run(definition(), lent.methodist, TODAY).totals == (3, 2)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"source": "passwords"}, {"rows": ["person"]}, {"rows": []}, {"rows": ["class", "month", "fund"]},
        {"measures": []}, {"measures": ["number; DROP"]}, {"column": "class"}, {"filters": {"iin": ["1"]}},
        {"filters": {"fund": ["NONE"]}}, {"period": {"kind": "ever"}}, {"sql": "1"}, {"zeros": "yes"},
        {"rows": "class"}, {"filters": []}, {"order": "x"},
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(BadDefinition):
        definition(**spoilt)


def test_periods() -> None:
    with pytest.raises(BadPeriod):
        definition(period={"kind": "own", "first": "2026-02-01", "last": "2026-01-01"})
    days = {
        kind: definition(period={"kind": kind}).period.days(date(2026, 1, 15))
        for kind in ("last_month", "last_quarter", "school_year", "last_year", "last_30")
    }
    assert days == {
        "last_month": (date(2025, 12, 1), date(2025, 12, 31)),
        "last_quarter": (date(2025, 10, 1), date(2025, 12, 31)),
        "school_year": (date(2025, 9, 1), date(2026, 8, 31)),
        "last_year": (date(2025, 1, 1), date(2025, 12, 31)),
        "last_30": (date(2025, 12, 17), date(2026, 1, 15)),
    }


def test_save_change_copy_delete(lent: Any) -> None:
    command = new_id()
    report = services.save(
        actor=lent.librarian, name=" Сыныптар \x00", definition=definition(), at=AT, command_id=command
    )
    again = services.save(actor=lent.librarian, name="x", definition=definition(), at=AT, command_id=command)
    assert again.pk == report.pk
    assert report.name == "Сыныптар"
    with pytest.raises(CommandReused):
        services.delete(actor=lent.librarian, report_id=report.pk, at=AT, command_id=command)
    with pytest.raises(NameNeeded):
        services.save(actor=lent.librarian, name=" ", definition=definition(), at=AT)
    changed = services.change(
        actor=lent.librarian, report_id=report.pk, name="Айлар", definition=definition(rows=["grade"]), at=AT
    )
    assert (changed.pk, changed.version, changed.definition["rows"]) == (report.pk, 2, ["grade"])
    for stranger in (lent.methodist, lent.neighbour_librarian):
        with pytest.raises(ReportNotFound):
            services.change(actor=stranger, report_id=report.pk, name="x", definition=definition(), at=AT)
    made = services.copy(actor=lent.librarian, report_id=report.pk, name="Көшірме", at=AT)
    assert made.definition == changed.definition
    services.delete(actor=lent.librarian, report_id=report.pk, at=AT, command_id=new_id())
    assert [one.name for one in queries.mine(lent.librarian)] == ["Көшірме"]


def test_a_shared_report_shows_the_numbers_of_its_reader(lent: Any) -> None:
    report = services.save(actor=lent.methodist, name="Аудан", definition=definition(node="AKM-01"), at=AT)
    with pytest.raises(ReportNotFound):
        queries.report_for(report.pk, lent.librarian)
    services.share(actor=lent.methodist, report_id=report.pk, sharing="BELOW", at=AT)
    assert [one.pk for one in queries.shared_with(lent.librarian)] == [report.pk]
    opened = queries.opened(queries.report_for(report.pk, lent.librarian)).definition
    assert opened is not None
    table = engine.run(opened, lent.librarian, TODAY)
    assert (table.node, table.totals) == (lent.school, (2, 1))
    with pytest.raises(NotOwner):
        services.share(actor=lent.librarian, report_id=report.pk, sharing="NOBODY", at=AT)
    # The node of somebody else is never reached by naming it.
    table = engine.run(definition(node="S-2"), lent.librarian, TODAY)
    assert table.node == lent.school
    services.share(actor=lent.methodist, report_id=report.pk, sharing="ORGANIZATION", at=AT)
    with pytest.raises(ReportNotFound):
        queries.report_for(report.pk, lent.librarian)
    staff = [lent.librarian.user_id]
    services.share(actor=lent.methodist, report_id=report.pk, sharing="NOBODY", staff=staff, at=AT)
    assert queries.report_for(report.pk, lent.librarian).pk == report.pk
    with pytest.raises(BadShare):
        services.share(
            actor=lent.librarian,
            report_id=services.save(actor=lent.librarian, name="x", definition=definition(), at=AT).pk,
            sharing="NOBODY",
            staff=[lent.administrator.user_id],
            at=AT,
        )


def test_next_times() -> None:
    # A Monday in Astana, 10:00.
    now = datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert services.next_time(Every.DAY, time(9), now) == datetime(2026, 11, 24, 4, tzinfo=UTC)
    assert services.next_time(Every.DAY, time(11), now) == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert services.next_time(Every.WEEK, time(9), now) == datetime(2026, 11, 30, 4, tzinfo=UTC)
    assert services.next_time(Every.MONTH, time(0), now) == datetime(2026, 11, 30, 19, tzinfo=UTC)


def test_due_reports_are_made_with_the_rights_of_the_day(
    lent: Any, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    report = services.save(actor=lent.librarian, name="Күн сайын", definition=definition(), at=AT)
    facts = {"actor": lent.librarian, "report_id": report.pk, "language": "kk", "at": AT}
    with pytest.raises(BadSchedule):
        services.schedule(every="HOUR", at_time=time(7), **facts)
    services.schedule(every="DAY", at_time=time(7, 30), **facts)
    plan = Schedule.objects.get()
    at = plan.next_at
    assert services.make_due(plan, at - timedelta(minutes=1)) is None
    made = services.make_due(plan, at)
    assert made is not None
    assert made.outcome == Outcome.MADE
    # The same moment is never made twice: the second worker holds the old plan.
    assert services.make_due(plan, at) is None
    assert [one.unseen for one in queries.mine(lent.librarian)] == [1]
    book = CalamineWorkbook.from_path(services.path_of(made, lent.librarian)).get_sheet_by_index(0).to_python()
    assert book[-1] == ["Барлығы", 1, 1, 1, 1, 2, 1]
    with django_capture_on_commit_callbacks(execute=True):
        for day in range(1, 15):
            plan.refresh_from_db()
            services.make_due(plan, at + timedelta(days=day))
    assert Result.objects.count() == services.KEPT == len(list(tmp_path.rglob("*.xlsx")))
    RoleAssignment.objects.filter(user=lent.librarian.user_id).delete()
    plan.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        refused = services.make_due(plan, at + timedelta(days=20))
    assert refused is not None
    assert (refused.outcome, refused.file) == (Outcome.NO_RIGHTS, "")
    made = Result.objects.exclude(file="").select_related("report", "node").first()
    assert made is not None
    with pytest.raises(NotHere):
        services.path_of(made, engine_actor(lent.librarian.user_id))
    assert list(checks.invariants()) == []
    services.path_of(made, lent.administrator).unlink()
    assert [one.code for one in checks.invariants()] == ["reports.file_missing"]
    SavedReport.objects.update(definition={"source": "gone"})
    RoleAssignment.objects.create(user_id=lent.librarian.user_id, organization=lent.school, role="LIBRARIAN")
    plan.refresh_from_db()
    refused = services.make_due(plan, at + timedelta(days=30))
    assert refused is not None
    assert refused.outcome == Outcome.REFUSED
    Schedule.objects.update(next_at=at)
    job = enqueue(jobs.DUE)
    while run_next():
        pass
    job.refresh_from_db()
    assert job.result == {"made": 1}


def engine_actor(user_id: int) -> Any:
    """The person with the rights they have now."""
    return services.actor_of(User.objects.get(pk=user_id))


def test_files_are_inert_and_have_numbers(lent: Any) -> None:
    lend(lent.librarian, reader(lent.school), copies(lent.school, title="=HYPERLINK(1)", authors=[])[0])
    with override("ru"):
        table = engine.run(definition(rows=["title"], column=""), lent.librarian, TODAY)
        assert files.as_csv(table).startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(io.StringIO(files.as_csv(table).decode("utf-8-sig")), delimiter=";"))
        assert ["'=HYPERLINK(1)", "1", "1"] in lines
        sheet = CalamineWorkbook.from_filelike(files.xlsx(table, "Отчёт: [1]/2")).get_sheet_by_index(0).to_python()
        assert ["=HYPERLINK(1)", 1, 1] in sheet
        assert files.as_pdf(table, "Отчёт", language="ru").startswith(b"%PDF")


def test_pages_of_a_kept_report(lent: Any, client: Any) -> None:
    client.force_login(User.objects.get(pk=lent.librarian.user_id), backend="django.contrib.auth.backends.ModelBackend")
    query = definition().as_query().urlencode()
    answer = client.post(reverse("reports:save"), {"name": "Айлар", "query": query, "command_id": str(new_id())})
    report = SavedReport.objects.get()
    page = reverse("reports:report", args=[report.pk])
    assert answer.headers["Location"] == page
    assert client.get(page).context["table"].totals == (2, 1)
    for name, facts in (
        ("share", {"sharing": "ORGANIZATION"}),
        ("schedule", {"every": "WEEK", "at": "08:15"}),
        ("copy", {}),
    ):
        assert client.post(reverse(f"reports:{name}", args=[report.pk]), facts).status_code == 302
    report.refresh_from_db()
    assert (report.sharing, report.schedule.at, SavedReport.objects.count()) == ("ORGANIZATION", time(8, 15), 2)
    for form, beginning in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF")):
        answer = client.post(reverse("reports:export", args=[form]), {"query": query})
        assert b"".join(answer).startswith(beginning)
    assert AuditEntry.objects.filter(action="reports.export").count() == 3
    SavedReport.objects.filter(pk=report.pk).update(definition={"source": "loans", "rows": ["shoe"], "measures": []})
    page_now = client.get(page)
    assert page_now.context["problem"] is not None
    assert client.get(reverse("reports:report_new"), {"report": report.pk}).status_code == 200
    assert (
        client.get(reverse("reports:records"), {"source": "loans", "row": "grade", "r": '[["x"]]'}).status_code == 422
    )
    assert client.post(reverse("reports:delete", args=[report.pk])).status_code == 302
    assert SavedReport.objects.count() == 1


def test_rest_runs_a_kept_report(lent: Any, client: Any) -> None:
    client.force_login(User.objects.get(pk=lent.librarian.user_id), backend="django.contrib.auth.backends.ModelBackend")
    report = services.save(actor=lent.librarian, name="Айлар", definition=definition(), at=AT)
    (one,) = client.get("/api/v1/reports").json()["results"]
    assert (one["id"], one["is_mine"]) == (report.pk, True)
    table = client.get(f"/api/v1/reports/{report.pk}/run").json()
    assert (table["node"], table["totals"], table["rows"][0]["cells"]) == ("S-1", [2, 1], [[1, 1], [1, 1]])
