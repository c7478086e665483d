"""Re-planning a district in a country of 8,000 libraries and a list of 3,000 titles (24 million cells, derived): 60 schools,
their pupils by class, 90,000 copies; five years within a budget."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.timing import row

REGIONS, DISTRICTS, LIBRARIES, SCHOOLS, TITLES = 20, 200, 8000, 60, 3000
HELD = 1500
"""Titles that each school of the district has a copy of."""
PUPILS = 60
"""Pupils of each grade."""
YEARLY = Decimal("60000000.00")
"""Tenge a year: less than what is missing costs."""


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Build the country, count the district, plan it three times."""
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.renewal import coverage, services

    began = time.perf_counter()
    district, version = _country()
    yield row(f"replan: make {LIBRARIES:,} libraries and a district of {SCHOOLS}", time.perf_counter() - began, "s")
    began = time.perf_counter()
    coverage.count(district, at=clock.now())
    yield row(f"replan: count {SCHOOLS} schools × {TITLES:,} titles", time.perf_counter() - began, "s")
    seconds = []
    for _number in range(3):
        began = time.perf_counter()
        plan = services.make_plan(
            actor=SYSTEM, node=district, version=version, first_year=2026, budgets=[YEARLY] * services.YEARS,
            at=clock.now(),
        )  # fmt: skip
        seconds.append(time.perf_counter() - began)
    yield row(f"replan: {SCHOOLS} schools × {TITLES:,} titles, best of 3", min(seconds), "s")
    yield row("replan: worst of 3", max(seconds), "s")
    began = time.perf_counter()
    estimate = services.make_estimate(actor=SYSTEM, plan=plan, year=2026, at=clock.now())
    yield row(f"replan: estimate of a year ({estimate.lines.count():,} lines)", time.perf_counter() - began, "s")


def _country() -> tuple[Any, Any]:
    from django.core.management import call_command

    from kitaphana.corelist.enums import EntryKind, State
    from kitaphana.corelist.models import CoreList, ListEntry, Version
    from kitaphana.organizations.enums import OrganizationKind as Kind
    from kitaphana.organizations.models import Organization

    call_command("migrate", verbosity=0)
    from kitaphana.core import clock

    country = Organization.objects.add_root({"kind": Kind.COUNTRY, "code": "KZ-P", "name_kk": "Қазақстан"})

    def under(parents: list[Any], counts: list[int], kind: Kind, code: str, **more: Any) -> list[Any]:
        made = [
            Organization(
                kind=kind, code=f"{code}-{place}-{number}", name_kk=f"{code} {place}-{number}", depth=parent.depth + 1,
                path=f"{parent.path}{Organization._int2str(number).rjust(Organization.steplen, '0')}", **more,
            )
            for place, (parent, count) in enumerate(zip(parents, counts, strict=True))
            for number in range(1, count + 1)
        ]  # fmt: skip
        Organization.objects.bulk_create(made, batch_size=500)
        for parent, count in zip(parents, counts, strict=True):
            parent.numchild = count
        Organization.objects.bulk_update(parents, ["numchild"], batch_size=500)
        return made

    regions = under([country], [REGIONS], Kind.REGION, "PR")
    districts = under(regions, [DISTRICTS // REGIONS] * REGIONS, Kind.DISTRICT, "PD")
    others = (LIBRARIES - SCHOOLS) // (DISTRICTS - 1)
    counts = [SCHOOLS, *[others] * (DISTRICTS - 2), LIBRARIES - SCHOOLS - others * (DISTRICTS - 2)]
    libraries = under(districts, counts, Kind.SCHOOL, "PS", is_library=True)
    records = _records()
    now = clock.now()
    core_list = CoreList.objects.create(
        organization=country, level="BASIC", language="kaz", age_from=10, age_to=15, name_kk="Тізім", made_at=now
    )
    version = Version.objects.create(
        core_list=core_list, number=1, state=State.PUBLISHED, begun_at=now, since=now, published_at=now
    )
    ListEntry.objects.bulk_create(
        [
            ListEntry(
                version=version, record=record, position=number, kind=EntryKind.DOMESTIC, grade_from=5 + number % 4,
                grade_to=6 + number % 4, norm_per_pupils=(2, 5, 10, 25)[number % 4], title=record.title, age_from=10,
                age_to=15, search_key="",
            )
            for number, record in enumerate(records, start=1)
        ],
        batch_size=500,
    )  # fmt: skip
    _readers(libraries[:SCHOOLS])
    _holdings(libraries[:SCHOOLS], records)
    return districts[0], version


def _records() -> list[Any]:
    from kitaphana.catalog.models import Record
    from kitaphana.core import clock

    now = clock.now()
    return Record.objects.bulk_create(
        [
            Record(
                control_number=f"P{number}", marc="{}", title=f"Кітап {number}", kind="BOOK", language="kaz",
                sort_title=f"{number:05d}", work_key=f"work-{number}", made_at=now, changed_at=now,
            )
            for number in range(TITLES)
        ],
        batch_size=500,
    )  # fmt: skip


def _readers(schools: list[Any]) -> None:
    from kitaphana.core import clock
    from kitaphana.people.enums import Category
    from kitaphana.people.models import Membership, Person, SchoolClass

    today = clock.today()
    people = Person.objects.bulk_create(
        [
            Person(surname=f"Оқушы{number}", given_name="А", name_key=str(number), sort_key="")
            for number in range(PUPILS * 5)
        ]
    )
    classes = SchoolClass.objects.bulk_create(
        [
            SchoolClass(library=school, school_year=clock.school_year(today), grade=grade, letter="А", language="kaz")
            for school in schools
            for grade in range(5, 10)
        ]
    )
    cards = iter(range(10**9, 10**10))
    Membership.objects.bulk_create(
        [
            Membership(
                library=one.library, person=person, category=Category.PUPIL, card_number=str(next(cards)), school_class=one,
                registered_on=today - timedelta(days=30), valid_until=today + timedelta(days=300),
            )
            for one in classes
            for person in people[PUPILS * (one.grade - 5) : PUPILS * (one.grade - 4)]
        ],
        batch_size=500,
    )  # fmt: skip


def _holdings(schools: list[Any], records: list[Any]) -> None:
    from kitaphana.core import clock
    from kitaphana.fund.enums import ActKind, FundType, ReceiptSource
    from kitaphana.fund.models import Act, Copy, LedgerEntry
    from kitaphana.regulations.models import RulePack

    today, now, maker = clock.today(), clock.now(), random.Random(7)
    pack = RulePack.objects.order_by("pk").first()
    acts = Act.objects.bulk_create(
        Act(
            library=school, kind=ActKind.RECEIPT, fund=FundType.CORE, number=1, on=today, year=today.year, receipt_entry=1,
            source=ReceiptSource.LOCAL_BUDGET, rule_pack=pack, posted_at=now,
        )
        for school in schools
    )  # fmt: skip
    entries = LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                act=act, library=act.library, on=today, record=record, fund=FundType.CORE, kind="BOOK",
                language_group="KAZAKH", content_group="OTHER", quantity=1, price=Decimal(maker.randrange(900, 4000)),
                amount=Decimal(1000),
            )
            for act in acts
            for record in maker.sample(records, HELD)
        ],
        batch_size=500,
    )  # fmt: skip
    Copy.objects.bulk_create(
        [
            Copy(
                library=entry.library, record=entry.record, fund=FundType.CORE, inventory_number=number, barcode=str(number),
                price=entry.price, received_by=entry,
            )
            for number, entry in enumerate(entries, start=1)
        ],
        batch_size=500,
    )  # fmt: skip
