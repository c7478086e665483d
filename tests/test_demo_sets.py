"""The demo's textbook sets, made from its textbooks through the real commands."""

from __future__ import annotations

from collections import Counter
from datetime import date
from time import process_time

import pytest

from kitaphana.core import clock
from kitaphana.curriculum import checks, queries
from kitaphana.curriculum.models import SetTitle, TextbookSet
from kitaphana.project.demo import build, sets

pytestmark = pytest.mark.django_db


def test_the_demo_has_sets_of_all_grades_in_two_languages(world) -> None:
    records = build._import(world.school, date(2025, 9, 1))
    began = process_time()
    assert sets.build(world.country, [2025, 2026], records, clock.now()) == 44
    assert process_time() - began < 5
    this = TextbookSet.objects.filter(school_year=2026)
    assert {(one.grade, one.language) for one in this} == {(g, code) for g in range(1, 12) for code in ("kaz", "rus")}
    assert all(one.is_approved for one in this)
    for one in this:
        titles = queries.titles_of([one.pk])[one.pk]
        assert 6 <= len(titles) <= 15
        assert all(title.editions for title in titles)
    marks = Counter(SetTitle.objects.filter(textbook_set__in=this).values_list("change", flat=True))
    assert min(marks["NEW"], marks["REPLACED"], marks["REMOVED"]) >= 2
    assert list(checks.invariants()) == []
