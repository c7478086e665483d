"""Who is best below a place: reading and provision out of roll-ups, against the year before where it was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock
from kitaphana.indicators import queries as indicators
from kitaphana.indicators.registry import INDICATORS
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import STEP
from kitaphana.renewal.models import Coverage
from kitaphana.textbooks.models import ProvisionTotal


@dataclass(frozen=True, slots=True)
class Value:
    """A figure; ``before`` a year earlier, None where it was not kept."""

    now: Decimal
    before: Decimal | None = None

    @property
    def growth(self) -> Decimal | None:
        """The change against the year before, in units of the figure."""
        return None if self.before is None else self.now - self.before


Values = Mapping[str, Value]
"""By the path of the child."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the ranking."""

    code: str
    label: str | Promise


MEASURES: tuple[Measure, ...] = (
    Measure("U1", INDICATORS["U1"].name),
    Measure("U3", INDICATORS["U3"].name),
    Measure("R1", INDICATORS["R1"].name),
    Measure("lists", _("Coverage of the core lists, %")),
    Measure("textbooks", _("Provision with textbooks, %")),
)


def _depth(node: Organization) -> int:
    return len(node.path) + STEP


def _reading(node: Organization, children: Sequence[Organization], today: date) -> dict[str, Values]:
    """The reading indicators of the calendar year so far and of the whole year before: a statement each."""
    codes = ("U1", "U3", "R1")
    now, before = (
        {child.path: values for child, values in indicators.by_child(node, children, year, codes)}
        for year in (today.year, today.year - 1)
    )
    found: dict[str, dict[str, Value]] = {code: {} for code in codes}
    for path, values in now.items():
        for code in codes:
            if (value := values[code].value) is not None:
                found[code][path] = Value(value, before[path][code].value if path in before else None)
    return dict(found)


def _share(part: int, whole: int) -> Decimal:
    """Whole percent, rounded down: nobody reaches 100 with something missing."""
    return Decimal(part * 100 // whole)


def _lists(node: Organization, children: Sequence[Organization], today: date) -> dict[str, Values]:
    """Coverage of the core lists: Σ min(held, needed) ÷ Σ needed over the counted libraries."""
    rows = (
        Coverage.objects.filter(library__path__startswith=node.path)
        .annotate(branch=Substr("library__path", 1, _depth(node)))
        .order_by()
        .values_list("branch")
        .annotate(provided=Sum("provided"), needed=Sum("needed"))
    )
    return {"lists": {branch: Value(_share(provided, needed)) for branch, provided, needed in rows if needed}}


def _textbooks(node: Organization, children: Sequence[Organization], today: date) -> dict[str, Values]:
    """Provision with textbooks, with that of the school year before."""
    year = clock.school_year(today)
    rows = (
        ProvisionTotal.objects.filter(library__path__startswith=node.path, school_year__in=[year - 1, year])
        .annotate(branch=Substr("library__path", 1, _depth(node)))
        .order_by()
        .values_list("branch", "school_year")
        .annotate(provided=Sum("provided"), needed=Sum("needed"))
    )
    shares: dict[tuple[str, int], Decimal] = {
        (branch, of): _share(provided, needed) for branch, of, provided, needed in rows if needed
    }
    return {
        "textbooks": {
            branch: Value(share, shares.get((branch, year - 1))) for (branch, of), share in shares.items() if of == year
        }
    }


SOURCES: tuple[Callable[[Organization, Sequence[Organization], date], dict[str, Values]], ...] = (
    _reading,
    _lists,
    _textbooks,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A child of a place in the ranking; values in the order of ``MEASURES``."""

    place: int
    node: Organization
    values: tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The children that have any figure, best first by the figure ``by``."""

    by: str
    lines: tuple[Line, ...]


def ranking(node: Organization, children: Sequence[Organization], today: date, by: str = "") -> Ranking:
    """Rank the children of a place by a figure (unknown or empty: the first that anybody has); equal figures share a
    place. Four statements, however many libraries are below.
    """
    found: dict[str, Values] = {}
    for source in SOURCES:
        found |= source(node, children, today)
    if by not in found:
        by = next((one.code for one in MEASURES if found[one.code]), MEASURES[0].code)
    rows = [(child, tuple(found[one.code].get(child.path) for one in MEASURES)) for child in children]
    rows = [row for row in rows if any(value is not None for value in row[1])]

    def figure(child: Organization) -> Decimal:
        value = found[by].get(child.path)
        return Decimal(-1) if value is None else value.now

    rows.sort(key=lambda row: (-figure(row[0]), row[0].path))
    lines: list[Line] = []
    for number, (child, values) in enumerate(rows, start=1):
        is_equal = bool(lines) and figure(lines[-1].node) == figure(child)
        lines.append(Line(lines[-1].place if is_equal else number, child, values))
    return Ranking(by, tuple(lines))
