"""Commands of campaigns."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kitaphana.campaigns import errors
from kitaphana.campaigns.enums import Action, CampaignState, Donor, PledgeState
from kitaphana.campaigns.models import Campaign, Gift, Pledge, Wish
from kitaphana.catalog.models import Record
from kitaphana.core import audit, clock, crypto, numbers
from kitaphana.core.access import SYSTEM, Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.corelist.models import Version
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ReceiptSource
from kitaphana.fund.models import Member
from kitaphana.organizations.models import Organization
from kitaphana.renewal import coverage

KEEP = timedelta(days=30)
"""How long a promise holds a wish."""
FORGET = timedelta(days=365)
"""How long after a campaign has closed the donors' telephones are kept."""
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 10
MOST_COPIES = 1000


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What a campaign says of itself."""

    name_kk: str
    first: date
    last: date
    name_ru: str = ""
    name_en: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class DonorFacts:
    """Who promises: ``contact`` is a telephone or an e-mail, ``origin`` the network address it came from."""

    name: str
    contact: str
    kind: str = Donor.PERSON
    is_public: bool = False
    message: str = ""
    origin: str = ""


def _before(command_id: UUID | None, action: Action) -> int | None:
    first = audit.repeated(command_id)
    if first is None:
        return None
    if first.action != action:
        raise errors.CommandReused
    return first.object_id


def _text(value: str, most: int) -> str:
    return " ".join(value.replace("\x00", "").split())[:most]


def _facts(facts: CampaignFacts) -> dict[str, object]:
    name = _text(facts.name_kk, 200)
    if not name or facts.last < facts.first:
        raise errors.BadCampaign
    return {
        "name_kk": name,
        "name_ru": _text(facts.name_ru, 200),
        "name_en": _text(facts.name_en, 200),
        "text": facts.text.replace("\x00", "").strip()[:5000],
        "first": facts.first,
        "last": facts.last,
    }


def _locked(campaign: Campaign, *states: CampaignState) -> Campaign:
    mine: Campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organization").get(pk=campaign.pk)
    if mine.state not in states:
        raise errors.WrongState(state=mine.get_state_display())
    return mine


@transaction.atomic
def make_campaign(
    *, actor: Actor, organization: Organization, facts: CampaignFacts, at: datetime, command_id: UUID | None = None
) -> Campaign:
    """Begin a campaign for the libraries of an organisation and everybody below it.

    :raises BadCampaign: no name, or senseless days.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, organization.path)
    if (pk := _before(command_id, Action.MAKE)) is not None:
        return Campaign.objects.get(pk=pk)
    campaign = Campaign.objects.create(organization=organization, made_at=at, made_by_id=actor.user_id, **_facts(facts))
    audit.record(
        actor, Action.MAKE, campaign, at=at, library_id=organization.pk, command_id=command_id,
        after={"name": campaign.name_kk},
    )  # fmt: skip
    return campaign


