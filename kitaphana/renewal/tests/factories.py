"""A published list and what libraries hold of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kitaphana.catalog.matching import work_key
from kitaphana.catalog.models import Record
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.corelist.enums import State
from kitaphana.corelist.models import Version
from kitaphana.corelist.tests.factories import Commission, commission
from kitaphana.fund import services as fund
from kitaphana.fund.tests.factories import AT, receipt, record


def text(title: str, author: str = "Әуезов, Мұхтар", **columns: Any) -> Record:
    """An edition with the key of its text."""
    return record(title, authors=[author], work_key=work_key(title, [author], "kaz", None), **columns)


def published(country: Any, *titles: tuple[Record, dict[str, Any]], team: Commission | None = None) -> Version:
    """A published version of the list of grades 5–9 in Kazakh: records with the facts of their proposals."""
    team = team or commission(country)
    version = team.begin()
    for target, facts in titles:
        team.propose(target, **{"grade_from": None, "grade_to": None, "norm_per_pupils": 2, **facts})
    return team.to(version, State.PUBLISHED)


def hold(library: Any, target: Record, quantity: int, price: str = "2000.00", *, is_counted: bool = False) -> None:
    """Receive copies into the fund."""
    line = fund.ReceiptLine(record=target, quantity=quantity, price=Decimal(price), is_counted=is_counted)
    fund.receive(actor=SYSTEM, library=library, receipt=receipt(line), at=AT, command_id=new_id())
