"""Subscriptions, arrivals, claims, binding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import described
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund import errors as fund_errors
from kitaphana.fund.models import Copy
from kitaphana.serials import errors, queries, services
from kitaphana.serials.enums import IssueState
from kitaphana.serials.models import Issue, Subscription, Volume

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)
TODAY = date(2026, 9, 14)


def journal(world: Any, title: str = "Балдырған", **facts: Any) -> Record:
    return described(
        world.librarian,
        world.school,
        title,
        **{"kind": "PERIODICAL", "authors": (), "isbns": (), "issn": "0378-5955"} | facts,
    )


def subscribed(world: Any, **more: Any) -> Subscription:
    values = {
        "actor": world.librarian, "library": world.school, "frequency": "MONTHLY", "starts_on": date(2026, 1, 5),
        "ends_on": date(2026, 12, 31), "quantity": 2, "at": AT,
    } | more  # fmt: skip
    return services.subscribe(record=values.pop("record", None) or journal(world), **values)


def issue(one: Subscription, number: int, year: int = 2026) -> Issue:
    return Issue.objects.select_related("subscription").get(subscription=one, year=year, number=str(number))


def came(world: Any, one: Issue, quantity: int = 2) -> Issue:
    return services.receive_issue(actor=world.librarian, issue=one, quantity=quantity, on=TODAY, at=AT)


def test_issues_are_awaited_come_and_are_late(world: Any) -> None:
    one = subscribed(world)
    assert one.issues.count() == 12
    came(world, issue(one, 1))
    came(world, issue(one, 2), quantity=1)
    states = [row.state_on(TODAY) for row in one.issues.select_related("subscription")]
    assert states[:2] == [IssueState.RECEIVED, IssueState.PART]
    assert set(states[2:8]) == {IssueState.LATE}
    assert states[8] == IssueState.EXPECTED  # № 9 was due nine days ago; a fortnight is given
    assert [str(row) for row in queries.awaited(world.school, TODAY)] == [
        f"2026, № {number}" for number in range(2, 10)
    ]
    found = queries.next_of(world.school, "0378-5955", TODAY)
    assert found is not None
    assert found.number == "2"
    assert queries.received_numbers(one.record_id) == {world.school.pk: "2026, № 1–2"}
    came(world, issue(one, 1), quantity=0)
    assert issue(one, 1).received_on is None


def test_only_periodicals_and_sensible_periods(world: Any) -> None:
    with pytest.raises(errors.NotAPeriodical):
        subscribed(world, record=described(world.librarian, world.school, "Абай"))
    with pytest.raises(errors.BadPeriod):
        subscribed(world, ends_on=date(2025, 1, 1))
    with pytest.raises(errors.BadPeriod):
        subscribed(world, ends_on=date(2040, 1, 1))
    with pytest.raises(errors.BadCount):
        subscribed(world, quantity=0)
    with pytest.raises(NotAllowed):
        subscribed(world, actor=world.neighbour_librarian)
    command = new_id()
    record = journal(world)
    first = subscribed(world, record=record, command_id=command)
    assert subscribed(world, record=record, command_id=command) == first
    assert Subscription.objects.count() == 1


def test_a_subscription_is_prolonged_and_shortened(world: Any) -> None:
    one = subscribed(world, starts_on=date(2026, 1, 31), ends_on=date(2026, 11, 30))

    def change(ends_on: date) -> None:
        services.change_subscription(
            actor=world.librarian, subscription=one, ends_on=ends_on, quantity=3, patience=5, at=AT
        )

    change(date(2027, 2, 28))
    added = one.issues.filter(expected_on__gt=date(2026, 11, 30))
    assert [(row.year, row.number, row.expected_on) for row in added] == [
        (2026, "12", date(2026, 12, 31)), (2027, "1", date(2027, 1, 31)), (2027, "2", date(2027, 2, 28)),
    ]  # fmt: skip
    came(world, issue(one, 7))
    change(date(2026, 6, 30))
    one.refresh_from_db()
    assert [row.number for row in one.issues.all()] == ["1", "2", "3", "4", "5", "6", "7"]
    assert (one.quantity, one.patience, one.ends_on) == (3, 5, date(2026, 6, 30))


def test_issues_out_of_the_rhythm(world: Any) -> None:
    one = subscribed(world)
    services.change_issue(actor=world.librarian, issue=issue(one, 5), number="5–6", expected_on=date(2026, 5, 5), at=AT)
    services.change_issue(
        actor=world.librarian, issue=issue(one, 6), number="6", expected_on=date(2026, 6, 5), at=AT, is_cancelled=True
    )
    with pytest.raises(errors.IssueThere):
        services.change_issue(actor=world.librarian, issue=issue(one, 7), number="5–6", expected_on=TODAY, at=AT)
    services.add_issue(
        actor=world.librarian, subscription=one, year=2026, number="арнайы", expected_on=date(2026, 5, 9), at=AT
    )
    with pytest.raises(errors.IssueThere):
        services.add_issue(actor=world.librarian, subscription=one, year=2026, number="7", expected_on=TODAY, at=AT)
    with pytest.raises(errors.BadIssue):
        services.add_issue(actor=world.librarian, subscription=one, year=2026, number=" ", expected_on=TODAY, at=AT)
    assert issue(one, 6).state_on(TODAY) == IssueState.CANCELLED
    assert "6" not in [row.number for row in queries.awaited(world.school, TODAY)]


def test_a_claim_names_what_is_missing_that_day(world: Any) -> None:
    one = subscribed(world)
    came(world, issue(one, 1))
    came(world, issue(one, 2), quantity=1)
    everything = list(one.issues.values_list("pk", flat=True))
    made = services.claim_issues(actor=world.librarian, subscription=one, issue_ids=everything, at=AT)
    assert [(row["name"], row["missing"]) for row in made.issues][:2] == [("2026, № 2", 1), ("2026, № 3", 2)]
    assert made.issues[-1]["name"] == "2026, № 9"
    assert issue(one, 3).state_on(TODAY) == IssueState.CLAIMED
    came(world, issue(one, 3))
    made.refresh_from_db()
    assert "2026, № 3" in [row["name"] for row in made.issues]
    with pytest.raises(errors.NothingChosen):
        services.claim_issues(actor=world.librarian, subscription=one, issue_ids=[issue(one, 1).pk], at=AT)
    again = services.claim_issues(actor=world.librarian, subscription=one, issue_ids=everything, at=AT)
    assert (made.number, again.number) == (1, 2)


def test_issues_are_bound_into_a_volume_of_the_fund(world: Any) -> None:
    one = subscribed(world)
    for number in (1, 2, 3, 5):
        came(world, issue(one, number))
    chosen = list(one.issues.values_list("pk", flat=True))
    command = new_id()
    volume = services.bind_issues(
        actor=world.librarian, subscription=one, issue_ids=chosen, price=Decimal("1500"), source="LOCAL_BUDGET", at=AT,
        command_id=command,
    )  # fmt: skip
    assert volume.label == "2026, № 1–3, 5"
    copy = Copy.objects.get(record=one.record)
    assert volume.copy == copy
    again = services.bind_issues(
        actor=world.librarian, subscription=one, issue_ids=chosen, price=Decimal("1500"), source="LOCAL_BUDGET", at=AT,
        command_id=command,
    )  # fmt: skip
    assert again == volume
    assert issue(one, 1).state_on(TODAY) == IssueState.BOUND
    with pytest.raises(errors.IssueBound):
        came(world, issue(one, 1), quantity=0)
    with pytest.raises(errors.VolumeOnFund):
        services.unbind(actor=world.librarian, volume=volume, at=AT)
    with pytest.raises(errors.NothingChosen):
        services.bind_issues(actor=world.librarian, subscription=one, issue_ids=chosen, at=AT)


def test_a_binding_without_the_fund_is_taken_back(world: Any) -> None:
    one = subscribed(world)
    came(world, issue(one, 1))
    volume = services.bind_issues(actor=world.librarian, subscription=one, issue_ids=[issue(one, 1).pk], at=AT)
    assert volume.copy is None
    services.unbind(actor=world.librarian, volume=volume, at=AT)
    assert not Volume.objects.exists()
    assert issue(one, 1).state_on(TODAY) == IssueState.RECEIVED


def test_a_refused_receipt_binds_nothing(world: Any) -> None:
    one = subscribed(world)
    came(world, issue(one, 1))
    with pytest.raises(fund_errors.BadSource):
        services.bind_issues(
            actor=world.librarian, subscription=one, issue_ids=[issue(one, 1).pk], price=Decimal(1), source="?", at=AT
        )
    assert not Volume.objects.exists()
    assert issue(one, 1).volume_id is None
