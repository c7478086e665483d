"""Names and subjects of records, and the authorities they are known as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db.models import Q

from kitaphana.authorities import queries as authorities
from kitaphana.authorities.enums import Kind
from kitaphana.authorities.keys import key_of
from kitaphana.authorities.models import HeadingForm
from kitaphana.catalog.enums import HeadingRole
from kitaphana.catalog.extraction import from_text
from kitaphana.catalog.models import Record, RecordHeading
from kitaphana.catalog.works import gather_key
from kitaphana.core import bulk, changes
from kitaphana.formats.authority import heading_text
from kitaphana.formats.bibliographic import clean, describe
from kitaphana.formats.marc import Field, MarcRecord

_ROLES: Final = {
    "100": (HeadingRole.AUTHOR, Kind.PERSON), "700": (HeadingRole.AUTHOR, Kind.PERSON),
    "110": (HeadingRole.AUTHOR, Kind.BODY), "710": (HeadingRole.AUTHOR, Kind.BODY),
    "111": (HeadingRole.AUTHOR, Kind.BODY), "711": (HeadingRole.AUTHOR, Kind.BODY),
    "600": (HeadingRole.SUBJECT, Kind.PERSON), "610": (HeadingRole.SUBJECT, Kind.BODY),
    "650": (HeadingRole.SUBJECT, Kind.SUBJECT), "651": (HeadingRole.SUBJECT, Kind.SUBJECT),
    "648": (HeadingRole.SUBJECT, Kind.SUBJECT), "653": (HeadingRole.SUBJECT, Kind.SUBJECT),
    "830": (HeadingRole.SERIES, Kind.SERIES), "490": (HeadingRole.SERIES, Kind.SERIES),
}  # fmt: skip
_NOT_DIGITS: Final = re.compile(r"\D")


def headings_of(marc: MarcRecord) -> list[tuple[RecordHeading, str]]:
    """The headings of a record, not saved and without a record, each with the number in its $0 (may be empty)."""
    found: dict[tuple[str, str, str], tuple[RecordHeading, str]] = {}
    for one in marc.fields:
        known = _ROLES.get(one.tag)
        if known is None or (one.tag[0] == "7" and one.get("t")):
            continue
        role, kind = known
        texts = [clean(text) for text in one.all("a")] if one.tag == "653" else [_text(one)]
        for text in texts:
            key = key_of(text)
            if key:
                dates = clean(one.get("d") or "")[:60] if kind == Kind.PERSON else ""
                heading = RecordHeading(role=role, kind=kind, text=text, key=key, dates=dates)
                found.setdefault((role, kind, key), (heading, _number(one)))
    return list(found.values())


def _text(one: Field) -> str:
    if one.tag == "490":
        return clean(one.get("a") or "")
    if one.tag == "600":
        # A person as a subject; what is said of them («-- Биография») is no part of the name.
        return clean(" ".join(one.all("abcq")))
    return heading_text(one)


def _number(one: Field) -> str:
    """The control number in $0, without the agency in parentheses."""
    return (one.get("0") or "").rpartition(")")[2].strip()


def resolved(marcs: Sequence[MarcRecord]) -> list[list[RecordHeading]]:
    """The headings of records with the authorities they are known as; not saved, without their records.

    Two statements (one more for each 300 different keys).
    """
    found = [headings_of(marc) for marc in marcs]
    numbers = authorities.by_number(number for rows in found for _, number in rows if number)
    keys = {(row.kind, row.key) for rows in found for row, _ in rows}
    candidates = authorities.candidates(keys) if keys else {}
    for rows in found:
        for row, number in rows:
            row.authority_id = numbers.get(number) or _chosen(row, candidates)
    return [[row for row, _ in rows] for rows in found]


def first_author(rows: Iterable[RecordHeading]) -> int | None:
    """The authority of the first author among the headings of a record."""
    first = next((row for row in rows if row.role == HeadingRole.AUTHOR), None)
    return first.authority_id if first is not None else None


def store(rows_by_record: Mapping[int, Sequence[RecordHeading]], *, are_new: bool = False) -> None:
    """Save the headings of records in place of those they had (``are_new``: they had none)."""
    if not are_new:
        RecordHeading.objects.filter(record__in=list(rows_by_record)).delete()
    rows = []
    for pk, found in rows_by_record.items():
        for row in found:
            row.record_id = pk
            rows.append(row)
    bulk.insert(rows)


def _chosen(row: RecordHeading, found: Mapping[tuple[str, str], Sequence[authorities.Candidate]]) -> int | None:
    """The one authority that a heading can mean: by its dates, else where no other is known under the key."""
    candidates = found.get((row.kind, row.key), ())
    if row.dates:
        years = _NOT_DIGITS.sub("", row.dates)
        same = [one for one in candidates if _NOT_DIGITS.sub("", one.dates) == years]
        if len(same) == 1:
            return same[0].id
        candidates = [one for one in candidates if not one.dates]
    if len(candidates) == 1:
        return candidates[0].id
    agreed = [one for one in candidates if one.is_heading]
    return agreed[0].id if len(agreed) == 1 else None


CHUNK: Final = 500


def relink(authority_ids: Sequence[int]) -> None:
    """After authorities have changed: their headings are looked at anew, and the records searched under the new forms."""
    forms = HeadingForm.objects.filter(authority__in=authority_ids).values_list("kind", "key")
    condition = Q(authority__in=authority_ids)
    by_kind: dict[str, list[str]] = {}
    for kind, key in forms:
        by_kind.setdefault(kind, []).append(key)
    for kind, keys in by_kind.items():
        condition |= Q(kind=kind, key__in=keys)
    last = 0
    while ids := _next(condition, last):
        last = ids[-1]
        refresh(ids)
        changes.note("catalog.record", ids)


def _next(condition: Q, last: int) -> list[int]:
    rows = RecordHeading.objects.filter(condition, record_id__gt=last)
    return list(rows.order_by("record_id").values_list("record_id", flat=True).distinct()[:CHUNK])


def refresh(ids: Iterable[int]) -> None:
    """Headings and works of records from their MARC anew."""
    records = list(
        Record.objects.filter(pk__in=list(ids), removed_at=None).only("pk", "marc", "gather_key").order_by("pk")
    )
    marcs = [from_text(record.marc) for record in records]
    rows = resolved(marcs)
    changed = []
    for record, marc, found in zip(records, marcs, rows, strict=True):
        key = gather_key(marc, describe(marc), first_author(found))
        if key != record.gather_key:
            record.gather_key = key
            changed.append(record)
    store({record.pk: found for record, found in zip(records, rows, strict=True)})
    if changed:
        Record.objects.bulk_update(changed, ["gather_key"], batch_size=200)


def forms_by_record(ids: Sequence[int]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Forms under which the names and subjects of records are known besides their own: record → role → forms. Two
    statements."""
    rows = list(
        RecordHeading.objects.filter(record__in=ids, authority__isnull=False).values_list(
            "record_id", "role", "authority_id"
        )
    )
    if not rows:
        return {}
    forms = authorities.forms_of(authority for _, _, authority in rows)
    found: dict[int, dict[str, dict[str, None]]] = {}
    for record_id, role, authority in rows:
        found.setdefault(record_id, {}).setdefault(role, {}).update(dict.fromkeys(forms.get(authority, ())))
    return {pk: {role: tuple(texts) for role, texts in roles.items()} for pk, roles in found.items()}
