"""The same small world in every test: two schools of one district and the people around them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from kitaphana.core.access import Actor

ONCE = (
    "tests/test_commands.py",
    "tests/protocols/",
    "tests/test_translations.py",
    "kitaphana/formats/",
    "kitaphana/catalog/search/",
)
"""Tests that never touch the suite's own database (the commands run on a data folder of their own): once is enough."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is the same on every database."""
    for item in items:
        if item.path.relative_to(config.rootpath).as_posix().startswith(ONCE):
            item.add_marker(pytest.mark.once)


def pytest_configure() -> None:
    """Playwright's event loop and Django's synchronous ORM share a thread in browser tests."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of other people's sample files."""
    folder = Path(os.environ.get("KITAPHANA_SAMPLES", Path(__file__).parent.parent / "shared" / "samples"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the sample files are missing: {folder}")
        pytest.skip("the sample files are not here")
    return folder


@dataclass(frozen=True)
class World:
    """``school`` and ``neighbour`` are libraries of one ``district``; ``faraway`` is one of another region."""

    country: object
    region: object
    district: object
    school: object
    neighbour: object
    faraway: object
    librarian: Actor
    neighbour_librarian: Actor
    director: Actor
    methodist: Actor
    administrator: Actor
    stranger: Actor


@pytest.fixture
def world(db: None) -> World:
    """A small network with a librarian, a librarian of the neighbour, a director, a methodist and a stranger."""
    from kitaphana.organizations.enums import OrganizationKind as Kind
    from kitaphana.organizations.models import Organization
    from kitaphana.people import queries
    from kitaphana.people.enums import Role
    from kitaphana.people.models import RoleAssignment, User

    def node(parent: Organization | None, kind: Kind, code: str, name: str, **more: object) -> Organization:
        facts = {"kind": kind, "code": code, "name_kk": name, **more}
        tree = Organization.objects
        return tree.add_root(facts) if parent is None else tree.add_child(parent, facts)

    country = node(None, Kind.COUNTRY, "KZ", "Қазақстан Республикасы")
    region = node(country, Kind.REGION, "AKM", "Ақмола облысы", kato="110000000")
    district = node(region, Kind.DISTRICT, "AKM-01", "Бурабай ауданы")
    other_region = node(country, Kind.REGION, "ALM", "Алматы облысы", kato="190000000")
    school, neighbour, faraway = (
        node(parent, Kind.SCHOOL, f"S-{number}", f"№ {number} мектеп", name_ru=f"Школа № {number}", is_library=True,
             barcode_prefix=number)
        for number, parent in ((1, district), (2, district), (3, other_region))
    )  # fmt: skip

    def somebody(login: str, *roles: tuple[Organization, Role]) -> Actor:
        user = User.objects.create_user(login, "Kitap-2026!")
        for node, role in roles:
            RoleAssignment.objects.create(user=user, organization=node, role=role)
        return queries.actor_of(user)

    return World(
        country=country, region=region, district=district, school=school, neighbour=neighbour, faraway=faraway,
        librarian=somebody("librarian", (school, Role.LIBRARIAN)),
        neighbour_librarian=somebody("neighbour", (neighbour, Role.LIBRARIAN)),
        director=somebody("director", (school, Role.DIRECTOR)),
        methodist=somebody("methodist", (district, Role.METHODIST)),
        administrator=somebody("administrator", (country, Role.ADMINISTRATOR)),
        stranger=somebody("stranger"),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _index_of_its_own(tmp_path: Path) -> Iterator[None]:
    """Every test has its own empty search index."""
    before = django_settings.SEARCH_FOLDER
    django_settings.SEARCH_FOLDER = tmp_path / "index"
    yield
    django_settings.SEARCH_FOLDER = before


@pytest.fixture(autouse=True)
def _no_kept_policies() -> Iterator[None]:
    """What a process keeps of policies and calendars does not outlive a test's database."""
    from kitaphana.circulation import policies

    policies.forget()
    yield
    policies.forget()
