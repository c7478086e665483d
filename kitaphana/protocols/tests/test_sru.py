"""SRU: versions, indexes, relations, forms of records, scan, explain and every refusal as a diagnostic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from kitaphana.authorities import services as authorities
from kitaphana.catalog import indexing
from kitaphana.catalog.tests.factories import AT, ISBNS, described
from kitaphana.formats.authority import Authority, Variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(world: Any) -> None:
    """Five editions, one author with another spelling."""
    for title, facts in (
        ("Абай жолы", {"year": 2013, "isbns": ISBNS[:1], "subjects": ("Қазақ әдебиеті",)}),
        ("Қилы заман", {"year": 1995, "publisher": "Мектеп"}),
        ("Қара сөз", {"year": 2020, "authors": ("Құнанбайұлы, Абай",)}),
        ("Путь Абая", {"year": 2007, "authors": ("Ауэзов, Мухтар",), "language": "rus"}),
        ("Ботагөз", {"year": 2001, "authors": ("Мұқанов, Сәбит",)}),
    ):
        described(world.librarian, world.school, title, **facts)
    description = Authority("PERSON", "Құнанбайұлы, Абай", variants=(Variant("Кунанбаев, Ибрагим"),))
    authorities.save_authority(actor=world.methodist, description=description, at=AT)
    indexing.rebuild()


def ask(**parameters: str) -> etree._Element:
    response = Client().get("/sru", parameters)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    return etree.fromstring(response.content)


def search(query: str, **more: str) -> etree._Element:
    return ask(version="1.2", operation="searchRetrieve", query=query, **more)


def titles(query: str, **more: str) -> list[str]:
    found = search(query, recordSchema="dc", **more)
    assert not list(found.iter("{*}diagnostic")), etree.tostring(found, encoding="unicode")
    return [next(iter(data.iter("{*}title"))).text or "" for data in found.iter("{*}recordData")]


def diagnostic(**parameters: str) -> str:
    found = ask(**parameters)
    return next(iter(found.iter("{*}uri"))).text or ""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ботагоз", {"Ботагөз"}),
        ('dc.title = "абай жолы"', {"Абай жолы"}),
        ('bath.title any "жолы заман"', {"Абай жолы", "Қилы заман"}),
        ("dc.creator = Кунанбаев", {"Қара сөз"}),
        ("dc.creator = ибрагим", {"Қара сөз"}),
        ("author = әуезов", {"Абай жолы", "Қилы заман", "Путь Абая"}),
        ("bath.isbn = 978-601-7002-01-5", {"Абай жолы"}),
        ("dc.subject = әдебиеті", {"Абай жолы"}),
        ("dc.publisher = мектеп", {"Қилы заман"}),
        ("dc.date > 2006 and dc.language = kaz", {"Абай жолы", "Қара сөз"}),
        ('dc.date within "1990 2001"', {"Қилы заман", "Ботагөз"}),
        ("dc.date <= 2001", {"Қилы заман", "Ботагөз"}),
        ("author = әуезов not dc.title = заман", {"Абай жолы", "Путь Абая"}),
        ("dc.title = бота* or dc.title = қилы", {"Ботагөз", "Қилы заман"}),
        ('dc.title exact "Қара сөз"', {"Қара сөз"}),
        ('dc.title adj "жолы абай"', set()),
        ("cql.allRecords = 1", {"Абай жолы", "Қилы заман", "Қара сөз", "Путь Абая", "Ботагөз"}),
        ("(author = мұқанов or author = құнанбайұлы) and dc.date = 2020", {"Қара сөз"}),
        ("rec.identifier = KZ0000000005", {"Ботагөз"}),
        ("rec.identifier = NONE", set()),
    ],
)
def test_queries(catalogue: None, query: str, expected: set[str]) -> None:
    assert set(titles(query)) == expected


def test_pages_order_and_positions(catalogue: None) -> None:
    found = search(
        "cql.allRecords=1 sortBy dc.date/sort.descending", maximumRecords="2", startRecord="2", recordSchema="dc"
    )
    assert [one.text for one in found.iter("{*}recordPosition")] == ["2", "3"]
    assert next(iter(found.iter("{*}nextRecordPosition"))).text == "4"
    assert next(iter(found.iter("{*}numberOfRecords"))).text == "5"
    assert titles("cql.allRecords=1 sortBy dc.title") == ["Абай жолы", "Ботагөз", "Қара сөз", "Қилы заман", "Путь Абая"]
    last = titles("cql.allRecords=1", sortKeys="dc.date,,1")
    assert last[0] == "Қилы заман"


def test_forms_of_records(catalogue: None, samples: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(samples / "schemas/MARC21slim.xsd")))
    found = search("ботагөз")
    record = next(iter(found.iter("{http://www.loc.gov/MARC21/slim}record")))
    schema.assertValid(record)
    assert list(search("ботагөз", recordSchema="mods").iter("{http://www.loc.gov/mods/v3}mods"))
    assert list(search("ботагөз", recordSchema="info:srw/schema/1/dc-v1.1").iter("{*}title"))
    packed = search("ботагөз", recordPacking="string")
    text = next(iter(packed.iter("{*}recordData"))).text or ""
    assert etree.fromstring(text.encode()).tag.endswith("record")


def test_version_2(catalogue: None) -> None:
    found = ask(query="ботагөз", recordSchema="dc")
    assert found.tag == "{http://docs.oasis-open.org/ns/search-ws/sruResponse}searchRetrieveResponse"
    assert list(found.iter("{*}recordXMLEscaping"))
    words = ask(query="қара сөз кітабы", queryType="searchTerms", recordSchema="dc")
    assert words.tag.endswith("searchRetrieveResponse")


def test_scan_lists_headings_in_the_order_of_the_alphabet(catalogue: None) -> None:
    found = ask(version="1.2", operation="scan", scanClause="dc.creator=Ә", maximumTerms="3")
    values = [one.text for one in found.iter("{*}value")]
    assert values[0] == "Әуезов, Мұхтар"
    assert next(iter(found.iter("{*}numberOfRecords"))).text == "2"
    before = ask(
        version="1.2", operation="scan", scanClause='dc.title="Ботагөз"', responsePosition="2", maximumTerms="3"
    )
    assert [one.text for one in before.iter("{*}value")][:2] == ["Абай жолы", "Ботагөз"]


def test_explain_on_a_bare_address() -> None:
    found = etree.fromstring(Client().get("/sru").content)
    names = {one.text for one in found.iter("{http://explain.z3950.org/dtd/2.0/}name")}
    assert {"title", "creator", "isbn", "date"} <= names
    assert found.tag.endswith("explainResponse")


@pytest.mark.parametrize(
    ("number", "parameters"),
    [
        (4, {"version": "1.2", "operation": "delete"}),
        (5, {"version": "9", "operation": "searchRetrieve", "query": "a"}),
        (6, {"version": "1.2", "query": "a", "startRecord": "x"}),
        (6, {"version": "1.2", "query": "a", "startRecord": "0"}),
        (7, {"version": "1.2", "operation": "searchRetrieve"}),
        (7, {"version": "1.2", "operation": "scan"}),
        (10, {"version": "1.2", "query": "(a"}),
        (15, {"version": "1.2", "query": "x.title = a"}),
        (16, {"version": "1.2", "query": "dc.colour = a"}),
        (19, {"version": "1.2", "query": "dc.title almost a"}),
        (20, {"version": "1.2", "query": "dc.title =/fuzzy a"}),
        (22, {"version": "1.2", "query": "dc.title < a"}),
        (27, {"version": "1.2", "query": 'dc.title = ""'}),
        (28, {"version": "1.2", "query": "dc.title = a?b"}),
        (31, {"version": "1.2", "query": "dc.title = ^a"}),
        (36, {"version": "1.2", "query": "dc.date = soon"}),
        (39, {"version": "1.2", "query": "a prox b"}),
        (50, {"version": "1.2", "query": "cql.resultSetId = 1"}),
        (61, {"version": "1.2", "query": "ботагөз", "startRecord": "9"}),
        (66, {"version": "1.2", "query": "a", "recordSchema": "ead"}),
        (71, {"version": "1.2", "query": "a", "recordPacking": "gzip"}),
        (81, {"version": "1.2", "query": "a sortBy dc.subject"}),
    ],
)
def test_refusals_are_diagnostics(catalogue: None, number: int, parameters: dict[str, str]) -> None:
    assert diagnostic(**parameters) == f"info:srw/diagnostic/1/{number}"


def test_a_search_takes_a_fixed_number_of_statements(catalogue: None, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        search("cql.allRecords=1", maximumRecords="5")


@given(query=st.text(st.characters(exclude_characters="\x00"), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_any_query_is_answered(catalogue: None, query: str) -> None:
    assert Client().get("/sru", {"version": "1.2", "query": query}).status_code == 200
