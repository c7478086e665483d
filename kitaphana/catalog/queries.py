"""Reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from kitaphana.catalog import hooks, indexing
from kitaphana.catalog.extraction import FILLABLE, FILLABLE_NUMBERS, from_text
from kitaphana.catalog.matching import match_key
from kitaphana.catalog.models import ImportRun, Record, RecordHeading, RecordSource
from kitaphana.catalog.search.expressions import Expression
from kitaphana.catalog.search.index import Entry, Near, Query, Suggestion
from kitaphana.core.access import Reach
from kitaphana.formats.bibliographic import Description, describe
from kitaphana.formats.isbn import normalize
from kitaphana.formats.marc import MarcRecord
from kitaphana.organizations.models import Organization


def marc_of(record: Record) -> MarcRecord:
    """The record's MARC 21."""
    return from_text(record.marc)


def description_of(record: Record) -> Description:
    """What the record says of the edition: its MARC, and what records merged into it have added to its columns."""
    one = describe(marc_of(record))
    return replace(
        one,
        isbns=tuple(dict.fromkeys((*one.isbns, *record.isbns))),
        subjects=one.subjects or tuple(record.subjects),
        **{name: getattr(one, name) or getattr(record, name) for name in FILLABLE},
        **{
            name: getattr(record, name) if getattr(one, name) is None else getattr(one, name)
            for name in FILLABLE_NUMBERS
        },
    )


def record_by_isbn(isbn: str) -> QuerySet[Record, Record]:
    """Records with an ISBN in any writing; several editions may share one."""
    normal = normalize(isbn)
    if normal is None:
        return Record.objects.none()
    return Record.objects.filter(isbn_keys__isbn=normal, removed_at=None).order_by("-year", "id")


def duplicates_of(description: Description, *, but: Record | None = None) -> list[Record]:
    """Records that may be the same edition: an ISBN in common, or the same title, author and year. At most ten."""
    key = match_key(description)
    same = Q(isbn_keys__isbn__in=description.isbns)
    if key:
        same |= Q(match_key=key)
    found = Record.objects.filter(same, removed_at=None).defer("marc").distinct().order_by("id")
    if but is not None:
        found = found.exclude(pk=but.pk)
    return list(found[:10])


def editions_of(record: Record) -> QuerySet[Record, Record]:
    """Editions and translations of the work that a record is an edition of, newest first; itself among them."""
    if not record.gather_key:
        return Record.objects.filter(pk=record.pk)
    same = Record.objects.filter(gather_key=record.gather_key, removed_at=None)
    return same.defer("marc", "summary").order_by("-year", "pk")


def host_of(record: Record) -> Record | None:
    """The journal or the book that an article or a part stands in, where it is in the catalogue."""
    if not record.host_number:
        return None
    found = Record.objects.filter(control_number=record.host_number).select_related("merged_into").first()
    return (found.merged_into or found) if found else None


def parts_of(record: Record) -> QuerySet[Record, Record]:
    """Articles and other parts that stand in a record, or in one that was merged into it; the latest year first."""
    numbers = Record.objects.filter(Q(pk=record.pk) | Q(merged_into=record)).values("control_number")
    found = Record.objects.filter(host_number__in=numbers, removed_at=None).exclude(host_number="")
    return found.defer("marc", "summary", "contents").order_by("-host_part", "pk")


def authorities_of(record: Record) -> dict[str, int]:
    """Names and subjects of a record that are known: text as the record shows it → authority."""
    rows = RecordHeading.objects.filter(record=record, authority__isnull=False)
    return dict(rows.values_list("text", "authority_id"))


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of search results in their order, with facets and the number of all."""

    total: int
    records: list[Record]
    facets: dict[str, list[tuple[Any, int]]]
    corrections: str | None


def search(
    text: str,
    *,
    filters: Mapping[str, Sequence[Any]] | None = None,
    sort: str = "relevance",
    offset: int = 0,
    limit: int = 20,
    facets: bool = False,
    prefer_library_id: int | None = None,
    expression: Expression | None = None,
    near: Near | None = None,
) -> SearchPage:
    """Search the catalogue: the index finds, one statement reads the records. Filters as in ``search.index.Query``.

    An ``expression`` is asked in place of the text.
    """
    results = indexing.index().search(
        Query(
            text=text,
            filters=filters or {},
            sort=sort,
            offset=offset,
            limit=limit,
            facets=facets,
            prefer_library=prefer_library_id,
            expression=expression,
            near=near,
        )
    )
    found = Record.objects.defer("marc").in_bulk([hit.id for hit in results.hits])
    records = [found[hit.id] for hit in results.hits if hit.id in found]
    return SearchPage(results.total, records, results.facets, results.corrections)


def browse(field: str, start: str = "", *, limit: int = 20, back: int = 0) -> list[Entry]:
    """An alphabetical list of the catalogue from a text on: titles, names, subjects, class numbers, years (``Index.
    browse``)."""
    return indexing.index().browse(field, start, limit, back)


def found_ids(
    text: str,
    *,
    filters: Mapping[str, Sequence[Any]] | None = None,
    sort: str = "relevance",
    most: int = 5_000,
    prefer_library_id: int | None = None,
    near: Near | None = None,
) -> list[int]:
    """The ids of what a search finds, in its order, at most so many. No statement: the index knows them."""
    ids: list[int] = []
    index = indexing.index()
    while len(ids) < most:
        asked = Query(
            text=text,
            filters=filters or {},
            sort=sort,
            offset=len(ids),
            limit=min(_STEP, most - len(ids)),
            prefer_library=prefer_library_id,
            near=near,
        )
        hits = index.search(asked).hits
        ids += [hit.id for hit in hits]
        if len(hits) < asked.limit:
            break
    return ids


_STEP = 1_000
"""So many results the index gives at once."""


def initials(field: str) -> list[str]:
    """The letters with which the headings of an alphabetical list begin."""
    return indexing.index().initials(field)


def suggest(text: str, limit: int = 8, *, library_id: int | None = None) -> list[Suggestion]:
    """Titles and authors to offer while somebody types."""
    return indexing.index().suggest(text, limit=limit, library_id=library_id)


def export_records(library: Organization | None = None, *, chunk: int = 500) -> Iterator[MarcRecord]:
    """Records in the order they came: all, or those that a library holds or has contributed."""
    last = 0
    in_use = Record.objects.filter(removed_at=None)
    while ids := list(in_use.filter(id__gt=last).order_by("id").values_list("id", flat=True)[: chunk * 10]):
        last = ids[-1]
        if library is not None:
            given = RecordSource.objects.filter(library=library, record_id__gte=ids[0], record_id__lte=last)
            contributed = set(given.values_list("record_id", flat=True))
            held = hooks.library_ids_of(ids)
            ids = [pk for pk in ids if pk in contributed or library.pk in held.get(pk, ())]
        for start in range(0, len(ids), chunk):
            wanted = Record.objects.filter(id__in=ids[start : start + chunk]).order_by("id")
            for marc in wanted.values_list("marc", flat=True):
                yield from_text(marc)


def import_runs(reach: Reach) -> QuerySet[ImportRun, ImportRun]:
    """Imports of the libraries in reach, newest first."""
    return ImportRun.objects.within(reach).select_related("library").order_by("-id")
