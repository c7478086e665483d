"""How measures are computed from the records: a registry of formulas.

A formula answers for a whole level of the tree at once: numerator and denominator of every branch below a prefix, in
a number of statements that does not depend on how many libraries there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round, Substr
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.acquisitions.enums import BudgetKind, EstimateState
from kitaphana.acquisitions.models import Budget, Estimate, Payment
from kitaphana.circulation.models import Loan, StockLoan
from kitaphana.corelist.enums import EducationLevel, State
from kitaphana.corelist.models import CoreList, Expert, Version
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.fund.enums import ActKind, FundType, ReceiptSource
from kitaphana.fund.models import LedgerEntry
from kitaphana.indicators.enums import Measure as Kept
from kitaphana.indicators.models import Rollup
from kitaphana.monitoring.enums import Measure
from kitaphana.monitoring.models import Report
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category
from kitaphana.people.models import Membership
from kitaphana.renewal import coverage
from kitaphana.renewal.models import Coverage
from kitaphana.roadmap.models import YearValue
from kitaphana.stocktaking.models import Stocktaking

COUNTED_WITHIN = 5
"""Years in which every fund is to be counted once."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What is divided by what. A denominator of 0: there is nothing to compare with, so no value."""

    numerator: Decimal | int
    denominator: Decimal | int


Pairs = dict[str, Pair]
"""By path of the branch."""


@dataclass(frozen=True)
class Scope:
    """Branches of the tree and a year. ``depth``: characters of a branch's path; that of the prefix means it alone."""

    prefix: str
    depth: int
    year: int

    @property
    def first(self) -> date:
        """1 January."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """31 December."""
        return date(self.year, 12, 31)

    def branch(self, field: str) -> Substr:
        """The path of the branch that a row belongs to; ``field`` is its node's path."""
        return Substr(field, 1, self.depth)

    def rows(self, rows: QuerySet[Any, Any], node: str) -> QuerySet[Any, Any]:
        """Rows inside the prefix with their ``branch``; ``node``: name of the foreign key to the tree."""
        field = f"{node}__path" if node else "path"
        found: QuerySet[Any, Any] = (
            rows.filter(**{f"{field}__startswith": self.prefix})
            .order_by()
            .annotate(branch=self.branch(field))
            .values("branch")
        )
        return found

    @property
    def nodes(self) -> QuerySet[Any, Any]:
        """Ids of the branches, to be put into another query: the index of its nodes then serves."""
        depth = self.depth // Organization.steplen
        found: QuerySet[Any, Any] = Organization.objects.filter(path__startswith=self.prefix, depth=depth)
        return found.order_by().values("pk")

    @cached_property
    def flags(self) -> dict[str, dict[str, int]]:
        """How many libraries of each branch there are, and how many do what the formulas ask: one statement for all
        of them."""
        mine = {"library": OuterRef("pk")}
        funds = FundType.values  # with the fund named, the index of the ledger serves
        year = {"on__range": (self.first, self.last)}
        tells = {
            "lends": Exists(Loan.objects.filter(**mine, lent_on__range=(self.first, self.last)))
            | Exists(StockLoan.objects.filter(**mine, lent_on__range=(self.first, self.last))),
            "receives": Exists(LedgerEntry.objects.filter(**mine, fund__in=funds, **year, quantity__gt=0)),
            "keeps": Exists(LedgerEntry.objects.filter(**mine, fund__in=funds, on__lte=self.last)),
            "writes": Exists(Report.objects.filter(**mine, year=self.year)),
            "counts": Exists(
                Stocktaking.objects.filter(
                    **mine, closed_on__range=(date(self.year - COUNTED_WITHIN + 1, 1, 1), self.last)
                )
            ),
        }
        libraries = Organization.objects.filter(is_library=True, is_closed=False).annotate(**tells)
        counted = self.rows(libraries, "").annotate(
            libraries=Count("pk"),
            working=Count("pk", filter=Q(lends=True) | Q(receives=True)),
            keeping=Count("pk", filter=Q(keeps=True)),
            writing=Count("pk", filter=Q(writes=True)),
            counting=Count("pk", filter=Q(counts=True)),
        )
        return {row["branch"]: row for row in counted}

    @cached_property
    def lists(self) -> dict[str, dict[str, int]]:
        """The core lists of each branch: all, with a group, with experts, published; one statement."""
        published = Version.objects.filter(
            core_list=OuterRef("pk"), state=State.PUBLISHED, published_at__year__lte=self.year
        )
        found = self.rows(
            CoreList.objects.filter(made_at__year__lte=self.year).annotate(
                is_published=Exists(published),
                is_judged=Exists(
                    Expert.objects.filter(core_list=OuterRef("pk"), appointed_at__year__lte=self.year).exclude(
                        dismissed_at__year__lte=self.year
                    )
                ),
            ),
            "organization",
        ).annotate(
            all=Count("pk"),
            grouped=Count("pk", filter=Q(group__isnull=False)),
            judged=Count("pk", filter=Q(is_judged=True)),
            published=Count("pk", filter=Q(is_published=True)),
            levels=Count("level", filter=Q(is_published=True), distinct=True),
        )
        return {row["branch"]: row for row in found}