@transaction.atomic
def change_campaign(
    *, actor: Actor, campaign: Campaign, facts: CampaignFacts, at: datetime, command_id: UUID | None = None
) -> Campaign:
    """Change the words and days of a campaign that has not closed.

    :raises WrongState: it has closed.
    :raises BadCampaign: no name, or senseless days.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, campaign.organization.path)
    if (pk := _before(command_id, Action.CHANGE)) is not None:
        return Campaign.objects.get(pk=pk)
    mine = _locked(campaign, CampaignState.DRAFT, CampaignState.OPEN)
    for name, value in _facts(facts).items():
        setattr(mine, name, value)
    mine.save()
    audit.record(
        actor, Action.CHANGE, mine, at=at, library_id=mine.organization_id, command_id=command_id,
        after={"name": mine.name_kk, "last": mine.last.isoformat()},
    )  # fmt: skip
    return mine


@transaction.atomic
def wish_gaps(
    *,
    actor: Actor,
    campaign: Campaign,
    version: Version,
    most: int,
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Wish what the libraries lack of a core list: so many titles, the most lacked first; returns the wishes added.

    A title that a library wishes already is left as it is.

    :raises WrongState: the campaign has closed.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, campaign.organization.path)
    if _before(command_id, Action.WISHES) is not None:
        return 0
    mine = _locked(campaign, CampaignState.DRAFT, CampaignState.OPEN)
    sheet = coverage.sheet(mine.organization, version, clock.day_of(at))
    missing = sheet.missing
    columns = sorted(range(len(sheet.entries)), key=lambda column: (-int(missing[:, column].sum()), column))[:most]
    stands = set(mine.wishes.values_list("library_id", "record_id"))
    rows = [
        Wish(campaign=mine, library=library, record_id=entry.record_id, wanted=min(count, MOST_COPIES))
        for entry, column in ((sheet.entries[column], column) for column in columns)
        for row, library in enumerate(sheet.libraries)
        if (count := int(missing[row, column])) and (library.pk, entry.record_id) not in stands
    ]
    Wish.objects.bulk_create(rows, batch_size=500)
    audit.record(
        actor, Action.WISHES, mine, at=at, library_id=mine.organization_id, command_id=command_id,
        after={"added": len(rows), "list": version.core_list_id},
    )  # fmt: skip
    return len(rows)


@transaction.atomic
def set_wishes(
    *,
    actor: Actor,
    campaign: Campaign,
    wanted: Mapping[int, int] | None = None,
    more: Sequence[tuple[Organization, Record, int]] = (),
    at: datetime,
    command_id: UUID | None = None,
) -> Campaign:
    """Change how many copies are wished, by wish id (0 takes it out where nobody has promised), and add wishes.

    :raises WrongState: the campaign has closed.
    :raises BadNumber: fewer than are promised and given, or no sensible number.
    :raises ForeignLibrary: a library takes no part.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, campaign.organization.path)
    if (pk := _before(command_id, Action.WISHES)) is not None:
        return Campaign.objects.get(pk=pk)
    mine = _locked(campaign, CampaignState.DRAFT, CampaignState.OPEN)
    rows = {row.pk: row for row in mine.wishes.select_for_update(of=("self",))}
    for pk, number in (wanted or {}).items():
        row = rows.get(pk)
        if row is None or not row.promised + row.given <= number <= MOST_COPIES:
            raise errors.BadNumber(value=number)
        if number:
            row.wanted = number
            row.save(update_fields=["wanted"])
        elif not row.pledges.exists():
            row.delete()
        else:
            raise errors.BadNumber(value=number)
    for library, record, number in more:
        if not library.is_library or not library.path.startswith(mine.organization.path):
            raise errors.ForeignLibrary(name=library.name)
        if not 0 < number <= MOST_COPIES:
            raise errors.BadNumber(value=number)
        row, made = Wish.objects.get_or_create(
            campaign=mine, library=library, record=record, defaults={"wanted": number}
        )
        if not made:
            row.wanted = min(row.wanted + number, MOST_COPIES)
            row.save(update_fields=["wanted"])
    audit.record(
        actor, Action.WISHES, mine, at=at, library_id=mine.organization_id, command_id=command_id,
        after={"changed": len(wanted or {}), "added": len(more)},
    )  # fmt: skip
    return mine


@transaction.atomic
def open_campaign(*, actor: Actor, campaign: Campaign, at: datetime, command_id: UUID | None = None) -> Campaign:
    """Show a campaign to everybody.

    :raises WrongState: it is open already, or has closed.
    :raises NoWishes: it wishes nothing.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, campaign.organization.path)
    if (pk := _before(command_id, Action.OPEN)) is not None:
        return Campaign.objects.get(pk=pk)
    mine = _locked(campaign, CampaignState.DRAFT)
    if not mine.wishes.exists():
        raise errors.NoWishes
    mine.state = CampaignState.OPEN
    mine.save(update_fields=["state"])
    audit.record(actor, Action.OPEN, mine, at=at, library_id=mine.organization_id, command_id=command_id)
    return mine


@transaction.atomic
def close_campaign(*, actor: Actor, campaign: Campaign, at: datetime, command_id: UUID | None = None) -> Campaign:
    """End a campaign: nobody can promise any more; what is promised may still be brought.

    :raises WrongState: it is not open.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, campaign.organization.path)
    if (pk := _before(command_id, Action.CLOSE)) is not None:
        return Campaign.objects.get(pk=pk)
    mine = _locked(campaign, CampaignState.OPEN)
    mine.state, mine.closed_at = CampaignState.CLOSED, at
    mine.save(update_fields=["state", "closed_at"])
    audit.record(actor, Action.CLOSE, mine, at=at, library_id=mine.organization_id, command_id=command_id)
    return mine


