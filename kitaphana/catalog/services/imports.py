"""Importing files of bibliographic records.

Every record of a file is counted once: imported, updated, merged with an edition that is here already, or rejected
with the reason. Batches are committed one by one, so a power cut loses at most the batch in hand and a second run
of the same file goes on harmlessly: what is here already counts as updated.

What is kept of a record:

* imported — its MARC as it came (UNIMARC: converted, the report says what had no place), byte for byte on export;
* updated — the same; the former MARC becomes a version. A record that a person has changed since is not
  overwritten: the file's version is kept with its source;
* merged — the MARC of the record that is here stays untouched, the incoming one is kept with its source. Columns of
  which the record that is here says nothing (ISBN, annotation, subjects …) are filled, so that it is found by them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final, TypeGuard

from django.db import transaction
from django.db.models import F, Q

from kitaphana.catalog import errors, headings
from kitaphana.catalog.enums import Outcome
from kitaphana.catalog.extraction import COLUMNS, enrich, extract, from_text, to_text
from kitaphana.catalog.matching import is_other_book, is_same_by_isbn, is_same_by_key, match_key, title_key
from kitaphana.catalog.models import (
    ImportLine,
    ImportRun,
    Record,
    RecordHeading,
    RecordIsbn,
    RecordSource,
    RecordVersion,
)
from kitaphana.catalog.services.locking import lock_new_records
from kitaphana.catalog.services.records import OWN_NUMBER, new_control_numbers, plain_number, set_isbns
from kitaphana.catalog.works import gather_key
from kitaphana.core import audit, bulk, changes, jobs
from kitaphana.core.access import Actor, Permission
from kitaphana.formats import detect, unimarc
from kitaphana.formats.bibliographic import Description, clean, describe
from kitaphana.formats.marc import Bad, Good, MarcRecord
from kitaphana.formats.marc import Outcome as Read
from kitaphana.organizations.models import Organization

BATCH: Final = 500
MOST_RAW: Final = 200_000
"""So many bytes of a rejected record are kept."""
Progress = Callable[[int], None]
Identity = tuple[str, str]


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
    is updated. Else the same edition (``matching``) is merged. ``progress`` is told the records read so far.

    :raises NotMarcFile: the file is neither ISO 2709 nor MARCXML.
    :raises OSError: the file can't be read further; what was read is kept, and the report says so.
    """
    actor.require(Permission.CATALOG_IMPORT, library.path)
    try:
        outcomes = detect.open_records(stream, format=format)
    except detect.NotMarc as error:
        raise errors.NotMarcFile() from error
    run = ImportRun.objects.create(
        library=library, file_name=file_name[:250], format=format, actor_id=actor.user_id, started_at=at
    )
    seen: set[Identity] = set()
    try:
        for batch in _batches(outcomes):
            with transaction.atomic():
                _take(run, batch, seen, actor=actor, library=library, at=at)
            run.refresh_from_db()
            if progress is not None:
                progress(run.read)
    except jobs.Cancelled:
        _end(run, actor, library, at, problem="catalog.import_stopped")
        raise
    except OSError:
        _end(run, actor, library, at, problem="catalog.file_unreadable")
        raise
    _end(run, actor, library, at)
    return run


@transaction.atomic
def _end(run: ImportRun, actor: Actor, library: Organization, at: datetime, *, problem: str = "") -> None:
    run.finished_at = at
    run.problem = problem
    run.save(update_fields=["finished_at", "problem"])
    counts = {name: getattr(run, name) for name in ("read", "imported", "updated", "merged", "rejected")}
    after = {"file": run.file_name, **counts, **({"problem": problem} if problem else {})}
    audit.record(actor, "catalog.file_imported", run, at=at, library_id=library.pk, after=after)


def _batches(outcomes: Iterator[Read]) -> Iterator[list[Read]]:
    while batch := list(islice(outcomes, BATCH)):
        yield batch


@dataclass(slots=True)
class _Incoming:
    """A record of the file that may be taken."""

    read: Good
    marc: MarcRecord
    description: Description
    identity: Identity
    digest: str
    lost: tuple[str, ...]
    match_key: str


