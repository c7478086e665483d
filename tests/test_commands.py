"""The command line as outsiders use it: real processes on a data folder of their own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

KITAPHANA = str(Path(sys.executable).parent / "kitaphana")
Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.xdist_group("commands")


def runner(data: Path) -> Run:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "DATABASE_URL", "KITAPHANA_SECRET"))
    }
    environment |= {"KITAPHANA_DATA": str(data), "KITAPHANA_LOG": "WARNING"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KITAPHANA, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=240
        )

    return run


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A demo on SQLite, made by the commands themselves."""
    data = tmp_path_factory.mktemp("installation")
    run = runner(data)
    assert run("migrate", "--verbosity", "0").returncode == 0
    made = run("demo")
    assert made.returncode == 0, made.stderr
    return data, run


def test_demo_writes_the_facts_that_scripts_need(installation: tuple[Path, Run]) -> None:
    data, _run = installation
    facts = json.loads((data / "demo.json").read_text(encoding="utf-8"))
    assert facts["base_url"].startswith("http://127.0.0.1:")
    roles = {"reader", "librarian", "director", "methodist", "department", "expert", "ministry", "administrator"}
    assert set(facts["users"]) == roles
    assert all({"login", "password", "token"} <= set(user) for user in facts["users"].values())
    schools = [library for library in facts["libraries"] if "cards" in library]
    assert len(schools) == 3
    assert all(len(set(school["cards"])) == len(set(school["barcodes"])) == 10 for school in schools)


def test_demo_goes_only_into_an_empty_folder(installation: tuple[Path, Run]) -> None:
    _data, run = installation
    assert run("demo").returncode != 0
    assert run("demo", "--if-empty").returncode == 0


def test_check_passes_on_the_demo_and_finds_what_is_broken(installation: tuple[Path, Run], tmp_path: Path) -> None:
    data, run = installation
    assert json.loads(run("check", "--json").stdout) == {"ok": True, "violations": []}
    archive = tmp_path / "backup.tar.gz"
    assert run("backup", str(archive)).returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    restored = runner(other)
    assert restored("restore", str(archive)).returncode == 0
    assert restored("check").returncode == 0
    # The secret travels with the backup: sessions and encrypted data stay readable.
    assert (other / "secret.key").read_text() == (data / "secret.key").read_text()
    with closing(sqlite3.connect(other / "kitaphana.sqlite3")) as database:
        database.execute("DELETE FROM fund_copy WHERE id = (SELECT max(id) FROM fund_copy WHERE state = 'IN_FUND')")
        database.commit()
    broken = restored("check", "--json")
    assert broken.returncode == 1
    codes = {one["code"] for one in json.loads(broken.stdout)["violations"]}
    assert any(code.startswith("fund.") for code in codes)


def test_restore_refuses_to_overwrite(installation: tuple[Path, Run], tmp_path: Path) -> None:
    _data, run = installation
    archive = tmp_path / "backup.tar.gz"
    assert run("backup", str(archive)).returncode == 0
    refused = run("restore", str(archive))
    assert refused.returncode != 0
    assert "exists" in refused.stderr


def test_restore_of_a_damaged_file_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"\x1f\x8b not an archive")
    (tmp_path / "data").mkdir()
    refused = runner(tmp_path / "data")("restore", str(broken))
    assert refused.returncode != 0
    assert "cannot be read" in refused.stderr


def test_the_journal_and_the_ledger_refuse_change(installation: tuple[Path, Run]) -> None:
    data, _run = installation
    with closing(sqlite3.connect(data / "kitaphana.sqlite3")) as database:
        for table in ("core_auditentry", "fund_ledgerentry", "fund_act"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    database.execute(statement)


def test_import_and_export_of_real_records(installation: tuple[Path, Run], samples: Path, tmp_path: Path) -> None:
    _data, run = installation
    path = samples / "marc" / "kaz-constructed.mrc"
    first = json.loads(run("import-marc", str(path), "--library", "BUR-017", "--json").stdout)
    assert (first["read"], first["rejected"]) == (12, 0)
    assert first["read"] == first["imported"] + first["updated"] + first["merged"] + first["rejected"]
    second = json.loads(run("import-marc", str(path), "--library", "BUR-017", "--json").stdout)
    assert second["read"] == second["updated"] + second["merged"] == 12
    out = tmp_path / "out.mrc"
    assert run("export-marc", "--library", "BUR-017", "-o", str(out)).returncode == 0
    exported = out.read_bytes()
    records = path.read_bytes().split(b"\x1d")[:-1]
    assert sum(record in exported for record in records) == first["imported"]


def test_a_file_that_is_no_marc_is_refused_in_words(installation: tuple[Path, Run], tmp_path: Path) -> None:
    _data, run = installation
    path = tmp_path / "letter.txt"
    path.write_text("Құрметті кітапханашы!", encoding="utf-8")
    refused = run("import-marc", str(path), "--library", "BUR-017", "--json")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "letter.txt" in refused.stderr
    assert run("import-marc", str(path), "--library", "NOWHERE").returncode == 2


def test_token_opens_the_api(installation: tuple[Path, Run]) -> None:
    _data, run = installation
    token = run("token", "librarian").stdout.strip()
    assert len(token) > 30


@pytest.mark.once
def test_an_installation_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """What the ledger's triggers read may change under them, and they are there afterwards."""
    data = tmp_path / "older"
    run = runner(data)
    assert run("migrate", "fund", "0009", "--verbosity", "0").returncode == 0
    with closing(sqlite3.connect(data / "kitaphana.sqlite3")) as connection:
        before = set(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    done = run("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(data / "kitaphana.sqlite3")) as connection:
        after = set(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    assert any(name == "fund_ledgerentry_no_update" for name, _sql in before)
    assert before <= after
