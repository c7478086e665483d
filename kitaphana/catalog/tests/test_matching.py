"""Keys by which editions are recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.catalog.matching import is_other_book, is_same_by_isbn, is_same_by_key, match_key, title_key, work_key
from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import ISBNS, description
from kitaphana.formats.bibliographic import Description


def record(one: Description) -> Record:
    return Record(
        title=one.title, subtitle=one.subtitle, authors=list(one.authors), isbns=list(one.isbns), year=one.year,
        publisher=one.publisher, language=one.language, kind=one.kind,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Абай жолы", "АБАЙ  ЖОЛЫ."),
        ("Абай жолы", "«Абай жолы»"),
        ("Абай жолы", "Abai joly"),
        ("Қан мен тер", "Кан мен тер"),
        ("Көшпенділер", "Кошпендилер"),
    ],
)
def test_title_key_is_the_same(one: str, other: str) -> None:
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Алгебра 7", "Алгебра 8"), ("Тарих. 1-бөлім", "Тарих. 2-бөлім"), ("Абай жолы", "Абай")],
)
def test_title_key_differs(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_match_key_needs_title_author_and_year() -> None:
    assert len(match_key(description())) == 64
    assert match_key(description(year=None)) == ""
    assert match_key(description(authors=())) == ""
    assert match_key(description("!!!")) == ""
    assert match_key(description(authors=("Әуезов, М.",))) == match_key(description(authors=("Ауэзов, Мухтар",)))
    assert match_key(description(year=2014)) != match_key(description(year=2013))


@given(st.text(max_size=40), st.text(max_size=20))
def test_keys_never_fail(title: str, name: str) -> None:
    one = description(title, authors=(name,) if name else ())
    assert match_key(one) in {"", match_key(one)}
    if title_key(title, ""):
        assert is_same_by_isbn(one, record(one))
    assert not is_other_book(one, record(one)) or not title_key(title)


def test_is_same_by_isbn_allows_a_missing_subtitle_but_not_another_number() -> None:
    short = description("Алгебра", isbns=ISBNS[:1])
    assert is_same_by_isbn(short, record(description("Алгебра", subtitle="оқулық", isbns=ISBNS[:1])))
    assert not is_same_by_isbn(short, record(description("Алгебра", subtitle="7-сынып", isbns=ISBNS[:1])))


def test_is_same_by_key_needs_isbn_and_publisher_to_differ_both() -> None:
    one = description(isbns=ISBNS[:1])
    assert is_same_by_key(one, record(description(isbns=ISBNS[1:2])))
    assert is_same_by_key(one, record(description(publisher="Мектеп")))
    assert not is_same_by_key(one, record(description(publisher="Мектеп", isbns=ISBNS[1:2])))


@pytest.mark.parametrize(
    ("facts", "is_other"),
    [
        ({}, False),
        ({"title": "Абайдың жолы", "year": 1999, "authors": ()}, False),
        ({"title": "Қан мен тер"}, False),
        ({"title": "Қан мен тер", "year": 1999}, True),
        ({"title": "Қан мен тер", "authors": ("Нұрпейісов, Ә.",)}, True),
        ({"title": "Қан мен тер", "isbns": ISBNS[1:2]}, True),
        ({"title": "Қан мен тер", "year": 1999, "isbns": ISBNS[:1]}, False),
    ],
)
def test_is_other_book(facts: dict[str, object], is_other: bool) -> None:
    known = record(description(isbns=ISBNS[:1]))
    assert is_other_book(description(**facts), known) is is_other


def test_work_key_gathers_editions_of_one_text_in_one_language() -> None:
    key = work_key("Абай жолы", ["Әуезов, Мұхтар"], "kaz", None)
    assert len(key) == 32
    assert work_key("Абай жолы :", ["Ауезов, М. О."], "kaz", None) == key  # typed without Kazakh letters
    assert work_key("Абай жолы", ["Әуезов, Мұхтар"], "rus", None) != key
    assert work_key("Алгебра", ["Абылкасымова, А."], "kaz", 7) != work_key("Алгебра", ["Абылкасымова, А."], "kaz", 8)
    assert work_key("Абай жолы", [], "kaz", None) == ""
