"""Making two records of one edition one, and taking that back.

The winner keeps its number and gets the MARC that a person chose field by field. The loser's row stays: its number and
its address lead to the winner. Everything that pointed to the loser follows: holdings, loans, holds, textbook sets,
purchases. Papers keep their words (acts name editions as they were described at posting), and lists that ministries
have signed keep the record they were signed with.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.utils import DatabaseError

from kitaphana.catalog import errors, headings, hooks
from kitaphana.catalog.extraction import enrich, extract, from_text
from kitaphana.catalog.models import Merge, Record, RecordHeading, RecordSource
from kitaphana.catalog.services.locking import lock_new_records
from kitaphana.catalog.services.records import keep_version, set_isbns
from kitaphana.catalog.works import gather_key
from kitaphana.core import audit, changes
from kitaphana.core.access import Actor, Permission
from kitaphana.formats.bibliographic import describe
from kitaphana.formats.marc import Field, MarcRecord
from kitaphana.organizations.models import Organization

_OWN: Final = "catalog"


@transaction.atomic
def merge_records(
    *,
    actor: Actor,
    library: Organization,
    winner: Record,
    loser: Record,
    marc: MarcRecord,
    at: datetime,
    expected_versions: tuple[int, int] | None = None,
    command_id: UUID | None = None,
) -> Merge:
    """Make ``loser`` part of ``winner``, whose MARC becomes ``marc`` (under the winner's own number).

    ``expected_versions``: of winner and loser, as the person saw them.

    :raises CannotMerge: they are the same record, or one has left the catalogue.
    :raises Changed: one was changed since the person looked.
    :raises NoTitle: the chosen fields have no title.
    """
    actor.require(Permission.CATALOG_SHARED, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Merge.objects.get(pk=repeat.object_id)
    lock_new_records()
    both = {
        one.pk: one for one in Record.objects.select_for_update().filter(pk__in=[winner.pk, loser.pk]).order_by("pk")
    }
    if len(both) != 2 or any(one.removed_at is not None for one in both.values()):
        raise errors.CannotMerge()
    winner, loser = both[winner.pk], both[loser.pk]
    if expected_versions is not None and expected_versions != (winner.version, loser.version):
        raise errors.Changed()
    marc = _numbered(marc, winner)
    description = describe(marc)
    if not description.title:
        raise errors.NoTitle()
    before = winner.version
    keep_version(winner, actor_id=actor.user_id, at=at)
    (rows,) = headings.resolved([marc])
    extract(winner, marc, at=at, description=description)
    winner.gather_key = gather_key(marc, description, headings.first_author(rows))
    winner.version += 1
    # What the loser's own description adds: its ISBN is how a book of that printing is looked for.
    enrich(winner, describe(from_text(loser.marc)))
    winner.summary = winner.summary or loser.summary
    winner.cover = winner.cover or loser.cover
    winner.save()
    headings.store({winner.pk: rows})
    led = _leave(loser, winner, at)
    set_isbns([winner, loser])
    moves: dict[str, Any] = {
        name: moved for name, follower in hooks.followers.items() if (moved := follower.move(loser.pk, winner.pk))
    }
    moves["rows"] = dict(_moved(loser.pk, winner.pk))
    moves["sources"] = _take_sources(loser, winner)
    moves["led"] = led
    merge = Merge.objects.create(
        winner=winner, loser=loser, winner_version=before, merged_version=winner.version, moves=moves,
        library=library, actor_id=actor.user_id, at=at,
    )  # fmt: skip
    audit.record(
        actor, "catalog.records_merged", merge, at=at, library_id=library.pk, command_id=command_id,
        before={"title": loser.title, "number": loser.control_number},
        after={"title": winner.title, "number": winner.control_number},
    )  # fmt: skip
    changes.note("catalog.record", [winner.pk, loser.pk])
    return merge


def _numbered(marc: MarcRecord, winner: Record) -> MarcRecord:
    """The chosen fields under the number and agency that the winner's MARC has."""
    present = from_text(winner.marc)
    chosen = MarcRecord(marc.leader, [one for one in marc.fields if one.tag not in {"001", "003"}])
    for one in reversed(present.all("001", "003")):
        chosen.fields.insert(0, Field(one.tag, data=one.data))
    return chosen


def _leave(loser: Record, winner: Record, at: datetime) -> list[int]:
    """Take a record out of the catalogue; returns the records that led to it and now lead to the winner."""
    loser.merged_into, loser.removed_at, loser.changed_at = winner, at, at
    loser.isbns, loser.match_key, loser.gather_key = [], "", ""
    loser.save(update_fields=["merged_into", "removed_at", "changed_at", "isbns", "match_key", "gather_key"])
    RecordHeading.objects.filter(record=loser).delete()
    # What was merged into the loser before leads straight to where it is now.
    led = list(Record.objects.filter(merged_into=loser).values_list("pk", flat=True))
    Record.objects.filter(pk__in=led).update(merged_into=winner)
    return led


def _take_sources(loser: Record, winner: Record) -> list[list[Any]]:
    """Files that know the loser by its number find the winner from now on, and do not overwrite it."""
    moved = []
    for source in RecordSource.objects.filter(record=loser).order_by("pk"):
        moved.append([source.pk, bool(source.marc)])
        source.record = winner
        source.marc = source.marc or loser.marc
        source.save(update_fields=["record", "marc"])
    return moved


def _pointing() -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key of another domain to a record that no follower takes care of."""
    for relation in Record._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or not relation.auto_created:
            continue
        key = relation.field
        meta = key.model._meta
        if meta.app_label != _OWN and meta.label not in hooks.followed and isinstance(key, models.ForeignKey):
            yield key


def _moved(loser_id: int, winner_id: int) -> Iterator[tuple[str, list[int]]]:
    """Point the rows of other domains to the winner. A row stays where the winner has one of the same already, and
    where the database keeps it as it was written."""
    for key in _pointing():
        rows = key.model._base_manager.filter(**{key.name: loser_id})
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            continue
        if not _point(key, ids, winner_id):
            ids = [pk for pk in ids if _point(key, [pk], winner_id)]
        if ids:
            yield f"{key.model._meta.label}.{key.name}", ids


def _point(key: models.ForeignKey[Any, Any], ids: list[int], record_id: int) -> bool:
    try:
        with transaction.atomic():
            for start in range(0, len(ids), 500):
                rows = key.model._base_manager.filter(pk__in=ids[start : start + 500])
                rows.update(**{key.attname: record_id})
    except (IntegrityError, DatabaseError):
        return False
    return True


@transaction.atomic
def undo_merge(
    *, actor: Actor, library: Organization, merge: Merge, at: datetime, command_id: UUID | None = None
) -> Merge:
    """Take a merge back: the loser is in the catalogue again with everything it had, the winner has its former MARC.

    What was received or lent under the winner since stays with it. The winner's MARC is set back only where nobody has
    changed it since.

    :raises CannotUndoMerge: it was taken back already, the winner was merged further, or holdings stand in the way.
    """
    actor.require(Permission.CATALOG_SHARED, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Merge.objects.get(pk=repeat.object_id)
    lock_new_records()
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        raise errors.CannotUndoMerge(reason=errors.UNDONE)
    both = {
        one.pk: one
        for one in Record.objects.select_for_update().filter(pk__in=[merge.winner_id, merge.loser_id]).order_by("pk")
    }
    winner, loser = both[merge.winner_id], both[merge.loser_id]
    if winner.removed_at is not None or loser.merged_into_id != winner.pk:
        raise errors.CannotUndoMerge(reason=errors.MERGED_FURTHER)
    moves = dict(merge.moves)
    sources = moves.pop("sources")
    rows = moves.pop("rows")
    led = moves.pop("led")
    # The ledger may be pointed back only while the record says that it was merged.
    for name, moved in moves.items():
        hooks.followers[name].back(loser.pk, winner.pk, moved)
    keys = {f"{key.model._meta.label}.{key.name}": key for key in _pointing()}
    for label, ids in rows.items():
        if label in keys:
            still = keys[label].model._base_manager.filter(pk__in=ids, **{keys[label].name: winner.pk})
            _point(keys[label], list(still.values_list("pk", flat=True)), loser.pk)
    for pk, had_marc in sources:
        RecordSource.objects.filter(pk=pk, record=winner).update(record=loser, **({} if had_marc else {"marc": ""}))
    _return(loser, at)
    Record.objects.filter(pk__in=led, merged_into=winner).update(merged_into=loser)
    _set_back(winner, merge, actor=actor, at=at)
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    audit.record(
        actor, "catalog.merge_undone", merge, at=at, library_id=library.pk, command_id=command_id,
        after={"title": loser.title, "number": loser.control_number},
    )  # fmt: skip
    changes.note("catalog.record", [winner.pk, loser.pk])
    return merge


def _return(loser: Record, at: datetime) -> None:
    marc = from_text(loser.marc)
    description = describe(marc)
    (rows,) = headings.resolved([marc])
    extract(loser, marc, at=at, description=description)
    loser.gather_key = gather_key(marc, description, headings.first_author(rows))
    loser.removed_at = loser.merged_into = None
    for text in RecordSource.objects.filter(record=loser).exclude(marc="").values_list("marc", flat=True):
        enrich(loser, describe(from_text(text)))
    loser.save()
    headings.store({loser.pk: rows})
    set_isbns([loser])


def _set_back(winner: Record, merge: Merge, *, actor: Actor, at: datetime) -> None:
    before = winner.versions.filter(version=merge.winner_version).first()
    if winner.version == merge.merged_version and before is not None:
        keep_version(winner, actor_id=actor.user_id, at=at)
        winner.version += 1
        marc = from_text(before.marc)
    else:
        marc = from_text(winner.marc)
    description = describe(marc)
    (rows,) = headings.resolved([marc])
    extract(winner, marc, at=at, description=description)
    winner.gather_key = gather_key(marc, description, headings.first_author(rows))
    for text in RecordSource.objects.filter(record=winner).exclude(marc="").values_list("marc", flat=True):
        enrich(winner, describe(from_text(text)))
    winner.save()
    headings.store({winner.pk: rows})
    set_isbns([winner])
