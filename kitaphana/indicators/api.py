"""REST of the indicators."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.indicators import queries
from kitaphana.indicators.enums import Unit
from kitaphana.indicators.registry import INDICATORS
from kitaphana.organizations import queries as organizations

router = Router(tags=["indicators"])


class DefinitionOut(Schema):
    """An indicator's definition in the language of the request."""

    code: str
    standard: str = Field(description="Its name in ISO 11620 or ISO 2789, empty where they have none")
    name: str
    definition: str
    formula: str
    unit: Unit
    source: str
    owner: str


class Definitions(Schema):
    """All of them."""

    results: list[DefinitionOut]


class ValueOut(Schema):
    """An indicator of a node in a year."""

    code: str
    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None = Field(description="Empty where there is nothing to divide by; a share is in per cent")


class ValuesOut(Schema):
    """Indicators of a node."""

    node: str
    year: int
    results: list[ValueOut]


@router.get("/definitions", response=Definitions)
def definitions(request: HttpRequest) -> Any:
    """The registry of indicators."""
    return {
        "results": [
            {
                "code": one.code, "standard": one.standard, "name": str(one.name), "definition": str(one.definition),
                "formula": str(one.formula), "unit": one.unit, "source": str(one.source), "owner": str(one.owner),
            }
            for one in INDICATORS.values()
        ]
    }  # fmt: skip


@router.get("/values", response=ValuesOut)
def values(
    request: Any,
    node: Annotated[str, Query(description="Code of an organisation", max_length=20)],
    year: Annotated[
        int | None, Query(description="Calendar year; this one where it is missing", ge=2000, le=2100)
    ] = None,
) -> Any:
    """The indicators of an organisation, a district, a region or the country in a calendar year."""
    place = organizations.organization_by_code(node, request.actor.reach(Permission.NUMBERS_VIEW))
    asked = year or clock.today().year
    found = queries.values(place, asked)
    return {"node": place.code, "year": asked, "results": list(found.values())}
