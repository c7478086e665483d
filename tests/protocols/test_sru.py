"""YAZ's client, which libraries use, searches and scans our catalogue by SRU; our own copy cataloguing too."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from urllib.parse import quote

import pytest
from lxml import etree

from tests.protocols.conftest import Server


def yaz(server: Server, *commands: str) -> str:
    program = shutil.which("yaz-client")
    assert program is not None, "yaz-client is missing: install the system's package «yaz»"
    lines = [f"open {server.address}/sru", *commands, "quit"]
    done = subprocess.run(
        [program], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_yaz_finds_and_shows(server: Server, version: str) -> None:
    said = yaz(server, f"sru get {version}", "querytype cql", 'find dc.title="абай жолы"', "show 1+1")
    assert "Number of hits: 1" in said
    assert "Абай жолы" in said


def test_yaz_posts_and_scans(server: Server) -> None:
    said = yaz(server, "sru post 1.2", "querytype cql", "find dc.creator=әуезов and dc.date>2012", "scan dc.title=Абай")
    assert "Number of hits: 1" in said
    assert "Абай жолы" in said


def test_yaz_understands_a_diagnostic(server: Server) -> None:
    assert "Unsupported index" in yaz(server, "sru get 1.2", "querytype cql", "find dc.colour=red")


def test_the_requests_of_the_documents_are_answered(server: Server) -> None:
    from pathlib import Path

    text = (Path(__file__).parent.parent.parent / "docs/protocols.md").read_text(encoding="utf-8")
    examples = [line.strip() for line in text.splitlines() if line.startswith("    /")]
    assert len(examples) >= 7
    for example in examples:
        address = server.address + quote(example, safe="/?&=:%")
        with urllib.request.urlopen(address, timeout=20) as answer:
            root = etree.fromstring(answer.read())
        assert not list(root.iter("{*}diagnostic")), example
        assert root.find("{http://www.openarchives.org/OAI/2.0/}error") is None or "AST-025" in example, example
