"""What must hold of campaigns; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from kitaphana.campaigns.enums import PledgeState
from kitaphana.campaigns.models import Gift, Pledge, Wish
from kitaphana.core.checks import Violation
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of campaigns that does not hold, for one library or everywhere."""
    mine = Q() if library is None else Q(library=library)
    promised = Coalesce(
        Sum(F("pledges__quantity") - F("pledges__given"), filter=Q(pledges__state=PledgeState.PROMISED)), 0
    )
    given = Coalesce(Sum("pledges__given"), 0)
    wishes = Wish.objects.filter(mine).annotate(of_pledges=promised, of_gifts=given)
    for pk in wishes.exclude(promised=F("of_pledges"), given=F("of_gifts")).values_list("pk", flat=True):
        yield Violation("campaigns.wish_differs", "A wish is not what its promises add up to.", {"wish": pk})
    pledges = Pledge.objects.filter(mine).annotate(came=Coalesce(Sum("gifts__quantity"), 0))
    for pk in pledges.exclude(given=F("came")).values_list("pk", flat=True):
        yield Violation("campaigns.pledge_differs", "A promise is not what its gifts add up to.", {"pledge": pk})
    for row in (
        Gift.objects.filter(mine)
        .order_by()
        .values("library_id", "year")
        .annotate(count=Count("pk"), highest=Max("number"))
    ):
        if row["highest"] != row["count"]:
            yield Violation("campaigns.numbers_have_gap", "Numbers of handing-over acts have a gap.", dict(row))
