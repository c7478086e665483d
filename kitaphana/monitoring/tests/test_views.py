"""The dashboard and its lists: every figure's door leads to exactly the records it counts."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kitaphana.circulation import services as circulation
from kitaphana.circulation.tests.factories import copies, give_back, lend, reader
from kitaphana.core import clock
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.monitoring.enums import Action, Measure
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


def _client(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def busy(world: Any) -> Any:
    """Both schools of the district have lent, taken back, renewed and been asked for books."""
    soon = {"valid_until": clock.today() + timedelta(days=200)}
    for library, librarian in ((world.school, world.librarian), (world.neighbour, world.neighbour_librarian)):
        novel, tale = copies(library)[0], copies(library, title="Ер Төстік", language="rus")[0]
        textbook = copies(library, title="Алгебра", kind="TEXTBOOK")[0]
        pupil, teacher = reader(library, **soon), reader(library, "Омаров", category="TEACHER", grade=None, **soon)
        loan = lend(librarian, pupil, novel, at=clock.now() - timedelta(days=2))
        lend(librarian, pupil, textbook, at=clock.now())
        lend(librarian, teacher, tale, at=clock.now() - timedelta(days=90))
        give_back(librarian, tale, at=clock.now())
        circulation.renew(actor=librarian, library=library, loan=loan, at=clock.now(), command_id=new_id())
        circulation.place_hold(
            actor=librarian, library=library, record=novel.record, person=teacher.person, at=clock.now(),
            command_id=new_id(),
        )  # fmt: skip
    return world


def _doors(page: str) -> list[tuple[str, str]]:
    """Every link to a list with the figure that stands in it."""
    pattern = r'<a[^>]*href="(/numbers/[a-z-]+/\?[^"]*)"[^>]*>(?:<span class="[a-z-]+">[^<]*</span>)?(?:<span class="[a-z-]+">)?([\d\u00a0\u202f, ]+)<'
    return [(unescape(url), re.sub(r"\D", "", figure)) for url, figure in re.findall(pattern, page)]


@pytest.mark.parametrize(("login", "doors"), [("librarian", 40), ("methodist", 50)])
def test_each_figure_opens_exactly_its_records(busy, login, doors) -> None:
    client = _client(login)
    found = _doors(client.get(reverse("monitoring:dashboard")).content.decode())
    assert len(found) >= doors
    for url, figure in dict.fromkeys(found):
        assert client.get(url).context["total"] == int(figure), url


def test_bars_of_the_charts_open_their_records(busy) -> None:
    client = _client("librarian")
    context = client.get(reverse("monitoring:dashboard")).context
    groups = [one.group for one in (*context["by_day"].groups, *context["by_grade"].groups)]
    groups += [line.group for line in (*context["by_kind"], *context["by_language"])]
    for group in groups:
        assert client.get(group.url).context["total"] == group.number, group.label


@pytest.mark.parametrize(("login", "statements"), [("librarian", 26), ("methodist", 27)])
def test_the_dashboard_takes_the_same_statements_whatever_the_size(busy, login, statements) -> None:
    client = _client(login)
    client.get(reverse("monitoring:dashboard"))
    with CaptureQueriesContext(connection) as small:
        client.get(reverse("monitoring:dashboard"))
    for number in range(3):
        membership = reader(busy.school, f"Оқырман{number}", valid_until=clock.today() + timedelta(days=9))
        lend(busy.librarian, membership, copies(busy.school)[0], at=clock.now())
    with CaptureQueriesContext(connection) as large:
        client.get(reverse("monitoring:dashboard"))
    assert len(large) == len(small) == statements


def test_a_district_is_drilled_down(busy) -> None:
    client = _client("methodist")
    answer = client.get(reverse("monitoring:dashboard"))
    assert answer.context["node"].pk == busy.district.pk
    lines = answer.context["lines"]
    assert [line["cells"][4]["value"] for line in lines] == ["3", "3"]
    assert client.get(lines[0]["url"]).context["node"].pk == busy.school.pk


@pytest.mark.parametrize("address", ["/numbers/", "/numbers/loans/"])
def test_nothing_is_seen_out_of_reach(busy, address) -> None:
    for code in ("S-2", "AKM-01", "S-3", "KZ", "nowhere"):
        assert _client("librarian").get(address, {"node": code}).status_code == 404
    assert _client("stranger").get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_names_of_readers_are_for_their_library_only(busy) -> None:
    address = reverse("monitoring:records", args=["readers"])
    assert "Серікова" in _client("librarian").get(address).content.decode()
    for measure in Measure:
        page = _client("methodist").get(reverse("monitoring:records", args=[measure.value])).content.decode()
        assert "Серікова" not in page
        assert "Омаров" not in page
        assert "900001" not in page


def test_every_list_is_downloaded_and_noted(busy) -> None:
    client = _client("librarian")
    for measure in Measure:
        address = reverse("monitoring:records", args=[measure.value])
        total = len(client.get(address).context["lines"])
        answer = client.post(address, {"format": "csv"})
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert len(rows) == total + 1, measure
        answer = client.post(address, {"format": "xlsx"})
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
        assert len(sheet.to_python()) == total + 1, measure
    entries = AuditEntry.objects.filter(action=Action.EXPORT.value)
    assert entries.count() == 2 * len(Measure)
    assert entries.first().library_id == busy.school.pk


def test_a_title_is_no_formula_in_the_file(world) -> None:
    copies(world.school, title="=1+1", authors=[])
    answer = _client("librarian").post(reverse("monitoring:records", args=["copies"]), {"format": "csv"})
    assert "'=1+1" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize(
    "query", ["?since=x&until=", "?since=2030-01-01&until=2020-01-01", "?grade=9999&fund=x&kind=y&language=zzzz"]
)
def test_odd_filters_are_passed_over(busy, query) -> None:
    assert _client("librarian").get(reverse("monitoring:records", args=["loans"]) + query).status_code == 200


def test_unknown_lists_are_not_found(busy) -> None:
    assert _client("librarian").get("/numbers/secrets/").status_code == 404


def test_an_empty_library_is_told_what_will_come(world) -> None:
    page = _client("librarian").get(reverse("monitoring:dashboard")).content.decode()
    assert "Nothing to count yet" in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_dashboard_speaks_every_language(busy, language) -> None:
    client = _client("librarian")
    client.cookies["language"] = language
    word = {"kk": "Оқылымдылық", "ru": "Читаемость", "en": "Reading rate"}[language]
    assert word in client.get(reverse("monitoring:dashboard")).content.decode()
