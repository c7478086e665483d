"""What is asked of campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kitaphana.campaigns.enums import CampaignState, PledgeState
from kitaphana.campaigns.errors import CampaignNotFound, PledgeNotFound
from kitaphana.campaigns.models import Campaign, Gift, Pledge, Wish
from kitaphana.core.access import Permission, Reach
from kitaphana.core.money import ZERO, tenge
from kitaphana.organizations.models import Organization, within

VIEW = Permission.FUND_VIEW


def campaign_within(pk: int, reach: Reach) -> Campaign:
    """A campaign of an organisation within reach, or one in which a library within reach takes part.

    :raises CampaignNotFound: there is none.
    """
    takes_part = Q(wishes__in=Wish.objects.filter(within(reach, "library__path"), campaign=pk))
    rows = Campaign.objects.select_related("organization").filter(pk=pk)
    found = rows.filter(within(reach, "organization__path") | takes_part).first()
    if found is None:
        raise CampaignNotFound
    return found


def campaigns_of(node: Organization) -> QuerySet[Campaign]:
    """Campaigns of a node, of everybody below it, and those above it in which it takes part; the newest first."""
    paths = [node.path[:length] for length in range(len(node.path), 0, -Organization.steplen)]
    rows = Campaign.objects.filter(Q(organization__path__startswith=node.path) | Q(organization__path__in=paths))
    return rows.select_related("organization").order_by("-first", "-pk")


def open_campaigns(today: date) -> QuerySet[Campaign]:
    """Campaigns that take promises today."""
    rows = Campaign.objects.filter(state=CampaignState.OPEN, first__lte=today, last__gte=today)
    return rows.select_related("organization").order_by("last", "pk")


def public_campaign(pk: int) -> Campaign:
    """A campaign that everybody may see: open or closed.

    :raises CampaignNotFound: there is none.
    """
    rows = Campaign.objects.select_related("organization").exclude(state=CampaignState.DRAFT)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise CampaignNotFound
    return found


def pledge_of(token: str) -> Pledge:
    """The promise with a token.

    :raises PledgeNotFound: there is none.
    """
    rows = Pledge.objects.select_related("campaign__organization", "library", "wish__record")
    found = rows.filter(token=token).first()
    if found is None:
        raise PledgeNotFound
    return found


def pledge_within(pk: int, reach: Reach) -> Pledge:
    """A promise to a library within reach.

    :raises PledgeNotFound: there is none.
    """
    rows = Pledge.objects.select_related("campaign__organization", "library", "wish__record")
    found = rows.filter(within(reach, "library__path"), pk=pk).first()
    if found is None:
        raise PledgeNotFound
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    """Campaigns added up: copies wished, promised and not brought yet, handed over; their worth in tenge; donors."""

    campaigns: int
    wished: int
    promised: int
    given: int
    amount: Decimal
    donors: int

    @property
    def percent(self) -> int:
        """Handed over of what was wished, whole per cent."""
        return min(self.given * 100 // self.wished, 100) if self.wished else 0


def _totals(campaigns: int, wishes: QuerySet[Wish], pledges: QuerySet[Pledge], gifts: QuerySet[Gift]) -> Totals:
    wished = wishes.order_by().aggregate(n=Coalesce(Sum("wanted"), 0))["n"]
    promised = (
        pledges.filter(state=PledgeState.PROMISED)
        .order_by()
        .aggregate(n=Coalesce(Sum(F("quantity") - F("given")), 0))["n"]
    )
    # Grouped by price and multiplied here: SQLite would add floats.
    sums = gifts.order_by().values_list("price").annotate(n=Sum("quantity"))
    given, amount = 0, ZERO
    for price, count in sums:
        given, amount = given + count, amount + price * count
    donors = gifts.order_by().aggregate(n=Count("pledge__name", distinct=True))["n"]
    return Totals(campaigns, wished, promised, given, tenge(amount), donors)


def counter(campaign: Campaign) -> Totals:
    """The public counter of a campaign: four statements."""
    pledges = Pledge.objects.filter(campaign=campaign)
    return _totals(1, Wish.objects.filter(campaign=campaign), pledges, Gift.objects.filter(pledge__campaign=campaign))


def totals(node: Organization, year: int) -> Totals:
    """Campaigns of a calendar year whose books go to libraries below a node: five statements."""
    below = {"library__path__startswith": node.path}
    wishes = Wish.objects.filter(**below, campaign__first__year=year).exclude(campaign__state=CampaignState.DRAFT)
    pledges = Pledge.objects.filter(**below, campaign__first__year=year)
    gifts = Gift.objects.filter(**below, on__year=year)
    campaigns = wishes.order_by().aggregate(n=Count("campaign", distinct=True))["n"]
    return _totals(campaigns, wishes, pledges, gifts)


def wishes_of(campaign: Campaign, *, library: Organization | None = None, only_left: bool = False) -> QuerySet[Wish]:
    """Wishes of a campaign by title, of one library or of all; only those that somebody may still promise."""
    rows = Wish.objects.filter(campaign=campaign).select_related("library", "record").defer("record__marc")
    if library is not None:
        rows = rows.filter(library=library)
    if only_left:
        rows = rows.filter(wanted__gt=F("promised") + F("given"))
    return rows.order_by("record__sort_title", "record_id", "library__path")


def libraries_of(campaign: Campaign) -> list[Organization]:
    """Libraries that wish something."""
    ids = Wish.objects.filter(campaign=campaign).values("library")
    return list(Organization.objects.filter(pk__in=ids).order_by("path"))


def public_donors(campaign: Campaign) -> list[tuple[str, int]]:
    """Donors who agreed to be named, and what they gave, the most generous first."""
    rows = Gift.objects.filter(pledge__campaign=campaign, pledge__is_public=True).order_by()
    found = rows.values_list("pledge__name").annotate(n=Sum("quantity"))
    return sorted(found, key=lambda row: (-row[1], row[0]))


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """A library in a campaign's report."""

    library: Organization
    wished: int
    promised: int
    given: int
    amount: Decimal