@dataclass(slots=True)
class _Known:
    """What the database has of the records in a batch, and what the batch adds. New rows have no ``pk`` yet."""

    sources: dict[Identity, RecordSource]
    by_isbn: dict[str, list[Record]]
    by_key: dict[str, list[Record]]
    by_number: dict[str, Record]
    numbers: set[str]
    new: list[Record] = field(default_factory=list)
    new_sources: list[RecordSource] = field(default_factory=list)
    changed: dict[int, Record] = field(default_factory=dict)
    versions: list[RecordVersion] = field(default_factory=list)
    changed_sources: dict[int, RecordSource] = field(default_factory=dict)
    lines: list[ImportLine] = field(default_factory=list)
    line_records: list[tuple[ImportLine, Record]] = field(default_factory=list)
    taken: list[tuple[Record, MarcRecord, Description]] = field(default_factory=list)
    """Records whose MARC the batch brings; the last of one record counts."""


def _take(
    run: ImportRun, batch: list[Read], seen: set[Identity], *, actor: Actor, library: Organization, at: datetime
) -> None:
    counts = dict.fromkeys(Outcome, 0)
    lines: list[ImportLine] = []
    accepted = [one for read in batch if (one := _accepted(run, read, library, lines)) is not None]
    counts[Outcome.REJECTED] = len(lines)
    lock_new_records()
    known = _known(accepted)
    known.lines = lines
    for incoming in accepted:
        name = incoming.identity
        counts[_place(run, incoming, known, seen, actor=actor, library=library, at=at)] += 1
        seen.add(name)
    _write(known)
    changes.note("catalog.record", [record.pk for record in known.new] + list(known.changed))
    ImportRun.objects.filter(pk=run.pk).update(
        read=F("read") + len(batch),
        imported=F("imported") + counts[Outcome.IMPORTED],
        updated=F("updated") + counts[Outcome.UPDATED],
        merged=F("merged") + counts[Outcome.MERGED],
        rejected=F("rejected") + counts[Outcome.REJECTED],
    )


_NOT_EDITIONS: Final = {
    "marc21": dict.fromkeys("z", "catalog.authority_record")
    | dict.fromkeys("uvxy", "catalog.holdings_record")
    | dict.fromkeys("wq", "catalog.not_bibliographic"),
    "unimarc": dict.fromkeys("xyz", "catalog.authority_record"),
}
"""Leader/06 of what describes no edition, by dialect."""


def _accepted(run: ImportRun, read: Read, library: Organization, rejected: list[ImportLine]) -> _Incoming | None:
    if isinstance(read, Bad):
        rejected.append(_rejection(run, read, read.code, dict(read.params)))
        return None
    if (code := _NOT_EDITIONS[read.dialect].get(read.record.leader[6:7])) is not None:
        rejected.append(_rejection(run, read, code, {}))
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
    agency = plain_number(description.agency, 60) or library.code[:60]
    number = plain_number(description.control_number) or f"sha256:{digest[:32]}"
    return _Incoming(read, marc, description, (agency, number), digest, lost, match_key(description))


def _rejection(run: ImportRun, read: Read, code: str, parameters: dict[str, object]) -> ImportLine:
    return ImportLine(
        run=run, number=read.number, position=read.position, outcome=Outcome.REJECTED, code=code,
        parameters=parameters, title=_heading(read), raw=read.raw[:MOST_RAW],
    )  # fmt: skip


def _heading(read: Read) -> str:
    """By which words a person knows a rejected record: its first name or title, where it could be read."""
    if isinstance(read, Bad):
        return ""
    names = (one.get("a") for one in read.record.fields if one.tag[0] in "12" and not one.is_control)
    return clean(next((name for name in names if name), ""))[:300]


def _reused(one: _Incoming) -> Identity:
    """The identity of a record whose number is taken by a different book: the number and a digest of the title."""
    agency, number = one.identity
    title = title_key(one.description.title, one.description.subtitle)
    return agency, f"{number[:80]}~{hashlib.sha256(title.encode()).hexdigest()[:16]}"