def _of_libraries(name: str) -> Callable[[Scope], Pairs]:
    def count(scope: Scope) -> Pairs:
        return {path: Pair(row[name], row["libraries"]) for path, row in scope.flags.items()}

    return count


def _of_lists(name: str) -> Callable[[Scope], Pairs]:
    def count(scope: Scope) -> Pairs:
        return {path: Pair(row[name], row["all"]) for path, row in scope.lists.items()}

    return count


def _levels(scope: Scope) -> Pairs:
    return {path: Pair(row["levels"], len(EducationLevel)) for path, row in scope.lists.items()}


def _approved(scope: Scope) -> Pairs:
    """Versions that have left the working stage; of these, both ministries have signed the approved ones."""
    found = scope.rows(
        Version.objects.filter(begun_at__year__lte=scope.year).exclude(state=State.DRAFT), "core_list__organization"
    ).annotate(all=Count("pk"), done=Count("pk", filter=Q(state__in=[State.APPROVED, State.PUBLISHED])))
    return {row["branch"]: Pair(row["done"], row["all"]) for row in found}


def _coverage(scope: Scope) -> Pairs:
    versions = [version.pk for version in coverage.published_versions()]
    found = scope.rows(Coverage.objects.filter(version__in=versions), "library").annotate(
        provided=Sum("provided"), needed=Sum("needed")
    )
    return {row["branch"]: Pair(row["provided"], row["needed"]) for row in found}


def _renewed(scope: Scope) -> Pairs:
    """By the roll-ups of the indicators: what came in all months of the year, and what stands at its last one."""
    rows = Rollup.objects.filter(
        node__in=scope.nodes,
        measure__in=[Kept.RECEIVED, Kept.COPIES],
        month__range=(scope.first, scope.last),
    )
    received: dict[str, int] = defaultdict(int)
    copies: dict[str, int] = {}
    for path, measure, value in rows.order_by("month").values_list("node__path", "measure", "value"):
        if measure == Kept.RECEIVED:
            received[path] += value
        else:
            copies[path] = value
    return {path: Pair(received.get(path, 0), number) for path, number in copies.items()}


def _works(scope: Scope) -> Pairs:
    works = CurriculumWork.objects.filter(
        Q(last_year__isnull=True) | Q(last_year__gte=scope.year), first_year__lte=scope.year
    ).annotate(has_edition=Exists(WorkEdition.objects.filter(work=OuterRef("pk"), is_left_out=False)))
    found = scope.rows(works, "organization").annotate(
        all=Count("pk"), described=Count("pk", filter=Q(has_edition=True))
    )
    return {row["branch"]: Pair(row["described"], row["all"]) for row in found}


def _estimates(scope: Scope) -> Pairs:
    # A returned estimate is made anew as the next version: only the last one of each counts.
    found = scope.rows(Estimate.objects.filter(year=scope.year, next_version__isnull=True), "organization").annotate(
        all=Count("pk"), approved=Count("pk", filter=Q(state=EstimateState.APPROVED))
    )
    return {row["branch"]: Pair(row["approved"], row["all"]) for row in found}


def _tiyn(field: str) -> Sum:
    """A sum of money as whole tiyn, so that no database adds floats."""
    return Sum(Cast(Round(F(field) * 100), BigIntegerField()))


def _tenge(tiyn: int | None) -> Decimal:
    return Decimal(tiyn or 0) / 100


