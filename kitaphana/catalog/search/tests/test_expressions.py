"""Trees of terms: what they find; and the alphabetical lists."""

import random

import pytest

from kitaphana.catalog.search import And, Entry, Index, Near, Not, Or, Query, Range, Term
from kitaphana.catalog.search.tests.test_index import document
from kitaphana.core.text.kazakh import sort_key

pytestmark = pytest.mark.once

SHELF = [
    document(
        1, "Абай жолы", "Әуезов, Мұхтар", year=1942, isbns=("978-601-7002-01-5",), language="kaz", udc="821.512.122-31",
        subjects=("Қазақ әдебиеті",), publisher="Жазушы", library_ids=(1, 2),
    ),
    document(2, "Қара сөз", "Құнанбайұлы, Абай", year=1909, language="kaz", udc="821.512.122", publisher="Атамұра"),
    document(
        3, "Алгебра", year=2017, grade=7, kind="TEXTBOOK", language="kaz", subjects=("Алгебра",), udc="512(075.3)",
        bbk="22.14я72", subtitle="7-сыныпқа арналған оқулық",
    ),
    document(4, "Война и мир", "Толстой, Лев Николаевич", year=1869, language="rus", udc="821.161.1", bbk="84(2Рос)1"),
    document(5, "Абай", "Жиренчин, Әбіш", year=1949, language="rus", subjects=("Құнанбайұлы, Абай",), udc="92"),
    document(6, "Көксерек", "Әуезов, Мұхтар", year=1929, language="kaz", series="Мектеп кітапханасы"),
    document(7, "Без года", "Автор, Безымянный", language="", author_variants=("Псевдоним, Тайный",), subject_variants=("Старина",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def shelf():
    index = Index.open(None, writable=True)
    index.add(SHELF)
    index.commit(1, "epoch")
    yield index
    index.close()


def found(index, expression, **more):
    results = index.search(Query(expression=expression, **more))
    assert results.total == len(results.hits)
    return sorted(hit.id for hit in results.hits)


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        (Term("any", "абай"), [1, 2, 5]),
        (Term("title", "абай"), [1, 5]),
        (Term("title", "абайдың жолы"), [1]),
        (Term("title", "абай", exact=True), [5]),
        (Term("author", "абай"), [2]),
        (Term("author", "кунанбаев"), [2]),
        (Term("author", "Әуезов Мұхтар", exact=True), [1, 6]),
        (Term("author", "Мұхтар Әуезов", exact=True), []),
        (Term("author", "әуезов мұхтар", phrase=True), [1, 6]),
        (Term("author", "мұхтар әуезов", phrase=True), []),
        (Term("author", "псевдоним"), [7]),
        (Term("subject", "абай"), [5]),
        (Term("subject", "старина"), [7]),
        (Term("publisher", "жазушы"), [1]),
        (Term("series", "мектеп кітапханасы"), [6]),
        (Term("title", "жолы абай", phrase=True), []),
        (Term("any", "қара сөз", phrase=True), [2]),
        (Term("title", "кара со", prefix=True), [2]),
        (Term("title", "а", prefix=True), [1, 3, 5]),
        (Term("any", "көкс", prefix=True), [6]),
        (Term("isbn", "6017002014"), [1]),
        (Term("isbn", "978601", prefix=True), [1]),
        (Term("year", "1942"), [1]),
        (Term("year", "19", prefix=True), [1, 2, 5, 6]),
        (Term("year", "жыл"), []),
        (Term("language", "rus"), [4, 5]),
        (Term("language", "орысша"), [4, 5]),
        (Term("kind", "textbook"), [3]),
        (Term("udc", "821"), [1, 2, 4]),
        (Term("udc", "821.512.122"), [1, 2]),
        (Term("udc", "821.512.122", exact=True), [2]),
        (Term("bbk", "22.1"), [3]),
        (Term("bbk", "84(2Рос)"), [4]),
        (Term("grade", "7"), [3]),
        (Term("id", "4"), [4]),
        (Term("any", ""), []),
        (Term("any", "..."), []),
        (Term("any", "жоқсөз", prefix=True), []),
        (Range("year", 1909, 1942), [1, 2, 6]),
        (Range("year", None, 1909), [2, 4]),
        (Range("year", 1949, None), [3, 5]),
        (Range("year", 2000, 1900), []),
        (Range("id", 6, None), [6, 7]),
        (And(()), [1, 2, 3, 4, 5, 6, 7]),
        (Or(()), []),
        (And((Term("any", "абай"), Term("language", "kaz"))), [1, 2]),
        (And((Term("any", "абай"), Not(Term("author", "әуезов")))), [2, 5]),
        (Not(Term("any", "абай")), [3, 4, 6, 7]),
        (And((Not(Term("language", "kaz")), Not(Range("year", 1900, None)))), [4, 7]),
        (Or((Term("title", "көксерек"), Term("title", "война"))), [4, 6]),
        (And((Or((Term("any", "абай"), Term("any", "алгебра"))), Range("year", 1940, None))), [1, 3, 5]),
        (Or((Term("title", "көксерек"), Not(Term("language", "kaz")))), [4, 5, 6, 7]),
    ],
)
def test_an_expression_finds(shelf, expression, ids):
    assert found(shelf, expression) == ids


def test_what_is_taken_away_is_never_guessed(shelf):
    assert found(shelf, Term("title", "көксарак")) == [6]
    assert 6 in found(shelf, Not(Term("title", "көксарак")))


def test_filters_sort_and_facets_go_with_an_expression(shelf):
    results = shelf.search(
        Query(expression=Term("any", "абай"), filters={"languages": ["kaz"]}, sort="year_old", facets=True)
    )
    assert [hit.id for hit in results.hits] == [2, 1]
    assert results.facets["language"] == [("kaz", 2)]


def test_the_very_title_and_the_own_library_come_first(shelf):
    first = shelf.search(Query(expression=Term("any", "абай"))).hits[0]
    assert first.id == 5


def test_unknown_fields_are_refused():
    with pytest.raises(ValueError, match="unknown field"):
        Term("colour", "red")
    with pytest.raises(ValueError, match="no range"):
        Range("title", 1, 2)


@pytest.mark.parametrize(
    ("field", "start", "entries"),
    [
        ("author", "", ["Автор, Безымянный", "Әуезов, Мұхтар", "Жиренчин, Әбіш"]),
        ("author", "ә", ["Әуезов, Мұхтар", "Жиренчин, Әбіш", "Құнанбайұлы, Абай"]),
        ("title", "б", ["Без года", "Война и мир", "Көксерек"]),
        ("title", "абай ж", ["Абай жолы", "Алгебра", "Без года"]),
        ("udc", "6", ["821.161.1", "821.512.122", "821.512.122-31"]),
        ("bbk", "", ["22.14я72", "84(2Рос)1"]),
        ("year", "1940", ["1942", "1949", "2017"]),
        ("language", "", ["kaz", "rus"]),
        ("subject", "я", []),
    ],
)
def test_a_list_begins_at_a_text(shelf, field, start, entries):
    assert [entry.text for entry in shelf.browse(field, start, 3)] == entries


def test_a_list_counts_records_and_looks_back(shelf):
    assert shelf.browse("author", "Әуезов", 1, back=2) == [
        Entry("Автор, Безымянный", 1),
        Entry("Әуезов, Мұхтар", 2),
    ]
    assert [entry.text for entry in shelf.browse("title", "К", 1, back=2)] == ["Без года", "Война и мир", "Көксерек"]
    with pytest.raises(ValueError, match="no list"):
        shelf.browse("isbn", "")


def test_a_heading_without_records_is_not_listed():
    index = Index.open(None, writable=True)
    index.add(SHELF)
    index.commit(1, "epoch")
    index.delete([1, 4])
    index.add([document(6, "Қорғансыздың күні", "Әуезов, Мұхтар")])
    index.commit(2, "epoch")
    assert index.browse("author", "ә", 2) == [Entry("Әуезов, Мұхтар", 1), Entry("Жиренчин, Әбіш", 1)]
    assert [entry.text for entry in index.browse("title", "б", 2)] == ["Без года", "Қара сөз"]
    index.close()


def test_long_lists_are_in_order_at_every_depth():
    maker = random.Random(4)
    syllables = ["қа", "зақ", " ", "а", "бай", "әде", "б", "іл", "ім"]
    titles = {"".join(maker.choices(syllables, k=maker.randint(1, 6))).strip() for _ in range(6000)} - {""}
    index = Index.open(None, writable=True)
    index.add(document(number, title) for number, title in enumerate(sorted(titles), 1))
    index.commit(1, "epoch")
    keys = sorted({sort_key(title) for title in titles})
    for start in [*maker.sample(sorted(titles), 60), "я", "қазақ", "0"]:
        place = next((number for number, key in enumerate(keys) if key >= sort_key(start)), len(keys))
        wanted = keys[max(0, place - 5) : place + 20]
        assert [sort_key(entry.text) for entry in index.browse("title", start, 20, back=5)] == wanted
    index.close()


def test_near_comes_first_and_is_counted():
    index = Index.open(None, writable=True)
    index.add(
        [
            document(1, "Абай", library_ids=(9,), areas=(90, 900)),
            document(2, "Абай жолы", library_ids=(2,), areas=(10, 100)),
            document(3, "Абай жолы: екінші кітап", library_ids=(1,), areas=(10, 100)),
            document(4, "Абай туралы", library_ids=(3, 9), areas=(11, 100, 90, 900)),
            document(5, "Абай Құнанбайұлы", library_ids=(), areas=()),
        ]
    )
    index.commit(1, "epoch")
    near = Near(1, (10, 100))
    results = index.search(Query("абай", sort="near", near=near, facets=True))
    assert [hit.id for hit in results.hits[:3]] == [3, 2, 4]
    assert {hit.id for hit in results.hits[3:]} == {1, 5}
    assert results.facets["near"] == [(1, 1), (10, 2), (100, 3)]
    assert index.search(Query("абай", filters={"areas": [10]})).total == 2
    assert [hit.id for hit in index.search(Query("", sort="near", near=near)).hits[:3]] == [3, 2, 4]
    # Where nobody says where the reader is, nearness is relevance.
    assert index.search(Query("абай", sort="near")).hits[0].id == 1
    index.close()
