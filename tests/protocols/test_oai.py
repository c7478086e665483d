"""Somebody else's harvester (sickle) takes the catalogue over HTTP."""

from __future__ import annotations

from sickle import Sickle

from tests.protocols.conftest import Server


def test_a_harvester_takes_everything_page_by_page_over_a_restart(server: Server) -> None:
    harvester = Sickle(f"{server.address}/oai")
    assert harvester.Identify().protocolVersion == "2.0"
    assert harvester.Identify().deletedRecord == "persistent"
    assert {one.metadataPrefix for one in harvester.ListMetadataFormats()} == {"oai_dc", "marc21", "mods"}
    found = []
    for one in harvester.ListRecords(metadataPrefix="oai_dc"):
        found.append(one)
        if len(found) == 50:
            # The next page is asked of a process that never saw this harvester.
            server.stop()
            server.start()
    assert len(found) == len({one.header.identifier for one in found}) == 250
    gone = [one for one in found if one.deleted]
    assert len(gone) == 1
    titles = {one.metadata["title"][0] for one in found if not one.deleted}
    assert {"Абай жолы : роман-эпопея", "Қара сөз", "Кітап 245"} <= titles
    assert "Кітап 246" not in titles


def test_one_record_in_every_form(server: Server) -> None:
    harvester = Sickle(f"{server.address}/oai")
    header = next(iter(harvester.ListIdentifiers(metadataPrefix="oai_dc")))
    for prefix, sign in (("marc21", "MARC21/slim"), ("mods", "loc.gov/mods/v3"), ("oai_dc", "purl.org/dc")):
        assert sign in harvester.GetRecord(identifier=header.identifier, metadataPrefix=prefix).raw


def test_a_set_is_what_a_library_holds(server: Server) -> None:
    harvester = Sickle(f"{server.address}/oai")
    assert {one.setSpec for one in harvester.ListSets()} == {"library", "library:S-1", "library:S-2"}
    held = list(harvester.ListRecords(metadataPrefix="oai_dc", set="library:S-2"))
    assert [one.metadata["title"] for one in held] == [["Қара сөз"]]
    assert held[0].header.setSpecs == ["library:S-2"]


def test_dates_choose(server: Server) -> None:
    harvester = Sickle(f"{server.address}/oai")
    day = {"from": "2026-09-10", "until": "2026-09-10"}
    assert len(list(harvester.ListIdentifiers(metadataPrefix="oai_dc", **day))) == 250
