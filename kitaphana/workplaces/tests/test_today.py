"""The first page of those above libraries: what waits, who is late, who is best, down to a book."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kitaphana.circulation.tests.factories import reader
from kitaphana.core import clock
from kitaphana.fund.tests.factories import AT
from kitaphana.indicators.enums import Measure
from kitaphana.indicators.models import Rollup
from kitaphana.mailings import services as mailings
from kitaphana.mailings.enums import LetterKind
from kitaphana.organizations.enums import OrganizationKind as Kind
from kitaphana.organizations.models import Organization
from kitaphana.people import queries as people
from kitaphana.people.enums import Role
from kitaphana.people.models import RoleAssignment, User
from kitaphana.renewal import coverage
from kitaphana.renewal.tests.factories import hold, published, text
from kitaphana.stocktaking.models import Stocktaking
from kitaphana.textbooks.enums import OrderState
from kitaphana.textbooks.models import ProvisionTotal, TextbookOrder
from kitaphana.workplaces import best, late, waiting

pytestmark = pytest.mark.django_db


def client(login: str) -> Client:
    made = Client()
    made.cookies["language"] = "en"
    made.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return made


def ministry(world: Any) -> Any:
    user = User.objects.create_user("ministry", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=world.country, role=Role.MINISTRY)
    return people.actor_of(user)


def order(library: Any, state: OrderState, number: int = 1) -> TextbookOrder:
    now = clock.now()
    return TextbookOrder.objects.create(
        library=library, school_year=clock.school_year(clock.today()), number=number, state=state, made_at=now,
        since=now - timedelta(days=4),
    )  # fmt: skip


def stocktaking(library: Any, days: int) -> None:
    started = clock.now() - timedelta(days=days)
    Stocktaking.objects.create(
        library=library, fund="CORE", number=1, year=started.year, started_on=clock.day_of(started),
        started_at=started, expected=1,
    )  # fmt: skip


def provision(library: Any, *, years_ago: int = 0, needed: int = 100, provided: int = 40) -> None:
    ProvisionTotal.objects.create(
        library=library, school_year=clock.school_year(clock.today()) - years_ago, needed=needed, provided=provided,
        deficit=needed - provided, deficit_electronic=0, surplus=0, issued=0, counted_at=clock.now(),
    )  # fmt: skip


def waits(actor: Any) -> dict[str, int]:
    items = waiting.waiting(waiting.desk_of(actor, clock.today()))
    return {item.icon: item.count for item in items}


def test_each_sees_what_waits_at_their_own_level(world: Any) -> None:
    order(world.school, OrderState.DISTRICT)
    order(world.neighbour, OrderState.REGION)
    order(world.faraway, OrderState.DISTRICT)
    stocktaking(world.school, 40)
    stocktaking(world.neighbour, 5)
    methodist = waiting.waiting(waiting.desk_of(world.methodist, clock.today()))
    assert [(item.icon, item.count) for item in methodist] == [("scan", 1), ("document", 1)]
    assert methodist[1].oldest == clock.today() - timedelta(days=4)
    assert "document" not in waits(ministry(world))


def test_requests_from_above_wait_with_their_day(world: Any) -> None:
    above = ministry(world)
    mailings.send_letter(
        actor=above, sender=world.country, recipients=[world.district, world.school], kind=LetterKind.REQUEST,
        subject="Есеп", text="Жіберіңіз", answer_by=clock.today() + timedelta(days=3), at=clock.now(),
    )  # fmt: skip
    items = waiting.waiting(waiting.desk_of(world.methodist, clock.today()))
    assert [(item.count, item.is_deadline) for item in items] == [(1, False), (1, True)]
    page = client("methodist").get("/today/").content.decode()
    assert "Letters to answer" in page


def test_who_is_late_by_child_and_by_name(world: Any) -> None:
    provision(world.school)
    provision(world.neighbour)
    order(world.neighbour, OrderState.DISTRICT)
    stocktaking(world.school, 31)
    mailings.send_letter(
        actor=world.methodist, sender=world.district, recipients=[world.school], kind=LetterKind.LETTER,
        subject="Кеңес", text="Сәрсенбіде", at=clock.now() - timedelta(days=9),
    )  # fmt: skip
    hold(world.neighbour, text("Абай жолы"), 1)
    codes = [debt.code for debt in late.DEBTS]

    def owed(node: Any) -> dict[str, dict[str, int]]:
        children = list(Organization.objects.filter(path__startswith=node.path, depth=node.depth + 1).order_by("path"))
        lines = late.by_child(node, children, clock.today())
        return {line.node.code: dict(zip(codes, line.counts, strict=True)) for line in lines}

    district = Organization.objects.get(code="AKM-01")
    assert owed(district)["S-1"] == {"reports": 0, "letters": 1, "orders": 1, "quiet": 1, "stocktaking": 1}
    assert owed(district)["S-2"] == {"reports": 0, "letters": 0, "orders": 0, "quiet": 1, "stocktaking": 0}
    country = Organization.objects.get(code="KZ")
    assert owed(country)["AKM"] == {"reports": 0, "letters": 1, "orders": 1, "quiet": 2, "stocktaking": 1}
    for code in codes:
        debt = late.debt_of(code)
        assert debt is not None
        names = set(debt.found(country, clock.today()).values_list("code", flat=True))
        assert len(names) == sum(line[code] for line in owed(country).values())
    page = client("methodist").get("/today/?late=orders").content.decode()
    assert 'name="to" value="S-1"' in page
    writing = client("methodist").get("/letters/new/?to=S-1&to=S-2").content.decode()
    assert 'value="S-2" checked' in writing


def test_the_best_is_ranked_by_the_chosen_figure_with_its_growth(world: Any) -> None:
    abai = text("Абай жолы")
    version = published(world.country, (abai, {}))
    for library, copies in ((world.school, 1), (world.neighbour, 2)):
        for _number in range(4):
            reader(library, grade=6)
        hold(library, abai, copies)
    coverage.count(world.district, at=AT)
    assert version.pk
    provision(world.school, provided=90)
    provision(world.school, years_ago=1, provided=70)
    provision(world.neighbour, provided=80)
    children = [world.school, world.neighbour]
    by_lists = best.ranking(world.district, children, clock.today()).lines
    assert [(line.place, line.node.code, line.values[3]) for line in by_lists] == [
        (1, "S-2", best.Value(Decimal(100))), (2, "S-1", best.Value(Decimal(50))),
    ]  # fmt: skip
    by_textbooks = best.ranking(world.district, children, clock.today(), "textbooks").lines
    assert [(line.node.code, line.values[4]) for line in by_textbooks] == [
        ("S-1", best.Value(Decimal(90), Decimal(70))), ("S-2", best.Value(Decimal(80))),
    ]  # fmt: skip
    assert by_textbooks[0].values[4].growth == 20  # type: ignore[union-attr]
    page = client("methodist").get("/today/?by=textbooks").content.decode()
    assert "+20" in page
    assert "Congratulate" in page


def test_from_the_country_to_a_book_and_no_further_than_ones_own(world: Any) -> None:
    ministry(world)
    hold(world.school, text("Абай жолы"), 2, "1500.00")
    page = client("ministry")
    for code, follows in (("KZ", "AKM"), ("AKM", "AKM-01"), ("AKM-01", "S-1")):
        shown = page.get(f"/today/?node={code}").content.decode()
        assert f"/today/?node={follows}" in shown
    school = page.get("/today/?node=S-1&q=абай")
    found = school.context["titles"].object_list[0]
    copies = page.get(f"/today/titles/S-1/{found['record_id']}/").context["copies"]
    assert (found["copies"], len(copies)) == (2, 2)
    book = page.get(f"/today/copies/{copies[0].pk}/")
    assert copies[0].barcode in book.content.decode()
    assert copies[0].price == Decimal("1500.00")
    assert client("methodist").get(f"/today/copies/{copies[0].pk}/").status_code == 200
    assert client("methodist").get("/today/?node=S-3").status_code == 404
    for number in ("999", "9" * 30):
        assert page.get(f"/today/titles/S-2/{number}/").status_code == 404
        assert page.get(f"/today/copies/{number}/").status_code == 404
    assert client("librarian").get("/today/").status_code == 403


def test_those_above_libraries_begin_here(world: Any) -> None:
    ministry(world)
    for login in ("methodist", "ministry"):
        assert client(login).get("/start/")["Location"] == "/today/"
    assert client("librarian").get("/start/")["Location"] == "/desk/"
    assert client("director").get("/start/")["Location"] == "/numbers/"


def test_the_page_costs_the_same_however_many_libraries(world: Any) -> None:
    page = client("methodist")
    page.get("/today/")
    with CaptureQueriesContext(connection) as few:
        page.get("/today/?late=quiet")
    district = Organization.objects.get(code="AKM-01")
    for number in range(60):
        library = Organization.objects.add_child(
            district,
            {"kind": Kind.SCHOOL, "code": f"X-{number}", "name_kk": f"Мектеп {number}", "is_library": True,
             "barcode_prefix": 100 + number},
        )  # fmt: skip
        provision(library)
        stocktaking(library, 50)
    with CaptureQueriesContext(connection) as many:
        page.get("/today/?late=quiet")
    assert len(many) <= len(few) + 1
    assert len(many) <= 32


def test_reading_is_ranked_from_the_roll_ups_against_the_year_before(world: Any) -> None:
    year = clock.today().year
    figures = {
        (world.school, year): (30, 40, 8), (world.school, year - 1): (20, 10, 5),
        (world.neighbour, year): (50, 20, 5),
    }  # fmt: skip
    for (library, of), (loans, visits, active) in figures.items():
        amounts = {Measure.LOANS: loans, Measure.VISITS: visits, Measure.ACTIVE: active, Measure.READERS: 10}
        for measure, value in amounts.items():
            Rollup.objects.create(node=library, month=date(of, 1, 1), measure=measure, value=value)
    ranked = best.ranking(world.district, [world.school, world.neighbour], clock.today())
    assert ranked.by == "U1"
    first, second = ranked.lines
    assert (first.node.code, first.values[0]) == ("S-2", best.Value(Decimal("5.00")))
    assert second.values[:2] == (
        best.Value(Decimal("3.00"), Decimal("2.00")), best.Value(Decimal("4.00"), Decimal("1.00")),
    )  # fmt: skip
