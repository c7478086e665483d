"""Describing one edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kitaphana.catalog import errors
from kitaphana.catalog.extraction import extract, from_text
from kitaphana.catalog.models import Record, RecordIsbn, RecordVersion
from kitaphana.core import audit, changes, numbers
from kitaphana.core.access import Actor, Permission
from kitaphana.formats.bibliographic import Description, build, describe
from kitaphana.formats.marc import Field, MarcRecord
from kitaphana.organizations.models import Organization

COUNTRY = 0
"""Series of the whole installation stand under no library."""


@transaction.atomic
def describe_record(
    *,
    actor: Actor,
    library: Organization,
    description: Description,
    at: datetime,
    base: Record | None = None,
    expected_version: int | None = None,
    command_id: UUID | None = None,
) -> Record:
    """Make a record from a description, or change ``base``: only fields that the description owns are written anew.

    :raises NoTitle, BadIsbn, BadYear: the description can't be accepted.
    :raises Changed: ``base`` is no longer of ``expected_version``.
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Record.objects.get(pk=repeat.object_id)
    if not description.title.strip():
        raise errors.NoTitle()
    if description.invalid_isbns:
        raise errors.BadIsbn(value=", ".join(description.invalid_isbns))
    if description.year is not None and not 1400 <= description.year <= at.year + 1:
        raise errors.BadYear(value=description.year)
    marc = build(description, from_text(_locked(base, expected_version).marc) if base else None)
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
    """
    actor.require(Permission.CATALOG_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Record.objects.get(pk=repeat.object_id)
    if record is not None:
        _locked(record, expected_version)
    return _save(actor, library, record, marc, at=at, command_id=command_id)


def _locked(record: Record, expected_version: int | None) -> Record:
    current = Record.objects.select_for_update().get(pk=record.pk)
    if expected_version is not None and current.version != expected_version:
        raise errors.Changed()
    return current


def new_control_number() -> str:
    """The next control number of our own: KZ and ten digits."""
    return f"KZ{numbers.take(COUNTRY, 'record')[0]:010d}"


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
    if record is None:
        number = marc.control_number[:100]
        if not number or Record.objects.filter(control_number=number).exists():
            number = new_control_number()
            if not marc.control_number:
                marc.add(Field("001", data=number))
                description = replace(description, control_number=number)
        record = Record(control_number=number, made_at=at)
        extract(record, marc, at=at, description=description)
        record.save()
    else:
        record = Record.objects.select_for_update().get(pk=record.pk)
        before = {"title": record.title, "version": record.version}
        keep_version(record, actor_id=actor.user_id, at=at)
        extract(record, marc, at=at, description=description)
        record.version += 1
        record.save()
    set_isbns([record])
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
