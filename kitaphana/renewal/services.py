"""Commands of renewal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import numpy as np
from django.db import transaction

from kitaphana.acquisitions import queries as acquisitions_queries
from kitaphana.acquisitions.models import Estimate
from kitaphana.acquisitions.services import EstimateLineInput, create_estimate
from kitaphana.catalog.models import Record
from kitaphana.core import audit, clock
from kitaphana.core.access import SYSTEM, Actor, Permission
from kitaphana.core.money import tenge
from kitaphana.corelist.models import Version
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.renewal import coverage, planning, queries
from kitaphana.renewal.coverage import Sheet
from kitaphana.renewal.enums import Action
from kitaphana.renewal.errors import BadBudget, NothingToPlan, TooWide
from kitaphana.renewal.models import Plan, PlanPart
from kitaphana.renewal.planning import Cells, Ints

YEARS = 5
"""Years of the roadmap's measure: 20 % a year (L6)."""
WIDE = frozenset({OrganizationKind.COUNTRY, OrganizationKind.REGION})


@transaction.atomic
def make_plan(
    *,
    actor: Actor,
    node: Organization,
    version: Version,
    first_year: int,
    budgets: Sequence[Decimal | None],
    at: datetime,
    command_id: UUID | None = None,
) -> Plan:
    """Plan a library or a district anew from what it needs and holds now; the plan before stays for comparison.

    ``budgets``: tenge for each year, None where money is not limited. Years that are over stay as they were planned;
    what came in this year counts for its step and its money.

    :raises NothingToPlan: nothing is missing and there is no plan.
    :raises BadBudget: a negative sum, or no year at all.
    :raises TooWide: the node is a region or the country.
    """
    actor.require(Permission.RENEWAL_PLAN, node.path)
    if (first := audit.repeated(command_id)) is not None:
        return Plan.objects.get(pk=first.object_id)
    if node.kind in WIDE:
        raise TooWide
    if not 1 <= len(budgets) <= 10 or any(budget is not None and budget < 0 for budget in budgets):
        raise BadBudget
    # One plan of a node at a time.
    list(Organization.objects.select_for_update(no_key=True, of=("self",)).filter(pk=node.pk).values_list("pk"))
    today = clock.day_of(at)
    one = coverage.sheet(node, version, today)
    cells = one.cells()
    former = Plan.objects.filter(node=node, core_list=version.core_list_id, is_current=True).first()
    over = max(0, min(today.year - first_year, len(budgets))) if former else 0
    if not len(cells.missing) and former is None:
        raise NothingToPlan
    money = [None if budget is None else int(tenge(budget) * 100) for budget in budgets[over:]]
    done, spent = _received(node, one, first_year + over, today)
    if money and money[0] is not None:
        money[0] = max(money[0] - spent, 0)
    years = planning.plan(cells, money, done) if money else []
    Plan.objects.filter(node=node, core_list=version.core_list_id, is_current=True).update(is_current=False)
    plan = Plan.objects.create(
        node=node,
        version=version,
        core_list_id=version.core_list_id,
        first_year=first_year,
        budgets=[None if budget is None else str(tenge(budget)) for budget in budgets],
        needed=int(one.needed.sum()),
        provided=int(one.provided.sum()),
        made_by_id=actor.user_id,
        made_at=at,
    )
    parts = _parts(plan, one, cells, dict(zip(plan.years[over:], years, strict=True)), done)
    if former is not None and over:
        parts += [
            PlanPart(
                plan=plan,
                library_id=part.library_id,
                year=part.year,
                copies=part.copies,
                received=part.received,
                amount=part.amount,
                lines=part.lines,
            )
            for part in former.parts.filter(year__lt=today.year, year__in=plan.years)
        ]
    PlanPart.objects.bulk_create(parts, batch_size=100)
    audit.record(
        actor,
        Action.PLAN,
        plan,
        at=at,
        library_id=node.pk if node.is_library else None,
        command_id=command_id,
        after={"node": node.code, "list": version.core_list_id, "missing": plan.needed - plan.provided},
    )
    return plan


