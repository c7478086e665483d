"""What waits for somebody: a small registry, one function for each thing, one statement each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from kitaphana.acquisitions.enums import UNBOUND, EstimateState
from kitaphana.acquisitions.enums import OrderState as PurchaseState
from kitaphana.acquisitions.models import Estimate, Order
from kitaphana.catalog.enums import ProposalState
from kitaphana.catalog.models import Proposal
from kitaphana.core import clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.money import ZERO
from kitaphana.corelist import boards
from kitaphana.fund.enums import APPROVED_KINDS
from kitaphana.fund.models import Act
from kitaphana.mailings import queries as mailings
from kitaphana.organizations.models import Organization, within
from kitaphana.stocktaking.models import Stocktaking
from kitaphana.submissions import queries as submissions
from kitaphana.textbooks.enums import SuggestionState
from kitaphana.textbooks.models import Suggestion, TextbookOrder
from kitaphana.textbooks.services.ordering import KIND_OF

LONG_COUNT = timedelta(days=30)
"""A stocktaking that is open longer is overdue."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks, when, and the places of their roles."""

    actor: Actor
    today: date
    nodes: tuple[Organization, ...]

    def own(self, permission: Permission) -> list[Organization]:
        """The places where the person has a permission by a role at that very place."""
        paths = {grant.path for grant in self.actor.grants if permission in grant.permissions}
        return [node for node in self.nodes if node.path in paths]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits: how many, since when (or until when), where it is done."""

    label: str
    count: int
    oldest: date | None
    url: str
    icon: str
    is_deadline: bool = False
    """``oldest`` is the nearest day by which it must be done."""


Source = Callable[[Desk], Item | None]
SOURCES: list[Source] = []
"""In the order of the page."""


def source(function: Source) -> Source:
    """Register a function that says what waits; None where the person has nothing to do with it."""
    SOURCES.append(function)
    return function


def desk_of(actor: Actor, today: date) -> Desk:
    """The desk of a person (one statement)."""
    paths = {grant.path for grant in actor.grants}
    return Desk(actor, today, tuple(Organization.objects.filter(path__in=paths).order_by("path")))


def waiting(desk: Desk) -> list[Item]:
    """Everything that waits, the oldest first; deadlines by their day."""
    found = [item for function in SOURCES if (item := function(desk)) is not None and item.count]
    return sorted(found, key=lambda item: item.oldest or desk.today)


def _counted(rows: QuerySet[Any, Any], since: str) -> tuple[int, date | None]:
    row = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    oldest = row["oldest"]
    return row["count"], clock.day_of(oldest) if isinstance(oldest, datetime) else oldest


def _at(name: str, node: Organization) -> str:
    return f"{reverse(name)}?{urlencode({'node': node.code})}"


@source
def textbook_orders(desk: Desk) -> Item | None:
    """Orders that stand at the level of one's own place."""
    nodes = desk.own(Permission.TEXTBOOKS_APPROVE)
    wanted, states = Q(), {kind: state for state, kind in KIND_OF.items()}
    for node in nodes:
        if (state := states.get(node.kind)) is not None:  # type: ignore[call-overload]
            wanted |= Q(state=state, library__path__startswith=node.path)
    if not wanted:
        return None
    count, oldest = _counted(TextbookOrder.objects.filter(wanted), "since")
    return Item(_("Textbook orders to approve"), count, oldest, _at("textbooks:orders", nodes[0]), "document")


@source
def reports(desk: Desk) -> Item | None:
    """Annual reports and data sets that stand at the level of one's own place."""
    nodes = desk.own(Permission.REPORTS_ACCEPT)
    if not nodes:
        return None
    count, oldest = _counted(submissions.waiting(nodes), "since")
    return Item(_("Reports to accept"), count, oldest, _at("submissions:submissions", nodes[0]), "send")


@source
def transfers(desk: Desk) -> Item | None:
    """Suggested transfers of textbooks."""
    nodes = desk.own(Permission.TEXTBOOKS_APPROVE)
    if not nodes:
        return None
    rows = Suggestion.objects.filter(
        within(desk.actor.reach(Permission.TEXTBOOKS_APPROVE), "node__path"), state=SuggestionState.SUGGESTED
    )
    count, oldest = _counted(rows, "made_at")
    return Item(
        _("Transfers of textbooks to approve"), count, oldest, _at("textbooks:redistribution", nodes[0]), "return"
    )


