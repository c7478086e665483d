"""The board of the roadmap for the whole country: 20 regions, 200 districts, 8,000 libraries with their coverage, loans and
receipts of the year, readers and budgets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.timing import latencies, row

REGIONS, DISTRICTS, LIBRARIES = 20, 200, 8000
LISTS = 6
LOOKS = 20


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Build the country, then open the board, a measure and the comparison as the ministry does."""
    from django.db import connection
    from django.test import Client

    from kitaphana.core import clock

    began = time.perf_counter()
    country = _country()
    yield row(f"roadmap: make {LIBRARIES:,} libraries", time.perf_counter() - began, "s")
    client = Client(HTTP_HOST="localhost")
    client.force_login(_ministry(country), backend="django.contrib.auth.backends.ModelBackend")
    year = clock.today().year
    for name, address in (
        ("board", f"/roadmap/?node=KZ-R&year={year}"),
        ("measure L6", f"/roadmap/measures/L6/?node=KZ-R&year={year}"),
        ("measure T1", f"/roadmap/measures/T1/?node=KZ-R&year={year}"),
        ("comparison", f"/roadmap/compare/?node=KZ-R&year={year}&measure=L6"),
    ):
        told: list[str] = []

        def listen(execute: Any, sql: str, *rest: Any, told: list[str] = told) -> Any:
            told.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(listen):
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        seconds = []
        for _look in range(LOOKS):
            began = time.perf_counter()
            client.get(address)
            seconds.append(time.perf_counter() - began)
        yield from latencies(f"roadmap: {name}, {LIBRARIES:,} libraries", seconds)
        yield row(f"roadmap: {name}, statements", len(told), "")


def _ministry(country: Any) -> Any:
    from kitaphana.people.models import RoleAssignment, User

    user = User.objects.create_user("roadmap-bench", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=country, role="MINISTRY")
    return user


