"""Who is best below a place: a few shares out of roll-ups, against last year where it was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.core import clock
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import STEP
from kitaphana.renewal.models import Coverage
from kitaphana.textbooks.models import ProvisionTotal


@dataclass(frozen=True, slots=True)
class Value:
    """A share in whole percent; ``before`` a year earlier, None where it was not kept."""

    now: int
    before: int | None = None

    @property
    def growth(self) -> int | None:
        """Percentage points against last year."""
        return None if self.before is None else self.now - self.before


Values = Mapping[str, Value]
"""By the path of the child."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the ranking."""

    code: str
    label: str | Promise
    values: Callable[[Organization, date], Values]


def _depth(node: Organization) -> int:
    return len(node.path) + STEP


def lists(node: Organization, today: date) -> Values:
    """Coverage of the core lists: Σ min(held, needed) ÷ Σ needed over the counted libraries."""
    rows = (
        Coverage.objects.filter(library__path__startswith=node.path)
        .annotate(branch=Substr("library__path", 1, _depth(node)))
        .order_by()
        .values_list("branch")
        .annotate(provided=Sum("provided"), needed=Sum("needed"))
    )
    return {branch: Value(provided * 100 // needed) for branch, provided, needed in rows if needed}


def textbooks(node: Organization, today: date) -> Values:
    """Provision with textbooks, with that of the school year before."""
    year = clock.school_year(today)
    rows = (
        ProvisionTotal.objects.filter(library__path__startswith=node.path, school_year__in=[year - 1, year])
        .annotate(branch=Substr("library__path", 1, _depth(node)))
        .order_by()
        .values_list("branch", "school_year")
        .annotate(provided=Sum("provided"), needed=Sum("needed"))
    )
    shares: dict[tuple[str, int], int] = {
        (branch, of): provided * 100 // needed for branch, of, provided, needed in rows if needed
    }
    return {
        branch: Value(share, shares.get((branch, year - 1))) for (branch, of), share in shares.items() if of == year
    }


MEASURES: tuple[Measure, ...] = (
    Measure("lists", _("Coverage of the core lists, %"), lists),
    Measure("textbooks", _("Provision with textbooks, %"), textbooks),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A child of a place in the ranking."""

    place: int
    node: Organization
    values: tuple[Value | None, ...]


def ranking(node: Organization, children: list[Organization], today: date, by: str = "") -> list[Line]:
    """The children that have the figure asked for, best first; equal figures share a place. A statement a figure."""
    chosen = next((number for number, one in enumerate(MEASURES) if one.code == by), 0)
    columns = [one.values(node, today) for one in MEASURES]
    rows = [(child, tuple(column.get(child.path) for column in columns)) for child in children]
    rows = [row for row in rows if any(value is not None for value in row[1])]

    def figure(values: tuple[Value | None, ...]) -> int:
        value = values[chosen]
        return -1 if value is None else value.now

    rows.sort(key=lambda row: (-figure(row[1]), row[0].path))
    lines: list[Line] = []
    for number, (child, values) in enumerate(rows, start=1):
        is_equal = bool(lines) and figure(lines[-1].values) == figure(values)
        lines.append(Line(lines[-1].place if is_equal else number, child, values))
    return lines
