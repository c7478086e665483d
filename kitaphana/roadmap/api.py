"""REST of the roadmap: the board, a measure by place and by year, the history of its targets."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.web import paging
from kitaphana.core.web.page import Request
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.roadmap import queries
from kitaphana.roadmap.enums import Counting, Light, Origin, Unit
from kitaphana.roadmap.models import FIRST_YEAR, LAST_YEAR, TargetChange

router = Router(tags=["roadmap"])

Year = Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR)]


class LineOut(Schema):
    """A measure in a year: what was to be reached and what was."""

    year: int
    target: Decimal | None = Field(description="Of the year alone")
    added: Decimal | None = Field(description="Of all years up to this one, where yearly targets add up")
    goal: Decimal | None = Field(description="What the value is compared with")
    value: Decimal | None
    origin: Origin = Field(description="Computed from records, entered by people, or none")
    numerator: Decimal | None
    denominator: Decimal | None
    light: Light

    @staticmethod
    def resolve_value(line: queries.YearLine) -> Decimal | None:
        """As it is shown."""
        return line.actual.value

    @staticmethod
    def resolve_origin(line: queries.YearLine) -> Origin:
        """Where the value comes from."""
        return line.actual.origin

    @staticmethod
    def resolve_numerator(line: queries.YearLine) -> Decimal | None:
        """What was divided."""
        return line.actual.numerator

    @staticmethod
    def resolve_denominator(line: queries.YearLine) -> Decimal | None:
        """By what it was divided."""
        return line.actual.denominator


class MeasureOut(Schema):
    """A measure of the roadmap."""

    code: str
    direction: str
    name_kk: str
    name_ru: str
    name_en: str
    owner_kk: str
    owner_ru: str
    owner_en: str
    unit: Unit
    counting: Counting
    formula: str = Field(description="Key of the formula; empty: the value is entered by people")

    @staticmethod
    def resolve_direction(measure: Any) -> str:
        """Code of the direction."""
        return str(measure.direction.code)


class RowOut(Schema):
    """A measure on the board."""

    measure: MeasureOut
    line: LineOut
    evidence: int


class BoardOut(Schema):
    """The board of a node."""

    node: str
    year: int
    results: list[RowOut]


class PlaceOut(Schema):
    """A measure at a child of the node."""

    node: str
    name_kk: str
    line: LineOut


class MeasureBoardOut(Schema):
    """A measure at a node: the asked year, all years, the places below."""

    measure: MeasureOut
    node: str
    line: LineOut
    years: list[LineOut]
    places: list[PlaceOut]


class ChangeOut(Schema):
    """A change of a target."""

    id: int
    node: str
    year: int
    old: Decimal | None
    new: Decimal
    reason: str
    at: datetime
    by_name: str

    @staticmethod
    def resolve_node(change: TargetChange) -> str:
        """Code of the node."""
        return change.target.node.code

    @staticmethod
    def resolve_year(change: TargetChange) -> int:
        """Year of the target."""
        return change.target.year


class Changes(Schema):
    """A page of changes, the newest first."""

    results: list[ChangeOut]
    next: str | None


def _node(request: HttpRequest, code: str) -> Organization:
    """The node of a code within reach."""
    actor = cast("Request", request).actor
    if not actor.may_somewhere(Permission.NUMBERS_VIEW):
        raise NotAllowed
    return organizations.organization_by_code(code, actor.reach(Permission.NUMBERS_VIEW))


@router.get("/board", response={200: BoardOut})
def read_board(request: HttpRequest, node: str, year: Year | None = None) -> dict[str, Any]:
    """Every measure of a node in a year (the running one, where none is asked)."""
    place, today = _node(request, node), clock.today()
    sections = queries.board(place, year or today.year, today=today)
    return {
        "node": place.code,
        "year": year or today.year,
        "results": [row for section in sections for row in section.rows],
    }


@router.get("/measures/{code}", response={200: MeasureBoardOut})
def read_measure(request: HttpRequest, code: str, node: str, year: Year | None = None) -> dict[str, Any]:
    """A measure at a node by year and by place below it."""
    place, measure, today = _node(request, node), queries.measure_by_code(code), clock.today()
    asked = year or today.year
    below = [] if place.is_library else queries.places(place, measure, asked, today=today)
    return {
        "measure": measure,
        "node": place.code,
        "line": queries.year_of(place, measure, asked, today=today),
        "years": queries.years_of(place, measure, today=today),
        "places": [{"node": one.node.code, "name_kk": one.node.name_kk, "line": one.line} for one in below],
    }


@router.get("/measures/{code}/changes", response={200: Changes})
def read_changes(
    request: HttpRequest,
    code: str,
    node: str,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Changes of the targets that a node is held to."""
    place, measure = _node(request, node), queries.measure_by_code(code)
    rows, following = paging.paginate(queries.history(place, measure), cursor, limit, descending=True)
    return {"results": rows, "next": following}
