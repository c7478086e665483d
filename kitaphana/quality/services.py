"""Commands of the quality of the catalogue: flags and pairs kept current, batch changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from kitaphana.catalog import indexing, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.extraction import from_text
from kitaphana.catalog.indexing import KIND
from kitaphana.catalog.models import Record, RecordVersion
from kitaphana.catalog.search import Query
from kitaphana.core import audit, bulk, changes
from kitaphana.core.access import Actor, Permission
from kitaphana.core.errors import DomainError
from kitaphana.formats.marc import Field, MarcRecord, Subfield
from kitaphana.organizations.models import Organization
from kitaphana.quality import errors
from kitaphana.quality.enums import BatchState, Likeness, Operation, PairState, Rule
from kitaphana.quality.models import Batch, BatchLine, Flag, FlagProgress, Pair
from kitaphana.quality.rules import broken

CHUNK: Final = 500
MOST_IN_BATCH: Final = 20_000
"""So many records one batch changes; more is done in several."""
_PROTECTED: Final = frozenset({"001", "003", "005", "006", "007", "008", "LDR"})


def flag_changed_records(*, limit: int = 20_000, tell: Callable[[int], None] | None = None) -> int:
    """Look at the records that changed since the last time; returns how many. A repeated call goes on harmlessly."""
    progress, _ = FlagProgress.objects.get_or_create(pk=1)
    epoch = changes.epoch()
    if progress.epoch != epoch:
        progress.epoch, progress.sequence = epoch, "0"
    looked = 0
    while looked < limit:
        batch = changes.after(int(progress.sequence), kind=KIND, limit=CHUNK)
        if not batch:
            break
        with transaction.atomic():
            ids = list({record_id for _, record_id in batch})
            flag_records(ids)
            progress.sequence = str(batch[-1][0])
            progress.save()
        looked += len(batch)
        if tell is not None:
            tell(looked)
    return looked


def flag_records(ids: Sequence[int]) -> None:
    """Write the flags of records anew (three statements)."""
    Flag.objects.filter(record__in=ids).delete()
    records = Record.objects.filter(pk__in=ids, removed_at=None)
    bulk.insert([Flag(record_id=one.pk, rule=rule) for one in records for rule in broken(one)])


_BY_ISBN: Final = """
SELECT a.record_id, b.record_id FROM catalog_recordisbn a JOIN catalog_recordisbn b
ON b.isbn = a.isbn AND b.record_id > a.record_id
JOIN catalog_record x ON x.id = a.record_id JOIN catalog_record y ON y.id = b.record_id
WHERE x.removed_at IS NULL AND y.removed_at IS NULL AND (x.gather_key = y.gather_key OR x.year = y.year)
"""
# An ISBN alone is no identity: parts of a set share one. Either the work or the year must agree.
_BY_TITLE: Final = """
SELECT a.id, b.id FROM catalog_record a JOIN catalog_record b ON b.match_key = a.match_key AND b.id > a.id
WHERE a.match_key <> '' AND a.removed_at IS NULL AND b.removed_at IS NULL
"""


def find_pairs(*, at: datetime) -> int:
    """Look over the whole catalogue for records that may be one edition; returns how many pairs are new.

    Pairs that somebody has called different stay so; pairs whose records are gone or no longer alike are forgotten.
    """
    found: dict[tuple[int, int], Likeness] = {}
    for statement, likeness in ((_BY_TITLE, Likeness.TITLE), (_BY_ISBN, Likeness.ISBN)):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            while rows := cursor.fetchmany(CHUNK):
                found.update(((first, second), likeness) for first, second in rows)
    known = {(first, second): (pk, state) for pk, first, second, state in _all_pairs()}
    gone = [pk for pair, (pk, state) in known.items() if pair not in found and state == PairState.OPEN]
    with transaction.atomic():
        for start in range(0, len(gone), CHUNK):
            Pair.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
        new = [
            Pair(first_id=first, second_id=second, likeness=likeness, found_at=at)
            for (first, second), likeness in found.items()
            if (first, second) not in known
        ]
        bulk.insert(new)
    return len(new)


def _all_pairs() -> Iterator[tuple[int, int, int, str]]:
    rows = Pair.objects.order_by("pk").values_list("pk", "first_id", "second_id", "state")
    yield from rows.iterator(2000)


@transaction.atomic
def call_different(
    *, actor: Actor, library: Organization, pair: Pair, at: datetime, command_id: UUID | None = None
) -> Pair:
    """Say that two records are different editions: the pair is not shown again."""
    actor.require(Permission.CATALOG_SHARED, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Pair.objects.get(pk=repeat.object_id)
    pair.state, pair.decided_by = PairState.DIFFERENT, actor.user_id
    pair.save(update_fields=["state", "decided_by"])
    audit.record(
        actor, "quality.called_different", pair, at=at, library_id=library.pk, command_id=command_id,
        after={"first": pair.first_id, "second": pair.second_id},
    )  # fmt: skip
    return pair


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch does to every record; ``check`` it before use."""

    operation: Operation
    tag: str
    code: str = ""
    find: str = ""
    text: str = ""

    def check(self) -> None:
        """Pass, or raise.

        :raises BadOperation, ProtectedField: it can't be carried out.
        """
        if self.tag in _PROTECTED:
            raise errors.ProtectedField(tag=self.tag)
        if not re.fullmatch(r"\d{3}", self.tag):
            raise errors.BadOperation(reason=errors.NO_TAG)
        needs_code = self.operation in {Operation.REPLACE, Operation.SET, Operation.ADD_FIELD}
        if needs_code and not re.fullmatch(r"[a-z0-9]", self.code):
            raise errors.BadOperation(reason=errors.NO_CODE)
        if self.operation == Operation.REPLACE and not self.find:
            raise errors.BadOperation(reason=errors.NO_TEXT)
        if self.operation in {Operation.SET, Operation.ADD_FIELD} and not self.text:
            raise errors.BadOperation(reason=errors.NO_TEXT)
        if self.tag == "245" and self.operation == Operation.DELETE_FIELD:
            raise errors.ProtectedField(tag=self.tag)

    def apply(self, marc: MarcRecord) -> bool:
        """Change a record in place; returns whether anything changed."""
        present = marc.all(self.tag)
        if self.operation == Operation.REPLACE:
            changed = False
            for part in (part for one in present for part in one.subfields if part.code == self.code):
                if self.find in part.value:
                    part.value = part.value.replace(self.find, self.text)
                    changed = True
            return changed
        if self.operation == Operation.DELETE_FIELD:
            gone = [one for one in present if not self.find or any(self.find in part.value for part in one.subfields)]
            marc.fields = [one for one in marc.fields if not any(one is left for left in gone)]
            return bool(gone)
        if self.operation == Operation.SET:
            lacking = [one for one in present if one.get(self.code) is None]
            for one in lacking:
                one.subfields.append(Subfield(self.code, self.text))
            if not present:
                marc.add(Field(self.tag, subfields=[Subfield(self.code, self.text)]))
            return bool(lacking) or not present
        if any(self.text in one.all(self.code) for one in present):
            return False
        marc.add(Field(self.tag, subfields=[Subfield(self.code, self.text)]))
        return True


