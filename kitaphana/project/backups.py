"""Backups: one archive with the database, the files and the secret, consistent while people work.

SQLite is copied with its online backup and verified (``PRAGMA integrity_check``); PostgreSQL is dumped with its own
``pg_dump`` and restored with ``pg_restore``. The search index is left out: it rebuilds itself.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

SQLITE = "kitaphana.sqlite3"
DUMP = "kitaphana.pgdump"


class BackupError(Exception):
    """The backup could not be written or read; the message says why."""


def write(target: Path) -> int:
    """Write a backup to ``target`` (a .tar.gz) and return its size in bytes.

    The file appears only when it is whole: it is written beside its place and renamed.

    :raises BackupError: the copy of the database is damaged or a program is missing.
    """
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as scratch:
        folder = Path(scratch)
        database = _copy_sqlite(folder) if connection.vendor == "sqlite" else _dump_postgresql(folder)
        archive = folder / "archive.tar.gz"
        with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
            tar.add(database, database.name)
            for name in ("files", "secret.key"):
                if (settings.DATA / name).exists():
                    tar.add(settings.DATA / name, name)
        archive.replace(target)
    return target.stat().st_size


def restore(source: Path) -> None:
    """Unpack a backup into the data folder and, for PostgreSQL, into the empty database.

    :raises BackupError: the archive can't be read, or there is something that would be overwritten.
    """
    try:
        with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".restore-") as scratch:
            with tarfile.open(source, "r:gz") as tar:
                tar.extractall(scratch, filter="data")
            _put_in_place(Path(scratch))
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} cannot be read: {error}") from error


def _put_in_place(folder: Path) -> None:
    if connection.vendor == "sqlite":
        if not (folder / SQLITE).exists():
            raise BackupError("the archive holds no SQLite database")
        place = Path(_sqlite_path())
        if place.exists() and place.stat().st_size:
            raise BackupError(f"{place} exists; move it away first")
        _verify(folder / SQLITE)
        (folder / SQLITE).replace(place)
    else:
        if not (folder / DUMP).exists():
            raise BackupError("the archive holds no PostgreSQL dump")
        _run("pg_restore", "--no-owner", "--exit-on-error", "--dbname", _database_url(), str(folder / DUMP))
    for name in ("files", "secret.key"):
        if (folder / name).exists():
            place = settings.DATA / name
            if place.is_dir():
                shutil.copytree(folder / name, place, dirs_exist_ok=True)
            else:
                (folder / name).replace(place)


def _copy_sqlite(folder: Path) -> Path:
    target = folder / SQLITE
    with (
        closing(sqlite3.connect(_sqlite_path())) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy, pages=2000, sleep=0.005)
    _verify(target)
    return target


def _sqlite_path() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _verify(path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise BackupError(f"the database is damaged: {verdict}")


def _database_url() -> str:
    database = settings.DATABASES["default"]
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return " ".join(f"{key}='{database[name]}'" for key, name in parts.items() if database.get(name))


def _dump_postgresql(folder: Path) -> Path:
    target = folder / DUMP
    _run("pg_dump", "--format=custom", "--file", str(target), "--dbname", _database_url())
    return target


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not installed")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - fixed program
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()}")
