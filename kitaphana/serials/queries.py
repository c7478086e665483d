"""What is known of subscriptions and issues."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from kitaphana.core.access import Reach
from kitaphana.core.errors import NotFound
from kitaphana.organizations.models import Organization
from kitaphana.serials.models import Claim, Issue, Subscription, Volume

AHEAD = 7
"""Days ahead that the page of arrivals shows."""


def subscriptions(library: Organization) -> QuerySet[Subscription, Subscription]:
    """The subscriptions of a library, those that still run first, with how many issues were expected so far and came."""
    rows: QuerySet[Subscription, Subscription] = (
        Subscription.objects.filter(library=library)
        .select_related("record", "supplier")
        .defer("record__marc", "record__summary", "record__contents")
        .annotate(
            issue_count=Count("issues", filter=Q(issues__is_cancelled=False)),
            here_count=Count("issues", filter=Q(issues__received__gte=1)),
            last_on=Max("issues__received_on"),
        )
        .order_by("-ends_on", "record__sort_title", "pk")
    )
    return rows


def subscription_within(pk: int, reach: Reach) -> Subscription:
    """A subscription of a library that one may see.

    :raises NotFound: there is none.
    """
    rows: QuerySet[Subscription, Subscription] = Subscription.objects.within(reach)
    found = rows.select_related("library", "record", "supplier").filter(pk=min(pk, 2**62)).first()
    if found is None:
        raise NotFound()
    return found


def _one_within(model: Any, pk: int, reach: Reach) -> Any:
    found = (
        model.objects.select_related("subscription__library", "subscription__record").filter(pk=min(pk, 2**62)).first()
    )
    if found is None or not reach.covers(found.subscription.library.path):
        raise NotFound()
    return found


def issue_within(pk: int, reach: Reach) -> Issue:
    """An issue at a library that one may see.

    :raises NotFound: there is none.
    """
    found: Issue = _one_within(Issue, pk, reach)
    return found


def claim_within(pk: int, reach: Reach) -> Claim:
    """A claim of a library that one may see.

    :raises NotFound: there is none.
    """
    found: Claim = _one_within(Claim, pk, reach)
    return found


def volume_within(pk: int, reach: Reach) -> Volume:
    """A bound volume of a library that one may see.

    :raises NotFound: there is none.
    """
    found: Volume = _one_within(Volume, pk, reach)
    return found


def awaited(library: Organization, today: date) -> QuerySet[Issue, Issue]:
    """Issues that have not come, or not in full, expected until a week from now; the oldest first."""
    return (
        Issue.objects.filter(
            subscription__library=library, is_cancelled=False, received__lt=F("subscription__quantity"), volume=None,
            expected_on__lte=today + timedelta(days=AHEAD),
        )
        .select_related("subscription__record")
        .defer("subscription__record__marc", "subscription__record__summary", "subscription__record__contents")
        .order_by("expected_on", "subscription__record__sort_title", "pk")
    )  # fmt: skip


def next_of(library: Organization, issn: str, today: date) -> Issue | None:
    """The issue of a periodical that should come next."""
    return awaited(library, today).filter(subscription__record__issn=issn).first()


def label_of(issues: Collection[Issue]) -> str:
    """Year and numbers as they stand on a spine: «2026, № 1–6, 8»."""
    parts = []
    for year in sorted({one.year for one in issues}):
        names = [one.number for one in issues if one.year == year]
        plain = sorted(int(name) for name in names if name.isdecimal())
        runs: list[list[int]] = []
        for number in plain:
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        words = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
        words += [name for name in names if not name.isdecimal()]
        parts.append(f"{year}, № {', '.join(words)}")
    return "; ".join(parts)[:100]


def received_numbers(record_id: int) -> dict[int, str]:
    """What libraries have of a periodical, the latest year first: «2026, № 1–5; 2025, № 1–12». One statement."""
    rows = Issue.objects.filter(subscription__record=record_id, received__gte=1).annotate(
        library=F("subscription__library")
    )
    by_library: dict[int, list[Issue]] = {}
    for row in rows:
        by_library.setdefault(row.library, []).append(row)
    return {
        library: "; ".join(
            label_of([one for one in issues if one.year == year])
            for year in sorted({one.year for one in issues}, reverse=True)
        )
        for library, issues in by_library.items()
    }
