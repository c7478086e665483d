"""import-marc, export-marc and reindex as scripts call them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from kitaphana.catalog import exports, queries
from kitaphana.catalog.models import ImportRun, Record
from kitaphana.catalog.tests.factories import data_of, described, imported, marc, title_only
from kitaphana.formats import detect
from kitaphana.formats.marc import Field, Good, Subfield

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command(*(str(one) for one in arguments), stdout=out)
    return out.getvalue()


def test_import_marc_json_prints_the_report_and_nothing_else(world: Any, tmp_path: Path) -> None:
    path = tmp_path / "кітаптар.mrc"
    bad = b"00026     2200025   4500\x1e\x1d"
    path.write_bytes(data_of(title_only("1", "Ботагөз"), bad, title_only("2", "Қан мен тер")))
    report = json.loads(run("import_marc", path, "--library", "S-1", "--json"))
    errors = report.pop("errors")
    assert report == {"read": 3, "imported": 2, "updated": 0, "merged": 0, "rejected": 1}
    assert [(error["record"], sorted(error)) for error in errors] == [(2, ["code", "message", "position", "record"])]
    assert queries.search("ботагөз").total == 1
    again = json.loads(run("import_marc", path, "--library", "S-1", "--json"))
    assert (again["imported"], again["updated"], again["rejected"]) == (0, 2, 1)


def test_import_marc_prints_for_people(world: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(data_of(title_only("1", "Ботагөз"), title_only("2", "Тақырып", "00000nz  a2200000   4500")))
    text = run("import_marc", path, "--library", "S-1")
    assert "read 2: imported 1, updated 0, merged 0, rejected 1" in text
    assert "catalog.authority_record" in text


@pytest.mark.parametrize("problem", ["library", "not a library", "file", "not marc"])
def test_import_marc_that_cannot_begin_ends_with_2(world: Any, tmp_path: Path, problem: str) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"%PDF-1.4" if problem == "not marc" else data_of(title_only("1", "Ботагөз")))
    code = {"library": "NONE", "not a library": "AKM"}.get(problem, "S-1")
    with pytest.raises(CommandError) as caught:
        run("import_marc", tmp_path / "none.mrc" if problem == "file" else path, "--library", code, "--json")
    assert caught.value.returncode == 2
    assert str(caught.value)
    assert not ImportRun.objects.exists()


def test_export_marc_gives_back_what_was_imported(world: Any, tmp_path: Path) -> None:
    data = data_of(*(marc(f"N{number}", f"Кітап {number}") for number in range(30)))
    imported(world.librarian, world.school, data)
    assert run("export_marc", "-o", tmp_path / "out.mrc").startswith("30 ")
    assert (tmp_path / "out.mrc").read_bytes() == data


def test_export_marc_of_a_library_has_what_it_contributed(world: Any, tmp_path: Path) -> None:
    imported(world.librarian, world.school, marc("1", "Ботагөз"), marc("2", "Қан мен тер"))
    imported(world.neighbour_librarian, world.neighbour, marc("9", "Қан мен тер"), marc("10", "Алпамыс"))
    described(world.neighbour_librarian, world.neighbour, "Қобыланды")
    run("export_marc", "-o", tmp_path / "out.mrc", "--library", "S-2")
    with (tmp_path / "out.mrc").open("rb") as stream:
        titles = [one.record.all("245")[0].get("a") for one in detect.open_records(stream) if isinstance(one, Good)]
    assert [title.rstrip(" /:") for title in titles if title] == ["Қан мен тер", "Алпамыс", "Қобыланды"]


def test_export_marc_as_xml_can_be_imported_again(world: Any, tmp_path: Path) -> None:
    imported(world.librarian, world.school, *(marc(f"N{number}", f"Кітап {number}") for number in range(5)))
    before = list(Record.objects.values_list("marc", flat=True))
    run("export_marc", "-o", tmp_path / "out.xml", "--format", "marcxml")
    report = json.loads(run("import_marc", tmp_path / "out.xml", "--library", "S-1", "--format", "marcxml", "--json"))
    assert (report["read"], report["updated"]) == (5, 5)
    assert list(Record.objects.values_list("marc", flat=True)) == before


def test_export_marc_as_unimarc_reports_what_was_lost(world: Any, tmp_path: Path) -> None:
    one = title_only("1", "Ботагөз")
    one.fields.append(Field("583", subfields=[Subfield("a", "жөнделді")]))
    one.fields.append(Field("590", subfields=[Subfield("a", "сый")]))
    imported(world.librarian, world.school, one, title_only("2", "Қан мен тер"))
    out = run("export_marc", "-o", tmp_path / "out.mrc", "--format", "rusmarc", "--report", tmp_path / "lost.tsv")
    assert out.split("\n")[1:] == ["1 records had fields without a place in the form:", "  583: 1", "  590: 1", ""]
    assert (tmp_path / "lost.tsv").read_text() == "record\tfield\n1\t583\n1\t590\n"
    with (tmp_path / "out.mrc").open("rb") as stream:
        read = list(detect.open_records(stream))
    assert [(one.dialect, one.repairs) for one in read if isinstance(one, Good)] == [("unimarc", ())] * 2


@pytest.mark.parametrize("form", exports.FORMS)
def test_export_marc_in_every_form(world: Any, tmp_path: Path, form: str) -> None:
    imported(world.librarian, world.school, *(marc(f"N{number}", f"Кітап {number}") for number in range(3)))
    assert run("export_marc", "-o", tmp_path / "out", "--format", form).startswith("3 ")
    data = (tmp_path / "out").read_bytes()
    if form in {"marcxml", "mods", "dc"}:
        assert len(etree.fromstring(data)) == 3
    elif form == "json":
        assert len(json.loads(data)) == 3
    elif form in {"marc21", "marc8", "unimarc"}:
        assert data.count(b"\x1d") == 3
    else:
        assert data.decode().count("Кітап") >= 3


def test_export_marc_of_an_unknown_library_ends_with_2(world: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run("export_marc", "-o", tmp_path / "out.mrc", "--library", "NONE")
    assert caught.value.returncode == 2
    assert not (tmp_path / "out.mrc").exists()


def test_reindex_builds_the_index_anew(world: Any) -> None:
    described(world.librarian, world.school)
    assert "1 records indexed" in run("reindex")
    assert queries.search("абай").total == 1
