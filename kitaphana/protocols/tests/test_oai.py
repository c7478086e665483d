"""OAI-PMH: tokens, dates, refusals. Other people's harvester is in tests/protocols."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from kitaphana.catalog import queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import AT, ISBNS, described
from kitaphana.circulation.tests.factories import copies
from kitaphana.protocols.oai import views

NAMES = {"o": views.OAI, "dc": "http://purl.org/dc/elements/1.1/", "m": "http://www.loc.gov/MARC21/slim"}
DAY = timedelta(days=1)


def ask(**arguments: str) -> etree._Element:
    response = Client().get("/oai", arguments)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/xml")
    return etree.fromstring(response.content)


def code_of(**arguments: str) -> str:
    found = ask(**arguments).find("o:error", NAMES)
    assert found is not None, etree.tostring(ask(**arguments))
    return str(found.get("code"))


@pytest.fixture
def records(world: Any) -> list[Record]:
    """Seven editions of seven days, the third merged into the first."""
    made = [described(world.librarian, world.school, f"Кітап {number}", year=2000 + number) for number in range(7)]
    for number, record in enumerate(made):
        Record.objects.filter(pk=record.pk).update(changed_at=datetime(2026, 1, 1, tzinfo=UTC) + number * DAY)
    first, third = (Record.objects.get(pk=made[number].pk) for number in (0, 2))
    catalog.merge_records(
        actor=world.methodist, library=world.school, winner=first, loser=third, marc=queries.marc_of(first), at=AT
    )
    return list(Record.objects.order_by("changed_at", "pk"))


@pytest.mark.django_db
def test_a_token_survives_a_restart_and_changes_meanwhile(
    records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 3)
    first = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = first.find(".//o:resumptionToken", NAMES)
    assert token is not None
    assert (token.get("completeListSize"), token.get("cursor")) == ("7", "0")
    # One that was given already changes: it comes again at the end, nothing is left out.
    Record.objects.filter(pk=records[0].pk).update(changed_at=datetime(2026, 11, 1, tzinfo=UTC))
    seen = [element.text for element in first.findall(".//o:identifier", NAMES)]
    text: str | None = token.text
    while text:
        page = ask(verb="ListIdentifiers", resumptionToken=text)
        seen += [element.text for element in page.findall(".//o:identifier", NAMES)]
        token = page.find(".//o:resumptionToken", NAMES)
        text = token.text if token is not None else ""
    assert {str(one).rpartition(":")[2] for one in seen} == {one.control_number for one in records}
    assert len(seen) == 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("badVerb", {}),
        ("badVerb", {"verb": "Erase"}),
        ("badArgument", {"verb": "ListRecords"}),
        ("badArgument", {"verb": "Identify", "colour": "red"}),
        ("badArgument", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}),
        ("badArgument", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-31"}),
        (
            "badArgument",
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01", "until": "2026-01-01"},
        ),
        (
            "badArgument",
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01", "until": "2026-03-01T00:00:00Z"},
        ),
        ("badArgument", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"}),
        ("badResumptionToken", {"verb": "ListRecords", "resumptionToken": "x"}),
        ("cannotDisseminateFormat", {"verb": "ListRecords", "metadataPrefix": "ean"}),
        ("idDoesNotExist", {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:x:1"}),
        ("noRecordsMatch", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"}),
        ("noRecordsMatch", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "library:NONE"}),
        ("noRecordsMatch", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "colour"}),
    ],
)
def test_refusals(records: list[Record], code: str, arguments: dict[str, str]) -> None:
    assert code_of(**arguments) == code


@pytest.mark.django_db
def test_a_page_takes_the_same_statements_however_full(
    world: Any, records: list[Record], django_assert_max_num_queries: Any
) -> None:
    first = Record.objects.order_by("pk").first()
    copies(world.school, marc=first.marc if first else "")
    with django_assert_max_num_queries(12):
        ask(verb="ListRecords", metadataPrefix="marc21")


@pytest.mark.django_db
def test_marcxml_and_post(world: Any, samples: Path) -> None:
    described(world.librarian, world.school, "Абай жолы", isbns=ISBNS[:1])
    response = Client().post("/oai", {"verb": "ListRecords", "metadataPrefix": "marc21"})
    found = etree.fromstring(response.content).findall(".//m:record", NAMES)
    assert len(found) == 1
    schema = etree.XMLSchema(etree.parse(str(samples / "schemas/MARC21slim.xsd")))
    schema.assertValid(found[0])


@pytest.mark.django_db
def test_from_and_until_choose_by_day_and_by_second(records: list[Record]) -> None:
    def stamps(**dates: str) -> list[str | None]:
        found = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", **dates)
        return [one.text for one in found.findall(".//o:datestamp", NAMES)]

    assert stamps(**{"from": "2026-01-04", "until": "2026-01-05"}) == ["2026-01-04T00:00:00Z", "2026-01-05T00:00:00Z"]
    assert [str(one)[:10] for one in stamps(**{"from": "2026-01-06T00:00:01Z"})] == [
        "2026-01-07", "2026-09-10", "2026-09-10",
    ]  # fmt: skip
