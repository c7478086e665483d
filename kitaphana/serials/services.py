"""Commands over subscriptions and their issues. Each is one transaction; repeating a command_id changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from kitaphana.acquisitions.models import Supplier
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core import audit, clock, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.fund import services as fund
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy
from kitaphana.organizations.models import Organization
from kitaphana.serials import errors
from kitaphana.serials.enums import Frequency
from kitaphana.serials.models import Claim, Issue, Subscription, Volume
from kitaphana.serials.queries import label_of
from kitaphana.serials.rhythm import Expected, expected

LONGEST: Final = timedelta(days=5 * 366)
MOST_COPIES: Final = 500
_MOST_MONEY: Final = 10**12
_RECEIPT: Final = UUID("5a3f2a5e-8d19-5f0c-9a57-0d4f3f0f6a11")
"""Name space of the receipts that belong to bindings."""


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:longest]


@transaction.atomic
def subscribe(
    *,
    actor: Actor,
    library: Organization,
    record: Record,
    frequency: str,
    starts_on: date,
    ends_on: date,
    at: datetime,
    quantity: int = 1,
    first_number: int = 1,
    cost: Decimal | int = 0,
    supplier: Supplier | None = None,
    patience: int = 14,
    note: str = "",
    command_id: UUID | None = None,
) -> Subscription:
    """Begin a subscription; its issues are expected from now on.

    :raises NotAPeriodical: the record is something else.
    :raises BadPeriod: it ends before it begins, or lasts longer than five years.
    :raises BadCount: no copies, or a sum below zero.
    """
    actor.require(Permission.FUND_RECEIVE, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Subscription.objects.get(pk=repeat.object_id)
    if record.kind != RecordKind.PERIODICAL:
        raise errors.NotAPeriodical(title=record.title)
    _check(starts_on, ends_on, quantity, cost)
    if frequency not in Frequency.values or not 1 <= first_number <= 10_000 or not 0 <= patience <= 366:
        raise errors.BadCount()
    one = Subscription.objects.create(
        library=library, record=record, supplier=supplier, frequency=frequency, starts_on=starts_on, ends_on=ends_on,
        quantity=quantity, cost=tenge(cost), patience=patience, note=_line(note, 300), made_at=at,
    )  # fmt: skip
    _expect(one, expected(frequency, starts_on, ends_on, first_number))
    audit.record(
        actor, "serials.subscribed", one, at=at, library_id=library.pk, command_id=command_id,
        after={"title": record.title, "from": starts_on.isoformat(), "to": ends_on.isoformat(), "copies": quantity},
    )  # fmt: skip
    return one


def _check(starts_on: date, ends_on: date, quantity: int, cost: Decimal | int) -> None:
    if not starts_on <= ends_on <= starts_on + LONGEST:
        raise errors.BadPeriod()
    if not 1 <= quantity <= MOST_COPIES or not Decimal(cost).is_finite() or not 0 <= cost < _MOST_MONEY:
        raise errors.BadCount()


def _expect(one: Subscription, plan: Collection[Expected]) -> None:
    Issue.objects.bulk_create(
        [Issue(subscription=one, year=row.year, number=str(row.number), expected_on=row.on) for row in plan],
        batch_size=500,
    )


@transaction.atomic
def change_subscription(
    *,
    actor: Actor,
    subscription: Subscription,
    ends_on: date,
    quantity: int,
    patience: int,
    at: datetime,
    note: str = "",
    command_id: UUID | None = None,
) -> Subscription:
    """Prolong or shorten a subscription, or change the number of copies.

    Issues of the added time are expected with numbers that go on; issues of the time cut off that have not come are
    expected no longer.

    :raises BadPeriod, BadCount: as for a new one.
    """
    one = _mine(actor, subscription)
    if audit.repeated(command_id) is not None:
        return one
    _check(one.starts_on, ends_on, quantity, one.cost)
    if not 0 <= patience <= 366:
        raise errors.BadCount()
    before = {"to": one.ends_on.isoformat(), "copies": one.quantity}
    if ends_on < one.ends_on:
        one.issues.filter(expected_on__gt=ends_on, received=0, claimed_on=None).delete()
    elif ends_on > one.ends_on:
        _prolong(one, ends_on)
    one.ends_on, one.quantity, one.patience, one.note = ends_on, quantity, patience, _line(note, 300)
    one.save()
    audit.record(
        actor, "serials.subscription_changed", one, at=at, library_id=one.library_id, command_id=command_id,
        before=before, after={"to": ends_on.isoformat(), "copies": quantity},
    )  # fmt: skip
    return one


def _prolong(one: Subscription, ends_on: date) -> None:
    """Issues after the end so far; the first one's number follows the last plain number of its year."""
    taken = set(one.issues.values_list("year", "number"))
    # The whole rhythm from the start keeps the day of the month and the weeks; what is here already is passed over.
    days = [row.on for row in expected(one.frequency, one.starts_on, ends_on) if row.on > one.ends_on]
    fresh = []
    last: dict[int, int] = {}
    for year, number in taken:
        parts = [int(part) for part in number.replace("–", "-").split("-") if part.isdecimal()]
        last[year] = max([last.get(year, 0), *parts])
    for day in days:
        last[day.year] = last.get(day.year, 0) + 1
        fresh.append(Issue(subscription=one, year=day.year, number=str(last[day.year]), expected_on=day))
    Issue.objects.bulk_create(fresh, batch_size=500)


