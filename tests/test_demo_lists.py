"""The demo's core lists, made through the real commands: every party finds work."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from kitaphana.corelist import boards, checks, queries
from kitaphana.corelist.models import DeclaredConflict, Meeting, Proposal, Version
from kitaphana.people import services as people
from kitaphana.people.enums import Category
from kitaphana.people.models import User
from kitaphana.people.queries import actor_of
from kitaphana.project.demo import build, lists

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def test_the_demo_has_published_lists_and_work_for_every_party(world: Any) -> None:
    records = build._import(world.school, date(2025, 9, 1))
    for number in range(5):
        people.register_reader(
            actor=world.librarian,
            library=world.school,
            person=people.PersonDetails(
                surname=f"Мұғалім{number}", given_name="Асан", birth_date=date(1980, 1, 1 + number)
            ),
            category=Category.TEACHER,
            at=build._at(date(2025, 9, 1)),
        )
    schools = [world.school, world.neighbour, world.faraway]
    for school in schools[1:]:
        for number in range(2):
            people.register_reader(
                actor=lists.SYSTEM,
                library=school,
                person=people.PersonDetails(surname=f"Ұстаз{school.pk}{number}", given_name="Айша"),
                category=Category.TEACHER,
                at=build._at(date(2025, 9, 1)),
            )
    assert lists.build(world.country, schools, records, TODAY) == 36
    states = sorted(Version.objects.values_list("core_list__level", "number", "state"))
    assert states == [
        ("BASIC", 1, "PUBLISHED"), ("BASIC", 2, "REVIEW"),
        ("GENERAL", 1, "PUBLISHED"), ("GENERAL", 2, "EDUCATION"),
        ("PRIMARY", 1, "PUBLISHED"), ("PRIMARY", 2, "VOTE"),
    ]  # fmt: skip
    kinds = Counter(Proposal.objects.filter(version__number=2).values_list("state", flat=True))
    assert min(kinds["OPEN"], kinds["ACCEPTED"], kinds["REJECTED"], kinds["MERGED"]) >= 1
    assert DeclaredConflict.objects.count() == 3
    assert Meeting.objects.filter(signed_at__isnull=False).count() == 1
    for login in ("list-keeper", "expert-3", "ministry"):
        found = boards.waiting(actor_of(User.objects.get(login=login)), TODAY)
        assert any(one.is_mine for one in found), login
    general = Version.objects.get(core_list__level="GENERAL", number=2)
    before = queries.before(general)
    assert before
    changes = Counter(
        one.change for one in queries.changes_between(queries.composition(before), queries.composition(general))
    )
    assert set(changes) == {"ADD", "CHANGE", "REMOVE"}
    assert list(checks.invariants()) == []
