"""REST of people: readers within the caller's reach."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from kitaphana.core.access import Permission
from kitaphana.core.errors import NotAllowed
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request
from kitaphana.core.web.paging import paginate
from kitaphana.organizations.queries import organization_by_code
from kitaphana.people import queries
from kitaphana.people.models import Membership

router = Router(tags=["people"])


class ReaderOut(Schema):
    """A person as a reader of one library."""

    id: int
    """Of the person."""
    membership_id: int
    card: str
    name: str
    category: str
    class_name: Annotated[str | None, Field(serialization_alias="class")]
    library: str
    """Code of the library."""
    valid_until: date
    left_on: date | None


class ReadersOut(Schema):
    """A page of readers; ``next`` goes back as ``cursor``."""

    results: list[ReaderOut]
    next: str | None


def _answer(one: Membership) -> ReaderOut:
    return ReaderOut(
        id=one.person_id,
        membership_id=one.pk,
        card=one.card_number,
        name=one.person.full_name,
        category=one.category,
        class_name=one.school_class.name if one.school_class else None,
        library=one.library.code,
        valid_until=one.valid_until,
        left_on=one.left_on,
    )


@router.get("", response=ReadersOut, operation_id="people_list", summary="Readers within reach", by_alias=True)
@router.get("/", response=ReadersOut, operation_id="people_list_slash", include_in_schema=False, by_alias=True)
def people(
    request: HttpRequest,
    card: Annotated[str, Query(max_length=40, description="Exact card number, also as a scanner types it.")] = "",
    q: Annotated[str, Query(max_length=200, description="Name in any spelling, or the beginning of a card.")] = "",
    library: Annotated[str, Query(max_length=20, description="Code of a library.")] = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReadersOut:
    """Readers of the libraries where the caller may see people; a card finds readers who have left as well."""
    actor = cast("Request", request).actor
    if not actor.may_somewhere(Permission.PEOPLE_VIEW):
        raise NotAllowed()
    reach = actor.reach(Permission.PEOPLE_VIEW)
    scope = organization_by_code(library, reach) if library else reach
    found = queries.readers(scope, text=q, with_former=bool(card))
    if card:
        found = found.filter(card_number=decode_scan(card))
    rows, following = paginate(found, cursor, limit)
    return ReadersOut(results=[_answer(row) for row in rows], next=following)
