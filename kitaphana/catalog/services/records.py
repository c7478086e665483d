"""Describing one edition."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from kitaphana.catalog import errors, headings, hooks
from kitaphana.catalog.extraction import extract, from_text, set_author_mark, to_text
from kitaphana.catalog.models import Record, RecordIsbn, RecordSource, RecordVersion
from kitaphana.catalog.services.locking import lock_new_records
from kitaphana.catalog.works import gather_key
from kitaphana.core import audit, changes, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.formats import iso2709
from kitaphana.formats.bibliographic import Description, build, describe
from kitaphana.formats.marc import Field, MarcRecord
from kitaphana.organizations.models import Organization

COUNTRY: Final = 0
"""Series of the whole installation stand under no library."""
OWN_NUMBER: Final = re.compile(r"KZ\d{10}")
"""What our own control numbers look like."""


@transaction.atomic
def describe_record(
    *,
    actor: Actor,
    library: Organization,
    description: Description,
    at: datetime,
    base: Record | None = None,
    author_mark: str | None = None,
    expected_version: int | None = None,
    command_id: UUID | None = None,
) -> Record:
    """Make a record from a description, or change ``base``: only fields that the description owns are written anew.

    ``author_mark``: the library's own mark, empty for the one of our table; None leaves it as it is.

    :raises NoTitle, BadIsbn, BadYear: the description can't be accepted.
    :raises Changed: ``base`` is no longer of ``expected_version``.
    :raises SharedRecord: other libraries use ``base`` too (``proposals.propose_change`` is the way).
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Record.objects.get(pk=repeat.object_id)
    if not description.title.strip():
        raise errors.NoTitle()
    if base is not None:
        _require_own(actor, library, base)
    present = from_text(_locked(base, expected_version).marc) if base else None
    # A wrong ISBN that the record has already is printed so in the book; a person may not add one.
    known = describe(present).invalid_isbns if present else ()
    if wrong := [isbn for isbn in description.invalid_isbns if isbn not in known]:
        raise errors.BadIsbn(value=", ".join(wrong))
    if description.year is not None and not 1400 <= description.year <= at.year + 1:
        raise errors.BadYear(value=description.year)
    marc = build(description, present)
    if author_mark is not None:
        set_author_mark(marc, author_mark.strip())
    return _save(actor, library, base, marc, at=at, command_id=command_id)


@transaction.atomic
def save_marc(
    *,
    actor: Actor,
    library: Organization,
    record: Record | None,
    marc: MarcRecord,
    at: datetime,
    expected_version: int | None = None,
    command_id: UUID | None = None,
) -> Record:
    """Make a record from MARC 21, or replace the MARC of ``record``; the former one is kept as a version.

    :raises NoTitle: the record has no field 245 with a title.
    :raises Changed: ``record`` is no longer of ``expected_version``.
    :raises SharedRecord: other libraries use ``record`` too.
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Record.objects.get(pk=repeat.object_id)
    if record is not None:
        _require_own(actor, library, record)
        _locked(record, expected_version)
    return _save(actor, library, record, marc, at=at, command_id=command_id)


def may_change(actor: Actor, library: Organization, record: Record) -> bool:
    """Whether a library may change a record by itself: nobody else uses it, or the person keeps shared records.

    A record is used by the libraries that hold the edition and by those that have contributed it. Two statements.
    """
    if actor.may(Permission.CATALOG_SHARED, library.path):
        return True
    holders = set(hooks.library_ids_of([record.pk]).get(record.pk, ()))
    givers = RecordSource.objects.filter(record=record).exclude(library=None).values_list("library_id", flat=True)
    return not (holders | set(givers)) - {library.pk}


def _require_own(actor: Actor, library: Organization, record: Record) -> None:
    if not may_change(actor, library, record):
        raise errors.SharedRecord()


def _locked(record: Record, expected_version: int | None) -> Record:
    current = Record.objects.select_for_update().get(pk=record.pk)
    if expected_version is not None and current.version != expected_version:
        raise errors.Changed()
    return current


def new_control_numbers(count: int, taken: Collection[str] = ()) -> list[str]:
    """The next control numbers of our own, KZ and ten digits, that no record and nothing in ``taken`` has.

    A file may have brought a number of ours before we gave it out ourselves.
    """
    found: list[str] = []
    while len(found) < count:
        fresh = [f"KZ{number:010d}" for number in numbers.take(COUNTRY, "record", count - len(found))]
        used = set(Record.objects.filter(control_number__in=fresh).values_list("control_number", flat=True))
        found += [number for number in fresh if number not in used and number not in taken]
    return found


def _save(
    actor: Actor,
    library: Organization,
    record: Record | None,
    marc: MarcRecord,
    *,
    at: datetime,
    command_id: UUID | None,
) -> Record:
    description = describe(marc)
    if not description.title:
        raise errors.NoTitle()
    before = None
    (rows,) = headings.resolved([marc])
    work = gather_key(marc, description, headings.first_author(rows))
    if record is None:
        lock_new_records()
        number = plain_number(marc.control_number)
        if not number or Record.objects.filter(control_number=number).exists():
            number = new_control_numbers(1)[0]
            if not marc.control_number:
                marc.add(Field("001", data=number))
                description = replace(description, control_number=number)
        record = Record(control_number=number, made_at=at)
        extract(record, marc, at=at, description=description)
        record.gather_key = work
        record.save()
        # The library has contributed it: so it is exported with its records, and known again when it comes back.
        RecordSource.objects.get_or_create(
            agency=plain_number(marc.agency, 60) or library.code[:60],
            control_number=plain_number(marc.control_number),
            defaults={"record": record, "library": library, "digest": digest_of(marc)},
        )
    else:
        record = Record.objects.select_for_update().get(pk=record.pk)
        before = {"title": record.title, "version": record.version}
        keep_version(record, actor_id=actor.user_id, at=at)
        # From now on it is a person's work: what files say of it is kept beside it and does not overwrite it.
        RecordSource.objects.filter(record=record, marc="").update(marc=record.marc)
        extract(record, marc, at=at, description=description)
        record.gather_key = work
        record.version += 1
        record.save()
    set_isbns([record])
    headings.store({record.pk: rows}, are_new=before is None)
    audit.record(
        actor,
        "catalog.record_saved",
        record,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        before=before,
        after={"title": record.title, "version": record.version},
    )
    changes.note("catalog.record", [record.pk])
    return record


def plain_number(text: str, longest: int = 100) -> str:
    """A control number or agency as it is stored beside the MARC: without control characters, not too long."""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:longest]


def digest_of(marc: MarcRecord) -> str:
    """The digest that an unchanged record has in an exported file; of its JSON where ISO 2709 has no room for it."""
    try:
        data = iso2709.write(marc)
    except iso2709.RecordTooLong:
        data = to_text(marc).encode()
    return hashlib.sha256(data).hexdigest()


def keep_version(record: Record, *, actor_id: int | None, at: datetime) -> None:
    """Keep the record as it is now in its history."""
    RecordVersion.objects.create(record=record, version=record.version, marc=record.marc, at=at, actor_id=actor_id)


def set_isbns(records: list[Record]) -> None:
    """Make the search keys agree with the records' ISBNs (two statements however many records)."""
    RecordIsbn.objects.filter(record__in=records).delete()
    RecordIsbn.objects.bulk_create(
        [RecordIsbn(record=record, isbn=isbn) for record in records for isbn in dict.fromkeys(record.isbns)],
        batch_size=500,
    )
