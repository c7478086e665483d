"""A school of 1,200 pupils and some 14,000 textbooks, from September to the next year's plan, through its own pages.

Every screen is asked of the program as a browser would (in process, so that only the server's time is measured): for each
class the grid is opened and sent once. Then everything is brought back in May, the school is promoted, provision
is counted, and ``kitaphana check`` must find nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

CLASSES, PUPILS, TITLES = 48, 25, 12


class Grid(HTMLParser):
    """The boxes that are marked on a page, and the command's id."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: dict[str, list[str]] = {}
        self.command_id = ""
        self._in_grid = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_grid = facts.get("id") == "grid-form"
        if tag == "input" and self._in_grid:
            if facts.get("type") == "checkbox" and "checked" in facts:
                self.marked.setdefault(facts["name"], []).append(facts["value"])
            if facts.get("name") == "command_id":
                self.command_id = facts["value"]


def _school() -> tuple[Any, list[Any], Any]:
    """A school with its classes, sets of two years and textbooks enough; and its librarian's browser."""
    from django.test import Client

    from kitaphana.core.access import SYSTEM
    from kitaphana.core.ids import new_id
    from kitaphana.core.text.kazakh import sort_key
    from kitaphana.core.text.names import name_key
    from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
    from kitaphana.fund import services as fund
    from kitaphana.fund.tests.factories import record
    from kitaphana.organizations.enums import OrganizationKind
    from kitaphana.organizations.models import Organization
    from kitaphana.people.enums import Role
    from kitaphana.people.models import Enrollment, Membership, Person, RoleAssignment, SchoolClass, User

    now = datetime.now().astimezone()
    year = _year()
    country = Organization.objects.filter(kind=OrganizationKind.COUNTRY).first() or Organization.objects.add_root(
        {"kind": OrganizationKind.COUNTRY, "code": "KZ-B", "name_kk": "Қазақстан"}
    )
    school = Organization.objects.add_child(
        country,
        {"kind": OrganizationKind.SCHOOL, "code": "B-1200", "name_kk": "№ 1200 мектеп", "is_library": True,
         "barcode_prefix": 9120},
    )  # fmt: skip
    classes = []
    for number in range(CLASSES):
        grade, letter = 1 + number // 5, "АӘБВГ"[number % 5]
        one = SchoolClass.objects.create(library=school, school_year=year, grade=grade, letter=letter)
        classes.append(one)
        for place in range(PUPILS):
            name = f"Оқушы{number:02d} Аты{place:02d}"
            person = Person.objects.create(
                surname=f"Оқушы{number:02d}", given_name=f"Аты{place:02d}", name_key=name_key(name),
                sort_key=sort_key(name),
            )  # fmt: skip
            member = Membership.objects.create(
                library=school, person=person, category="PUPIL", school_class=one,
                card_number=f"9120{number:03d}{place:03d}", registered_on=date(year, 9, 1),
                valid_until=date(year + 1, 8, 31),
            )  # fmt: skip
            Enrollment.objects.create(membership=member, school_class=one, from_on=date(year, 9, 1))
    lines = []
    grades = sorted({one.grade for one in classes} | {max(one.grade for one in classes) + 1})
    for grade in grades:
        records = [
            record(f"Пән {place}, {grade}-сынып", kind="TEXTBOOK", language="kaz", year=year)
            for place in range(TITLES)
        ]  # fmt: skip
        lines += [fund.ReceiptLine(book, 130, Decimal(1500), is_counted=True) for book in records]
        for school_year in (year, year + 1):
            one_set = TextbookSet.objects.create(
                organization=country, grade=grade, language="kaz", school_year=school_year, is_approved=True,
                approved_at=now,
            )  # fmt: skip
            for place, book in enumerate(records):
                row = SetTitle.objects.create(textbook_set=one_set, position=place + 1, subject=f"Пән {place}")
                SetEdition.objects.create(title=row, record=book, rank=1)
    receipt = fund.Receipt(on=now.date(), source="LOCAL_BUDGET", document_number="1", lines=lines)
    fund.receive(actor=SYSTEM, library=school, receipt=receipt, at=now, command_id=new_id())
    user = User.objects.create_user("bench-1200", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=school, role=Role.LIBRARIAN)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return school, classes, client


