"""What the demo's schools have submitted: last year's reports accepted but one, this year's data set on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.organizations.models import Organization
from kitaphana.submissions import services
from kitaphana.submissions.enums import Kind, Move


def build(country: Organization, schools: Sequence[Organization], *, at: datetime) -> None:
    """The first school's report is accepted, the second's waits in the district, the third has sent none and is late."""
    year = clock.day_of(at).year

    def common() -> dict[str, Any]:
        return {"actor": SYSTEM, "at": at, "command_id": ids.new_id()}

    for kind, of_year, on in (
        (Kind.ANNUAL, year - 1, date(year, 1, 20)),
        (Kind.ANNUAL, year, date(year + 1, 1, 20)),
        (Kind.NEDB, year, date(year, 12, 15)),
    ):
        services.set_deadline(node=country, kind=kind, year=of_year, on=on, **common())
    roads = ((Move.SIGN, Move.ACCEPT, Move.ACCEPT), (Move.SIGN,))
    for kind, of_year, entered in ((Kind.ANNUAL, year - 1, {}), (Kind.NEDB, year, {"area": 96, "seats": 32})):
        for school, road in zip(schools, roads, strict=False):
            try:
                one = services.send(
                    library=school, kind=kind, year=of_year, entered=entered, note="Сандар тексерілді", **common()
                )
            except DomainError:
                continue
            for move in road:
                if one.state in ("DIRECTOR", "DISTRICT", "REGION"):
                    one = services.decide(submission=one, move=move, **common())