def _mine(actor: Actor, subscription: Subscription) -> Subscription:
    """The subscription, locked for this command."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("library", "record")
    one: Subscription = rows.get(pk=subscription.pk)
    actor.require(Permission.FUND_RECEIVE, one.library.path)
    return one


@transaction.atomic
def receive_issue(
    *, actor: Actor, issue: Issue, quantity: int, on: date, at: datetime, command_id: UUID | None = None
) -> Issue:
    """Note how many copies of an issue are here; 0 takes it back.

    :raises BadCount: more copies than can be.
    :raises BadIssue: the day is still to come.
    :raises IssueBound: it is bound.
    """
    one = _issue(actor, issue)
    if audit.repeated(command_id) is not None:
        return one
    if not 0 <= quantity <= MOST_COPIES:
        raise errors.BadCount()
    if on > clock.day_of(at):
        raise errors.BadIssue()
    before = {"copies": one.received}
    one.received, one.received_on, one.is_cancelled = quantity, on if quantity else None, False
    one.save()
    audit.record(
        actor, "serials.issue_received", one, at=at, library_id=one.subscription.library_id, command_id=command_id,
        before=before, after={"copies": quantity, "issue": str(one)},
    )  # fmt: skip
    return one


def _issue(actor: Actor, issue: Issue) -> Issue:
    rows = Issue.objects.select_for_update(of=("self",))
    one = rows.select_related("subscription__library", "subscription__record", "volume").get(pk=issue.pk)
    actor.require(Permission.FUND_RECEIVE, one.subscription.library.path)
    if one.volume is not None:
        raise errors.IssueBound(volume=one.volume.label)
    return one


@transaction.atomic
def add_issue(
    *, actor: Actor, subscription: Subscription, year: int, number: str, expected_on: date, at: datetime,
    command_id: UUID | None = None,
) -> Issue:  # fmt: skip
    """Add an issue that the rhythm did not foresee.

    :raises BadIssue: no number, or a senseless year.
    :raises IssueThere: the year has that number.
    """
    one = _mine(actor, subscription)
    if (repeat := audit.repeated(command_id)) is not None:
        return Issue.objects.get(pk=repeat.object_id)
    number = _numbered(one, year, number, None)
    made = Issue.objects.create(subscription=one, year=year, number=number, expected_on=expected_on)
    audit.record(
        actor, "serials.issue_changed", made, at=at, library_id=one.library_id, command_id=command_id,
        after={"issue": str(made)},
    )  # fmt: skip
    return made


def _numbered(subscription: Subscription, year: int, number: str, but: Issue | None) -> str:
    number = _line(number, 20)
    if not number or not 1800 <= year <= 2200:
        raise errors.BadIssue()
    others = Issue.objects.filter(subscription=subscription, year=year, number=number)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise errors.IssueThere(number=number, year=year)
    return number


@transaction.atomic
def change_issue(
    *, actor: Actor, issue: Issue, number: str, expected_on: date, at: datetime, is_cancelled: bool = False, note: str = "",
    command_id: UUID | None = None,
) -> Issue:  # fmt: skip
    """Give an issue another number (5–6) or day, or note that it did not come out.

    :raises BadIssue, IssueThere: as for a new one; also where an issue that is here «did not come out».
    :raises IssueBound: it is bound.
    """
    one = _issue(actor, issue)
    if audit.repeated(command_id) is not None:
        return one
    if is_cancelled and one.received:
        raise errors.BadIssue()
    before = {"number": one.number, "on": one.expected_on.isoformat(), "cancelled": one.is_cancelled}
    one.number = _numbered(one.subscription, one.year, number, one)
    one.expected_on, one.is_cancelled, one.note = expected_on, is_cancelled, _line(note, 300)
    one.save()
    audit.record(
        actor, "serials.issue_changed", one, at=at, library_id=one.subscription.library_id, command_id=command_id,
        before=before, after={"number": one.number, "on": expected_on.isoformat(), "cancelled": is_cancelled},
    )  # fmt: skip
    return one


@transaction.atomic
def claim_issues(
    *,
    actor: Actor,
    subscription: Subscription,
    issue_ids: Collection[int],
    at: datetime,
    command_id: UUID | None = None,
) -> Claim:
    """Make a claim for issues that should be here and are not, or not in full.

    :raises NothingChosen: none of the chosen issues is missing.
    """
    one = _mine(actor, subscription)
    if (repeat := audit.repeated(command_id)) is not None:
        return Claim.objects.get(pk=repeat.object_id)
    today = clock.day_of(at)
    missing = list(
        one.issues.select_for_update().filter(
            pk__in=issue_ids, received__lt=one.quantity, is_cancelled=False, expected_on__lte=today, volume=None
        )
    )
    if not missing:
        raise errors.NothingChosen()
    (number,) = numbers.take(one.library_id, f"serials.claim.{today.year}")
    made = Claim.objects.create(
        subscription=one, number=number, on=today,
        issues=[
            {"id": row.pk, "name": str(row), "expected": row.expected_on.isoformat(), "missing": one.quantity - row.received}
            for row in missing
        ],
    )  # fmt: skip
    Issue.objects.filter(pk__in=[row.pk for row in missing]).update(claimed_on=today)
    audit.record(
        actor, "serials.claimed", made, at=at, library_id=one.library_id, command_id=command_id,
        after={"number": number, "issues": [row["name"] for row in made.issues]},
    )  # fmt: skip
    return made


@transaction.atomic
def bind_issues(
    *,
    actor: Actor,
    subscription: Subscription,
    issue_ids: Collection[int],
    at: datetime,
    price: Decimal | None = None,
    source: str = "",
    command_id: UUID | None = None,
) -> Volume:
    """Bind issues that are here into a volume. With a ``price`` the volume is taken on the fund as a copy.

    :raises NothingChosen: none of the chosen issues is here and free.
    :raises BadPrice, BadSource, PeriodClosed …: as for every receipt (``fund.receive``).
    """
    one = _mine(actor, subscription)
    if (repeat := audit.repeated(command_id)) is not None:
        return Volume.objects.get(pk=repeat.object_id)
    chosen = list(one.issues.select_for_update(of=("self",)).filter(pk__in=issue_ids, received__gte=1, volume=None))
    if not chosen:
        raise errors.NothingChosen()
    volume = Volume.objects.create(subscription=one, label=label_of(chosen), bound_on=clock.day_of(at))
    Issue.objects.filter(pk__in=[row.pk for row in chosen]).update(volume=volume)
    if price is not None:
        act = fund.receive(
            actor=actor,
            library=one.library,
            receipt=fund.Receipt(
                on=volume.bound_on, source=source, note=volume.label,
                lines=[fund.ReceiptLine(record=one.record, quantity=1, price=price)],
            ),
            at=at,
            command_id=uuid5(_RECEIPT, str(command_id)) if command_id else None,
        )  # fmt: skip
        volume.copy = Copy.objects.get(received_by__act=act)
        volume.save(update_fields=["copy"])
    audit.record(
        actor, "serials.bound", volume, at=at, library_id=one.library_id, command_id=command_id,
        after={"volume": volume.label, "issues": len(chosen), "on_fund": volume.copy_id is not None},
    )  # fmt: skip
    return volume


@transaction.atomic
def unbind(*, actor: Actor, volume: Volume, at: datetime, command_id: UUID | None = None) -> None:
    """Take a binding back: the issues are loose again.

    :raises VolumeOnFund: the volume is a copy of the fund.
    """
    one = _mine(actor, volume.subscription)
    if audit.repeated(command_id) is not None:
        return
    found = Volume.objects.select_for_update(of=("self",)).select_related("copy").get(pk=volume.pk, subscription=one)
    if found.copy is not None and found.copy.state == CopyState.IN_FUND:
        raise errors.VolumeOnFund(number=found.copy.inventory_number)
    Issue.objects.filter(volume=found).update(volume=None)
    label = found.label
    audit.record(
        actor, "serials.unbound", one, at=at, library_id=one.library_id, command_id=command_id, before={"volume": label}
    )
    found.delete()


def price_of(text: str) -> Decimal | None:
    """A sum as it was typed; None where it is none."""
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < _MOST_MONEY else None
