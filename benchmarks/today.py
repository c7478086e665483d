"""The first page of the ministry in a country of 8,000 libraries: what waits, who is late, who is best; and a letter to all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.timing import row

REGIONS, DISTRICTS, LIBRARIES = 20, 200, 8000
ROUNDS = 15


def run(folder: Path, *, large: bool) -> Iterator[dict[str, Any]]:
    """Build the country, open the page at the country, a region and a district, write to everybody."""
    from django.test import Client

    from kitaphana.core import clock
    from kitaphana.core.access import SYSTEM
    from kitaphana.mailings import queries, services
    from kitaphana.mailings.enums import LetterKind
    from kitaphana.mailings.queries import Choice

    began = time.perf_counter()
    country, region, district, user = _country()
    yield row(f"today: make {LIBRARIES:,} libraries", time.perf_counter() - began, "s")
    everyone = queries.recipients(country, Choice(places=(country.code,), kinds=("SCHOOL",)))
    began = time.process_time()
    services.send_letter(
        actor=SYSTEM, sender=country, recipients=everyone, kind=LetterKind.LETTER, subject="Хат", text="Мәтін",
        at=clock.now() - timedelta(days=9),
    )  # fmt: skip
    yield row(f"today: a letter to {len(everyone):,} organisations, CPU", time.process_time() - began, "s")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name, node in (("country", country), ("region", region), ("district", district)):
        address = f"/today/?node={node.code}"
        assert client.get(address).status_code == 200
        times = []
        for _number in range(ROUNDS):
            began = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - began) * 1000)
        yield row(f"today: {name}, median of {ROUNDS}", median(times), "ms")


def _country() -> tuple[Any, Any, Any, Any]:
    from django.core.management import call_command

    from kitaphana.core import clock
    from kitaphana.organizations.enums import OrganizationKind as Kind
    from kitaphana.organizations.models import Organization
    from kitaphana.people.enums import Role
    from kitaphana.people.models import RoleAssignment, User
    from kitaphana.textbooks.models import ProvisionTotal

    call_command("migrate", verbosity=0)
    country = Organization.objects.add_root({"kind": Kind.COUNTRY, "code": "KZ-T", "name_kk": "Қазақстан"})

    def under(parents: list[Any], each: int, kind: Kind, code: str, **more: Any) -> list[Any]:
        made = [
            Organization(
                kind=kind, code=f"{code}-{place}-{number}", name_kk=f"{code} {place}-{number}", depth=parent.depth + 1,
                path=f"{parent.path}{Organization._int2str(number).rjust(Organization.steplen, '0')}", **more,
            )
            for place, parent in enumerate(parents)
            for number in range(1, each + 1)
        ]  # fmt: skip
        Organization.objects.bulk_create(made, batch_size=500)
        for parent in parents:
            parent.numchild = each
        Organization.objects.bulk_update(parents, ["numchild"], batch_size=500)
        return made

    regions = under([country], REGIONS, Kind.REGION, "TR")
    districts = under(regions, DISTRICTS // REGIONS, Kind.DISTRICT, "TD")
    libraries = under(districts, LIBRARIES // DISTRICTS, Kind.SCHOOL, "TS", is_library=True)
    now = clock.now()
    year = clock.school_year(clock.today())
    ProvisionTotal.objects.bulk_create(
        (
            ProvisionTotal(
                library=library, school_year=of, needed=1000, provided=600 + (place + of) % 400,
                deficit=400 - (place + of) % 400, deficit_electronic=0, surplus=0, issued=0, counted_at=now,
            )
            for place, library in enumerate(libraries)
            for of in (year - 1, year)
        ),
        batch_size=500,
    )  # fmt: skip
    user = User.objects.create_user("today", "Kitap-2026!")
    RoleAssignment.objects.create(user=user, organization=country, role=Role.MINISTRY)
    return country, regions[0], districts[0], user
