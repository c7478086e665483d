"""Whatever is done with a letter, its receipts agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.core.errors import DomainError
from kitaphana.mailings import checks, queries, services
from kitaphana.mailings.enums import LetterKind
from kitaphana.mailings.models import Receipt

AT = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "answer", "remind", "archive", "withdraw"]),
        st.sampled_from(["librarian", "director", "neighbour_librarian"]),
        st.integers(0, 30),
    ),
    max_size=14,
)


class _Undo(Exception):
    """Ends an example: its rows can't be deleted, only rolled back."""


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, is_request=st.booleans())
def test_receipts_agree_whatever_is_done(world: Any, steps: list[tuple[str, str, int]], is_request: bool) -> None:
    with pytest.raises(_Undo), transaction.atomic():
        _play(world, steps, is_request=is_request)


def _play(world: Any, steps: list[tuple[str, str, int]], *, is_request: bool) -> None:
    letter = services.send_letter(
        actor=world.methodist, sender=world.district, recipients=[world.school, world.neighbour],
        kind=LetterKind.REQUEST if is_request else LetterKind.LETTER, subject="Хат", text="Мәтін", at=AT,
        answer_by=date(2026, 10, 20) if is_request else None,
    )  # fmt: skip
    places = {"librarian": world.school, "director": world.school, "neighbour_librarian": world.neighbour}
    first: dict[int, tuple[datetime, int | None]] = {}
    reminded: set[tuple[int, date]] = set()
    now, is_withdrawn = AT, False
    for what, who, hours in steps:
        now += timedelta(hours=hours)
        actor = getattr(world, who)
        receipt = Receipt.objects.get(letter=letter, organization=places[who])
        before = {one.pk: one.reminders for one in Receipt.objects.filter(letter=letter)}
        try:
            if what == "open":
                services.open_letter(actor=actor, receipt_id=receipt.pk, at=now)
            elif what == "answer":
                services.answer(actor=actor, receipt_id=receipt.pk, text="Жауап", at=now)
            elif what == "remind":
                services.remind(actor=world.methodist, letter=letter, at=now)
            elif what == "archive":
                services.archive(actor=actor, receipt_id=receipt.pk)
            else:
                services.withdraw(actor=world.methodist, letter=letter, reason="Қате", at=now)
                is_withdrawn = True
        except DomainError:
            continue
        for one in Receipt.objects.filter(letter=letter):
            if one.read_at is not None:
                assert first.setdefault(one.pk, (one.read_at, one.read_by_id)) == (one.read_at, one.read_by_id)
            if one.reminders > before[one.pk]:
                assert one.reminded_on is not None
                assert (one.pk, one.reminded_on) not in reminded
                assert not is_withdrawn
                reminded.add((one.pk, one.reminded_on))
            assert (one.answered_at is None) or is_request
    shown = queries.sent_letter(letter.pk, world.methodist.reach(queries.SEND))
    assert (shown.read, shown.recipients) == (len(first), 2)
    assert shown.answered <= shown.read
    unread = Receipt.objects.filter(letter=letter, organization=world.school, is_unread=True).count()
    assert queries.unread(world.librarian) == (0 if is_withdrawn else unread)
    assert list(checks.invariants()) == []
    raise _Undo
