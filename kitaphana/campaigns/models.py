"""Campaigns «Give a book to the library»: wishes, promises, gifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from kitaphana.campaigns.enums import CampaignState, Donor, PledgeState
from kitaphana.catalog.models import Record
from kitaphana.core.money import TengeField
from kitaphana.fund.models import Act
from kitaphana.organizations.models import Organization


class Campaign(models.Model):
    """A time in which people give books to the libraries of an organisation, a district, a region."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name_kk = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=6, choices=CampaignState.choices, default=CampaignState.DRAFT)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="campaign_days"),
            models.CheckConstraint(
                condition=Q(state=CampaignState.CLOSED, closed_at__isnull=False)
                | (~Q(state=CampaignState.CLOSED) & Q(closed_at__isnull=True)),
                name="campaign_closed",
            ),
        ]
        indexes = [models.Index(fields=["state", "last"], name="campaign_open")]

    if TYPE_CHECKING:
        organization_id: int

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force, else in Kazakh."""
        return str(getattr(self, f"name_{get_language()}", "") or self.name_kk)


class Wish(models.Model):
    """Copies of a title that a library wishes. The row is the lock under which promises are taken."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="wishes")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    wanted = models.PositiveIntegerField()
    promised = models.PositiveIntegerField(default=0)
    """Promised and not brought yet."""
    given = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "library", "record"], name="campaign_wish_once"),
            models.CheckConstraint(
                condition=Q(wanted__gt=0, wanted__gte=F("promised") + F("given")), name="campaign_wish_not_exceeded"
            ),
        ]

    if TYPE_CHECKING:
        library_id: int
        campaign_id: int

    def __str__(self) -> str:
        return f"{self.record_id}: {self.wanted}"

    @property
    def left(self) -> int:
        """Copies that nobody has promised yet."""
        return self.wanted - self.promised - self.given


class Pledge(models.Model):
    """A promise of copies of a wished title, or of a book of the donor's own choice (no wish, only a title)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pledges")
    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, null=True, related_name="pledges")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    quantity = models.PositiveIntegerField()
    given = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=PledgeState.choices, default=PledgeState.PROMISED)
    donor = models.CharField(max_length=12, choices=Donor.choices, default=Donor.PERSON)
    name = models.CharField(max_length=200)
    is_public = models.BooleanField(default=False)
    """The donor agreed to be named on the campaign's page."""
    contact = models.BinaryField(default=b"")
    """Telephone or e-mail, encrypted (``core.crypto``); empty once it is no longer needed."""
    message = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    """Why it was declined."""
    token = models.CharField(max_length=43, unique=True)
    """In the address of the donor's own page."""
    origin = models.CharField(max_length=64)
    """Blind index of the network address: nobody promises a hundred books an hour."""
    keep_until = models.DateField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, given__lte=F("quantity")), name="campaign_pledge_sane"),
            models.CheckConstraint(
                condition=Q(state=PledgeState.PROMISED, ended_at__isnull=True)
                | (~Q(state=PledgeState.PROMISED) & Q(ended_at__isnull=False)),
                name="campaign_pledge_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["origin", "made_at"], name="campaign_pledge_origin"),
            models.Index(fields=["state", "keep_until"], name="campaign_pledge_due"),
        ]

    if TYPE_CHECKING:
        campaign_id: int
        library_id: int

    def __str__(self) -> str:
        return f"{self.title}: {self.quantity}"

    @property
    def left(self) -> int:
        """Copies not brought yet."""
        return self.quantity - self.given


class Gift(models.Model):
    """Copies handed over by an act of their own and taken into the fund. Numbered without gaps per library and year."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="gifts")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    on = models.DateField()
    quantity = models.PositiveIntegerField()
    price = TengeField()
    """As the commission valued a copy, tenge."""
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "year", "number"], name="campaign_gift_number"),
            models.CheckConstraint(condition=Q(quantity__gt=0, price__gte=0), name="campaign_gift_sane"),
        ]
        indexes = [models.Index(fields=["library", "on"], name="campaign_gift_library")]

    if TYPE_CHECKING:
        record_id: int

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"