def _known(accepted: list[_Incoming]) -> _Known:
    """Everything the batch may meet, in a few statements, with one object for each record.

    What comes unchanged, as when a file is imported once more, is known by its source alone.
    """
    sources = _sources(one.identity[1] for one in accepted)
    accepted = [one for one in accepted if not _is_unchanged(sources.get(one.identity), one)]
    met = [one for one in accepted if one.identity in sources]
    sources |= _sources(_reused(one)[1] for one in met)
    relevant = [sources[name] for one in met for name in (one.identity, _reused(one)) if name in sources]
    records = Record.objects.in_bulk({source.record_id for source in relevant}) if relevant else {}
    for source in relevant:
        source.record = records[source.record_id]
    numbers = {one.identity[1] for one in accepted}
    isbns = {isbn for one in accepted for isbn in one.description.isbns}
    by_isbn: dict[str, list[Record]] = {}
    for key in RecordIsbn.objects.filter(isbn__in=isbns).select_related("record").order_by("record_id"):
        by_isbn.setdefault(key.isbn, []).append(records.setdefault(key.record_id, key.record))
    match_keys = {one.match_key for one in accepted if one.match_key}
    by_key: dict[str, list[Record]] = {}
    for record in Record.objects.filter(match_key__in=match_keys).order_by("id"):
        by_key.setdefault(record.match_key, []).append(records.setdefault(record.pk, record))
    taken = set(Record.objects.filter(control_number__in=numbers).values_list("control_number", flat=True))
    own = [number for number in taken if OWN_NUMBER.fullmatch(number)]
    by_number = {
        record.control_number: records.setdefault(record.merged_into_id or record.pk, record.merged_into or record)
        for record in (Record.objects.filter(control_number__in=own).select_related("merged_into") if own else ())
    }
    return _Known(sources, by_isbn, by_key, by_number, taken)


def _sources(numbers: Iterable[str]) -> dict[Identity, RecordSource]:
    wanted = set(numbers)
    found = RecordSource.objects.filter(control_number__in=wanted) if wanted else ()
    return {(source.agency, source.control_number): source for source in found}


def _is_unchanged(source: RecordSource | None, one: _Incoming) -> TypeGuard[RecordSource]:
    return source is not None and source.digest == one.digest


def _place(
    run: ImportRun,
    one: _Incoming,
    known: _Known,
    seen: set[Identity],
    *,
    actor: Actor,
    library: Organization,
    at: datetime,
) -> Outcome:
    code = ""
    source = known.sources.get(one.identity)
    if _is_unchanged(source, one):
        _note(run, one, known, Outcome.UPDATED, source.record if source.pk is None else source.record_id)
        return Outcome.UPDATED
    if source is not None and is_other_book(one.description, source.record, is_same_file=one.identity in seen):
        code = "catalog.number_reused"
        one.identity = _reused(one)
        source = known.sources.get(one.identity)
    if source is not None:
        code = _update(source, one, known, actor=actor, at=at) or code
        _note(run, one, known, Outcome.UPDATED, source.record, code=code)
        return Outcome.UPDATED
    agency, number = one.identity
    source = RecordSource(agency=agency, control_number=number, library=library, digest=one.digest)
    known.sources[one.identity] = source
    known.new_sources.append(source)
    same = _same_edition(one, known)
    if same is not None:
        source.record, source.marc = same, to_text(one.marc)
        if enrich(same, one.description):
            _changed(same, known, at)
            _index(same, one.description, known)
        _note(run, one, known, Outcome.MERGED, same, code="catalog.merged")
        return Outcome.MERGED
    own = plain_number(one.description.control_number)
    # Numbers of our own are given to all at once when the batch is written.
    record = Record(control_number="" if own in known.numbers else own, made_at=at)
    known.numbers.add(own)
    extract(record, one.marc, at=at, description=one.description, key=one.match_key)
    known.taken.append((record, one.marc, one.description))
    source.record = record
    known.new.append(record)
    _index(record, one.description, known)
    _note(run, one, known, Outcome.IMPORTED, record, code=code)
    return Outcome.IMPORTED


def _index(record: Record, description: Description, known: _Known) -> None:
    """Let the rest of the batch find a record."""
    for isbn in description.isbns:
        if not any(one is record for one in known.by_isbn.setdefault(isbn, [])):
            known.by_isbn[isbn].append(record)
    if record.match_key and not any(one is record for one in known.by_key.setdefault(record.match_key, [])):
        known.by_key[record.match_key].append(record)


def _same_edition(one: _Incoming, known: _Known) -> Record | None:
    # A record of ours that comes back from somebody who took it from here.
    ours = known.by_number.get(one.identity[1])
    if ours is not None and not is_other_book(one.description, ours):
        return ours
    for isbn in one.description.isbns:
        for record in known.by_isbn.get(isbn, ()):
            if is_same_by_isbn(one.description, record):
                return record
    if one.match_key:
        for record in known.by_key.get(one.match_key, ()):
            if is_same_by_key(one.description, record):
                return record
    return None