def change_of(batch: Batch) -> Change:
    """What a batch does."""
    return Change(Operation(batch.operation), batch.tag, batch.code, batch.find, batch.text)


def chosen_ids(query: str, rule: str) -> list[int]:
    """The records that a search finds or that break a rule, in the order of their numbers; at most a batch's fill.

    :raises NothingChosen: neither is given.
    """
    if rule in Rule.values:
        flags = Flag.objects.filter(rule=rule).order_by("record_id")
        return list(flags.values_list("record_id", flat=True)[:MOST_IN_BATCH])
    if not query.strip():
        raise errors.NothingChosen()
    found: list[int] = []
    while len(found) < MOST_IN_BATCH:
        part = indexing.index().search(Query(text=query, offset=len(found), limit=1000)).hits
        found += [hit.id for hit in part]
        if len(part) < 1000 or len(found) >= 10_000:
            break
    return sorted(set(found))


@transaction.atomic
def plan_batch(
    *, actor: Actor, library: Organization, query: str, rule: str, change: Change, at: datetime,
    command_id: UUID | None = None,
) -> Batch:  # fmt: skip
    """Prepare a batch: nothing is changed before somebody has seen the preview.

    :raises BadOperation, ProtectedField, NothingChosen: it can't be carried out.
    """
    actor.require(Permission.CATALOG_SHARED, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Batch.objects.get(pk=repeat.object_id)
    change.check()
    if not query.strip() and rule not in Rule.values:
        raise errors.NothingChosen()
    batch = Batch.objects.create(
        library=library, query=query[:400], rule=rule if rule in Rule.values else "", operation=change.operation,
        tag=change.tag, code=change.code, find=change.find, text=change.text, actor_id=actor.user_id, at=at,
    )  # fmt: skip
    audit.record(actor, "quality.batch_planned", batch, at=at, library_id=library.pk, command_id=command_id)
    return batch


@transaction.atomic
def begin_batch(*, actor: Actor, batch: Batch) -> Batch:
    """Let a previewed batch run.

    :raises BatchOver: it has begun already.
    """
    actor.require(Permission.CATALOG_SHARED, batch.library.path)
    if not Batch.objects.filter(pk=batch.pk, state=BatchState.PREVIEW).update(state=BatchState.RUNNING):
        raise errors.BatchOver()
    batch.state = BatchState.RUNNING
    return batch


def run_batch(*, actor: Actor, batch: Batch, at: datetime, tell: Callable[[int, int], None] | None = None) -> Batch:
    """Change every chosen record, each in a transaction of its own; a second run does only what is left."""
    change = change_of(batch)
    done = set(batch.lines.values_list("record_id", flat=True))
    ids = [pk for pk in chosen_ids(batch.query, batch.rule) if pk not in done]
    for number, pk in enumerate(ids, 1):
        _change_one(batch, change, pk, actor=actor, at=at)
        if tell is not None and number % 50 == 0:
            tell(number, len(ids))
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.DONE)
    batch.refresh_from_db()
    audit.record(
        actor, "quality.batch_done", batch, at=at, library_id=batch.library_id, after={"changed": batch.changed}
    )
    return batch


