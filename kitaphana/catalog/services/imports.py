"""Importing files of bibliographic records.

Every record of a file is counted once: imported, updated, merged with an edition that is here already, or rejected
with the reason. Batches are committed one by one, so a power cut loses at most the batch in hand and a second run
of the same file goes on harmlessly: what is here already counts as updated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.db.models import F

from kitaphana.catalog import errors
from kitaphana.catalog.enums import Outcome
from kitaphana.catalog.extraction import COLUMNS, extract, to_text
from kitaphana.catalog.matching import is_same_edition, match_key
from kitaphana.catalog.models import ImportLine, ImportRun, Record, RecordIsbn, RecordSource
from kitaphana.catalog.services.records import keep_version, new_control_number, set_isbns
from kitaphana.core import audit, bulk, changes
from kitaphana.core.access import Actor, Permission
from kitaphana.formats import detect, unimarc
from kitaphana.formats.bibliographic import Description, describe
from kitaphana.formats.dialects import is_authority
from kitaphana.formats.marc import Bad, Good, MarcRecord
from kitaphana.formats.marc import Outcome as Read
from kitaphana.organizations.models import Organization

BATCH = 500
Progress = Callable[[int], None]


def import_marc(
    *,
    actor: Actor,
    library: Organization,
    stream: BinaryIO,
    file_name: str,
    format: str = "auto",
    at: datetime,
    progress: Progress | None = None,
) -> ImportRun:
    """Read a file to its end and take its records into the union catalogue; returns the report.

    A record is known again by agency (003, else the library) and control number (001, else a digest of it): then it
    is updated. Else the same edition (an ISBN in common and the same title, or the same title, author and year) is
    merged: the record that is here stays, the incoming one is kept with its source.

    :raises NotMarcFile: the file is neither ISO 2709 nor MARCXML.
    """
    actor.require(Permission.CATALOG_IMPORT, library.path)
    try:
        outcomes = detect.open_records(stream, format=format)
    except detect.NotMarc as error:
        raise errors.NotMarcFile() from error
    run = ImportRun.objects.create(
        library=library, file_name=file_name[:250], format=format, actor_id=actor.user_id, started_at=at
    )
    for batch in _batches(outcomes):
        with transaction.atomic():
            _take(run, batch, actor=actor, library=library, at=at)
        run.refresh_from_db()
        if progress is not None:
            progress(run.read)
    with transaction.atomic():
        run.finished_at = at
        run.save(update_fields=["finished_at"])
        counts = {name: getattr(run, name) for name in ("read", "imported", "updated", "merged", "rejected")}
        audit.record(
            actor, "catalog.file_imported", run, at=at, library_id=library.pk, after={"file": run.file_name, **counts}
        )
    return run


def _batches(outcomes: Iterator[Read]) -> Iterator[list[Read]]:
    while batch := list(islice(outcomes, BATCH)):
        yield batch


@dataclass(slots=True)
class _Incoming:
    """A record of the file that may be taken."""

    read: Good
    marc: MarcRecord
    description: Description
    agency: str
    number: str
    digest: str
    lost: tuple[str, ...]
    match_key: str


@dataclass(slots=True)
class _Known:
    """What the database has of the records in a batch, and what the batch adds."""

    sources: dict[tuple[str, str], RecordSource]
    by_isbn: dict[str, list[Record]]
    by_key: dict[str, Record]
    numbers: set[str]
    new: list[tuple[Record, _Incoming]] = field(default_factory=list)
    changed: dict[int, Record] = field(default_factory=dict)
    new_sources: dict[tuple[str, str], tuple[Record, RecordSource]] = field(default_factory=dict)
    changed_sources: list[RecordSource] = field(default_factory=list)
    lines: list[tuple[ImportLine, Record | None]] = field(default_factory=list)


def _take(run: ImportRun, batch: list[Read], *, actor: Actor, library: Organization, at: datetime) -> None:
    counts = dict.fromkeys(Outcome, 0)
    accepted: list[_Incoming] = []
    rejected: list[ImportLine] = []
    for read in batch:
        incoming = _accepted(run, read, library, rejected)
        if incoming is not None:
            accepted.append(incoming)
    counts[Outcome.REJECTED] = len(rejected)
    known = _known(accepted)
    for incoming in accepted:
        counts[_place(run, incoming, known, actor=actor, library=library, at=at)] += 1
    _write(known, library)
    lines = rejected
    for line, record in known.lines:
        line.record = record
        lines.append(line)
    bulk.insert(lines)
    touched = [record.pk for record, _ in known.new] + list(known.changed)
    changes.note("catalog.record", touched)
    ImportRun.objects.filter(pk=run.pk).update(
        read=F("read") + len(batch),
        imported=F("imported") + counts[Outcome.IMPORTED],
        updated=F("updated") + counts[Outcome.UPDATED],
        merged=F("merged") + counts[Outcome.MERGED],
        rejected=F("rejected") + counts[Outcome.REJECTED],
    )


def _accepted(run: ImportRun, read: Read, library: Organization, rejected: list[ImportLine]) -> _Incoming | None:
    if isinstance(read, Bad):
        rejected.append(_rejection(run, read, read.code, dict(read.params), position=read.position))
        return None
    if is_authority(read.record):
        rejected.append(_rejection(run, read, "catalog.authority_record", {}))
        return None
    marc = read.record
    lost: tuple[str, ...] = ()
    if read.dialect == "unimarc":
        converted = unimarc.to_marc21(read.record)
        marc, lost = converted.record, converted.lost
    description = describe(marc)
    if not description.title:
        rejected.append(_rejection(run, read, "catalog.no_title", {}))
        return None
    digest = hashlib.sha256(read.raw).hexdigest()
    return _Incoming(
        read=read,
        marc=marc,
        description=description,
        agency=(description.agency or library.code)[:60],
        number=(description.control_number or f"sha256:{digest[:32]}")[:100],
        digest=digest,
        lost=lost,
        match_key=match_key(description),
    )


def _rejection(
    run: ImportRun, read: Read, code: str, parameters: dict[str, object], *, position: int | None = None
) -> ImportLine:
    return ImportLine(
        run=run, number=read.number, position=read.position if position is None else position, outcome=Outcome.REJECTED,
        code=code, parameters=parameters, raw=read.raw[:200_000],
    )  # fmt: skip


def _known(accepted: list[_Incoming]) -> _Known:
    """Everything the batch may meet, in five statements."""
    numbers = {one.number for one in accepted}
    sources = {
        (source.agency, source.control_number): source
        for source in RecordSource.objects.filter(control_number__in=numbers).select_related("record")
    }
    isbns = {isbn for one in accepted for isbn in one.description.isbns}
    by_isbn: dict[str, list[Record]] = {}
    keys = RecordIsbn.objects.filter(isbn__in=isbns).select_related("record").order_by("record_id")
    for key in keys:
        by_isbn.setdefault(key.isbn, []).append(key.record)
    match_keys = {one.match_key for one in accepted if one.match_key}
    by_key = {record.match_key: record for record in Record.objects.filter(match_key__in=match_keys).order_by("-id")}
    taken = set(Record.objects.filter(control_number__in=numbers).values_list("control_number", flat=True))
    return _Known(sources, by_isbn, by_key, taken)


def _place(
    run: ImportRun, one: _Incoming, known: _Known, *, actor: Actor, library: Organization, at: datetime
) -> Outcome:
    identity = (one.agency, one.number)
    source = known.sources.get(identity)
    if source is not None:
        _update(source, one, known, actor=actor, at=at)
        _note(run, one, known, Outcome.UPDATED, source.record)
        return Outcome.UPDATED
    if identity in known.new_sources:
        # The same record twice in one batch: the later one is the newer.
        record, new_source = known.new_sources[identity]
        new_source.digest = one.digest
        if not new_source.marc:
            _rewrite(record, one, at)
        _note(run, one, known, Outcome.UPDATED, record)
        return Outcome.UPDATED
    same = _same_edition(one, known)
    if same is not None:
        new_source = RecordSource(
            agency=one.agency, control_number=one.number, library=library, digest=one.digest, marc=to_text(one.marc)
        )
        known.new_sources[identity] = (same, new_source)
        _note(run, one, known, Outcome.MERGED, same, code="catalog.merged")
        return Outcome.MERGED
    number = one.description.control_number[:100]
    if not number or number in known.numbers:
        number = new_control_number()
    known.numbers.add(number)
    record = Record(control_number=number, made_at=at)
    extract(record, one.marc, at=at, description=one.description, key=one.match_key)
    known.new.append((record, one))
    known.new_sources[identity] = (
        record,
        RecordSource(agency=one.agency, control_number=one.number, library=library, digest=one.digest),
    )
    for isbn in one.description.isbns:
        known.by_isbn.setdefault(isbn, []).append(record)
    if record.match_key:
        known.by_key.setdefault(record.match_key, record)
    _note(run, one, known, Outcome.IMPORTED, record)
    return Outcome.IMPORTED


def _same_edition(one: _Incoming, known: _Known) -> Record | None:
    for isbn in one.description.isbns:
        for record in known.by_isbn.get(isbn, ()):
            if is_same_edition(one.description, record.title, record.subtitle, record.year):
                return record
    return known.by_key.get(one.match_key) if one.match_key else None


def _update(source: RecordSource, one: _Incoming, known: _Known, *, actor: Actor, at: datetime) -> None:
    if source.digest == one.digest:
        return
    source.digest = one.digest
    known.changed_sources.append(source)
    if source.marc:
        # It was merged into another record: what came is kept with the source, the shared record stays.
        source.marc = to_text(one.marc)
        return
    record = known.changed.get(source.record_id, source.record)
    if record.pk not in known.changed:
        keep_version(record, actor_id=actor.user_id, at=at)
        record.version += 1
    _rewrite(record, one, at)
    known.changed[record.pk] = record


def _rewrite(record: Record, one: _Incoming, at: datetime) -> None:
    extract(record, one.marc, at=at, description=one.description)


def _note(run: ImportRun, one: _Incoming, known: _Known, outcome: Outcome, record: Record, *, code: str = "") -> None:
    """Keep a line of the report where a person may want to look: merged, repaired, or with something lost."""
    repairs = [repair.code for repair in one.read.repairs]
    if not (code or repairs or one.lost):
        return
    line = ImportLine(
        run=run, number=one.read.number, position=one.read.position, outcome=outcome,
        code=code or (repairs[0] if repairs else "catalog.fields_lost"),
        parameters={"repairs": repairs, "lost": list(one.lost), **(dict(one.read.repairs[0].params) if repairs else {})},
        title=one.description.title[:300],
    )  # fmt: skip
    known.lines.append((line, record))


def _write(known: _Known, library: Organization) -> None:
    records = [record for record, _ in known.new]
    bulk.insert(records)
    numbers = [record.control_number for record in records]
    ids = dict(Record.objects.filter(control_number__in=numbers).values_list("control_number", "id"))
    for record in records:
        record.pk = ids[record.control_number]
    bulk.insert(_isbns(records))
    if known.changed:
        Record.objects.bulk_update(known.changed.values(), COLUMNS, batch_size=50)
        set_isbns(list(known.changed.values()))
    sources = []
    for record, source in known.new_sources.values():
        source.record = record
        sources.append(source)
    bulk.insert(sources)
    if known.changed_sources:
        RecordSource.objects.bulk_update(known.changed_sources, ["digest", "marc"], batch_size=100)


def _isbns(records: Iterable[Record]) -> list[RecordIsbn]:
    return [RecordIsbn(record_id=record.pk, isbn=isbn) for record in records for isbn in dict.fromkeys(record.isbns)]
