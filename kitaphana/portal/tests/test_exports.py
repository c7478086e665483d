"""Records and results as files, and how a record's page is cited and read by search engines."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import bibtexparser
import docx
import pymarc
import pytest
import rispy
from django.test import Client
from django.urls import reverse
from lxml import etree
from python_calamine import CalamineWorkbook

from kitaphana.catalog import exports, indexing
from kitaphana.catalog.extraction import to_text
from kitaphana.catalog.models import Record
from kitaphana.formats import iso2709, marcxml
from kitaphana.formats.marc import Field, Good, MarcRecord, Subfield
from kitaphana.fund.tests.factories import record
from kitaphana.portal import exports as results

pytestmark = pytest.mark.django_db


@pytest.fixture
def anybody() -> Client:
    client = Client()
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def editions() -> list[Record]:
    made = [
        record("Абай жолы", isbns=["9786017002015"], extent="320 б.", gather_key="abai"),
        record("Путь Абая", language="rus", year=1952, gather_key="abai"),
        record("=Қан мен тер", authors=["Нұрпейісов, Әбдіжәміл"]),
    ]
    indexing.rebuild()
    return made


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def taken(client: Client, extension: str, **asked: Any) -> bytes:
    response = client.get(reverse("portal:search_file", args=[extension]), asked)
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="catalogue.{extension}"'
    return body(response)


def test_the_page_of_a_record_cites_it_and_offers_every_form(anybody: Client, editions: list[Record]) -> None:
    page = anybody.get(reverse("portal:record", args=[editions[0].pk])).content.decode()
    assert (
        "Әуезов, М. Абай жолы / М. Әуезов. – Алматы : Жазушы, 2020. – 320 б. – ISBN 978-601-7002-01-5. – Мәтін : тікелей."
        in page
    )
    assert "GOST 7.1-2003" in page
    for form in exports.FORMS.values():
        assert reverse("catalog:record_file", args=[editions[0].pk, form.extension]) in page


def test_search_engines_read_the_page_of_a_record(anybody: Client, editions: list[Record]) -> None:
    first = editions[0]
    Record.objects.filter(pk=first.pk).update(
        marc=first.marc.replace("Абай жолы", "Абай </script><b> жолы & басқа"), title="Абай"
    )
    page = anybody.get(reverse("portal:record", args=[first.pk])).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    (data,) = [json.loads(text) for text in found]
    assert (data["@type"], data["name"], data["isbn"]) == ("Book", "Абай </script><b> жолы & басқа", ["9786017002015"])
    assert data["@id"] == f"http://testserver/catalog/records/{first.pk}/"
    assert [one["name"] for one in data["exampleOfWork"]["workExample"]] == ["Путь Абая"]
    assert "offers" not in data


@pytest.mark.parametrize("form", exports.FORMS.values(), ids=list(exports.FORMS))
def test_a_record_is_taken_by_anybody_in_every_form(anybody: Client, editions: list[Record], form: Any) -> None:
    response = anybody.get(reverse("catalog:record_file", args=[editions[0].pk, form.extension]))
    assert (response.status_code, response["Content-Type"]) == (200, form.media_type)
    data = response.content
    assert data
    if form.extension.endswith("xml"):
        etree.fromstring(data)
    elif form.extension == "json":
        assert MarcRecord.from_json(json.loads(data)).first("245")
    elif form.extension.endswith("mrc"):
        read = iso2709.parse(data)
        assert isinstance(read, Good)
        assert (read.repairs, read.dialect) == ((), "unimarc" if "unimarc" in form.extension else "marc21")
    elif form.extension == "ris":
        assert rispy.loads(data.decode())[0]["urls"] == [f"http://testserver/catalog/records/{editions[0].pk}/"]


def test_a_record_in_an_unknown_form_is_not_there(anybody: Client, editions: list[Record]) -> None:
    assert anybody.get(reverse("catalog:record_file", args=[editions[0].pk, "exe"])).status_code == 404
    assert anybody.get(reverse("portal:search_file", args=["exe"])).status_code == 404


def test_results_are_taken_as_they_were_searched(anybody: Client, editions: list[Record]) -> None:
    page = anybody.get(reverse("portal:search"), {"q": "Абай", "language": "rus", "sort": "title"}).content.decode()
    address = reverse("portal:search_file", args=["ris"])
    (link,) = re.findall(rf'href="({re.escape(address)}[^"]*)"', page)
    response = anybody.get(link.replace("&amp;", "&"))
    assert [one["title"] for one in rispy.loads(body(response).decode())] == ["Путь Абая"]
    titles = [one["title"] for one in rispy.loads(taken(anybody, "ris", sort="year_old").decode())]
    assert titles[0] == "Путь Абая"
    assert len(titles) == 3


def test_results_in_bibliographic_forms(anybody: Client, editions: list[Record]) -> None:
    assert len(bibtexparser.loads(taken(anybody, "bib").decode()).entries) == 3
    assert len(list(pymarc.MARCReader(taken(anybody, "mrc")))) == 3
    read = list(marcxml.read(io.BytesIO(taken(anybody, "xml"))))
    assert [type(one) for one in read] == [Good, Good, Good]
    lines = taken(anybody, "txt", sort="year_old").decode().split("\r\n")
    assert lines[0] == "1. Әуезов, М. Путь Абая / М. Әуезов. – Алматы : Жазушы, 1952."
    paragraphs = [one.text for one in docx.Document(io.BytesIO(taken(anybody, "docx", sort="year_old"))).paragraphs]
    assert paragraphs == lines[:3]


def test_results_as_tables_hold_no_formulas(anybody: Client, editions: list[Record]) -> None:
    text = taken(anybody, "csv", sort="title").decode("utf-8-sig")
    rows = [line.split(";") for line in text.split("\r\n") if line]
    assert rows[0][:4] == ["No.", "Title", "Subtitle", "Authors"]
    assert {row[1] for row in rows[1:]} == {"Абай жолы", "Путь Абая", "'=Қан мен тер"}
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(taken(anybody, "xlsx", sort="title"))).get_sheet_by_index(0)
    cells = sheet.to_python()
    assert len(cells) == 4
    assert {row[1] for row in cells[1:]} == {"Абай жолы", "Путь Абая", "=Қан мен тер"}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_tables_speak_the_language_of_the_page(editions: list[Record], language: str) -> None:
    client = Client()
    client.cookies["language"] = language
    head = taken(client, "csv").decode("utf-8-sig").split(";")[1]
    assert head == {"kk": "Атауы", "ru": "Название"}[language]


@pytest.mark.parametrize("extension", results.FORMS)
def test_a_file_reads_the_records_in_one_statement_a_chunk(
    anybody: Client, django_assert_num_queries: Any, extension: str
) -> None:
    for count in (1, 3):
        for number in range(count):
            record(f"Кітап {count} {number}")
        indexing.rebuild()
        with django_assert_num_queries(1):
            taken(anybody, extension)


def test_more_results_than_a_file_holds_are_told_of(
    anybody: Client, editions: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST", 2)
    assert "The first 2 of them" in anybody.get(reverse("portal:search")).content.decode()
    assert len(rispy.loads(taken(anybody, "ris").decode())) == 2


def test_a_record_too_long_for_iso_sends_to_marcxml(anybody: Client) -> None:
    long = MarcRecord("00000nam a2200000   4500", [Field("001", data="1")])
    long.fields.append(Field("245", "0", "0", [Subfield("a", "Ұзақ")]))
    long.fields += [Field("500", subfields=[Subfield("a", "x" * 9_000)]) for _ in range(12)]
    pk = record("Ұзақ", marc=to_text(long)).pk
    indexing.rebuild()
    assert anybody.get(reverse("catalog:record_file", args=[pk, "mrc"])).status_code == 422
    (read,) = iso2709.read(io.BytesIO(taken(anybody, "mrc")))
    assert isinstance(read, Good)
    assert f"http://testserver/catalog/records/{pk}/" in (read.record.all("500")[0].get("a") or "")