@transaction.atomic
def make_estimate(*, actor: Actor, plan: Plan, year: int, at: datetime, command_id: UUID | None = None) -> Estimate:
    """An estimate of what a year of a plan buys, at the latest price lists, else at the plan's prices.

    :raises NothingToPlan: the plan buys nothing in that year.
    """
    actor.require(Permission.ACQUISITIONS_MANAGE, plan.node.path)
    titles, libraries = queries.titles_of(plan, year, plan.node)
    if not titles:
        raise NothingToPlan
    records = Record.objects.in_bulk([title.entry.record_id for title in titles])
    known = acquisitions_queries.latest_prices(plan.node, list(records), on=clock.day_of(at))
    lines = [
        EstimateLineInput(
            records[title.entry.record_id],
            libraries[library],
            count,
            None if title.entry.record_id in known else title.price,
        )
        for title in titles
        for library, count in title.libraries
    ]
    return create_estimate(
        actor=actor,
        organization=plan.node,
        year=year,
        title=plan.version.core_list.name,
        lines=lines,
        at=at,
        command_id=command_id,
    )


def _received(node: Organization, one: Sheet, year: int, today: date) -> tuple[Ints | None, int]:
    """What libraries received of the list's texts in ``year``, where it is this one: copies of each, tiyn of all."""
    if year != today.year:
        return None, 0
    row_of = {library.pk: row for row, library in enumerate(one.libraries)}
    done, spent = np.zeros(len(one.libraries), dtype=np.int64), 0
    for library_id, price, copies in queries.receipts(node, one.version, year):
        if library_id in row_of:
            done[row_of[library_id]] += copies
        spent += int(price * 100) * copies
    return done, spent


def _parts(plan: Plan, one: Sheet, cells: Cells, years: Mapping[int, Ints], done: Ints | None) -> list[PlanPart]:
    order = np.lexsort((cells.title, cells.library))
    parts = []
    for year, bought in years.items():
        lines: dict[int, list[list[object]]] = {}
        sums: dict[int, tuple[int, int]] = {}
        for cell in order[bought[order] > 0].tolist():
            library, count, price = int(cells.library[cell]), int(bought[cell]), int(cells.price[cell])
            entry = one.entries[int(cells.title[cell])]
            lines.setdefault(library, []).append([entry.pk, count, f"{price // 100}.{price % 100:02d}"])
            copies, amount = sums.get(library, (0, 0))
            sums[library] = copies + count, amount + count * price
        came = (
            {} if done is None or year != min(years) else {row: int(done[row]) for row in np.flatnonzero(done).tolist()}
        )
        for library in sorted({*sums, *came}):
            copies, amount = sums.get(library, (0, 0))
            parts.append(
                PlanPart(
                    plan=plan,
                    library=one.libraries[library],
                    year=year,
                    copies=copies,
                    received=came.get(library, 0),
                    amount=Decimal(amount) / 100,
                    lines=lines.get(library, []),
                )
            )
    return parts


@transaction.atomic
def follow_plan(*, plan: Plan, at: datetime) -> Plan | None:
    """Plan anew, with the same years and money, where what is needed or held has changed since; None where nothing has.

    The program does it by night: books arrive and wear out, pupils come and go, a new version of the list is published.
    """
    version = coverage.in_force(plan.core_list_id) or plan.version
    sums = coverage.sums(plan.node, version)
    is_over = clock.day_of(at).year > plan.years[-1]
    if is_over or (sums.needed, sums.provided, version.pk) == (plan.needed, plan.provided, plan.version_id):
        return None
    return make_plan(
        actor=SYSTEM,
        node=plan.node,
        version=version,
        first_year=plan.first_year,
        budgets=[None if budget is None else Decimal(budget) for budget in plan.budgets],
        at=at,
    )
