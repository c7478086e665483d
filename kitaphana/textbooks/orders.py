"""Reading textbook orders: a school's own, the consolidation of a district or a region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Substr

from kitaphana.core.access import Permission, Reach
from kitaphana.organizations.models import Organization, within
from kitaphana.textbooks.enums import OrderState
from kitaphana.textbooks.errors import OrderNotFound
from kitaphana.textbooks.models import ProvisionTotal, TextbookOrder, TextbookOrderLine

VIEW = Permission.TEXTBOOKS_VIEW
FINAL = Coalesce("region_quantity", "district_quantity", "quantity")
"""Volumes of a line after the levels that have decided."""
SENT = (OrderState.DISTRICT, OrderState.REGION, OrderState.APPROVED, OrderState.CLOSED)
"""States in which an order has left its school."""
_AMOUNT = Sum(F("price") * FINAL, output_field=DecimalField(max_digits=18, decimal_places=2))


def order_within(pk: int, reach: Reach) -> TextbookOrder:
    """An order of a library within reach.

    :raises OrderNotFound: there is none, or out of reach.
    """
    rows = TextbookOrder.objects.select_related("library").filter(within(reach, "library__path"), pk=pk)
    found: TextbookOrder | None = rows.first()
    if found is None:
        raise OrderNotFound
    return found


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list: volumes and tenge as they stand."""

    order: TextbookOrder
    titles: int
    volumes: int
    amount: Decimal


def orders_of(node: Organization, school_year: int) -> list[OrderLine]:
    """The orders of the libraries below a node, in the order of the tree: two statements."""
    rows = (
        TextbookOrder.objects.filter(library__path__startswith=node.path, school_year=school_year)
        .select_related("library")
        .order_by("library__path", "number")
    )
    orders = list(rows)
    sums = {
        row["order_id"]: row
        for row in TextbookOrderLine.objects.filter(order__in=rows.order_by().values("pk"))
        .order_by()
        .values("order_id")
        .annotate(titles=Count("pk", filter=~Q(quantity=0)), volumes=Sum(FINAL), tenge=_AMOUNT)
    }
    lines = []
    for order in orders:
        row = sums.get(order.pk)
        titles, volumes, tenge = (row["titles"], row["volumes"], row["tenge"]) if row else (0, 0, None)
        lines.append(OrderLine(order, titles, volumes or 0, tenge or Decimal(0)))
    return lines


def late(node: Organization, school_year: int) -> QuerySet[Organization]:
    """Libraries below a node that lack textbooks and have sent no order: who is late."""
    lacking = ProvisionTotal.objects.filter(
        library__path__startswith=node.path, school_year=school_year, deficit__gt=0
    ).values("library")
    sent = TextbookOrder.objects.filter(
        library__path__startswith=node.path, school_year=school_year, state__in=SENT
    ).values("library")
    found: QuerySet[Organization] = Organization.objects.filter(pk__in=lacking).exclude(pk__in=sent)
    return found.order_by("path")


@dataclass(frozen=True, slots=True)
class PlaceOrders:
    """The orders below a child of a node."""

    place: Organization
    orders: int
    waiting: int
    """Of these, still at the school or its district."""
    volumes: int
    amount: Decimal


def by_child(node: Organization, children: Iterable[Organization], school_year: int) -> list[PlaceOrders]:
    """The sent orders below a node by child, added up by the database: one statement."""
    depth = len(node.path) + Organization.steplen
    rows = (
        TextbookOrderLine.objects.filter(
            order__library__path__startswith=node.path, order__school_year=school_year, order__state__in=SENT
        )
        .annotate(branch=Substr("order__library__path", 1, depth))
        .order_by()
        .values("branch")
        .annotate(
            orders=Count("order", distinct=True),
            waiting=Count("order", distinct=True, filter=Q(order__state=OrderState.DISTRICT)),
            volumes=Sum(FINAL),
            tenge=_AMOUNT,
        )
    )
    found = {row["branch"]: row for row in rows}
    return [
        PlaceOrders(
            child,
            found[child.path]["orders"],
            found[child.path]["waiting"],
            found[child.path]["volumes"] or 0,
            found[child.path]["tenge"] or Decimal(0),
        )
        for child in children
        if child.path in found
    ]


@dataclass(frozen=True, slots=True)
class TitleOrders:
    """A title over the sent orders below a node."""

    title_id: int | None
    grade: int
    language: str
    name: str
    schools: int
    asked: int
    volumes: int
    amount: Decimal


def by_title(node: Organization, school_year: int) -> list[TitleOrders]:
    """The sent orders below a node by title, added up by the database: one statement."""
    rows = (
        _sent_lines(node, school_year)
        .order_by()
        .values("title_id", "grade", "language", "name")
        .annotate(
            schools=Count("order__library", distinct=True),
            asked=Sum("quantity"),
            volumes=Sum(FINAL),
            tenge=_AMOUNT,
        )
        .order_by("grade", "language", "name", "title_id")
    )
    return [
        TitleOrders(
            row["title_id"], row["grade"], row["language"], row["name"], row["schools"], row["asked"], row["volumes"],
            row["tenge"] or Decimal(0),
        )
        for row in rows
    ]  # fmt: skip


def _sent_lines(node: Organization, school_year: int) -> QuerySet[TextbookOrderLine]:
    return TextbookOrderLine.objects.filter(
        order__library__path__startswith=node.path, order__school_year=school_year, order__state__in=SENT
    ).exclude(quantity=0, district_quantity__isnull=True, region_quantity__isnull=True)


def shares(node: Organization, school_year: int, title_id: int | None = None) -> QuerySet[TextbookOrderLine]:
    """The lines of the sent orders below a node with their schools: the distribution by school."""
    rows = _sent_lines(node, school_year)
    if title_id is not None:
        rows = rows.filter(title=title_id)
    return rows.select_related("order__library").order_by(
        "grade", "language", "name", "title_id", "order__library__path"
    )
