"""REST of campaigns «Give a book»: what everybody may see. Promises and donors are not there."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kitaphana.campaigns import queries
from kitaphana.campaigns.enums import CampaignState
from kitaphana.campaigns.errors import CampaignNotFound
from kitaphana.campaigns.models import Campaign, Wish
from kitaphana.core import clock
from kitaphana.core.web import paging

router = Router(tags=["campaigns"])

Limit = Annotated[int, Query(ge=1, le=200)]


class CampaignOut(Schema):
    """A campaign that everybody may see."""

    id: int
    name_kk: str
    name_ru: str
    name_en: str
    text: str
    organization_code: str = Field(description="Code of the organisation that holds it")
    first: date
    last: date
    state: CampaignState

    @staticmethod
    def resolve_organization_code(campaign: Campaign) -> str:
        """Code of the organisation that holds it."""
        return campaign.organization.code


class Campaigns(Schema):
    """A page of campaigns."""

    results: list[CampaignOut]
    next: str | None


class Counter(Schema):
    """The public counter of a campaign, in copies."""

    campaign_id: int
    wished: int
    promised: int = Field(description="Promised and not brought yet")
    given: int
    donors: int
    percent: int = Field(description="Given of what was wished, whole per cent")


class WishOut(Schema):
    """Copies of a title that a library wishes."""

    id: int
    record_id: int
    title: str
    authors: list[str]
    library_code: str
    library_name: str
    wanted: int
    left: int = Field(description="Copies that nobody has promised yet")

    @staticmethod
    def resolve_title(wish: Wish) -> str:
        """Title of the edition."""
        return wish.record.title

    @staticmethod
    def resolve_authors(wish: Wish) -> list[str]:
        """Authors of the edition."""
        return list(wish.record.authors)

    @staticmethod
    def resolve_library_code(wish: Wish) -> str:
        """Code of the library."""
        return wish.library.code

    @staticmethod
    def resolve_library_name(wish: Wish) -> str:
        """Name of the library in the language asked for."""
        return wish.library.name


class Wishes(Schema):
    """A page of wishes."""

    results: list[WishOut]
    next: str | None


def _public(pk: int) -> Campaign:
    if not 0 < pk < 2**63:
        raise CampaignNotFound
    return queries.public_campaign(pk)


@router.get("", response={200: Campaigns}, auth=None)
def read_campaigns(request: HttpRequest, cursor: str | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Campaigns that take promises today."""
    found, following = paging.paginate(queries.open_campaigns(clock.today()), cursor, limit)
    return {"results": found, "next": following}


@router.get("/{int:pk}/counter", response={200: Counter}, auth=None)
def read_counter(request: HttpRequest, pk: int) -> dict[str, Any]:
    """How much of a campaign was wished, promised and given."""
    counted = queries.counter(_public(pk))
    names = ("wished", "promised", "given", "donors", "percent")
    return {"campaign_id": pk, **{name: getattr(counted, name) for name in names}}


@router.get("/{int:pk}/wishes", response={200: Wishes}, auth=None)
def read_wishes(
    request: HttpRequest, pk: int, only_left: bool = True, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """What the libraries of a campaign wish; by default only what somebody may still promise."""
    rows = queries.wishes_of(_public(pk), only_left=only_left)
    found, following = paging.paginate(rows, cursor, limit)
    return {"results": found, "next": following}
