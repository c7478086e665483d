"""What the demo's schools order and plan: textbook orders at two levels, the renewal of a district."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.organizations.models import Organization
from kitaphana.renewal import coverage
from kitaphana.renewal import services as renewal
from kitaphana.renewal.errors import NothingToPlan
from kitaphana.textbooks import services as textbooks
from kitaphana.textbooks.enums import OrderMove
from kitaphana.textbooks.errors import NothingToOrder

YEARLY = Decimal("60000.00")
"""Tenge a year that the demo's district has for the core lists."""


def build(schools: Sequence[Organization], district: Organization, *, at: datetime) -> None:
    """The first school's order waits for its director, the second's for the district, the third has sent none."""
    moves = ([OrderMove.SEND], [OrderMove.SEND, OrderMove.APPROVE])
    for school, steps in zip(schools, moves, strict=False):
        try:
            order = textbooks.make_order(
                actor=SYSTEM,
                library=school,
                school_year=clock.school_year(clock.day_of(at)),
                at=at,
                command_id=ids.new_id(),
            )
        except NothingToOrder:
            continue
        for move in steps:
            order = textbooks.step(actor=SYSTEM, order=order, move=move, at=at, command_id=ids.new_id())
    for school in schools:
        coverage.count(school, at=at)
    for version in coverage.published_versions():
        try:
            renewal.make_plan(
                actor=SYSTEM,
                node=district,
                version=version,
                first_year=clock.day_of(at).year,
                budgets=[YEARLY] * renewal.YEARS,
                at=at,
                command_id=ids.new_id(),
            )
        except NothingToPlan:
            continue
