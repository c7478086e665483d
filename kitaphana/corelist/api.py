"""REST of the core lists: published versions, public to read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kitaphana.core.errors import NotFound
from kitaphana.core.web import paging
from kitaphana.corelist import queries
from kitaphana.corelist.enums import EducationLevel, EntryKind, State
from kitaphana.corelist.models import CoreList, ListEntry, Version
from kitaphana.people.enums import TeachingLanguage

router = Router(tags=["lists"])


class ListOut(Schema):
    """A core list that has a published version."""

    id: int
    level: EducationLevel
    language: TeachingLanguage = Field(description="Language of instruction (ISO 639-2)")
    age_from: int
    age_to: int
    name_kk: str
    name_ru: str
    name_en: str


class Lists(Schema):
    """A page of lists."""

    results: list[ListOut]
    next: str | None


class VersionOut(Schema):
    """A published version."""

    id: int
    list_id: int
    number: int
    published_at: datetime
    digest: str = Field(description="SHA-256 of the last signed step")

    @staticmethod
    def resolve_list_id(version: Version) -> int:
        """The list it belongs to."""
        return version.core_list_id

    @staticmethod
    def resolve_digest(version: Version) -> str:
        """The end of the chain of signed steps."""
        steps = sorted(version.steps.all(), key=lambda step: step.number)
        return steps[-1].digest if steps else ""


class Versions(Schema):
    """A page of versions, the newest first."""

    results: list[VersionOut]
    next: str | None


class EntryOut(Schema):
    """A title of a published version, with the facts as they were then."""

    position: int
    record_id: int
    kind: EntryKind
    title: str
    subtitle: str
    authors: list[str]
    publisher: str
    year: int | None
    isbn: str = Field(description="13 digits, or empty")
    text_language: str = Field(description="MARC language code of the text")
    grade_from: int | None
    grade_to: int | None
    age_from: int
    age_to: int
    norm_per_pupils: int = Field(description="One copy for so many pupils")
    summary: str = Field(description="Annotation of the record as it is now")
    cover_url: str | None

    @staticmethod
    def resolve_subtitle(entry: ListEntry) -> str:
        """The subtitle as published, empty where there is none."""
        return entry.subtitle or ""

    @staticmethod
    def resolve_summary(entry: ListEntry) -> str:
        """The record's annotation."""
        return entry.record.summary

    @staticmethod
    def resolve_cover_url(entry: ListEntry) -> str | None:
        """Address of the cover picture, where there is one."""
        return str(entry.as_book["cover_url"]) or None


class Entries(Schema):
    """A page of titles in the order of the list."""

    results: list[EntryOut]
    next: str | None


Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("", response={200: Lists}, auth=None)
def read_lists(
    request: HttpRequest,
    level: EducationLevel | None = None,
    language: TeachingLanguage | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Lists that have a published version."""
    rows = CoreList.objects.filter(pk__in=Version.objects.filter(state=State.PUBLISHED).values("core_list"))
    if level is not None:
        rows = rows.filter(level=level)
    if language is not None:
        rows = rows.filter(language=language)
    found, following = paging.paginate(rows, cursor, limit)
    return {"results": found, "next": following}


@router.get("/{int:pk}/versions", response={200: Versions}, auth=None)
def read_versions(request: HttpRequest, pk: int, cursor: str | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Published versions of a list, the newest first."""
    if not 0 < pk < 2**63:
        raise NotFound
    rows = Version.objects.filter(core_list=pk, state=State.PUBLISHED)
    if not rows.exists():
        raise NotFound
    found, following = paging.paginate(rows.prefetch_related("steps"), cursor, limit, descending=True)
    return {"results": found, "next": following}


@router.get("/versions/{int:pk}/entries", response={200: Entries}, auth=None)
def read_entries(
    request: HttpRequest,
    pk: int,
    q: Annotated[str, Query(max_length=200)] = "",
    grade: Annotated[int | None, Query(ge=0, le=12)] = None,
    age: Annotated[int | None, Query(ge=0, le=99)] = None,
    kind: EntryKind | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Titles of a published version, narrowed by words or ISBN, grade, age and part of the list."""
    version = Version.objects.filter(pk=pk, state=State.PUBLISHED).first() if 0 < pk < 2**63 else None
    if version is None:
        raise NotFound
    wanted = queries.Wanted(text=q, grade=grade, age=age, kind=kind or "")
    rows = queries.entries_of(version, wanted)
    found, following = paging.paginate(rows, cursor, limit, key="position")
    return {"results": found, "next": following}
