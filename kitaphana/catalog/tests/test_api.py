"""REST of the catalogue through the test client."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from kitaphana.catalog import indexing
from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import ISBNS, described
from kitaphana.core.ids import new_id
from kitaphana.formats import iso2709, marcxml
from kitaphana.people.models import User

RECORDS = "/api/v1/catalog/records"


def get(address: str, **query: Any) -> Any:
    """Ask as somebody not signed in."""
    return Client().get(address, query)


@pytest.fixture
def shelf(world: Any) -> list[Record]:
    """Three indexed editions."""
    made = [
        described(world.librarian, world.school, isbns=(ISBNS[0],), summary="Роман-эпопея."),
        described(world.librarian, world.school, "Көшпенділер", authors=("Есенберлин, Ілияс",), year=1976),
        described(world.librarian, world.school, "Война и мир", authors=("Толстой, Лев",), year=1990, language="rus"),
    ]
    indexing.bring_up_to_date()
    return made


def test_search_finds_by_words_isbn_and_filters(shelf: list[Record]) -> None:
    found = get(RECORDS, q="абай").json()
    assert found["total"] == 1
    one = found["results"][0]
    assert (one["title"], one["authors"], one["year"], one["language"], one["kind"], one["isbns"]) == (
        "Абай жолы", ["Әуезов, Мұхтар"], 2013, "kaz", "BOOK", [ISBNS[0]],
    )  # fmt: skip
    assert one["control_number"] == shelf[0].control_number
    assert one["cover_url"] is None
    assert get(RECORDS, q="978-601-7002-01-5").json()["total"] == 1
    assert [one["title"] for one in get(RECORDS, language="rus").json()["results"]] == ["Война и мир"]
    assert get(RECORDS, year_from=1980, year_to=2000).json()["total"] == 1
    assert get(RECORDS, kind="MAP").json()["total"] == 0
    assert get(RECORDS, library="no such").json()["total"] == 0


def test_search_pages_by_cursor_without_gaps(shelf: list[Record]) -> None:
    seen, cursor = [], ""
    while True:
        page = get(RECORDS, sort="title", limit=2, **({"cursor": cursor} if cursor else {})).json()
        assert page["total"] == 3
        seen += [one["id"] for one in page["results"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(one.pk for one in shelf)


def test_search_gives_facets_when_asked(shelf: list[Record]) -> None:
    facets = get(RECORDS, facets="true").json()["facets"]
    assert ["kaz", 2] in [list(one) for values in facets.values() for one in values]


@pytest.mark.parametrize("query", [{"cursor": "!!"}, {"limit": 0}, {"limit": 1000}, {"sort": "x"}, {"year_from": "x"}])
def test_a_wrong_question_is_a_problem(world: Any, query: dict[str, Any]) -> None:
    answer = get(RECORDS, **query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"]


def test_search_takes_the_same_statements_for_one_and_three(
    shelf: list[Record], django_assert_num_queries: Any
) -> None:
    get(RECORDS, q="абай")
    for query in ({"q": "абай"}, {}):
        with django_assert_num_queries(1):
            assert get(RECORDS, **query).status_code == 200


def test_a_record_is_read_by_anybody(shelf: list[Record]) -> None:
    one = get(f"{RECORDS}/{shelf[0].pk}").json()
    assert (one["id"], one["summary"], one["publisher"]) == (shelf[0].pk, "Роман-эпопея.", "Жазушы")


@pytest.mark.parametrize("number", ["0", "99999", "9" * 30])
def test_an_unknown_record_is_not_found(world: Any, number: str) -> None:
    for address in (f"{RECORDS}/{number}", f"{RECORDS}/{number}/marc"):
        answer = get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_marc_of_a_record_in_three_forms(shelf: list[Record]) -> None:
    address = f"{RECORDS}/{shelf[0].pk}/marc"
    (iso,) = iso2709.read(BytesIO(get(address, format="iso2709").content))
    (xml,) = marcxml.read(BytesIO(get(address, format="marcxml").content))
    as_json = get(address, format="json").json()
    assert iso.record.control_number == xml.record.control_number == shelf[0].control_number  # type: ignore[union-attr]
    assert as_json["fields"][0] == {"001": shelf[0].control_number}
    assert get(address, format="pdf").status_code == 422


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/marc", "application/marc"),
        ("application/marcxml+xml", "application/marcxml+xml"),
        ("application/json;q=0.9, application/marc;q=0.1", "application/json"),
        ("*/*", "application/marcxml+xml"),
        ("image/png", "application/marcxml+xml"),
    ],
)
def test_marc_of_a_record_in_the_form_that_is_accepted(shelf: list[Record], accept: str, form: str) -> None:
    answer = Client().get(f"{RECORDS}/{shelf[0].pk}/marc", headers={"accept": accept})
    assert (answer.status_code, answer["Content-Type"], answer["Vary"]) == (200, form, "Accept")


def test_suggestions_while_typing(shelf: list[Record]) -> None:
    texts = [one["text"] for one in get("/api/v1/catalog/suggest", q="көшп").json()["results"]]
    assert any("Көшпенділер" in text for text in texts)


def post(login: str | None, **body: Any) -> Any:
    client = Client()
    if login:
        client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    content = {
        "command_id": str(new_id()),
        "library": "S-1",
        "title": "Ұшқан ұя",
        "authors": ["Момышұлы, Бауыржан"],
    } | body
    return client.post(RECORDS, json.dumps(content), content_type="application/json")


def test_describing_makes_a_record_once(world: Any) -> None:
    command = str(new_id())
    first = post("librarian", command_id=command, isbns=["978-601-7002-01-5"], year=1975, language="kaz")
    again = post("librarian", command_id=command)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["isbns"] == [ISBNS[0]]
    indexing.bring_up_to_date()
    assert get(RECORDS, q="ұшқан").json()["total"] == 1


@pytest.mark.parametrize(
    ("login", "body", "status", "code"),
    [
        (None, {}, 401, "request.not_signed_in"),
        ("stranger", {}, 403, "not_allowed"),
        ("neighbour", {}, 403, "not_allowed"),
        ("librarian", {"library": "nowhere"}, 404, "not_found"),
        ("librarian", {"title": " "}, 422, "catalog.no_title"),
        ("librarian", {"isbns": ["123"]}, 422, "catalog.bad_isbn"),
        ("librarian", {"year": 3000}, 422, "catalog.bad_year"),
        ("librarian", {"kind": "STONE"}, 422, "request.invalid"),
        ("librarian", {"language": "қаз"}, 422, "request.invalid"),
        ("librarian", {"title": "Ұшқан \ud800 ұя"}, 400, "request.refused"),
    ],
)
def test_describing_is_refused_with_a_reason(
    world: Any, login: str | None, body: dict[str, Any], status: int, code: str
) -> None:
    answer = post(login, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    ("form", "media_type", "part"),
    [
        ("marc8", "application/marc", b"\x1b(N"),
        ("unimarc", "application/marc", "Әуезов".encode()),
        ("mods", "application/mods+xml", b"<mods "),
        ("dc", "application/xml", b"<dc:title>"),
        ("ris", "application/x-research-info-systems", b"TY  - BOOK"),
        ("bibtex", "application/x-bibtex", b"@book{"),
        ("gost", "text/plain; charset=utf-8", "Әуезов, М. Абай жолы".encode()),
        ("jsonld", "application/ld+json", b'"@type": "Book"'),
    ],
)
def test_read_marc_in_other_forms(shelf: list[Record], form: str, media_type: str, part: bytes) -> None:
    response = get(f"{RECORDS}/{shelf[0].pk}/marc", format=form)
    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert part in response.content
    accepted = Client().get(f"{RECORDS}/{shelf[0].pk}/marc", headers={"accept": media_type.split(";", maxsplit=1)[0]})
    if form not in {"marc8", "unimarc", "dc"}:
        assert accepted.content == response.content


def test_read_marc_as_unimarc_names_what_has_no_place(shelf: list[Record]) -> None:
    one = shelf[0]
    Record.objects.filter(pk=one.pk).update(
        marc=one.marc.replace('"fields":[', '"fields":[{"583":{"ind1":" ","ind2":" ","subfields":[{"a":"x"}]}},', 1)
    )
    assert get(f"{RECORDS}/{one.pk}/marc", format="unimarc")["Lost-Fields"] == "583"
    assert "Lost-Fields" not in get(f"{RECORDS}/{one.pk}/marc", format="marc8")