def _planned(scope: Scope, *kinds: BudgetKind) -> dict[str, Decimal]:
    rows = Budget.objects.filter(year=scope.year, kind__in=kinds or BudgetKind.values)
    found = scope.rows(rows, "organization").annotate(tiyn=_tiyn("planned"))
    return {row["branch"]: _tenge(row["tiyn"]) for row in found}


def _spent(scope: Scope) -> Pairs:
    paid = scope.rows(Payment.objects.filter(order__budget__year=scope.year), "order__budget__organization").annotate(
        tiyn=_tiyn("amount")
    )
    sums = {row["branch"]: _tenge(row["tiyn"]) for row in paid}
    return {path: Pair(sums.get(path, Decimal(0)), planned) for path, planned in _planned(scope).items()}


def _fiction(scope: Scope) -> Pairs:
    readers = Membership.objects.filter(category=Category.PUPIL, left_on__isnull=True)
    pupils = scope.rows(readers, "library").annotate(n=Count("pk"))
    planned = _planned(scope, BudgetKind.FICTION)
    return {row["branch"]: Pair(planned.get(row["branch"], Decimal(0)), row["n"]) for row in pupils}


def _fiction_at_a_look(scope: Scope) -> Pairs:
    """The same with the pupils as they were counted by night: three million of them are not counted at each look."""
    kept = YearValue.objects.filter(
        measure__formula="fiction_per_pupil",
        year=scope.year,
        node__in=scope.nodes,
    )
    pupils = dict(kept.values_list("node__path", "denominator"))
    if not pupils:  # the first day: no night has passed
        return _fiction(scope)
    planned = _planned(scope, BudgetKind.FICTION)
    return {path: Pair(planned.get(path, Decimal(0)), number) for path, number in pupils.items()}


def _gifts(scope: Scope) -> Pairs:
    rows = LedgerEntry.objects.filter(
        act__source=ReceiptSource.GIFT,
        act__kind=ActKind.RECEIPT,
        act__reversed_by__isnull=True,
        on__range=(scope.first, scope.last),
        quantity__gt=0,
    )
    found = scope.rows(rows, "library").annotate(n=Sum("quantity"))
    return {row["branch"]: Pair(row["n"], 1) for row in found}


@dataclass(frozen=True, slots=True)
class Door:
    """A page with the records behind a value."""

    words: str | Promise
    name: str
    args: tuple[str, ...] = ()
    node: str = "node"
    """Under which name the page is told the node; empty: it is the same for all."""
    has_year: bool = False
    """The page is told the days of the year too."""
    more: tuple[tuple[str, str], ...] = ()

    def address(self, node: Organization, year: int) -> str:
        """Where the page stands, for a node and a year; empty where there is no such page."""
        try:
            address = reverse(self.name, args=self.args)
        except NoReverseMatch:
            return ""
        asked = {self.node: node.code} if self.node else {}
        if self.has_year:
            asked |= {"since": f"{year}-01-01", "until": f"{year}-12-31"}
        asked |= dict(self.more)
        return f"{address}?{urlencode(asked)}" if asked else address


@dataclass(frozen=True, slots=True)
class Formula:
    """A way to compute a measure. ``is_of_any_year``: records tell it for past years too, else only as of now."""

    key: str
    words: str | Promise
    numerator: str | Promise
    denominator: str | Promise
    count: Callable[[Scope], Pairs]
    is_of_any_year: bool = True
    doors: tuple[Door, ...] = ()
    at_a_look: Callable[[Scope], Pairs] | None = None
    """A quicker way for pages where ``count`` reads too many rows; by night all values are made by ``count``."""

    def now(self, scope: Scope) -> Pairs:
        """The pairs for a page."""
        return (self.at_a_look or self.count)(scope)


_LIBRARIES = _("libraries that work")
_LOANS = Door(_("Loans of the year"), "monitoring:records", (Measure.LOANS.value,), has_year=True)
_RECEIVED = Door(_("Copies received in the year"), "monitoring:records", (Measure.RECEIVED.value,), has_year=True)
_COPIES = Door(_("Copies in the fund"), "monitoring:records", (Measure.COPIES.value,))
_ROUTE = Door(_("Core lists and their versions"), "corelist:overview", node="")
_BUDGETS = Door(_("Budgets"), "acquisitions:budgets")

