"""The search index: tantivy over ready-made keys.

Each process opens the index directory for reading; one at a time may also write. The directory holds derived
data only and a small file that says how far in the change sequence it is. All text is analysed by
:mod:`kitaphana.catalog.search.analysis`; tantivy sees finished keys separated by blanks.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Self

import tantivy

from kitaphana.catalog.search.browsing import browse, initials
from kitaphana.catalog.search.documents import SearchDocument
from kitaphana.catalog.search.expressions import BROWSED_FIELDS
from kitaphana.catalog.search.questions import Entry, Hit, Near, Query, Results, Suggestion
from kitaphana.catalog.search.searching import FILTERS, NEAR, SORTS, Search
from kitaphana.catalog.search.storing import fields, schema
from kitaphana.catalog.search.suggesting import suggest

__all__ = ["VERSION", "Entry", "Hit", "Index", "IndexLocked", "IndexUnusable", "Near", "Query", "Results", "Suggestion"]

VERSION: Final = "6"
"""Raised whenever schema or analysis change: an index of another version is unusable and is built again."""

_STATE_FILE: Final = "kitaphana-state.json"
_WRITER_HEAP_BYTES: Final = 24_000_000


class IndexUnusable(Exception):
    """The directory holds no index, a broken one, or one of another version: delete it and build again."""


class IndexLocked(Exception):
    """Another process writes to this index."""


class Index:
    """One search index. Searching is safe from several threads; writing from one at a time."""

    def __init__(self, engine: tantivy.Index, schema: tantivy.Schema, path: Path | None, *, writable: bool) -> None:
        self._engine = engine
        self._schema = schema
        self._path = path
        self._writable = writable
        self._writer: tantivy.IndexWriter | None = None
        self._write_lock = threading.Lock()
        self._state: tuple[str, int] = ("", 0)
        self._engine.config_reader("manual")
        self._read_state()
        self._engine.reload()
        self._reading: tuple[tantivy.Searcher, dict[tuple[str, str], int]] = (self._engine.searcher(), {})
        """What is searched, and how many of its records have a key, as far as that was asked; changed together."""

    # Life of an index

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None, *, writable: bool) -> Self:
        """Open the index in a directory, or an empty one in memory for ``None``.

        A writable open makes a missing directory or an empty one into a new index.

        :raises IndexUnusable: no index is there (read only), it is broken or has another version.
        """
        made = schema()
        if path is None:
            return cls(tantivy.Index(made), made, None, writable=True)
        folder = Path(path)
        exists = folder.is_dir() and any(folder.iterdir())
        if not exists:
            if not writable:
                raise IndexUnusable(f"there is no index in {folder}")
            folder.mkdir(parents=True, exist_ok=True)
            engine = tantivy.Index(made, path=str(folder))
            _write_state(folder, "", 0)
            return cls(engine, made, folder, writable=True)
        state = _load_state(folder)
        if state.get("version") != VERSION:
            raise IndexUnusable(f"the index in {folder} has version {state.get('version')!r}, not {VERSION!r}")
        try:
            engine = tantivy.Index(made, path=str(folder))
            return cls(engine, made, folder, writable=writable)
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexUnusable(f"the index in {folder} cannot be read: {error}") from error

    @staticmethod
    def destroy(path: str | os.PathLike[str]) -> None:
        """Delete an index directory, whatever is in it. Nobody may have it open for writing."""
        shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        """Give up writing (uncommitted changes are lost) and let others write."""
        with self._write_lock:
            if self._writer is not None:
                self._writer.rollback()
                self._writer.wait_merging_threads()
                self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Writing

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise IndexLocked("this index was opened for reading only")
        if self._writer is None:
            try:
                self._writer = self._engine.writer(_WRITER_HEAP_BYTES, 1)
            except ValueError as error:
                raise IndexLocked(f"another process writes to the index: {error}") from error
        return self._writer

    def add(self, documents: Iterable[SearchDocument], *, replace: bool = True) -> int:
        """Add documents, in place of those with the same id; visible after :meth:`commit`.

        :param replace: ``False`` skips looking for older versions; only for filling an empty index with
            unique ids.
        :returns: how many were added.
        :raises IndexLocked: another process writes.
        """
        added = 0
        with self._write_lock:
            writer = self._open_writer()
            for document in documents:
                if replace:
                    writer.delete_documents_by_term("id", document.id)
                writer.add_document(tantivy.Document.from_dict(fields(document), self._schema))
                added += 1
        return added

    def delete(self, ids: Iterable[int]) -> None:
        """Remove records; ids that are not there do not matter. Visible after :meth:`commit`."""
        with self._write_lock:
            writer = self._open_writer()
            for record_id in ids:
                writer.delete_documents_by_term("id", record_id)

    def commit(self, sequence: int, epoch: str) -> None:
        """Make changes durable and visible, and remember how far in the change sequence the index is.

        The state is written after the data: after a crash between the two the last changes are applied once
        more, which changes nothing.
        """
        with self._write_lock:
            self._open_writer().commit()
            self._state = (epoch, sequence)
            if self._path is not None:
                _write_state(self._path, epoch, sequence)
        self.reload()

    @property
    def sequence(self) -> tuple[str, int]:
        """Epoch and number of the last change the index has; ("", 0) for a new index."""
        return self._state

    def reload(self) -> None:
        """See what has been committed since, also by another process.

        :raises IndexUnusable: the directory was deleted or replaced by another version.
        """
        try:
            self._read_state()
            self._engine.reload()
            self._reading = (self._engine.searcher(), {})
        except (ValueError, OSError, RuntimeError) as error:
            raise IndexUnusable(f"the index cannot be read any more: {error}") from error

    def _read_state(self) -> None:
        if self._path is not None:
            state = _load_state(self._path)
            if state.get("version") != VERSION:
                raise IndexUnusable(f"the index now has version {state.get('version')!r}")
            self._state = (str(state.get("epoch", "")), int(state.get("sequence", 0)))

    def count(self) -> int:
        """How many records the index holds."""
        return int(self._reading[0].num_docs)

    # Reading

    def search(self, query: Query) -> Results:
        """Find records. Never raises for what a reader typed.

        Only records that have every word are found; when there are none, records with one word fewer, down to
        half of them. Words such as «роман», «оқулық», «туралы» help the order but need not be there.

        :raises ValueError: unknown filter or sort: a mistake of the caller.
        """
        if unknown := set(query.filters) - FILTERS:
            raise ValueError(f"unknown filters: {sorted(unknown)}")
        if query.sort not in {"relevance", NEAR, *SORTS}:
            raise ValueError(f"unknown sort: {query.sort}")
        searcher, frequencies = self._reading
        return Search(searcher, self._schema, query, frequencies).run()

    def browse(self, field: str, start: str, limit: int = 20, back: int = 0) -> list[Entry]:
        """An alphabetical list of headings (Kazakh order; class numbers by their signs) with their records.

        :param field: one of ``expressions.BROWSED_FIELDS``.
        :param start: the list begins with the first heading that is not before this text.
        :param back: so many headings that are before it stand in front, or fewer where there are none.
        :raises ValueError: a field without a list.
        """
        if field not in BROWSED_FIELDS:
            raise ValueError(f"no list of: {field}")
        return browse(self._reading[0], self._schema, field, start, limit, back)

    def initials(self, field: str) -> list[str]:
        """The letters with which the headings of a list begin, in its order.

        :raises ValueError: a field without a list.
        """
        if field not in BROWSED_FIELDS:
            raise ValueError(f"no list of: {field}")
        return initials(self._reading[0], field)

    def suggest(self, prefix: str, limit: int = 8, library_id: int | None = None) -> list[Suggestion]:
        """Titles and authors whose words begin with what was typed so far, in any script or keyboard."""
        return suggest(self._reading[0], self._schema, prefix, limit, library_id)


def _load_state(folder: Path) -> dict[str, Any]:
    try:
        state = json.loads((folder / _STATE_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"the state of the index in {folder} cannot be read: {error}") from error
    if not isinstance(state, dict):
        raise IndexUnusable(f"the state of the index in {folder} is not an object")
    return state


def _write_state(folder: Path, epoch: str, sequence: int) -> None:
    temporary = folder / f"{_STATE_FILE}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"version": VERSION, "epoch": epoch, "sequence": sequence}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / _STATE_FILE)