def _update(source: RecordSource, one: _Incoming, known: _Known, *, actor: Actor, at: datetime) -> str:
    """Take a newer form of a record that is known; returns a code where it is worth a line of the report."""
    if source.digest == one.digest:
        return ""
    source.digest = one.digest
    if source.pk is not None:
        known.changed_sources[source.pk] = source
    if source.marc:
        # It was merged into another record, or a person has changed the record since.
        source.marc = to_text(one.marc)
        return "catalog.kept_beside"
    record = source.record
    if _same_content(record.marc, to_text(one.marc)):
        return ""
    if record.pk is not None and record.pk not in known.changed:
        known.versions.append(
            RecordVersion(record=record, version=record.version, marc=record.marc, at=at, actor_id=actor.user_id)
        )
        record.version += 1
    extract(record, one.marc, at=at, description=one.description, key=one.match_key)
    known.taken.append((record, one.marc, one.description))
    _changed(record, known, at)
    _index(record, one.description, known)
    return ""


def _same_content(one: str, other: str) -> bool:
    """Whether two records in JSON differ at most in length and base address of the leader, which the form decides."""
    # {"leader":"  then 24 characters
    return (one[16:23], one[28:]) == (other[16:23], other[28:])


def _changed(record: Record, known: _Known, at: datetime) -> None:
    record.changed_at = at
    if record.pk is not None:
        known.changed[record.pk] = record


def _note(
    run: ImportRun, one: _Incoming, known: _Known, outcome: Outcome, record: Record | int, *, code: str = ""
) -> None:
    """Keep a line of the report where a person may want to look: merged, repaired, or with something lost."""
    repairs = [{"code": repair.code, "params": dict(repair.params)} for repair in one.read.repairs]
    if not (code or repairs or one.lost):
        return
    line = ImportLine(
        run=run, number=one.read.number, position=one.read.position, outcome=outcome,
        code=code or ("catalog.repaired" if repairs else "catalog.fields_lost"),
        parameters={"repairs": repairs, "lost": list(one.lost)},
        title=one.description.title[:300],
    )  # fmt: skip
    if isinstance(record, Record):
        known.line_records.append((line, record))
    else:
        line.record_id = record
    known.lines.append(line)


def _write(known: _Known) -> None:
    merged = [source for source in known.new_sources if source.marc]
    nameless = [record for record in known.new if not record.control_number]
    for record, number in zip(nameless, new_control_numbers(len(nameless), known.numbers), strict=True):
        record.control_number = number
    if known.changed:
        merged += RecordSource.objects.filter(record__in=known.changed).exclude(
            Q(marc="") | Q(pk__in=known.changed_sources)
        )
        merged += [source for source in known.changed_sources.values() if source.marc]
    for source in merged:
        # Columns extracted anew have lost what the merged records had added.
        record = known.changed.get(source.record_id, source.record) if source.record_id else source.record
        if record.pk is None or record.pk in known.changed:
            enrich(record, describe(from_text(source.marc)))
    found = _gathered(known)
    bulk.insert(known.new)
    numbers = [record.control_number for record in known.new]
    ids = dict(Record.objects.filter(control_number__in=numbers).values_list("control_number", "id"))
    for record in known.new:
        record.pk = ids[record.control_number]
    bulk.insert(_isbns(known.new))
    headings.store({record.pk: found[id(record)] for record in known.new}, are_new=True)
    if known.changed:
        bulk.insert(known.versions)
        Record.objects.bulk_update(known.changed.values(), COLUMNS, batch_size=50)
        set_isbns(list(known.changed.values()))
        headings.store({pk: found[id(record)] for pk, record in known.changed.items() if id(record) in found})
    # Records that are new had no ids yet when these rows were made.
    for source in known.new_sources:
        source.record_id = source.record.pk
    for line, record in known.line_records:
        line.record_id = record.pk
    bulk.insert(known.new_sources)
    bulk.insert(known.lines)
    if known.changed_sources:
        RecordSource.objects.bulk_update(known.changed_sources.values(), ["digest", "marc"], batch_size=100)


def _gathered(known: _Known) -> dict[int, list[RecordHeading]]:
    """The headings of the records whose MARC is taken, by ``id()`` of the record; their works are set."""
    last = {id(record): (record, marc, description) for record, marc, description in known.taken}
    rows = headings.resolved([marc for _, marc, _ in last.values()])
    for (record, marc, description), found in zip(last.values(), rows, strict=True):
        record.gather_key = gather_key(marc, description, headings.first_author(found))
    return dict(zip(last, rows, strict=True))


def _isbns(records: Iterable[Record]) -> list[RecordIsbn]:
    return [RecordIsbn(record_id=record.pk, isbn=isbn) for record in records for isbn in dict.fromkeys(record.isbns)]