FORMULAS: dict[str, Formula] = {
    one.key: one
    for one in (
        Formula(
            "coverage",
            _(
                "Copies of the titles of the published core lists that libraries hold, but no more of a title than is "
                "needed, divided by the copies needed for the pupils."
            ),
            _("copies provided"),
            _("copies needed"),
            _coverage,
            is_of_any_year=False,
            doors=(Door(_("Coverage title by title"), "renewal:overview", more=(("only", "all"),)), _RECEIVED),
        ),
        Formula(
            "renewed",
            _("Copies without textbooks received in the year, divided by all copies without textbooks in the funds."),
            _("copies received"),
            _("copies in the funds"),
            _renewed,
            doors=(_RECEIVED, _COPIES),
        ),
        Formula(
            "working",
            _("Libraries that lent or received something in the system in the year, divided by all libraries."),
            _("libraries with loans or receipts"),
            _LIBRARIES,
            _of_libraries("working"),
            doors=(_LOANS, _RECEIVED),
        ),
        Formula(
            "fund_in_system",
            _("Libraries whose fund stands in the books of the system, divided by all libraries."),
            _("libraries with a fund in the books"),
            _LIBRARIES,
            _of_libraries("keeping"),
            doors=(_COPIES,),
        ),
        Formula(
            "papers_kept",
            _("Libraries with a signed diary or annual report made from data in the year, divided by all libraries."),
            _("libraries with signed papers"),
            _LIBRARIES,
            _of_libraries("writing"),
            doors=(Door(_("Annual report"), "monitoring:annual", node="library"),),
        ),
        Formula(
            "fund_counted",
            _("Libraries that ended a stocktaking in this year or the four before it, divided by all libraries."),
            _("libraries counted"),
            _LIBRARIES,
            _of_libraries("counting"),
            doors=(_COPIES,),
        ),
        Formula(
            "gifts",
            _("Volumes that came into the funds in the year by acts of receipt whose source is a gift."),
            _("volumes received as gifts"),
            "",
            _gifts,
            doors=(_RECEIVED,),
        ),
        Formula(
            "lists_with_group",
            _("Core lists that a working group is charged with, divided by all core lists."),
            _("lists with a working group"),
            _("core lists"),
            _of_lists("grouped"),
            is_of_any_year=False,
            doors=(Door(_("Working groups"), "corelist:groups", node=""),),
        ),
        Formula(
            "levels_with_list",
            _("Levels of education that have a published core list, divided by the six levels."),
            _("levels with a published list"),
            _("levels of education"),
            _levels,
            doors=(_ROUTE,),
        ),
        Formula(
            "lists_with_experts",
            _("Core lists whose commission has experts, divided by all core lists."),
            _("lists with experts"),
            _("core lists"),
            _of_lists("judged"),
            doors=(_ROUTE,),
        ),
        Formula(
            "lists_published",
            _("Core lists that everyone can search and download, divided by all core lists."),
            _("lists published"),
            _("core lists"),
            _of_lists("published"),
            doors=(_ROUTE,),
        ),
        Formula(
            "versions_approved",
            _("Versions of core lists signed by both ministries, divided by the versions given to the experts."),
            _("versions signed by both"),
            _("versions given to experts"),
            _approved,
            is_of_any_year=False,
            doors=(_ROUTE,),
        ),
        Formula(
            "works_with_editions",
            _("Works of the reading list that editions of the catalogue are tied to, divided by all its works."),
            _("works with editions"),
            _("works of the reading list"),
            _works,
            is_of_any_year=False,
            doors=(Door(_("Works of the curriculum"), "reading:works", node=""),),
        ),
        Formula(
            "estimates_approved",
            _("Approved estimates of purchases of the year, divided by all estimates of the year."),
            _("estimates approved"),
            _("estimates made"),
            _estimates,
            is_of_any_year=False,
            doors=(Door(_("Estimates"), "acquisitions:estimates"),),
        ),
        Formula(
            "budget_spent",
            _("Money paid for orders, divided by the budgets of the year for purchases."),
            _("paid, ₸"),
            _("budgets, ₸"),
            _spent,
            doors=(_BUDGETS,),
        ),
        Formula(
            "fiction_per_pupil",
            _("Budgets of the year for fiction, divided by the pupils who are readers (counted by night)."),
            _("budgets for fiction, ₸"),
            _("pupils"),
            _fiction,
            is_of_any_year=False,
            at_a_look=_fiction_at_a_look,
            doors=(_BUDGETS, Door(_("Registered readers"), "monitoring:records", (Measure.READERS.value,))),
        ),
    )
}