def _country() -> Any:
    """The tree, written at once: its paths are counted here."""
    from django.core.management import call_command

    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.organizations.enums import OrganizationKind as Kind
    from kitaphana.organizations.models import Organization
    from kitaphana.roadmap import services

    call_command("migrate", verbosity=0)
    country = Organization.objects.add_root({"kind": Kind.COUNTRY, "code": "KZ-R", "name_kk": "Қазақстан"})

    def under(parents: list[Any], each: int, kind: Kind, code: str, **more: Any) -> list[Any]:
        made = [
            Organization(
                kind=kind,
                code=f"{code}-{place * each + number}",
                name_kk=f"{kind.label} {place * each + number}",
                path=f"{parent.path}{Organization._int2str(number).rjust(Organization.steplen, '0')}",
                depth=parent.depth + 1,
                **more,
            )
            for place, parent in enumerate(parents)
            for number in range(1, each + 1)
        ]
        Organization.objects.bulk_create(made, batch_size=500)
        for parent in parents:
            parent.numchild = each
        Organization.objects.bulk_update(parents, ["numchild"], batch_size=500)
        return made

    regions = under([country], REGIONS, Kind.REGION, "BR")
    districts = under(regions, DISTRICTS // REGIONS, Kind.DISTRICT, "BD")
    libraries = under(districts, LIBRARIES // DISTRICTS, Kind.SCHOOL, "BS", is_library=True)
    _records(country, libraries)
    _rollups()
    services.load_targets(actor=SYSTEM, node=country, at=clock.now())
    year = clock.today().year
    for past in range(year - 5, year + 1):
        services.keep(past, at=clock.now())
    return country


def _rollups() -> None:
    """Three measures of every node and month of the year."""
    from kitaphana.core import clock
    from kitaphana.indicators.enums import Measure
    from kitaphana.indicators.models import Rollup
    from kitaphana.organizations.models import Organization

    first = clock.today().replace(month=1, day=1)
    Rollup.objects.bulk_create(
        [
            Rollup(node_id=pk, measure=measure, month=first.replace(month=month), value=5)
            for pk in Organization.objects.values_list("pk", flat=True)
            for measure in (Measure.RECEIVED, Measure.COPIES, Measure.READERS)
            for month in range(1, 13)
        ],
        batch_size=2000,
    )


def _records(country: Any, libraries: list[Any]) -> None:
    """Coverage of six lists, a loan, a receipt, forty readers and a budget of every library."""
    from benchmarks.synthetic import marc
    from kitaphana.acquisitions.enums import BudgetKind
    from kitaphana.acquisitions.models import Budget
    from kitaphana.catalog import services as catalog
    from kitaphana.circulation.models import Loan
    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.corelist.enums import EducationLevel, State
    from kitaphana.corelist.models import CoreList, Version
    from kitaphana.fund.enums import ActKind, FundType, ReceiptSource
    from kitaphana.fund.models import Act, Copy, LedgerEntry
    from kitaphana.people.enums import Category
    from kitaphana.people.models import Membership, Person
    from kitaphana.regulations.models import RulePack
    from kitaphana.renewal.models import Coverage

    now, today = clock.now(), clock.today()
    pack = RulePack.objects.order_by("pk").first()
    (described,) = marc(1)
    record = catalog.save_marc(actor=SYSTEM, library=libraries[0], record=None, marc=described, at=now)
    levels = list(EducationLevel)
    versions = []
    for number in range(LISTS):
        core_list = CoreList.objects.create(
            organization=country, level=levels[number], language="kaz", age_from=6, age_to=18, name_kk=f"Тізім {number}",
            made_at=now,
        )  # fmt: skip
        versions.append(
            Version.objects.create(
                core_list=core_list, number=1, state=State.PUBLISHED, begun_at=now, since=now, published_at=now
            )
        )
    Coverage.objects.bulk_create(
        [
            Coverage(
                library=library, version=version, titles=300, covered=100 + place % 200, needed=900, held=800,
                provided=300 + place % 600, missing=600 - place % 600, cost=Decimal(100), counted_at=now,
            )
            for place, library in enumerate(libraries)
            for version in versions
        ],
        batch_size=500,
    )  # fmt: skip
    acts = Act.objects.bulk_create(
        [
            Act(
                library=library, kind=ActKind.RECEIPT, fund=FundType.CORE, number=1, on=today, year=today.year,
                receipt_entry=1, source=ReceiptSource.GIFT if place % 3 == 0 else ReceiptSource.LOCAL_BUDGET,
                rule_pack=pack, posted_at=now,
            )
            for place, library in enumerate(libraries)
        ],
        batch_size=500,
    )  # fmt: skip
    entries = LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                act=act, library=library, on=today, record=record, fund=FundType.CORE, kind="BOOK", language_group="KAZAKH",
                content_group="OTHER", quantity=5, price=Decimal(1000), amount=Decimal(5000),
            )
            for act, library in zip(acts, libraries, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    people = Person.objects.bulk_create(
        [Person(surname=f"Оқырман{number}", given_name="А", name_key=str(number), sort_key="") for number in range(40)]
    )
    cards = iter(range(10**9, 10**10))
    members = [
        Membership(
            library=library, person=person, category=Category.PUPIL, card_number=str(next(cards)),
            registered_on=today - timedelta(days=30), valid_until=today + timedelta(days=300),
        )
        for library in libraries
        for person in people
    ]  # fmt: skip
    Membership.objects.bulk_create(members, batch_size=500)
    Budget.objects.bulk_create(
        [
            Budget(
                organization=library, year=today.year, source=ReceiptSource.LOCAL_BUDGET, kind=kind,
                planned=Decimal("1500000.50"),
            )
            for library in libraries
            for kind in BudgetKind
        ],
        batch_size=500,
    )  # fmt: skip
    copies = Copy.objects.bulk_create(
        [
            Copy(
                library=entry.library, record=record, fund=FundType.CORE, inventory_number=1, barcode="1",
                price=Decimal(1000), received_by=entry,
            )
            for entry in entries
        ],
        batch_size=500,
    )  # fmt: skip
    Loan.objects.bulk_create(
        [
            Loan(
                library=copy.library, copy=copy, person=people[0], category=Category.PUPIL, lent_at=now, lent_on=today,
                due_on=today + timedelta(days=14),
            )
            for copy in copies[::2]
        ],
        batch_size=500,
    )  # fmt: skip
