"""Who is late below a place: organisations by what they owe, one statement for each thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.circulation.models import Loan, StockLoan
from kitaphana.core import clock
from kitaphana.mailings import queries as mailings
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import STEP
from kitaphana.stocktaking.models import Stocktaking
from kitaphana.submissions import queries as submissions
from kitaphana.textbooks import orders
from kitaphana.workplaces.waiting import LONG_COUNT

QUIET = timedelta(days=30)
"""A library that noted no loan for so long is asked why."""
PATIENCE = timedelta(days=7)
"""A letter without a day of its own is to be read within so long."""

Found = Callable[[Organization, date], QuerySet[Organization]]


@dataclass(frozen=True, slots=True)
class Debt:
    """Something that organisations owe."""

    code: str
    label: str | Promise
    subject: str | Promise
    """Of the letter that asks for it."""
    found: Found


def _below(node: Organization) -> QuerySet[Organization]:
    rows: QuerySet[Organization] = Organization.objects.filter(path__startswith=node.path, is_closed=False)
    return rows.exclude(pk=node.pk)


def letters(node: Organization, today: date) -> QuerySet[Organization]:
    """Those with a letter unread for a week, or a request past its day."""
    owing = mailings.late(node, today, patience=today - PATIENCE).values("organization")
    return _below(node).filter(pk__in=owing)


def stocktaking(node: Organization, today: date) -> QuerySet[Organization]:
    """Libraries whose stocktaking has been open too long."""
    long = Stocktaking.objects.filter(
        library__path__startswith=node.path, closed_at__isnull=True, started_on__lt=today - LONG_COUNT
    ).values("library")
    return _below(node).filter(pk__in=long)


def quiet(node: Organization, today: date) -> QuerySet[Organization]:
    """Libraries that noted no loan for a month; the index of loans by library and day answers for each."""
    lately = {"library": OuterRef("pk"), "lent_on__gte": today - QUIET}
    return _below(node).filter(
        ~Exists(Loan.objects.filter(**lately)) & ~Exists(StockLoan.objects.filter(**lately)), is_library=True
    )


def textbook_order(node: Organization, today: date) -> QuerySet[Organization]:
    """Libraries that lack textbooks and have sent no order."""
    return orders.late(node, clock.school_year(today)).filter(~Q(pk=node.pk), is_closed=False)


def report(node: Organization, today: date) -> QuerySet[Organization]:
    """Libraries that have not sent a report whose day is over."""
    return submissions.late(node, today).exclude(pk=node.pk)


DEBTS: tuple[Debt, ...] = (
    Debt("reports", _("Report not sent in time"), _("Report of your library"), report),
    Debt("letters", _("Letters not read or not answered"), _("A letter waits for you"), letters),
    Debt("orders", _("Textbook order not sent"), _("Textbook order"), textbook_order),
    Debt("quiet", _("No loans noted for 30 days"), _("Loans in your library"), quiet),
    Debt("stocktaking", _("Stocktaking overdue"), _("Stocktaking of your fund"), stocktaking),
)


def debt_of(code: str) -> Debt | None:
    """The thing of a code; None where there is none."""
    return next((one for one in DEBTS if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A child of a place: how many organisations in it owe what, in the order of ``DEBTS``."""

    node: Organization
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All debts together."""
        return sum(self.counts)


def by_child(node: Organization, children: list[Organization], today: date) -> list[Line]:
    """What is owed in each child, who owes most first; one statement for each thing."""
    depth = len(node.path) + STEP
    counted = []
    for debt in DEBTS:
        rows = (
            debt.found(node, today)
            .annotate(branch=Substr("path", 1, depth))
            .order_by()
            .values_list("branch")
            .annotate(number=Count("pk"))
        )
        counted.append(dict(rows))
    lines = [Line(child, tuple(found.get(child.path, 0) for found in counted)) for child in children]
    return sorted((line for line in lines if line.total), key=lambda line: (-line.total, line.node.path))
