"""A list as long as the textbook centre's one of 1,770 works: pages, points and steps at that size."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.urls import reverse

from kitaphana.catalog.models import Record
from kitaphana.corelist import queries, services
from kitaphana.corelist.enums import Choice, Move, State
from kitaphana.corelist.models import Criterion, Expert, Proposal, Score, Version, Vote
from kitaphana.corelist.tests.factories import AT, Commission, commission
from kitaphana.corelist.tests.test_views import client_of

pytestmark = pytest.mark.django_db
TITLES = 1770


@pytest.fixture
def large(world: Any) -> tuple[Commission, Version]:
    """1,770 proposals, all scored by three experts and voted on by two."""
    team = commission(world.country)
    version = team.begin()
    records = Record.objects.bulk_create(
        [
            Record(
                control_number=f"KZ{number:010d}", marc="{}", title=f"Шығарма {number}", authors=["Автор"], kind="BOOK",
                sort_title=f"{number:05d}", made_at=AT, changed_at=AT,
            )
            for number in range(TITLES)
        ],
        batch_size=500,
    )  # fmt: skip
    proposals = Proposal.objects.bulk_create(
        [
            Proposal(
                core_list=team.core_list, version=version, change="ADD", record=record, title=record.title,
                author="Автор", kind="DOMESTIC", norm_per_pupils=25, reason="Керек", made_at=AT,
            )
            for record in records
        ],
        batch_size=500,
    )  # fmt: skip
    team.to(version, State.VOTE)
    experts, criteria = list(Expert.objects.all()), list(Criterion.objects.all())
    Score.objects.bulk_create(
        [
            Score(proposal=one, expert=expert, criterion=criterion, points=7)
            for one in proposals
            for expert in experts
            for criterion in criteria
        ],
        batch_size=1000,
    )
    Vote.objects.bulk_create(
        [Vote(proposal=one, expert=expert, choice=Choice.YES, at=AT) for one in proposals for expert in experts[:2]],
        batch_size=1000,
    )
    return team, version


def spent(act: Any) -> tuple[Any, float]:
    """The result, and seconds of the processor's time."""
    start = time.process_time()
    result = act()
    return result, time.process_time() - start


def test_pages_and_steps_of_a_list_of_1770_titles(large: tuple[Commission, Version]) -> None:
    team, version = large
    client = client_of(team.experts[2])
    for name in ("version", "votes", "scores"):
        answer, seconds = spent(lambda name=name: client.get(reverse(f"corelist:{name}", args=[version.pk])))
        assert answer.status_code == 200
        assert seconds < 1.5, name
        assert len(answer.content) < 200_000, name
    answer, seconds = spent(lambda: client.get(reverse("corelist:waiting")))
    assert "1770 of 1770 left" in answer.content.decode()
    assert seconds < 1.5
    found = client.get(reverse("corelist:version", args=[version.pk]), {"q": "ШЫҒАРМА 1769"}).content.decode()
    assert "Шығарма 1769" in found
    assert "Шығарма 1768" not in found
    _, seconds = spent(lambda: team.step(version, Move.CLOSE_VOTE))
    assert seconds < 8
    team.to(version, State.PUBLISHED)
    assert version.entries.count() == TITLES
    lines, seconds = spent(lambda: queries.composition(version))
    assert len(lines) == TITLES
    assert seconds < 1
    assert len(services.digest_of(version.steps.order_by("-number")[0])) == 64