@transaction.atomic
def _change_one(batch: Batch, change: Change, pk: int, *, actor: Actor, at: datetime) -> None:
    record = Record.objects.select_for_update().filter(pk=pk, removed_at=None).first()
    if record is None:
        return
    marc = queries.marc_of(record)
    if not change.apply(marc):
        return
    try:
        saved = catalog.save_marc(actor=actor, library=batch.library, record=record, marc=marc, at=at)
    except DomainError:
        # Nothing would be left of the title, or the record is out of reach: it stays as it is and is counted.
        Batch.objects.filter(pk=batch.pk).update(skipped=F("skipped") + 1)
        return
    BatchLine.objects.create(batch=batch, record=saved, version=saved.version)
    Batch.objects.filter(pk=batch.pk).update(changed=F("changed") + 1)


def undo_batch(*, actor: Actor, batch: Batch, at: datetime, tell: Callable[[int, int], None] | None = None) -> Batch:
    """Set the records back to what they were; one that somebody has changed since keeps that change and is counted.

    :raises BatchOver: it is not done, or was taken back.
    """
    actor.require(Permission.CATALOG_SHARED, batch.library.path)
    if batch.state != BatchState.DONE:
        raise errors.BatchOver()
    lines = list(batch.lines.filter(is_undone=False).order_by("pk").values_list("pk", flat=True))
    for number, pk in enumerate(lines, 1):
        with transaction.atomic():
            line = BatchLine.objects.select_related("record").get(pk=pk)
            record = Record.objects.select_for_update().get(pk=line.record_id)
            before = RecordVersion.objects.filter(record=record, version=line.version - 1).first()
            if record.removed_at is not None or record.version != line.version or before is None:
                continue
            catalog.save_marc(actor=actor, library=batch.library, record=record, marc=from_text(before.marc), at=at)
            line.is_undone = True
            line.save(update_fields=["is_undone"])
        if tell is not None and number % 50 == 0:
            tell(number, len(lines))
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)
    batch.refresh_from_db()
    audit.record(actor, "quality.batch_undone", batch, at=at, library_id=batch.library_id)
    return batch
