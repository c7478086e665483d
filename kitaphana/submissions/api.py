"""REST of submissions: states, and the data sets of the national education database."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from kitaphana.core.access import Permission
from kitaphana.core.web import paging
from kitaphana.organizations.models import within
from kitaphana.submissions import exports, queries
from kitaphana.submissions.enums import Kind, State
from kitaphana.submissions.models import Submission

router = Router(tags=["submissions"])


class SubmissionOut(Schema):
    """A report or data set and where it is."""

    id: int
    library: str
    kind: Kind
    year: int
    version: int
    state: State
    sent_at: datetime
    digest: str

    @staticmethod
    def resolve_library(one: Submission) -> str:
        """Code of the library."""
        return one.library.code


class Submissions(Schema):
    """A page of submissions."""

    results: list[SubmissionOut]
    next: str | None


@router.get("", response=Submissions)
def submissions(
    request: Any,
    kind: Kind | None = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Submissions of the libraries within reach, in the order they were made."""
    rows = Submission.objects.filter(within(request.actor.reach(Permission.NUMBERS_VIEW), "library__path"))
    if kind is not None:
        rows = rows.filter(kind=kind)
    if year is not None:
        rows = rows.filter(year=year)
    found, following = paging.paginate(rows.select_related("library").defer("content"), cursor, limit)
    return {"results": found, "next": following}


@router.get("/{int:pk}", response=dict[str, Any])
def one(request: HttpRequest, pk: int) -> Any:
    """A submission with its frozen figures."""
    reach = request.actor.reach(Permission.NUMBERS_VIEW)  # type: ignore[attr-defined]  # set by the middleware
    return exports.as_dict(queries.submission_within(pk, reach))