@transaction.atomic
def promise(
    *,
    campaign: Campaign,
    quantity: int,
    donor: DonorFacts,
    wish: Wish | None = None,
    library: Organization | None = None,
    title: str = "",
    has_consented: bool,
    at: datetime,
    command_id: UUID | None = None,
) -> Pledge:
    """Promise copies of a wished title, or a book of one's own to a library. Everybody may, without an account.

    :raises WrongState: the campaign is not open, or its days are over.
    :raises DonorMissing: no name, no contact or no consent.
    :raises TooOften: ten promises were made from that address within an hour.
    :raises TooMany: more than is still wished.
    :raises BadNumber, TitleMissing, ForeignLibrary: senseless input.
    """
    if (pk := _before(command_id, Action.PLEDGE)) is not None:
        return Pledge.objects.get(pk=pk)
    name, contact = _text(donor.name, 200), _text(donor.contact, 100)
    if not name or not contact or not has_consented or donor.kind not in Donor.values:
        raise errors.DonorMissing
    mine = Campaign.objects.select_related("organization").get(pk=campaign.pk)
    today = clock.day_of(at)
    if mine.state != CampaignState.OPEN or not mine.first <= today <= mine.last:
        raise errors.WrongState(state=mine.get_state_display())
    origin = crypto.blind_index(donor.origin) if donor.origin else ""
    if origin and Pledge.objects.filter(origin=origin, made_at__gt=at - AN_HOUR).count() >= MOST_AN_HOUR:
        raise errors.TooOften
    if not 0 < quantity <= MOST_COPIES:
        raise errors.BadNumber(value=quantity)
    if wish is not None:
        row = Wish.objects.select_for_update(of=("self",)).select_related("library", "record").get(pk=wish.pk)
        if row.campaign_id != mine.pk:
            raise errors.ForeignLibrary(name=row.library.name)
        if quantity > row.left:
            raise errors.TooMany(left=row.left)
        row.promised += quantity
        row.save(update_fields=["promised"])
        place, what = row.library, row.record.title[:300]
    else:
        row, what = None, _text(title, 300)
        if not what:
            raise errors.TitleMissing
        if library is None or not library.is_library or not library.path.startswith(mine.organization.path):
            raise errors.ForeignLibrary(name=library.name if library else "")
        place = library
    pledge = Pledge.objects.create(
        campaign=mine,
        wish=row,
        library=place,
        title=what,
        quantity=quantity,
        donor=donor.kind,
        name=name,
        is_public=donor.is_public,
        contact=crypto.encrypt(contact),
        message=_text(donor.message, 500),
        token=secrets.token_urlsafe(32),
        origin=origin,
        keep_until=today + KEEP,
        made_at=at,
    )
    audit.record(
        SYSTEM, Action.PLEDGE, pledge, at=at, library_id=place.pk, command_id=command_id,
        after={"title": what, "quantity": quantity},
    )  # fmt: skip
    return pledge


def _end(pledge: Pledge, state: PledgeState, at: datetime) -> None:
    """End a promise and free what it held; the caller has locked it."""
    if pledge.wish is not None:
        wish = Wish.objects.select_for_update().get(pk=pledge.wish.pk)
        wish.promised -= pledge.left
        wish.save(update_fields=["promised"])
    pledge.state, pledge.ended_at = state, at
    pledge.save(update_fields=["state", "ended_at", "reason"])


def _promised(pledge: Pledge) -> Pledge:
    mine: Pledge = (
        Pledge.objects.select_for_update(of=("self",))
        .select_related("library", "wish__record", "campaign")
        .get(pk=pledge.pk)
    )
    if mine.state != PledgeState.PROMISED:
        raise errors.WrongState(state=mine.get_state_display())
    return mine


@transaction.atomic
def cancel(*, pledge: Pledge, at: datetime, command_id: UUID | None = None) -> Pledge:
    """Take a promise back; whoever knows its token may.

    :raises WrongState: it has ended.
    """
    if _before(command_id, Action.CANCEL) is not None:
        return Pledge.objects.get(pk=pledge.pk)
    mine = _promised(pledge)
    _end(mine, PledgeState.CANCELLED, at)
    audit.record(SYSTEM, Action.CANCEL, mine, at=at, library_id=mine.library_id, command_id=command_id)
    return mine


