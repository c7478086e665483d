"""Reads of the authorities."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kitaphana.authorities.keys import key_of
from kitaphana.authorities.models import Authority, HeadingForm
from kitaphana.formats.authority import Authority as Description
from kitaphana.formats.authority import describe_authority
from kitaphana.formats.marc import MarcRecord


def marc_of(authority: Authority) -> MarcRecord:
    """The authority's MARC 21."""
    return MarcRecord.from_json(json.loads(authority.marc))


def description_of(authority: Authority) -> Description:
    """What the authority says."""
    found = describe_authority(marc_of(authority))
    assert found is not None  # services save none without a heading
    return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """An authority that a key leads to."""

    id: int
    dates: str
    is_heading: bool


def candidates(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Candidate]]:
    """Authorities in use by (kind, key); those whose heading it is come first. One statement for 300 keys."""
    pairs = set(wanted)
    keys = sorted({key for _, key in pairs if key})
    found: dict[tuple[str, str], list[Candidate]] = {}
    for start in range(0, len(keys), 300):
        rows = HeadingForm.objects.filter(key__in=keys[start : start + 300], authority__removed_at=None)
        for kind, key, pk, dates, is_heading in rows.order_by("-is_heading", "authority_id").values_list(
            "kind", "key", "authority_id", "authority__dates", "is_heading"
        ):
            if (kind, key) in pairs and all(one.id != pk for one in found.get((kind, key), ())):
                found.setdefault((kind, key), []).append(Candidate(pk, dates, is_heading))
    return found


def by_number(numbers: Iterable[str]) -> dict[str, int]:
    """Ids by control number; the number of a merged one leads to the one in use."""
    wanted = set(numbers)
    if not wanted:
        return {}
    rows = Authority.objects.filter(control_number__in=wanted)
    return {number: into or pk for number, pk, into in rows.values_list("control_number", "pk", "merged_into_id")}


def forms_of(ids: Iterable[int]) -> dict[int, list[str]]:
    """Every form of authorities, the heading included. One statement."""
    found: dict[int, list[str]] = {}
    for pk, text in HeadingForm.objects.filter(authority_id__in=set(ids)).values_list("authority_id", "text"):
        found.setdefault(pk, []).append(text)
    return found


def search(text: str, *, kind: str = "") -> QuerySet[Authority, Authority]:
    """Authorities in use in the order of their headings: all, or those of which a form begins as typed, in any script."""
    found = Authority.objects.filter(removed_at=None).order_by("sort_heading", "id")
    if kind:
        found = found.filter(kind=kind)
    if key := key_of(text):
        forms = HeadingForm.objects.filter(Q(key__startswith=key) | Q(key__contains=f" {key}"))
        found = found.filter(pk__in=forms.values("authority_id"))
    return found