def by_library(campaign: Campaign, reach: Reach) -> list[LibraryLine]:
    """The report of a campaign by library within reach: three statements."""
    inside = within(reach, "library__path")
    wishes = {
        row["library_id"]: row
        for row in Wish.objects.filter(inside, campaign=campaign)
        .order_by()
        .values("library_id")
        .annotate(a=Sum("wanted"), b=Sum("promised"))
    }
    given: dict[int, tuple[int, Decimal]] = {}
    gifts = Gift.objects.filter(inside, pledge__campaign=campaign).order_by()
    for library_id, price, count in gifts.values_list("library_id", "price").annotate(n=Sum("quantity")):
        copies, amount = given.get(library_id, (0, ZERO))
        given[library_id] = copies + count, amount + price * count
    libraries = Organization.objects.in_bulk([*wishes, *given])
    lines = []
    for pk in {*wishes, *given}:
        row, (copies, amount) = wishes.get(pk, {"a": 0, "b": 0}), given.get(pk, (0, ZERO))
        lines.append(LibraryLine(libraries[pk], row["a"], row["b"], copies, tenge(amount)))
    return sorted(lines, key=lambda line: line.library.path)


def gifts_of(campaign: Campaign, reach: Reach) -> QuerySet[Gift]:
    """Handing-over acts of a campaign within reach, the newest first."""
    rows = Gift.objects.filter(within(reach, "library__path"), pledge__campaign=campaign)
    return rows.select_related("library", "record", "pledge", "act").defer("record__marc").order_by("-on", "-pk")


def gifts_below(node: Organization, year: int) -> QuerySet[Gift]:
    """Handing-over acts of a calendar year of the libraries below a node, the newest first: one statement."""
    rows = Gift.objects.filter(library__path__startswith=node.path, on__year=year)
    rows = rows.select_related("library", "record", "pledge__campaign", "act").defer("record__marc")
    return rows.order_by("-on", "-pk")


def pledges_of(campaign: Campaign, reach: Reach) -> QuerySet[Pledge]:
    """Promises of a campaign within reach: those that wait first."""
    rows = Pledge.objects.filter(within(reach, "library__path"), campaign=campaign)
    waits = Count("pk", filter=Q(state=PledgeState.PROMISED))
    return rows.select_related("library").annotate(waits=waits).order_by("-waits", "-made_at", "-pk")