@transaction.atomic
def decline(*, actor: Actor, pledge: Pledge, reason: str, at: datetime, command_id: UUID | None = None) -> Pledge:
    """Refuse a gift with a reason that the donor reads.

    :raises WrongState: it has ended.
    :raises ReasonMissing: no reason.
    """
    actor.require(Permission.CAMPAIGNS_MANAGE, pledge.library.path)
    if _before(command_id, Action.DECLINE) is not None:
        return Pledge.objects.get(pk=pledge.pk)
    mine = _promised(pledge)
    if not (words := _text(reason, 300)):
        raise errors.ReasonMissing
    mine.reason = words
    _end(mine, PledgeState.DECLINED, at)
    audit.record(
        actor, Action.DECLINE, mine, at=at, library_id=mine.library_id, command_id=command_id, after={"reason": words}
    )
    return mine


@transaction.atomic
def hand_over(
    *,
    actor: Actor,
    pledge: Pledge,
    quantity: int,
    price: Decimal,
    on: date,
    commission: Sequence[Member],
    record: Record | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Gift:
    """Take promised copies into the fund by an act of receipt; ``price`` is what the commission valued a copy at, tenge.

    ``record`` names the edition of a book that was not on the list. Some may be brought now and some later.

    :raises WrongState: the promise has ended.
    :raises BadNumber: more than is promised.
    :raises TitleMissing: a book of the donor's own without its edition.
    :raises CommissionTooSmall: fewer people than the rules ask for.
    """
    actor.require(Permission.FUND_RECEIVE, pledge.library.path)
    if (pk := _before(command_id, Action.HAND_OVER)) is not None:
        return Gift.objects.get(pk=pk)
    mine = _promised(pledge)
    if not 0 < quantity <= mine.left:
        raise errors.BadNumber(value=quantity)
    edition = mine.wish.record if mine.wish is not None else record
    if edition is None:
        raise errors.TitleMissing
    number = numbers.take(mine.library_id, f"campaigns.gift.{on.year}")[0]
    act = fund.receive(
        actor=actor,
        library=mine.library,
        receipt=fund.Receipt(
            on=on,
            source=ReceiptSource.GIFT,
            lines=[fund.ReceiptLine(edition, quantity, tenge(price))],
            supplier=mine.name,
            document_number=f"{number}/{on.year}",
            document_on=on,
            commission=list(commission),
        ),
        at=at,
        command_id=None,
    )
    gift = Gift.objects.create(
        pledge=mine,
        library=mine.library,
        record=edition,
        act=act,
        number=number,
        year=on.year,
        on=on,
        quantity=quantity,
        price=tenge(price),
        made_at=at,
        made_by_name=actor.name[:200],
    )
    mine.given += quantity
    if mine.wish is not None:
        wish = Wish.objects.select_for_update().get(pk=mine.wish.pk)
        wish.promised -= quantity
        wish.given += quantity
        wish.save(update_fields=["promised", "given"])
    if not mine.left:
        mine.state, mine.ended_at = PledgeState.GIVEN, at
    mine.save(update_fields=["given", "state", "ended_at"])
    audit.record(
        actor, Action.HAND_OVER, gift, at=at, library_id=mine.library_id, command_id=command_id,
        after={"number": str(gift), "quantity": quantity, "price": str(gift.price)},
    )  # fmt: skip
    return gift


def expire(*, at: datetime) -> int:
    """Free the wishes of promises that were not kept in time; each in a transaction of its own. Returns how many."""
    due = Pledge.objects.filter(state=PledgeState.PROMISED, keep_until__lt=clock.day_of(at)).order_by("pk")
    ended = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            row = Pledge.objects.select_for_update(of=("self",)).select_related("wish").get(pk=pk)
            if row.state == PledgeState.PROMISED:
                _end(row, PledgeState.GIVEN if row.given else PledgeState.EXPIRED, at)
                ended += 1
    return ended


def forget(*, at: datetime) -> int:
    """Remove the telephones and addresses of donors a year after their campaign has ended. Returns how many.

    A campaign that nobody closed ended on its last day.
    """
    over = Q(campaign__closed_at__lt=at - FORGET) | Q(campaign__last__lt=clock.day_of(at) - FORGET)
    old = Pledge.objects.filter(over).exclude(contact=b"", origin="")
    return old.update(contact=b"", origin="")
