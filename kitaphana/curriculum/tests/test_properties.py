"""What holds of sets whatever is done to them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.curriculum import checks, queries, services
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.curriculum.tests.factories import AT, add_title, make_set, textbook

pytestmark = pytest.mark.django_db

SUBJECTS = ("Алгебра", "Физика", "Химия", "Биология")
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "counts", "remove", "restore", "edition", "drop", "first", "take"]),
              st.integers(0, 3), st.integers(0, 2)),
    max_size=14,
)  # fmt: skip


def _do(one: TextbookSet, books: list, step: tuple[str, int, int]) -> None:
    word, subject, number = step
    title = SetTitle.objects.filter(textbook_set=one, subject=SUBJECTS[subject]).first()
    if word == "add":
        services.add_title(actor=SYSTEM, textbook_set=one, subject=SUBJECTS[subject], at=AT)
        return
    if title is None:
        return
    edition = SetEdition.objects.filter(title=title, record=books[number]).first()
    if word == "counts":
        services.change_title(actor=SYSTEM, title=title, per_pupil=number + 1, at=AT)
    elif word == "remove":
        services.remove_title(actor=SYSTEM, title=title, at=AT)
    elif word == "restore":
        services.restore_title(actor=SYSTEM, title=title, at=AT)
    elif word == "edition":
        services.add_edition(actor=SYSTEM, title=title, record=books[number], at=AT)
    elif edition is not None and word == "drop":
        services.change_edition(actor=SYSTEM, edition=edition, is_dropped=not edition.is_dropped, at=AT)
    elif edition is not None and word == "first":
        services.change_edition(actor=SYSTEM, edition=edition, is_first=True, at=AT)
    elif edition is not None and word == "take":
        services.remove_edition(actor=SYSTEM, edition=edition, at=AT)


def _many(one: TextbookSet, books: list, steps: list[tuple[str, int, int]]) -> None:
    for step in steps:
        try:
            _do(one, books, step)
        except DomainError:
            continue


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=STEPS, second=STEPS)
def test_a_copy_differs_in_nothing_and_marks_agree_with_the_comparison(world, first, second) -> None:
    SetTitle.objects.all().delete()
    TextbookSet.objects.exclude(based_on=None).delete()
    TextbookSet.objects.all().delete()
    books = [textbook(f"Кітап {number}") for number in range(3)]
    last = make_set(world.country, school_year=2025)
    add_title(last, SUBJECTS[0], *books[:2])
    _many(last, books, first)
    this = services.copy_set(actor=SYSTEM, source=last, school_year=2026, at=AT)
    assert queries.changes_between(this, last) == []
    assert queries.changes_between(last, this) == []

    _many(this, books, second)
    marks = {row.name: row.change for row in this.titles.all() if row.change != Change.SAME}
    assert list(checks.invariants()) == []
    assert marks == {one.name: one.change for one in queries.changes_between(this, last)}
    for one in (last, this):
        for view in queries.titles_of([one.pk]).get(one.pk, ()):
            assert [edition.rank for edition in view.editions] == list(range(1, len(view.editions) + 1))
