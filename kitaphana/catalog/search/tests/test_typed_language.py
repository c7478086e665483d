"""What a reader types into the search box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.catalog.search import And, Not, Or, Query, Range, Term
from kitaphana.catalog.search.tests.test_expressions import shelf
from kitaphana.catalog.search.typed_language import FIELD_WORDS, parse, phrases

pytestmark = pytest.mark.once
assert shelf


def words(text):
    return Term("any", text)


@pytest.mark.parametrize(
    "text",
    [
        "абай жолы",
        "Абай (роман)",
        '"қара сөз"',
        "ВОЙНА И МИР",
        "НЕ МОГУ МОЛЧАТЬ",
        "И дольше века длится день",
        "Алгебра: 7 сынып",
        "алгебра 7 -сынып",
        "Еңлік - Кебек",
        "Еңлік-Кебек",
        "978-601-7002-01-5",
        "С++",
        "абай OR",
        "OR абай",
        "абай NOT",
        "тема:",
        "год: итоги",
        "NOT NOT жолы",
        '* - ( ) : "',
        "",
        "   ",
    ],
)
def test_plain_text_stays_plain(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("абай AND жолы", And((words("абай"), words("жолы")))),
        ("абай И жолы", And((words("абай"), words("жолы")))),
        ("абай ЖӘНЕ жолы", And((words("абай"), words("жолы")))),
        ("абай жолы OR қара сөз", Or((words("абай жолы"), words("қара сөз")))),
        ("абай ИЛИ шәкәрім", Or((words("абай"), words("шәкәрім")))),
        ("абай НЕМЕСЕ шәкәрім", Or((words("абай"), words("шәкәрім")))),
        ("абай NOT жолы", And((words("абай"), Not(words("жолы"))))),
        ("абай НЕ жолы", And((words("абай"), Not(words("жолы"))))),
        ("абай ЖӘНЕ ЕМЕС жолы", And((words("абай"), Not(words("жолы"))))),
        ("абай -жолы", And((words("абай"), Not(words("жолы"))))),
        ("-жолы", Not(words("жолы"))),
        ("көшпен*", Term("any", "көшпен", prefix=True)),
        ("ілияс көшпен*", And((words("ілияс"), Term("any", "көшпен", prefix=True)))),
        ("автор:әуезов", Term("author", "әуезов")),
        ("Авторы: әуезов", Term("author", "әуезов")),
        ('author:"мұхтар әуезов"', Term("author", "мұхтар әуезов", phrase=True)),
        ('author:="Әуезов, Мұхтар"', Term("author", "Әуезов, Мұхтар", exact=True)),
        ("атауы:абай автор:әуезов", And((Term("title", "абай"), Term("author", "әуезов")))),
        ("author:(әуезов OR есенберлин)", Or((Term("author", "әуезов"), Term("author", "есенберлин")))),
        ("author:(мұхтар -шаханов)", And((Term("author", "мұхтар"), Not(Term("author", "шаханов"))))),
        ("(абай OR шәкәрім) тіл:қазақша", And((Or((words("абай"), words("шәкәрім"))), Term("language", "қазақша")))),
        ("абай год:1990-2000", And((words("абай"), Range("year", 1990, 2000)))),
        ("year:1990-", Range("year", 1990, None)),
        ("жыл:-1990", Range("year", None, 1990)),
        ("year:2001", Term("year", "2001")),
        ("year:199*", Term("year", "199", prefix=True)),
        ("түрі:оқулық", Term("kind", "TEXTBOOK")),
        ("удк:821.512.122", Term("udc", "821.512.122")),
        ("кбж:22.1", Term("bbk", "22.1")),
        ("isbn:978-601-7002-01-5", Term("isbn", "978-601-7002-01-5")),
        ("сынып:7 алгебра", And((Term("grade", "7"), words("алгебра")))),
        ("АБАЙ AND ӘУЕЗОВ", And((words("АБАЙ"), words("ӘУЕЗОВ")))),
        ("a b AND (c", And((words("a b"), words("c")))),
        ("абай AND OR жолы", Or((words("абай"), words("жолы")))),
        ("автор:*", None),
    ],
)
def test_text_becomes_a_tree(text, expression):
    assert parse(text) == expression


def test_every_field_has_a_word_in_each_language():
    for field in FIELD_WORDS.values():
        assert [word for word, name in FIELD_WORDS.items() if name == field]


def test_quotes_of_plain_text_are_phrases():
    assert phrases('абай "қара сөз" “мен” "') == (["қара сөз", "мен"], "абай")


@given(st.text(alphabet='абAND ORИНЕ()":*-=:authoryear019жыл ', max_size=80))
def test_nothing_that_is_typed_is_an_error(shelf, text):
    shelf.search(Query(text, limit=2))


@pytest.mark.parametrize("text", ["(" * 300 + "a OR b", "NOT " * 90 + "a", "a AND " * 60 + "b", "-" * 400, '"' * 399])
def test_long_texts_are_read_too(shelf, text):
    shelf.search(Query(text))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("абай -автор:әуезов", [2, 5]),
        ("абай NOT author:auezov", [2, 5]),
        ("тіл:орысша", [4, 5]),
        ("тіл:қазақша год:1900-1942", [1, 2, 6]),
        ("УДК:821.512 -жолы", [2]),
        ('автор:="әуезов, мұхтар"', [1, 6]),
        ("(көксерек ИЛИ война) -язык:русский", [6]),
        ("атауы:абайдың", [1, 5]),
        ("алг* сынып:7", [3]),
        ("түрі:оқулық", [3]),
        ("автор:әуезов AND жоқсөз", []),
    ],
)
def test_the_typed_language_finds(shelf, text, ids):
    assert sorted(hit.id for hit in shelf.search(Query(text)).hits) == ids


def test_a_slip_in_a_field_is_put_right(shelf):
    assert shelf.search(Query("автор:ауэзав -көксерек")).corrections == "автор:әуезов -көксерек"