def _year() -> int:
    from kitaphana.core import clock

    return clock.school_year(clock.today())


def _screen(client: Any, address: str, box: str) -> tuple[int, float, float]:
    """Open a grid and send it as it is: boxes sent, seconds of the page, seconds of the command."""
    started = time.perf_counter()
    page = client.get(address)
    opened = time.perf_counter()
    grid = Grid()
    grid.feed(page.content.decode())
    marked = grid.marked.get(box, [])
    sent = time.perf_counter()
    answer = client.post(address, {box: marked, "condition": "GOOD", "command_id": grid.command_id})
    done = time.perf_counter()
    assert answer.status_code == 302, answer.status_code
    return len(marked), opened - started, done - sent


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Measure the year of the school."""
    from django.core.management import call_command
    from django.urls import reverse

    from kitaphana.circulation.models import StockLoan
    from kitaphana.core.access import SYSTEM
    from kitaphana.people import services as people
    from kitaphana.textbooks import provision

    call_command("migrate", verbosity=0)
    school, classes, client = _school()

    def through(name: str, box: str) -> tuple[int, float, float, float]:
        volumes, pages, commands, worst = 0, 0.0, 0.0, 0.0
        for one in classes:
            sent, page, command = _screen(client, reverse(f"textbooks:{name}", args=[one.pk]), box)
            volumes, pages, commands = volumes + sent, pages + page, commands + command
            worst = max(worst, command)
        return volumes, pages, commands, worst

    volumes, pages, commands, worst = through("issue", "cell")
    assert StockLoan.objects.filter(library=school, returned_at__isnull=True).count() == volumes
    what = f"{CLASSES} classes × {PUPILS} pupils × {TITLES} titles"
    yield {"what": f"textbooks issued, {what}: volumes", "value": volumes, "unit": ""}
    yield {
        "what": "  server time of all pages and commands (2 screens a class)",
        "value": round(pages + commands, 1),
        "unit": "s",
    }
    yield {"what": "  slowest command of a class (300 volumes)", "value": round(worst * 1000), "unit": "ms"}
    started = time.perf_counter()
    client.get(reverse("textbooks:classes"))
    yield {"what": "  list of classes", "value": round((time.perf_counter() - started) * 1000), "unit": "ms"}
    volumes, pages, commands, worst = through("take_back", "loan")
    assert not StockLoan.objects.filter(library=school, returned_at__isnull=True).exists()
    yield {
        "what": "textbooks taken back: server time of all pages and commands",
        "value": round(pages + commands, 1),
        "unit": "s",
    }
    yield {"what": "  slowest command of a class", "value": round(worst * 1000), "unit": "ms"}
    started = time.perf_counter()
    at = datetime.now().astimezone() + timedelta(days=1)
    people.promote_classes(actor=SYSTEM, library=school, school_year=_year() + 1, at=at)
    yield {"what": "promotion of the school", "value": round(time.perf_counter() - started, 2), "unit": "s"}
    started = time.perf_counter()
    total = provision.count(school, _year() + 1, at=at)
    yield {
        "what": "provision of next year counted",
        "value": round((time.perf_counter() - started) * 1000),
        "unit": "ms",
    }
    yield {"what": "  needed volumes", "value": total.needed, "unit": ""}
    broken = list(_all(school))
    assert not broken, broken[:3]


def _all(school: Any) -> Iterator[Any]:
    from kitaphana.circulation import checks as circulation
    from kitaphana.fund import checks as fund

    yield from fund.invariants(school)
    yield from circulation.invariants(school)
