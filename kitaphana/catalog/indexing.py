"""The search index of this installation folder, built from the database and kept current from the change sequence.

One process at a time writes (whoever gets the index's lock), every process reads. The folder may be deleted at any
time; a damaged, foreign or outdated index is built anew beside the old one and put in its place.
"""

from __future__ import annotations

import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from kitaphana.catalog import headings, hooks
from kitaphana.catalog.enums import HeadingRole
from kitaphana.catalog.extraction import from_text
from kitaphana.catalog.models import Record
from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.catalog.search.index import Index, IndexLocked, IndexUnusable
from kitaphana.core import changes
from kitaphana.formats.bibliographic import describe
from kitaphana.organizations import queries as organizations

log = logging.getLogger(__name__)

KIND = "catalog.record"
CHUNK = 1000
_LOCK = threading.RLock()
_READERS: dict[Path, tuple[tuple[int, int], Index]] = {}


def index() -> Index:
    """The index for searching, seeing what was committed last, also by another process. Built if there is none."""
    folder = Path(settings.SEARCH_FOLDER)
    with _LOCK:
        known = _READERS.get(folder)
        stamp = _stamp(folder)
        if known is not None and known[0] == stamp:
            return known[1]
        if known is not None and stamp[0] == known[0][0]:
            try:
                known[1].reload()
            except IndexUnusable:
                known = None
            else:
                _READERS[folder] = (stamp, known[1])
                return known[1]
        try:
            opened = Index.open(folder, writable=False)
        except IndexUnusable:
            bring_up_to_date()
            opened = Index.open(folder, writable=False)
        _READERS[folder] = (_stamp(folder), opened)
        return opened


def _stamp(folder: Path) -> tuple[int, int]:
    """Changes when the folder was replaced (first part) or committed to (second)."""
    try:
        return folder.stat().st_ino, (folder / "kitaphana-state.json").stat().st_mtime_ns
    except OSError:
        return 0, 0


def bring_up_to_date() -> int:
    """Apply the changes that the index lacks; builds it where there is none. Returns how many records were touched.

    Where another process is writing, that one does the work and 0 is returned.
    """
    folder = Path(settings.SEARCH_FOLDER)
    with _LOCK:
        epoch = changes.epoch()
        try:
            with Index.open(folder, writable=False) as present:
                known_epoch, sequence = present.sequence
        except IndexUnusable:
            return rebuild()
        if known_epoch != epoch or sequence > changes.latest():
            return rebuild()
        if not changes.after(sequence, kind=KIND, limit=1):
            return 0
        try:
            with Index.open(folder, writable=True) as writer:
                return _apply(writer, sequence, epoch)
        except IndexLocked:
            return 0


def _apply(writer: Index, sequence: int, epoch: str) -> int:
    touched = 0
    while batch := changes.after(sequence, kind=KIND, limit=CHUNK):
        ids = list(dict.fromkeys(record_id for _, record_id in batch))
        found = list(documents(ids))
        writer.add(found)
        writer.delete(set(ids) - {document.id for document in found})
        sequence = batch[-1][0]
        touched += len(ids)
        if touched % (CHUNK * 20) == 0:
            writer.commit(sequence, epoch)
    writer.commit(sequence, epoch)
    return touched


def rebuild(*, tell: Callable[[int], None] | None = None) -> int:
    """Build the index from scratch beside the old one, then put it in its place. Returns the number of records."""
    folder = Path(settings.SEARCH_FOLDER)
    fresh = folder.with_name(folder.name + ".new")
    with _LOCK:
        shutil.rmtree(fresh, ignore_errors=True)
        epoch, sequence = changes.epoch(), changes.latest()
        areas = organizations.areas_of()
        done = last = 0
        with Index.open(fresh, writable=True) as writer:
            while ids := list(Record.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:CHUNK]):
                done += writer.add(documents(ids, areas=areas), replace=False)
                last = ids[-1]
                if tell is not None:
                    tell(done)
            writer.commit(sequence, epoch)
        _READERS.pop(folder, None)
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
        return done


def documents(ids: Sequence[int], *, areas: Mapping[int, tuple[int, ...]] | None = None) -> Iterator[SearchDocument]:
    """What the index knows of records; ids that are gone are passed over. Six statements, two fewer with ``areas``
    (``organizations.queries.areas_of`` all libraries).
    """
    held = hooks.library_ids_of(list(ids))
    if areas is None:
        areas = organizations.areas_of({library for libraries in held.values() for library in libraries})
    forms = headings.forms_by_record(ids)
    for record in Record.objects.filter(id__in=ids, removed_at=None).order_by("id").iterator(chunk_size=CHUNK):
        yield SearchDocument(
            id=record.pk,
            title=record.title,
            subtitle=record.subtitle,
            alternative_titles=_alternative_titles(record.marc),
            authors=tuple(record.authors),
            subjects=tuple(record.subjects),
            isbns=tuple(record.isbns),
            year=record.year,
            language=record.language,
            kind=record.kind,
            age_from=record.age_from,
            age_to=record.age_to,
            grade=record.grade,
            udc=record.udc,
            bbk=record.bbk,
            publisher=record.publisher,
            series=record.series,
            library_ids=held.get(record.pk, ()),
            areas=tuple({area for library in held.get(record.pk, ()) for area in areas.get(library, ())}),
            summary="\n".join(part for part in (record.summary, record.contents, record.issn) if part),
            added=int(record.made_at.timestamp()),
            author_variants=forms.get(record.pk, {}).get(HeadingRole.AUTHOR, ()),
            subject_variants=forms.get(record.pk, {}).get(HeadingRole.SUBJECT, ()),
        )


_OTHER_TITLES = re.compile(r'{"(?:130|240|246|730|740|880)":')


def _alternative_titles(marc: str) -> tuple[str, ...]:
    # Most records have no such field; looking is a hundred times cheaper than parsing.
    return describe(from_text(marc)).alternative_titles if _OTHER_TITLES.search(marc) else ()


def follow(stop: threading.Event, *, pause: float = 0.5) -> None:
    """Keep the index current until told to stop; a change is searchable within about a second."""
    while not stop.is_set():
        try:
            close_old_connections()
            bring_up_to_date()
        except Exception:  # a locked or restarting database must not end the following
            log.exception("the index could not be brought up to date; trying again")
            stop.wait(5)
        stop.wait(pause)