@source
def core_lists(desk: Desk) -> Item | None:
    """Steps and votes of core lists; as many statements as that board takes, whatever the number of lists."""
    mine = [one for one in boards.waiting(desk.actor, desk.today) if one.is_mine]
    oldest = desk.today - timedelta(days=max((one.days for one in mine), default=0))
    return Item(_("Steps of core lists"), len(mine), oldest, reverse("corelist:waiting"), "star")


@source
def estimates(desk: Desk) -> Item | None:
    """Purchase estimates sent for approval."""
    nodes = desk.own(Permission.ACQUISITIONS_APPROVE)
    if not nodes:
        return None
    rows = Estimate.objects.filter(
        within(desk.actor.reach(Permission.ACQUISITIONS_APPROVE), "organization__path"), state=EstimateState.SUBMITTED
    )
    count, oldest = _counted(rows, "made_at")
    return Item(_("Purchase estimates to approve"), count, oldest, _at("acquisitions:estimates", nodes[0]), "money")


@source
def overruns(desk: Desk) -> Item | None:
    """Draft orders to suppliers that cost more than their budget still has."""
    nodes = desk.own(Permission.ACQUISITIONS_APPROVE)
    if not nodes:
        return None
    taken = (
        Order.objects.filter(budget=OuterRef("budget"))
        .exclude(state__in=UNBOUND)
        .order_by()
        .values("budget")
        .annotate(taken=Sum("total"))
        .values("taken")
    )
    rows = (
        Order.objects.filter(
            within(desk.actor.reach(Permission.ACQUISITIONS_APPROVE), "organization__path"),
            state=PurchaseState.DRAFT,
            overrun=0,
        )
        .annotate(taken=Coalesce(Subquery(taken), ZERO))
        .filter(total__gt=F("budget__planned") - F("taken"))
    )
    count, oldest = _counted(rows, "made_at")
    return Item(_("Orders beyond the budget"), count, oldest, _at("acquisitions:orders", nodes[0]), "warning")


@source
def fund_acts(desk: Desk) -> Item | None:
    """Acts of withdrawal that nobody decided on."""
    reach = desk.actor.reach(Permission.FUND_APPROVE)
    if not reach.prefixes:
        return None
    rows = Act.objects.within(reach).filter(kind__in=APPROVED_KINDS, approval__isnull=True, reversed_by__isnull=True)
    count, oldest = _counted(rows, "on")
    return Item(_("Acts of withdrawal to approve"), count, oldest, reverse("fund:approvals"), "check")


@source
def answers(desk: Desk) -> Item | None:
    """Requests from above that wait for an answer."""
    due = mailings.answers_due(desk.actor)
    return Item(_("Letters to answer"), due.count, due.oldest, reverse("mailings:inbox"), "inbox", is_deadline=True)


@source
def unread_letters(desk: Desk) -> Item | None:
    """Letters nobody has opened."""
    count, oldest = mailings.unread_since(desk.actor)
    return Item(_("Unread letters"), count, oldest, reverse("mailings:inbox"), "inbox")


@source
def stocktakings(desk: Desk) -> Item | None:
    """Stocktakings below that have been open too long."""
    nodes = desk.own(Permission.FUND_VIEW)
    if not nodes:
        return None
    rows = Stocktaking.objects.within(desk.actor.reach(Permission.FUND_VIEW)).filter(
        closed_at__isnull=True, started_on__lt=desk.today - LONG_COUNT
    )
    count, oldest = _counted(rows, "started_on")
    url = f"{reverse('workplaces:today')}?{urlencode({'late': 'stocktaking'})}#late"
    return Item(_("Stocktakings overdue"), count, oldest, url, "scan")


@source
def record_proposals(desk: Desk) -> Item | None:
    """Changes of shared records that libraries ask for."""
    reach = desk.actor.reach(Permission.CATALOG_SHARED)
    if not reach.prefixes:
        return None
    count, oldest = _counted(Proposal.objects.within(reach).filter(state=ProposalState.OPEN), "at")
    return Item(_("Proposed changes"), count, oldest, reverse("quality:proposals"), "edit")
